//! Tables that are stored column by column: Parquet, and Arrow IPC (Feather) as a file or a stream.
//!
//! A column is a leaf of the schema and its header is the path to it: `comment.body` inside a struct, `tags` of a list of plain
//! values, which are joined, `participants.0.name` in a list of structs, `attributes.region` of a key in a map. The schema tells
//! neither how long lists become nor which keys a map has: where there are such, the file is read once to find out.
//!
//! Rows are counted from 1, as there is no header line.
//!
//! Whoever made the file is not trusted. What it says of its own sizes is looked at before memory is taken ([`limits`]), what is
//! packed is unpacked up to a limit ([`unpack`]), and a panic of a library ends what is being read and nothing else
//! ([`contain`](super::contain)).

mod arrays;
mod arrow;
mod cell;
mod leaves;
mod levels;
mod messages;
mod pages;
mod parquet;
mod places;
#[cfg(test)]
mod tests;
mod thrift;
mod types;
mod unpack;

pub(super) use arrow::{open as open_arrow, sniff as sniff_arrow};
pub(super) use parquet::{open as open_parquet, sniff as sniff_parquet};

use super::InputError;

/// What is read at most.
mod limits {
    /// Columns of a table.
    pub(super) const COLUMNS: usize = 5_000;
    /// Fields of a schema, groups among them.
    pub(super) const FIELDS: usize = 4 * COLUMNS;
    /// Groups inside each other.
    pub(super) const DEPTH: usize = 64;
    /// Bytes of the name of a field, and of a path.
    pub(super) const NAME: usize = 1_000;
    pub(super) const PATH: usize = 4 * NAME;
    /// Bytes of all cells of a row, as text.
    pub(super) const ROW: usize = 16 << 20;
    /// Values of a row, in all its lists.
    pub(super) const VALUES: usize = 1 << 20;
    /// Bytes that are held at once, unpacked: the open pages of a row group's columns, or a batch.
    pub(super) const HELD: u64 = 1 << 30;
    /// Bytes of one page of a Parquet file, unpacked.
    pub(super) const PAGE: u64 = 256 << 20;
    /// Bytes that describe the table: a Parquet file's footer, an Arrow message without its body.
    pub(super) const METADATA: u64 = 64 << 20;
}

/// Why something cannot be read: what is wrong, and what to do where there is more to say than that the file is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Fault {
    message: String,
    help: &'static str,
}

/// What to do about a file that is broken.
const BROKEN: &str = "the file is damaged or not complete: export it again";
/// What to do about a file in a form that is not read.
const UNUSUAL: &str =
    "export the columns that the audit needs, as text, numbers, dates and lists of those; or export CSV";
/// What to do about a file that would need more memory than is given to it.
const TOO_LARGE: &str =
    "write the file with smaller row groups or batches, or export only the columns that the audit needs";

impl Fault {
    fn broken(message: impl Into<String>) -> Self {
        Fault { message: message.into(), help: BROKEN }
    }

    fn unusual(message: impl Into<String>) -> Self {
        Fault { message: message.into(), help: UNUSUAL }
    }

    fn large(message: impl Into<String>) -> Self {
        Fault { message: message.into(), help: TOO_LARGE }
    }

    /// Whether a field's name is of a length that names have.
    fn check_name(name: &str) -> Result<(), Self> {
        let fault = || Fault::unusual(format!("a column's name is longer than {} bytes", limits::NAME));
        if name.len() > limits::NAME { Err(fault()) } else { Ok(()) }
    }

    /// About a part of the file.
    fn within(self, part: &str) -> Self {
        Fault { message: format!("{part}: {}", self.message), ..self }
    }

    fn of(self, file: &str) -> InputError {
        InputError::Form { file: file.to_owned(), message: self.message, help: self.help.to_owned() }
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Fault::broken(format!("it cannot be read: {error}"))
    }
}
