//! Parquet: the row groups one after the other, of each a batch of rows at a time.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::sync::Arc;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};

use super::super::contain::contained;
use super::super::formats::{Remarks, Table};
use super::super::{InputError, Row, Rows};
use super::arrow::schema;
use super::leaves::{Leaf, leaves, tell_durations};
use super::levels::{Chunk, Held, Keys, Put, Target};
use super::pages::{Pages, Shared};
use super::places::{Places, lost};
use super::types::Field;
use super::{Fault, limits, thrift};

/// What a file begins and ends with, and one whose description is encrypted.
const MAGIC: [&[u8; 4]; 2] = [b"PAR1", b"PARE"];
/// Rows of a batch at most, and values.
const BATCH: (usize, usize) = (512, 1 << 16);

/// Whether the first bytes are those of a Parquet file.
pub(in crate::input) fn sniff(head: &[u8]) -> bool {
    MAGIC.iter().any(|magic| head.starts_with(*magic))
}

/// Opens a Parquet file.
pub(in crate::input) fn open(file: &str, source: File) -> Result<Table, InputError> {
    let opened = contained(|| opened(source));
    let (source, places) =
        opened.unwrap_or_else(|| Err(Fault::broken("its description is broken"))).map_err(|fault| fault.of(file))?;
    let headers = places.headers(file)?;
    let count = |number: i64, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
    let groups = i64::try_from(source.metadata.num_row_groups()).unwrap_or(0);
    let rows = source.metadata.file_metadata().num_rows().max(0);
    let form = format!("{} in {}", count(rows, "row"), count(groups, "row group"));
    let rows: Rows = Box::new(ParquetRows { file: file.to_owned(), records: source, places });
    Ok(Table { headers, rows, form, remarks: Remarks::default() })
}

fn opened(mut source: File) -> Result<(Records, Places), Fault> {
    let metadata = Arc::new(description(&mut source)?);
    let mut places = Places::default();
    let mut leaves = leaves(metadata.file_metadata().schema_descr(), &mut places)?;
    if let Some(schema) = arrow_schema(&metadata) {
        tell_durations(&mut leaves, &schema);
    }
    let leaves = Arc::new(leaves);
    let source = Arc::new(source);
    let records = |wanted: Vec<usize>| {
        let (source, metadata, leaves) = (Arc::clone(&source), Arc::clone(&metadata), Arc::clone(&leaves));
        let keys = vec![Vec::new(); leaves.len()];
        Records { source, metadata, leaves, wanted, group: 0, row: 0, open: None, keys }
    };
    // Lists and maps: their paths stand in the rows alone. What cannot be read is told when its rows are.
    let unknown: Vec<usize> = (0..leaves.len()).filter(|at| leaves[*at].place.is_none()).collect();
    if !unknown.is_empty() {
        let mut records = records(unknown);
        let mut put = |target: Target<'_>, _: bool, held: Held<'_>| {
            if let (Target::Path(path), Held::Nothing | Held::Text(_)) = (target, held) {
                places.find(path);
            }
        };
        while records.next(&mut put).is_some() {}
    }
    Ok((records((0..leaves.len()).collect()), places))
}

/// What the file says of itself at its end.
fn description(source: &mut File) -> Result<ParquetMetaData, Fault> {
    let length = source.metadata()?.len();
    let early = || Fault::broken("the file ends early: the end of a Parquet file is missing");
    let mut tail = [0; 8];
    source.seek(SeekFrom::Start(length.checked_sub(8).ok_or_else(early)?))?;
    source.read_exact(&mut tail)?;
    let [a, b, c, d, magic @ ..] = tail;
    if &magic == MAGIC[1] {
        let help = "export it without encryption, into a place that is protected otherwise";
        return Err(Fault { message: "the file is encrypted".into(), help });
    }
    if &magic != MAGIC[0] {
        return Err(early());
    }
    let footer = u64::from(u32::from_le_bytes([a, b, c, d]));
    if footer > limits::METADATA {
        return Err(Fault::large(format!("its description is longer than {} MiB", limits::METADATA >> 20)));
    }
    let start =
        length.checked_sub(12 + footer).ok_or_else(|| Fault::broken("the length of its description is broken"))?;
    source.seek(SeekFrom::Start(start + 4))?;
    let mut bytes = Vec::new();
    source.by_ref().take(footer).read_to_end(&mut bytes)?;
    thrift::check_footer(&bytes)?;
    ParquetMetaDataReader::decode_metadata(&bytes)
        .map_err(|error| Fault::broken(format!("its description is broken: {error}")))
}

/// The schema as an Arrow message, where the writer left it in the file.
fn arrow_schema(metadata: &ParquetMetaData) -> Option<Vec<Field>> {
    let pairs = metadata.file_metadata().key_value_metadata()?;
    let text = pairs.iter().find(|pair| pair.key == "ARROW:schema")?.value.as_ref()?;
    schema(&BASE64_STANDARD.decode(text).ok()?)
}

