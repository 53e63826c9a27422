//! Exports in, notes out: finds files, encoding, delimiter and columns, and gives one note or one problem a row.

mod columns;
mod csv;
mod dates;
mod decode;
mod feedback;
mod given;
mod grid;
mod jsonl;
mod labelled;
mod manifest;
mod preset;
mod roster;
mod row;
mod sheet;
mod sources;
mod stamp;
mod values;
mod vocabulary;
mod watch;
mod zone;

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

pub use columns::{Assignment, Columns, Part, Place, Recognised};
pub use dates::{DateOrder, Days, unread};
pub use feedback::{Feedback, read_feedback};
pub use given::{Given, Headers};
pub use grid::{Grid, read_grid};
pub use labelled::{Labelled, read_labelled};
pub use manifest::{Drawn, Manifest, Replaced, Stratum};
pub use preset::{Complete, NotePart, Preset, PresetSpec, Sign};
pub use roster::{Worked, read_roster};
pub use sheet::{Sheet, SheetRow, read_sheets};
pub use sources::Sources;
pub use values::{Unit, seconds};
pub use vocabulary::Vocabulary;
pub use zone::Zone;

use serde::{Deserialize, Serialize};

use crate::model::{Note, Origin, Problem, Role};

/// Rows that are looked at before it is decided how a column is read.
const LOOKED_AT: usize = 1_000;

/// What a format's reader gives: rows as fields in the order of the headers, with their line.
type Rows = Box<dyn Iterator<Item = Row> + Send>;

/// One row of an export.
enum Row {
    /// Line and fields.
    Fields(u64, Vec<String>),
    /// What is wrong with the row.
    Unreadable(Problem),
}

/// A table with its headers and rows.
struct Table {
    headers: Vec<String>,
    rows: Rows,
    /// What was understood of the form, for `acw columns`: `delimiter ;`.
    form: String,
}

/// An input format.
pub struct Format {
    /// Name, as in `--format` of other tools and in messages.
    pub name: &'static str,
    /// File name endings that a folder is searched for.
    pub endings: &'static [&'static str],
    /// Whether the first bytes, decoded, look like it.
    sniff: fn(&str) -> bool,
    /// Opens it.
    open: fn(&str, decode::Decoded) -> Result<Table, InputError>,
}

/// The one list of formats; the first whose `sniff` agrees reads the file.
pub const FORMATS: &[Format] = &[
    Format { name: "JSON lines", endings: &["jsonl", "ndjson", "json"], sniff: jsonl::sniff, open: jsonl::open },
    Format { name: "CSV", endings: &["csv", "tsv", "tab", "txt"], sniff: csv::sniff, open: csv::open },
];

/// Why an export cannot be read at all.
#[derive(Debug, PartialEq, Eq)]
pub enum InputError {
    /// The file or folder cannot be opened or read.
    Io {
        /// The file.
        file: String,
        /// What the system says.
        message: String,
    },
    /// The folder holds no export.
    NothingInFolder {
        /// The folder.
        folder: String,
    },
    /// The file holds no rows.
    Empty {
        /// The file.
        file: String,
    },
    /// The encoding that was asked for does not exist, or the file is in none.
    Encoding {
        /// The file.
        file: String,
        /// What is wrong.
        message: String,
        /// What to do.
        help: String,
    },
    /// The columns cannot be understood.
    Columns {
        /// The file.
        file: String,
        /// What is wrong.
        message: String,
        /// The headers found.
        headers: Vec<String>,
        /// What to do.
        help: String,
    },
    /// The form of the file is not one that is read.
    Form {
        /// The file.
        file: String,
        /// What is wrong.
        message: String,
        /// What to do.
        help: String,
    },
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InputError::Io { file, message } => {
                write!(f, "{file}: {message}\n  help: check the name and the right to read it")
            }
            InputError::NothingInFolder { folder } => {
                let endings: Vec<&str> = FORMATS.iter().flat_map(|format| format.endings).copied().collect();
                write!(
                    f,
                    "{folder}: the folder holds no export\n  help: files that end in {} are read",
                    endings.join(", ")
                )
            }
            InputError::Empty { file } => write!(
                f,
                "{file}: the file holds no rows\n  help: export it again, with a header and at least one note"
            ),
            InputError::Encoding { file, message, help } | InputError::Form { file, message, help } => {
                write!(f, "{file}: {message}\n  help: {help}")
            }
            InputError::Columns { file, message, headers, help } => {
                write!(f, "{file}: {message}\n  headers found: {}\n  help: {help}", headers.join(" | "))
            }
        }
    }
}

impl std::error::Error for InputError {}

/// How to read the exports.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Options {
    /// Label of the encoding, where the user names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Columns that the user names.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "given::by_role")]
    pub columns: Vec<Given>,
    /// Code of the language of notes that state none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// In what order days are written, where the user says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_order: Option<DateOrder>,
    /// Where days are counted, of moments that tell their offset; absent: as they are written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<Zone>,
    /// Name of the preset, or `none`; absent: told by the headers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preset: Option<String>,
}

impl Options {
    /// These, and the others where these say nothing: of a column, role by role.
    pub fn over(self, mut others: Options) -> Options {
        others.columns.retain(|given| !self.columns.iter().any(|own| own.role == given.role));
        others.columns.extend(self.columns);
        Options {
            encoding: self.encoding.or(others.encoding),
            columns: others.columns,
            language: self.language.or(others.language),
            date_order: self.date_order.or(others.date_order),
            time_zone: self.time_zone.or(others.time_zone),
            preset: self.preset.or(others.preset),
        }
    }
}

