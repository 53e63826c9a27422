// The pages in a real browser: what people do with them, and what must never happen.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";

import { chromium } from "playwright-core";

const root = resolve(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "../..");
const acw = process.env.ACW_BINARY ?? join(root, "target/release/acw");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const places = mkdtempSync(join(tmpdir(), "acw-pages-"));
let browser;

/** Writes the report of an export and gives a function from a page's name to its address. */
function report(name, input, ...flags) {
  const folder = join(places, name);
  execFileSync(acw, ["audit", input, "--report", folder, ...flags], { cwd: places, stdio: "ignore" });
  const address = (page) => pathToFileURL(join(folder, page)).href;
  return { address, pages: readdirSync(folder).filter((file) => file.endsWith(".html")).sort() };
}

/** Runs `acw` for its files and gives the folder in which it ran. */
function run(...args) {
  execFileSync(acw, args, { cwd: places, stdio: "ignore" });
}

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

/** Opens a page and collects what must stay empty: script errors, broken policy, requests for anything but the page. */
async function open(address, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("console", (message) => message.type() === "error" && faults.push(`console: ${message.text()}`));
  page.on("dialog", (dialog) => { faults.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => request.url() !== address && !request.url().startsWith("data:") && faults.push(`request: ${request.url()}`));
  await page.goto(address);
  return { page, faults, close: () => context.close() };
}

/** Accessibility violations, as short lines. */
async function violations(page) {
  // The page's own content policy forbids foreign script; the checker is put in from outside of it.
  const result = await page.evaluate(`${axe}; axe.run(document, { resultTypes: ["violations"] })`);
  return result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(" ")}`);
}

before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
});

after(async () => {
  await browser?.close();
  rmSync(places, { recursive: true, force: true });
});

describe("the sample's pages", () => {
  const sample = join(root, "fixtures/exports/sample.csv");
  const reports = {};
  before(() => {
    for (const locale of ["es", "en", "fr", "zh"]) reports[locale] = report(locale, sample, "--locale", locale);
  });

  test("open without a request, an error or an accessibility violation, light and dark, wide and narrow", async () => {
    for (const [locale, { address, pages }] of Object.entries(reports)) {
      assert.equal(pages.length, 18);
      const some = ["index.html", "spot-the-error.html", pages.find((name) => name.startsWith("agent-mad-31")), pages.find((name) => name.startsWith("agent-bog"))];
      for (const name of some) {
        for (const options of [{ colorScheme: "light" }, { colorScheme: "dark", viewport: { width: 390, height: 800 } }]) {
          const { page, faults, close } = await open(address(name), options);
          assert.equal(await page.getAttribute("html", "lang"), locale);
          assert.deepEqual(await violations(page), [], `${locale} ${name}`);
          const sideways = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
          assert.ok(sideways <= 0, `${name} scrolls sideways by ${sideways}`);
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
  const { address, pages } = report("dispute", join(root, "fixtures/exports/sample.csv"), "--locale", "en");
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
  assert.deepEqual(faults.filter((fault) => !fault.startsWith("request: blob:")), []);
  await close();
});

test("a plan starts today at the earliest and its other days follow", async () => {
  const { address, pages } = report("plan", join(root, "fixtures/exports/sample.csv"), "--locale", "es");
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
  const sample = join(root, "fixtures/exports/sample.csv");
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
      for (const options of [{ colorScheme: "light" }, { colorScheme: "dark", viewport: { width: 390, height: 800 } }]) {
        const { page, faults, close } = await open(pathToFileURL(join(places, file)).href, options);
        assert.equal(await page.getAttribute("html", "lang"), locale);
        assert.deepEqual(await violations(page), [], file);
        const sideways = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        assert.ok(sideways <= 0, `${file} scrolls sideways by ${sideways}`);
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
    const sideways = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    assert.ok(sideways <= 0, `${name} scrolls sideways by ${sideways}`);
    await close();
  }
});
