//! Which path is which column, and the row that is being filled.

use std::collections::HashMap;

use super::super::{InputError, Rejected, Row};
use super::levels::{Held, Target};
use super::{Fault, limits};
use crate::model::Problem;

/// What stands between the items of a list.
const BETWEEN: &str = "; ";

/// The columns of a table.
#[derive(Debug, Default)]
pub(super) struct Places {
    pub(super) headers: Vec<String>,
    /// Columns of paths that only the rows tell.
    found: HashMap<String, usize>,
}

impl Places {
    /// Adds a column that the schema tells.
    pub(super) fn add(&mut self, path: String) -> Result<usize, Fault> {
        if self.headers.len() >= limits::COLUMNS {
            return Err(Fault {
                message: format!("the table has more than {} columns", limits::COLUMNS),
                help: "export only the columns that the audit needs",
            });
        }
        self.headers.push(path);
        Ok(self.headers.len() - 1)
    }

    /// Adds a column for a path that a row tells, where it is new and there is room: rows that hold something there are refused
    /// later where there is none.
    pub(super) fn find(&mut self, path: &str) {
        if !self.found.contains_key(path)
            && path.len() <= limits::PATH
            && let Ok(column) = self.add(path.to_owned())
        {
            self.found.insert(path.to_owned(), column);
        }
    }

    /// A row without values yet.
    pub(super) fn row(&self) -> Cells<'_> {
        Cells { places: self, cells: vec![String::new(); self.headers.len()], bytes: 0, fault: None }
    }

    /// The headers, where there are any.
    pub(super) fn headers(&self, file: &str) -> Result<Vec<String>, InputError> {
        if self.headers.is_empty() {
            Err(InputError::Empty { file: file.to_owned() })
        } else {
            Ok(self.headers.clone())
        }
    }
}

/// A row that is being filled.
pub(super) struct Cells<'p> {
    places: &'p Places,
    cells: Vec<String>,
    bytes: usize,
    /// The first thing that is wrong with it, and what to do.
    fault: Option<(String, &'static str)>,
}

impl Cells<'_> {
    /// Takes what the row holds at a target. Nothing more is taken once something is wrong with the row.
    pub(super) fn put(&mut self, target: Target<'_>, joined: bool, held: Held<'_>) {
        let text = match held {
            Held::Text(text) if self.fault.is_none() => text(),
            Held::Fault(fault) => Err(fault),
            Held::Nothing | Held::Text(_) => return,
        };
        let (column, path) = match target {
            Target::Column(column) => (Some(column), self.places.headers.get(column).map_or("", String::as_str)),
            Target::Path(path) => (self.places.found.get(path).copied(), path),
        };
        match (column, text) {
            (_, Err(fault)) => {
                self.wrong(
                    format!("column `{}`: {fault}", shortened(path)),
                    "export the column as text, or leave it out",
                );
            }
            (_, Ok(text)) if self.bytes + text.len() > limits::ROW => {
                self.wrong("the row is longer than 16 MiB".into(), "export the columns that the audit needs");
            }
            (Some(column), Ok(text)) => self.fill(column, text, joined),
            (None, Ok(text)) if text.is_empty() => {}
            (None, Ok(_)) => {
                let message = format!("the row holds `{}`, for which there is no column left", shortened(path));
                self.wrong(message, "export lists and maps with fewer items");
            }
        }
    }

    fn fill(&mut self, column: usize, text: String, joined: bool) {
        let Some(cell) = self.cells.get_mut(column) else { return };
        self.bytes += text.len();
        if joined && !cell.is_empty() {
            self.bytes += BETWEEN.len();
            cell.push_str(BETWEEN);
            cell.push_str(&text);
        } else {
            *cell = text;
        }
    }

    /// Remembers what is wrong with the row.
    fn wrong(&mut self, message: String, help: &'static str) {
        self.fault.get_or_insert((message, help));
    }

    /// The row; its number counts from 1.
    pub(super) fn finish(self, file: &str, number: u64) -> Row {
        match self.fault {
            None => Row::Fields(number, self.cells.iter().collect()),
            Some((message, help)) => unreadable(file, number, message, help),
        }
    }
}

/// As much of a path as a message shows: a map's keys may be anything.
fn shortened(path: &str) -> String {
    let start: String = path.chars().take(60).collect();
    if start.len() < path.len() { start + "…" } else { start }
}

/// A row, or several from there on, that cannot be read.
pub(super) fn unreadable(file: &str, number: u64, message: String, help: &str) -> Row {
    Row::Unreadable(Problem::at(file, number, message, help).into())
}

/// Says which rows are lost where several are: `rows 12 to 40 cannot be read: …`.
pub(super) fn lost(file: &str, first: u64, rows: u64, fault: &Fault) -> Row {
    let last = first.saturating_add(rows).saturating_sub(1);
    let which = match rows {
        0 => "what follows cannot be read".into(),
        1 => "the row cannot be read".into(),
        _ => format!("rows {first} to {last} cannot be read"),
    };
    let problem = Problem {
        file: file.to_owned(),
        line: Some(first),
        message: format!("{which}: {}", fault.message),
        help: fault.help.to_owned(),
        rejected: false,
    };
    // All of them count, so that the counts of a run add up; one where nobody knows how many there are.
    Row::Unreadable(Rejected { rows: rows.max(1), ..problem.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_filled_joined_and_refused() {
        let mut places = Places::default();
        places.add("note".into()).unwrap();
        places.add("tags".into()).unwrap();
        places.find("who.0");
        places.find("who.0");
        assert_eq!(places.headers, ["note", "tags", "who.0"]);
        let mut row = places.row();
        let values = [(0, "text"), (1, "a"), (1, "b")];
        for (column, text) in values {
            row.put(Target::Column(column), column == 1, Held::Text(&|| Ok(text.into())));
            row.put(Target::Column(column), column == 1, Held::Nothing);
        }
        row.put(Target::Path("who.0"), false, Held::Text(&|| Ok("Ann".into())));
        row.put(Target::Path("who.1"), false, Held::Text(&|| Ok(String::new())));
        assert!(matches!(row.finish("x", 1), Row::Fields(1, cells) if cells.to_vec() == ["text", "a; b", "Ann"]));
        let told = |fill: &dyn Fn(&mut Cells<'_>)| {
            let mut row = places.row();
            fill(&mut row);
            match row.finish("x", 7) {
                Row::Unreadable(problem) => format!("{problem:?}"),
                Row::Fields(..) | Row::Refused(_) => String::new(),
            }
        };
        let ben = |row: &mut Cells<'_>| row.put(Target::Path("who.1"), false, Held::Text(&|| Ok("Ben".into())));
        assert!(told(&ben).contains("`who.1`"));
        assert!(
            told(&|row| row.put(Target::Column(1), true, Held::Fault("no text"))).contains("column `tags`: no text")
        );
        let long = || Ok("x".repeat(9 << 20));
        let twice = |row: &mut Cells<'_>| (0..2).for_each(|at| row.put(Target::Column(at), false, Held::Text(&long)));
        assert!(told(&twice).contains("longer than 16 MiB"));
    }

    #[test]
    fn there_are_no_more_columns_than_are_read() {
        let mut places = Places::default();
        for at in 0..limits::COLUMNS {
            places.add(at.to_string()).unwrap();
        }
        places.find("one more");
        assert!(places.found.is_empty() && places.add("another".into()).unwrap_err().message.contains("5000 columns"));
    }
}
