//! Zip archives: their members, each to be read by itself and as often as one likes.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use crc32fast::Hasher;
use flate2::read::DeflateDecoder;
use zip::{CompressionMethod, ZipArchive};

use super::source::{CONTAINERS, Stream, within_limits};
use super::{FORMATS, InputError, cannot_read};

/// Most members of an archive.
const MOST_MEMBERS: u16 = 10_000;

/// A member of an archive, with its place in it.
#[derive(Debug, Clone)]
pub(super) struct Member {
    /// Its name, with folders, without signs that steer a terminal.
    pub(super) name: String,
    start: u64,
    packed: u64,
    method: CompressionMethod,
    crc: u32,
    encrypted: bool,
}

/// Whether these first bytes are an archive's.
pub(super) fn starts(start: &[u8]) -> bool {
    start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06")
}

/// Whether an archive with these members is a workbook or another document, and no folder of files.
pub(super) fn is_document(members: &[Member]) -> bool {
    members.iter().any(|member| ["[Content_Types].xml", "mimetype"].contains(&member.name.as_str()))
}

/// The members of an archive, by name; messages call it `file`.
///
/// # Errors
/// A broken archive, or one with too many members.
pub(super) fn members(file: &str, zip: &File) -> Result<Vec<Member>, InputError> {
    let refused = |message: String, help: &str| InputError::Form { file: file.to_owned(), message, help: help.into() };
    let broken = |error: &dyn std::fmt::Display| {
        refused(
            format!("the archive of this file or of the workbook cannot be read: {error}"),
            "check that the file is complete; unpack it",
        )
    };
    let mut reader = io::BufReader::new(zip.try_clone().map_err(|error| cannot_read(file, &error))?);
    // Before the list is read: it is kept in memory.
    if declared(&mut reader).map_err(|error| broken(&error))? > MOST_MEMBERS {
        let message = format!("the zip archive has more than {MOST_MEMBERS} members");
        return Err(refused(message, "unpack it, and name the folders one by one"));
    }
    reader.rewind().map_err(|error| cannot_read(file, &error))?;
    let archive = ZipArchive::new(reader).map_err(|error| broken(&error))?;
    let mut members = Vec::with_capacity(archive.len());
    for index in 0..archive.len() {
        let entry = archive.by_index_data(index).map_err(|error| broken(&error))?;
        if entry.is_dir() {
            continue;
        }
        let name = entry.name().map_err(|error| broken(&error))?;
        members.push(Member {
            name: name.chars().map(|sign| if sign.is_control() { '\u{fffd}' } else { sign }).collect(),
            start: entry.header_start(),
            packed: entry.compressed_size(),
            method: entry.compression(),
            crc: entry.crc32(),
            encrypted: entry.encrypted(),
        });
    }
    members.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(members)
}

/// How many members the end of an archive says that there are; all that 16 bits hold where they are more.
fn declared(reader: &mut (impl Read + Seek)) -> io::Result<u16> {
    /// Longest end of an archive: the record and its comment.
    const LONGEST_END: u64 = 22 + 65_535;
    let length = reader.seek(SeekFrom::End(0))?;
    reader.seek(SeekFrom::Start(length.saturating_sub(LONGEST_END)))?;
    let mut end = Vec::new();
    reader.take(LONGEST_END).read_to_end(&mut end)?;
    let counts = memchr::memmem::find_iter(&end, b"PK\x05\x06").filter_map(|at| end.get(at + 10..at + 12));
    Ok(counts.map(|count| u16::from_le_bytes([count[0], count[1]])).max().unwrap_or_default())
}

impl Member {
    /// Whether the member is one that a folder would be searched for.
    pub(super) fn is_export(&self) -> bool {
        // `./may.csv` and `../may.csv` are names like others: no member is written anywhere.
        let hidden = |part: &str| part.starts_with('.') && !matches!(part, "." | "..");
        let system = self.name.split('/').any(|part| hidden(part) || part == "__MACOSX");
        !system && is_export(Path::new(&self.name))
    }

    /// Opens the member of the archive that messages call `file`.
    ///
    /// # Errors
    /// A member that is encrypted, packed in a way that is not read, or not where the archive says.
    pub(super) fn open(&self, file: &str, mut zip: File) -> Result<Stream, InputError> {
        let refused = |message: String, help: &str| InputError::Form {
            file: format!("{file}/{}", self.name),
            message,
            help: help.into(),
        };
        if self.encrypted {
            return Err(refused("this member of the archive needs a password".into(), "unpack it, and name the files"));
        }
        if ![CompressionMethod::Stored, CompressionMethod::Deflated].contains(&self.method) {
            let message = format!("this member is packed by a method that is not read ({})", self.method);
            return Err(refused(message, "unpack it, and name the files"));
        }
        let start = self.data(&mut zip).map_err(|error| cannot_read(file, &error))?;
        zip.seek(SeekFrom::Start(start)).map_err(|error| cannot_read(file, &error))?;
        let packed = io::BufReader::with_capacity(1 << 16, zip.take(self.packed));
        let stored = self.method == CompressionMethod::Stored;
        let plain =
            within_limits(
                Box::new(packed),
                |packed| {
                    if stored { packed } else { Box::new(DeflateDecoder::new(packed)) }
                },
            );
        Ok(Box::new(Checked { inner: plain, crc: Hasher::new(), expected: self.crc }))
    }

