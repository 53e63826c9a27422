//! SARIF 2.1.0 (OASIS standard): one run, a result a finding, the rules with their texts.
//!
//! A result stands at the row of the export as its line and at the number of the note's column as its column; the words found are its
//! snippet, masked. `partialFingerprints` survive the order of rows. GitHub refuses runs of more than 25,000 results: beyond that the
//! mildest and latest are left out, and the run says how many.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::Writer;
use super::place::{self, Level};
use crate::model::{AuditedNote, Finding, GateLevel, Report};
use crate::report::gate;
use crate::rules::{Rule, Rulebook};

/// Most results of a run.
const MOST: usize = 25_000;
/// Where the standard's schema lies.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// Language of the rules' texts where they have it.
const LANGUAGE: &str = "en";

/// Gathers results, the loudest first.
#[derive(Default)]
pub(super) struct Log {
    /// Results by level, loudest first, each in the order of the input, as JSON.
    results: [Vec<String>; 3],
    left_out: u64,
}

impl Writer for Log {
    fn note(&mut self, note: &AuditedNote, book: &Rulebook, _: &mut dyn Write) -> io::Result<()> {
        for finding in &note.findings {
            let results = &mut self.results[Level::Error as usize - place::level(finding.severity) as usize];
            if results.len() < MOST {
                results.push(result(note, finding, book).to_string());
            } else {
                self.left_out += 1;
            }
        }
        Ok(())
    }

    fn finish(&mut self, report: &Report, book: &Rulebook, out: &mut dyn Write) -> io::Result<()> {
        let gathered: usize = self.results.iter().map(Vec::len).sum();
        self.left_out += gathered.saturating_sub(MOST) as u64;
        let driver = json!({
            "name": "acw",
            "version": report.run.version,
            "semanticVersion": report.run.version,
            "rules": book.rules.iter().map(rule).collect::<Vec<_>>(),
        });
        write!(
            out,
            "{{\"$schema\":{},\"version\":\"2.1.0\",\"runs\":[{{\"tool\":{{\"driver\":{driver}}},\"columnKind\":\"unicodeCodePoints\",\"results\":[",
            Value::from(SCHEMA)
        )?;
        for (at, result) in self.results.iter().flatten().take(MOST).enumerate() {
            out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
            out.write_all(result.as_bytes())?;
        }
        writeln!(out, "\n],\"invocations\":[{}]}}]}}", invocation(report, self.left_out))
    }
}

fn rule(rule: &Rule) -> Value {
    let mut out = json!({
        "id": rule.id,
        "name": rule.title(LANGUAGE),
        "shortDescription": {"text": rule.title(LANGUAGE)},
        "defaultConfiguration": {"level": level(place::level(rule.severity)), "enabled": !rule.off},
        "properties": {"tags": [rule.category.name()], "severity": rule.severity.name(), "points": rule.points},
    });
    if let Some(text) = rule.text(LANGUAGE) {
        out["fullDescription"] = json!({"text": format!("{} {} {}", text.customer, text.organisation, text.agent)});
        if let Some(better) = &text.better {
            out["help"] = json!({"text": better});
        }
    }
    out
}

fn result(note: &AuditedNote, finding: &Finding, book: &Rulebook) -> Value {
    let origin = &note.note.origin;
    // Where on the line the words stand, nobody knows any more: the cell was unpacked. `column` below counts the cells of the row.
    let mut region = json!({"startLine": origin.line.max(1)});
    if !finding.excerpt.is_empty() {
        region["snippet"] = json!({"text": finding.excerpt});
    }
    let place = finding.span.map(|span| note.note.place(span));
    json!({
        "ruleId": book.rules[finding.rule].id,
        "ruleIndex": finding.rule,
        "level": level(place::level(finding.severity)),
        "message": {"text": place::sentence(note, finding, book)},
        "locations": [{
            "physicalLocation": {"artifactLocation": {"uri": place::uri(&note.note)}, "region": region},
            "logicalLocations": [
                {"name": note.note.id, "kind": "note"},
                {"name": note.note.agent, "kind": "agent"},
            ],
        }],
        "partialFingerprints": {"acw/v1": format!("{:016x}", finding.fingerprint)},
        "properties": {
            "category": finding.category.name(),
            "severity": finding.severity.name(),
            "points": finding.points_lost,
            "column": origin.column,
            "start": place.map(|(start, _)| start),
            "end": place.map(|(_, end)| end),
            "standing": finding.standing.name(),
        },
    })
}

fn invocation(report: &Report, left_out: u64) -> Value {
    let mut said: Vec<Value> = report
        .problems
        .iter()
        .map(|problem| {
            let place = problem.line.map_or_else(String::new, |line| format!(":{line}"));
            let text = format!("{}{place}: {} ({})", problem.file, problem.message, problem.help);
            json!({"level": "warning", "message": {"text": place::one_line(&text)}})
        })
        .collect();
    for condition in report.gate.iter().flat_map(|verdict| &verdict.conditions) {
        let level = match condition.level {
            Some(GateLevel::Fail) => "error",
            Some(GateLevel::Warn) => "warning",
            None => continue,
        };
        said.push(json!({"level": level, "message": {"text": format!("gate: {}", gate::sentence(condition))}}));
    }
    if left_out > 0 {
        let text = format!("{left_out} results were left out: a run holds {MOST}; the mildest and latest were dropped");
        said.push(json!({"level": "warning", "message": {"text": text}}));
    }
    json!({"executionSuccessful": true, "toolExecutionNotifications": said})
}

const fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    }
}
