// What is learnt from, in a real browser: the exercise alone and with a group, the work sheet and its key, the guides.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";

import { LOOKS, beyondPaper, made as pagesOf, open, places, sample, sideways, violations } from "./support.mjs";

const STORE = "acw.spot-the-error";
const make = (name, ...args) => pagesOf(name, "--out", ...args);
const dataOf = async (page) => JSON.parse(await page.textContent("#data"));

/** Places of the words on the page within the text of the note. */
async function spansOf(page, text) {
  let at = 0;
  return (await page.$$eval(".play-text .word", (words) => words.map((word) => word.textContent))).map((word) => {
    const start = text.indexOf(word, at);
    at = start + word.length;
    return [start, at];
  });
}

/** Marks and names every error of the note on the page, by mouse or by keys alone. */
async function solve(page, data, exercise, way) {
  const spans = await spansOf(page, exercise.text);
  const words = await page.$$(".play-text .word");
  const touching = (place) => spans.findIndex(([start, end]) => start < place[1] && place[0] < end);
  const marked = new Set();
  let focused = 0;
  if (way === "keyboard") await page.focus(".play-text .word");
  for (const finding of exercise.findings.filter((f) => f.place)) {
    const target = touching(finding.place);
    if (marked.has(target)) continue;
    marked.add(target);
    if (way === "mouse") {
      await words[target].click();
      continue;
    }
    while (focused !== target) {
      await page.keyboard.press(focused < target ? "ArrowRight" : "ArrowLeft");
      focused += focused < target ? 1 : -1;
    }
    await page.keyboard.press("Space");
  }
  for (const finding of exercise.findings.filter((f) => !f.place)) {
    const box = page.locator(`.choice[data-key="${finding.choice}"]`);
    if ((await box.getAttribute("aria-pressed")) === "true") continue;
    if (way === "mouse") await box.click();
    else {
      await box.focus();
      await page.keyboard.press("Space");
    }
  }
  // Each mark names the kind of the first error that it touches.
  const ids = await page.$$eval(".mark-list select", (selects) => selects.map((select) => select.id));
  for (const id of ids) {
    const start = Number(id.split("-")[1]);
    const index = spans.findIndex((span) => span[0] === start);
    const finding = exercise.findings.find((f) => f.place && touching(f.place) >= index && marked.has(touching(f.place)));
    if (way === "mouse") {
      await page.selectOption(`#${id}`, finding.lesson.category);
      continue;
    }
    const options = await page.$$eval(`#${id} option`, (list) => list.map((option) => option.value));
    await page.focus(`#${id}`);
    for (let step = 0; step < options.indexOf(finding.lesson.category); step += 1) await page.keyboard.press("ArrowDown");
    assert.equal(await page.inputValue(`#${id}`), finding.lesson.category);
  }
}

/** A version that mends every error that can be mended in the text. */
function mended(exercise, filling) {
  let text = exercise.text;
  const placed = exercise.findings.filter((f) => f.place).sort((a, b) => b.place[0] - a.place[0]);
  for (const finding of placed) text = text.slice(0, finding.place[0]) + filling.words + text.slice(finding.place[1]);
  return `${text} ${exercise.findings.filter((f) => !f.place).map(() => filling.sentence).join(" ")} ${filling.sentence}`;
}

