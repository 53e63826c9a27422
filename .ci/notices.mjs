#!/usr/bin/env node
// Writes .licences/THIRD-PARTY.txt: what other people's code the binary holds, with its licences. Refuses licences that are not allowed.
// --check says whether the file is in step, and writes nothing. Needs cargo, which fetches crates of other systems where they are missing.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const file = join(root, ".licences/THIRD-PARTY.txt");
const allowed = new Set(["MIT", "MIT-0", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-1-Clause", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "MPL-2.0", "ISC", "Zlib", "Unicode-3.0", "Unicode-DFS-2016", "BSL-1.0", "CC0-1.0", "Unlicense"]);

/** Whether one of the alternatives of an SPDX expression asks for nothing but allowed licences; brackets may stand around alternatives. */
function permitted(expression) {
  const brackets = /\(([^()]*)\)/;
  let text = (expression ?? "").replaceAll("/", " OR ");
  while (brackets.test(text)) text = text.replace(brackets, (_, inner) => (permitted(inner) ? "MIT" : "refused"));
  return text.split(" OR ").some((one) => one.split(" AND ").every((licence) => allowed.has(licence.trim())));
}

const metadata = JSON.parse(execFileSync("cargo", ["metadata", "--format-version", "1", "--locked"], { cwd: root, maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "inherit"] }));
const packages = new Map(metadata.packages.map((one) => [one.id, one]));
const nodes = new Map(metadata.resolve.nodes.map((one) => [one.id, one]));
const held = new Set();
const pending = [metadata.resolve.root];
while (pending.length > 0) {
  for (const dep of nodes.get(pending.pop()).deps) {
    if (held.has(dep.pkg) || dep.dep_kinds.every(({ kind }) => kind === "dev")) continue;
    held.add(dep.pkg);
    pending.push(dep.pkg);
  }
}
const name = (one) => `${one.name} ${one.version}`;
const byName = (a, b) => (name(a) < name(b) ? -1 : 1);
const inside = [...held].map((id) => packages.get(id)).sort(byName);
const outside = [...packages.values()].filter((one) => !held.has(one.id) && one.id !== metadata.resolve.root).sort(byName);

const refused = [...inside, ...outside].filter((one) => !permitted(one.license));
if (refused.length > 0) {
  for (const one of refused) console.error(`${name(one)}: ${one.license ?? "no licence told"} is not allowed`);
  process.exit(1);
}

// Texts that many crates share stand once.
const texts = new Map();
for (const one of inside) {
  const folder = dirname(one.manifest_path);
  const files = readdirSync(folder).filter((entry) => /^(licen[cs]e|copying|copyright|notice|unlicense)/i.test(entry) && /(^[^.]*|\.(md|txt|apache.*|mit.*|bsd.*|zlib|mpl.*|html))$/i.test(entry));
  for (const entry of files.sort()) {
    let text;
    try {
      text = readFileSync(join(folder, entry), "utf8");
    } catch {
      continue; // A folder of that name.
    }
    text = text.replace(/\r\n?/g, "\n").replace(/[ \t]+$/gm, "").trim();
    const key = text.replace(/\s+/g, " ");
    if (!texts.has(key)) texts.set(key, { text, of: [] });
    if (!texts.get(key).of.includes(name(one))) texts.get(key).of.push(name(one));
  }
}

const line = "-".repeat(80);
const out = [
  "The binary of acw holds code of these packages. Made by .ci/notices.mjs from Cargo.lock; not to be edited.",
  "",
  ...inside.map((one) => `${name(one)}: ${one.license}`),
  "",
  "Used to build and to test alone, and in no binary:",
  "",
  ...outside.map((one) => `${name(one)}: ${one.license}`),
  "",
  ...[...texts.values()].sort((a, b) => (a.of[0] < b.of[0] ? -1 : 1)).flatMap(({ text, of }) => [line, of.join(", "), line, text, ""]),
].join("\n");

if (process.argv.includes("--check")) {
  if (!existsSync(file) || readFileSync(file, "utf8") !== out) {
    console.error(".licences/THIRD-PARTY.txt is not in step with Cargo.lock: run .ci/notices.mjs");
    process.exit(1);
  }
} else {
  writeFileSync(file, out);
}
console.log(`${inside.length} packages in the binary, ${outside.length} beside it, ${texts.size} texts, ${out.length} bytes`);
