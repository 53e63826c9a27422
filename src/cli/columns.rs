//! `acw columns`: what was understood of an export, and why.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::{Common, Failure, Reading, print};
use crate::input::{Columns, Days, Preset, Sources, formats_in_markdown};
use crate::model::Role;

/// Rows that are looked at for what they tell about the whole.
const LOOKED_AT: usize = 1_000;

/// Flags of `acw columns`.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// Exports: files, folders, `-` for standard input
    #[arg(required_unless_present_any = ["formats", "presets"], value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Print the formats that are read, as a table in Markdown
    #[arg(long, conflicts_with = "inputs")]
    formats: bool,
    /// List the systems whose exports are known, and what tells them
    #[arg(long, conflicts_with = "inputs")]
    presets: bool,
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
        let (settings, book) = self.common.load(&self.inputs, Some(&self.reading))?;
        if self.presets {
            return print(&listed(book.vocabulary.presets()));
        }
        let mut text = String::new();
        let sources = Sources::find(&self.inputs, false)?;
        for file in sources.files() {
            let mut export = sources.open(file, &settings.input, &book.vocabulary)?;
            let (encoding, reason) = &export.encoding;
            let _ = writeln!(text, "{}: {}, {}, {encoding} ({reason})", export.file, export.format, export.form);
            let _ = writeln!(text, "  preset        {}", preset(&export.columns));
            for role in Role::ALL {
                let Some(assignment) = export.columns.assignments.get(role) else { continue };
                let source = export.columns.shown(&assignment.source);
                let days = export.days.as_ref().filter(|_| role == Role::StartedAt).map(days).unwrap_or_default();
                let clock = if export.columns.in_hours(role) { "; 1:05 is hours and minutes" } else { "" };
                let _ = writeln!(text, "  {:<13} {source}  ({}{days}{clock})", role.name(), assignment.why);
            }
            for (header, guess) in &export.columns.unknown {
                let guess = guess
                    .as_ref()
                    .map(|role| format!("; near `{role}`: --column '{role}={header}'"))
                    .unwrap_or_default();
                let _ = writeln!(text, "  not used      {header}{guess}");
            }
            export.by_ref().take(LOOKED_AT).for_each(drop);
            for remark in export.remarks() {
                let _ = writeln!(text, "  remark        {}\n                {}", remark.message, remark.help);
            }
        }
        print(&text)
    }
}

/// The system that wrote the export, and which headers told it.
fn preset(columns: &Columns) -> String {
    match &columns.preset {
        Some(preset) if preset.told_by.is_empty() => format!("{}: {} (as asked for)", preset.id, preset.name),
        Some(preset) => format!("{}: {} (told by {})", preset.id, preset.name, preset.told_by.join(" | ")),
        None => "none; columns are found by known headers".to_owned(),
    }
}

/// The known systems as a table of Markdown.
fn listed(presets: &[Preset]) -> String {
    let mut text = String::from("| preset | system | told by | note |\n| --- | --- | --- | --- |\n");
    for preset in presets {
        let code = |headers: &[String]| {
            let headers: Vec<String> = headers.iter().map(|header| format!("`{header}`")).collect();
            headers.join(", ")
        };
        let signs: Vec<String> = preset
            .spec
            .told_by
            .iter()
            .map(|sign| match (sign.must.as_slice(), sign.some.as_slice()) {
                (must, []) => code(must),
                ([], some) => format!("{} of {}", sign.least.unwrap_or(1), code(some)),
                (must, some) => format!("{} and {} of {}", code(must), sign.least.unwrap_or(1), code(some)),
            })
            .collect();
        let notes: Vec<String> = preset.spec.note.iter().map(|part| part.column.clone()).collect();
        let name = match &preset.spec.page {
            Some(page) => format!("[{}]({page})", preset.spec.name),
            None => preset.spec.name.clone(),
        };
        let _ = writeln!(text, "| {} | {name} | {} | {} |", preset.id, signs.join("; or "), code(&notes));
    }
    text
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
