//! Rows that cannot be read, written to a file of their own with the reason and as they were found.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Serialize;

use super::Raw;
use crate::files::{Readers, Whole};
use crate::model::Problem;

/// A row that could not be read, or several that were lost together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Why, and where it stands.
    pub problem: Problem,
    /// How many rows it is.
    pub rows: u64,
    /// As it was found, where that is known and was asked for.
    pub raw: Option<Box<Raw>>,
}

impl From<Problem> for Rejected {
    fn from(problem: Problem) -> Self {
        Rejected { problem, rows: 1, raw: None }
    }
}

/// A file of rejected rows: JSON lines, one a row. It holds in clear what the export holds, so only its owner may read it.
#[derive(Debug)]
pub struct Rejects {
    file: Whole,
    path: PathBuf,
}

/// A line of the file.
#[derive(Serialize)]
struct Line<'r> {
    file: &'r str,
    line: Option<u64>,
    /// How many rows from there on, where they are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<u64>,
    reason: &'r str,
    help: &'r str,
    /// Encoding of the export, where it is text.
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'r str>,
    /// The row as text, where its bytes are some.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'r str>,
    /// Its bytes in base64, where they are others than those of `text` in UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<String>,
    /// Its cells, where the format is no text.
    #[serde(skip_serializing_if = "Option::is_none")]
    cells: Option<&'r [String]>,
}

impl Rejects {
    /// Makes the file.
    ///
    /// # Errors
    /// What the system says.
    pub fn create(path: &Path) -> io::Result<Self> {
        let file = Whole::begin(path, Readers::Owner).map_err(|error| named(path, &error))?;
        Ok(Rejects { file, path: path.to_owned() })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// What the system says.
    pub fn add(&mut self, rejected: &Rejected) -> io::Result<()> {
        let Problem { file, line, message, help, .. } = &rejected.problem;
        let (encoding, text, bytes, cells) = (None, None, None, None);
        let rows = Some(rejected.rows).filter(|rows| *rows > 1);
        let mut row = Line { file, line: *line, rows, reason: message, help, encoding, text, bytes, cells };
        match rejected.raw.as_deref() {
            None => {}
            Some(Raw::Cells(cells)) => row.cells = Some(cells),
            Some(Raw::Text { encoding, bytes, text }) => {
                let others = bytes.as_ref().filter(|bytes| text.as_deref().map(str::as_bytes) != Some(bytes));
                row.encoding = Some(encoding);
                row.text = text.as_deref();
                row.bytes = others.map(|bytes| BASE64_STANDARD.encode(bytes));
            }
        }
        let written = serde_json::to_writer(&mut self.file, &row).map_err(io::Error::from);
        written.and_then(|()| self.file.write_all(b"\n")).map_err(|error| named(&self.path, &error))
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// What the system says.
    pub fn finish(self) -> io::Result<()> {
        self.file.finish().map_err(|error| named(&self.path, &error))
    }
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    let help = "check the folder, the room left and the right to write";
    io::Error::new(error.kind(), format!("{}: {error}\n  help: {help}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn written(raw: Option<Raw>) -> serde_json::Value {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rejects.jsonl");
        fs::write(&path, "older\n").unwrap();
        let mut rejects = Rejects::create(&path).unwrap();
        let problem = Problem::at("n.csv", 3, "broken", "mend");
        rejects.add(&Rejected { raw: raw.map(Box::new), ..problem.into() }).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "older\n", "until the run is through");
        rejects.finish().unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap()
    }

    #[test]
    fn bytes_stand_beside_the_text_only_where_they_are_others() {
        let text = |bytes: &[u8], text: Option<&str>| {
            let (bytes, text) = (Some(bytes.to_vec()), text.map(str::to_owned));
            let line = written(Some(Raw::Text { encoding: "windows-1252".into(), bytes, text }));
            (line["text"].as_str().map(str::to_owned), line.get("bytes").and_then(|b| b.as_str()).map(str::to_owned))
        };
        assert_eq!(text("ñ".as_bytes(), Some("ñ")), (Some("ñ".into()), None));
        assert_eq!(text(b"\xf1", Some("ñ")), (Some("ñ".into()), Some("8Q==".into())));
        assert_eq!(text(b"\xf1", None), (None, Some("8Q==".into())));
        assert_eq!(written(Some(Raw::Cells(vec!["a".into()])))["cells"][0], "a");
        assert_eq!(written(None)["reason"], "broken");
    }
}