describe("a workshop", () => {
  const made = {};
  before(() => {
    for (const locale of ["es", "en", "fr", "zh"]) made[locale] = make(locale, "workshop", sample, "--locale", locale, "--size", "8");
    made.guide = make("guide", "guide", "--locale", "en");
    made.guideZh = make("guide-zh", "guide", "--locale", "zh");
  });

  test("has an exercise, a sheet and a key that open without a request, an error or an accessibility violation", async () => {
    for (const locale of ["es", "en", "fr", "zh"]) {
      assert.deepEqual(made[locale].pages, ["answer-key.html", "spot-the-error.html", "work-sheet.html"]);
      for (const name of made[locale].pages) {
        for (const options of LOOKS) {
          const { page, faults, close } = await open(made[locale].address(name), options);
          assert.equal(await page.getAttribute("html", "lang"), locale);
          assert.deepEqual(await violations(page), [], `${locale} ${name}`);
          assert.ok((await sideways(page)) <= 0, `${locale} ${name} scrolls sideways`);
          assert.deepEqual(await beyondPaper(page), [], `${locale} ${name} on paper`);
          assert.deepEqual(faults, [], name);
          await close();
        }
      }
    }
  });

  for (const [locale, way, filling] of [
    ["en", "mouse", { words: "as told", sentence: "Billing team calls her with case 998877 by Friday 5 p.m." }],
    ["es", "keyboard", { words: "según dice", sentence: "Facturación llama al cliente con el caso 998877 antes del viernes." }],
  ]) {
    test(`a whole round is found, named and mended by ${way}`, async () => {
      const { page, faults, close } = await open(made[locale].address("spot-the-error.html"));
      const data = await dataOf(page);
      assert.ok(data.exercises.length >= 6 && data.exercises.some((e) => e.findings.length === 0), "errors and clean decoys");
      const press = async (selector) => {
        if (way === "mouse") return page.click(selector);
        await page.focus(selector);
        await page.keyboard.press("Enter");
      };
      await press("#start");
      for (const [index, exercise] of data.exercises.entries()) {
        await solve(page, data, exercise, way);
        if (index === 0) assert.deepEqual(await violations(page), [], "while marking");
        await press(".play .controls .primary");
        if (exercise.findings.length) {
          await page.fill("#version", mended(exercise, filling));
          if (index === 0) assert.deepEqual(await violations(page), [], "while rewriting");
          await press(".play .controls .primary");
        }
        assert.equal((await page.$$(".answers .missed.status")).length, 0, exercise.text);
        assert.equal((await page.$$(".answers .one")).length, exercise.findings.length);
        assert.equal((await page.$$(".answers .other-kind")).length, 0, exercise.text);
        for (const article of await page.$$(".answers article")) {
          assert.ok((await article.$$("dl.lesson dd")).length >= 3, "three consequences");
        }
        if (exercise.findings.length) {
          assert.ok((await page.textContent(".model .note-text")).length > 20, "a model answer");
          const open = await page.$$eval(".checks li", (list) => list.map((item) => `${item.className}: ${item.textContent}`));
          const of = open.slice(0, exercise.findings.length);
          assert.ok(of.every((line) => line.startsWith("done")), `${exercise.text}\n${of.join("\n")}`);
        }
        if (index === 0) assert.deepEqual(await violations(page), [], "after the reveal");
        await press(".verdict .primary");
      }
      assert.match(await page.textContent(".summary .big"), /100/);
      assert.deepEqual(await violations(page), [], "result");
      const kept = JSON.parse(await page.evaluate((key) => localStorage.getItem(key), STORE));
      assert.equal(kept.length, 1);
      assert.equal(kept[0].points, kept[0].of);
      assert.ok(!JSON.stringify(kept).includes(data.exercises[0].text.slice(0, 20)), "no text of a note is kept");
      assert.deepEqual(faults, []);
      await close();
    });
  }

  test("what was missed, marked without need or named otherwise is told apart and costs points", async () => {
    const { page, close } = await open(made.en.address("spot-the-error.html"));
    const data = await dataOf(page);
    await page.uncheck("[name=rewriting]");
    await page.click("#start");
    for (const exercise of data.exercises) {
      const placed = exercise.findings.filter((f) => f.place);
      const spans = await spansOf(page, exercise.text);
      const harmless = spans.findIndex(([start, end]) => placed.every((f) => end <= f.place[0] || f.place[1] <= start));
      await page.locator(".play-text .word").nth(harmless).click();
      await page.click(".play .controls .primary");
      assert.equal((await page.$$(".play-text .wrong")).length, 1, exercise.text);
      assert.equal((await page.$$(".answers .missed.status")).length, exercise.findings.length);
      assert.equal(await page.$("#version"), null, "a round without rewriting asks for none");
      await page.click(".verdict .primary");
    }
    assert.match(await page.textContent(".summary .big"), /^0/);
    await close();
  });

  test("words are marked by dragging over them and by touch", async () => {
    const { page, close } = await open(made.en.address("spot-the-error.html"));
    await page.click("#start");
    const words = page.locator(".play-text .word");
    const [from, to] = [await words.nth(0).boundingBox(), await words.nth(2).boundingBox()];
    await page.mouse.move(from.x + 3, from.y + from.height / 2);
    await page.mouse.down();
    await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 12 });
    await page.mouse.up();
    assert.equal(await page.locator(".word[aria-selected=true]").count(), 3);
    assert.equal(await page.locator(".mark-list li").count(), 1, "words in a row are one mark");
    await close();
    const phone = await open(made.en.address("spot-the-error.html"), { hasTouch: true, viewport: { width: 390, height: 800 } });
    await phone.page.tap("#start");
    await phone.page.locator(".play-text .word").nth(1).tap();
    assert.equal(await phone.page.locator(".word[aria-selected=true]").count(), 1);
    assert.ok((await sideways(phone.page)) <= 0);
    await phone.close();
  });

  test("the checks of a rewritten note follow what is typed", async () => {
    const { page, close } = await open(made.en.address("spot-the-error.html"));
    const data = await dataOf(page);
    const index = data.exercises.findIndex((e) => e.findings.some((f) => f.place && f.lesson.category !== "contradiction"));
    await page.click("#start");
    for (let at = 0; at < index; at += 1) {
      await page.click(".play .controls .primary");
      await page.click(".verdict .primary");
    }
    const exercise = data.exercises[index];
    await solve(page, data, exercise, "mouse");
    await page.click(".play .controls .primary");
    await page.click(".play .controls .primary");
    const finding = exercise.findings.find((f) => f.place && f.lesson.category !== "contradiction");
    const line = (state, text) => page.locator(`.checks li.${state}`, { hasText: text });
    const gone = data.words.check_gone.replace("{words}", finding.words);
    assert.ok(await line("open", gone).count(), "an unchanged note mends nothing");
    assert.ok(await line("done", data.words.check_blanks).count(), "no blank is left open as yet");
    await page.fill("#version", `${exercise.text.replaceAll(finding.words, "shown")} [blank]`);
    await line("done", gone).first().waitFor();
    assert.ok(await line("open", data.words.check_blanks).count(), "a blank left open is told");
    await close();
  });

  test("level, kind and number of notes make the round", async () => {
    const { page, close } = await open(made.en.address("spot-the-error.html"));
    const data = await dataOf(page);
    const level = data.exercises.find((e) => e.level).level;
    await page.selectOption("[name=level]", level);
    await page.uncheck("[name=rewriting]");
    const faulty = data.exercises.filter((e) => e.level === level).length;
    assert.match(await page.textContent("#count"), /\d/);
    await page.click("#start");
    let seen = 0;
    for (;;) {
      await page.click(".play .controls .primary");
      seen += (await page.$$(`.verdict .level-${level}`)).length;
      assert.equal((await page.$$(".verdict .badge")).length, (await page.$$(`.verdict .level-${level}`)).length);
      await page.click(".verdict .primary");
      if (await page.$(".summary")) break;
    }
    assert.equal(seen, faulty);
    await close();
  });

  test("a choice that no note fits starts no round and says so", async () => {
    const { page, faults, close } = await open(made.en.address("spot-the-error.html"));
    const data = await dataOf(page);
    const fits = (level, category) => data.exercises.some((e) => e.level === level && e.findings.some((f) => f.lesson.category === category));
    const values = (name) => page.$$eval(`[name=${name}] option`, (options) => options.map((option) => option.value).filter(Boolean));
    const pairs = (await values("level")).flatMap((level) => data.order.map((category) => [level, category]));
    const offered = await values("category");
    const [level, category] = pairs.find(([l, c]) => offered.includes(c) && !fits(l, c));
    await page.selectOption("[name=level]", level);
    await page.selectOption("[name=category]", category);
    assert.ok(await page.isDisabled("#start"));
    assert.equal(await page.textContent("#count"), data.words.none_fits);
    await page.evaluate(() => document.getElementById("setup").requestSubmit());
    assert.ok(await page.isVisible("#intro"), "no key starts it either");
    assert.deepEqual(await violations(page), []);
    await page.selectOption("[name=category]", "");
    assert.ok(await page.isEnabled("#start"));
    await page.click("#start");
    assert.ok(await page.isVisible(".play"));
    assert.deepEqual(faults, []);
    await close();
  });

  test("a group sees one thing after the other, by the keys of a pointer for slides", async () => {
    const { page, faults, close } = await open(made.en.address("spot-the-error.html"));
    const data = await dataOf(page);
    const small = await page.evaluate("getComputedStyle(document.documentElement).fontSize");
    await page.check("[name=mode][value=group]");
    assert.ok(await page.isDisabled("[name=rewriting]"));
    await page.click("#start");
    assert.ok(parseFloat(await page.evaluate("getComputedStyle(document.documentElement).fontSize")) > parseFloat(small) * 1.2, "big type");
    for (const exercise of data.exercises) {
      assert.equal(await page.locator(".answers article").count(), 0, "nothing is given away");
      assert.equal(await page.locator(".play-text .found").count(), 0);
      await page.keyboard.press("PageDown");
      assert.equal(await page.locator(".count-card").count(), 1);
      for (const finding of exercise.findings) {
        await page.keyboard.press("PageDown");
        assert.match(await page.textContent(".answers article h3"), new RegExp(finding.lesson.title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")));
        await page.locator(".vote .choice").first().click();
      }
      if (exercise.findings.length) {
        await page.keyboard.press("PageUp");
        await page.keyboard.press("PageDown");
        await page.keyboard.press("PageDown");
        assert.equal(await page.locator(".model .note-text").count(), 1);
      }
      if (exercise === data.exercises[0]) assert.deepEqual(await violations(page), []);
      await page.keyboard.press("PageDown");
    }
    assert.match(await page.textContent(".summary .big"), /100/);
    assert.equal(await page.evaluate("document.documentElement.classList.contains('group')"), false);
    const [kept] = JSON.parse(await page.evaluate((key) => localStorage.getItem(key), STORE));
    kept.notes.forEach((note, index) => {
      const errors = data.exercises[index].findings.length;
      assert.deepEqual([note.found, note.explained, note.rewritten], [errors, null, null], "nobody named or rewrote anything");
    });
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator(".summary .exports button", { hasText: data.words.export_csv }).click()]);
    const lines = readFileSync(await download.path(), "utf8").replace(/^\ufeff/, "").trim().split("\r\n").map((row) => row.split(","));
    const [explained, rewritten] = ["explained", "rewritten"].map((name) => lines[0].indexOf(name));
    assert.ok(lines.slice(1).every((row) => row[explained] === "" && row[rewritten] === ""), "an empty cell is no zero");
    assert.deepEqual(faults, []);
    await close();
  });

  test("results are saved as files on demand, kept in the browser and erased on demand", async () => {
    const { page, faults, close } = await open(made.en.address("spot-the-error.html"));
    await page.selectOption("[name=size]", "4");
    await page.click("#start");
    while (!(await page.$(".summary"))) {
      await page.click(".play .controls .primary");
      await page.click(".verdict .primary");
    }
    await page.fill(".summary input[type=text]", '=HYPERLINK("x")');
    const { words } = await dataOf(page);
    const get = async (text) => {
      const [download] = await Promise.all([page.waitForEvent("download"), page.locator(".summary .exports button", { hasText: text }).click()]);
      return { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
    };
    const csv = await get(words.export_csv);
    assert.match(csv.name, /^spot-the-error-[0-9A-F]{6}\.csv$/);
    const lines = csv.text.replace(/^\ufeff/, "").trim().split("\r\n");
    assert.match(lines[0], /^name,when,set,mode,note,level,errors,found,explained,rewritten,wrong,points,of,seconds$/);
    assert.equal(lines.length, 5);
    assert.ok(lines.slice(1).every((line) => line.startsWith("\"'=HYPERLINK(\"\"x\"\")\"")), lines[1]);
    const json = JSON.parse((await get(words.export_json)).text);
    assert.equal(json.rounds[0].notes.length, 4);
    await page.click(".summary > .buttons button");
    assert.equal(await page.locator("#past tbody tr").count(), 1);
    assert.deepEqual(await violations(page), []);
    await page.reload();
    assert.equal(await page.locator("#past tbody tr").count(), 1, "kept");
    await page.click("#past .danger");
    assert.ok(await page.evaluate((key) => localStorage.getItem(key), STORE), "the first press asks");
    await page.click("#past .danger");
    assert.equal(await page.evaluate((key) => localStorage.getItem(key), STORE), null);
    assert.deepEqual(faults, []);
    await close();
  });

  test("sheet and key print without their buttons, and belong to each other", async () => {
    const sets = [];
    for (const name of ["work-sheet.html", "answer-key.html"]) {
      const { page, close } = await open(made.es.address(name));
      sets.push((await page.textContent(".lead")).match(/[0-9A-F]{6}/)[0]);
      const pdf = await page.pdf({ format: "A4" });
      assert.ok(pdf.length > 20_000, name);
      await page.emulateMedia({ media: "print" });
      for (const hidden of ["nav", "button.print"]) assert.equal(await page.isVisible(hidden), false, `${name} ${hidden}`);
      const exercise = await open(made.es.address("spot-the-error.html"));
      const data = await dataOf(exercise.page);
      await exercise.close();
      assert.equal(data.set, sets[0]);
      const shown = await page.$$eval("main h2", (heads) => heads.length);
      assert.ok(shown >= data.exercises.length, name);
      await close();
    }
    assert.equal(sets[0], sets[1]);
    const sheet = readFileSync(new URL(made.es.address("work-sheet.html")), "utf8");
    assert.ok(!sheet.includes('class="findings"') && !sheet.includes("<mark"), "the sheet gives nothing away");
  });

  test("guides open clean, wide and narrow, light and dark, and find an abbreviation", async () => {
    for (const guide of [made.guide, made.guideZh]) {
      assert.deepEqual(guide.pages, ["guide-abbreviations.html", "guide-snippets.html", "guide-wording.html", "guide.html"]);
      for (const name of guide.pages) {
        for (const options of LOOKS) {
          const { page, faults, close } = await open(guide.address(name), options);
          assert.deepEqual(await violations(page), [], name);
          assert.ok((await sideways(page)) <= 0, `${name} scrolls sideways`);
          assert.deepEqual(await beyondPaper(page), [], `${name} on paper`);
          assert.deepEqual(faults, [], name);
          await close();
        }
      }
    }
    const { page, close } = await open(made.guide.address("guide-abbreviations.html"));
    await page.fill("[data-find]", "after-call");
    const shown = await page.$$eval("[data-entry]:not([hidden])", (list) => list.map((entry) => entry.textContent));
    assert.ok(shown.length >= 1 && shown.every((text) => text.includes("after-call")), shown.join());
    assert.match(await page.textContent("[data-found]"), new RegExp(String(shown.length)));
    await close();
  });
});

