//! The one list of input formats, and how the format of a file is told.

use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};

use super::decode::{self, Decoded};
use super::raw::Tape;
use super::source::{self, CONTAINERS, Source};
use super::{InputError, Options, Row, Rows, Vocabulary, columnar, csv, json, workbook};
use crate::model::{Problem, Role};
use crate::yaml::schema;

/// Most columns of a table.
pub(super) const MOST_COLUMNS: usize = 5_000;
/// Longest record, in bytes: a line, a row with its quoted cells, an object.
pub(super) const LONGEST_RECORD: usize = 16 << 20;

/// An input format.
pub struct Format {
    /// Name, as in messages.
    pub name: &'static str,
    /// File name endings that a folder or an archive is searched for.
    pub endings: &'static [&'static str],
    /// What is read of it, and how.
    pub about: &'static str,
    kind: Kind,
}

/// What a format's reader needs.
enum Kind {
    /// Text in some encoding.
    Text {
        /// Whether the first part, decoded, looks like it.
        sniff: fn(&str) -> bool,
        open: fn(&str, decode::Decoded, &Wanted<'_>) -> Result<Table, InputError>,
    },
    /// A file to seek in.
    Binary { sniff: fn(&Start<'_>) -> bool, open: fn(&str, File, &Wanted<'_>) -> Result<Table, InputError> },
}

/// How a binary file starts.
pub(super) struct Start<'s> {
    /// Its first bytes.
    pub(super) bytes: &'s [u8],
    /// Names of its members, where it is a zip archive.
    pub(super) members: &'s [String],
}

/// What is wanted of a table.
pub(super) struct Wanted<'w> {
    pub(super) options: &'w Options,
    pub(super) vocabulary: &'w Vocabulary,
    /// The part without which the table is of no use.
    pub(super) needed: Role,
    /// Whether rows that a spreadsheet cut short are filled up.
    pub(super) saved: bool,
}

/// A table with its headers and rows.
pub(super) struct Table {
    pub(super) headers: Vec<String>,
    pub(super) rows: Rows,
    /// What was understood of the form, for `acw columns`: `delimiter ;`.
    pub(super) form: String,
    pub(super) remarks: Remarks,
}

/// What a reader has to say of a file beside its rows; known when the file was read to its end.
#[derive(Debug, Clone, Default)]
pub(super) struct Remarks {
    own: Arc<Mutex<Vec<Problem>>>,
    /// Those of what lies below the reader.
    below: Option<Box<Remarks>>,
}

impl Remarks {
    pub(super) fn add(&self, problem: Problem) {
        if let Ok(mut remarks) = self.own.lock() {
            remarks.push(problem);
        }
    }

    /// Adds what is said, now or later, by what lies below.
    pub(super) fn with(&mut self, below: Remarks) {
        self.below = Some(Box::new(below));
    }

    pub(super) fn all(&self) -> Vec<Problem> {
        let mut all = self.below.as_ref().map(|below| below.all()).unwrap_or_default();
        all.extend(self.own.lock().map(|remarks| remarks.clone()).unwrap_or_default());
        all
    }
}