    /// Where the member's bytes start: behind its own header, whose length only itself tells.
    fn data(&self, zip: &mut File) -> io::Result<u64> {
        let mut header = [0; 30];
        zip.seek(SeekFrom::Start(self.start))?;
        zip.read_exact(&mut header)?;
        if !header.starts_with(b"PK\x03\x04") {
            return Err(io::Error::other("a member is not where the archive says"));
        }
        let length = |at: usize| u64::from(u16::from_le_bytes([header[at], header[at + 1]]));
        Ok(self.start + 30 + length(26) + length(28))
    }
}

/// Whether a folder or an archive is searched for files with such a name.
pub(super) fn is_export(path: &Path) -> bool {
    let ending = |path: &Path| path.extension().and_then(|ending| ending.to_str()).map(str::to_lowercase);
    let known = |ending: &str| FORMATS.iter().any(|format| format.endings.contains(&ending));
    let packed = |ending: &str| CONTAINERS.iter().any(|container| container.endings.contains(&ending));
    let Some(outer) = ending(path) else { return false };
    // Of `notes.tar.gz` the inner ending counts; of `notes.2026-05.gz` there is none.
    let day = |ending: &String| ending.starts_with(|c: char| c.is_ascii_digit()) && ending != "7z";
    let inner = |path: &Path| path.file_stem().and_then(|stem| ending(Path::new(stem))).filter(|inner| !day(inner));
    known(&outer) || packed(&outer) && inner(path).is_none_or(|inner| known(&inner) || packed(&inner))
}

/// Compares the checksum at the end.
struct Checked {
    inner: Stream,
    crc: Hasher,
    expected: u32,
}

impl Read for Checked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.crc.update(&buffer[..read]);
        if read == 0 && !buffer.is_empty() && self.crc.clone().finalize() != self.expected {
            return Err(io::Error::other("the member's checksum is wrong"));
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::write::{SimpleFileOptions, ZipWriter};

    use super::*;

    fn zipped(members: &[(&str, &str)]) -> File {
        let mut zip = ZipWriter::new(tempfile::tempfile().unwrap());
        for (at, (name, text)) in members.iter().enumerate() {
            let method = if at % 2 == 0 { CompressionMethod::Deflated } else { CompressionMethod::Stored };
            zip.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap()
    }

    #[test]
    fn members_are_listed_by_name_and_read_one_by_one() {
        let zip = zipped(&[
            ("may.csv", "a,b\n1,2\n"),
            ("april.csv", "c\n3\n"),
            ("read.me", "x"),
            ("__MACOSX/._may.csv", "x"),
        ]);
        let members = members("x.zip", &zip).unwrap();
        let exports: Vec<&Member> = members.iter().filter(|member| member.is_export()).collect();
        let names: Vec<&str> = exports.iter().map(|member| member.name.as_str()).collect();
        assert_eq!(names, ["april.csv", "may.csv"]);
        for _ in 0..2 {
            let mut text = String::new();
            exports[1].open("x.zip", zip.try_clone().unwrap()).unwrap().read_to_string(&mut text).unwrap();
            assert_eq!(text, "a,b\n1,2\n");
        }
    }

    #[test]
    fn a_wrong_checksum_and_too_many_members_are_told() {
        let zip = zipped(&[("a.csv", "a,b\n1,2\n")]);
        let mut member = members("x.zip", &zip).unwrap().remove(0);
        member.crc ^= 1;
        let error = member.open("x.zip", zip).unwrap().read_to_end(&mut Vec::new()).unwrap_err();
        assert!(error.to_string().contains("checksum"), "{error}");
        let mut end = tempfile::tempfile().unwrap();
        end.write_all(&[b"PK\x05\x06\0\0\0\0".as_slice(), &[0xff; 4], &[0; 10]].concat()).unwrap();
        assert!(members("x.zip", &end).unwrap_err().to_string().contains("more than 10000 members"));
    }

    #[test]
    fn endings_tell_what_a_folder_is_searched_for() {
        for (name, wanted) in [
            ("a.csv", true),
            ("a.CSV.gz", true),
            ("a.jsonl.zst", true),
            ("a.gz", true),
            ("a.xlsx", true),
            ("a.tar.gz", false),
            ("a.pdf", false),
            ("csv", false),
            ("a.zip", true),
        ] {
            assert_eq!(is_export(Path::new(name)), wanted, "{name}");
        }
    }
}
