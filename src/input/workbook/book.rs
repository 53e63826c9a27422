//! One face for the kinds of workbooks.

use std::fs::File;
use std::io::BufReader;

use calamine::{DataRef, Reader, Sheet, SheetType, Xls, Xlsb, Xlsx};

use super::cells::{self, text};
use super::filled::Cells;
use super::merged::Merged;
use super::{binary, guard, old};
use crate::input::formats::MOST_COLUMNS;
use crate::input::source::Limit;

/// Why a workbook cannot be read.
#[derive(Debug)]
pub(super) enum Fault {
    /// It is harmful, or larger than what is read.
    Limit(Limit),
    /// It is broken, or not what it seems.
    Broken(String),
}

impl Fault {
    pub(super) fn broken(error: impl std::fmt::Display) -> Self {
        Fault::Broken(error.to_string())
    }

    pub(super) fn limit(message: String, help: &'static str) -> Self {
        Fault::Limit(Limit { message, help })
    }
}

/// Takes a filled row by its number, from 0, and says whether it wants more.
pub(super) type Each<'e> = dyn FnMut(u32, &mut Cells) -> bool + 'e;

/// A workbook that is open.
pub(super) trait Book {
    /// Its worksheets, in their order.
    fn names(&self) -> Vec<String>;

    /// Gives the filled rows of a worksheet to `each`.
    fn rows(&mut self, name: &str, each: &mut Each<'_>) -> Result<(), Fault>;

    /// Its merged cells.
    fn merged(&mut self, _name: &str) -> Result<Merged, Fault> {
        Ok(Merged::default())
    }
}

/// The names of sheets that are no chart.
fn worksheets(sheets: &[Sheet]) -> Vec<String> {
    sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet).map(|sheet| sheet.name.clone()).collect()
}

/// Gathers cells to rows.
struct Rows<'e, 'f> {
    each: &'e mut Each<'f>,
    row: u32,
    cells: Cells,
}

impl<'e, 'f> Rows<'e, 'f> {
    fn new(each: &'e mut Each<'f>) -> Self {
        Rows { each, row: 0, cells: Cells::default() }
    }

    /// Adds a cell; `false` where no more rows are wanted.
    fn add(&mut self, (row, column): (u32, u32), write: impl FnOnce(&mut String)) -> Result<bool, Fault> {
        if row != self.row && !self.end() {
            return Ok(false);
        }
        self.row = row;
        self.cells.put(column, write);
        if self.cells.len() > MOST_COLUMNS {
            let message = format!("row {} has more than {MOST_COLUMNS} filled cells", row + 1);
            return Err(Fault::limit(message, "delete the columns that are not needed, and save it again"));
        }
        Ok(true)
    }

    /// Ends the row; `false` where no more are wanted.
    fn end(&mut self) -> bool {
        let more = self.cells.is_empty() || (self.each)(self.row, &mut self.cells);
        self.cells.clear();
        more
    }
}

/// Opens a workbook of today's Excel.
pub(super) fn xlsx(source: File) -> Result<Box<dyn Book>, Fault> {
    let has_merged = guard::zip(&source, b"<mergeCell ")?.merged;
    let book = Xlsx::new(BufReader::new(source)).map_err(Fault::broken)?;
    Ok(Box::new(OfXlsx { book, has_merged }))
}

struct OfXlsx {
    book: Xlsx<BufReader<File>>,
    /// Whether any worksheet has merged cells: to look for them takes a pass over it.
    has_merged: bool,
}

impl Book for OfXlsx {
    fn names(&self) -> Vec<String> {
        worksheets(self.book.sheets_metadata())
    }

    fn rows(&mut self, name: &str, each: &mut Each<'_>) -> Result<(), Fault> {
        let mut cells = self.book.worksheet_cells_reader(name).map_err(Fault::broken)?;
        let mut rows = Rows::new(each);
        while let Some(cell) = cells.next_cell().map_err(Fault::broken)? {
            let at = cell.get_position();
            let value = cell.get_value();
            if !matches!(value, DataRef::Empty) && !rows.add(at, |out| cells::write(value, out))? {
                return Ok(());
            }
        }
        rows.end();
        Ok(())
    }

    fn merged(&mut self, name: &str) -> Result<Merged, Fault> {
        if !self.has_merged {
            return Ok(Merged::default());
        }
        self.book.merge_cells_by_sheet_name(name).map(Merged::new).map_err(Fault::broken)
    }
}

/// Opens a binary workbook.
pub(super) fn xlsb(source: File) -> Result<Box<dyn Book>, Fault> {
    let has_merged = guard::zip(&source, b"<mergeCell ")?.merged;
    let parts = source.try_clone().map_err(Fault::broken)?;
    let book = Xlsb::new(BufReader::new(source)).map_err(Fault::broken)?;
    Ok(Box::new(OfXlsb { book, parts, has_merged }))
}

struct OfXlsb {
    book: Xlsb<BufReader<File>>,
    /// The same file: its parts are looked at while no cells are read.
    parts: File,
    has_merged: bool,
}

impl Book for OfXlsb {
    fn names(&self) -> Vec<String> {
        worksheets(self.book.sheets_metadata())
    }

    fn rows(&mut self, name: &str, each: &mut Each<'_>) -> Result<(), Fault> {
        let mut cells = self.book.worksheet_cells_reader(name).map_err(Fault::broken)?;
        let mut rows = Rows::new(each);
        while let Some(cell) = cells.next_cell().map_err(Fault::broken)? {
            if !rows.add(cell.get_position(), |out| cells::write(cell.get_value(), out))? {
                return Ok(());
            }
        }
        rows.end();
        Ok(())
    }

    fn merged(&mut self, name: &str) -> Result<Merged, Fault> {
        if !self.has_merged {
            return Ok(Merged::default());
        }
        binary::merged(&self.parts, name).map(Merged::new)
    }
}

/// Opens a workbook of Excel 97 to 2003, which is read whole.
pub(super) fn xls(source: File) -> Result<Box<dyn Book>, Fault> {
    old::look(&source)?;
    let book = Xls::new(BufReader::new(source)).map_err(Fault::broken)?;
    Ok(Box::new(OfXls(book)))
}

struct OfXls(Xls<BufReader<File>>);

impl Book for OfXls {
    fn names(&self) -> Vec<String> {
        worksheets(self.0.sheets_metadata())
    }

    fn rows(&mut self, name: &str, each: &mut Each<'_>) -> Result<(), Fault> {
        let range = self.0.worksheet_range(name).map_err(Fault::broken)?;
        let Some((top, left)) = range.start() else { return Ok(()) };
        let mut rows = Rows::new(each);
        for (row, column, value) in range.used_cells() {
            if !rows.add((top + row as u32, left + column as u32), |out| out.push_str(&text(value)))? {
                return Ok(());
            }
        }
        rows.end();
        Ok(())
    }

    fn merged(&mut self, name: &str) -> Result<Merged, Fault> {
        self.0.merge_cells_by_sheet_name(name).map(Merged::new).map_err(Fault::broken)
    }
}
