// What the browser tests share: the program, the browser, a page that tells its faults.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before } from "node:test";
import { pathToFileURL } from "node:url";

import { chromium } from "playwright-core";

export const root = resolve(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "../..");
export const sample = join(root, "fixtures/exports/sample.csv");
/** Each page is looked at wide and light, and narrow and dark. */
export const LOOKS = [{ colorScheme: "light" }, { colorScheme: "dark", viewport: { width: 390, height: 800 } }];

const acw = process.env.ACW_BINARY ?? join(root, "target/release/acw");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** A folder of the test file's own, which is gone afterwards. */
export const places = mkdtempSync(join(tmpdir(), "acw-browser-"));
let browser;

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

/** Runs `acw` within the folder of the test file. */
export function run(...args) {
  execFileSync(acw, args, { cwd: places, stdio: "ignore" });
}

/** The address of a page below the folder of the test file. */
export const address = (...path) => pathToFileURL(join(places, ...path)).href;

/** Runs `acw` into a folder of that name, by the flag that takes it: its pages, and a function from a page's name to its address. */
export function made(name, flag, ...args) {
  run(...args, flag, name);
  const pages = readdirSync(join(places, name)).filter((file) => file.endsWith(".html")).sort();
  return { address: (page) => address(name, page), pages };
}

/** Opens a page, without motion, and collects what must stay empty: script errors, broken policy, requests for anything but the page. */
export async function open(url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true, reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("console", (message) => message.type() === "error" && faults.push(`console: ${message.text()}`));
  page.on("dialog", (dialog) => { faults.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => {
    if (request.url() !== url && !/^(data|blob):/.test(request.url())) faults.push(`request: ${request.url()}`);
  });
  await page.goto(url);
  return { page, faults, close: () => context.close() };
}

/** Accessibility violations, as short lines. */
export async function violations(page) {
  // The page's own content policy forbids foreign script; the checker is put in from outside of it.
  const result = await page.evaluate(`${axe}; axe.run(document, { resultTypes: ["violations"] })`);
  return result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(" ")}`);
}

/** Pixels by which the page can be scrolled sideways. */
export const sideways = (page) => page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");

/** What would not fit on a sheet of paper, for which the browser would make everything on every sheet smaller. */
export async function beyondPaper(page) {
  const before = page.viewportSize();
  // A4 at 96 dots an inch, and what its margins leave of it.
  await page.setViewportSize({ width: 794, height: 1123 });
  await page.emulateMedia({ media: "print" });
  const wide = await page.evaluate(() => {
    window.dispatchEvent(new Event("beforeprint"));
    document.body.style.width = "680px";
    const wide = [...document.querySelectorAll("main table, main svg, main .card")].filter((part) => {
      const within = part.closest(".card")?.getBoundingClientRect().right ?? 680;
      return part.getBoundingClientRect().right > Math.min(within, 680) + 1;
    });
    document.body.style.width = "";
    window.dispatchEvent(new Event("afterprint"));
    return wide.map((part) => `${part.tagName} ${part.getAttribute("class")}: ${part.closest("section, .card")?.querySelector("h2, h3")?.textContent}`);
  });
  await page.emulateMedia({ media: null });
  await page.setViewportSize(before);
  return wide;
}
