//! Inspections of TeamCity: service messages, one a line; a rule is told before its first finding.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::Writer;
use super::place::{self, Level};
use crate::model::{AuditedNote, GateLevel, Report};
use crate::report::gate;
use crate::rules::Rulebook;

/// Writes each finding as an inspection.
#[derive(Default)]
pub(super) struct Inspections {
    told: BTreeSet<usize>,
}

impl Writer for Inspections {
    fn note(&mut self, note: &AuditedNote, book: &Rulebook, out: &mut dyn Write) -> io::Result<()> {
        for finding in &note.findings {
            let rule = &book.rules[finding.rule];
            if self.told.insert(finding.rule) {
                let title = escaped(rule.title(note.language.as_deref().unwrap_or("")));
                let (id, category) = (escaped(&rule.id), rule.category);
                writeln!(
                    out,
                    "##teamcity[inspectionType id='{id}' name='{id}' description='{title}' category='{category}']"
                )?;
            }
            let severity = match place::level(finding.severity) {
                Level::Error => "ERROR",
                Level::Warning => "WARNING",
                Level::Note => "WEAK WARNING",
            };
            writeln!(
                out,
                "##teamcity[inspection typeId='{}' message='{}' file='{}' line='{}' SEVERITY='{severity}']",
                escaped(&rule.id),
                escaped(&format!("{} (note {})", place::sentence(note, finding, book), note.note.id)),
                escaped(&place::path(&note.note)),
                note.note.origin.line.max(1),
            )?;
        }
        Ok(())
    }

    fn finish(&mut self, report: &Report, _: &Rulebook, out: &mut dyn Write) -> io::Result<()> {
        for condition in report.gate.iter().flat_map(|verdict| verdict.at(GateLevel::Fail)) {
            let (text, key) = (escaped(&gate::sentence(condition)), escaped(&condition.key));
            writeln!(out, "##teamcity[buildProblem description='{text}' identity='{key}']")?;
        }
        Ok(())
    }
}

/// A value: what ends one, and every sign beyond ASCII, is escaped.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\'' | '|' | '[' | ']' => out.extend(['|', c]),
            '\n' => out.push_str("|n"),
            '\r' => out.push_str("|r"),
            c if c.is_control() => out.push(' '),
            c if c.is_ascii() => out.push(c),
            c => {
                let mut units = [0; 2];
                out.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("|0x{unit:04x}")));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_a_value_is_escaped() {
        assert_eq!(escaped("it's [a|b]\né"), "it|'s |[a||b|]|n|0x00e9");
    }
}
