//! From bytes to UTF-8: the encoding is asked for or guessed from the beginning, and said aloud.

use std::io::{self, Cursor, Read};

use encoding_rs::{Encoding, UTF_8};

use super::charset::Charset;
use super::formats::Remarks;
use super::guess::{guess, wide};
use super::raw::Tape;
use super::{InputError, cannot_read};
use crate::model::Problem;

/// Bytes that are looked at before the form of a file is decided.
const HEAD: usize = 256 << 10;
/// How far the first byte that is no ASCII is looked for.
const AHEAD: usize = 8 << 20;
/// The mark at the beginning of UTF-32, which nobody should write.
const UTF_32: [&[u8]; 2] = [b"\xff\xfe\0\0", b"\0\0\xfe\xff"];

/// A file being decoded.
pub(super) struct Decoded {
    /// The beginning, decoded.
    pub head: String,
    /// Everything, from the start, as UTF-8. Bytes that are none of the encoding are left to the rows: they stand in it as bytes that
    /// are no UTF-8.
    pub reader: Box<dyn Read + Send>,
    /// Name of the encoding.
    pub encoding: String,
    /// Why it is thought so.
    pub reason: &'static str,
    /// Whether the text is the file's own bytes.
    pub verbatim: bool,
    /// What is said of it once it was read further.
    pub remarks: Remarks,
    /// Keeps rows as they stand in the file, where somebody wants those that cannot be read.
    pub tape: Option<Tape>,
}

/// Finds the encoding of a file and gives a reader of its text.
pub(super) fn decode(file: &str, reader: Box<dyn Read + Send>, asked: Option<&str>) -> Result<Decoded, InputError> {
    let io = |error: io::Error| cannot_read(file, &error);
    let refused = |message: String, help: String| InputError::Encoding { file: file.to_owned(), message, help };
    let mut reader = Ahead { inner: reader, failed: None };
    let mut bytes = Vec::new();
    let mut whole = reader.fill(HEAD, &mut bytes);
    if let (Some(error), true) = (&reader.failed, bytes.is_empty()) {
        return Err(cannot_read(file, error));
    }
    let head = bytes.len();
    if UTF_32.iter().any(|mark| bytes.starts_with(mark)) {
        return Err(refused("this is UTF-32".into(), "save it as UTF-8 or UTF-16".into()));
    }
    let (charset, reason) = match asked {
        Some(label) => {
            let named =
                Charset::named(label).map_err(|help| refused(format!("`{label}` is no known encoding"), help))?;
            // `utf-16` alone does not say which byte of two comes first.
            let order = || wide(&bytes).filter(|found| Charset::is_utf_16(label) && !named.is(found));
            match Encoding::for_bom(&bytes) {
                Some((marked, _)) if !named.is(marked) => (Charset::Web(marked), "its byte order mark says so"),
                Some(_) => (named, "as asked for"),
                None => order().map_or((named, "as asked for"), |found| {
                    (Charset::Web(found), "as asked for, with its bytes in the order in which they are text")
                }),
            }
        }
        None => {
            // What the letters are can be told only where some are.
            while !whole && bytes.is_ascii() && bytes.len() < AHEAD {
                whole = reader.fill(HEAD, &mut bytes);
            }
            match bytes.iter().position(|byte| !byte.is_ascii()).filter(|first| *first >= head) {
                Some(first) => {
                    whole = whole || reader.fill(HEAD, &mut bytes);
                    guess(&bytes[first..], whole)
                }
                None if !whole && bytes.is_ascii() => {
                    (Charset::Web(UTF_8), "nothing but ASCII so far; decided where other bytes come")
                }
                None => guess(&bytes[..head], whole && head == bytes.len()),
            }
        }
    };
    let whole = whole && reader.failed.is_none() && head == bytes.len();
    let mark = Encoding::for_bom(&bytes).filter(|(marked, _)| charset.is(marked)).map_or(0, |(_, length)| length);
    let (text, broken) = charset.decode(&bytes[mark..head], whole);
    // One in a note is a slip of the system that wrote it; some part fields and records by those that are left out here.
    let controls = text.chars().filter(|c| matches!(c, '\0' | '\u{2}'..='\u{8}' | '\u{e}'..='\u{1b}')).count();
    if controls * 50 > text.chars().count() {
        let help =
            "export it as CSV or JSON lines; for UTF-16 text without a mark, give --encoding utf-16le or utf-16be";
        return Err(refused("this is no text: it holds zero bytes or other control characters".into(), help.into()));
    }
    // Single rows are refused alone; an encoding that hardly a row is in was not meant.
    if asked.is_some() && !charset.is(UTF_8) && broken > 1 + text.lines().count() / 10 {
        let help = "leave --encoding out to have it found";
        return Err(refused(format!("the bytes are no {}", charset.name()), help.into()));
    }
    let undecided = asked.is_none() && charset.is(UTF_8) && bytes.len() >= AHEAD && bytes.is_ascii();
    let mut chained = Cursor::new(bytes).chain(reader);
    chained.by_ref().take(mark as u64).read_exact(&mut [0; 3][..mark]).map_err(io)?;
    let remarks = Remarks::default();
    let reader: Box<dyn Read + Send> = if undecided {
        Box::new(Late {
            inner: Some(Box::new(chained)),
            decided: None,
            file: file.to_owned(),
            remarks: remarks.clone(),
        })
    } else {
        charset.reader(Box::new(chained))
    };
    let verbatim = charset.is(UTF_8) && !undecided;
    Ok(Decoded { head: text, reader, encoding: charset.name().to_owned(), reason, verbatim, remarks, tape: None })
}

