//! What is looked at before the reader of workbooks sees a file: it keeps much in memory, as far as the file says.

use std::fs::File;
use std::io::{self, BufReader, Read};

use memchr::{memchr_iter, memmem};

use super::book::Fault;
use crate::input::archive;
use crate::input::formats::LONGEST_RECORD;
use crate::input::source::{LARGEST, Limit};

/// Most bytes of the parts of a workbook that are kept in memory: the texts of all cells, formats.
const MOST_KEPT: u64 = 512 << 20;
/// Most merged ranges.
const MOST_MERGED: usize = 100_000;
pub(super) const SAVE_AS_CSV: &str = "open it in a spreadsheet program and save the worksheet as CSV";

/// What a look at a workbook tells.
pub(super) struct Looked {
    /// Whether it has merged cells.
    pub(super) merged: bool,
}

/// Unpacks every part of a workbook once, and keeps nothing of it; `merged` is how merged cells begin.
pub(super) fn zip(source: &File, merged: &[u8]) -> Result<Looked, Fault> {
    let mark = merged;
    let failed = |error: io::Error| match Limit::of(&error) {
        Some(limit) => Fault::Limit(limit.clone()),
        None => Fault::broken(error),
    };
    let members = archive::members("it", source).map_err(Fault::broken)?;
    let (mut all, mut kept, mut merged) = (0, 0, 0);
    for member in members {
        let name = member.name.to_lowercase();
        // Pictures are not read.
        if ![".xml", ".rels", ".bin", ".vml"].iter().any(|ending| name.ends_with(ending)) {
            continue;
        }
        let stream = source.try_clone().map_err(failed)?;
        let mut part = member.open("it", stream).map_err(Fault::broken)?;
        let bytes = if name.ends_with(".bin") {
            let worksheet = name.contains("worksheets/");
            let (bytes, found) = records(BufReader::with_capacity(1 << 16, part), worksheet).map_err(failed)?;
            merged += found;
            bytes
        } else {
            let (bytes, found) = elements(&mut part, mark).map_err(failed)?;
            merged += found;
            bytes
        };
        all += bytes;
        // Worksheets, and the contents of an ODS file, are read as they come.
        if !name.contains("worksheets/") && !name.ends_with("content.xml") {
            kept += bytes;
        }
        if all > LARGEST || kept > MOST_KEPT {
            let message = "unpacked, the workbook is larger than 1 GiB, or its texts than 512 MiB".to_owned();
            return Err(Fault::limit(message, SAVE_AS_CSV));
        }
        if merged > MOST_MERGED {
            let message = format!("the workbook has more than {MOST_MERGED} merged ranges");
            return Err(Fault::limit(message, SAVE_AS_CSV));
        }
    }
    Ok(Looked { merged: merged > 0 })
}

/// The length of a part in XML, and how many merged ranges it has. No text and no tag may be longer than a record.
fn elements(part: &mut impl Read, mark: &[u8]) -> io::Result<(u64, usize)> {
    let (mut bytes, mut since, mut merged) = (0_u64, 0, 0);
    // The end of the piece before stays in front, for what stands across two pieces.
    let mut buffer = vec![0; (1 << 16) + mark.len()];
    let mut before = 0;
    loop {
        let read = part.read(&mut buffer[before..])?;
        if read == 0 {
            return Ok((bytes, merged));
        }
        bytes += read as u64;
        let piece = &buffer[before..before + read];
        since = match memchr_iter(b'<', piece).next_back() {
            Some(at) => read - at,
            None => since + read,
        };
        if since > LONGEST_RECORD {
            return Err(Limit::error("a cell of the workbook is longer than 16 MiB".into(), SAVE_AS_CSV));
        }
        let whole = before + read;
        merged += memmem::find_iter(&buffer[..whole], mark).count();
        let keep = whole.min(mark.len() - 1);
        buffer.copy_within(whole - keep..whole, 0);
        before = keep;
    }
}

/// The length of a part in records, none of which may be longer than what is read of a row, and how many merged ranges it has.
fn records(mut part: impl Read, worksheet: bool) -> io::Result<(u64, usize)> {
    /// Cells without their column, which the reader does not see.
    const SHORT_CELLS: std::ops::RangeInclusive<u8> = 0x0c..=0x12;
    /// The two bytes of the kind of a record of merged cells.
    const MERGED: (u8, Option<u8>) = (0xb0, Some(1));
    let (mut bytes, mut merged) = (0, 0);
    while let Some(kind) = byte(&mut part)? {
        let second = if kind & 0x80 != 0 { byte(&mut part)? } else { None };
        merged += usize::from(worksheet && (kind, second) == MERGED);
        if worksheet && SHORT_CELLS.contains(&kind) {
            let message = "the workbook is written in a short form of XLSB that is not read".to_owned();
            return Err(Limit::error(message, "open it in a spreadsheet program and save it as XLSX"));
        }
        let mut length = 0_usize;
        for at in 0..4 {
            let Some(next) = byte(&mut part)? else { return Ok((bytes, merged)) };
            length |= usize::from(next & 0x7f) << (7 * at);
            if next & 0x80 == 0 {
                break;
            }
        }
        if length > LONGEST_RECORD {
            return Err(Limit::error("a cell of the workbook is longer than 16 MiB".into(), SAVE_AS_CSV));
        }
        bytes += 2 + io::copy(&mut part.by_ref().take(length as u64), &mut io::sink())?;
    }
    Ok((bytes, merged))
}

fn byte(part: &mut impl Read) -> io::Result<Option<u8>> {
    let mut byte = [0];
    Ok((part.read(&mut byte)? == 1).then_some(byte[0]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_and_merged_ranges_are_seen_across_pieces() {
        let short = format!("<a>{}</a>{}", "x".repeat(65_520), "<mergeCell ref=\"A1:B1\"/>".repeat(3000));
        assert_eq!(elements(&mut short.as_bytes(), b"<mergeCell ").unwrap(), (short.len() as u64, 3000));
        let long = format!("<a>{}</a>", "x".repeat(LONGEST_RECORD + 100_000));
        assert!(elements(&mut long.as_bytes(), b"<mergeCell ").unwrap_err().to_string().contains("16 MiB"));
    }
}
