//! Which path is which column, and the row that is being filled.

use std::collections::HashMap;

use super::super::{InputError, Row};
use super::cell::Text;
use super::levels::Target;
use super::{Fault, limits};
use crate::model::Problem;

/// The columns of a table.
#[derive(Debug, Default)]
pub(super) struct Places {
    pub(super) headers: Vec<String>,
    /// Columns of paths that only the rows tell.
    found: HashMap<String, usize>,
    /// Whether there were more paths than columns are read.
    pub(super) full: bool,
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

    /// Adds a column for a path that a row tells, where it is new and there is room.
    pub(super) fn find(&mut self, path: &str) {
        if !self.found.contains_key(path) {
            match self.add(path.to_owned()) {
                Ok(column) => {
                    self.found.insert(path.to_owned(), column);
                }
                Err(_) => self.full = true,
            }
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
    /// Takes a value of the row.
    pub(super) fn put(&mut self, target: Target<'_>, joined: bool, text: Option<Text>) {
        let Some(text) = text else { return };
        let column = match target {
            Target::Column(column) => Some(column),
            Target::Path(path) => self.places.found.get(path).copied(),
        };
        match (column, target) {
            (Some(column), _) => self.add(column, text, if joined { "; " } else { "" }),
            (None, Target::Path(path)) => match text {
                Ok(text) if text.is_empty() => {}
                Ok(_) => {
                    let message = format!("the row holds `{path}`, for which there is no column left");
                    self.wrong(message, "export lists and maps with fewer items");
                }
                Err(fault) => self.wrong(format!("`{path}`: {fault}"), "export it with fewer values, or leave it out"),
            },
            (None, Target::Column(_)) => {}
        }
    }

    fn add(&mut self, column: usize, text: Text, between: &str) {
        let name = || self.places.headers.get(column).map_or("", String::as_str);
        match text {
            Ok(text) if self.bytes + text.len() > limits::ROW => {
                self.wrong("the row is longer than 16 MiB".into(), "export the columns that the audit needs");
            }
            Ok(text) => {
                self.bytes += text.len() + between.len();
                let Some(cell) = self.cells.get_mut(column) else { return };
                if cell.is_empty() || between.is_empty() {
                    *cell = text;
                } else {
                    cell.push_str(between);
                    cell.push_str(&text);
                }
            }
            Err(fault) => {
                let message = format!("column `{}`: {fault}", name());
                self.wrong(message, "export the column as text, or leave it out");
            }
        }
    }

    /// Remembers what is wrong with the row.
    pub(super) fn wrong(&mut self, message: String, help: &'static str) {
        self.fault.get_or_insert((message, help));
    }

    /// The row; its number counts from 1.
    pub(super) fn finish(self, file: &str, number: u64) -> Row {
        match self.fault {
            None => Row::Fields(number, self.cells),
            Some((message, help)) => unreadable(file, number, message, help),
        }
    }
}

/// A row, or several from there on, that cannot be read.
pub(super) fn unreadable(file: &str, number: u64, message: String, help: &str) -> Row {
    Row::Unreadable(Problem { file: file.to_owned(), line: Some(number), message, help: help.to_owned() })
}

/// Says which rows are lost where several are: `rows 12 to 40 cannot be read: …`.
pub(super) fn lost(file: &str, first: u64, rows: u64, fault: &Fault) -> Row {
    let last = first.saturating_add(rows).saturating_sub(1);
    let which =
        if rows == 1 { "the row cannot be read".into() } else { format!("rows {first} to {last} cannot be read") };
    unreadable(file, first, format!("{which}: {}", fault.message), fault.help)
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
        row.put(Target::Column(0), false, Some(Ok("text".into())));
        row.put(Target::Column(1), true, Some(Ok("a".into())));
        row.put(Target::Column(1), true, None);
        row.put(Target::Column(1), true, Some(Ok("b".into())));
        row.put(Target::Path("who.0"), false, Some(Ok("Ann".into())));
        row.put(Target::Path("who.1"), false, Some(Ok(String::new())));
        assert!(matches!(row.finish("x", 1), Row::Fields(1, cells) if cells == ["text", "a; b", "Ann"]));
        let told = |fill: &dyn Fn(&mut Cells<'_>)| {
            let mut row = places.row();
            fill(&mut row);
            match row.finish("x", 7) {
                Row::Unreadable(problem) => format!("{problem:?}"),
                Row::Fields(..) => String::new(),
            }
        };
        assert!(told(&|row| row.put(Target::Path("who.1"), false, Some(Ok("Ben".into())))).contains("`who.1`"));
        assert!(told(&|row| row.put(Target::Column(1), true, Some(Err("no text")))).contains("column `tags`: no text"));
        let long = "x".repeat(9 << 20);
        assert!(
            told(&|row| (0..2).for_each(|at| row.put(Target::Column(at), false, Some(Ok(long.clone())))))
                .contains("longer than 16 MiB")
        );
    }

    #[test]
    fn there_are_no_more_columns_than_are_read() {
        let mut places = Places::default();
        for at in 0..limits::COLUMNS {
            places.add(at.to_string()).unwrap();
        }
        places.find("one more");
        assert!(places.full && places.add("another".into()).unwrap_err().message.contains("5000 columns"));
    }
}
