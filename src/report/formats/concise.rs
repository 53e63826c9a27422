//! One finding a line: `notes.csv:12: major judgement/character: …`.

use std::io::{self, Write};

use super::{Writer, place};
use crate::model::{AuditedNote, Report};
use crate::rules::Rulebook;

/// Writes findings as editors and people read those of compilers.
#[derive(Default)]
pub(super) struct Concise {
    findings: usize,
    notes: usize,
}

impl Writer for Concise {
    fn note(&mut self, note: &AuditedNote, book: &Rulebook, out: &mut dyn Write) -> io::Result<()> {
        self.findings += note.findings.len();
        self.notes += usize::from(!note.findings.is_empty());
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
        writeln!(out, "{} findings in {} of {} notes", self.findings, self.notes, report.total.notes)
    }
}
