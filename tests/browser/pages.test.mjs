// The pages in a real browser: what people do with them, and what must never happen.
import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";

import { LOOKS, address as addressOf, beyondPaper, made, open, places, root, run, sample, sideways, violations } from "./support.mjs";

/** Writes the report of an export. */
const report = (name, input, ...flags) => made(name, "--report", "audit", input, ...flags);

/** An export of so many agents in three teams, each with so many notes, half of them with an insult. */
function many(name, agents, notes) {
  const rows = ["note_id,agent_id,agent_name,team,language,call_type,disposition,started_at,acw_seconds,note"];
  for (let a = 0; a < agents; a += 1) {
    for (let n = 0; n < notes; n += 1) {
      const words = (a + n) % 2 ? "What an idiot. " : "";
      rows.push(`N${a}-${n},A${String(a).padStart(3, "0")},Agent ${a},Team ${a % 3},en,inquiry,resolved,2026-0${5 + (n % 2)}-1${n % 9}T10:00:00,${60 + a},"${words}Customer asked about fee ${n}; explained it and she accepted."`);
    }
  }
  writeFileSync(join(places, name), rows.join("\n"));
  return join(places, name);
}

describe("the sample's pages", () => {
  const reports = {};
  before(() => {
    for (const locale of ["es", "en", "fr", "zh"]) reports[locale] = report(locale, sample, "--locale", locale);
  });

  test("no table of the team's page is wider than a small laptop or a tablet", async () => {
    for (const [locale, { address }] of Object.entries(reports)) {
      for (const width of [1180, 1000, 800]) {
        const { page, close } = await open(address("index.html"), { viewport: { width, height: 800 } });
        assert.ok((await sideways(page)) <= 0, `${locale} scrolls sideways at ${width}`);
        await close();
      }
    }
  });

  test("open without a request, an error or an accessibility violation, light and dark, wide and narrow", async () => {
    for (const [locale, { address, pages }] of Object.entries(reports)) {
      assert.equal(pages.length, 18);
      const some = ["index.html", "spot-the-error.html", pages.find((name) => name.startsWith("agent-mad-31")), pages.find((name) => name.startsWith("agent-bog"))];
      for (const name of some) {
        for (const options of LOOKS) {
          const { page, faults, close } = await open(address(name), options);
          assert.equal(await page.getAttribute("html", "lang"), locale);
          assert.deepEqual(await violations(page), [], `${locale} ${name}`);
          assert.ok((await sideways(page)) <= 0, `${name} scrolls sideways`);
          assert.deepEqual(await beyondPaper(page), [], `${locale} ${name} on paper`);
          assert.deepEqual(faults, [], name);
          await close();
        }
      }
    }
  });

  test("the table of agents sorts and filters, and leads to the agents", async () => {
    const { page, faults, close } = await open(reports.en.address("index.html"));
    const names = () => page.$$eval("#agents-table tbody tr:not([hidden]) th", (cells) => cells.map((c) => c.dataset.value));
    const first = await names();
    assert.equal(first.length, 12);
    await page.click("#agents-table thead th:first-child button");
    const sorted = await names();
    assert.deepEqual([...sorted].sort((a, b) => a.localeCompare(b, "en")), sorted);
    assert.notDeepEqual(sorted, first);
    await page.fill("[data-filters] input", "aldama");
    assert.deepEqual(await names(), ["Iker Aldama"]);
    await page.click("#agents-table tbody tr:not([hidden]) a");
    await page.waitForSelector("h1");
    assert.match(await page.textContent("h1"), /Iker Aldama/);
    assert.ok((await page.$$("mark")).length > 5, "findings are marked in their notes");
    // Following the link is the one request that is meant.
    assert.ok(faults.every((fault) => fault.startsWith("request: file://") && fault.includes("agent-")), faults.join());
    await close();
  });

  test("an agent's page prints without its controls", async () => {
    const name = reports.es.pages.find((page) => page.startsWith("agent-mad-31"));
    const { page, close } = await open(reports.es.address(name));
    const pdf = await page.pdf({ format: "A4" });
    assert.ok(pdf.length > 20_000);
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.isVisible("nav"), false);
    await close();
  });
});

