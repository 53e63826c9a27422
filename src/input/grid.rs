//! Sheets that people have filled: workbooks (XLSX) and CSV, as tables of text.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

use calamine::{Data, Reader, Xlsx};

use super::{InputError, Row, csv, decode, io_error};
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

/// Reads a filled sheet: the first tab of a workbook, or a CSV file in any usual encoding with any usual delimiter.
///
/// # Errors
/// A file that cannot be read or holds no header.
pub fn read_grid(path: &Path) -> Result<Grid, InputError> {
    let mut bytes = Vec::new();
    File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)).map_err(|error| io_error(path, &error))?;
    let file = path.display().to_string();
    let (headers, mut rows) = if bytes.starts_with(b"PK") { workbook(&file, bytes)? } else { table(&file, bytes)? };
    let headers: Vec<String> = headers.into_iter().map(|header| header.trim().to_owned()).collect();
    if headers.iter().all(String::is_empty) {
        return Err(InputError::Empty { file });
    }
    rows.retain(|row| row.iter().any(|cell| !cell.trim().is_empty()));
    rows.iter_mut().for_each(|row| row.resize(headers.len(), String::new()));
    Ok(Grid { file, headers, rows })
}

type Cells = (Vec<String>, Vec<Vec<String>>);

fn workbook(file: &str, bytes: Vec<u8>) -> Result<Cells, InputError> {
    let broken = |error: calamine::XlsxError| InputError::Form {
        file: file.to_owned(),
        message: format!("the workbook cannot be read: {error}"),
        help: "save it again as XLSX, or as CSV".into(),
    };
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let range =
        workbook.worksheet_range_at(0).ok_or_else(|| InputError::Empty { file: file.to_owned() })?.map_err(broken)?;
    let mut rows = range.rows().map(|row| row.iter().map(text).collect::<Vec<String>>());
    Ok((rows.next().unwrap_or_default(), rows.collect()))
}

/// A cell as people see it.
fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        other => other.to_string(),
    }
}

fn table(file: &str, bytes: Vec<u8>) -> Result<Cells, InputError> {
    let decoded = decode::decode(file, Box::new(Cursor::new(bytes)), None)?;
    if decoded.head.trim().is_empty() {
        return Err(InputError::Empty { file: file.to_owned() });
    }
    let table = csv::open_saved(file, decoded)?;
    let mut rows = Vec::new();
    for row in table.rows {
        match row {
            Row::Fields(_, fields) => rows.push(fields.iter().map(|field| cell::unguard(field).to_owned()).collect()),
            Row::Unreadable(problem) => {
                let line = problem.line.map_or_else(String::new, |line| format!(":{line}"));
                let file = format!("{}{line}", problem.file);
                return Err(InputError::Form { file, message: problem.message, help: problem.help });
            }
        }
    }
    Ok((table.headers, rows))
}