/// Reads up to `length` further bytes; whether the file ended before.
fn fill(reader: &mut dyn Read, length: usize, bytes: &mut Vec<u8>) -> io::Result<bool> {
    let read = reader.take(length as u64).read_to_end(bytes)?;
    Ok(read < length)
}

/// A file that is looked at before it is read: what fails while somebody looks ahead fails when the bytes before it were read.
struct Ahead {
    inner: Box<dyn Read + Send>,
    failed: Option<io::Error>,
}

impl Ahead {
    /// Reads up to `length` further bytes; whether the file ended, or failed, before.
    fn fill(&mut self, length: usize, bytes: &mut Vec<u8>) -> bool {
        fill(&mut self.inner, length, bytes).unwrap_or_else(|error| {
            self.failed = Some(error);
            true
        })
    }
}

impl Read for Ahead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.failed.take() {
            Some(error) => Err(error),
            None => self.inner.read(buffer),
        }
    }
}

/// A file that begins with so much ASCII that its encoding is decided where the first other byte comes.
struct Late {
    inner: Option<Box<dyn Read + Send>>,
    decided: Option<Box<dyn Read + Send>>,
    file: String,
    remarks: Remarks,
}

impl Read for Late {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(decided) = &mut self.decided {
            return decided.read(buffer);
        }
        let Some(inner) = &mut self.inner else { return Ok(0) };
        let read = inner.read(buffer)?;
        let Some(first) = buffer[..read].iter().position(|byte| !byte.is_ascii()) else { return Ok(read) };
        let mut window = buffer[first..read].to_vec();
        let ended = fill(inner, HEAD, &mut window)?;
        let (charset, why) = guess(&window, ended);
        // What was said of the file before was UTF-8.
        if !charset.is(UTF_8) {
            let name = charset.name();
            self.remarks.add(Problem {
                file: self.file.clone(),
                line: None,
                message: format!("the encoding was decided behind {} MiB of ASCII: {name} ({why})", AHEAD >> 20),
                help: "give the file's encoding with --encoding, if it is another".into(),
                rejected: false,
            });
        }
        let rest = self.inner.take().map(|inner| Cursor::new(window).chain(inner));
        self.decided = rest.map(|rest| charset.reader(Box::new(rest)));
        if first == 0 { self.read(buffer) } else { Ok(first) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_as(bytes: Vec<u8>, label: Option<&str>) -> (String, String) {
        let mut decoded = decode("x", Box::new(Cursor::new(bytes)), label).ok().unwrap();
        let mut text = String::new();
        decoded.reader.read_to_string(&mut text).unwrap();
        (decoded.encoding, text)
    }

    fn read(bytes: Vec<u8>) -> (String, String) {
        read_as(bytes, None)
    }

    #[test]
    fn the_encodings_of_exports_are_told() {
        let text = "nota;agente\nllamó por la señal dañada mañana;Ñ\n";
        assert_eq!(read(text.as_bytes().to_vec()), ("UTF-8".into(), text.into()));
        assert_eq!(read([b"\xef\xbb\xbf", text.as_bytes()].concat()), ("UTF-8".into(), text.into()));
        let (latin, _, _) = encoding_rs::WINDOWS_1252.encode(text);
        assert_eq!(read(latin.to_vec()), ("windows-1252".into(), text.into()));
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(wide.clone()), ("UTF-16LE".into(), text.into()));
        assert_eq!(read([&[0xff, 0xfe][..], &wide].concat()), ("UTF-16LE".into(), text.into()));
        let han = "工单编号,处理描述\n1,客户来电反映宽带掉线，已处理\n";
        let (gb, _, _) = encoding_rs::GB18030.encode(han);
        assert_eq!(read(gb.to_vec()), ("gb18030".into(), han.into()));
    }