test("a finding is disputed in the agent's words, which go into the command, onto paper and into a file", async () => {
  const { address, pages } = report("dispute", sample, "--locale", "en");
  const { page, faults, close } = await open(address(pages.find((name) => name.startsWith("agent-mad-31"))));
  const note = page.locator("#notes-list > details").first();
  await note.locator("summary").first().click();
  const dispute = note.locator(".dispute").first();
  const mark = await dispute.getAttribute("data-dispute");
  assert.match(mark, /^[0-9a-f]{16}$/);
  assert.equal(await page.isVisible("[data-disputes]"), false);
  await dispute.locator("summary").focus();
  await page.keyboard.press("Enter");
  await dispute.locator("textarea").fill(`It's "exp." of the house`);
  const command = await dispute.locator("code").textContent();
  assert.ok(command.startsWith(`acw dispute open ${mark} `), command);
  assert.ok(command.includes(`--by "Iker Aldama" --why 'It'\\''s "exp." of the house'`), command);
  assert.equal(await page.inputValue("[data-script]"), command);
  const download = page.waitForEvent("download");
  await page.click("[data-save]");
  assert.equal((await download).suggestedFilename(), "disputes.txt");
  await page.emulateMedia({ media: "print" });
  assert.equal(await dispute.isVisible(), false);
  assert.match(await note.locator(".paper .words").first().textContent(), /exp\. of the house|"exp\." of the house/);
  assert.ok(await note.locator(".paper").first().isVisible(), "the box stands on paper");
  assert.deepEqual(faults, []);
  await close();
});

test("a plan starts today at the earliest and its other days follow", async () => {
  const { address, pages } = report("plan", sample, "--locale", "es");
  const { page, faults, close } = await open(address(pages.find((name) => name.startsWith("agent-mad-31"))));
  const days = () => page.$$eval("[data-plan] input", (inputs) => inputs.map((input) => input.value));
  assert.ok((await days())[0] >= new Date().toISOString().slice(0, 8), (await days()).join());
  await page.fill("[data-plan] [data-day='0']", "2031-01-20");
  assert.deepEqual(await days(), ["2031-01-20", "2031-02-03", "2031-03-03"]);
  assert.equal((await page.$$("[data-plan] tbody tr")).length, 3);
  assert.deepEqual(faults, []);
  await close();
});

test("five hundred agents load in time, page by page; sorting and filtering reach all of them, and paper shows all", async () => {
  const { address } = report("many", many("many.csv", 500, 12), "--locale", "en");
  const { page, faults, close } = await open(address("index.html"));
  const timing = await page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd");
  assert.ok(timing < 2_000, `loaded in ${timing} ms`);
  const shown = () => page.$$eval("#agents-table tbody tr:not([hidden]) th", (cells) => cells.map((cell) => cell.dataset.value));
  assert.equal((await shown()).length, 25);
  assert.match(await page.textContent("[data-pager='agents-table'] .pager-text"), /1–25 of 500/);
  await page.click("#agents-table thead th:first-child button");
  assert.equal((await shown())[0], "Agent 0");
  await page.click("#agents-table thead th:first-child button");
  assert.equal((await shown())[0], "Agent 499");
  await page.click("[data-pager='agents-table'] [data-step='1']");
  assert.equal((await shown())[0], "Agent 474");
  await page.selectOption("[data-field='team']", "Team 2");
  assert.match(await page.textContent("[data-status='agents-table']"), /166 of 500/);
  await page.fill("[data-filters] input", "Agent 2");
  assert.ok((await shown()).every((name) => name.startsWith("Agent 2")));
  await page.fill("[data-filters] input", "");
  await page.selectOption("[data-field='team']", "");
  await page.click("[data-pager='agents-table'] [data-all]");
  assert.equal((await shown()).length, 500);
  assert.equal((await page.$$("#heat-table tbody tr:not([hidden])")).length, 25);
  await page.evaluate("window.dispatchEvent(new Event('beforeprint'))");
  assert.equal((await page.$$("#heat-table tbody tr:not([hidden])")).length, 500);
  await page.evaluate("window.dispatchEvent(new Event('afterprint'))");
  assert.equal((await page.$$("#heat-table tbody tr:not([hidden])")).length, 25);
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(faults, []);
  await close();
});

