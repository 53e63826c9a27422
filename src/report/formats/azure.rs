//! Issues of Azure Pipelines: logging commands, one a line.

use std::io::{self, Write};

use super::Writer;
use super::place::{self, Level};
use crate::model::{AuditedNote, GateLevel, Report};
use crate::report::gate;
use crate::rules::Rulebook;

/// Writes each finding as a command; a pipeline knows errors and warnings only.
pub(super) struct Issues;

impl Writer for Issues {
    fn note(&mut self, note: &AuditedNote, book: &Rulebook, out: &mut dyn Write) -> io::Result<()> {
        for finding in &note.findings {
            let kind = if place::level(finding.severity) == Level::Error { "error" } else { "warning" };
            let rule = &book.rules[finding.rule].id;
            let text = format!("{} (note {})", place::sentence(note, finding, book), place::one_line(&note.note.id));
            writeln!(
                out,
                "##vso[task.logissue type={kind};sourcepath={};linenumber={};code={}]{}",
                property(&place::path(&note.note)),
                note.note.origin.line.max(1),
                property(rule),
                text.replace('%', "%AZP25"),
            )?;
        }
        Ok(())
    }

    fn finish(&mut self, report: &Report, _: &Rulebook, out: &mut dyn Write) -> io::Result<()> {
        for condition in report.gate.iter().flat_map(|verdict| &verdict.conditions) {
            let kind = match condition.level {
                Some(GateLevel::Fail) => "error",
                Some(GateLevel::Warn) => "warning",
                None => continue,
            };
            writeln!(
                out,
                "##vso[task.logissue type={kind};code=gate]{}",
                gate::sentence(condition).replace('%', "%AZP25")
            )?;
        }
        Ok(())
    }
}

/// A property: what ends one is escaped.
fn property(text: &str) -> String {
    text.replace('%', "%AZP25").replace(';', "%3B").replace(']', "%5D").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_a_property_is_escaped() {
        assert_eq!(property("a;b]c%"), "a%3Bb%5Dc%AZP25");
    }
}
