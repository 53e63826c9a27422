//! The pages of one column of a row group, one after the other, unpacked within limits.
//!
//! The library's own reader takes a page's word for how large it is and unpacks some forms without end, so that a small file can
//! fill the memory. This one checks what a header says before it does anything about it.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use parquet::basic::{Compression, Encoding, Type};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::ParquetError;
use parquet::file::metadata::ColumnChunkMetaData;

use super::thrift::{self, PageHeader};
use super::unpack::{Packing, unpack};
use super::{Fault, limits};

/// Bytes that are read at first for a header, and at most: statistics may stand in it.
const HEADER: (u64, u64) = (1 << 10, 4 << 20);
/// Bytes of a page that builds values on the ones before, and so may stand for far more than it is long.
const DELTA_PAGE: i64 = 4 << 20;

/// What the columns of a row group share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// Unpacked bytes that are held by all of them.
    held: AtomicU64,
    /// Values that may still come from pages of lists before the next batch of rows.
    pub(super) values: AtomicU64,
}

/// Reads the pages of a column of a row group.
pub(super) struct Pages {
    file: Arc<File>,
    at: u64,
    end: u64,
    packing: Packing,
    /// The type, and its length where it has a fixed one.
    kind: (Type, i32),
    /// Whether there are definition and repetition levels.
    levels: [bool; 2],
    dictionary: bool,
    shared: Arc<Shared>,
    /// Bytes of the last page and of the dictionary.
    held: [u64; 2],
    /// The next header, where it was looked at, and how long it is.
    next: Option<(PageHeader, u64)>,
}

impl Pages {
    pub(super) fn new(file: &Arc<File>, column: &ColumnChunkMetaData, shared: Arc<Shared>) -> Result<Self, Fault> {
        let packing = match column.compression() {
            Compression::UNCOMPRESSED => Packing::Plain,
            Compression::SNAPPY => Packing::Snappy,
            Compression::GZIP(_) => Packing::Gzip,
            Compression::BROTLI(_) => Packing::Brotli,
            Compression::ZSTD(_) => Packing::Zstd,
            Compression::LZ4 => Packing::Lz4Hadoop,
            Compression::LZ4_RAW => Packing::Lz4Block,
            Compression::LZO => {
                let help = "write the file with another compression: snappy, gzip, zstd, brotli or lz4";
                return Err(Fault { message: "it is compressed with LZO, which is not read".into(), help });
            }
        };
        if column.file_path().is_some_and(|path| !path.is_empty()) {
            return Err(Fault::unusual("its values are in another file"));
        }
        let start = column.dictionary_page_offset().filter(|at| *at > 0).unwrap_or(column.data_page_offset());
        let start = u64::try_from(start).map_err(|_| Fault::broken("its place in the file is broken"))?;
        let end = u64::try_from(column.compressed_size()).ok().and_then(|length| start.checked_add(length));
        let end = end.filter(|end| file.metadata().is_ok_and(|file| file.len() >= *end));
        let end = end.ok_or_else(|| Fault::broken("it goes on beyond the end of the file"))?;
        let column = column.column_descr();
        Ok(Pages {
            file: Arc::clone(file),
            at: start,
            end,
            packing,
            kind: (column.physical_type(), column.type_length()),
            levels: [column.max_def_level() > 0, column.max_rep_level() > 0],
            dictionary: false,
            shared,
            held: [0, 0],
            next: None,
        })
    }

    fn read(&mut self, length: u64) -> Result<Vec<u8>, Fault> {
        // All columns read through one file: each says where.
        let mut file = self.file.as_ref();
        file.seek(SeekFrom::Start(self.at))?;
        let mut bytes = Vec::with_capacity(length as usize);
        file.take(length).read_to_end(&mut bytes)?;
        if bytes.len() as u64 == length { Ok(bytes) } else { Err(Fault::broken("the file ends early")) }
    }

