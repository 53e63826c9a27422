//! `acw columns`: what was understood of an export, and why.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::{Common, Failure, Reading, print};
use crate::input::{Days, Sources, formats_in_markdown};
use crate::model::Role;

/// Flags of `acw columns`.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// Exports: files, folders, `-` for standard input
    #[arg(required_unless_present = "formats", value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Print the formats that are read, as a table in Markdown
    #[arg(long, conflicts_with = "inputs")]
    formats: bool,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    common: Common,
}

impl Show {
    pub(super) fn run(self) -> Result<(), Failure> {
        if self.formats {
            return print(&formats_in_markdown());
        }
        let (settings, book) = self.common.load(Some(&self.reading))?;
        let mut text = String::new();
        let sources = Sources::find(&self.inputs, false)?;
        for file in sources.files() {
            let export = sources.open(file, &settings.input, &book.vocabulary)?;
            let (encoding, reason) = &export.encoding;
            let _ = writeln!(text, "{}: {}, {}, {encoding} ({reason})", export.file, export.format, export.form);
            for role in Role::ALL {
                let Some(assignment) = export.columns.assignments.get(&role) else { continue };
                let source = match (&assignment.constant, assignment.column) {
                    (Some(value), _) => format!("= {value}"),
                    (None, Some(column)) => format!("← {}", export.columns.headers[column]),
                    (None, None) => String::new(),
                };
                let days = export.days.as_ref().filter(|_| role == Role::StartedAt).map(days).unwrap_or_default();
                let _ = writeln!(text, "  {:<13} {source}  ({}{days})", role.name(), assignment.why);
            }
            for (header, guess) in &export.columns.unknown {
                let guess = guess
                    .as_ref()
                    .map(|role| format!("; near `{role}`: --column '{role}={header}'"))
                    .unwrap_or_default();
                let _ = writeln!(text, "  not used      {header}{guess}");
            }
        }
        print(&text)
    }
}

/// How days are read, and why, behind what was understood of their column.
fn days(days: &Days) -> String {
    let example = days.example.as_deref();
    match days.order {
        Some(order) => {
            format!("; {} {order}: {}", example.map_or("days are".into(), |day| format!("{day} is")), days.why)
        }
        None => format!(
            "; {} leaves doubt: {}; say it with --date-order dmy, mdy or ymd",
            example.unwrap_or("a day"),
            days.why
        ),
    }
}