test("a prepared sentence is copied, also where the browser keeps its clipboard to itself", async () => {
  const { address } = make("copy", "guide", "--locale", "en");
  for (const clipboard of ["granted", "denied", "forbidden"]) {
    const { page, faults, close } = await open(address("guide-snippets.html"));
    // A page from a file has no clipboard of its own, or one that refuses; the last one forbids the old way as well.
    await page.evaluate((state) => {
      window.copied = [];
      const writeText = async (text) => {
        if (state !== "granted") throw new DOMException("no", "NotAllowedError");
        window.copied.push(text);
      };
      Object.defineProperty(navigator, "clipboard", { value: { writeText }, configurable: true });
      document.execCommand = () => {
        if (state === "denied") window.copied.push(document.activeElement.value);
        return state === "denied";
      };
    }, clipboard);
    const button = page.locator("button.copy").first();
    const [usual, done, text] = [await button.textContent(), await button.getAttribute("data-done"), await button.getAttribute("data-copy")];
    await button.click();
    if (clipboard === "forbidden") {
      await page.waitForFunction(() => getSelection().anchorNode === document.querySelector(".snippet"));
      assert.equal(await button.textContent(), usual, "nothing is said to be copied");
    } else {
      await page.waitForFunction((said) => document.querySelector("button.copy").textContent === said, done);
      assert.deepEqual(await page.evaluate("copied"), [text], clipboard);
    }
    assert.equal(await page.locator("body > textarea").count(), 0);
    assert.deepEqual(faults, []);
    await close();
  }
});

