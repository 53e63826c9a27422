//! Which encoding bytes are in: mark, units of two bytes, strict UTF-8, then evidence.

use chardetng::EncodingDetector;
use encoding_rs::{Encoding, GB18030, GBK, MACINTOSH, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::charset::{CP850, Charset};

/// Bytes in which units of two bytes are looked for.
const WIDE_SAMPLE: usize = 64 << 10;

/// The encoding of the beginning of a file, and why it is thought so; `whole` tells whether it is all of it.
pub(super) fn guess(head: &[u8], whole: bool) -> (Charset, &'static str) {
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return (Charset::Web(encoding), "byte order mark");
    }
    if let Some(encoding) = wide(head) {
        return (Charset::Web(encoding), "units of two bytes, read in this order, are text");
    }
    if head.is_ascii() {
        return (Charset::Web(UTF_8), "nothing but ASCII");
    }
    let (letters, broken) = utf_8(head, whole);
    if broken == 0 {
        return (Charset::Web(UTF_8), "valid throughout");
    }
    if letters >= 5 * broken {
        return (Charset::Web(UTF_8), "nearly all of it is valid; rows that are not are listed");
    }
    let charset = by_evidence(head, whole);
    let reason = if charset.is(WINDOWS_1252) {
        "guessed from the bytes; it holds all of Latin-1; --encoding overrides it"
    } else {
        "guessed from the bytes; --encoding overrides it"
    };
    (charset, reason)
}

/// How many characters beyond ASCII are valid UTF-8, and how many sequences are not.
fn utf_8(head: &[u8], whole: bool) -> (usize, usize) {
    let (mut letters, mut broken) = (0, 0);
    let mut chunks = head.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        letters += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        // The beginning of a file may end inside a character.
        let cut = !whole
            && chunks.peek().is_none()
            && std::str::from_utf8(chunk.invalid()).is_err_and(|e| e.error_len().is_none());
        broken += usize::from(!chunk.invalid().is_empty() && !cut);
    }
    (letters, broken)
}

/// The order of bytes in which text of two-byte units without a mark makes sense. No other text holds zero bytes, and this one
/// does, at least in its line ends.
pub(super) fn wide(head: &[u8]) -> Option<&'static Encoding> {
    let sample = &head[..head.len().min(WIDE_SAMPLE)];
    if sample.len() < 8 || !sample.contains(&0) {
        return None;
    }
    let share = |of_bytes: fn([u8; 2]) -> u16| {
        let units = sample.chunks_exact(2).map(|pair| of_bytes([pair[0], pair[1]]));
        let read: Vec<Option<char>> = char::decode_utf16(units).map(Result::ok).collect();
        // The last unit may be half of a pair.
        let text = read.iter().filter(|c| c.is_some_and(is_usual)).count();
        text * 100 / read.len()
    };
    let (little, big) = (share(u16::from_le_bytes), share(u16::from_be_bytes));
    let (encoding, good, other) = if little >= big { (UTF_16LE, little, big) } else { (UTF_16BE, big, little) };
    (good >= 90 && good >= other + 5).then_some(encoding)
}

/// Whether a character is one that notes are made of.
fn is_usual(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{a0}'..='\u{17f}' | '\u{2010}'..='\u{2044}' | '€' | '™'
        | '\u{3000}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}' | '\u{1f300}'..='\u{1faff}')
}

/// The encoding that the letters speak for. The detector of browsers does not know those of old Macs and consoles, and takes them for
/// others: whether they are meant is told by letters that stand well in words, or badly.
fn by_evidence(head: &[u8], whole: bool) -> Charset {
    let mut detector = EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(head, whole);
    let detected = detector.guess(None, chardetng::Utf8Detection::Deny);
    // The standard's GBK decoder is the GB18030 decoder; the larger name is the honest one.
    let detected = if detected == GBK { GB18030 } else { detected };
    let latin = |charset| (charset, Evidence::of(head, charset));
    let mut best = latin(Charset::Web(WINDOWS_1252));
    let is_latin = is_latin(detected);
    if is_latin {
        let other = latin(Charset::Web(detected));
        if other.1.score() > best.1.score() {
            best = other;
        }
    }
    for (charset, evidence) in [latin(Charset::Web(MACINTOSH)), latin(CP850)] {
        if evidence.score() > best.1.score() && (best.1.bad > 0 || best.1.good < 0) {
            best = (charset, evidence);
        }
    }
    let (charset, evidence) = best;
    // Latin letters stand among ASCII letters; those of other scripts do not.
    let among_ascii = evidence.score() > 0 && evidence.score() * 10 >= 7 * evidence.bytes as i64;
    if is_latin || among_ascii { charset } else { Charset::Web(detected) }
}

