//! Flags and answers that subcommands share.

use std::io::{self, IsTerminal, Write as _};
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};

use super::{Failure, Taking};
use crate::audit::{Decisions, Progress, decisions};
use crate::config::Settings;
use crate::input::{self, DateOrder, Delimiter, Given, Zone};
use crate::model::Period;
use crate::report::html;
use crate::rules::Rulebook;
use crate::text::cell;

/// Heading in the help of the flags that say how exports are read.
pub(super) const READING: &str = "How exports are read";

/// Flags of every subcommand that reads exports or rules.
#[derive(Debug, Args)]
pub(super) struct Common {
    /// Configuration file [default: acw.yaml in the working folder or above it, else beside the first input or above it]
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Pack of rules (a folder) laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    pub(super) rules: Option<PathBuf>,
}

/// Flags of every subcommand that heeds disputes and waivers.
#[derive(Debug, Args)]
pub(super) struct Deciding {
    /// File of disputes and waivers [default: acw-decisions.yaml in the working folder, if there]
    #[arg(long, value_name = "FILE")]
    pub(super) decisions: Option<PathBuf>,
}

impl Deciding {
    /// The file, and whether somebody named it.
    pub(super) fn file(&self, settings: &Settings) -> (PathBuf, bool) {
        let named = self.decisions.as_ref().or(settings.decisions.as_ref());
        (named.cloned().unwrap_or_else(|| PathBuf::from(decisions::FILE)), named.is_some())
    }

    /// The decisions in force today, with the waivers of acw.yaml.
    pub(super) fn load(&self, settings: &Settings, book: &Rulebook) -> Result<Decisions, Failure> {
        let (file, named) = self.file(settings);
        let mut entries = Decisions::entries(&file, self.decisions.is_some(), book)?;
        // The settings may name the file before anybody has decided anything; a slip in its name must not go by unseen.
        if named && !file.exists() {
            let _ = writeln!(
                io::stderr(),
                "acw: {}: there is no such file yet, so nothing is disputed there",
                file.display()
            );
        }
        entries.extend(Decisions::of_settings(settings, book)?);
        Ok(Decisions::of(&entries, jiff::Zoned::now().date()))
    }
}

/// Flags of every subcommand that reads exports.
#[derive(Debug, Clone, Args)]
pub(super) struct Reading {
    /// Column of a role: ROLE=HEADER, or ROLE==VALUE for the same value in every row (repeatable: several columns of `note` become
    /// one note of labelled lines, those of `agent_name` one name; of others, the first filled counts)
    #[arg(help_heading = READING, long = "column", value_name = "ROLE=HEADER")]
    pub(super) columns: Vec<Given>,
    /// Encoding of the exports [default: found from the bytes]
    #[arg(help_heading = READING, long, value_name = "LABEL")]
    pub(super) encoding: Option<String>,
    /// Language of notes whose export states none [default: told note by note]
    #[arg(help_heading = READING, long, value_name = "CODE")]
    pub(super) language: Option<String>,
    /// How days such as 03/04/2026 are written: dmy, mdy or ymd [default: as the whole column tells]
    #[arg(help_heading = READING, long, value_name = "ORDER")]
    pub(super) date_order: Option<DateOrder>,
    /// Worksheet of workbooks [default: the first that has notes]
    #[arg(help_heading = READING, long, value_name = "NAME")]
    pub(super) worksheet: Option<String>,
    /// Delimiter of CSV files: one sign, or `tab` [default: the one that fits most rows]
    #[arg(help_heading = READING, long, value_name = "SIGN")]
    pub(super) delimiter: Option<Delimiter>,
    /// Where the contacts were: Europe/Madrid, America/Bogota… Days are counted there, of moments that tell their offset [default: as
    /// they are written]
    #[arg(help_heading = READING, long, value_name = "ZONE")]
    pub(super) time_zone: Option<Zone>,
    /// How the export of a known system is read: a name of `acw columns --presets`, or `none` [default: told by its headers]
    #[arg(help_heading = READING, long, value_name = "NAME")]
    pub(super) preset: Option<String>,
    /// Each input is the text of one note, and no table: for editors and CRMs, with `-`
    #[arg(help_heading = READING, long)]
    pub(super) one_note: bool,
}

/// Flags of every subcommand that audits exports and heeds what was decided about findings.
#[derive(Debug, Args)]
pub(super) struct Auditing {
    #[command(flatten)]
    pub(super) deciding: Deciding,
    #[command(flatten)]
    pub(super) taking: Taking,
    #[command(flatten)]
    pub(super) common: Common,
}

impl Reading {
    /// How to read exports: as the flags say, and otherwise as `others` do.
    pub(super) fn over(&self, others: &input::Options) -> input::Options {
        let Reading { columns, encoding, language, date_order, worksheet, delimiter, time_zone, preset, one_note } =
            self.clone();
        let own = input::Options {
            encoding,
            columns,
            language,
            date_order,
            worksheet,
            delimiter,
            time_zone,
            preset,
            one_note,
            ..input::Options::default()
        };
        own.over(others.clone())
    }
}

impl Common {
    /// The settings of a subcommand with these inputs, if it has any.
    pub(super) fn settings(&self, inputs: &[PathBuf], reading: Option<&Reading>) -> Result<Settings, Failure> {
        let mut settings = Settings::load(self.config.as_deref(), inputs)?;
        settings.rules = self.rules.clone().or(settings.rules);
        if let Some(reading) = reading {
            settings.input = reading.over(&settings.input);
        }
        Ok(settings)
    }

