//! The bytes of rows as they stand in the file, kept while a text file is read so that a row that cannot be read can be handed back.
//!
//! Between the file and the parser stands the decoder, which reads ahead and changes lengths. So two strips are kept: one below it,
//! of the file, and one above it, of the text that the parser sees. They are joined by the ends of lines: carriage returns and line
//! feeds, which are never part of another character in the encodings that are read, and which no decoder swallows.

use std::io::{self, Read};
use std::sync::{Arc, Mutex};

/// Bytes of readable rows that gather before they are dropped.
const GATHERED: u64 = 1 << 20;
/// Most bytes that are kept of one strip: far more than a row may have and a decoder reads ahead.
const MOST: usize = 64 << 20;

/// A row that could not be read, as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Raw {
    /// Of a text file, without the end of the line.
    Text {
        /// Encoding of the file.
        encoding: String,
        /// The bytes as they stand in the file; `None` where the row does not stand on lines of its own.
        bytes: Option<Vec<u8>>,
        /// The text that they are; `None` where they are none.
        text: Option<String>,
    },
    /// The cells of a format that is no text.
    Cells(Vec<String>),
}

/// How wide a character that ends a line is in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Width {
    /// The file is what the parser sees.
    Same,
    /// One byte.
    Byte,
    /// Two bytes, the low one first.
    LowFirst,
    /// Two bytes, the high one first.
    HighFirst,
}

/// Keeps what is read of one file.
#[derive(Debug, Clone, Default)]
pub(super) struct Tape(Arc<Mutex<Strips>>);

#[derive(Debug)]
struct Strips {
    file: Vec<u8>,
    text: Vec<u8>,
    /// Where `text` starts, in bytes of the text.
    start: u64,
    encoding: String,
    width: Width,
    /// Whether so much would have to be kept that nothing is any more.
    lost: bool,
}

impl Default for Strips {
    fn default() -> Self {
        let encoding = String::new();
        Strips { file: Vec::new(), text: Vec::new(), start: 0, encoding, width: Width::Byte, lost: false }
    }
}

impl Tape {
    /// Keeps what is read from the file.
    pub(super) fn below(&self, inner: Box<dyn Read + Send>) -> Box<dyn Read + Send> {
        Box::new(Taped { inner, tape: self.clone(), above: false })
    }

    /// Keeps what the parser reads of the text, which the decoder makes of a file in `encoding`.
    /// `verbatim` tells that the text is the file's own bytes.
    pub(super) fn above(&self, inner: Box<dyn Read + Send>, encoding: &str, verbatim: bool) -> Box<dyn Read + Send> {
        self.with(|strips| {
            strips.encoding = encoding.to_owned();
            strips.width = match encoding {
                _ if verbatim => Width::Same,
                "UTF-16LE" => Width::LowFirst,
                "UTF-16BE" => Width::HighFirst,
                _ => Width::Byte,
            };
            if strips.width == Width::Same {
                strips.file = Vec::new();
            }
        });
        Box::new(Taped { inner, tape: self.clone(), above: true })
    }

    /// Bytes of the text that the parser has been given so far.
    pub(super) fn given(&self) -> u64 {
        self.with(|strips| strips.start + strips.text.len() as u64).unwrap_or_default()
    }

    /// The row in `start..end` of the text, with which everything before `start` is let go.
    pub(super) fn row(&self, start: u64, end: u64) -> Option<Raw> {
        self.with(|strips| {
            strips.let_go(start);
            strips.row(start, end)
        })
        .flatten()
    }

    /// Lets go what stands before `start` in the text; not every time it is called.
    pub(super) fn let_go(&self, start: u64) {
        self.with(|strips| {
            if start.saturating_sub(strips.start) > GATHERED {
                strips.let_go(start);
            }
        });
    }

    fn with<T>(&self, work: impl FnOnce(&mut Strips) -> T) -> Option<T> {
        self.0.lock().ok().map(|mut strips| work(&mut strips))
    }
}

impl Strips {
    fn keep(&mut self, bytes: &[u8], above: bool) {
        if above && self.lost {
            self.start += bytes.len() as u64;
            return;
        }
        if self.lost || (!above && self.width == Width::Same) {
            return;
        }
        let strip = if above { &mut self.text } else { &mut self.file };
        strip.extend_from_slice(bytes);
        if strip.len() > MOST {
            self.start += self.text.len() as u64;
            (self.file, self.text, self.lost) = (Vec::new(), Vec::new(), true);
        }
    }

    fn let_go(&mut self, start: u64) {
        let Some(at) = self.place(start) else { return };
        let ends = self.text[..at].iter().filter(|byte| is_end(**byte)).count();
        self.text.drain(..at);
        self.start = start;
        if let Some(behind) = behind_end(&self.file, self.width, ends) {
            self.file.drain(..behind);
        }
    }

    /// Where a place of the text stands in the strip.
    fn place(&self, offset: u64) -> Option<usize> {
        let at = usize::try_from(offset.checked_sub(self.start)?).ok()?;
        (at <= self.text.len()).then_some(at)
    }