/// Whether most letters of an encoding of one byte a character are Latin.
fn is_latin(encoding: &'static Encoding) -> bool {
    let letters = (0xc0..=0xff).filter(|byte| matches!(Charset::Web(encoding).character(*byte), '\u{c0}'..='\u{24f}'));
    encoding.is_single_byte() && letters.count() > 32
}

/// What the letters beyond ASCII in words with ASCII letters say about an encoding.
#[derive(Debug, Default)]
struct Evidence {
    /// Bytes beyond ASCII.
    bytes: usize,
    /// Letters that stand in words as letters do.
    good: i64,
    /// Signs, and capitals behind small letters, inside words: no writer puts them there.
    bad: i64,
}

impl Evidence {
    fn of(text: &[u8], charset: Charset) -> Self {
        let table: Vec<char> = (0..=255).map(|byte| charset.character(byte)).collect();
        let mut evidence = Evidence::default();
        let in_word = |byte: &u8| byte.is_ascii_alphabetic() || !byte.is_ascii();
        for word in text.split(|byte| !in_word(byte)).filter(|word| !word.is_ascii()) {
            let word: Vec<char> = word.iter().map(|byte| table[usize::from(*byte)]).collect();
            // A sign alone says nothing.
            evidence.bytes += if word.len() == 1 { 0 } else { word.iter().filter(|c| !c.is_ascii()).count() };
            evidence.word(&word);
        }
        evidence
    }

    fn word(&mut self, word: &[char]) {
        let mixed = word.iter().any(char::is_ascii_alphabetic);
        for (at, c) in word.iter().enumerate().filter(|(_, c)| !c.is_ascii()) {
            let before = at.checked_sub(1).map(|at| word[at]).filter(|c| c.is_alphabetic());
            let behind = word.get(at + 1).copied().filter(|c| c.is_alphabetic());
            let inside = before.is_some() && behind.is_some();
            let small = |c: Option<char>| c.is_some_and(char::is_lowercase);
            let capital = |c: Option<char>| c.is_some_and(char::is_uppercase);
            match c {
                // A dash between letters parts words, and hardly a word is one consonant.
                '–' | '—' | '…' if inside && (lone(&word[..at], true) || lone(&word[at + 1..], false)) => {
                    self.bad += 2
                }
                // A space that does not break; what writers put right between letters.
                '\u{a0}' | '’' | '–' | '—' | '…' | '“' | '”' | '‘' | '•' => {}
                'ª' | 'º' => {}
                c if c.is_control() => self.bad += 2,
                c if !mixed && !c.is_alphabetic() => {}
                c if !mixed => {
                    self.good += i64::from(word.len() == 1 && matches!(c, 'à' | 'é' | 'ó' | 'À' | 'É' | 'Ó'))
                }
                c if c.is_lowercase() => self.good += if capital(before) && capital(behind) { -1 } else { 1 },
                c if c.is_uppercase() => self.good += if small(before) { -2 } else { 1 },
                _ if inside => self.bad += 2,
                _ => {}
            }
            if c.is_uppercase() && small(before) {
                self.bad += 1;
            }
        }
    }

    /// Good less bad.
    fn score(&self) -> i64 {
        self.good - self.bad
    }
}

