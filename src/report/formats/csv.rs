//! One finding a row, for spreadsheets: text that one would take for a formula has an apostrophe before it.

use std::io::{self, Write};

use super::Writer;
use crate::model::AuditedNote;
use crate::rules::Rulebook;
use crate::text::cell;

/// The columns; further ones may be added behind, none removed.
const HEADER: [&str; 18] = [
    "note",
    "agent",
    "rule",
    "category",
    "severity",
    "start",
    "end",
    "element",
    "text",
    "message",
    "suggestion",
    "points",
    "fingerprint",
    "standing",
    "file",
    "line",
    "team",
    "started_at",
];

/// Writes findings as rows.
pub(super) struct Rows;

impl Writer for Rows {
    fn begin(&mut self, _: &Rulebook, out: &mut dyn Write) -> io::Result<()> {
        record(&HEADER, out)
    }

    fn note(&mut self, note: &AuditedNote, book: &Rulebook, out: &mut dyn Write) -> io::Result<()> {
        for finding in &note.findings {
            let place = finding.span.map(|span| note.note.place(span));
            let number = |value: Option<usize>| value.map_or_else(String::new, |value| value.to_string());
            record(
                &[
                    &note.note.id,
                    &note.note.agent,
                    &book.rules[finding.rule].id,
                    finding.category.name(),
                    finding.severity.name(),
                    &number(place.map(|(start, _)| start)),
                    &number(place.map(|(_, end)| end)),
                    finding.element.map_or("", |element| element.name()),
                    &finding.excerpt,
                    &finding.message,
                    finding.suggestion.as_deref().unwrap_or(""),
                    &finding.points_lost.to_string(),
                    &format!("{:016x}", finding.fingerprint),
                    finding.standing.name(),
                    &note.note.origin.file,
                    &note.note.origin.line.to_string(),
                    note.note.team.as_deref().unwrap_or(""),
                    note.note.started_at.as_deref().unwrap_or(""),
                ],
                out,
            )?;
        }
        Ok(())
    }
}

fn record(fields: &[&str], out: &mut dyn Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(fields.iter().map(|text| cell::guard(text).into_owned()))?;
    let bytes = csv.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
    out.write_all(&bytes)
}