test("trend, agreement, feedback and examples are accessible in every language, light and dark, wide and narrow", async () => {
  const story = join(root, "fixtures/story");
  run("sample", "draw", sample, "--size", "60", "--kind", "stratified", "--by", "team", "--seed", "2026", "--blind", "--out", "may");
  run("audit", many("months.csv", 4, 30), "--history", "h.db");
  writeFileSync(join(places, "other.yaml"), "scorecard: {sections: {disrespect: 5}}\n");
  for (const locale of ["es", "en", "fr", "zh"]) {
    run("agree", sample, "--sheet", join(story, "ana.csv"), "--sheet", join(story, "ben.csv"), "--manifest", "may/manifest.json", "--report", `agree-${locale}`, "--locale", locale);
    run("feedback", sample, "--feedback", join(story, "feedback.csv"), "--report", `feedback-${locale}`, "--locale", locale);
    run("sample", "show", "may", sample, "--report", `show-${locale}`, "--locale", locale);
    run("audit", "months.csv", "--history", "h.db", "--config", "other.yaml", "--report", `trend-${locale}`, "--locale", locale);
    const agent = readdirSync(join(places, `trend-${locale}`)).find((name) => name.startsWith("agent-"));
    const files = [`agree-${locale}/agreement.html`, `feedback-${locale}/feedback.html`, `show-${locale}/examples.html`, `trend-${locale}/index.html`, `trend-${locale}/${agent}`];
    for (const file of files) {
      for (const options of LOOKS) {
        const { page, faults, close } = await open(addressOf(file), options);
        assert.equal(await page.getAttribute("html", "lang"), locale);
        assert.deepEqual(await violations(page), [], file);
        assert.ok((await sideways(page)) <= 0, `${file} scrolls sideways`);
        assert.deepEqual(await beyondPaper(page), [], `${file} on paper`);
        if (file.startsWith("trend")) {
          assert.ok((await page.$$(".trend-point")).length >= 2 && (await page.$$(".first-point")).length >= 2, file);
          assert.ok((await page.$$(".numbers table tbody tr")).length >= 2, "the numbers stand in a table");
        }
        assert.deepEqual(faults, [], file);
        await close();
      }
    }
  }
});

test("a note full of markup, quotes, right-to-left text and emoji breaks nothing", async () => {
  const evil = `<script>alert(1)</script><img src=x onerror=alert(2)> ""quoted"" {{name}} \u202eabc\u202c مرحبا 😀 </script><!-- idiot `;
  const rows = [1, 2, 3].map((n) => `${n},"A<b>","<marquee>Eve</marquee>",en,"Eve </title>","${evil}${"long ".repeat(4000)}"`);
  writeFileSync(join(places, "evil.csv"), `note_id,agent_id,agent_name,language,customer,note\n${rows.join("\n")}\n`);
  const { address, pages } = report("evil", join(places, "evil.csv"));
  for (const name of pages) {
    const { page, faults, close } = await open(address(name), { viewport: { width: 390, height: 800 } });
    await page.click("#start", { timeout: 500 }).catch(() => {});
    assert.deepEqual(faults, [], name);
    assert.equal((await page.$$("img, marquee")).length, 0, name);
    assert.ok((await sideways(page)) <= 0, `${name} scrolls sideways`);
    await close();
  }
});
