// Sorting and filtering of what is on the page. Everything can be read without it.
(() => {
  "use strict";

  const texts = (template, shown, all) => template.replace("{n}", shown).replace("{of}", all);

  function announce(id, shown, all) {
    const status = document.querySelector(`[data-status="${id}"]`);
    if (status) status.textContent = texts(status.dataset.text, shown, all);
  }

  // Sortable tables: a button in each header; numbers by value, names by the rules of the page's language.
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
  for (const table of document.querySelectorAll("table[data-sortable]")) {
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
        const value = (row) => row.cells[column].dataset.value || "";
        const rows = [...table.tBodies[0].rows];
        rows.sort((a, b) => {
          const [x, y] = [value(a), value(b)];
          // What has no figure stays at the end, whichever way the others run.
          if (x === "" || y === "") return (x === "") - (y === "");
          return collator.compare(x, y) * (down ? -1 : 1);
        });
        table.tBodies[0].append(...rows);
      });
    });
  }

  // Search in a table.
  for (const input of document.querySelectorAll("input[data-filters]")) {
    const rows = [...document.getElementById(input.dataset.filters).tBodies[0].rows];
    if (rows.length < 8) continue;
    input.closest("[hidden]").hidden = false;
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLocaleLowerCase();
      let shown = 0;
      for (const row of rows) {
        row.hidden = !row.textContent.toLocaleLowerCase().includes(wanted);
        shown += row.hidden ? 0 : 1;
      }
      announce(input.dataset.filters, shown, rows.length);
    });
  }

  // Notes by category.
  for (const group of document.querySelectorAll("[data-chips]")) {
    const notes = [...document.getElementById(group.dataset.chips).children];
    const chips = [...group.querySelectorAll("button")];
    if (chips.length < 3) continue;
    group.hidden = false;
    group.addEventListener("click", (event) => {
      const chosen = event.target.closest("button");
      if (!chosen) return;
      for (const chip of chips) chip.setAttribute("aria-pressed", String(chip === chosen));
      const wanted = chosen.dataset.category;
      let shown = 0;
      for (const note of notes) {
        note.hidden = wanted !== "" && !note.dataset.categories.split(" ").includes(wanted);
        shown += note.hidden ? 0 : 1;
      }
      announce(group.dataset.chips, shown, notes.length);
    });
  }

  // Paper cannot be clicked: what is folded is opened for printing and folded again.
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const details of opened) details.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
  });
})();