/// The one list of formats; the first that knows the file reads it.
pub const FORMATS: &[Format] = &[
    Format {
        name: "XLSX",
        endings: &["xlsx", "xlsm"],
        about: "streamed; first worksheet with notes or `--worksheet`, header below title rows, merged cells, dates as ISO",
        kind: Kind::Binary { sniff: workbook::sniff_xlsx, open: workbook::open_xlsx },
    },
    Format {
        name: "XLSB",
        endings: &["xlsb"],
        about: "streamed; as XLSX",
        kind: Kind::Binary { sniff: workbook::sniff_xlsb, open: workbook::open_xlsb },
    },
    Format {
        name: "ODS",
        endings: &["ods"],
        about: "streamed; as XLSX",
        kind: Kind::Binary { sniff: workbook::sniff_ods, open: workbook::open_ods },
    },
    Format {
        name: "XLS",
        endings: &["xls"],
        about: "whole (Excel 97 to 2003); as XLSX",
        kind: Kind::Binary { sniff: workbook::sniff_xls, open: workbook::open_xls },
    },
    Format {
        name: "Parquet",
        endings: &["parquet", "pq"],
        about: "page by page; leaf columns by path (`comment.body`, `participants.0.name`), Snappy, gzip, Zstandard, LZ4, Brotli",
        kind: Kind::Binary {
            sniff: |start| columnar::sniff_parquet(start.bytes),
            open: |file, source, _| columnar::open_parquet(file, source),
        },
    },
    Format {
        name: "Arrow IPC",
        endings: &["arrow", "feather", "arrows"],
        about: "batch by batch; file or stream, as Parquet",
        kind: Kind::Binary {
            sniff: |start| columnar::sniff_arrow(start.bytes),
            open: |file, source, _| columnar::open_arrow(file, source),
        },
    },
    Format {
        name: "JSON lines",
        endings: &["jsonl", "ndjson"],
        about: "streamed; one object a line, nested objects flattened by path (`comment.body`)",
        kind: Kind::Text { sniff: json::sniff_lines, open: json::open_lines },
    },
    Format {
        name: "JSON",
        endings: &["json"],
        about: "streamed; an array of objects, an object that holds one (`entries`, `data.items`), objects under keys of their own, one after the other, one object",
        kind: Kind::Text { sniff: json::sniff_document, open: json::open_document },
    },
    Format {
        name: "CSV",
        endings: &["csv", "tsv", "tab", "txt"],
        about: "streamed; delimiter `,` `;` tab `|` `^` `~` or U+001F (rarer ones where they make a known header), quotes `\"` or `'`, doubled or behind `\\`, line ends LF, CRLF or CR, `sep=`, header below title lines",
        kind: Kind::Text { sniff: csv::sniff, open: csv::open },
    },
];

/// The formats and containers as a table in Markdown, as the README has it.
pub fn formats_in_markdown() -> String {
    let rows = FORMATS.iter().map(|format| (format.name, format.endings, format.about));
    let rows = rows.chain(CONTAINERS.iter().map(|container| (container.name, container.endings, container.about)));
    let mut table = String::from("| form | files in folders | how it is read |\n| --- | --- | --- |\n");
    for (name, endings, about) in rows {
        let endings: Vec<String> = endings.iter().map(|ending| format!("`.{ending}`")).collect();
        let about = about.replace('|', "\\|");
        table += &format!("| {name} | {} | {about} |\n", endings.join(" "));
    }
    table
}

