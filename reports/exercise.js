// "Spot the error": find, explain, write it better; alone or with a group. Works from the data in the page alone; text of
// notes only ever becomes text nodes, and nothing leaves the browser but what somebody saves.
(() => {
  "use strict";

  const data = JSON.parse(document.getElementById("data").textContent);
  const { choices, words: say, categories, levels } = data;
  const intro = document.getElementById("intro");
  const setup = document.getElementById("setup");
  const stage = document.getElementById("stage");
  const past = document.getElementById("past");
  const page = document.documentElement;

  /** An element with attributes and children; strings become text. */
  function el(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value === false || value === null || value === undefined) continue;
      if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
      else element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
    return element;
  }

  const percent = (share) => data.percent.replace("{n}", Math.round(share * 100));
  const sum = (list, of) => list.reduce((total, item) => total + of(item), 0);
  const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.round(seconds) % 60).padStart(2, "0")}`;
  const button = (text, onclick, kind = "primary") => el("button", { type: "button", class: kind, onclick }, text);
  const han = /\p{Script=Han}/u;

  // ---- Words of a note -------------------------------------------------------------------------------------------

  /** The text cut into words that can be marked and what stands between them. */
  function tokens(text, lang) {
    const out = [];
    for (const match of text.matchAll(/\s+|\S+/g)) {
      const chunk = match[0];
      if (/^\s/.test(chunk)) {
        out.push({ start: match.index, text: chunk, word: false });
      } else if (!han.test(chunk)) {
        // Signs around a word are none of it; signs alone (`____`, `[…]`) can be an error.
        const [, before, core, behind] = chunk.match(/^([("'“«‘¿¡]*)(.*?)([)"'”»’.,;:!?…]*)$/su);
        const parts = /[\p{L}\p{N}]/u.test(core) ? [before, core, behind] : ["", chunk, ""];
        let at = match.index;
        parts.forEach((part, index) => {
          if (part) out.push({ start: at, text: part, word: index === 1 });
          at += part.length;
        });
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

  /** How often the words stand in the text, as words of their own. */
  function occurrences(text, words) {
    const [inside, wanted] = [folded(text), folded(words)];
    const part = (c) => c !== undefined && /[\p{L}\p{N}]/u.test(c) && !han.test(c);
    let count = 0;
    for (let at = inside.indexOf(wanted); at >= 0 && wanted; at = inside.indexOf(wanted, at + 1)) {
      const before = part(inside[at - 1]) && part(wanted[0]);
      const behind = part(inside[at + wanted.length]) && part(wanted[wanted.length - 1]);
      if (!before && !behind) count += 1;
    }
    return count;
  }

  /** Words of a text, two Chinese characters counting one, as the rules count them. */
  function countWords(text) {
    const characters = [...text].filter((c) => han.test(c)).length;
    const others = text.replace(/\p{Script=Han}/gu, " ").split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
    return others + Math.ceil(characters / 2);
  }

  // ---- What can be told of a rewritten note without a server -----------------------------------------------------

  const blank = /\[[^\]\n]*\]|<[^>\n]*>|\{\{[^}\n]*\}\}|_{3,}|(?<![\p{L}\p{N}])[Xx]{3,}(?![\p{L}\p{N}])/u;
  const units = (text) => folded(text).match(/\p{Script=Han}|[\p{L}\p{N}]+/gu) || [];

  /** Words that were not there before. */
  function newWords(before, after) {
    const left = new Map();
    for (const word of units(before)) left.set(word, (left.get(word) || 0) + 1);
    return units(after).filter((word) => {
      const count = left.get(word) || 0;
      left.set(word, count - 1);
      return count <= 0;
    });
  }

  const numbers = (text) => text.match(/\d[\d.,:/-]*\d|\d/g) || [];

  /** Checks of a rewritten note: of each finding, and of the note as a whole. */
  function checks(exercise, version) {
    const { text, findings } = exercise;
    const changed = version.trim() !== text.trim();
    const added = newWords(text, version);
    const missing = findings.filter((finding) => !finding.place && finding.choice.startsWith("element."));
    const enough = added.length >= missing.length * (han.test(version) ? 4 : 3);
    const times = say.when_words;
    const when = times.split(/[,，、]/).map((word) => word.trim()).filter(Boolean);
    const dated = added.some((word) => /\d/.test(word)) || when.some((word) => occurrences(version, word) > occurrences(text, word));
    const numbered = numbers(version).some((number) => number.replace(/\D/g, "").length >= 3 && !numbers(text).includes(number));
    const of = findings.map((finding) => {
      const element = finding.choice && finding.choice.split(".")[1];
      if (finding.place) {
        const same = findings.filter((other) => other.place && folded(other.words) === folded(finding.words)).length;
        const gone = occurrences(version, finding.words) <= Math.max(0, occurrences(text, finding.words) - same);
        if (finding.lesson.category === "contradiction") return { done: changed, text: say.check_contradiction };
        return { done: changed && gone, text: fill(say.check_gone, { words: finding.words }) };
      }
      if (element === "next_step") return { done: enough && dated, text: say.check_next_step };
      if (element === "reference") return { done: numbered, text: say.check_reference };
      if (finding.choice.startsWith("element.")) return { done: enough, text: fill(say.check_added, { what: finding.label }) };
      if (element === "contradiction") return { done: changed, text: say.check_contradiction };
      return { done: changed && lengthFits(version), text: finding.label };
    });
    const facts = numbers(text).filter((number) => number.replace(/\D/g, "").length > 1
      && !findings.some((finding) => finding.place && finding.words.includes(number)));
    const kept = facts.filter((number) => version.includes(number));
    const whole = [
      { done: kept.length === facts.length, text: facts.length ? fill(say.check_facts, { n: kept.length, all: facts.length }) : null },
      { done: !blank.test(version), text: say.check_blanks },
      { done: lengthFits(version), text: fill(say.check_length, { n: countWords(version) }) },
    ].filter((check) => check.text);
    return { of, whole, changed };
  }

  function lengthFits(version) {
    const [fewest, most] = data.limits;
    const count = countWords(version);
    return count >= (fewest || 1) && (!most || count <= most);
  }

  // ---- The round -------------------------------------------------------------------------------------------------

  let round = null;

  /** The notes that the learner asked for, in the order of the page. */
  function chosen() {
    const level = setup.elements.level.value;
    const category = setup.elements.category.value;
    const wanted = Number(setup.elements.size.value) || Infinity;
    const faulty = data.exercises.filter((e) => e.findings.length
      && (!level || e.level === level)
      && (!category || e.findings.some((f) => f.lesson.category === category)));
    const clean = data.exercises.filter((e) => !e.findings.length);
    const all = data.exercises.length;
    const fair = Math.ceil((faulty.length * clean.length) / Math.max(1, all - clean.length));
    const decoys = clean.slice(0, Math.min(fair, wanted === Infinity ? clean.length : Math.floor(wanted / 4)));
    const errors = faulty.slice(0, Math.max(1, wanted - decoys.length));
    return data.exercises.filter((e) => errors.includes(e) || decoys.includes(e));
  }

  function begin() {
    const values = setup.elements;
    round = {
      mode: values.mode.value,
      level: values.level.value,
      category: values.category.value,
      rewriting: values.rewriting.checked && values.mode.value === "alone",
      exercises: chosen(),
      at: 0,
      results: [],
      started: new Date(),
    };
    intro.hidden = true;
    past.hidden = true;
    stage.hidden = false;
    page.classList.toggle("group", round.mode === "group");
    show();
  }

  function leave() {
    page.classList.remove("group");
    if (document.fullscreenElement) document.exitFullscreen();
    stage.hidden = true;
    stage.replaceChildren();
    intro.hidden = false;
    round = null;
    showPast();
    intro.querySelector("h2").focus();
  }

  function show() {
    round.clock = performance.now();
    if (round.mode === "group") showGroup();
    else showAlone();
    window.scrollTo(0, 0);
  }

  function next() {
    round.at += 1;
    if (round.at < round.exercises.length) show();
    else finish();
  }

  function progress() {
    const dots = round.exercises.map((_, index) => {
      const result = round.results[index];
      const state = result ? (result.points === result.of ? "full" : result.points > 0 ? "part" : "none") : "";
      return el("li", { class: `dot-${state || (index === round.at ? "now" : "todo")}` });
    });
    return el("div", { class: "play-top" },
      el("ol", { class: "progress", "aria-hidden": "true" }, ...dots),
      document.fullscreenEnabled && round.mode === "group" ? button(say.fullscreen, () => (document.fullscreenElement ? document.exitFullscreen() : page.requestFullscreen()), "quiet") : null,
      button(say.leave, leave, "quiet"));
  }

  const last = () => round.at + 1 === round.exercises.length;

  function factsOf(exercise) {
    if (!exercise.facts.length) return null;
    return el("dl", { class: "play-facts" }, ...exercise.facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", { dir: "auto" }, value))));
  }

  /** The text as words that can be marked by mouse, pen, finger and keys; `changed` is told of every change. */
  function board(exercise, changed) {
    const marked = new Set();
    const options = [];
    const text = el("div", {
      class: "play-text", role: "listbox", "aria-multiselectable": "true", "aria-labelledby": "task", "aria-describedby": "hint",
      lang: exercise.lang, dir: "auto",
    });
    for (const token of tokens(exercise.text, exercise.lang)) {
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
      else {
        marked.delete(token);
        token.kind = null;
      }
      token.node.setAttribute("aria-selected", String(on));
    };
    const focus = (index) => {
      const target = options[Math.max(0, Math.min(options.length - 1, index))];
      for (const token of options) token.node.tabIndex = token === target ? 0 : -1;
      target.node.focus({ preventScroll: false });
      return target;
    };
    const indexOf = (node) => options.findIndex((token) => token.node === node);
    const wordAt = (event) => (event.target.closest ? indexOf(event.target.closest(".word")) : -1);

    // A press and a drag mark all words between; with a finger a drag scrolls, and a tap marks.
    let drag = null;
    const onDown = (event) => {
      const index = event.button === 0 && event.pointerType !== "touch" ? wordAt(event) : -1;
      drag = index < 0 ? null : { from: index, moved: false };
    };
    const onOver = (event) => {
      const index = drag && event.buttons === 1 ? wordAt(event) : -1;
      if (index < 0 || (index === drag.from && !drag.moved)) return;
      drag.moved = true;
      for (let i = Math.min(index, drag.from); i <= Math.max(index, drag.from); i += 1) set(options[i], true);
      changed();
    };
    const onClick = (event) => {
      const moved = drag && drag.moved;
      drag = null;
      const index = wordAt(event);
      if (index < 0 || moved) return;
      set(focus(index), !marked.has(options[index]));
      changed();
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
      if (index < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
      const moves = {
        ArrowRight: () => index + 1, ArrowLeft: () => index - 1,
        ArrowDown: () => vertical(index, 1), ArrowUp: () => vertical(index, -1),
        Home: () => 0, End: () => options.length - 1,
      };
      if (event.key === " " || event.key === "Enter") {
        set(options[index], !marked.has(options[index]));
      } else if (event.key in moves) {
        const target = focus(moves[event.key]());
        if (event.shiftKey) {
          set(options[index], true);
          set(target, true);
        }
      } else {
        return;
      }
      event.preventDefault();
      event.stopPropagation();
      changed();
    };
    const listeners = { pointerdown: onDown, pointerover: onOver, click: onClick, keydown: onKey };
    for (const [name, listener] of Object.entries(listeners)) text.addEventListener(name, listener);

    /** Marks: words in a row are one. */
    const marks = () => {
      const out = [];
      options.forEach((token, index) => {
        if (!marked.has(token)) return;
        const before = index && marked.has(options[index - 1]) ? out[out.length - 1] : null;
        if (before) before.push(token);
        else out.push([token]);
      });
      return out.map((list) => ({
        tokens: list,
        text: exercise.text.slice(list[0].start, list[list.length - 1].end),
        kind: (list.find((token) => token.kind) || {}).kind || "",
      }));
    };
    const freeze = () => {
      for (const [name, listener] of Object.entries(listeners)) text.removeEventListener(name, listener);
      text.setAttribute("role", "group");
      text.removeAttribute("aria-multiselectable");
      for (const token of options) {
        for (const name of ["role", "tabindex", "aria-selected"]) token.node.removeAttribute(name);
        token.node.classList.toggle("marked", marked.has(token));
      }
    };
    const thaw = () => {
      for (const [name, listener] of Object.entries(listeners)) text.addEventListener(name, listener);
      text.setAttribute("role", "listbox");
      text.setAttribute("aria-multiselectable", "true");
      options.forEach((token, index) => {
        token.node.classList.remove("marked");
        token.node.setAttribute("role", "option");
        token.node.setAttribute("tabindex", index ? "-1" : "0");
        token.node.setAttribute("aria-selected", String(marked.has(token)));
      });
    };
    return { text, options, marked, marks, set, freeze, thaw };
  }

  /** Buttons for what is missing, or wrong with the whole note. */
  function boxesFor(changed) {
    const on = new Set();
    const boxes = choices.map((choice) => {
      const box = el("button", { type: "button", class: "choice", "aria-pressed": "false" }, choice.label);
      box.addEventListener("click", () => {
        if (!on.delete(choice.key)) on.add(choice.key);
        box.setAttribute("aria-pressed", String(on.has(choice.key)));
        changed();
      });
      box.dataset.key = choice.key;
      return box;
    });
    const section = el("div", { class: "missing", role: "group", "aria-labelledby": "missing" },
      el("h3", { id: "missing" }, say.missing), el("div", { class: "choices" }, ...boxes));
    return { on, boxes, section };
  }

  // ---- Alone -----------------------------------------------------------------------------------------------------

  function showAlone() {
    const exercise = round.exercises[round.at];
    const heading = el("h2", { tabindex: "-1", id: "task" }, fill(say.task, { i: round.at + 1, n: round.exercises.length }));
    const steps = [say.step_find, say.step_explain, round.rewriting ? say.step_fix : null].filter(Boolean);
    const stepper = el("ol", { class: "stepper" }, ...steps.map((step) => el("li", {}, step)));
    const explain = el("div", { class: "explain" });
    const fix = el("div", { class: "fix" });
    const answers = el("div", { class: "answers" });
    const go = button("", () => forward());
    const controls = el("div", { class: "controls" }, go);
    let phase = "find";

    const words = board(exercise, () => update());
    const missing = boxesFor(() => update());

    const stepTo = (index) => [...stepper.children].forEach((item, at) => {
      item.classList.toggle("done", at < index);
      if (at === index) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    });

    function update() {
      const marks = words.marks();
      const count = marks.length + missing.on.size;
      stepTo(marks.some((mark) => !mark.kind) || (!marks.length && !missing.on.size) ? (marks.length ? 1 : 0) : 1);
      go.textContent = !count ? say.check_clean : round.rewriting ? say.to_fix : fill(say.check, { n: count });
      const had = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.mark : null;
      explain.replaceChildren();
      if (marks.length) {
        explain.append(el("h3", {}, say.explain), el("ul", { class: "mark-list" }, ...marks.map(entry)));
      }
      if (had) explain.querySelector(`[data-mark="${had}"]`)?.focus();
    }

    function entry(mark) {
      const id = `kind-${mark.tokens[0].start}`;
      const select = el("select", { id, "data-mark": id },
        el("option", { value: "" }, say.choose_kind),
        ...data.order.filter((key) => key !== "required" && key !== "length").map((key) => el("option", { value: key, selected: key === mark.kind }, categories[key])));
      select.addEventListener("change", () => {
        for (const token of mark.tokens) token.kind = select.value;
        update();
      });
      const remove = button("×", () => {
        for (const token of mark.tokens) words.set(token, false);
        update();
        heading.focus();
      }, "quiet small");
      remove.setAttribute("aria-label", fill(say.unmark, { words: mark.text }));
      return el("li", {}, el("label", { for: id, class: "quote", dir: "auto", lang: exercise.lang }, mark.text), select, remove);
    }

    function forward() {
      const count = words.marks().length + missing.on.size;
      if (phase === "find" && count && round.rewriting) toFix();
      else check();
    }

    /** The third step; the marks stay in sight. */
    function toFix() {
      phase = "fix";
      stepTo(2);
      words.freeze();
      for (const box of missing.boxes) box.disabled = true;
      for (const control of explain.querySelectorAll("select, button")) control.disabled = true;
      const area = editor(exercise, exercise.text);
      fix.replaceChildren(area.label, area.input);
      go.textContent = say.check_fix;
      const back = button(say.back, () => {
        phase = "find";
        words.thaw();
        for (const box of missing.boxes) box.disabled = false;
        fix.replaceChildren();
        back.remove();
        update();
        heading.focus();
      }, "quiet");
      controls.append(back);
      area.input.focus();
    }

    function check() {
      const version = fix.querySelector("textarea")?.value ?? null;
      const seconds = (performance.now() - round.clock) / 1000;
      if (phase === "find") words.freeze();
      for (const box of missing.boxes) box.disabled = true;
      controls.remove();
      stepper.remove();
      explain.remove();
      fix.remove();
      const result = judge(exercise, words, missing);
      result.seconds = Math.round(seconds);
      round.results[round.at] = result;
      reveal(exercise, result, version, answers);
    }

    stage.replaceChildren(
      progress(),
      el("section", { class: "card play" },
        el("div", { class: "play-head" }, heading, stepper),
        el("p", { class: "about", id: "hint" }, say.hint),
        factsOf(exercise),
        words.text,
        missing.section,
        explain,
        fix,
        controls),
      answers);
    update();
    heading.focus();
  }

  function editor(exercise, value) {
    const input = el("textarea", { id: "version", rows: "6", lang: exercise.lang, dir: "auto", spellcheck: "true" });
    input.value = value;
    return { label: el("label", { for: "version", class: "fix-label" }, say.fix_label), input };
  }

  /** What was found, named and wrongly marked; the words of the note show it. */
  function judge(exercise, words, missing) {
    const { findings } = exercise;
    const marks = words.marks();
    const hits = (mark, finding) => finding.place && mark.tokens.some((token) => touches(token, finding.place));
    const found = findings.map((f) => (f.place ? marks.some((mark) => hits(mark, f)) : missing.on.has(f.choice)));
    // Two errors side by side are one mark, which has one kind: it is right where it names one of them.
    const named = findings.map((f, index) => found[index] && (!f.place || marks.some((mark) => hits(mark, f)
      && findings.some((other) => hits(mark, other) && other.lesson.category === mark.kind))));
    let wrong = marks.filter((mark) => !findings.some((f) => hits(mark, f))).length;
    for (const token of words.options) {
      const of = findings.map((f, index) => [f, index]).filter(([f]) => f.place && touches(token, f.place));
      token.node.classList.remove("marked");
      if (of.length) token.node.classList.add(of.some(([, index]) => found[index]) ? "found" : "missed");
      else if (words.marked.has(token)) token.node.classList.add("wrong");
    }
    for (const box of missing.boxes) {
      const index = findings.findIndex((f) => f.choice === box.dataset.key);
      if (index >= 0) box.classList.add(found[index] ? "found" : "missed");
      else if (missing.on.has(box.dataset.key)) {
        box.classList.add("wrong");
        wrong += 1;
      }
    }
    return { exercise, found, named, wrong, fixed: findings.map(() => false), rewritten: false, ...score(exercise, found, named, [], wrong) };
  }

  /** Points: one for each error found, named and (in rounds with rewriting) mended; one less for each needless mark. */
  function score(exercise, found, named, fixed, wrong) {
    const count = exercise.findings.length;
    if (!count) return { points: wrong ? 0 : 2, of: 2 };
    const earned = [found, named, fixed].reduce((total, list) => total + list.filter(Boolean).length, 0);
    return { points: Math.max(0, earned - wrong), of: count * (round.rewriting ? 3 : 2) };
  }

  /** What was found and missed, why it matters, the learner's version and a better one. */
  function reveal(exercise, result, version, answers) {
    const { findings } = exercise;
    const clean = !findings.length;
    const verdict = clean
      ? (result.wrong ? say.clean_wrong : say.clean_right)
      : fill(say.verdict, { found: result.found.filter(Boolean).length, all: findings.length });
    const heading = el("h2", { tabindex: "-1" }, verdict);
    const points = el("p", { class: "about", role: "status" });
    const tell = () => {
      points.textContent = [
        fill(say.points, { points: result.points, of: result.of }),
        result.wrong ? fill(say.wrong, { n: result.wrong }) : "",
        fill(say.time, { time: clock(result.seconds) }),
      ].filter(Boolean).join(" ");
      stage.querySelector(".play-top").replaceWith(progress());
    };
    const onward = () => button(last() ? say.finish : say.next, next);
    answers.replaceChildren(
      el("section", { class: "card verdict" },
        el("div", { class: "verdict-head" }, heading, exercise.level ? el("span", { class: `badge level-${exercise.level}` }, levels[exercise.level]) : null),
        points,
        findings.length || result.wrong ? el("ul", { class: "legend" },
          el("li", {}, el("span", { class: "word found" }, say.found)),
          el("li", {}, el("span", { class: "word missed" }, say.missed)),
          el("li", {}, el("span", { class: "word wrong" }, say.wrong_mark))) : null,
        onward()),
      ...answersOf(exercise, result),
      clean ? "" : versions(exercise, result, version, tell),
      clean ? "" : el("p", { class: "controls" }, onward()));
    tell();
    heading.focus();
  }

  /** The learner's version with its checks, beside a better one. */
  function versions(exercise, result, version, tell) {
    const model = el("div", { class: "model" }, el("h3", {}, say.model), modelText(exercise), el("p", { class: "about" }, say.model_about));
    if (version === null && !round.rewriting) return el("section", { class: "card versions" }, model);
    const area = editor(exercise, version ?? exercise.text);
    area.label.textContent = say.your_version;
    const list = el("ul", { class: "checks" });
    let timer = 0;
    const update = () => {
      const outcome = checks(exercise, area.input.value);
      result.fixed = outcome.of.map((check) => check.done);
      result.rewritten = outcome.changed;
      Object.assign(result, score(exercise, result.found, result.named, result.fixed, result.wrong));
      const line = (check) => el("li", { class: check.done ? "done" : "open" }, el("span", { class: "vh" }, check.done ? say.check_done : say.check_open), " ", el("span", { dir: "auto" }, check.text));
      list.replaceChildren(...[...outcome.of, ...outcome.whole].map(line));
      tell();
    };
    area.input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(update, 250);
    });
    update();
    return el("section", { class: "card versions two" },
      el("div", { class: "own" }, el("h3", {}, area.label), area.input, list, el("p", { class: "about" }, say.checks_about)),
      model);
  }

  function modelText(exercise) {
    const piece = ({ kind, text }) => {
      if (kind === "kept") return text;
      if (kind === "written") return el("ins", {}, text);
      return el("span", { class: "blank" }, el("span", { class: "vh" }, say.blank), text);
    };
    return el("p", { class: "note-text", lang: exercise.lang, dir: "auto" }, ...exercise.model.map(piece));
  }

  /** One rule with everything that it found in the note; `all` has each finding and whether it was found and named. */
  function answer(exercise, all) {
    const { lesson } = all[0].finding;
    const reason = (title, text) => el("div", {}, el("dt", {}, title), el("dd", {}, text));
    const advice = all.every(({ finding }) => finding.suggestion === all[0].finding.suggestion) ? all[0].finding.suggestion : null;
    const better = (text) => text && el("p", { class: "better", dir: "auto" }, el("span", { class: "better-label" }, say.better), " ", text);
    const one = ({ finding, found, unnamed }) => el("div", { class: "one" },
      el("p", { class: "one-head" },
        found === null ? null : el("span", { class: `status ${found ? "found" : "missed"}` }, found ? say.found : say.missed),
        finding.place ? el("span", { class: "quote", dir: "auto", lang: exercise.lang }, finding.words) : el("span", { class: "quote" }, finding.label),
        el("span", { class: `badge level-${finding.level}` }, levels[finding.level]),
        unnamed ? el("span", { class: "badge other-kind" }, say.other_kind) : null),
      all.length === 1 ? el("p", { dir: "auto" }, finding.message) : null,
      advice ? null : better(finding.suggestion));
    return el("article", { class: `card answer sev-${lesson.severity}` },
      el("h3", {}, lesson.title, " ", el("span", { class: "badge" }, categories[lesson.category])),
      ...all.map(one),
      better(advice),
      el("dl", { class: "lesson" },
        lesson.readers.length ? el("div", { class: "readers" }, el("dt", {}, say.readers), el("dd", {}, el("ul", { class: "tags" }, ...lesson.readers.map((reader) => el("li", {}, reader))))) : null,
        reason(say.customer, lesson.customer),
        reason(say.organisation, lesson.organisation),
        reason(say.agent, lesson.agent)));
  }

  /** An article for each rule, in the order of their first findings. */
  function answersOf(exercise, result) {
    const by = new Map();
    exercise.findings.forEach((finding, index) => {
      const of = by.get(finding.lesson.id) || [];
      of.push({ finding, found: result.found[index], unnamed: result.found[index] && !result.named[index] });
      by.set(finding.lesson.id, of);
    });
    return [...by.values()].map((all) => answer(exercise, all));
  }

  // ---- With a group ----------------------------------------------------------------------------------------------

  let onPageKey = null;

  /** Everything step by step: the note, how many errors, one error after the other, a better version. */
  function showGroup() {
    const exercise = round.exercises[round.at];
    const { findings } = exercise;
    const heading = el("h2", { tabindex: "-1", id: "task" }, fill(say.task, { i: round.at + 1, n: round.exercises.length }));
    const words = board(exercise, () => {});
    const missing = boxesFor(() => {});
    const shown = el("div", { class: "answers", "aria-live": "polite" });
    const found = findings.map(() => false);
    let step = 0;
    let judged = null;
    const steps = findings.length ? findings.length + 2 : 1;

    const forward = button("", () => turn(1));
    const back = button(say.back, () => turn(-1), "quiet");
    const label = () => {
      back.disabled = step === 0;
      forward.textContent = step < steps ? (step === 0 ? say.reveal_count : step <= findings.length ? say.reveal_next : say.reveal_model) : last() ? say.finish : say.next;
    };

    function turn(direction) {
      if (direction > 0 && step === steps) {
        keep();
        next();
        return;
      }
      if (step === 0 && direction > 0) {
        judged = judge(exercise, words, missing);
        judged.found.forEach((was, index) => { found[index] = was; });
        clear();
        words.freeze();
        for (const box of missing.boxes) box.disabled = true;
      }
      step = Math.max(0, Math.min(steps, step + direction));
      if (step === 0) {
        words.thaw();
        for (const box of missing.boxes) box.disabled = false;
      }
      draw();
    }

    /** Takes the colours of the whole solution off again: they come one by one. */
    function clear() {
      for (const token of words.options) token.node.classList.remove("found", "missed", "wrong", "marked");
      for (const box of missing.boxes) box.classList.remove("found", "missed", "wrong");
    }

    function draw() {
      clear();
      // The buttons that nobody pressed make room for the answers.
      const told = findings.slice(0, Math.max(0, step - 1)).map((finding) => finding.choice);
      for (const box of missing.boxes) box.hidden = step > 0 && !missing.on.has(box.dataset.key) && !told.includes(box.dataset.key);
      missing.section.hidden = missing.boxes.every((box) => box.hidden);
      for (const token of words.options) if (words.marked.has(token) && step > 0) token.node.classList.add("marked");
      const open = findings.slice(0, Math.max(0, step - 1));
      open.forEach((finding) => {
        for (const token of words.options) if (finding.place && touches(token, finding.place)) token.node.classList.add("found");
        for (const box of missing.boxes) if (box.dataset.key === finding.choice) box.classList.add("found");
      });
      const count = findings.length ? fill(say.count, { n: findings.length }) : say.clean_right_group;
      const current = open[open.length - 1];
      shown.replaceChildren(
        step > 0 ? el("p", { class: "card count-card" }, count) : "",
        current && step <= findings.length + 1 ? groupAnswer(current, open.length - 1) : "",
        step === steps && findings.length ? el("section", { class: "card versions" }, el("div", { class: "model" }, el("h3", {}, say.model), modelText(exercise), el("p", { class: "about" }, say.model_about))) : "");
      label();
      (shown.lastElementChild || heading).scrollIntoView({ block: step ? "nearest" : "center" });
    }

    function groupAnswer(finding, index) {
      const card = answer(exercise, [{ finding, found: null, unnamed: false }]);
      const vote = (value, text) => {
        const box = el("button", { type: "button", class: "choice", "aria-pressed": String(found[index] === value) }, text);
        box.addEventListener("click", () => {
          found[index] = value;
          for (const other of card.querySelectorAll(".vote .choice")) other.setAttribute("aria-pressed", String(other === box));
        });
        return box;
      };
      card.append(el("div", { class: "vote", role: "group", "aria-label": say.vote }, el("span", {}, say.vote), vote(true, say.vote_yes), vote(false, say.vote_no)));
      return card;
    }

    function keep() {
      const wrong = judged ? judged.wrong : 0;
      const points = findings.length ? found.filter(Boolean).length : wrong ? 0 : 1;
      round.results[round.at] = {
        exercise, found, named: [], fixed: [], wrong, rewritten: false,
        seconds: Math.round((performance.now() - round.clock) / 1000), points, of: findings.length || 1,
      };
    }

    // Pointers for slides send the keys that turn pages.
    onPageKey = (event) => {
      const busy = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) || event.target.closest(".play-text");
      const keys = { PageDown: 1, ArrowRight: 1, PageUp: -1, ArrowLeft: -1 };
      if (!round || round.mode !== "group" || !(event.key in keys) || (busy && !event.key.startsWith("Page"))) return;
      event.preventDefault();
      turn(keys[event.key]);
    };

    stage.replaceChildren(
      progress(),
      el("section", { class: "card play" }, heading, el("p", { class: "about", id: "hint" }, say.group_hint), factsOf(exercise), words.text, missing.section),
      shown,
      el("div", { class: "controls bar-controls" }, forward, back));
    label();
    forward.focus();
  }

  document.addEventListener("keydown", (event) => onPageKey && onPageKey(event));

  // ---- The result, kept in this browser only ---------------------------------------------------------------------

  const STORE = "acw.spot-the-error";
  const MOST = 50;

  function stored() {
    try {
      const list = JSON.parse(localStorage.getItem(STORE) || "[]");
      return Array.isArray(list) ? list.filter((entry) => entry && typeof entry === "object" && Array.isArray(entry.notes)) : [];
    } catch {
      return [];
    }
  }

  function store(list) {
    try {
      if (list.length) localStorage.setItem(STORE, JSON.stringify(list.slice(-MOST)));
      else localStorage.removeItem(STORE);
      return true;
    } catch {
      return false;
    }
  }

  /** What is kept of a round: figures, no text of any note; nothing where nobody was asked, which is not zero. */
  function record() {
    const alone = round.mode === "alone";
    const notes = round.results.map((result) => ({
      note: result.exercise.number,
      level: result.exercise.level || "clean",
      errors: result.exercise.findings.length,
      found: result.found.filter(Boolean).length,
      explained: alone ? result.named.filter(Boolean).length : null,
      rewritten: round.rewriting ? result.fixed.filter(Boolean).length : null,
      wrong: result.wrong,
      points: result.points,
      of: result.of,
      seconds: result.seconds,
    }));
    return {
      when: round.started.toISOString(), set: data.set, seed: data.seed, mode: round.mode, level: round.level || "all", category: round.category || "all",
      points: sum(notes, (n) => n.points), of: sum(notes, (n) => n.of), seconds: sum(notes, (n) => n.seconds), notes,
    };
  }

  const COLUMNS = ["note", "level", "errors", "found", "explained", "rewritten", "wrong", "points", "of", "seconds"];

  function csv(rounds, name) {
    // A cell that a spreadsheet would take for a formula stays text.
    const cell = (value) => {
      const text = String(value).replace(/^[=+\-@\t\r\n＝＋－＠]/, "'$&");
      return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    const rows = rounds.flatMap((entry) => entry.notes.map((note) => [name, entry.when, entry.set, entry.mode, ...COLUMNS.map((column) => note[column] ?? "")]));
    return `\ufeff${[["name", "when", "set", "mode", ...COLUMNS], ...rows].map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
  }

  function exports(rounds, base) {
    const id = `name-${base}`;
    const name = el("input", { id, type: "text", autocomplete: "off", maxlength: "60" });
    return el("div", { class: "exports" },
      el("label", { for: id }, say.export_name), name,
      el("div", { class: "buttons" },
        button(say.export_csv, () => save(`${base}.csv`, "text/csv;charset=utf-8", csv(rounds(), name.value.trim())), "quiet"),
        button(say.export_json, () => save(`${base}.json`, "application/json", JSON.stringify({ name: name.value.trim(), rounds: rounds() }, null, 1)), "quiet")));
  }

  const date = (iso) => {
    const when = new Date(iso);
    return Number.isNaN(when.getTime()) ? "" : new Intl.DateTimeFormat(page.lang, { dateStyle: "medium", timeStyle: "short" }).format(when);
  };

  /** The round as a whole. */
  function finish() {
    onPageKey = null;
    page.classList.remove("group");
    const entry = record();
    const kept = store([...stored(), entry]);
    const { results } = round;
    const faulty = results.filter((result) => result.exercise.findings.length);
    const errors = sum(faulty, (result) => result.exercise.findings.length);
    const count = (list) => sum(faulty, (result) => result[list].filter(Boolean).length);
    const by = new Map();
    for (const result of faulty) {
      result.exercise.findings.forEach((finding, index) => {
        const found = by.get(finding.lesson.category) || { found: 0, all: 0 };
        found.all += 1;
        found.found += result.found[index] ? 1 : 0;
        by.set(finding.lesson.category, found);
      });
    }
    const bar = (name, found, all) => el("tr", {}, el("th", { scope: "row" }, name), el("td", { class: "bar-cell" }, meter(all ? found / all : 0)), el("td", { class: "num" }, fill(say.of, { n: found, all })));
    const table = (caption, rows) => el("table", { class: "bar-table" }, el("caption", {}, caption), el("tbody", {}, ...rows));
    const clean = results.filter((result) => !result.exercise.findings.length);
    const how = [
      bar(say.step_find, count("found"), errors),
      round.mode === "alone" ? bar(say.step_explain, count("named"), errors) : null,
      round.rewriting ? bar(say.step_fix, count("fixed"), errors) : null,
      clean.length ? bar(say.clean_notes, clean.filter((result) => !result.wrong).length, clean.length) : null,
    ].filter(Boolean);
    const rows = [...by].sort((a, b) => a[1].found / a[1].all - b[1].found / b[1].all).map(([key, found]) => bar(categories[key], found.found, found.all));
    const notes = results.map((result, index) => el("tr", {},
      el("th", { scope: "row" }, String(index + 1)),
      el("td", {}, result.exercise.level ? levels[result.exercise.level] : say.clean),
      el("td", { class: "num" }, fill(say.of, { n: result.points, all: result.of })),
      el("td", { class: "num" }, clock(result.seconds))));
    const heading = el("h2", { tabindex: "-1" }, say.done);
    stage.replaceChildren(el("section", { class: "card summary" },
      heading,
      el("p", { class: "big" }, percent(entry.of ? entry.points / entry.of : 0)),
      el("p", {}, [fill(say.points, { points: entry.points, of: entry.of }), fill(say.time, { time: clock(entry.seconds) })].join(" ")),
      el("div", { class: "summary-tables" }, table(say.by_step, how), rows.length ? table(say.by_category, rows) : null),
      el("details", {}, el("summary", {}, say.by_note), el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say.by_note }, el("table", { class: "plain" },
        el("thead", {}, el("tr", {}, ...[say.head_note, say.head_level, say.head_points, say.head_time].map((head, index) => el("th", { scope: "col", class: index > 1 ? "num" : null }, head)))),
        el("tbody", {}, ...notes)))),
      el("p", { class: "about" }, kept ? say.kept : say.not_kept),
      exports(() => [entry], `spot-the-error-${data.set}`),
      el("p", { class: "buttons" }, button(say.again, leave))));
    heading.focus();
    window.scrollTo(0, 0);
  }

  /** Earlier rounds in this browser, and how to be rid of them. */
  function showPast() {
    const list = stored();
    past.hidden = !list.length;
    if (!list.length) {
      past.replaceChildren();
      return;
    }
    const rows = [...list].reverse().map((entry) => el("tr", {},
      el("td", {}, date(entry.when)),
      el("td", {}, entry.set === data.set ? say.this_set : String(entry.set ?? "")),
      el("td", {}, entry.mode === "group" ? say.mode_group : say.mode_alone),
      el("td", { class: "num" }, String(entry.notes.length)),
      el("td", { class: "num" }, entry.of ? percent(entry.points / entry.of) : ""),
      el("td", { class: "num" }, clock(entry.seconds || 0))));
    const erase = button(say.erase, () => {
      if (!erase.dataset.sure) {
        erase.dataset.sure = "1";
        erase.textContent = say.erase_sure;
        return;
      }
      store([]);
      past.replaceChildren(el("p", { role: "status", tabindex: "-1" }, say.erased));
      past.firstChild.focus();
    }, "quiet danger");
    past.replaceChildren(
      el("h2", {}, say.past),
      el("p", { class: "about" }, say.past_about),
      el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say.past }, el("table", { class: "plain" },
        el("thead", {}, el("tr", {}, ...[say.head_when, say.head_set, say.head_mode, say.head_notes, say.head_score, say.head_time].map((head, index) => el("th", { scope: "col", class: index > 2 ? "num" : null }, head)))),
        el("tbody", {}, ...rows))),
      exports(stored, "spot-the-error"),
      el("p", { class: "buttons" }, erase));
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

  // ---- Before the round ------------------------------------------------------------------------------------------

  const option = (value, text) => el("option", { value }, text);
  const present = (of) => new Set(data.exercises.flatMap(of));
  const itsLevels = present((e) => (e.level ? [e.level] : []));
  const itsCategories = present((e) => e.findings.map((f) => f.lesson.category));
  setup.elements.level.append(...Object.keys(levels).length ? ["blatant", "plain", "subtle"].filter((key) => itsLevels.has(key)).map((key) => option(key, levels[key])) : []);
  setup.elements.category.append(...data.order.filter((key) => itsCategories.has(key)).map((key) => option(key, categories[key])));
  setup.elements.size.append(...[4, 8, 12, 16, 20].filter((n) => n < data.exercises.length).map((n) => option(n, String(n))));
  const start = document.getElementById("start");
  const tellCount = () => {
    setup.elements.rewriting.disabled = setup.elements.mode.value === "group";
    const n = chosen().length;
    start.disabled = n === 0;
    document.getElementById("count").textContent = n ? fill(say.will_have, { n }) : say.none_fits;
  };
  setup.addEventListener("change", tellCount);
  setup.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!start.disabled) begin();
  });
  start.addEventListener("click", begin);
  setup.hidden = false;
  tellCount();
  showPast();
})();
