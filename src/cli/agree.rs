//! `acw agree`: what reviewers said in sheets, joined to what the program finds in the same notes.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::flags::percent;
use super::{Common, Failure, Paging, Printing, Silent, Taking, colour};
use crate::audit::{self, Options};
use crate::input::{self, Manifest};
use crate::measure::{self, Bootstrap, Gathered, Halves, How};
use crate::model::{AuditedNote, Category, Found, ReviewedNote, SheetRemark};
use crate::report::{agreement, html};
use crate::rules::Rulebook;
use crate::text::redact;

/// Flags of `acw agree`.
#[derive(Debug, Args)]
pub(super) struct Agree {
    /// Exports that the notes of the sheets stand in: files, folders, `-` for standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Sheet that reviewers filled, CSV or XLSX (repeatable: one a reviewer, or one for all)
    #[arg(long = "sheet", required = true, value_name = "FILE")]
    sheets: Vec<PathBuf>,
    /// How the notes were drawn: the manifest beside the sheet, for figures of the population
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    #[command(flatten)]
    printing: Printing,
    /// Propose to retire rules whose precision lies under this with its whole interval
    #[arg(long, value_name = "PER CENT", default_value_t = 50, value_parser = percent)]
    retire_below: u32,
    /// Judged findings of a rule, and notes of a reviewer, below which nothing is said of them
    #[arg(long, value_name = "NUMBER", default_value_t = 10)]
    min_judged: u64,
    /// By what a reviewer's notes are parted into halves to look for drift
    #[arg(long, value_enum, default_value_t)]
    drift_by: Order,
    /// Seed of the bootstrap that gives alpha its interval
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// Notes to talk about that are printed on the terminal
    #[arg(long, value_name = "NOTES", default_value_t = 10)]
    talk: usize,
    #[command(flatten)]
    paging: Paging,
    #[command(flatten)]
    taking: Taking,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Order {
    /// The order of the rows in the sheet
    #[default]
    Rows,
    /// The start of the contacts
    StartedAt,
}

/// Times that the notes are drawn again for an interval of alpha.
const RESAMPLES: usize = 2_000;
/// Longest part of a note that is shown, in characters.
const LONGEST_NOTE: usize = 600;
/// Remarks that are printed on standard error; all stand in the JSON.
const REMARKS_SHOWN: usize = 20;

impl Agree {
    pub(super) fn run(self) -> Result<(), Failure> {
        let (settings, book) = self.common.load(&self.inputs, None)?;
        self.paging.check(&book)?;
        let rules: Vec<&str> = book.rules.iter().map(|rule| rule.id.as_str()).collect();
        let paths: Vec<&Path> = self.sheets.iter().map(PathBuf::as_path).collect();
        let sheets = input::read_sheets(&paths, &book.vocabulary, &rules)?;
        let manifest = self.manifest.as_deref().map(Manifest::read).transpose()?;
        // As it was read for the draw, where nobody says otherwise.
        let read = manifest.as_ref().and_then(|manifest| manifest.reading.as_ref()).unwrap_or(&settings.input);
        // Without what was decided about findings: the rules are measured, and a waived finding is still theirs.
        let options = Options { input: self.taking.over(read), ..self.taking.options(&self.inputs, &settings) };
        let mut gathered = Gathered::of(&sheets);
        let report = audit::run(&options, &book, &Silent, &mut |note| {
            if gathered.wants(&note.note.id) {
                gathered.take(reviewed(note, &book));
            }
            Ok(())
        })?;
        let is_secret = |rule: &str| book.rule(rule).is_some_and(|at| book.rules[at].category == Category::Sensitive);
        let (reviews, remarks) = gathered.join(&sheets, manifest.as_ref(), is_secret);
        if reviews.notes.is_empty() {
            print_remarks(&remarks);
            return Err(nothing_joined(&self.sheets));
        }
        let refusal = match &manifest {
            Some(manifest) => manifest.refusal(),
            None => Some("no --manifest tells how the notes were drawn".to_owned()),
        };
        let how = How {
            bootstrap: Bootstrap { seed: self.seed, resamples: RESAMPLES, confidence: settings.standards.confidence },
            retire_below: self.retire_below,
            min_judged: self.min_judged,
            halves: if self.drift_by == Order::Rows { Halves::Rows } else { Halves::StartedAt },
            population: refusal.is_none(),
        };
        let shown = agreement::Reviewed {
            run: &report.run,
            unreadable: report.run.rejected,
            sheets: &sheets,
            manifest: manifest.as_ref(),
            refusal: refusal.as_deref(),
            how,
            agreement: &measure::agreement(&reviews, how),
            reviews: &reviews,
            remarks: &remarks,
        };
        let table = || agreement::table(&shown, self.talk, colour::output());
        self.printing.print(table, || agreement::json(&shown))?;
        print_remarks(&remarks);
        self.paging.write(&book, |locale, dir| html::write_agreement(&shown, &book, locale, dir))
    }
}

fn nothing_joined(sheets: &[PathBuf]) -> Failure {
    let files: Vec<String> = sheets.iter().map(|path| path.display().to_string()).collect();
    Failure::Input(format!(
        "{}: no row with an answer is a note of the export\n  help: give the exports that the sheet was drawn from, with the same paths where their notes have no identifiers",
        files.join(", ")
    ))
}

fn print_remarks(remarks: &[SheetRemark]) {
    let mut err = io::stderr().lock();
    for remark in remarks.iter().take(REMARKS_SHOWN) {
        let row = remark.row.map_or(String::new(), |row| format!(", row {row}"));
        let column = remark.column.as_ref().map_or(String::new(), |column| format!(", column `{column}`"));
        let note = remark.note.as_ref().map_or(String::new(), |note| format!(", note {note}"));
        let _ = writeln!(err, "acw: {}{row}{column}{note}: {}\n  help: {}", remark.file, remark.message, remark.help);
    }
    if remarks.len() > REMARKS_SHOWN {
        let _ = writeln!(err, "acw: and {} more, all of them in --format json", remarks.len() - REMARKS_SHOWN);
    }
}

/// What is kept of an audited note: its masked text and findings, so that memory depends on the sheets and not on the export.
fn reviewed(note: &AuditedNote, book: &Rulebook) -> ReviewedNote {
    let findings = note.findings.iter().map(|finding| Found {
        rule: book.rules[finding.rule].id.clone(),
        category: finding.category,
        element: finding.element,
        excerpt: finding.excerpt.clone(),
    });
    ReviewedNote {
        id: note.note.id.to_string(),
        text: masked(note),
        day: note.note.day,
        started_at: note.note.started_at.as_ref().map(ToString::to_string).unwrap_or_default(),
        findings: note.language.is_some().then(|| findings.collect()),
        ..ReviewedNote::default()
    }
}

fn masked(note: &AuditedNote) -> String {
    let masked = redact::note(&note.note.text, &note.secrets());
    // Spaces and line ends do not matter here, and signs that steer a terminal have no business there.
    let masked = masked.replace(char::is_control, " ");
    let line = masked.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST_NOTE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