    /// The next header that is one of a page with values, without going beyond it.
    fn peek(&mut self) -> Result<Option<&(PageHeader, u64)>, Fault> {
        while self.next.is_none() {
            let left = self.end - self.at;
            if left == 0 {
                return Ok(None);
            }
            let mut size = HEADER.0.min(left);
            let found = loop {
                let bytes = self.read(size)?;
                match thrift::page_header(&bytes) {
                    Some(found) => break found,
                    None if size < left.min(HEADER.1) => size = (size * 16).min(left).min(HEADER.1),
                    None => return Err(Fault::broken("the header of a page is broken")),
                }
            };
            let (header, length) = (found.0, found.1 as u64);
            let packed = u64::try_from(header.packed).ok().filter(|packed| *packed <= left - length);
            let packed = packed.ok_or_else(|| Fault::broken("a page goes on beyond its column"))?;
            // Indexes, and pages without values, which would end the column for the library.
            if !matches!(header.kind, 0 | 2 | 3) || header.kind != 2 && header.values == 0 {
                self.at += length + packed;
            } else {
                self.next = Some((header, length));
            }
        }
        Ok(self.next.as_ref())
    }

    fn page(&mut self) -> Result<Option<Page>, Fault> {
        if self.peek()?.is_none() {
            return Ok(None);
        }
        let Some((header, length)) = self.next.take() else { return Ok(None) };
        self.at += length;
        let unpacked = u64::try_from(header.unpacked).ok().filter(|bytes| *bytes <= limits::PAGE);
        let unpacked =
            unpacked.ok_or_else(|| Fault::large(format!("a page is longer than {} MiB", limits::PAGE >> 20)))?;
        self.hold(usize::from(header.kind == 2), unpacked)?;
        let packed = self.read(header.packed as u64)?;
        self.at += header.packed as u64;
        self.built(&header, packed).map(Some)
    }

    /// Counts the bytes of a page (0), which takes the place of the last one, or of a dictionary (1).
    fn hold(&mut self, which: usize, bytes: u64) -> Result<(), Fault> {
        let before = std::mem::replace(&mut self.held[which], bytes);
        self.shared.held.fetch_sub(before, Ordering::Relaxed);
        if self.shared.held.fetch_add(bytes, Ordering::Relaxed) + bytes > limits::HELD {
            return Err(Fault::large("more than 1 GiB of the row group would have to be held at once"));
        }
        Ok(())
    }

    fn built(&mut self, header: &PageHeader, packed: Vec<u8>) -> Result<Page, Fault> {
        let broken = || Fault::broken("a page is broken");
        let values = u32::try_from(header.values).map_err(|_| broken())?;
        let encoding = thrift::encoding(header.encoding)
            .ok_or_else(|| Fault::unusual("its values are encoded in a way that is not known"))?;
        let length = header.unpacked as usize;
        match header.kind {
            2 => {
                let buf = Bytes::from(unpack(self.packing, &packed, length)?);
                let plain = matches!(encoding, Encoding::PLAIN | Encoding::PLAIN_DICTIONARY);
                // The library makes room for as many values as are announced.
                if self.dictionary || !plain || (buf.len() as u64) < u64::from(values) * self.least()? {
                    return Err(Fault::broken("a dictionary is broken"));
                }
                self.dictionary = true;
                Ok(Page::DictionaryPage { buf, num_values: values, encoding: Encoding::PLAIN, is_sorted: false })
            }
            0 => {
                let buf = Bytes::from(unpack(self.packing, &packed, length)?);
                let [def, rep] = header.levels.map(thrift::encoding);
                let (def, rep) = def.zip(rep).ok_or_else(broken)?;
                // Each kind of levels stands behind its length; the repetition levels come first.
                let mut start = 0;
                for (there, encoding) in self.levels.iter().zip([def, rep]).rev() {
                    if *there && encoding == Encoding::RLE {
                        let size = buf.get(start..).and_then(|bytes| bytes.first_chunk::<4>()).ok_or_else(broken)?;
                        start = start.saturating_add(4).saturating_add(u32::from_le_bytes(*size) as usize);
                    }
                }
                self.check_values(values, encoding, buf.get(start..).ok_or_else(broken)?)?;
                Ok(Page::DataPage {
                    buf,
                    num_values: values,
                    encoding,
                    def_level_encoding: def,
                    rep_level_encoding: rep,
                    statistics: None,
                })
            }
            _ => {
                let [def, rep] = header.lengths.map(u32::try_from);
                let (def, rep) = (def.map_err(|_| broken())?, rep.map_err(|_| broken())?);
                let start = (def as usize).saturating_add(rep as usize);
                if start > packed.len() || start > length {
                    return Err(broken());
                }
                let buf = if header.is_packed && length > start {
                    let mut whole = packed[..start].to_vec();
                    whole.extend(unpack(self.packing, &packed[start..], length - start)?);
                    whole
                } else {
                    packed
                };
                let buf = Bytes::from(buf);
                self.check_values(values, encoding, &buf[start..])?;
                Ok(Page::DataPageV2 {
                    buf,
                    num_values: values,
                    encoding,
                    num_nulls: u32::try_from(header.nulls).map_err(|_| broken())?,
                    num_rows: u32::try_from(header.rows).map_err(|_| broken())?,
                    def_levels_byte_len: def,
                    rep_levels_byte_len: rep,
                    is_compressed: false,
                    statistics: None,
                })
            }
        }
    }

