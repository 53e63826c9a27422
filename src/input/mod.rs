//! Exports in, notes out: finds files, encoding, delimiter and columns, and gives one note or one problem a row.

mod columns;
mod csv;
mod dates;
mod decode;
mod feedback;
mod grid;
mod jsonl;
mod labelled;
mod manifest;
mod roster;
mod sheet;
mod sources;
mod values;
mod vocabulary;
mod watch;

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

pub use columns::{Assignment, Columns, Given};
pub use dates::{DateOrder, Days, unread};
pub use feedback::{Feedback, read_feedback};
pub use grid::{Grid, read_grid};
pub use labelled::{Labelled, read_labelled};
pub use manifest::{Drawn, Manifest, Replaced, Stratum};
pub use roster::{Worked, read_roster};
pub use sheet::{Sheet, SheetRow, read_sheets};
pub use sources::Sources;
pub use values::seconds;
pub use vocabulary::Vocabulary;
pub use watch::Watch;

use serde::{Deserialize, Serialize};

use crate::model::{Note, Origin, Problem, Role};

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
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "columns::by_role")]
    pub columns: Vec<Given>,
    /// Code of the language of notes that state none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// In what order days are written, where the user says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_order: Option<DateOrder>,
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
    default_language: Option<String>,
    vocabulary: Vocabulary,
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
        let columns = Columns::find(&file, &table.headers, &options.columns, vocabulary, needed)?;
        Ok(Export {
            file,
            format: format.name,
            form: table.form,
            encoding,
            columns,
            days: None,
            rows: table.rows,
            default_language: options.language.clone(),
            vocabulary: vocabulary.clone(),
        })
    }
}

/// Longest note that is audited, in characters: a cell of a spreadsheet holds as many. What is longer was not typed after a call,
/// and judging it takes minutes.
const LONGEST_NOTE: usize = 32_767;

fn too_long(origin: Origin) -> Problem {
    Problem {
        file: origin.file,
        line: Some(origin.line),
        message: format!("the note is longer than {LONGEST_NOTE} characters"),
        help: "look for a quotation mark that is not closed, or name the column of the note with --column note=HEADER"
            .into(),
    }
}

impl Iterator for Export {
    type Item = Result<Note, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(match self.rows.next()? {
            Row::Unreadable(problem) => Err(problem),
            Row::Fields(line, fields) => {
                let origin = Origin { file: self.file.clone(), line };
                let mut note = self.columns.note(origin, &fields, &self.vocabulary);
                note.language = note.language.or_else(|| self.default_language.clone());
                match note.text.chars().nth(LONGEST_NOTE) {
                    Some(_) => Err(too_long(note.origin)),
                    None => Ok(note),
                }
            }
        })
    }
}