test("notes full of markup, quotes, right-to-left text and emoji stay text in every page of a workshop", async () => {
  const evil = (n) => `<script>alert(1)</script><img src=x onerror=alert(2)> ""q"" {{name}} \u202eabc\u202c مرحبا 😀 <!-- [x] idiot ${n} called about bill ${n} ${"word ".repeat(n)}`;
  const rows = [1, 2, 3, 4, 5, 6].map((n) => `${n},"A<b>${n}","<marquee>Eve</marquee>",en,"Eve </title>","${evil(n * 3)}"`);
  const long = `9,Z,Zed,en,Zoe,"${"long ".repeat(4000)}idiot"`;
  writeFileSync(join(places, "evil.csv"), `note_id,agent_id,agent_name,language,customer,note\n${[...rows, long].join("\n")}\n`);
  const { address, pages } = make("evil", "workshop", join(places, "evil.csv"), "--locale", "en", "--size", "6");
  for (const name of pages) {
    const { page, faults, close } = await open(address(name), { viewport: { width: 390, height: 800 } });
    if (name === "spot-the-error.html") {
      await page.click("#start");
      while (!(await page.$(".summary"))) {
        await page.locator(".play-text .word").first().click();
        await page.click(".play .controls .primary");
        if (await page.$("#version")) await page.fill("#version", "<img src=x onerror=alert(3)>");
        if (await page.$(".play .controls .primary")) await page.click(".play .controls .primary");
        await page.click(".verdict .primary");
      }
    }
    assert.deepEqual(faults, [], name);
    assert.equal((await page.$$("main img, marquee")).length, 0, name);
    assert.ok((await sideways(page)) <= 0, `${name} scrolls sideways`);
    await close();
  }
});

test("a store that somebody has tampered with breaks nothing", async () => {
  const { address } = make("store", "workshop", sample, "--locale", "en", "--size", "4");
  const { page, faults, close } = await open(address("spot-the-error.html"));
  for (const value of ["{", "null", "[1,null,{\"notes\":[]},{\"notes\":[{}],\"when\":\"<b>\",\"set\":\"<img src=x>\"}]"]) {
    await page.evaluate(([key, text]) => localStorage.setItem(key, text), [STORE, value]);
    await page.reload();
    assert.equal(await page.isVisible("#start"), true);
    assert.equal((await page.$$("main img")).length, 0);
  }
  assert.deepEqual(faults, []);
  await close();
});
