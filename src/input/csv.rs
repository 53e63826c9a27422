//! CSV with any usual delimiter.

use std::io::Read;

use super::raw::Tape;
use super::{InputError, Raw, Rejected, Row, Rows, Table, decode::Decoded};
use crate::model::Problem;

/// Delimiters that exports use, likeliest first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Anything that is no JSON is taken for CSV.
pub(super) fn sniff(head: &str) -> bool {
    !head.trim_start().starts_with(['{', '['])
}

/// Opens a CSV file: the first record is the header.
pub(super) fn open(file: &str, decoded: Decoded) -> Result<Table, InputError> {
    open_with(file, decoded, false)
}

/// Opens a CSV file that people saved from a spreadsheet, which leaves out delimiters behind the last filled cell of a row:
/// short rows are filled up with empty fields, where nothing speaks for a quotation mark that is not closed.
pub(super) fn open_saved(file: &str, decoded: Decoded) -> Result<Table, InputError> {
    open_with(file, decoded, true)
}

fn open_with(file: &str, decoded: Decoded, fill: bool) -> Result<Table, InputError> {
    let mut reader = decoded.reader;
    // Excel's hint line.
    let hint = decoded.head.lines().next().and_then(|line| line.trim().strip_prefix("sep=").map(str::to_owned));
    let delimiter = match &hint {
        Some(sign) => sign.bytes().next().unwrap_or(b'\t'),
        None => delimiter(&decoded.head),
    };
    if hint.is_some() {
        skip_line(&mut reader);
    }
    let skipped = decoded.tape.as_ref().map_or(0, Tape::given);
    let mut csv = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).has_headers(false).from_reader(reader);
    let mut record = csv::ByteRecord::new();
    let first = csv.read_byte_record(&mut record).map_err(|error| unreadable(file, &error))?;
    if !first {
        return Err(InputError::Empty { file: file.to_owned() });
    }
    let headers: Vec<String> = record.iter().map(|field| String::from_utf8_lossy(field).trim().to_owned()).collect();
    let form = match delimiter {
        b'\t' => "delimiter tab".to_owned(),
        sign => format!("delimiter {}", char::from(sign)),
    };
    let rows: Rows = Box::new(CsvRows {
        csv,
        file: file.to_owned(),
        width: headers.len(),
        fill: fill.then_some(delimiter),
        record: csv::ByteRecord::new(),
        ended: false,
        before: u64::from(hint.is_some()) + u64::from(two_signs(&decoded.head)),
        tape: decoded.tape.map(|tape| (tape, skipped)),
    });
    Ok(Table { headers, rows, form })
}

fn unreadable(file: &str, error: &csv::Error) -> InputError {
    InputError::Io { file: file.to_owned(), message: format!("cannot be read: {error}") }
}

/// Reads up to and with the first line end.
fn skip_line(reader: &mut impl Read) {
    let mut byte = [0];
    while matches!(reader.read(&mut byte), Ok(1)) && byte[0] != b'\n' {}
}

/// Whether lines end with carriage return and line feed: the CSV reader stops between the two and counts the line with the next row.
fn two_signs(head: &str) -> bool {
    head.split_once('\n').is_some_and(|(line, _)| line.ends_with('\r'))
}

/// The delimiter with which most of the first records have as many fields as the header.
fn delimiter(head: &str) -> u8 {
    let fit = |delimiter: u8| {
        let mut csv = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .has_headers(false)
            .from_reader(head.as_bytes());
        let widths: Vec<usize> = csv.byte_records().take(30).flatten().map(|r| r.len()).collect();
        let width = widths.first().copied().unwrap_or(1);
        let same = widths.iter().filter(|w| **w == width).count();
        if width < 2 { 0 } else { same * 1000 / widths.len() * 10 + width.min(9) }
    };
    DELIMITERS.into_iter().rev().max_by_key(|d| fit(*d)).unwrap_or(b',')
}

struct CsvRows {
    csv: csv::Reader<Box<dyn Read + Send>>,
    file: String,
    width: usize,
    /// The delimiter, where short rows are filled up.
    fill: Option<u8>,
    record: csv::ByteRecord,
    ended: bool,
    /// What is missing in the CSV reader's number of a line.
    before: u64,
    /// Keeps the rows as they stand in the file; what was read of the text before the CSV reader began.
    tape: Option<(Tape, u64)>,
}

impl CsvRows {
    /// The row that was read last, as it stands in the file; of one that was not read to its end, what is there.
    fn raw(&self, whole: bool) -> Option<Raw> {
        let (tape, skipped) = self.tape.as_ref()?;
        let end = if whole { skipped + self.csv.position().byte() } else { u64::MAX };
        tape.row(skipped + self.record.position()?.byte(), end)
    }

    /// Fills up a short row whose last field cannot have swallowed what is missing.
    fn fill(&mut self) {
        let Some(delimiter) = self.fill else { return };
        let last = self.record.iter().next_back().unwrap_or_default();
        if !last.iter().any(|byte| *byte == delimiter || *byte == b'\n') {
            while self.record.len() < self.width {
                self.record.push_field(b"");
            }
        }
    }
}

impl Iterator for CsvRows {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        if self.ended {
            return None;
        }
        let read = self.csv.read_byte_record(&mut self.record);
        self.fill();
        let line = self.record.position().map_or_else(|| self.csv.position().line(), csv::Position::line) + self.before;
        if let (Some((tape, skipped)), Some(position)) = (&self.tape, self.record.position()) {
            tape.let_go(skipped + position.byte());
        }
        let whole = read.is_ok();
        self.ended = !whole;
        let problem = |message: String, help: &str| {
            let problem = Problem { file: self.file.clone(), line: Some(line), message, help: help.to_owned() };
            Some(Row::Unreadable(Rejected { problem, raw: self.raw(whole).map(Box::new) }))
        };
        match read {
            Ok(false) => None,
            Err(error) => problem(format!("reading stopped here: {error}"), "check that the file is complete"),
            Ok(true) if self.record.len() != self.width => {
                // A file that ends inside quotes gives one long last record.
                let message = format!("the row has {} fields, the header {}", self.record.len(), self.width);
                problem(
                    message,
                    "look for a quotation mark that is not closed, or a delimiter inside a text without quotes",
                )
            }
            Ok(true) => {
                let fields: Result<Vec<String>, _> =
                    self.record.iter().map(|field| std::str::from_utf8(field).map(str::to_owned)).collect();
                match fields {
                    Ok(fields) => Some(Row::Fields(line, fields)),
                    Err(_) => problem("the row is not valid UTF-8".into(), "give the file's encoding with --encoding"),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_the_one_that_fits_most_rows() {
        assert_eq!(delimiter("a;b;c\n1,5;2;\"x;y\"\n3;4,4;z\n"), b';');
        assert_eq!(delimiter("a\tb\n1, 2\tx\n"), b'\t');
        assert_eq!(delimiter("note\nonly one column, with commas\n"), b',');
    }
}
