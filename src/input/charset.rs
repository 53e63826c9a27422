//! Encodings by their names, and a reader that turns them into UTF-8.

use std::io::{self, Read};

use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16LE};
use oem_cp::code_table::{DECODING_TABLE_CP437, DECODING_TABLE_CP850};

use crate::yaml::nearest;

/// Bytes that are read at once.
const CHUNK: usize = 16 << 10;

/// What stands in the UTF-8 that is given out for bytes that are none of the encoding: it is never UTF-8 itself, so that the row is
/// known again as one that cannot be read.
const BROKEN: u8 = 0xff;

/// An encoding of text.
#[derive(Debug, Clone, Copy)]
pub(super) enum Charset {
    /// One of the encodings of the web.
    Web(&'static Encoding),
    /// A code page of old consoles: its name, and the characters of the bytes from 128 on.
    Console(&'static str, &'static [char; 128]),
}

/// The code page of consoles in western Europe and Latin America.
pub(super) const CP850: Charset = Charset::Console("cp850", &DECODING_TABLE_CP850);
const CP437: Charset = Charset::Console("cp437", &DECODING_TABLE_CP437);

/// Names that the web's list of labels does not have.
const OTHER_NAMES: [(&str, Charset); 10] = [
    ("macroman", Charset::Web(encoding_rs::MACINTOSH)),
    ("latin9", Charset::Web(encoding_rs::ISO_8859_15)),
    ("ansi", Charset::Web(encoding_rs::WINDOWS_1252)),
    ("utf8sig", Charset::Web(UTF_8)),
    ("utf8bom", Charset::Web(UTF_8)),
    ("utf16", Charset::Web(UTF_16LE)),
    ("cp850", CP850),
    ("ibm850", CP850),
    ("cp437", CP437),
    ("ibm437", CP437),
];

/// Names that are offered where one is not known.
const OFFERED: [&str; 20] = [
    "utf-8",
    "utf-16",
    "utf-16le",
    "utf-16be",
    "windows-1252",
    "latin1",
    "iso-8859-1",
    "iso-8859-15",
    "mac-roman",
    "macintosh",
    "gb18030",
    "gbk",
    "gb2312",
    "big5",
    "cp850",
    "cp437",
    "windows-1250",
    "windows-1251",
    "shift_jis",
    "euc-kr",
];

impl Charset {
    /// The encoding that a label names, in any usual spelling.
    ///
    /// # Errors
    /// What to give instead.
    pub(super) fn named(label: &str) -> Result<Self, String> {
        let label = label.trim().to_lowercase();
        let bare: String = label.chars().filter(char::is_ascii_alphanumeric).collect();
        let known = OTHER_NAMES.iter().find(|(name, _)| *name == bare).map(|(_, charset)| *charset);
        let of_web = |label: &str| Encoding::for_label(label.as_bytes()).map(Charset::Web);
        known.or_else(|| of_web(&label)).or_else(|| of_web(&bare)).or_else(|| of_web(&label.replace('_', "-"))).ok_or_else(
            || {
                let near = nearest(&label, OFFERED);
                let near = near.map_or(String::new(), |near| format!("did you mean `{near}`? "));
                format!("{near}known are, among others, utf-8, utf-16, windows-1252, latin1, mac-roman, cp850, gb18030 and big5")
            },
        )
    }

    /// Whether a label means UTF-16 without saying in what order its bytes stand.
    pub(super) fn is_utf_16(label: &str) -> bool {
        label.chars().filter(char::is_ascii_alphanumeric).collect::<String>().eq_ignore_ascii_case("utf16")
    }

