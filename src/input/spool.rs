//! Rows of a file that is dear to read, kept while it is read the first time for whoever reads it again.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use super::formats::{Opened, Remarks, Table};
use super::{Fields, InputError, Row, Rows, cannot_read};

/// Files whose rows are kept, by their name.
pub(super) type Spools = Arc<Mutex<BTreeMap<PathBuf, Spool>>>;

/// Most rows without fields that are kept, in memory.
const MOST_OTHERS: usize = 10_000;

/// A file as it was read, its rows in another file that has no name and is gone with this process.
#[derive(Debug)]
pub(super) struct Spool {
    head: Head,
    rows: File,
    /// Rows that could not be read, each with the number of rows before it.
    others: Vec<(u64, Row)>,
}

/// What is known of a file beside its rows.
#[derive(Debug, Clone)]
struct Head {
    format: &'static str,
    encoding: (String, &'static str),
    headers: Vec<String>,
    form: String,
    remarks: Remarks,
    is_workbook: bool,
}

impl Spool {
    /// The file as if it were opened anew.
    ///
    /// # Errors
    /// The file without a name cannot be read.
    pub(super) fn open(&self, file: &str) -> Result<Opened, InputError> {
        let failed = |error: io::Error| cannot_read(file, &error);
        let mut kept = self.rows.try_clone().map_err(failed)?;
        kept.seek(SeekFrom::Start(0)).map_err(failed)?;
        let rows = Kept {
            file: file.to_owned(),
            rows: BufReader::new(kept),
            others: self.others.clone().into_iter().peekable(),
            read: 0,
            buffer: Vec::new(),
            ended: false,
        };
        let Head { format, encoding, headers, form, remarks, is_workbook } = self.head.clone();
        Ok(Opened { format, encoding, table: Table { headers, rows: Box::new(rows), form, remarks }, is_workbook })
    }
}

/// The file, whose rows are kept from now on, and stand in `spools` under `name` once the last was read. Where they cannot be kept, the
/// file is read again the next time.
pub(super) fn keeping(mut opened: Opened, name: PathBuf, spools: &Spools) -> Opened {
    let Ok(file) = tempfile::tempfile() else { return opened };
    let head = Head {
        format: opened.format,
        encoding: opened.encoding.clone(),
        headers: opened.table.headers.clone(),
        form: opened.table.form.clone(),
        remarks: opened.table.remarks.clone(),
        is_workbook: opened.is_workbook,
    };
    let keeping =
        Some(Keeping { head, name, rows: BufWriter::new(file), others: Vec::new(), kept: 0, buffer: Vec::new() });
    opened.table.rows = Box::new(Watched { rows: opened.table.rows, keeping, spools: Arc::clone(spools) });
    opened
}

/// Rows that are kept as they go by.
struct Watched {
    rows: Rows,
    keeping: Option<Keeping>,
    spools: Spools,
}

/// What is kept so far.
struct Keeping {
    head: Head,
    name: PathBuf,
    rows: BufWriter<File>,
    others: Vec<(u64, Row)>,
    kept: u64,
    buffer: Vec<u8>,
}

impl Keeping {
    fn add(mut self, row: &Row) -> io::Result<Self> {
        match row {
            Row::Fields(line, fields) => {
                self.buffer.clear();
                postcard::to_io(&(*line, fields), &mut self.buffer).map_err(io::Error::other)?;
                let length = u32::try_from(self.buffer.len()).map_err(io::Error::other)?;
                self.rows.write_all(&length.to_le_bytes())?;
                self.rows.write_all(&self.buffer)?;
            }
            other if self.others.len() < MOST_OTHERS => self.others.push((self.kept, other.clone())),
            _ => return Err(io::Error::other("too many")),
        }
        self.kept += 1;
        Ok(self)
    }

    fn finish(self) -> io::Result<(PathBuf, Spool)> {
        let rows = self.rows.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok((self.name, Spool { head: self.head, rows, others: self.others }))
    }
}

impl Iterator for Watched {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        let row = self.rows.next();
        if let Some(keeping) = self.keeping.take() {
            match &row {
                Some(row) => self.keeping = keeping.add(row).ok(),
                None => {
                    if let (Ok((name, spool)), Ok(mut spools)) = (keeping.finish(), self.spools.lock()) {
                        spools.insert(name, spool);
                    }
                }
            }
        }
        row
    }
}

/// Rows that were kept.
struct Kept {
    file: String,
    rows: BufReader<File>,
    others: std::iter::Peekable<std::vec::IntoIter<(u64, Row)>>,
    read: u64,
    buffer: Vec<u8>,
    ended: bool,
}

impl Kept {
    fn fields(&mut self) -> io::Result<Option<Row>> {
        let mut length = [0; size_of::<u32>()];
        if self.rows.read(&mut length[..1])? == 0 {
            return Ok(None);
        }
        self.rows.read_exact(&mut length[1..])?;
        self.buffer.resize(u32::from_le_bytes(length) as usize, 0);
        self.rows.read_exact(&mut self.buffer)?;
        let (line, fields): (u64, Fields) = postcard::from_bytes(&self.buffer).map_err(io::Error::other)?;
        Ok(Some(Row::Fields(line, fields)))
    }
}

impl Iterator for Kept {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        if self.ended {
            return None;
        }
        let here = self.read;
        self.read += 1;
        if let Some((_, row)) = self.others.next_if(|(before, _)| *before == here) {
            return Some(row);
        }
        self.fields().unwrap_or_else(|error| {
            self.ended = true;
            Some(Row::Refused(cannot_read(&self.file, &error)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Rejected;
    use crate::model::Problem;

    fn opened(rows: Vec<Row>) -> Opened {
        let remarks = Remarks::default();
        let table =
            Table { headers: vec!["note".into()], rows: Box::new(rows.into_iter()), form: "as it is".into(), remarks };
        Opened { format: "XLSX", encoding: ("Unicode".into(), "so"), table, is_workbook: true }
    }

    fn rows() -> Vec<Row> {
        let broken = |line| Row::Unreadable(Rejected { rows: 3, ..Problem::at("x", line, "broken", "mend it").into() });
        let long = "ñ".repeat(70_000);
        let fields = |line, fields: &[&str]| Row::Fields(line, fields.iter().collect());
        vec![
            broken(1),
            fields(2, &["a", "", "客户"]),
            broken(3),
            broken(4),
            fields(7, &[&long]),
            fields(9, &[]),
            broken(12),
        ]
    }

    #[test]
    fn what_was_read_once_is_read_again_as_it_was() {
        let spools = Spools::default();
        let read = |opened: Opened| -> Vec<String> { opened.table.rows.map(|row| format!("{row:?}")).collect() };
        let expected: Vec<String> = rows().iter().map(|row| format!("{row:?}")).collect();
        assert_eq!(read(keeping(opened(rows()), "x".into(), &spools)), expected);
        for _ in 0..2 {
            let again = spools.lock().unwrap()[&PathBuf::from("x")].open("x").unwrap();
            assert_eq!((again.format, again.table.form.as_str(), again.is_workbook), ("XLSX", "as it is", true));
            assert_eq!(
                (&again.table.headers, &again.encoding),
                (&vec!["note".to_owned()], &("Unicode".to_owned(), "so"))
            );
            assert_eq!(read(again), expected);
        }
    }

    #[test]
    fn what_was_not_read_to_its_end_is_not_kept() {
        let spools = Spools::default();
        let mut some = keeping(opened(rows()), "x".into(), &spools).table.rows;
        assert_eq!(some.by_ref().take(7).count(), 7);
        drop(some);
        assert!(spools.lock().unwrap().is_empty());
    }
}
