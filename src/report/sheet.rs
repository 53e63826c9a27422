//! Sheets for people to fill: one row a note, as a workbook (XLSX) and as CSV.
//!
//! The same rows give the same bytes: a workbook states no time of writing.

use std::io;

use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder,
    Workbook, XlsxError,
};

use crate::model::Answer;
use crate::text::cell;

/// Longest text of a workbook's cell, in characters.
const LONGEST: usize = 32_767;

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
    /// Name of the workbook's tab; at most 31 characters, none of `[ ] : * ? / \`.
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

    /// The sheet as a workbook: the header stays in view, long text is wrapped, marks are chosen from a list. Every cell is text.
    ///
    /// # Errors
    /// More rows or columns than a workbook holds.
    pub fn xlsx(&self) -> io::Result<Vec<u8>> {
        self.workbook().map_err(io::Error::other)
    }

    fn workbook(&self) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = Workbook::new();
        let written = ExcelDateTime::from_ymd(2000, 1, 1)?;
        let properties = DocProperties::new().set_title(&self.title).set_comment(&self.about);
        workbook.set_properties(&properties.set_creation_datetime(&written));
        let top = Format::new().set_align(FormatAlign::Top);
        let wrapped = top.clone().set_text_wrap();
        let header = wrapped.clone().set_bold().set_border_bottom(FormatBorder::Thin);
        let sheet = workbook.add_worksheet();
        sheet.set_name(&self.tab)?;
        sheet.set_freeze_panes(1, 1)?;
        sheet.set_landscape();
        sheet.set_print_fit_to_pages(1, 0);
        sheet.set_repeat_rows(0, 0)?;
        let last = self.rows.len() as u32;
        for (at, (name, column)) in self.columns.iter().enumerate() {
            let at = at as u16;
            sheet.write_string_with_format(0, at, name, &header)?;
            sheet.set_column_width(at, width(name, *column))?;
            if *column == Column::Mark && last > 0 {
                sheet.add_data_validation(1, at, last, at, &marks()?)?;
            }
        }
        for (row, cells) in self.rows.iter().enumerate() {
            for (at, ((_, column), text)) in self.columns.iter().zip(cells).enumerate() {
                let format = if matches!(column, Column::Text | Column::Remark) { &wrapped } else { &top };
                // An empty cell is written too: it keeps its form for what people fill in.
                if text.is_empty() {
                    sheet.write_blank(row as u32 + 1, at as u16, format)?;
                } else {
                    sheet.write_string_with_format(row as u32 + 1, at as u16, shortened(text), format)?;
                }
            }
        }
        if let Some(columns) = (self.columns.len() as u16).checked_sub(1) {
            sheet.autofilter(0, 0, last, columns)?;
        }
        workbook.save_to_buffer()
    }
}

/// The drop-down of answers.
fn marks() -> Result<DataValidation, XlsxError> {
    let answers = Answer::ALL.map(Answer::name);
    DataValidation::new()
        .allow_list_strings(&answers)?
        .set_error_style(DataValidationErrorStyle::Stop)
        .set_error_title("Mark")?
        .set_error_message(answers.join(", "))
}

/// In characters of the usual font.
fn width(name: &str, column: Column) -> f64 {
    match column {
        Column::Value => 13.0,
        Column::Text => 80.0,
        Column::Mark => (name.chars().count() as f64 + 3.0).clamp(9.0, 18.0),
        Column::Remark => 24.0,
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some(_) => text.chars().take(LONGEST - 1).chain(['…']).collect(),
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
    fn text_too_long_for_a_cell_is_cut_and_an_empty_sheet_is_written() {
        let long = "客".repeat(LONGEST + 5);
        assert!(sheet(&[[&long, ""]]).xlsx().is_ok() && sheet(&[]).xlsx().is_ok());
        let cut = shortened(&long);
        assert!(cut.chars().count() == LONGEST && cut.ends_with('…'));
    }
}