    fn row(&self, start: u64, end: u64) -> Option<Raw> {
        if self.lost {
            return None;
        }
        let start = self.place(start)?;
        let end = self.place(end).unwrap_or(self.text.len()).max(start);
        let ends = |bytes: &[u8]| bytes.iter().take_while(|byte| is_end(**byte)).count();
        let start = start + ends(&self.text[start..end]);
        let end = end - self.text[start..end].iter().rev().take_while(|byte| is_end(**byte)).count();
        let row = &self.text[start..end];
        let bytes = match self.width {
            Width::Same => Some(row.to_vec()),
            _ if self.text.get(end).is_some_and(|byte| !is_end(*byte)) => None,
            width => {
                let before = self.text[..start].iter().filter(|byte| is_end(**byte)).count();
                let inside = row.iter().filter(|byte| is_end(**byte)).count();
                let from = behind_end(&self.file, width, before)?;
                let rest = &self.file[from..];
                let to = behind_end(rest, width, inside + 1)
                    .map_or(rest.len(), |behind| behind - if width == Width::Byte { 1 } else { 2 });
                Some(rest[..to].to_vec())
            }
        };
        let text = String::from_utf8(row.to_vec()).ok();
        Some(Raw::Text { encoding: self.encoding.clone(), bytes, text })
    }
}

fn is_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// The place behind the `count`th end of a line; `None` where there are fewer.
fn behind_end(file: &[u8], width: Width, count: usize) -> Option<usize> {
    let Some(nth) = count.checked_sub(1) else { return Some(0) };
    let wide = |low: usize| {
        let units = file.chunks_exact(2).enumerate();
        let mut ends = units.filter(move |(_, unit)| is_end(unit[low]) && unit[1 - low] == 0).map(|(at, _)| 2 * at + 2);
        ends.nth(nth)
    };
    match width {
        Width::Same => None,
        Width::Byte => file.iter().enumerate().filter(|(_, byte)| is_end(**byte)).map(|(at, _)| at + 1).nth(nth),
        Width::LowFirst => wide(0),
        Width::HighFirst => wide(1),
    }
}

/// A reader whose bytes are kept.
struct Taped {
    inner: Box<dyn Read + Send>,
    tape: Tape,
    above: bool,
}

impl Read for Taped {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.tape.with(|strips| strips.keep(&buffer[..read], self.above));
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::Encoding;
    use proptest::prelude::*;

    use super::*;
    use crate::input::decode;

    fn encoded(text: &str, label: &str) -> Vec<u8> {
        match label {
            "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            "utf-16be" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            label => Encoding::for_label(label.as_bytes()).unwrap().encode(text).0.into_owned(),
        }
    }

    proptest! {
        /// Whatever the encoding, the end of lines and how much is read at a time: a row comes back as it stands in the file.
        #[test]
        fn rows_come_back_as_they_stand_in_the_file(
            rows in prop::collection::vec("[a-zñ漢é,\"]{1,30}(\n[a-z]{1,5})?", 1..40),
            end in prop::sample::select(vec!["\n", "\r\n", "\r", "\n\n"]),
            label in prop::sample::select(vec!["utf-8", "gb18030", "utf-16le", "utf-16be"]),
            chunk in 1..70usize,
            let_go: bool,
        ) {
            let tape = Tape::default();
            let file: Vec<u8> = rows.iter().flat_map(|row| encoded(&format!("{row}{end}"), label)).collect();
            let mut decoded = decode::decode("x", tape.below(Box::new(io::Cursor::new(file))), Some(label)).ok().unwrap();
            let mut reader = tape.above(std::mem::replace(&mut decoded.reader, Box::new(io::empty())), &decoded.encoding, decoded.verbatim);
            let (mut start, mut buffer) = (0, vec![0; chunk]);
            for row in rows {
                let next = start + (row.len() + end.len()) as u64;
                while tape.given() < next && reader.read(&mut buffer).unwrap() > 0 {}
                let encoding = decoded.encoding.clone();
                let expected = Raw::Text { encoding, bytes: Some(encoded(&row, label)), text: Some(row) };
                prop_assert_eq!(tape.row(start, next), Some(expected));
                if let_go { tape.with(|strips| strips.let_go(next)); }
                start = next;
            }
        }
    }

    #[test]
    fn bytes_that_are_no_text_come_back_too() {
        let tape = Tape::default();
        let mut reader = tape.above(Box::new(io::Cursor::new(b"a\nb\xe9\nc".to_vec())), "UTF-8", true);
        io::copy(&mut reader, &mut io::sink()).unwrap();
        let row = |bytes: &[u8], text: Option<&str>| {
            Some(Raw::Text { encoding: "UTF-8".into(), bytes: Some(bytes.to_vec()), text: text.map(str::to_owned) })
        };
        assert_eq!(tape.row(2, 5), row(b"b\xe9", None));
        assert_eq!(tape.row(5, u64::MAX), row(b"c", Some("c")));
        assert_eq!(tape.row(0, 2), None, "let go");
    }
}
