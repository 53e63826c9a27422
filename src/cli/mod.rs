//! The command line: one file a subcommand, one table of exit codes.

mod abbreviations;
mod agree;
mod audit;
mod columns;
mod dispute;
mod exit;
mod explain;
mod feedback;
mod forget;
mod history;
mod measure;
mod rules;
mod sample;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

pub use exit::Failure;

use crate::audit::{Decisions, Progress, decisions};
use crate::config::Settings;
use crate::input::Given;
use crate::report::html;
use crate::rules::Rulebook;

/// Audits the notes that contact-centre agents type after a call.
#[derive(Debug, Parser)]
#[command(name = "acw", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Audit an export of notes: scores per agent, findings, coaching pages
    Audit(audit::Audit),
    /// Show which columns of an export play which part, and why
    Columns(columns::Show),
    /// Propose additions to the approved abbreviations: the unapproved forms of an export by frequency, with examples
    Abbreviations(abbreviations::Propose),
    /// Join the sheets that reviewers filled to the findings: agreement, drift, notes to talk about, rules to retire
    Agree(agree::Agree),
    /// Dispute a finding, decide a dispute, waive findings, list what was decided
    #[command(subcommand)]
    Dispute(dispute::Dispute),
    /// Explain one note: which rules ran, which did not apply and why, what each hit saw
    Explain(explain::Explain),
    /// Join what other departments say of the notes to the findings: what costs rework, which rules nobody needs
    Feedback(feedback::Join),
    /// Draw samples for people to score, weigh what they find, tell how many notes are enough
    #[command(subcommand)]
    Sample(sample::Sample),
    /// Look at the runs that `acw audit --history` kept: trends, before and after a date
    #[command(subcommand)]
    History(history::History),
    /// Erase an agent or a customer everywhere in a history
    Forget(forget::Forget),
    /// List, show and test the rules
    #[command(subcommand)]
    Rules(rules::Rules),
}

/// Flags of every subcommand that reads exports or rules.
#[derive(Debug, Args)]
struct Common {
    /// Configuration file [default: acw.yaml in the working folder, if there]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Pack of rules (a folder) laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
}

/// Flags of every subcommand that heeds disputes and waivers.
#[derive(Debug, Args)]
struct Deciding {
    /// File of disputes and waivers [default: acw-decisions.yaml in the working folder, if there]
    #[arg(long, value_name = "FILE")]
    decisions: Option<PathBuf>,
}

impl Deciding {
    /// The file, and whether somebody named it.
    fn file(&self, settings: &Settings) -> (PathBuf, bool) {
        let named = self.decisions.as_ref().or(settings.decisions.as_ref());
        (named.cloned().unwrap_or_else(|| PathBuf::from(decisions::FILE)), named.is_some())
    }

    /// The decisions in force today.
    fn load(&self, settings: &Settings, book: &Rulebook) -> Result<Decisions, Failure> {
        let (file, named) = self.file(settings);
        Ok(Decisions::of(&Decisions::entries(&file, named, book)?, jiff::Zoned::now().date()))
    }
}

/// Flags of every subcommand that reads exports.
#[derive(Debug, Args)]
struct Reading {
    /// Column of a role: ROLE=HEADER, or ROLE==VALUE for the same value in every row (repeatable)
    #[arg(long = "column", value_name = "ROLE=HEADER")]
    columns: Vec<Given>,
    /// Encoding of the exports [default: found from the bytes]
    #[arg(long, value_name = "LABEL")]
    encoding: Option<String>,
    /// Language of notes whose export states none [default: told note by note]
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
}

/// Flags of every subcommand that can write its answer as a page.
#[derive(Debug, Args)]
struct Paging {
    /// Write a page to read and to show into this folder
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Language of the page [default: en]
    #[arg(long, value_name = "CODE", requires = "report")]
    locale: Option<String>,
}

impl Paging {
    /// Says before the work what would come to light after it.
    fn check(&self, book: &Rulebook) -> Result<(), Failure> {
        if let Some(dir) = &self.report {
            html::check(dir).map_err(|e| Failure::Output(e.to_string()))?;
        }
        check_locale(self.locale.as_deref(), book)
    }

    /// Writes the page, if it was asked for, and says on standard error where it is.
    fn write(&self, page: impl FnOnce(&str, &Path) -> io::Result<PathBuf>) -> Result<(), Failure> {
        let Some(dir) = &self.report else { return Ok(()) };
        let written = page(self.locale.as_deref().unwrap_or("en"), dir).map_err(|e| Failure::Output(e.to_string()))?;
        let _ = writeln!(io::stderr(), "Report: {}", written.display());
        Ok(())
    }
}

/// Whether pages can be written in a language.
fn check_locale(locale: Option<&str>, book: &Rulebook) -> Result<(), Failure> {
    let known = html::locales(book);
    match locale {
        Some(locale) if !known.contains(&locale) => Err(Failure::Usage(format!(
            "--locale {locale}: no pages in that language\n  help: use one of {}",
            known.join(", ")
        ))),
        _ => Ok(()),
    }
}

impl Common {
    fn settings(&self, reading: Option<&Reading>) -> Result<Settings, Failure> {
        let mut settings = Settings::load(self.config.as_deref())?;
        settings.rules = self.rules.clone().or(settings.rules);
        if let Some(reading) = reading {
            let input = &mut settings.input;
            input.encoding = reading.encoding.clone().or(input.encoding.take());
            input.language = reading.language.clone().or(input.language.take());
            // Flags come first: a role named twice is taken from the flag.
            input.columns.retain(|given| !reading.columns.iter().any(|flag| flag.role == given.role));
            input.columns.extend(reading.columns.iter().cloned());
        }
        Ok(settings)
    }
}

/// Nobody watches.
struct Silent;

impl Progress for Silent {
    fn rows(&self, _: u64) {}
}

/// Parses the arguments, runs, and turns what went wrong into a message and an exit code.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let usage = error.use_stderr();
            let _ = error.print();
            return if usage { exit::Failure::Usage(String::new()).code() } else { ExitCode::SUCCESS };
        }
    };
    let done = match cli.command {
        Command::Audit(audit) => audit.run(),
        Command::Abbreviations(propose) => propose.run(),
        Command::Agree(agree) => agree.run(),
        Command::Columns(columns) => columns.run(),
        Command::Dispute(dispute) => dispute.run(),
        Command::Explain(explain) => explain.run(),
        Command::Feedback(join) => join.run(),
        Command::Sample(sample) => sample.run(),
        Command::History(history) => history.run(),
        Command::Forget(forget) => forget.run(),
        Command::Rules(rules) => rules.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.print();
            failure.code()
        }
    }
}
