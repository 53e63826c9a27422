//! Annotations of GitHub Actions: workflow commands, one a line.

use std::io::{self, Write};

use super::Writer;
use super::place::{self, Level};
use crate::model::{AuditedNote, GateLevel, Report};
use crate::report::gate;
use crate::rules::Rulebook;

/// Writes each finding as a command.
pub(super) struct Annotations;

impl Writer for Annotations {
    fn note(&mut self, note: &AuditedNote, book: &Rulebook, out: &mut dyn Write) -> io::Result<()> {
        for finding in &note.findings {
            let command = match place::level(finding.severity) {
                Level::Error => "error",
                Level::Warning => "warning",
                Level::Note => "notice",
            };
            let rule = &book.rules[finding.rule].id;
            let title = format!("{rule} (note {}, {})", note.note.id, note.note.agent);
            writeln!(
                out,
                "::{command} file={},line={},title={}::{}",
                property(&place::path(&note.note)),
                note.note.origin.line.max(1),
                property(&title),
                data(&place::sentence(note, finding, book)),
            )?;
        }
        Ok(())
    }

    fn finish(&mut self, report: &Report, _: &Rulebook, out: &mut dyn Write) -> io::Result<()> {
        for condition in report.gate.iter().flat_map(|verdict| &verdict.conditions) {
            let command = match condition.level {
                Some(GateLevel::Fail) => "error",
                Some(GateLevel::Warn) => "warning",
                None => continue,
            };
            writeln!(out, "::{command} title={}::{}", property("gate"), data(&gate::sentence(condition)))?;
        }
        Ok(())
    }
}

/// A message: per cent signs and line ends escaped.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property: what ends one is escaped too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_a_property_is_escaped() {
        assert_eq!(property("a,b:c\nd%"), "a%2Cb%3Ac%0Ad%25");
        assert_eq!(data("a,b:c"), "a,b:c");
    }
}
