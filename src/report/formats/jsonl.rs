//! One finding a line, as other programs rely on it.

use std::io::{self, Write};

use serde::Serialize;

use super::Writer;
use crate::model::AuditedNote;
use crate::rules::Rulebook;

/// The keys of a line; further ones may be added behind, none removed.
#[derive(Serialize)]
struct Line<'a> {
    note: &'a str,
    agent: &'a str,
    rule: &'a str,
    category: &'a str,
    severity: &'a str,
    start: Option<usize>,
    end: Option<usize>,
    element: Option<&'a str>,
    text: &'a str,
    message: &'a str,
    suggestion: Option<&'a str>,
    points: u32,
    fingerprint: String,
    standing: &'a str,
}

/// Writes the findings of each note; places are in Unicode code points of the cell as exported.
pub(super) struct Lines;

impl Writer for Lines {
    fn note(&mut self, note: &AuditedNote, book: &Rulebook, out: &mut dyn Write) -> io::Result<()> {
        for finding in &note.findings {
            let place = finding.span.map(|span| note.note.place(span));
            let line = Line {
                note: &note.note.id,
                agent: &note.note.agent,
                rule: &book.rules[finding.rule].id,
                category: finding.category.name(),
                severity: finding.severity.name(),
                start: place.map(|(start, _)| start),
                end: place.map(|(_, end)| end),
                element: finding.element.map(|e| e.name()),
                text: &finding.excerpt,
                message: &finding.message,
                suggestion: finding.suggestion.as_deref(),
                points: finding.points_lost,
                fingerprint: format!("{:016x}", finding.fingerprint),
                standing: finding.standing.name(),
            };
            serde_json::to_writer(&mut *out, &line)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }
}