    /// Its usual name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Charset::Web(encoding) => encoding.name(),
            Charset::Console(name, _) => name,
        }
    }

    pub(super) fn is(self, encoding: &'static Encoding) -> bool {
        matches!(self, Charset::Web(own) if own == encoding)
    }

    /// The text of bytes, each broken sequence replaced by U+FFFD, and how many of them there are; `whole` tells whether the bytes
    /// end where the text does.
    pub(super) fn decode(self, bytes: &[u8], whole: bool) -> (String, usize) {
        let mut step = self.decoder();
        let mut text = Vec::with_capacity(bytes.len() + bytes.len() / 2);
        step.feed(bytes, whole, &mut text);
        let broken = text.iter().filter(|byte| **byte == BROKEN).count();
        (String::from_utf8_lossy(&text).into_owned(), broken)
    }

    /// The character of a byte, in an encoding that has one a byte.
    pub(super) fn character(self, byte: u8) -> char {
        match self {
            _ if byte.is_ascii() => char::from(byte),
            Charset::Console(_, table) => table[usize::from(byte & 0x7f)],
            Charset::Web(encoding) => {
                let bytes = [byte];
                let text = encoding.decode_without_bom_handling(&bytes).0;
                text.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER)
            }
        }
    }

    fn decoder(self) -> Decoder {
        match self {
            Charset::Web(encoding) => Decoder::Web(Box::new(encoding.new_decoder_without_bom_handling())),
            Charset::Console(_, table) => Decoder::Console(table),
        }
    }

    /// A reader of the text as UTF-8; where bytes are broken it holds a byte that is no UTF-8.
    pub(super) fn reader(self, inner: Box<dyn Read + Send>) -> Box<dyn Read + Send> {
        if self.is(UTF_8) {
            return inner;
        }
        let decoder = self.decoder();
        Box::new(Decoding { inner, decoder, raw: vec![0; CHUNK], text: Vec::new(), given: 0, ended: false })
    }
}

enum Decoder {
    Web(Box<encoding_rs::Decoder>),
    Console(&'static [char; 128]),
}

impl Decoder {
    /// Adds the text of further bytes.
    fn feed(&mut self, mut bytes: &[u8], last: bool, text: &mut Vec<u8>) {
        match self {
            Decoder::Console(table) => {
                let mut buffer = [0; 4];
                for byte in bytes {
                    let c = if byte.is_ascii() { char::from(*byte) } else { table[usize::from(byte & 0x7f)] };
                    text.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
                }
            }
            Decoder::Web(decoder) => loop {
                let from = text.len();
                let room =
                    decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(bytes.len() * 3 + 16);
                text.resize(from + room, 0);
                let (result, read, written) =
                    decoder.decode_to_utf8_without_replacement(bytes, &mut text[from..], last);
                text.truncate(from + written);
                bytes = &bytes[read..];
                match result {
                    DecoderResult::InputEmpty => return,
                    DecoderResult::OutputFull => {}
                    DecoderResult::Malformed(..) => text.push(BROKEN),
                }
            },
        }
    }
}

/// UTF-8 out of bytes in another encoding.
struct Decoding {
    inner: Box<dyn Read + Send>,
    decoder: Decoder,
    raw: Vec<u8>,
    text: Vec<u8>,
    /// How much of `text` was given out.
    given: usize,
    ended: bool,
}

impl Read for Decoding {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() && !self.ended && !buffer.is_empty() {
            let read = self.inner.read(&mut self.raw)?;
            self.ended = read == 0;
            self.text.clear();
            self.given = 0;
            self.decoder.feed(&self.raw[..read], self.ended, &mut self.text);
        }
        let rest = &self.text[self.given..];
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.given += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_known_in_any_spelling_and_others_get_the_nearest() {
        for (label, name) in [
            ("mac-roman", "macintosh"),
            ("MacRoman", "macintosh"),
            ("latin1", "windows-1252"),
            ("Latin-1", "windows-1252"),
            ("ISO_8859-1", "windows-1252"),
            ("utf8", "UTF-8"),
            ("UTF-8-SIG", "UTF-8"),
            ("utf-16", "UTF-16LE"),
            ("CP-850", "cp850"),
            ("IBM437", "cp437"),
            (" gb2312 ", "GBK"),
            ("big-5", "Big5"),
        ] {
            assert_eq!(Charset::named(label).unwrap().name(), name, "{label}");
        }
        assert!(Charset::named("windws-1252").unwrap_err().contains("did you mean `windows-1252`"));
        assert!(Charset::named("klingon").unwrap_err().starts_with("known are"));
    }

    #[test]
    fn broken_bytes_stay_broken_whatever_the_size_of_reads() {
        let bytes = b"\xbf\xcd,\xff\xff\n\xbf\xcd";
        let mut reader = Charset::named("gb18030").unwrap().reader(Box::new(&bytes[..]));
        let (mut all, mut one) = (Vec::new(), [0; 1]);
        while reader.read(&mut one).unwrap() == 1 {
            all.push(one[0]);
        }
        assert_eq!(all, "客,".bytes().chain([BROKEN, BROKEN]).chain("\n客".bytes()).collect::<Vec<u8>>());
        assert_eq!(CP850.decode(b"se\xa4al", true), ("señal".into(), 0));
    }
}
