//! What people and programs read of a run.

pub mod agreement;
mod figures;
pub mod folder;
pub mod html;
mod json;
mod jsonl;
pub mod sheet;
mod tables;
mod terminal;
mod wording;
mod workbook;

use std::io::{self, Write};

use crate::model::{AuditedNote, Report};
use crate::rules::Rulebook;

pub(crate) use figures::{CRITICAL, Share};
pub use json::whole;
pub use terminal::{Colour, table};
pub(crate) use terminal::{clock, estimate, finish, new_table, right, share};

/// Writes notes as they come.
pub type Stream = fn(&AuditedNote, &Rulebook, &mut dyn Write) -> io::Result<()>;

/// An output format of the audit.
pub struct Format {
    /// Name after `--format`.
    pub name: &'static str,
    /// For the help text.
    pub about: &'static str,
    /// Writes each note, where it can be written before the whole is known.
    pub stream: Option<Stream>,
    /// Writes the whole at the end.
    pub whole: Option<Whole>,
}

/// Writes the whole of a run, for a program or a person.
pub type Whole = fn(&Report, &Rulebook, Colour) -> String;

/// The one list of output formats.
pub const FORMATS: &[Format] = &[
    Format { name: "terminal", about: "a table per agent, for people", stream: None, whole: Some(table) },
    Format {
        name: "json",
        about: "all figures of the run as one object, for programs",
        stream: None,
        whole: Some(whole),
    },
    Format { name: "jsonl", about: "one finding a line, for programs", stream: Some(jsonl::write), whole: None },
];
