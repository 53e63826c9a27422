//! The output formats of a run: one file a format, one row of the list.

mod azure;
mod concise;
mod csv;
mod github;
mod gitlab;
pub(super) mod jsonl;
mod junit;
mod markdown;
pub(super) mod place;
mod sarif;
mod teamcity;

use std::fmt::Display;
use std::io::{self, Write};

use anstyle::Style;

use super::{json, terminal};
use crate::model::{AuditedNote, Report};
use crate::rules::Rulebook;
use crate::text::cell;

/// Whether to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// For a terminal.
    On,
    /// For a pipe, or where the user asked for none.
    Off,
}

impl Colour {
    /// The text in that style, where there is colour.
    pub fn paint(self, style: Style, text: impl Display) -> String {
        match self {
            Colour::On => format!("{style}{text}{style:#}"),
            Colour::Off => text.to_string(),
        }
    }
}

/// Writes a run in one form: first what stands before the notes, then each note in the order of the input, then what stands behind them.
pub trait Writer {
    /// Before the first note.
    ///
    /// # Errors
    /// What writing gives.
    fn begin(&mut self, _book: &Rulebook, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    /// A note with its findings.
    ///
    /// # Errors
    /// What writing gives.
    fn note(&mut self, _note: &AuditedNote, _book: &Rulebook, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    /// Behind the last note.
    ///
    /// # Errors
    /// What writing gives.
    fn finish(&mut self, _report: &Report, _book: &Rulebook, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

/// An output format.
pub struct Format {
    /// Name after `--format`.
    pub name: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// Whether people read it, so that remarks may stand behind it.
    pub for_people: bool,
    /// A writer of it.
    pub writer: fn(Colour) -> Box<dyn Writer>,
}

impl Format {
    /// The format of that name.
    pub fn of(name: &str) -> Option<&'static Format> {
        FORMATS.iter().find(|format| format.name == name)
    }
}

/// The one list of output formats.
pub const FORMATS: &[Format] = &[
    Format {
        name: "terminal",
        about: "a table per agent, for people",
        for_people: true,
        writer: |colour| Box::new(Table(colour)),
    },
    Format {
        name: "concise",
        about: "one finding a line with its place, for people and editors",
        for_people: true,
        writer: |colour| Box::new(concise::Concise::new(colour)),
    },
    Format {
        name: "statistics",
        about: "findings by rule, most first, for people",
        for_people: true,
        writer: |colour| Box::new(Statistics(colour)),
    },
    Format {
        name: "json",
        about: "all figures of the run as one object, for programs",
        for_people: false,
        writer: |_| Box::new(Whole(json::whole)),
    },
    Format {
        name: "jsonl",
        about: "one finding a line as a JSON object, for programs",
        for_people: false,
        writer: |_| Box::<jsonl::Lines>::default(),
    },
    Format {
        name: "csv",
        about: "one finding a row, for spreadsheets",
        for_people: false,
        writer: |_| Box::new(csv::Rows),
    },
    Format {
        name: "sarif",
        about: "SARIF 2.1.0, for code scanning",
        for_people: false,
        writer: |_| Box::new(sarif::Log::default()),
    },
    Format {
        name: "junit",
        about: "JUnit XML: a suite an export, a case a note, for CI servers",
        for_people: false,
        writer: |_| Box::new(junit::Suites::default()),
    },
    Format {
        name: "github",
        about: "annotations of GitHub Actions",
        for_people: false,
        writer: |_| Box::new(github::Annotations),
    },
    Format {
        name: "gitlab",
        about: "Code Quality report of GitLab",
        for_people: false,
        writer: |_| Box::new(gitlab::Quality::default()),
    },
    Format {
        name: "azure",
        about: "issues of Azure Pipelines",
        for_people: false,
        writer: |_| Box::new(azure::Issues),
    },
    Format {
        name: "teamcity",
        about: "inspections of TeamCity",
        for_people: false,
        writer: |_| Box::new(teamcity::Inspections::default()),
    },
    Format {
        name: "markdown",
        about: "a summary for the page of a job",
        for_people: false,
        writer: |_| Box::new(Whole(markdown::summary)),
    },
];

/// A format that is text made of the whole run.
struct Whole(fn(&Report, &Rulebook) -> String);

impl Writer for Whole {
    fn finish(&mut self, report: &Report, book: &Rulebook, out: &mut dyn Write) -> io::Result<()> {
        out.write_all((self.0)(report, book).as_bytes())
    }
}

/// Findings by rule.
struct Statistics(Colour);

impl Writer for Statistics {
    fn finish(&mut self, report: &Report, book: &Rulebook, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(cell::terminal(&terminal::statistics(report, book, self.0)).as_bytes())
    }
}

/// The tables for people.
struct Table(Colour);

impl Writer for Table {
    fn finish(&mut self, report: &Report, book: &Rulebook, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(cell::terminal(&terminal::table(report, book, self.0)).as_bytes())
    }
}
