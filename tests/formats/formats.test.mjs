// The output formats against what others made: the SARIF schema, a JUnit parser, the types of Code Climate issues.
// The notes are those of two fixtures.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";

import { parse } from "junit2json";

const require = createRequire(import.meta.url);
const here = import.meta.dirname ?? new URL(".", import.meta.url).pathname;
const root = resolve(here, "../..");
const acw = process.env.ACW_BINARY ?? join(root, "target/release/acw");
const place = mkdtempSync(join(tmpdir(), "acw-formats-"));
const broken = join(root, "fixtures/exports/broken-rows.csv");
const sample = join(root, "fixtures/exports/sample.csv");

before(() => {
  const formats = ["sarif", "junit", "gitlab", "jsonl"].flatMap((name) => ["--format", `${name}=${join(place, name)}`]);
  const done = spawnSync(acw, ["check", sample, broken, ...formats], { cwd: place, encoding: "utf8" });
  assert.equal(done.status, 1, done.stderr);
});

after(() => rmSync(place, { recursive: true, force: true }));

const text = (name) => readFileSync(join(place, name), "utf8");
const findings = () => text("jsonl").trimEnd().split("\n").map((line) => JSON.parse(line));

test("SARIF is valid against the standard's schema", () => {
  const Ajv = require("ajv");
  const ajv = new Ajv({ schemaId: "auto", validateSchema: false, allErrors: true });
  ajv.addMetaSchema(require("ajv/lib/refs/json-schema-draft-04.json"));
  const validate = ajv.compile(require("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"));
  const log = JSON.parse(text("sarif"));
  assert.ok(validate(log), JSON.stringify(validate.errors?.slice(0, 5)));
  const [run] = log.runs;
  assert.equal(run.results.length, findings().length);
  for (const result of run.results) assert.equal(run.tool.driver.rules[result.ruleIndex].id, result.ruleId);
  delete log.runs[0].results[0].message;
  assert.ok(!validate(log), "the schema is asked");
});

test("JUnit is read by a parser, and its counts are those of its cases", async () => {
  const suites = await parse(text("junit"));
  const sum = (of) => suites.testsuite.reduce((all, suite) => all + of(suite), 0);
  for (const suite of suites.testsuite) {
    const cases = suite.testcase ?? [];
    assert.equal(suite.tests, cases.length, suite.name);
    assert.equal(suite.failures, cases.filter((one) => one.failure).length, suite.name);
    assert.equal(suite.errors, cases.filter((one) => one.error).length, suite.name);
  }
  assert.equal(suites.tests, sum((suite) => suite.tests));
  assert.equal(suites.failures, sum((suite) => suite.failures));
  assert.equal(suites.errors, sum((suite) => suite.errors));
  assert.ok(suites.errors >= 2, "the rows that cannot be read");
  const failed = new Set(suites.testsuite.flatMap((suite) => suite.testcase ?? []).filter((one) => one.failure && one.classname !== "gate").map((one) => one.name));
  assert.deepEqual(failed, new Set(findings().map((finding) => finding.note)));
});

test("Code Quality issues have the types of Code Climate's", () => {
  writeFileSync(join(place, "issues.ts"), `import type { Issue } from "codeclimate-types";\nexport const issues: Issue[] = ${text("gitlab")};\n`);
  const check = (file) => spawnSync(process.execPath, [require.resolve("typescript/bin/tsc"), "--noEmit", "--strict", "--skipLibCheck", "--moduleResolution", "node", "--paths", "null", "--typeRoots", "null", "--baseUrl", join(here, "node_modules"), file], { encoding: "utf8" });
  const done = check(join(place, "issues.ts"));
  assert.equal(done.status, 0, done.stdout.slice(0, 800));
  const issues = JSON.parse(text("gitlab"));
  assert.equal(issues.length, findings().length);
  assert.equal(new Set(issues.map((issue) => issue.fingerprint)).size, issues.length, "fingerprints are unique");
  writeFileSync(join(place, "wrong.ts"), text("gitlab").replace('"severity":"', '"severity":"very ').replace(/^/, 'import type { Issue } from "codeclimate-types";\nexport const issues: Issue[] = '));
  assert.notEqual(check(join(place, "wrong.ts")).status, 0, "the types are asked");
});
