//! Workbooks (XLSX): typed tables, one a tab. Text is written as text, so nothing in it is ever taken for a formula; figures are
//! numbers with a form, so that spreadsheets count with them.
//!
//! The same tables give the same bytes: a workbook states no time of writing.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder,
    Workbook, Worksheet, XlsxError,
};

use crate::model::Answer;

/// Longest text of a workbook's cell, in characters.
const LONGEST: usize = 32_767;
/// Longest name of a tab, in characters.
const LONGEST_TAB: usize = 31;
/// Rows of a worksheet behind its header.
const MOST_ROWS: usize = 1_048_575;
/// Seconds of a day, the unit in which spreadsheets keep times.
const DAY: f64 = 86_400.0;

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    /// Nothing, as of what cannot be said.
    Empty,
    /// Words.
    Text(String),
    /// A whole number.
    Count(u64),
    /// Hundredths of a point, shown as points with one decimal.
    Points(i64),
    /// Hundredths of a per cent, shown as per cent with one decimal.
    Share(u32),
    /// Seconds, shown as minutes and seconds.
    Clock(u64),
}

impl Cell {
    /// Words, or nothing.
    pub(super) fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Cell::Empty } else { Cell::Text(text) }
    }

    /// What `make` makes of a value that is there.
    pub(super) fn of<T>(value: Option<T>, make: impl FnOnce(T) -> Cell) -> Self {
        value.map_or(Cell::Empty, make)
    }
}

/// What a column is for; it decides its width and form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// A figure or a short value.
    Value,
    /// A name or a title.
    Name,
    /// Long text, wrapped.
    Long,
    /// A reviewer's answer, chosen from a list.
    Mark,
    /// Words of the reviewer, wrapped.
    Remark,
}

/// One tab.
pub(super) struct Table<'t> {
    /// Its name; what a workbook does not take in it is left out.
    pub(super) tab: String,
    /// The columns: header and use.
    pub(super) columns: Vec<(String, Use)>,
    /// The rows, a cell a column; made as they are written, for there may be as many as findings.
    pub(super) rows: Box<dyn Iterator<Item = Vec<Cell>> + 't>,
}

/// The tables as a workbook: headers stay in view, can be filtered and are printed on every page. Rows that are written wait in
/// nameless files in `scratch`, where it is given, and in memory otherwise.
///
/// # Errors
/// More columns or rows than a workbook holds; a folder in which nothing can be written.
pub(super) fn write(tables: Vec<Table<'_>>, title: &str, about: &str, scratch: Option<&Path>) -> io::Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    let written = ExcelDateTime::from_ymd(2000, 1, 1).map_err(io::Error::other)?;
    let properties = DocProperties::new().set_title(title).set_comment(about);
    workbook.set_properties(&properties.set_creation_datetime(&written));
    if let Some(scratch) = scratch {
        workbook.set_tempdir(scratch).map_err(io::Error::other)?;
    }
    let forms = Forms::new();
    let mut names: Vec<String> = Vec::new();
    for mut table in tables {
        let sheet = match scratch {
            Some(_) => workbook.add_worksheet_with_constant_memory().map_err(io::Error::other)?,
            None => workbook.add_worksheet(),
        };
        let name = free(&table.tab, &names);
        sheet.set_name(&name).map_err(io::Error::other)?;
        names.push(name);
        fill(sheet, &mut table, &forms).map_err(io::Error::other)?;
        if table.rows.next().is_some() {
            let tab = table.tab;
            return Err(io::Error::other(format!("more rows for the tab `{tab}` than a workbook holds, {MOST_ROWS}")));
        }
    }
    workbook.save_to_buffer().map_err(io::Error::other)
}

/// The forms of cells.
struct Forms {
    header: Format,
    top: Format,
    wrapped: Format,
    numbers: HashMap<&'static str, Format>,
}

impl Forms {
    fn new() -> Self {
        let top = Format::new().set_align(FormatAlign::Top);
        let wrapped = top.clone().set_text_wrap();
        let number = |form: &'static str| (form, top.clone().set_num_format(form));
        Forms {
            header: wrapped.clone().set_bold().set_border_bottom(FormatBorder::Thin),
            numbers: HashMap::from(["#,##0", "0.0", "0.0%", "[m]:ss"].map(number)),
            top,
            wrapped,
        }
    }

