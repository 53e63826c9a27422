//! Exports in, notes out: finds files, encoding, delimiter and columns, and gives one note or one problem a row.

mod archive;
mod changes;
mod charset;
mod columnar;
mod columns;
mod contain;
mod contract;
mod csv;
mod dates;
mod decode;
mod feedback;
mod fields;
mod filter;
mod formats;
mod given;
mod grid;
mod guess;
mod header;
mod json;
mod labelled;
mod manifest;
mod preset;
mod raw;
mod rejects;
mod roster;
mod row;
mod sheet;
mod source;
mod sources;
mod spool;
mod stamp;
mod values;
mod vocabulary;
mod watch;
mod workbook;
mod zone;

use std::fmt;
use std::io;
use std::path::Path;

pub use changes::Changes;
pub use columns::{Assignment, Columns, Part, Place, Recognised};
pub use contract::{Clause, Contract, Verdict, Violation};
pub use dates::{DateOrder, Days, unread};
pub use feedback::{Feedback, read_feedback};
pub use filter::{Filter, Names, Portion, Sieve};
pub use formats::{Delimiter, FORMATS, Format, formats_in_markdown};
pub use given::{Given, Headers};
pub use grid::{Grid, read_grid};
pub use labelled::{Labelled, read_labelled};
pub use manifest::{Drawn, Manifest, Replaced, Stratum};
pub use preset::{Complete, NotePart, Preset, PresetSpec, Sign};
pub use raw::Raw;
pub use rejects::{Rejected, Rejects};
pub use roster::{Worked, read_roster};
pub use sheet::{Sheet, SheetRow, read_sheets};
pub use source::{CONTAINERS, Container};
pub use sources::{Sources, exports_in};
pub use values::{Seconds, Unit, seconds};
use vocabulary::Met;
pub use vocabulary::Vocabulary;
pub use zone::Zone;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use fields::Fields;
use formats::{Remarks, Wanted};
use source::{Limit, Source};

use crate::model::{Note, Origin, Problem, Role};

/// Longest note that is audited, in characters: a cell of a spreadsheet holds as many. What is longer was not typed after a call,
/// and judging it takes minutes.
const LONGEST_NOTE: usize = 32_767;

/// Rows that are looked at before it is decided how a column is read.
const LOOKED_AT: usize = 1_000;

/// What a format's reader gives: rows as fields in the order of the headers, with their line.
type Rows = Box<dyn Iterator<Item = Row> + Send>;

/// One row of an export.
#[derive(Debug, Clone)]
enum Row {
    /// Line and fields.
    Fields(u64, Fields),
    /// What is wrong with the row, and the row as it was found.
    Unreadable(Rejected),
    /// Why the file is refused after all; the last row.
    Refused(InputError),
}

/// Why an export cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq)]
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
                let formats = FORMATS.iter().flat_map(|format| format.endings);
                let endings = formats.chain(CONTAINERS.iter().flat_map(|container| container.endings));
                let endings: Vec<&str> = endings.copied().collect();
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
                write!(f, "{file}: {message}\n  headers found: {}\n  help: {help}", shown(headers))
            }
        }
    }
}

impl std::error::Error for InputError {}

/// Headers for people: so many of them, and so much of each, as fit on a screen.
fn shown(headers: &[String]) -> String {
    /// Most headers, and most characters of one.
    const MOST: (usize, usize) = (60, 80);
    let short = |header: &String| match header.char_indices().nth(MOST.1) {
        Some((end, _)) => format!("{}…", &header[..end]),
        None => header.clone(),
    };
    let mut out: Vec<String> = headers.iter().take(MOST.0).map(short).collect();
    if headers.len() > MOST.0 {
        out.push(format!("and {} more", headers.len() - MOST.0));
    }
    out.join(" | ")
}

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
    /// Name of the worksheet of workbooks, where the user says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worksheet: Option<String>,
    /// Delimiter of CSV files, where the user says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<Delimiter>,
    /// Where days are counted, of moments that tell their offset; absent: as they are written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<Zone>,
    /// Name of the preset, or `none`; absent: told by the headers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preset: Option<String>,
    /// Which notes are audited.
    #[serde(default, skip_serializing_if = "Filter::is_empty")]
    pub filter: Filter,
    /// Whether rows that cannot be read are handed over as they were found.
    #[serde(skip)]
    pub keep_rejected: bool,
    /// Whether each file is the text of one note, and no table.
    #[serde(skip)]
    pub one_note: bool,
    /// Whether notes are wanted only as far as a survey of the whole export asks for them.
    #[serde(skip)]
    pub survey: bool,
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
            worksheet: self.worksheet.or(others.worksheet),
            delimiter: self.delimiter.or(others.delimiter),
            time_zone: self.time_zone.or(others.time_zone),
            preset: self.preset.or(others.preset),
            filter: self.filter.over(others.filter),
            keep_rejected: self.keep_rejected || others.keep_rejected,
            one_note: self.one_note || others.one_note,
            survey: self.survey || others.survey,
        }
    }
}