    #[test]
    fn a_mark_is_stronger_than_what_was_asked_for() {
        let big: Vec<u8> = "\u{feff}a,b\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(read_as(big, Some("utf-16")), ("UTF-16BE".into(), "a,b\n".into()));
        let unmarked: Vec<u8> = "note_id,note\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(read_as(unmarked.clone(), Some("utf-16")), ("UTF-16BE".into(), "note_id,note\n".into()));
        assert_eq!(read_as(unmarked, Some("utf-16be")).0, "UTF-16BE");
        assert_eq!(read_as(b"\xef\xbb\xbfa,\xc3\xb1\n".to_vec(), Some("latin1")), ("UTF-8".into(), "a,ñ\n".into()));
        assert_eq!(read_as(b"a,\xa4\n".to_vec(), Some("cp850")), ("cp850".into(), "a,ñ\n".into()));
    }

    #[test]
    fn a_letter_that_comes_late_decides_late() {
        for rows in [HEAD / 8 + 1, AHEAD / 8 + 1] {
            let plain = "1,plain\n".repeat(rows);
            let bytes = [plain.as_bytes(), b"2,se\xf1or llam\xf3\n"].concat();
            let (encoding, text) = read(bytes);
            assert!(text == plain.clone() + "2,señor llamó\n", "{rows}");
            assert_eq!(encoding, if plain.len() < AHEAD { "windows-1252" } else { "UTF-8" });
            let mut decoded =
                decode("x", Box::new(Cursor::new([plain.as_bytes(), b"2,se\xf1or\n"].concat())), None).ok().unwrap();
            io::copy(&mut decoded.reader, &mut io::sink()).unwrap();
            let said: Vec<String> = decoded.remarks.all().into_iter().map(|remark| remark.message).collect();
            assert_eq!(said.iter().any(|said| said.contains("8 MiB of ASCII: windows-1252")), plain.len() >= AHEAD);
            let text = plain + "2,señor\n";
            assert!(read(text.clone().into_bytes()) == ("UTF-8".into(), text));
        }
    }

    #[test]
    fn no_text_and_unknown_labels_are_refused() {
        let open =
            |bytes: &[u8], label| decode("x", Box::new(Cursor::new(bytes.to_vec())), label).err().unwrap().to_string();
        assert!(open(b"PK\x03\x04\0\0\0\0\0", None).contains("no text"));
        assert!(open(b"\xff\xfe\0\0a\0\0\0", None).contains("UTF-32"));
        assert!(open(b"a,b\n", Some("klingon")).contains("no known encoding"));
        assert!(open(&b"se\xf1or,\xf3\n".repeat(9), Some("gb18030")).contains("no gb18030"));
    }
}
