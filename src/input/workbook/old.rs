//! A look into the container of old workbooks, as lenient as their reader, before that reader keeps all that they say there is.

use std::fs::File;
use std::io::{Read, Seek};

use super::book::Fault;
use super::guard::SAVE_AS_CSV;

/// Largest old workbook, in bytes; it is read whole.
const LARGEST: u64 = 128 << 20;
/// Most cells that its worksheets may reach over; all are kept.
const MOST_CELLS: u64 = 20_000_000;
/// Sector numbers from here on end a chain.
const END: u32 = 0xffff_fffa;

/// Whether it is a workbook without a password, and of a size that is read.
pub(super) fn look(mut source: &File) -> Result<(), Fault> {
    if source.metadata().map_err(Fault::broken)?.len() > LARGEST {
        return Err(Fault::limit("the workbook is larger than 128 MiB".into(), SAVE_AS_CSV));
    }
    let mut bytes = Vec::new();
    source.rewind().map_err(Fault::broken)?;
    source.read_to_end(&mut bytes).map_err(Fault::broken)?;
    source.rewind().map_err(Fault::broken)?;
    let container = Container::of(&bytes).ok_or_else(|| Fault::broken("its container is broken"))?;
    if container.stream("EncryptedPackage").is_some() {
        let help = "open it with its password in a spreadsheet program and save it without one";
        return Err(Fault::limit("the workbook needs a password".into(), help));
    }
    let Some(stream) = container.stream("Workbook").or_else(|| container.stream("Book")) else {
        return Err(Fault::broken("it is no workbook, though it comes from an Office program"));
    };
    if reach(&stream) > MOST_CELLS {
        let message = format!("the worksheets reach over more than {MOST_CELLS} cells");
        return Err(Fault::limit(message, SAVE_AS_CSV));
    }
    Ok(())
}

fn word(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at + 2).map(|pair| u64::from(u16::from_le_bytes([pair[0], pair[1]])))
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}

/// Sectors of one size, and which follows which.
struct Sectors {
    bytes: Vec<u8>,
    size: usize,
    next: Vec<u32>,
}

impl Sectors {
    fn sector(&self, number: u32) -> &[u8] {
        let start = (number as usize).saturating_mul(self.size);
        self.bytes.get(start..self.bytes.len().min(start.saturating_add(self.size))).unwrap_or_default()
    }

    /// What stands in a chain of sectors; a chain that runs in a circle is cut.
    fn chain(&self, mut number: u32) -> Vec<u8> {
        let mut out = Vec::new();
        for _ in 0..=self.next.len() {
            let sector = self.sector(number);
            if number >= END || sector.is_empty() {
                break;
            }
            out.extend_from_slice(sector);
            number = self.next.get(number as usize).copied().unwrap_or(END);
        }
        out
    }
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).filter_map(|four| long(four, 0)).collect()
}

/// A compound file.
struct Container {
    large: Sectors,
    /// Sectors of short streams.
    small: Sectors,
    directory: Vec<u8>,
}

impl Container {
    fn of(bytes: &[u8]) -> Option<Self> {
        let size = 1_usize << word(bytes, 30)?.clamp(9, 12);
        let mut large = Sectors { bytes: bytes.get(size..)?.to_vec(), size, next: vec![] };
        // The list of the sectors that hold the table of what follows what: its first part stands in the header.
        let mut tables = numbers(bytes.get(76..512)?);
        let mut more = long(bytes, 68)?;
        while more < END && tables.len() <= bytes.len() / size {
            let sector = numbers(large.sector(more));
            let Some((last, listed)) = sector.split_last() else { break };
            tables.extend(listed);
            more = *last;
        }
        let known = tables.into_iter().filter(|number| *number < END).take(bytes.len() / size);
        large.next = known.flat_map(|number| numbers(large.sector(number))).collect();
        let directory = large.chain(long(bytes, 48)?);
        let small = Sectors {
            bytes: large.chain(long(&directory, 116)?),
            size: 64,
            next: numbers(&large.chain(long(bytes, 60)?)),
        };
        Some(Container { large, small, directory })
    }

    fn stream(&self, name: &str) -> Option<Vec<u8>> {
        /// Streams below this length stand in short sectors.
        const SHORT: u32 = 4096;
        let named = |entry: &&[u8]| {
            let units: Vec<u16> =
                entry[..64].chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])).collect();
            String::from_utf16_lossy(&units).trim_end_matches('\0').eq_ignore_ascii_case(name)
        };
        let entry = self.directory.chunks_exact(128).find(named)?;
        let (start, length) = (long(entry, 116)?, long(entry, 120)?);
        let mut stream = if length < SHORT { self.small.chain(start) } else { self.large.chain(start) };
        stream.truncate(length as usize);
        Some(stream)
    }
}

/// How many cells the worksheets of a stream of records reach over, from the first filled cell of each to its last.
fn reach(mut stream: &[u8]) -> u64 {
    /// Records that begin with the row and the column of a cell; of the first two the last column stands at the end.
    const CELLS: [u64; 8] = [0x00bd, 0x0006, 0x00d6, 0x00fd, 0x0203, 0x0204, 0x0205, 0x027e];
    const BEGINS: u64 = 0x0809;
    let (mut all, mut corners) = (0_u64, None::<[u64; 4]>);
    let area = |corners: Option<[u64; 4]>| {
        corners.map_or(0, |[top, left, bottom, right]| (bottom - top + 1) * (right - left + 1))
    };
    while let (Some(kind), Some(length)) = (word(stream, 0), word(stream, 2)) {
        let end = stream.len().min(4 + length as usize);
        let record = &stream[4..end];
        stream = &stream[end..];
        if kind == BEGINS {
            all += area(corners.take());
        } else if let (true, Some(row), Some(column)) = (CELLS.contains(&kind), word(record, 0), word(record, 2)) {
            let several = kind == CELLS[0];
            let last = word(record, record.len().saturating_sub(2))
                .filter(|_| several)
                .map_or(column, |last| last.max(column));
            let [top, left, bottom, right] = corners.unwrap_or([row, column, row, last]);
            corners = Some([top.min(row), left.min(column), bottom.max(row), right.max(last)]);
        }
    }
    all + area(corners)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reach_of_cells_is_from_the_first_to_the_last() {
        let record =
            |kind: u16, data: &[u8]| [kind.to_le_bytes().as_slice(), &(data.len() as u16).to_le_bytes(), data].concat();
        let stream = [
            record(0x0809, &[0; 8]),
            record(0x0203, &[0, 0, 0, 0, 9]),
            record(0x0203, &[9, 0, 1, 0, 9]),
            record(0x0809, &[0; 8]),
            record(0x00bd, &[0, 0, 0, 0, 1, 1, 9, 0]),
        ];
        assert_eq!(reach(&stream.concat()), 20 + 10);
    }

    #[test]
    fn what_is_no_container_is_told() {
        assert!(Container::of(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1").is_none());
        assert!(Container::of(&[0xff; 600]).is_none_or(|container| container.stream("Workbook").is_none()));
        assert!(Container::of(&[0; 4096]).is_none_or(|container| container.stream("Workbook").is_none()));
    }
}
