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
    await page.fill("input[data-filters]", "aldama");
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
