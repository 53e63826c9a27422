// Sorting, filtering, paging, disputes and plans. Everything can be read without it; nothing is stored or sent.
(() => {
  "use strict";

  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });

  // A list whose entries are searched, sorted and shown page by page: rows of a table, or cards.
  const lists = new Map();
  class List {
    constructor(host) {
      this.host = host;
      this.body = host.tBodies ? host.tBodies[0] : host;
      this.entries = [...this.body.children];
      this.size = Number(host.dataset.paged) || Infinity;
      this.page = 0;
      this.tests = new Map();
      this.pager = $(`[data-pager="${host.id}"]`);
      this.status = $(`[data-status="${host.id}"]`);
      this.pager?.addEventListener("click", (event) => {
        const button = event.target.closest("button");
        if (!button) return;
        if ("all" in button.dataset) this.size = Infinity;
        else this.page += Number(button.dataset.step);
        this.show();
      });
      this.show();
    }

    filter(name, test) {
      this.tests.set(name, test);
      this.page = 0;
      this.show();
      if (this.status) this.status.textContent = fill(this.status.dataset.text, { n: this.found.length, of: this.entries.length });
    }

    sort(value, down) {
      this.entries.sort((a, b) => {
        const [x, y] = [value(a), value(b)];
        // What has no figure stays at the end, whichever way the others run.
        if (x === "" || y === "") return (x === "") - (y === "");
        return collator.compare(x, y) * (down ? -1 : 1);
      });
      this.body.append(...this.entries);
      this.page = 0;
      this.show();
    }

    show(everything = false) {
      const tests = [...this.tests.values()];
      this.found = this.entries.filter((entry) => tests.every((test) => test(entry)));
      const pages = Math.max(1, Math.ceil(this.found.length / this.size));
      this.page = Math.min(Math.max(this.page, 0), pages - 1);
      const from = pages === 1 || everything ? 0 : this.page * this.size;
      const to = pages === 1 || everything ? this.found.length : Math.min(from + this.size, this.found.length);
      const shown = new Set(this.found.slice(from, to));
      for (const entry of this.entries) entry.hidden = !shown.has(entry);
      if (!this.pager) return;
      this.pager.hidden = pages === 1;
      const text = $(".pager-text", this.pager);
      text.textContent = fill(text.dataset.text, { from: this.found.length ? from + 1 : 0, to, of: this.found.length });
      for (const button of $$("[data-step]", this.pager)) {
        const next = this.page + Number(button.dataset.step);
        button.disabled = next < 0 || next >= pages;
      }
    }
  }
  for (const host of $$("[data-paged]")) lists.set(host.id, new List(host));

  // Sortable tables: a button in each header; numbers by value, names by the rules of the page's language.
  for (const table of $$("table[data-sortable]")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        lists.get(table.id).sort((row) => row.cells[column].dataset.value || "", down);
      });
    });
  }

  // Search and choices above a table.
  for (const group of $$("[data-filters]")) {
    const list = lists.get(group.dataset.filters);
    if (list.entries.length < 8) continue;
    group.hidden = false;
    const input = $("input", group);
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLocaleLowerCase();
      list.filter("text", (row) => row.textContent.toLocaleLowerCase().includes(wanted));
    });
    for (const select of $$("select", group)) {
      select.addEventListener("change", () => {
        list.filter(select.dataset.field, (row) => select.value === "" || row.dataset[select.dataset.field] === select.value);
      });
    }
  }

  // Notes by category.
  for (const group of $$("[data-chips]")) {
    const list = lists.get(group.dataset.chips);
    const chips = $$("button", group);
    if (chips.length < 3) continue;
    group.hidden = false;
    group.addEventListener("click", (event) => {
      const chosen = event.target.closest("button");
      if (!chosen) return;
      for (const chip of chips) chip.setAttribute("aria-pressed", String(chip === chosen));
      const wanted = chosen.dataset.category;
      list.filter("category", (note) => wanted === "" || note.dataset.categories.split(" ").includes(wanted));
    });
  }

  for (const button of $$("button.copy")) {
    const place = $("code, textarea", button.closest(".command, .disputes"));
    copying(button, () => place.value ?? place.textContent, place);
  }

  // A word as shells read it; the same as the program writes.
  function quoted(word) {
    const clean = word.replace(/\s+/g, " ").trim();
    if (/["$`\\!%]/.test(clean)) return `'${clean.replaceAll("'", "'\\''")}'`;
    return `"${clean}"`;
  }

  // Disputes: the agent's words go into the command, onto paper, and all together into one file.
  const all = $("[data-disputes]");
  const written = new Map();
  for (const dispute of $$("[data-dispute]")) {
    const code = $("code", dispute);
    const template = code.textContent;
    const words = $("textarea", dispute);
    words.addEventListener("input", () => {
      const reason = words.value.trim();
      code.textContent = reason ? template.replace('"…"', () => quoted(reason)) : template;
      const paper = $(".words", dispute.nextElementSibling);
      paper.textContent = reason;
      dispute.nextElementSibling.classList.toggle("filled", reason !== "");
      if (reason) written.set(dispute.dataset.dispute, code.textContent);
      else written.delete(dispute.dataset.dispute);
      all.hidden = written.size === 0;
      $("[data-script]", all).value = [...written.values()].join("\n");
    });
  }
  for (const button of $$("[data-save]")) {
    button.addEventListener("click", () => save(button.dataset.save, "text/plain", `${$("[data-script]", button.closest("section")).value}\n`));
  }

  // A plan that starts in the past starts today; the other days follow the start.
  for (const plan of $$("[data-plan]")) {
    const [start, ...others] = $$("[data-day]", plan);
    const local = (date) => new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
    const follow = () => {
      if (!start.value) return;
      for (const other of others) {
        const day = new Date(`${start.value}T12:00:00`);
        day.setDate(day.getDate() + Number(other.dataset.day));
        other.value = local(day);
      }
    };
    const today = local(new Date());
    if (start.value < today) start.value = today;
    const check = $(".command code", plan);
    const template = check?.textContent;
    const tell = () => { if (check && start.value) check.textContent = template.replace(/--date \S+/, `--date ${start.value}`); };
    start.addEventListener("change", () => { follow(); tell(); });
    follow();
    tell();
  }

  // What is typed is seen whole, on the screen and on paper.
  for (const area of $$("textarea")) {
    area.addEventListener("input", () => { area.rows = Math.max(Number(area.dataset.rows ||= area.rows), area.value.split("\n").length); });
  }

  // Paper cannot be clicked: what is folded or on another page is shown for printing, and put back.
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = $$("details:not([open]):not(.dispute)");
    for (const details of opened) details.open = true;
    for (const list of lists.values()) list.show(true);
  });
  window.addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
    for (const list of lists.values()) list.show();
  });
})();
