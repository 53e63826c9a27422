//! Sheets that people have filled: workbooks (XLSX) and CSV, as tables of text.

use std::path::Path;

use super::InputError;
use super::sheet::{self, Unreadable};
use crate::text::cell;

/// A filled sheet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grid {
    /// The file as the user named it.
    pub file: String,
    /// The headers, without spaces around them.
    pub headers: Vec<String>,
    /// The rows, a cell a header, without those that hold nothing.
    pub rows: Vec<Vec<String>>,
}

impl Grid {
    /// Index of the column of that header.
    pub fn column(&self, header: &str) -> Option<usize> {
        self.headers.iter().position(|known| known == header)
    }
}

/// Reads a filled sheet: of a workbook the worksheet that has a column `note_id`, or a CSV file in any usual encoding with any
/// usual delimiter.
///
/// # Errors
/// A file that cannot be read, or a row of it, or that holds no header.
pub fn read_grid(path: &Path) -> Result<Grid, InputError> {
    let file = path.display().to_string();
    let table = sheet::open(path, &file)?;
    if table.headers.iter().all(String::is_empty) {
        return Err(InputError::Empty { file });
    }
    let mut rows = Vec::with_capacity(table.rows.len());
    for (number, row) in table.rows {
        let unreadable = |fault: Unreadable| InputError::Form {
            file: format!("{file}:{number}"),
            message: fault.message,
            help: fault.help,
        };
        let cells = row.map_err(unreadable)?;
        rows.push(cells.iter().map(|cell| cell::unguard(cell).to_owned()).collect::<Vec<_>>());
    }
    rows.retain(|row| row.iter().any(|cell| !cell.trim().is_empty()));
    rows.iter_mut().for_each(|row| row.resize(table.headers.len(), String::new()));
    let headers = table.headers.into_iter().map(|header| header.trim().to_owned()).collect();
    Ok(Grid { file, headers, rows })
}
