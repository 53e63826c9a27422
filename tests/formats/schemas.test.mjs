// What `--format json` and `--format jsonl` write, against the schemas that are published for it.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { test } from "node:test";

const require = createRequire(import.meta.url);
const Ajv = require("ajv");
const here = import.meta.dirname ?? new URL(".", import.meta.url).pathname;
const root = resolve(here, "../..");
const acw = process.env.ACW_BINARY ?? join(root, "target/release/acw");
const exports = ["sample.csv", "broken-rows.csv"].map((name) => join(root, "fixtures/exports", name));

const validator = (kind) => new Ajv({ allErrors: true }).compile(JSON.parse(readFileSync(join(root, `reports/schema/${kind}.json`), "utf8")));

function run(command, format, ...more) {
  const done = spawnSync(acw, [command, ...exports, "--format", format, ...more], { cwd: here, encoding: "utf8", maxBuffer: 1 << 28 });
  assert.ok(done.status <= 1, done.stderr);
  return done.stdout;
}

for (const command of ["audit", "check"]) {
  test(`acw ${command} --format json keeps to its schema`, () => {
    const validate = validator("report");
    const report = JSON.parse(run(command, "json"));
    assert.ok(validate(report), JSON.stringify(validate.errors?.slice(0, 5)));
    assert.equal(report.gate === null, command === "audit");
    for (const spoil of [(r) => delete r.total.score, (r) => (r.agents[0].notes = "many"), (r) => (r.schema = "acw.report/v2")]) {
      const spoiled = structuredClone(report);
      spoil(spoiled);
      assert.ok(!validate(spoiled), `the schema is asked: ${spoil}`);
    }
  });

  test(`acw ${command} --format jsonl keeps to its schema`, () => {
    const validate = validator("finding");
    const lines = run(command, "jsonl").trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.ok(lines.length > 100);
    for (const line of lines) assert.ok(validate(line), JSON.stringify([line, validate.errors]));
    assert.ok(!validate({ ...lines[0], severity: "awful" }) && !validate({ ...lines[0], standing: undefined }), "the schema is asked");
  });
}

test("a gate with conditions of every kind keeps to the schema", () => {
  const config = join(here, "gate.yaml");
  const validate = validator("report");
  const report = JSON.parse(run("check", "json", "--config", config));
  assert.ok(validate(report), JSON.stringify(validate.errors?.slice(0, 5)));
  const keys = report.gate.conditions.map((condition) => condition.condition);
  for (const key of ["score", "compliance_rate", "agents.score", "teams.score", "notes.critical", "unreadable"]) assert.ok(keys.includes(key), key);
});
