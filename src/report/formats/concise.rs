//! One finding a line: `notes.csv:12: major judgement/character: …`.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::{Colour, Writer, place};
use crate::model::{AuditedNote, Report, Severity};
use crate::rules::Rulebook;

/// Writes findings as editors and people read those of compilers.
pub(super) struct Concise {
    colour: Colour,
    findings: usize,
    notes: usize,
}

impl Concise {
    pub(super) fn new(colour: Colour) -> Self {
        Concise { colour, findings: 0, notes: 0 }
    }
}

/// How a severity looks on a terminal.
fn style(severity: Severity) -> Style {
    let colour = match severity {
        Severity::Critical => AnsiColor::Red,
        Severity::Major => AnsiColor::Yellow,
        Severity::Minor => AnsiColor::Cyan,
    };
    Style::new().fg_color(Some(colour.into())).bold()
}

impl Writer for Concise {
    fn note(&mut self, note: &AuditedNote, book: &Rulebook, out: &mut dyn Write) -> io::Result<()> {
        self.findings += note.findings.len();
        self.notes += usize::from(!note.findings.is_empty());
        for finding in &note.findings {
            writeln!(
                out,
                "{}:{}: {} {}/{}: {} (note {}, {})",
                self.colour.paint(Style::new().bold(), &note.note.origin.file),
                note.note.origin.line,
                self.colour.paint(style(finding.severity), finding.severity),
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
