// "Spot the error": mark words, check, learn why. Works from the data in the page alone; text of notes only ever
// becomes text nodes.
(() => {
  "use strict";

  const data = JSON.parse(document.getElementById("data").textContent);
  const { exercises, choices, words: say } = data;
  const intro = document.getElementById("intro");
  const start = document.getElementById("start");
  const stage = document.getElementById("stage");

  /** An element with attributes and children; strings become text. */
  function el(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value === false || value === null || value === undefined) continue;
      if (key === "onclick") element.addEventListener("click", value);
      else element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  }

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => (name in values ? values[name] : all));
  const han = /\p{Script=Han}/u;

  /** The text cut into words that can be marked and what stands between them. */
  function tokens(text, lang) {
    const out = [];
    for (const match of text.matchAll(/\s+|\S+/g)) {
      const chunk = match[0];
      if (/^\s/.test(chunk)) {
        out.push({ start: match.index, text: chunk, word: false });
      } else if (!han.test(chunk)) {
        out.push({ start: match.index, text: chunk, word: true });
      } else {
        // Chinese writes no blanks between words: the browser knows them, or every character is one.
        const parts = window.Intl && Intl.Segmenter
          ? [...new Intl.Segmenter(lang || "zh", { granularity: "word" }).segment(chunk)].map((s) => s.segment)
          : [...chunk];
        let at = match.index;
        for (const part of parts) {
          out.push({ start: at, text: part, word: !/^[\p{P}\p{S}]+$/u.test(part) || part.length > 1 });
          at += part.length;
        }
      }
    }
    for (const token of out) token.end = token.start + token.text.length;
    return out;
  }

  const touches = (token, [from, to]) => token.start < to && from < token.end;

  let at = 0;
  let results = [];

  function begin() {
    at = 0;
    results = [];
    intro.hidden = true;
    stage.hidden = false;
    show();
  }

  function progress() {
    const dots = exercises.map((_, index) => {
      const result = results[index];
      const state = result ? (result.points === result.of ? "full" : result.points > 0 ? "part" : "none") : "";
      return el("li", { class: `dot-${state || (index === at ? "now" : "todo")}` });
    });
    return el("ol", { class: "progress", "aria-hidden": "true" }, ...dots);
  }

  /** One note to read. */
  function show() {
    const exercise = exercises[at];
    const all = tokens(exercise.text, exercise.lang);
    const marked = new Set();
    const chosen = new Set();
    const heading = el("h2", { tabindex: "-1", id: "task" }, fill(say.task, { i: at + 1, n: exercises.length }));
    const text = el("div", {
      class: "play-text", role: "listbox", "aria-multiselectable": "true", "aria-labelledby": "task",
      "aria-describedby": "hint", lang: exercise.lang, dir: "auto",
    });
    const options = [];
    for (const token of all) {
      if (!token.word) {
        text.append(token.text);
        continue;
      }
      token.node = el("span", { role: "option", "aria-selected": "false", class: "word", tabindex: options.length ? "-1" : "0" }, token.text);
      options.push(token);
      text.append(token.node);
    }

    const set = (token, on) => {
      if (on) marked.add(token);
      else marked.delete(token);
      token.node.setAttribute("aria-selected", String(on));
      label();
    };
    const focus = (index) => {
      const next = options[Math.max(0, Math.min(options.length - 1, index))];
      for (const token of options) token.node.tabIndex = token === next ? 0 : -1;
      next.node.focus();
      return next;
    };
    const indexOf = (node) => options.findIndex((token) => token.node === node);
    const onClick = (event) => {
      const index = indexOf(event.target.closest(".word"));
      if (index < 0) return;
      set(focus(index), !marked.has(options[index]));
    };
    /** The word nearest above or below. */
    const vertical = (index, direction) => {
      const from = options[index].node.getBoundingClientRect();
      let best = index;
      let distance = Infinity;
      options.forEach((token, other) => {
        const box = token.node.getBoundingClientRect();
        const lines = (box.top - from.top) * direction;
        if (lines < from.height / 2) return;
        const d = lines * 10 + Math.abs(box.left - from.left);
        if (d < distance) [best, distance] = [other, d];
      });
      return best;
    };
    const onKey = (event) => {
      const index = indexOf(document.activeElement);
      if (index < 0) return;
      const moves = {
        ArrowRight: () => index + 1, ArrowLeft: () => index - 1,
        ArrowDown: () => vertical(index, 1), ArrowUp: () => vertical(index, -1),
        Home: () => 0, End: () => options.length - 1,
      };
      if (event.key === " " || event.key === "Enter") {
        set(options[index], !marked.has(options[index]));
      } else if (event.key in moves) {
        const next = focus(moves[event.key]());
        if (event.shiftKey) {
          set(options[index], true);
          set(next, true);
        }
      } else {
        return;
      }
      event.preventDefault();
    };
    text.addEventListener("click", onClick);
    text.addEventListener("keydown", onKey);

    const boxes = choices.map((choice) => {
      const button = el("button", { type: "button", class: "choice", "aria-pressed": "false" }, choice.label);
      button.addEventListener("click", () => {
        const on = !chosen.has(choice.key);
        if (on) chosen.add(choice.key);
        else chosen.delete(choice.key);
        button.setAttribute("aria-pressed", String(on));
        label();
      });
      choice.button = button;
      return button;
    });
    const check = el("button", { type: "button", class: "primary" });
    const label = () => {
      const count = marked.size + chosen.size;
      check.textContent = count ? fill(say.check, { n: count }) : say.check_clean;
    };
    label();
    const answers = el("div", { class: "answers" });
    const controls = el("div", { class: "controls" }, check);
    check.addEventListener("click", () => {
      text.removeEventListener("click", onClick);
      text.removeEventListener("keydown", onKey);
      text.setAttribute("role", "group");
      text.removeAttribute("aria-multiselectable");
      for (const token of options) {
        token.node.removeAttribute("role");
        token.node.removeAttribute("tabindex");
        token.node.removeAttribute("aria-selected");
      }
      for (const box of boxes) box.disabled = true;
      controls.remove();
      reveal(exercise, options, marked, chosen, answers);
    });
    stage.replaceChildren(
      progress(),
      el("section", { class: "card play" },
        heading,
        el("p", { class: "about", id: "hint" }, say.hint),
        exercise.facts.length ? el("dl", { class: "play-facts" }, ...exercise.facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))) : null,
        text,
        el("div", { class: "missing", role: "group", "aria-labelledby": "missing" }, el("h3", { id: "missing" }, say.missing), el("div", { class: "choices" }, ...boxes)),
        controls),
      answers);
    heading.focus();
    window.scrollTo(0, 0);
  }

  /** What was found, missed and wrongly marked, and why it matters. */
  function reveal(exercise, options, marked, chosen, answers) {
    const { findings } = exercise;
    const found = findings.map((f) => (f.place ? [...marked].some((token) => touches(token, f.place)) : chosen.has(f.choice)));
    let wrong = 0;
    let inside = false;
    for (const token of options) {
      const hits = findings.filter((f) => f.place && touches(token, f.place));
      const on = marked.has(token);
      if (hits.length) token.node.classList.add(hits.some((f) => found[findings.indexOf(f)]) ? "found" : "missed");
      else if (on) token.node.classList.add("wrong");
      // Neighbouring words marked together are one wrong mark.
      if (on && !hits.length && !inside) wrong += 1;
      inside = on && !hits.length;
    }
    for (const choice of choices) {
      const index = findings.findIndex((f) => f.choice === choice.key);
      if (index >= 0) choice.button.classList.add(found[index] ? "found" : "missed");
      else if (chosen.has(choice.key)) {
        choice.button.classList.add("wrong");
        wrong += 1;
      }
    }
    const count = found.filter(Boolean).length;
    const clean = findings.length === 0;
    const of = clean ? 1 : findings.length;
    const points = clean ? (wrong ? 0 : 1) : Math.max(0, count - wrong);
    results[at] = { points, of, found, findings, clean, wrong };

    const verdict = clean
      ? (wrong ? say.clean_wrong : say.clean_right)
      : fill(say.verdict, { found: count, all: findings.length });
    const heading = el("h2", { tabindex: "-1" }, verdict);
    const last = at + 1 === exercises.length;
    const next = el("button", { type: "button", class: "primary", onclick: () => { at += 1; if (last) finish(); else show(); } }, last ? say.finish : say.next);
    answers.replaceChildren(
      el("section", { class: "card verdict" },
        heading,
        el("p", { class: "about" }, [fill(say.points, { points, of }), wrong ? fill(say.wrong, { n: wrong }) : ""].filter(Boolean).join(" ")),
        findings.length || wrong ? el("ul", { class: "legend" },
          el("li", {}, el("span", { class: "word found" }, say.found)),
          el("li", {}, el("span", { class: "word missed" }, say.missed)),
          el("li", {}, el("span", { class: "word wrong" }, say.wrong_mark))) : null,
        next),
      ...findings.map((finding, index) => answer(exercise, finding, found[index])),
      findings.length > 1 ? el("p", { class: "controls" }, next.cloneNode(true)) : "");
    const lower = answers.querySelector(".controls button");
    if (lower) lower.addEventListener("click", () => next.click());
    stage.querySelector(".progress").replaceWith(progress());
    heading.focus();
  }

  function answer(exercise, finding, found) {
    const { lesson } = finding;
    const excerpt = finding.place ? exercise.text.slice(...finding.place) : null;
    const reason = (title, text) => el("div", {}, el("dt", {}, title), el("dd", {}, text));
    return el("article", { class: `card answer sev-${lesson.severity}` },
      el("h3", {}, el("span", { class: `status ${found ? "found" : "missed"}` }, found ? say.found : say.missed), " ", lesson.title),
      el("p", { class: "badges" }, el("span", { class: "badge" }, data.categories[lesson.category])),
      excerpt ? el("p", { class: "quote", dir: "auto", lang: exercise.lang }, excerpt) : null,
      el("p", { dir: "auto" }, finding.message),
      finding.suggestion ? el("p", { class: "better", dir: "auto" }, el("span", { class: "better-label" }, say.better), " ", finding.suggestion) : null,
      el("dl", { class: "lesson" },
        lesson.readers.length ? el("div", { class: "readers" }, el("dt", {}, say.readers), el("dd", {}, el("ul", { class: "tags" }, ...lesson.readers.map((reader) => el("li", {}, reader))))) : null,
        reason(say.customer, lesson.customer),
        reason(say.organisation, lesson.organisation),
        reason(say.agent, lesson.agent)));
  }

  /** The round as a whole. */
  function finish() {
    const points = results.reduce((sum, result) => sum + result.points, 0);
    const of = results.reduce((sum, result) => sum + result.of, 0);
    const by = new Map();
    for (const result of results) {
      result.findings.forEach((finding, index) => {
        const key = finding.lesson.category;
        const entry = by.get(key) || { found: 0, all: 0 };
        entry.all += 1;
        entry.found += result.found[index] ? 1 : 0;
        by.set(key, entry);
      });
    }
    const rows = [...by].sort((a, b) => a[1].found / a[1].all - b[1].found / b[1].all).map(([category, entry]) =>
      el("tr", {}, el("th", { scope: "row" }, data.categories[category]), el("td", { class: "bar-cell" }, meter(entry.found / entry.all)), el("td", { class: "num" }, fill(say.of, { n: entry.found, all: entry.all }))));
    const heading = el("h2", { tabindex: "-1" }, say.done);
    stage.replaceChildren(progress(), el("section", { class: "card summary" },
      heading,
      el("p", { class: "big" }, data.percent.replace("{n}", Math.round((points / of) * 100))),
      el("p", {}, fill(say.points, { points, of })),
      rows.length ? el("h3", {}, say.by_category) : null,
      el("table", { class: "bar-table" }, el("tbody", {}, ...rows)),
      el("p", {}, el("button", { type: "button", class: "primary", onclick: begin }, say.again))));
    heading.focus();
    window.scrollTo(0, 0);
  }

  function meter(share) {
    const ns = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(ns, "svg");
    const set = (node, attributes) => Object.entries(attributes).forEach(([key, value]) => node.setAttribute(key, value));
    set(svg, { class: "bar", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" });
    for (const [kind, width] of [["bar-track", 100], ["bar-fill", share * 100]]) {
      const rect = document.createElementNS(ns, "rect");
      set(rect, { class: kind, width, height: 8 });
      svg.append(rect);
    }
    return svg;
  }

  start.hidden = false;
  start.addEventListener("click", begin);
})();
