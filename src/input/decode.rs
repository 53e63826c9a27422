//! From bytes to UTF-8: mark, parity of zero bytes, strict UTF-8, then a guess that is said aloud.

use std::io::{self, Cursor, Read};

use chardetng::EncodingDetector;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::{InputError, cannot_read};

/// Bytes that are looked at before the form of a file is decided.
const HEAD: usize = 256 << 10;

/// A file being decoded.
pub(super) struct Decoded {
    /// The beginning, decoded.
    pub head: String,
    /// Everything, from the start, as UTF-8 (invalid bytes are left to the rows, where the file claims UTF-8).
    pub reader: Box<dyn Read + Send>,
    /// Name of the encoding.
    pub encoding: String,
    /// Why it is thought so.
    pub reason: &'static str,
}

/// Finds the encoding of a file and gives a reader of its text.
pub(super) fn decode(file: &str, mut reader: Box<dyn Read + Send>, asked: Option<&str>) -> Result<Decoded, InputError> {
    let mut head = Vec::new();
    reader.by_ref().take(HEAD as u64).read_to_end(&mut head).map_err(|error| cannot_read(file, &error))?;
    let whole = head.len() < HEAD;
    let (encoding, reason) = match asked {
        Some(label) => match Encoding::for_label(label.trim().as_bytes()) {
            Some(encoding) => (encoding, "as asked for"),
            None => {
                return Err(InputError::Encoding {
                    file: file.to_owned(),
                    message: format!("`{label}` is no known encoding"),
                    help: "use a label such as utf-8, windows-1252, gb18030, big5 or utf-16le".into(),
                });
            }
        },
        None => detect(&head, whole),
    };
    let (text, _, broken) = encoding.decode(&head);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned();
    if text.contains('\0') && encoding != UTF_16LE && encoding != UTF_16BE {
        return Err(InputError::Encoding {
            file: file.to_owned(),
            message: "this is no text: it holds zero bytes".into(),
            help: "export it as CSV, JSON or a workbook; for UTF-16 text without a mark, give --encoding utf-16le"
                .into(),
        });
    }
    if broken && asked.is_some() && encoding != UTF_8 {
        return Err(InputError::Encoding {
            file: file.to_owned(),
            message: format!("the bytes are no {}", encoding.name()),
            help: "leave --encoding out to have it found".into(),
        });
    }
    let chained: Box<dyn Read + Send> = Box::new(Cursor::new(head).chain(reader));
    let reader: Box<dyn Read + Send> = if encoding == UTF_8 {
        Box::new(WithoutMark { inner: chained, at_start: true })
    } else {
        Box::new(DecodeReaderBytesBuilder::new().encoding(Some(encoding)).bom_sniffing(true).build(chained))
    };
    Ok(Decoded { head: text, reader, encoding: encoding.name().to_owned(), reason })
}

fn detect(head: &[u8], whole: bool) -> (&'static Encoding, &'static str) {
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return (encoding, "byte order mark");
    }
    // Text in UTF-16 without a mark: nearly every second byte of Latin text is zero.
    let sample = &head[..head.len().min(4096)];
    let zeros = |parity: usize| sample.iter().skip(parity).step_by(2).filter(|b| **b == 0).count();
    let half = sample.len() / 2;
    if half > 8 && zeros(1) * 10 > half * 4 && zeros(0) * 10 < half {
        return (UTF_16LE, "every second byte is zero");
    }
    if half > 8 && zeros(0) * 10 > half * 4 && zeros(1) * 10 < half {
        return (UTF_16BE, "every second byte is zero");
    }
    match std::str::from_utf8(head) {
        Ok(_) => return (UTF_8, "valid throughout"),
        Err(error) if !whole && error.error_len().is_none() => return (UTF_8, "valid throughout"),
        Err(_) => {}
    }
    let mut detector = EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(head, whole);
    let guess = detector.guess(None, chardetng::Utf8Detection::Deny);
    // The standard's GBK decoder is the GB18030 decoder; the larger name is the honest one.
    let guess = if guess == encoding_rs::GBK { encoding_rs::GB18030 } else { guess };
    (guess, "guessed from the bytes; --encoding overrides it")
}

/// Drops a UTF-8 byte order mark.
struct WithoutMark<R> {
    inner: R,
    at_start: bool,
}

impl<R: Read> Read for WithoutMark<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        if std::mem::take(&mut self.at_start) && buffer[..read].starts_with(b"\xef\xbb\xbf") {
            buffer.copy_within(3..read, 0);
            return if read == 3 { self.inner.read(buffer) } else { Ok(read - 3) };
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: Vec<u8>) -> (String, String) {
        let mut decoded = decode("x", Box::new(Cursor::new(bytes)), None).ok().unwrap();
        let mut text = String::new();
        decoded.reader.read_to_string(&mut text).unwrap();
        (decoded.encoding, text)
    }

    #[test]
    fn the_encodings_of_exports_are_told() {
        let text = "nota;agente\nllamó por la señal dañada mañana;Ñ\n";
        assert_eq!(read(text.as_bytes().to_vec()), ("UTF-8".into(), text.into()));
        assert_eq!(read([b"\xef\xbb\xbf", text.as_bytes()].concat()), ("UTF-8".into(), text.into()));
        let (latin, _, _) = encoding_rs::WINDOWS_1252.encode(text);
        assert_eq!(read(latin.to_vec()), ("windows-1252".into(), text.into()));
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(wide), ("UTF-16LE".into(), text.into()));
        let han = "工单编号,处理描述\n1,客户来电反映宽带掉线，已处理\n";
        let (gb, _, _) = encoding_rs::GB18030.encode(han);
        assert_eq!(read(gb.to_vec()), ("gb18030".into(), han.into()));
    }

    #[test]
    fn no_text_and_unknown_labels_are_refused() {
        let open =
            |bytes: &[u8], label| decode("x", Box::new(Cursor::new(bytes.to_vec())), label).err().unwrap().to_string();
        assert!(open(b"PK\x03\x04\0\0\0\0\0", None).contains("no text"));
        assert!(open(b"a,b\n", Some("klingon")).contains("no known encoding"));
    }
}
