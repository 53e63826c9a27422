//! The roster: how long each agent worked, day by day or in all.

use std::fs::File;
use std::path::Path;

use jiff::civil::Date;

use super::{Export, InputError, Options, Vocabulary, io_error};
use crate::model::Role;

/// A row of the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worked {
    /// Agent's identifier (or name), as in the export.
    pub agent: String,
    /// The day; `None` where the row is for the whole time of the export.
    pub day: Option<Date>,
    /// Seconds worked (logged in).
    pub seconds: u32,
}

/// Reads a roster: a table with an agent, `worked_seconds` in any form of duration, and a day where it is by day.
///
/// # Errors
/// A file that cannot be read, a table without the two columns, the first row whose time or agent cannot be read.
pub fn read_roster(path: &Path, vocabulary: &Vocabulary) -> Result<Vec<Worked>, InputError> {
    let reader = File::open(path).map_err(|error| io_error(path, &error))?;
    let file = path.display().to_string();
    let export = Export::read(file.clone(), Box::new(reader), &Options::default(), vocabulary, Role::WorkedSeconds)?;
    let unreadable = |line: u64, what: &str| InputError::Form {
        file: format!("{file}:{line}"),
        message: format!("the row of the roster has no {what}"),
        help: "give an agent and the time worked in every row: `8:00:00`, `8h`, `28800`".into(),
    };
    let mut out = Vec::new();
    for row in export {
        let row = row.map_err(|problem| InputError::Form {
            file: format!("{file}:{}", problem.line.unwrap_or_default()),
            message: problem.message,
            help: problem.help,
        })?;
        let seconds = row.worked_seconds.ok_or_else(|| unreadable(row.origin.line, "time that can be read"))?;
        if row.agent == "?" {
            return Err(unreadable(row.origin.line, "agent"));
        }
        out.push(Worked { agent: row.agent, day: row.day, seconds });
    }
    Ok(out)
}
