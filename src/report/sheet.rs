//! Sheets for people to fill: one row a note, as a workbook (XLSX) and as CSV.
//!
//! The same rows give the same bytes.

use std::io;

use super::workbook::{self, Cell, Table, Use};
use crate::text::cell;

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// A short value.
    Value,
    /// Long text, wrapped.
    Text,
    /// A reviewer's answer, chosen from a list.
    Mark,
    /// Words of the reviewer.
    Remark,
}

/// A sheet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sheet {
    /// Name of the workbook's tab.
    pub tab: String,
    /// What the sheet is, for the workbook's properties.
    pub title: String,
    /// What may be done with it, for the workbook's properties.
    pub about: String,
    /// The columns: header and what they are for.
    pub columns: Vec<(String, Column)>,
    /// The rows, a cell a column.
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    /// The sheet as CSV: UTF-8, comma, quoted where needed, rows ended by a line feed; text that a spreadsheet would take for a
    /// formula has an apostrophe before it.
    ///
    /// # Errors
    /// None that comes of the cells.
    pub fn csv(&self) -> io::Result<Vec<u8>> {
        let mut csv = csv::Writer::from_writer(Vec::new());
        csv.write_record(self.columns.iter().map(|(header, _)| header))?;
        for row in &self.rows {
            csv.write_record(row.iter().map(|text| cell::guard(text).into_owned()))?;
        }
        csv.into_inner().map_err(|error| io::Error::other(error.to_string()))
    }

    /// The sheet as a workbook: long text is wrapped, marks are chosen from a list. Every cell is text.
    ///
    /// # Errors
    /// More rows or columns than a workbook holds.
    pub fn xlsx(&self) -> io::Result<Vec<u8>> {
        let usage = |column: &Column| match column {
            Column::Value => Use::Value,
            Column::Text => Use::Long,
            Column::Mark => Use::Mark,
            Column::Remark => Use::Remark,
        };
        let columns = self.columns.iter().map(|(header, column)| (header.clone(), usage(column))).collect();
        let rows = Box::new(self.rows.iter().map(|row| row.iter().map(Cell::text).collect()));
        workbook::write(vec![Table { tab: self.tab.clone(), columns, rows }], &self.title, &self.about, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(rows: &[[&str; 2]]) -> Sheet {
        Sheet {
            tab: "random".into(),
            columns: vec![("note".into(), Column::Text), ("judgement".into(), Column::Mark)],
            rows: rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect(),
            ..Sheet::default()
        }
    }

    #[test]
    fn the_same_rows_give_the_same_bytes() {
        let sheet = sheet(&[["=1+1", ""], ["two\nlines, \"quoted\"", "pass"]]);
        assert_eq!(sheet.xlsx().unwrap(), sheet.xlsx().unwrap());
        let csv = String::from_utf8(sheet.csv().unwrap()).unwrap();
        assert_eq!(csv, "note,judgement\n'=1+1,\n\"two\nlines, \"\"quoted\"\"\",pass\n");
    }

    #[test]
    fn an_empty_sheet_is_written() {
        assert!(sheet(&[]).xlsx().is_ok());
    }
}
