//! OpenDocument spreadsheets, row by row.

use std::fs::File;
use std::io::BufReader;

use calamine::Dimensions;
use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use super::book::{Book, Each, Fault};
use super::cells::{iso_duration, iso_moment, number};
use super::filled::Cells;
use super::guard;
use super::merged::Merged;
use crate::input::archive::{self, Member};
use crate::input::formats::{LONGEST_RECORD, MOST_COLUMNS};
use crate::input::source::{LARGEST, Stream};

/// Most rows of a worksheet.
const MOST_ROWS: u32 = 1 << 20;

/// Opens an OpenDocument spreadsheet.
pub(super) fn ods(source: File) -> Result<Box<dyn Book>, Fault> {
    let has_merged = guard::zip(&source, b"-spanned=")?.merged;
    let members = archive::members("it", &source).map_err(Fault::broken)?;
    let find = |name: &str| members.iter().find(|member| member.name == name).cloned();
    let content = find("content.xml").ok_or_else(|| Fault::broken("it has no content"))?;
    let mut book = Ods { source, content, names: vec![], has_merged };
    if let Some(manifest) = find("META-INF/manifest.xml")
        && book.mentions(&manifest, "encryption-data")?
    {
        let help = "open it with its password in a spreadsheet program and save it without one";
        return Err(Fault::limit("the workbook needs a password".into(), help));
    }
    book.find_names()?;
    Ok(Box::new(book))
}

struct Ods {
    source: File,
    content: Member,
    names: Vec<String>,
    /// Whether any cell is merged: to look for them takes a pass.
    has_merged: bool,
}

type Xml = Reader<BufReader<Stream>>;

impl Ods {
    fn xml(&self, part: &Member) -> Result<Xml, Fault> {
        let source = self.source.try_clone().map_err(Fault::broken)?;
        let stream = part.open("it", source).map_err(Fault::broken)?;
        let mut xml = Reader::from_reader(BufReader::with_capacity(1 << 16, stream));
        xml.config_mut().expand_empty_elements = true;
        Ok(xml)
    }

    /// Whether a part has an element of that name.
    fn mentions(&self, part: &Member, name: &str) -> Result<bool, Fault> {
        let (mut xml, mut buffer) = (self.xml(part)?, Vec::new());
        loop {
            buffer.clear();
            match xml.read_event_into(&mut buffer).map_err(Fault::broken)? {
                Event::Start(element) if element.local_name().as_ref() == name => return Ok(true),
                Event::Eof => return Ok(false),
                _ => {}
            }
        }
    }