/// Whether the letters at the end, or the beginning, of a part of a word are a single consonant.
fn lone(part: &[char], at_end: bool) -> bool {
    let letters = |c: &&char| c.is_alphabetic();
    let run: Vec<char> = if at_end {
        part.iter().rev().take_while(letters).copied().collect()
    } else {
        part.iter().take_while(letters).copied().collect()
    };
    matches!(run[..], [c] if c.is_ascii_lowercase() && !"aeiouy".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide_of(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    fn guessed(bytes: &[u8]) -> &'static str {
        guess(bytes, true).0.name()
    }

    /// The bytes of a text in an encoding of one byte a character.
    fn single(text: &str, charset: Charset) -> Vec<u8> {
        let byte = |c: char| (0..=255).find(|byte| charset.character(*byte) == c).unwrap();
        text.chars().map(byte).collect()
    }

    const LATIN: [&str; 8] = [
        "id;nota\r1;llamó por la señal dañada de su línea, se agenda técnico para mañana\r",
        "id;note\r1;Client mécontent du délai, accès rétabli après redémarrage de la box\r",
        "id,nota\n7,Pide factura de niño; año 2026, NÚMERO de póliza ok\n",
        "id,note\n1,Customer asked about the café bill, we explained it in détail\n",
        "ID;NOTA\n1;SEÑORA LLAMÓ POR AVERÍA EN SU LÍNEA\n",
        "id;nota\n3;¿Por qué? Pregunta «cuándo» llega el técnico; está enojado\n",
        "nota\nllamó\nseñal\nmás\n",
        "note\n« À bientôt » dit le client, réglé\n",
    ];

    #[test]
    fn latin_encodings_are_told_apart() {
        for text in LATIN {
            for charset in [Charset::Web(WINDOWS_1252), Charset::Web(MACINTOSH), CP850] {
                assert_eq!(guessed(&single(text, charset)), charset.name(), "{text}");
            }
        }
    }

    #[test]
    fn signs_of_windows_are_no_letters_of_a_mac() {
        for text in [
            "id,note\n1,Customer’s bill—explained—won’t pay; Mon–Fri only\n",
            "id,note\n1,“Never again”, he said… €20 refunded – closed\n",
            "id,note\n1,Cust wants refund – don’t call…\n",
            "nota\nllamo por la factura – espera • pago 20 €\n",
        ] {
            assert_eq!(guessed(&single(text, Charset::Web(WINDOWS_1252))), "windows-1252", "{text}");
        }
    }

    #[test]
    fn chinese_encodings_are_told_apart_from_few_characters() {
        let traditional = "編號,備註\n1,客戶來電反映寬頻斷線，已處理完畢\n";
        let simplified = "工单编号,处理描述\n1,客户来电反映宽带掉线，已处理\n";
        assert_eq!(guessed(&encoding_rs::BIG5.encode(traditional).0), "Big5");
        assert_eq!(guessed(&GB18030.encode(simplified).0), "gb18030");
        let mixed = "id,agent,note\n".to_owned() + &"17,A1,customer called about the bill\n".repeat(200);
        assert_eq!(guessed(&GB18030.encode(&(mixed.clone() + "18,A1,客户来电催单，已加急\n")).0), "gb18030");
        assert_eq!(guessed(&encoding_rs::BIG5.encode(&(mixed.clone() + "18,A1,客戶來電催單，已加急處理\n")).0), "Big5");
        assert_eq!(guessed(&WINDOWS_1252.encode(&(mixed + "18,A1,se dañó el módem\n")).0), "windows-1252");
    }

    #[test]
    fn units_of_two_bytes_are_read_in_the_order_that_makes_sense() {
        for text in [
            "工单编号,处理描述\n1,客户来电反映宽带掉线，已处理一次\n",
            "id\tnote\r\n1\tseñora llamó\r\n",
            "备注\n客户要求退款\n",
        ] {
            assert_eq!(guessed(&wide_of(text, u16::to_le_bytes)), "UTF-16LE", "{text}");
            assert_eq!(guessed(&wide_of(text, u16::to_be_bytes)), "UTF-16BE", "{text}");
        }
        assert_eq!(wide(b"PK\x03\x04\0\0\0\0\x14\0\x06\0\x08\0"), None);
    }

    #[test]
    fn a_broken_row_does_not_make_a_file_another_encoding() {
        let mut bytes = "id,nota\n1,señal dañada, llamó mañana; niño, año, más, está, café\n".as_bytes().to_vec();
        bytes.extend(b"2,caf\xe9\n");
        assert_eq!(guess(&bytes, true).1, "nearly all of it is valid; rows that are not are listed");
        assert_eq!(guess("señ".as_bytes().get(..3).unwrap(), false).1, "valid throughout");
        assert_eq!(guess(b"a,b\n", true).1, "nothing but ASCII");
    }
}
