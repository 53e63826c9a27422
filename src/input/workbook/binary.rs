//! Merged cells of binary workbooks, which the reader of their cells does not give: the records of the worksheet that hold them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read};

use calamine::Dimensions;
use quick_xml::Reader;
use quick_xml::events::Event;

use super::book::Fault;
use crate::input::archive::{self, Member};

/// The record of a worksheet in the workbook's own part: its name, and the name of its part.
const BUNDLE: u16 = 156;
/// The record of merged cells.
const MERGED: u16 = 176;

/// The merged cells of a worksheet. Their number and the length of records were looked at by [`super::guard::zip`].
pub(super) fn merged(source: &File, worksheet: &str) -> Result<Vec<Dimensions>, Fault> {
    let members = archive::members("it", source).map_err(Fault::broken)?;
    let Some(workbook) = members.iter().find(|member| member.name.ends_with("workbook.bin")) else {
        return Ok(Vec::new());
    };
    let folder = workbook.name.trim_end_matches("workbook.bin");
    let named = |name: &str| members.iter().find(|member| member.name.eq_ignore_ascii_case(name));
    let targets = match named(&format!("{folder}_rels/workbook.bin.rels")) {
        Some(member) => targets(open(source, member)?)?,
        None => BTreeMap::new(),
    };
    let mut target = None;
    records(open(source, workbook)?, BUNDLE, |record| {
        let texts = record.get(8..).and_then(text).and_then(|(part, rest)| Some((part, text(rest)?.0)));
        if let Some((part, _)) = texts.filter(|(_, name)| name == worksheet) {
            target = targets.get(&part).cloned();
        }
    })?;
    let path = target.map(|target| match target.strip_prefix('/') {
        Some(path) => path.to_owned(),
        None => format!("{folder}{target}"),
    });
    let mut ranges = Vec::new();
    if let Some(member) = path.as_deref().and_then(named) {
        records(open(source, member)?, MERGED, |record| {
            let number = |at: usize| Some(u32::from_le_bytes(record.get(at..at + 4)?.try_into().ok()?));
            // Rows first, then columns, from and to.
            if let (Some(top), Some(bottom), Some(left), Some(right)) = (number(0), number(4), number(8), number(12))
                && top <= bottom
                && left <= right
            {
                ranges.push(Dimensions::new((top, left), (bottom, right)));
            }
        })?;
    }
    Ok(ranges)
}

fn open(source: &File, member: &Member) -> Result<impl Read + use<>, Fault> {
    let source = source.try_clone().map_err(Fault::broken)?;
    let part = member.open("it", source).map_err(Fault::broken)?;
    Ok(BufReader::with_capacity(1 << 16, part))
}

/// The parts of the workbook by the names that it gives them.
fn targets(part: impl Read) -> Result<BTreeMap<String, String>, Fault> {
    let mut xml = Reader::from_reader(BufReader::new(part));
    let (mut buffer, mut targets) = (Vec::new(), BTreeMap::new());
    loop {
        match xml.read_event_into(&mut buffer).map_err(Fault::broken)? {
            Event::Start(element) | Event::Empty(element) if element.local_name().as_ref() == "Relationship" => {
                let value = |name: &str| {
                    let found = element.try_get_attribute(name).ok()??;
                    Some(found.value.into_owned())
                };
                if let (Some(id), Some(target)) = (value("Id"), value("Target")) {
                    targets.insert(id, target);
                }
            }
            Event::Eof => return Ok(targets),
            _ => {}
        }
        buffer.clear();
    }
}

/// Gives the records of a kind to `each`.
fn records(mut part: impl Read, wanted: u16, mut each: impl FnMut(&[u8])) -> Result<(), Fault> {
    let mut record = Vec::new();
    while let Some(first) = byte(&mut part).map_err(Fault::broken)? {
        let second = if first & 0x80 != 0 { byte(&mut part).map_err(Fault::broken)?.unwrap_or(0) } else { 0 };
        let kind = u16::from(first & 0x7f) | u16::from(second & 0x7f) << 7;
        let mut length = 0_u64;
        for at in 0..4 {
            let Some(next) = byte(&mut part).map_err(Fault::broken)? else { return Ok(()) };
            length |= u64::from(next & 0x7f) << (7 * at);
            if next & 0x80 == 0 {
                break;
            }
        }
        let mut body = part.by_ref().take(length);
        if kind == wanted {
            record.clear();
            body.read_to_end(&mut record).map_err(Fault::broken)?;
            each(&record);
        } else {
            io::copy(&mut body, &mut io::sink()).map_err(Fault::broken)?;
        }
    }
    Ok(())
}

/// A text with its length before it, and what stands behind it.
fn text(bytes: &[u8]) -> Option<(String, &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?.checked_mul(2)?;
    let units: Vec<u16> = rest.get(..length)?.chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]])).collect();
    Some((String::from_utf16_lossy(&units), &rest[length..]))
}

fn byte(part: &mut impl Read) -> io::Result<Option<u8>> {
    let mut byte = [0];
    Ok((part.read(&mut byte)? == 1).then_some(byte[0]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merged_cells_are_those_of_the_worksheet() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/exports/formats/notes.xlsb");
        let source = File::open(path).unwrap();
        assert_eq!(merged(&source, "Notes").unwrap(), [Dimensions::new((0, 0), (0, 3))]);
        assert_eq!(merged(&source, "Read me").unwrap(), []);
        assert_eq!(merged(&source, "none").unwrap(), []);
    }
}
