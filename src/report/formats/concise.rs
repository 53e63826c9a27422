//! One finding a line: `notes.csv:12: major judgement/character: …`.

use std::io::{self, Write};

use super::{Writer, place};
use crate::model::{AuditedNote, Report};
use crate::rules::Rulebook;

/// Writes findings as editors and people read those of compilers.
pub(super) struct Concise;

impl Writer for Concise {
    fn note(&mut self, note: &AuditedNote, book: &Rulebook, out: &mut dyn Write) -> io::Result<()> {
        for finding in &note.findings {
            writeln!(
                out,
                "{}:{}: {} {}/{}: {} (note {}, {})",
                note.note.origin.file,
                note.note.origin.line,
                finding.severity,
                finding.category,
                book.rules[finding.rule].id,
                place::sentence(note, finding, book),
                place::one_line(&note.note.id),
                place::one_line(&note.note.agent),
            )?;
        }
        Ok(())
    }

    fn finish(&mut self, report: &Report, _: &Rulebook, out: &mut dyn Write) -> io::Result<()> {
        let total = &report.total;
        writeln!(out, "{} findings in {} of {} notes", total.findings(), total.notes - total.clean, total.notes)
    }
}