/// A row group that is being read.
struct Open {
    chunks: Vec<Chunk>,
    /// Rows that are not in a batch yet, and those of the batch that are to come.
    left: u64,
    batch: usize,
}

/// The rows of some leaves.
struct Records {
    source: Arc<File>,
    metadata: Arc<ParquetMetaData>,
    leaves: Arc<Vec<Leaf>>,
    wanted: Vec<usize>,
    /// The next row group, and the rows before the next one.
    group: usize,
    row: u64,
    open: Option<Open>,
    keys: Keys,
}

impl Records {
    /// Gives what the next row holds, and its number; or from which row on how many are lost.
    fn next(&mut self, put: Put<'_>) -> Option<Result<u64, (u64, u64, Fault)>> {
        loop {
            let read = match self.open {
                None if self.group >= self.metadata.num_row_groups() => return None,
                None => {
                    self.group += 1;
                    contained(|| self.opened(self.group - 1))
                }
                Some(_) => contained(|| self.filled()),
            };
            let read = read.unwrap_or_else(|| Err(Fault::broken("its values are broken")));
            let read = read.and_then(|there| {
                let done = if there { contained(|| self.give(put)) } else { Some(()) };
                done.map(|()| there).ok_or_else(|| Fault::broken("its values are broken"))
            });
            match read {
                Ok(true) => {
                    self.row += 1;
                    return Some(Ok(self.row));
                }
                Ok(false) => {}
                Err(fault) => {
                    // What was not open yet is lost as a whole.
                    let first = self.row + 1;
                    let rows = self
                        .open
                        .take()
                        .map_or_else(|| self.rows(self.group - 1), |open| open.left + open.batch as u64);
                    self.row += rows;
                    return Some(Err((first, rows, fault.within(&format!("row group {}", self.group)))));
                }
            }
        }
    }

    /// Rows of a row group, as it says.
    fn rows(&self, group: usize) -> u64 {
        u64::try_from(self.metadata.row_group(group).num_rows()).unwrap_or(0)
    }

    /// Opens a row group.
    fn opened(&mut self, group: usize) -> Result<bool, Fault> {
        let described = self.metadata.row_group(group);
        if described.num_columns() != self.leaves.len() || described.num_rows() < 0 {
            return Err(Fault::broken("its description is broken"));
        }
        let shared = Arc::new(Shared::default());
        let chunk = |leaf: &usize| {
            let column = described.column(*leaf);
            let pages = Pages::new(&self.source, column, Arc::clone(&shared));
            let pages = pages.map_err(|fault| fault.within(&self.leaves[*leaf].named()))?;
            Ok(Chunk::new(column.column_descr_ptr(), pages, Arc::clone(&shared)))
        };
        let chunks = self.wanted.iter().map(chunk).collect::<Result<_, Fault>>()?;
        self.open = Some(Open { chunks, left: self.rows(group), batch: 0 });
        Ok(false)
    }

    /// Sees to it that there is a batch; false where the row group has ended.
    fn filled(&mut self) -> Result<bool, Fault> {
        let Some(open) = &mut self.open else { return Ok(false) };
        if open.batch > 0 {
            return Ok(true);
        }
        if open.left == 0 {
            self.open = None;
            return Ok(false);
        }
        let rows = (BATCH.1 / self.wanted.len().max(1)).clamp(16, BATCH.0);
        let rows = usize::try_from(open.left).unwrap_or(rows).min(rows);
        for (leaf, chunk) in self.wanted.iter().zip(&mut open.chunks) {
            let fault = match chunk.fill(rows) {
                Ok(read) if read == rows => continue,
                Ok(_) => Fault::broken("it has fewer rows than the row group"),
                Err(fault) => fault,
            };
            return Err(fault.within(&self.leaves[*leaf].named()));
        }
        open.left -= rows as u64;
        open.batch = rows;
        Ok(true)
    }

    /// Gives what the next row of the batch holds.
    fn give(&mut self, put: Put<'_>) {
        let Some(open) = &mut self.open else { return };
        open.batch -= 1;
        self.keys.iter_mut().for_each(Vec::clear);
        for (leaf, chunk) in self.wanted.iter().zip(&mut open.chunks) {
            chunk.row(&self.leaves[*leaf], &mut self.keys, *leaf, put);
        }
    }
}

struct ParquetRows {
    file: String,
    records: Records,
    places: Places,
}

impl Iterator for ParquetRows {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        let mut cells = self.places.row();
        Some(match self.records.next(&mut |target, joined, held| cells.put(target, joined, held))? {
            Ok(number) => cells.finish(&self.file, number),
            Err((first, rows, fault)) => lost(&self.file, first, rows, &fault),
        })
    }
}