    fn find_names(&mut self) -> Result<(), Fault> {
        let (mut xml, mut buffer) = (self.xml(&self.content)?, Vec::new());
        loop {
            buffer.clear();
            match xml.read_event_into(&mut buffer).map_err(Fault::broken)? {
                Event::Start(element) if element.name().as_ref() == "table:table" => {
                    self.names.push(attribute(&element, "table:name")?.unwrap_or_default());
                }
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    /// Reads a worksheet, cell by cell.
    fn read(&self, name: &str, each: &mut dyn FnMut(Place, Cell) -> Result<bool, Fault>) -> Result<(), Fault> {
        let (mut xml, mut buffer) = (self.xml(&self.content)?, Vec::new());
        // Tables may stand in tables.
        let (mut inside, mut depth) = (false, 0);
        let mut place = Place::default();
        loop {
            buffer.clear();
            match xml.read_event_into(&mut buffer).map_err(Fault::broken)? {
                Event::Start(element) => match element.name().as_ref() {
                    "table:table" if inside => depth += 1,
                    "table:table" => inside = attribute(&element, "table:name")?.as_deref() == Some(name),
                    "table:table-row" if inside && depth == 0 => {
                        place = Place {
                            row: place.row + place.rows,
                            rows: count(&element, "table:number-rows-repeated")?,
                            column: 0,
                        };
                        if place.row >= MOST_ROWS {
                            return Ok(());
                        }
                    }
                    "table:table-cell" | "table:covered-table-cell" if inside && depth == 0 => {
                        let mut cell = Cell::of(&element)?;
                        let end = element.name().as_ref().to_owned();
                        let text = content(&mut xml, &end)?;
                        if cell.text.is_empty() {
                            cell.text = text;
                        }
                        let columns = cell.columns;
                        if !each(place, cell)? {
                            return Ok(());
                        }
                        place.column = place.column.saturating_add(columns);
                    }
                    _ => {}
                },
                Event::End(element) if element.name().as_ref() == "table:table" && inside => {
                    if depth == 0 {
                        return Ok(());
                    }
                    depth -= 1;
                }
                Event::Eof => return if inside { Err(Fault::broken("it ends too early")) } else { Ok(()) },
                _ => {}
            }
        }
    }
}

/// Where a cell stands, and for how many rows its row stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Place {
    row: u32,
    rows: u32,
    column: u32,
}

/// A cell: its text, how many columns it stands for, and over how many rows and columns it is merged.
struct Cell {
    text: String,
    columns: u32,
    spans: (u32, u32),
}

impl Cell {
    fn of(element: &BytesStart<'_>) -> Result<Self, Fault> {
        let value = |name: &str| attribute(element, name);
        let text = if let Some(value) = value("office:date-value")? {
            iso_moment(&value)
        } else if let Some(value) = value("office:time-value")? {
            iso_duration(&value)
        } else if let Some(value) = value("office:boolean-value")?.or(value("office:string-value")?) {
            value
        } else if let Some(value) = value("office:value")? {
            value.parse().map_or(value, number)
        } else {
            String::new()
        };
        Ok(Cell {
            text,
            columns: count(element, "table:number-columns-repeated")?,
            spans: (count(element, "table:number-rows-spanned")?, count(element, "table:number-columns-spanned")?),
        })
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, Fault> {
    let found = element.try_get_attribute(name).map_err(Fault::broken)?;
    found
        .map(|found| found.normalized_value(XmlVersion::Implicit1_0).map(Into::into).map_err(Fault::broken))
        .transpose()
}

/// A number that is 1 where it is not given.
fn count(element: &BytesStart<'_>, name: &str) -> Result<u32, Fault> {
    Ok(attribute(element, name)?.and_then(|count| count.parse().ok()).unwrap_or(1).clamp(1, MOST_ROWS))
}

/// The paragraphs of a cell, up to its end.
fn content(xml: &mut Xml, end: &str) -> Result<String, Fault> {
    let (mut text, mut buffer) = (String::new(), Vec::new());
    let (mut paragraphs, mut comments, mut cells) = (0, 0, 0);
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer).map_err(Fault::broken)? {
            Event::Start(element) => match element.name().as_ref() {
                "office:annotation" => comments += 1,
                name if name == end => cells += 1,
                _ if comments > 0 => {}
                "text:p" | "text:h" => {
                    if paragraphs > 0 {
                        text.push('\n');
                    }
                    paragraphs += 1;
                }
                "text:s" => {
                    let spaces = count(&element, "text:c")?;
                    text.extend(std::iter::repeat_n(' ', spaces as usize));
                }
                "text:tab" => text.push('\t'),
                "text:line-break" => text.push('\n'),
                _ => {}
            },
            Event::End(element) => match element.name().as_ref() {
                "office:annotation" => comments -= 1,
                name if name == end && cells == 0 => return Ok(text),
                name if name == end => cells -= 1,
                _ => {}
            },
            // Between paragraphs stands nothing but the layout of the file.
            Event::Text(part) if paragraphs > 0 && comments == 0 => text.push_str(&part.xml10_content()),
            Event::CData(part) if paragraphs > 0 && comments == 0 => text.push_str(&part.xml10_content()),
            Event::GeneralRef(entity) if comments == 0 => {
                let sign = match entity.resolve_char_ref().map_err(Fault::broken)? {
                    Some(sign) => Some(sign.to_string()),
                    None => quick_xml::escape::resolve_predefined_entity(&entity.xml10_content()).map(str::to_owned),
                };
                text.push_str(&sign.unwrap_or_default());
            }
            Event::Eof => return Err(Fault::broken("it ends too early")),
            _ => {}
        }
        if text.len() > LONGEST_RECORD {
            let help = "open it in a spreadsheet program and save the worksheet as CSV";
            return Err(Fault::limit("a cell of the workbook is longer than 16 MiB".into(), help));
        }
    }
}

impl Book for Ods {
    fn names(&self) -> Vec<String> {
        self.names.clone()
    }

    fn rows(&mut self, name: &str, each: &mut Each<'_>) -> Result<(), Fault> {
        let mut row = Place::default();
        let mut cells = Cells::default();
        let mut given = 0_u64;
        let mut end = |row: Place, cells: &mut Cells| -> Result<bool, Fault> {
            if cells.is_empty() {
                return Ok(true);
            }
            let bytes: usize = cells.texts().map(|cell| cell.len() + 1).sum();
            let own = std::mem::take(cells);
            for number in row.row..row.row.saturating_add(row.rows).min(MOST_ROWS) {
                given += bytes as u64;
                if given > LARGEST {
                    let help = "open it in a spreadsheet program and save the worksheet as CSV";
                    return Err(Fault::limit("the worksheet repeats its rows beyond 1 GiB".into(), help));
                }
                // What is merged is filled in by each.
                if !each(number, &mut own.clone()) {
                    return Ok(false);
                }
            }
            Ok(true)
        };
        let mut more = true;
        self.read(name, &mut |place, cell| {
            if place.row != row.row {
                more = end(row, &mut cells)?;
            }
            row = Place { column: 0, ..place };
            if !cell.text.is_empty() {
                for column in (place.column..place.column.saturating_add(cell.columns)).take(MOST_COLUMNS + 1) {
                    cells.put(column, |out| out.push_str(&cell.text));
                }
            }
            if cells.len() > MOST_COLUMNS {
                let message = format!("row {} has more than {MOST_COLUMNS} filled cells", place.row + 1);
                return Err(Fault::limit(message, "delete the columns that are not needed, and save it again"));
            }
            Ok(more)
        })?;
        if more {
            end(row, &mut cells)?;
        }
        Ok(())
    }

    fn merged(&mut self, name: &str) -> Result<Merged, Fault> {
        let mut ranges = Vec::new();
        if !self.has_merged {
            return Ok(Merged::default());
        }
        self.read(name, &mut |place, cell| {
            if cell.spans != (1, 1) && ranges.len() < 100_000 {
                let (rows, columns) = cell.spans;
                let (row, column) = (place.row, place.column);
                let last = (row.saturating_add(rows - 1), column.saturating_add(columns - 1));
                ranges.push(Dimensions::new((row, column), last));
            }
            Ok(true)
        })?;
        Ok(Merged::new(ranges))
    }
}
