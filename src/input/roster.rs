//! The roster: how long each agent worked, day by day or in all.

use std::path::Path;

use jiff::civil::Date;
use smol_str::SmolStr;

use super::source::Source;
use super::{DateOrder, Export, InputError, Options, Vocabulary, dates};
use crate::model::Role;

/// A row of the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worked {
    /// Agent's identifier (or name), as in the export.
    pub agent: SmolStr,
    /// The day; `None` where the row is for the whole time of the export.
    pub day: Option<Date>,
    /// Seconds worked (logged in).
    pub seconds: u32,
}

/// Reads a roster: a table with an agent, `worked_seconds` in any form of duration, and a day where it is by day. How its days are
/// written, its column tells; where that leaves doubt, `order` does.
///
/// # Errors
/// A file that cannot be read, a table without the two columns, the first row whose time or agent cannot be read, days that leave
/// doubt.
pub fn read_roster(path: &Path, vocabulary: &Vocabulary, order: Option<DateOrder>) -> Result<Vec<Worked>, InputError> {
    let file = path.display().to_string();
    let open = || Export::read(file.clone(), Source::open(path)?, &Options::default(), vocabulary, Role::WorkedSeconds);
    // A file that can be opened once only is read as the user says.
    let days = if path.is_file() { open()?.days_of_all() } else { None };
    let mut export = open()?.with(days);
    export.columns.order = export.columns.order.or(order);
    if let (Some(days), None) = (&export.days, export.columns.order) {
        let example = days.example.as_deref().unwrap_or_default();
        return Err(InputError::Form {
            file,
            message: format!("days such as {example} in column `{}` leave doubt: {}", days.column, days.why),
            help: format!("write the year first, or {}", dates::REMEDY),
        });
    }
    let unreadable = |line: u64, what: &str| InputError::Form {
        file: format!("{file}:{line}"),
        message: format!("the row of the roster has no {what}"),
        help: "give an agent and the time worked in every row: `8:00:00`, `8h`, `28800`".into(),
    };
    let mut out = Vec::new();
    for row in export.by_ref() {
        let row = row.map_err(|rejected| InputError::Form {
            file: format!("{file}:{}", rejected.problem.line.unwrap_or_default()),
            message: rejected.problem.message,
            help: rejected.problem.help,
        })?;
        let seconds = row.worked_seconds.ok_or_else(|| unreadable(row.origin.line, "time that can be read"))?;
        if row.agent == "?" {
            return Err(unreadable(row.origin.line, "agent"));
        }
        out.push(Worked { agent: row.agent, day: row.day, seconds });
    }
    match export.refused.take() {
        Some(error) => Err(error),
        None => Ok(out),
    }
}