/// An open export.
pub struct Export {
    /// The file as the user named it.
    pub file: String,
    /// Name of the format.
    pub format: &'static str,
    /// What was understood of the form.
    pub form: String,
    /// Encoding, and why it is thought so.
    pub encoding: (String, &'static str),
    /// Which column plays which part.
    pub columns: Columns,
    /// How the days of contacts are read, where an order matters.
    pub days: Option<Days>,
    rows: Rows,
    vocabulary: Vocabulary,
    notices: watch::Notices,
    /// Where what was noticed is kept when the reading ends.
    noticed: Option<watch::Noticed>,
}

fn io_error(path: &Path, error: &io::Error) -> InputError {
    InputError::Io { file: path.display().to_string(), message: format!("cannot be read: {error}") }
}

/// The format of a file, its encoding with why it is thought so, and its text.
fn told(
    file: &str,
    reader: Box<dyn Read + Send>,
    encoding: Option<&str>,
) -> Result<(&'static Format, (String, &'static str), decode::Decoded), InputError> {
    let decoded = decode::decode(file, reader, encoding)?;
    if decoded.head.trim().is_empty() {
        return Err(InputError::Empty { file: file.to_owned() });
    }
    match FORMATS.iter().find(|format| (format.sniff)(&decoded.head)) {
        Some(format) => Ok((format, (decoded.encoding.clone(), decoded.reason), decoded)),
        None => Err(InputError::Form {
            file: file.to_owned(),
            message: "this is no text of a form that is read".into(),
            help: "export it as CSV or as JSON lines (one object a line)".into(),
        }),
    }
}

impl Export {
    /// Opens a file, or standard input for `-`; how its days are written is not looked at.
    ///
    /// # Errors
    /// Whatever makes the whole file unusable; single rows become problems instead.
    fn open(path: &Path, options: &Options, vocabulary: &Vocabulary) -> Result<Self, InputError> {
        let reader: Box<dyn Read + Send> = if path == Path::new("-") {
            Box::new(io::stdin())
        } else {
            Box::new(File::open(path).map_err(|error| io_error(path, &error))?)
        };
        Self::read(path.display().to_string(), reader, options, vocabulary, Role::Note)
    }

    /// Reads an export from `reader`; messages call it `file`.
    fn read(
        file: String,
        reader: Box<dyn Read + Send>,
        options: &Options,
        vocabulary: &Vocabulary,
        needed: Role,
    ) -> Result<Self, InputError> {
        let (format, encoding, decoded) = told(&file, reader, options.encoding.as_deref())?;
        let table = (format.open)(&file, decoded)?;
        let mut columns = Columns::find(&file, &table.headers, options, vocabulary, needed)?;
        let mut rows = table.rows;
        if Role::ALL.into_iter().any(|role| columns.in_hours(role)) {
            let first: Vec<Row> = rows.by_ref().take(LOOKED_AT).collect();
            columns.settle_clocks(first.iter().filter_map(|row| match row {
                Row::Fields(_, fields) => Some(fields),
                Row::Unreadable(_) => None,
            }));
            rows = Box::new(first.into_iter().chain(rows));
        }
        Ok(Export {
            file,
            format: format.name,
            form: table.form,
            encoding,
            columns,
            days: None,
            rows,
            vocabulary: vocabulary.clone(),
            notices: watch::Notices::default(),
            noticed: None,
        })
    }
}

impl Export {
    /// What the rows that were read tell about the whole of it: rows that are missing, identifiers that lost digits, days of
    /// universal time.
    pub fn remarks(&self) -> Vec<Problem> {
        self.notices.remarks(&self.file, &self.columns)
    }

    /// A row as a note, or why it is none.
    fn note(&mut self, line: u64, fields: &[String]) -> Result<Note, Problem> {
        let refused = |message: &str, help: &str| {
            Err(Problem { file: self.file.clone(), line: Some(line), message: message.into(), help: help.into() })
        };
        match self.columns.kind(fields, &self.vocabulary) {
            row::Kind::Footer => refused(
                "the row is no note: it begins as a total does, or as a line below the rows of an export",
                "nothing is to be done, unless rows are missing above it",
            ),
            row::Kind::Nobody => refused(
                "the row has neither agent nor note: nobody took the contact, or nothing was exported of it",
                "nothing is to be done; where agents or notes stand in another column, name it with --column",
            ),
            row::Kind::Note => {
                self.notices.row(fields, &self.columns, &self.vocabulary);
                Ok(self.columns.note(Origin { file: self.file.clone(), line }, fields, &self.vocabulary))
            }
        }
    }
}

impl Drop for Export {
    fn drop(&mut self) {
        if let Some(mut noticed) = self.noticed.as_ref().and_then(|noticed| noticed.lock().ok()) {
            noticed.insert(self.file.clone(), self.remarks());
        }
    }
}

impl Iterator for Export {
    type Item = Result<Note, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(match self.rows.next()? {
            Row::Unreadable(problem) => Err(problem),
            Row::Fields(line, fields) => self.note(line, &fields),
        })
    }
}