    /// Bytes that a value in a dictionary has at least.
    fn least(&self) -> Result<u64, Fault> {
        match self.kind {
            (Type::INT32 | Type::FLOAT | Type::BYTE_ARRAY, _) => Ok(4),
            (Type::INT64 | Type::DOUBLE, _) => Ok(8),
            (Type::INT96, _) => Ok(12),
            (Type::FIXED_LEN_BYTE_ARRAY, length @ 1..) => Ok(length as u64),
            _ => Err(Fault::broken("a dictionary is broken")),
        }
    }

    fn check_values(&self, values: u32, encoding: Encoding, bytes: &[u8]) -> Result<(), Fault> {
        let broken = || Fault::broken("a page is broken");
        if matches!(encoding, Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY) && !self.dictionary {
            return Err(Fault::broken("its dictionary is missing"));
        }
        if matches!(encoding, Encoding::DELTA_LENGTH_BYTE_ARRAY | Encoding::DELTA_BYTE_ARRAY) {
            // The library makes room for as many values as the page itself announces.
            thrift::delta_count(bytes).filter(|count| *count <= u64::from(values)).ok_or_else(broken)?;
        }
        if encoding == Encoding::DELTA_BYTE_ARRAY && bytes.len() as i64 > DELTA_PAGE {
            return Err(Fault::large(format!(
                "a page of values told by their differences is longer than {} MiB",
                DELTA_PAGE >> 20
            )));
        }
        // Of a list, the library reads all values of a row at once, in as many pages as they are in.
        if self.levels[1] {
            let left = self.shared.values.load(Ordering::Relaxed).checked_sub(u64::from(values));
            let left = left.ok_or_else(|| Fault::large("its lists are longer than is read"))?;
            self.shared.values.store(left, Ordering::Relaxed);
        }
        Ok(())
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        self.shared.held.fetch_sub(self.held[0] + self.held[1], Ordering::Relaxed);
    }
}

fn external(fault: Fault) -> ParquetError {
    ParquetError::External(Box::new(FaultError(fault)))
}

/// A fault on its way through the library.
#[derive(Debug)]
pub(super) struct FaultError(pub(super) Fault);

impl std::fmt::Display for FaultError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for FaultError {}

impl Iterator for Pages {
    type Item = Result<Page, ParquetError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.page().map_err(external).transpose()
    }
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> Result<Option<Page>, ParquetError> {
        self.page().map_err(external)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>, ParquetError> {
        let header = self.peek().map_err(external)?;
        Ok(header.map(|(header, _)| PageMetadata {
            num_rows: (header.kind == 3).then(|| usize::try_from(header.rows).unwrap_or(0)),
            num_levels: (header.kind != 2).then(|| usize::try_from(header.values).unwrap_or(0)),
            is_dict: header.kind == 2,
        }))
    }

    fn skip_next_page(&mut self) -> Result<(), ParquetError> {
        self.page().map(|_| ()).map_err(external)
    }
}