    /// The settings of a subcommand that reads exports to their end.
    pub(super) fn settings_taking(&self, inputs: &[PathBuf], taking: &Taking) -> Result<Settings, Failure> {
        let mut settings = self.settings(inputs, None)?;
        settings.input = taking.over(&settings.input);
        if settings.input.filter.is_impossible() {
            let message = "no day is on or behind --from and on or before --to\n  help: look whether the two are the wrong way round, \
                           or whether `filter:` in acw.yaml has the other; --no-filter leaves that out";
            return Err(Failure::Usage(message.to_owned()));
        }
        Ok(settings)
    }

    /// The same, and the rules in force under them.
    pub(super) fn load_taking(&self, inputs: &[PathBuf], taking: &Taking) -> Result<(Settings, Rulebook), Failure> {
        let settings = self.settings_taking(inputs, taking)?;
        let book = Rulebook::compile(settings.packs()?)?;
        Ok((settings, book))
    }

    /// The settings, and the rules in force under them.
    pub(super) fn load(&self, inputs: &[PathBuf], reading: Option<&Reading>) -> Result<(Settings, Rulebook), Failure> {
        let settings = self.settings(inputs, reading)?;
        let book = Rulebook::compile(settings.packs()?)?;
        Ok((settings, book))
    }
}

/// Flags of every subcommand that can write its answer as a page.
#[derive(Debug, Args)]
pub(super) struct Paging {
    /// Write a page to read and to show into this folder
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Language of the page [default: the first of the rules' that has pages]
    #[arg(long, value_name = "CODE", requires = "report")]
    locale: Option<String>,
}

impl Paging {
    /// Says before the work what would come to light after it.
    pub(super) fn check(&self, book: &Rulebook) -> Result<(), Failure> {
        if let Some(dir) = &self.report {
            html::check(dir).map_err(|e| Failure::Output(e.to_string()))?;
        }
        check_locale(self.locale.as_deref(), book)
    }

    /// Writes the page, if it was asked for, and says on standard error where it is.
    pub(super) fn write(
        &self,
        book: &Rulebook,
        page: impl FnOnce(&str, &Path) -> io::Result<PathBuf>,
    ) -> Result<(), Failure> {
        let Some(dir) = &self.report else { return Ok(()) };
        let written = page(locale(self.locale.as_deref(), book)?, dir).map_err(|e| Failure::Output(e.to_string()))?;
        let _ = writeln!(io::stderr(), "Report: {}", written.display());
        Ok(())
    }
}

/// A per cent without fractions, as people write it.
pub(super) fn percent(text: &str) -> Result<u32, String> {
    let number = text.trim().trim_end_matches('%').trim_end().parse().ok().filter(|number| *number <= 100);
    number.ok_or_else(|| "a whole number from 0 to 100".to_owned())
}

/// Whether pages can be written in that language.
pub(super) fn check_locale(locale: Option<&str>, book: &Rulebook) -> Result<(), Failure> {
    let known = html::locales(book);
    match locale {
        Some(locale) if !known.contains(&locale) => Err(Failure::Usage(format!(
            "--locale {locale}: no pages in that language\n  help: use one of {}",
            known.join(", ")
        ))),
        _ => Ok(()),
    }
}

/// The language that was asked for, or the first in which pages can be written.
pub(super) fn locale<'l>(asked: Option<&'l str>, book: &'l Rulebook) -> Result<&'l str, Failure> {
    let first = || html::locales(book).first().copied();
    asked.or_else(first).ok_or_else(|| Failure::Rules("no language of these rules has a report.yaml".into()))
}

/// A bar on standard error, if somebody is looking.
pub(super) struct Bar(Option<ProgressBar>);

impl Bar {
    pub(super) fn new(quiet: bool) -> Self {
        let visible = !quiet && io::stderr().is_terminal();
        Bar(visible.then(|| {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{spinner} {human_pos} notes audited, {elapsed}") {
                bar.set_style(style);
            }
            bar
        }))
    }

    pub(super) fn finish(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

impl Progress for Bar {
    fn rows(&self, done: u64) {
        if let Some(bar) = &self.0 {
            bar.set_position(done);
        }
    }
}

/// Nobody watches.
pub(super) struct Silent;

impl Progress for Silent {
    fn rows(&self, _: u64) {}
}

/// Flags of every subcommand that answers people and programs.
#[derive(Debug, Args)]
pub(super) struct Printing {
    /// What to print
    #[arg(long, value_name = "FORM", default_value = "terminal")]
    format: Form,
}

/// Forms of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Tables, for people
    Terminal,
    /// One object, for programs
    Json,
}

impl Printing {
    /// Writes the answer in the form that was asked for to standard output.
    pub(super) fn print(
        &self,
        terminal: impl FnOnce() -> String,
        json: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        print(&match self.format {
            Form::Terminal => terminal(),
            Form::Json => json(),
        })
    }
}

/// Writes to standard output, to the last byte.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written = out.write_all(cell::terminal(text).as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| Failure::writing(&error))
}

/// Lengths of periods, by their names.
pub(super) fn periods() -> impl TypedValueParser<Value = Period> {
    let period = |name: String| Period::ALL.into_iter().find(|period| period.name() == name).unwrap_or_default();
    PossibleValuesParser::new(Period::ALL.map(Period::name)).map(period)
}
