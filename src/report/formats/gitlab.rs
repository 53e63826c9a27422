//! The Code Quality report of GitLab: an array of issues in Code Climate's form.

use std::io::{self, Write};

use serde_json::json;

use super::{Writer, place};
use crate::model::{AuditedNote, Category, Report, Severity};
use crate::rules::Rulebook;

/// Writes each finding as an issue.
#[derive(Default)]
pub(super) struct Quality {
    begun: bool,
}

impl Writer for Quality {
    fn note(&mut self, note: &AuditedNote, book: &Rulebook, out: &mut dyn Write) -> io::Result<()> {
        for finding in &note.findings {
            let issue = json!({
                "type": "issue",
                "categories": [kind(finding.category)],
                "description": format!("{} (note {}, {})", place::sentence(note, finding, book), note.note.id, note.note.agent),
                "check_name": book.rules[finding.rule].id,
                "fingerprint": format!("{:016x}", finding.fingerprint),
                "severity": match finding.severity {
                    Severity::Critical => "critical",
                    Severity::Major => "major",
                    Severity::Minor => "minor",
                },
                "location": {"path": place::path(&note.note), "lines": {"begin": note.note.origin.line.max(1), "end": note.note.origin.line.max(1)}},
            });
            out.write_all(if self.begun { b",\n" } else { b"[\n" })?;
            self.begun = true;
            serde_json::to_writer(&mut *out, &issue)?;
        }
        Ok(())
    }

    fn finish(&mut self, _: &Report, _: &Rulebook, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(if self.begun { b"\n]\n" } else { b"[]\n" })
    }
}

/// Code Climate's name of a category.
const fn kind(category: Category) -> &'static str {
    match category {
        Category::Sensitive => "Security",
        Category::Abbreviation | Category::Length | Category::Style => "Style",
        Category::Template => "Duplication",
        Category::Required | Category::Reference | Category::Contradiction => "Bug Risk",
        Category::Disrespect | Category::Judgement => "Clarity",
    }
}