/// An open export.
pub struct Export {
    /// The file as the user named it.
    pub file: SmolStr,
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
    /// Why the file is refused after all; known at the end of the rows.
    pub refused: Option<InputError>,
    remarks: Remarks,
    rows: Rows,
    vocabulary: Vocabulary,
    keep_rejected: bool,
    survey: bool,
    met: Met,
    notices: watch::Notices,
    /// Where what was noticed is kept when the reading ends.
    noticed: Option<watch::Noticed>,
}

fn io_error(path: &Path, error: &io::Error) -> InputError {
    cannot_read(&path.display().to_string(), error)
}

/// Why `file` cannot be read: a limit that it goes beyond, or what the system says.
fn cannot_read(file: &str, error: &io::Error) -> InputError {
    let file = file.to_owned();
    match Limit::of(error) {
        Some(Limit { message, help }) => InputError::Form { file, message: message.clone(), help: (*help).to_owned() },
        None => InputError::Io { file, message: format!("cannot be read: {error}") },
    }
}

impl Export {
    /// Reads an export from `source`; messages call it `file`.
    fn read(
        file: String,
        source: Source,
        options: &Options,
        vocabulary: &Vocabulary,
        needed: Role,
    ) -> Result<Self, InputError> {
        let wanted = Wanted { options, vocabulary, needed, saved: false };
        let opened = formats::open(&file, source, &wanted)?;
        Self::of(file, opened, options, vocabulary, needed)
    }

    /// An export whose form is known.
    fn of(
        file: String,
        opened: formats::Opened,
        options: &Options,
        vocabulary: &Vocabulary,
        needed: Role,
    ) -> Result<Self, InputError> {
        let table = opened.table;
        let mut columns = Columns::find(&file, &table.headers, options, vocabulary, needed)?;
        let mut rows = table.rows;
        if Role::ALL.into_iter().any(|role| columns.in_hours(role)) {
            let first: Vec<Row> = rows.by_ref().take(LOOKED_AT).collect();
            columns.settle_clocks(first.iter().filter_map(|row| match row {
                Row::Fields(_, fields) => Some(fields),
                Row::Unreadable(_) | Row::Refused(_) => None,
            }));
            rows = Box::new(first.into_iter().chain(rows));
        }
        Ok(Export {
            file: file.into(),
            format: opened.format,
            form: table.form,
            encoding: opened.encoding,
            columns,
            days: None,
            refused: None,
            remarks: table.remarks,
            rows,
            vocabulary: vocabulary.clone(),
            keep_rejected: options.keep_rejected,
            survey: options.survey,
            met: Met::default(),
            notices: watch::Notices::default(),
            noticed: None,
        })
    }
}

impl Export {
    /// What the reader has to say of the file, and what the rows that were read tell about the whole of it: rows that are missing,
    /// identifiers that lost digits, days of universal time.
    pub fn remarks(&self) -> Vec<Problem> {
        let mut remarks = self.remarks.all();
        remarks.extend(self.notices.remarks(&self.file, &self.columns));
        remarks
    }

    /// A row as a note, or why it is none.
    fn note(&mut self, line: u64, fields: &Fields) -> Result<Note, Rejected> {
        let refused = |message: &str, help: &str| {
            let problem = Problem::at(&self.file, line, message, help);
            Err(Rejected { raw: self.keep_rejected.then(|| Box::new(Raw::Cells(fields.to_vec()))), ..problem.into() })
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
                let note = if self.survey {
                    self.columns.surveyed(fields, &self.vocabulary, &mut self.met)
                } else {
                    let origin = Origin { file: self.file.clone(), line, column: None };
                    let note = self.columns.note(origin, fields, &self.vocabulary, &mut self.met);
                    self.notices.row(fields, &note, &self.columns, &self.vocabulary);
                    note
                };
                let longest = (note.text.len() > LONGEST_NOTE).then(|| note.text.chars().nth(LONGEST_NOTE)).flatten();
                match longest {
                    None => Ok(note),
                    Some(_) => refused(
                        &format!("the note is longer than {LONGEST_NOTE} characters"),
                        "look for a quotation mark that is not closed, or name the column of the note with --column note=HEADER",
                    ),
                }
            }
        }
    }
}

impl Drop for Export {
    fn drop(&mut self) {
        if let Some(mut noticed) = self.noticed.as_ref().and_then(|noticed| noticed.lock().ok()) {
            noticed.insert(self.file.to_string(), self.remarks());
        }
    }
}

impl Iterator for Export {
    type Item = Result<Note, Rejected>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(match self.rows.next()? {
            Row::Unreadable(rejected) => Err(rejected),
            Row::Refused(error) => {
                self.refused = Some(error);
                return None;
            }
            Row::Fields(line, fields) => self.note(line, &fields),
        })
    }
}