    fn number(&self, form: &str) -> &Format {
        self.numbers.get(form).unwrap_or(&self.top)
    }
}

fn fill(sheet: &mut Worksheet, table: &mut Table<'_>, forms: &Forms) -> Result<(), XlsxError> {
    sheet.set_freeze_panes(1, 1)?;
    sheet.set_landscape();
    sheet.set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(0, 0)?;
    for (at, (name, usage)) in (0..).zip(&table.columns) {
        sheet.write_string_with_format(0, at, name, &forms.header)?;
        sheet.set_column_width(at, width(name, *usage))?;
    }
    let mut last = 0;
    for (row, cells) in (1..).zip(table.rows.by_ref().take(MOST_ROWS)) {
        last = row;
        for (at, ((_, usage), cell)) in (0..).zip(table.columns.iter().zip(&cells)) {
            let text = if matches!(usage, Use::Long | Use::Remark) { &forms.wrapped } else { &forms.top };
            match cell {
                // An empty cell is written too: it keeps its form for what people fill in.
                Cell::Empty => sheet.write_blank(row, at, text)?,
                Cell::Text(words) => sheet.write_string_with_format(row, at, shortened(words), text)?,
                Cell::Count(count) => sheet.write_number_with_format(row, at, *count as f64, forms.number("#,##0"))?,
                Cell::Points(points) => {
                    sheet.write_number_with_format(row, at, *points as f64 / 100.0, forms.number("0.0"))?
                }
                Cell::Share(share) => {
                    sheet.write_number_with_format(row, at, f64::from(*share) / 10_000.0, forms.number("0.0%"))?
                }
                Cell::Clock(seconds) => {
                    sheet.write_number_with_format(row, at, *seconds as f64 / DAY, forms.number("[m]:ss"))?
                }
            };
        }
    }
    for (at, _) in (0..).zip(&table.columns).filter(|(_, (_, usage))| *usage == Use::Mark && last > 0) {
        sheet.add_data_validation(1, at, last, at, &marks()?)?;
    }
    if let Some(columns) = (table.columns.len() as u16).checked_sub(1) {
        sheet.autofilter(0, 0, last, columns)?;
    }
    Ok(())
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
fn width(name: &str, usage: Use) -> f64 {
    match usage {
        Use::Value => 13.0,
        Use::Name => 26.0,
        Use::Long => 80.0,
        Use::Mark => (name.chars().count() as f64 + 3.0).clamp(9.0, 18.0),
        Use::Remark => 24.0,
    }
}

/// A name that a tab may have.
fn tab(name: &str) -> String {
    let allowed = name.chars().filter(|c| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\'));
    let cut: String = allowed.take(LONGEST_TAB).collect();
    cut.trim_matches(['\'', ' ']).to_owned()
}

/// The name, or with a number behind it where another tab has it: a pack may word two of them alike.
fn free(name: &str, taken: &[String]) -> String {
    let name = tab(name);
    let is_free =
        |name: &str| !name.is_empty() && !taken.iter().any(|other| other.to_lowercase() == name.to_lowercase());
    if is_free(&name) {
        return name;
    }
    let start: String = name.chars().take(LONGEST_TAB - 4).collect();
    (2..).map(|number| format!("{start} {number}").trim().to_owned()).find(|name| is_free(name)).unwrap_or_default()
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

    #[test]
    fn text_too_long_for_a_cell_is_cut() {
        let cut = shortened(&"客".repeat(LONGEST + 5));
        assert!(cut.chars().count() == LONGEST && cut.ends_with('…'));
    }

    #[test]
    fn a_tab_has_a_name_that_workbooks_take() {
        assert_eq!(tab("'Team: north/south [1]?'"), "Team northsouth 1");
        assert_eq!(tab(&"班".repeat(40)).chars().count(), 31);
        let taken = ["Agents".to_owned(), "AGENTS 2".to_owned(), "2".to_owned()];
        assert_eq!((free("agents", &taken), free("[:]", &taken)), ("agents 3".to_owned(), "3".to_owned()));
    }
}