/// A file whose format is known.
pub(super) struct Opened {
    pub(super) format: &'static str,
    /// The encoding, and why it is thought so.
    pub(super) encoding: (String, &'static str),
    pub(super) table: Table,
    /// Whether rows are numbered as a spreadsheet does.
    pub(super) is_workbook: bool,
}

/// Opens what `source` holds, in whatever format and containers; messages call it `file`.
///
/// # Errors
/// Whatever makes the whole file unusable.
pub(super) fn open(file: &str, source: Source, wanted: &Wanted<'_>) -> Result<Opened, InputError> {
    let unpacked = source::unpack(file, source)?;
    let start = Start { bytes: &unpacked.start, members: &unpacked.members };
    let binary = FORMATS.iter().find_map(|format| match format.kind {
        Kind::Binary { sniff, open } if sniff(&start) => Some((format, open)),
        _ => None,
    });
    let mut opened = match binary {
        Some((format, open)) => {
            let source = unpacked.source.into_file().map_err(|error| super::cannot_read(file, &error))?;
            let encoding = ("Unicode".to_owned(), "as the format has it");
            Opened { format: format.name, encoding, table: open(file, source, wanted)?, is_workbook: true }
        }
        None if !unpacked.members.is_empty() => {
            return Err(unknown(file, "this is a document of a kind that is not read"));
        }
        None => open_text(file, unpacked.source, wanted)?,
    };
    if !unpacked.containers.is_empty() {
        opened.table.form = format!("{} in {}", opened.table.form, unpacked.containers.join(" in "));
    }
    Ok(opened)
}

fn open_text(file: &str, source: Source, wanted: &Wanted<'_>) -> Result<Opened, InputError> {
    let tape = wanted.options.keep_rejected.then(Tape::default);
    let stream = source.into_stream();
    let stream = match &tape {
        Some(tape) => tape.below(stream),
        None => stream,
    };
    let mut decoded = decode::decode(file, stream, wanted.options.encoding.as_deref())?;
    if let Some(tape) = tape {
        decoded.reader = tape.above(decoded.reader, &decoded.encoding, decoded.verbatim);
        decoded.tape = Some(tape);
    }
    if decoded.head.trim().is_empty() {
        return Err(InputError::Empty { file: file.to_owned() });
    }
    if !wanted.options.one_note && decoded.head.trim_start().starts_with('<') {
        return Err(unknown(file, "this is HTML or XML, whatever its name says"));
    }
    if wanted.options.one_note {
        return one_note(file, decoded);
    }
    let text = FORMATS.iter().find_map(|format| match format.kind {
        Kind::Text { sniff, open } if sniff(&decoded.head) => Some((format, open)),
        _ => None,
    });
    let Some((format, open)) = text else {
        return Err(unknown(file, "this is no text of a form that is read"));
    };
    let encoding = (decoded.encoding.clone(), decoded.reason);
    let said = decoded.remarks.clone();
    let mut table = open(file, decoded, wanted)?;
    table.remarks.with(said);
    Ok(Opened { format: format.name, encoding, table, is_workbook: false })
}

/// The text of one note, as an editor holds it: a table of one cell.
fn one_note(file: &str, decoded: Decoded) -> Result<Opened, InputError> {
    let mut bytes = Vec::new();
    let read = decoded.reader.take(LONGEST_RECORD as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| super::cannot_read(file, &error))?;
    let refused = |message: String, help: &str| InputError::Form { file: file.into(), message, help: help.into() };
    if bytes.len() > LONGEST_RECORD {
        let message = format!("this is larger than {} MiB, which is no note", LONGEST_RECORD >> 20);
        return Err(refused(message, "leave --one-note out where the file is a table of notes"));
    }
    let text = String::from_utf8(bytes).map_err(|_| {
        let message = format!("it holds bytes that are not in {}", decoded.encoding);
        refused(message, "name its encoding with --encoding, or save it as UTF-8")
    })?;
    let cell = text.trim_end_matches(['\n', '\r']).to_owned();
    let table = Table {
        headers: vec![Role::Note.name().to_owned()],
        rows: Box::new(std::iter::once(Row::Fields(1, [cell].into_iter().collect()))),
        form: "the text of one note".into(),
        remarks: decoded.remarks,
    };
    Ok(Opened { format: "one note", encoding: (decoded.encoding, decoded.reason), table, is_workbook: false })
}

fn unknown(file: &str, message: &str) -> InputError {
    let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
    InputError::Form {
        file: file.to_owned(),
        message: message.to_owned(),
        help: format!("open it in the program that wrote it and export it as one of {}", names.join(", ")),
    }
}

/// Refuses a table with too many columns.
pub(super) fn check_width(file: &str, columns: usize) -> Result<(), InputError> {
    if columns <= MOST_COLUMNS {
        return Ok(());
    }
    Err(InputError::Form {
        file: file.to_owned(),
        message: format!("the header has {columns} columns; at most {MOST_COLUMNS} are read"),
        help: "export only the columns that are needed; check that the delimiter is none that stands in the text"
            .into(),
    })
}

/// The sign between the fields of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Delimiter(u8);

schema!(Delimiter, "Delimiter", {
    "description": "The sign between the fields of a line: one that is no letter, digit or quote, or `tab`.",
    "type": "string",
    "pattern": "^(tab|\\\\t|[^A-Za-z0-9\"'\r\n])$",
    "examples": [",", ";", "tab", "|"],
});

impl Delimiter {
    pub(super) const fn new(sign: u8) -> Self {
        Delimiter(sign)
    }

    pub(super) fn byte(self) -> u8 {
        self.0
    }
}

impl std::str::FromStr for Delimiter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.as_bytes() {
            b"tab" | b"\\t" => Ok(Delimiter(b'\t')),
            [sign] if sign.is_ascii() && !sign.is_ascii_alphanumeric() && !b"\"'\r\n\0".contains(sign) => {
                Ok(Delimiter(*sign))
            }
            _ => Err(format!("`{text}` is no delimiter: give one sign such as `;`, or `tab`")),
        }
    }
}

impl TryFrom<String> for Delimiter {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Delimiter> for String {
    fn from(delimiter: Delimiter) -> String {
        match delimiter.0 {
            b'\t' => "tab".into(),
            sign => char::from(sign).to_string(),
        }
    }
}

impl fmt::Display for Delimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            b'\t' => f.write_str("tab"),
            0x1f => f.write_str("U+001F"),
            sign => write!(f, "{}", char::from(sign)),
        }
    }
}
