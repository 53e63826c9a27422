//! One finding a line, as other programs rely on it.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use super::Writer;
use crate::model::{AuditedNote, Category, Severity, Standing};
use crate::rules::Rulebook;

/// What a line says that it is.
pub(in crate::report) const SCHEMA: &str = "acw.finding/v1";

/// A finding, as `--format jsonl` writes it on a line of its own. Further keys may come behind; none is renamed or removed in this version.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Finding")]
pub(in crate::report) struct Line<'a> {
    /// The note's identifier, or its file and line where the export has none.
    note: &'a str,
    /// Who wrote it.
    agent: &'a str,
    /// Id of the rule; `acw rules show ID` has all of it.
    rule: &'a str,
    category: Category,
    severity: Severity,
    /// First Unicode code point of the cell as exported; null where the whole note is meant.
    start: Option<usize>,
    /// Code point behind the last.
    end: Option<usize>,
    /// What is missing, of category `required`.
    element: Option<&'a str>,
    /// The words found, masked where they are a secret; empty where the whole note is meant.
    text: &'a str,
    message: &'a str,
    /// Better words, where there are some.
    suggestion: Option<&'a str>,
    /// What it costs.
    points: u32,
    /// The same for the same words of the same note, whatever the order of rows: 16 hexadecimal digits.
    #[schemars(regex(pattern = "^[0-9a-f]{16}$"))]
    fingerprint: String,
    /// What people decided about it.
    standing: Standing,
    /// What the line is, and the version of its form.
    #[schemars(extend("const" = SCHEMA))]
    schema: &'static str,
}

/// Writes the findings of each note; places are in Unicode code points of the cell as exported.
#[derive(Default)]
pub(super) struct Lines {
    /// A line on its way.
    line: Vec<u8>,
}

impl Writer for Lines {
    fn note(&mut self, note: &AuditedNote, book: &Rulebook, out: &mut dyn Write) -> io::Result<()> {
        for finding in &note.findings {
            let place = finding.span.map(|span| note.note.place(span));
            let line = Line {
                note: &note.note.id,
                agent: &note.note.agent,
                rule: &book.rules[finding.rule].id,
                category: finding.category,
                severity: finding.severity,
                start: place.map(|(start, _)| start),
                end: place.map(|(_, end)| end),
                element: finding.element.map(|e| e.name()),
                text: &finding.excerpt,
                message: &finding.message,
                suggestion: finding.suggestion.as_deref(),
                points: finding.points_lost,
                fingerprint: format!("{:016x}", finding.fingerprint),
                standing: finding.standing,
                schema: SCHEMA,
            };
            self.line.clear();
            serde_json::to_writer(&mut self.line, &line)?;
            self.line.push(b'\n');
            out.write_all(&self.line)?;
        }
        Ok(())
    }
}
