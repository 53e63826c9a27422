//! What people and programs read of a run.

pub mod html;
mod jsonl;
mod terminal;

use std::io::{self, Write};

use crate::model::AuditedNote;
use crate::rules::Rulebook;

pub use terminal::{Colour, table};

/// Writes notes as they come.
pub type Stream = fn(&AuditedNote, &Rulebook, &mut dyn Write) -> io::Result<()>;

/// An output format of the audit.
pub struct Format {
    /// Name after `--format`.
    pub name: &'static str,
    /// For the help text.
    pub about: &'static str,
    /// Writes each note; `None` where the format is written from the whole at the end.
    pub stream: Option<Stream>,
}

/// The one list of output formats.
pub const FORMATS: &[Format] = &[
    Format { name: "terminal", about: "a table per agent, for people", stream: None },
    Format { name: "jsonl", about: "one finding a line, for programs", stream: Some(jsonl::write) },
];
