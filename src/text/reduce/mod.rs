//! From the cell of an export to the text of a note: what was encoded twice is brought back, markup becomes text, signs that nobody
//! sees are left out, quoted mail is told. Every character keeps its place in the cell.

mod draft;
mod mail;
mod markup;
mod twice;

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use encoding_rs::WINDOWS_1252;

use draft::{Draft, Sign};
use mail::Mail;

use crate::model::Exported;

pub use mail::MailWords;

/// Reduces cells to the text of notes.
#[derive(Debug, Clone, Default)]
pub struct Reducer {
    mail: Arc<Known>,
}

/// What mail programs write; made ready when the first note has several lines.
#[derive(Debug, Default)]
struct Known {
    words: MailWords,
    mail: OnceLock<Mail>,
}

impl Reducer {
    /// A reducer that knows what mail programs write.
    pub fn new(words: &MailWords) -> Self {
        Reducer { mail: Arc::new(Known { words: words.clone(), mail: OnceLock::new() }) }
    }

    /// The text of a cell and, where something in the cell was different, what.
    pub fn reduce<'c>(&self, cell: &'c str) -> (Cow<'c, str>, Option<Box<Exported>>) {
        let mut exported = Exported::default();
        let mut marked = Vec::new();
        let text = if is_plain(cell) {
            Cow::Borrowed(cell)
        } else {
            let mut draft = Draft::new(cell);
            exported.twice = twice::mend(&mut draft);
            markup::reduce(&mut draft);
            draft.signs = visible(&draft.signs);
            exported.places = draft.places();
            marked = draft.quoted();
            Cow::Owned(draft.text())
        };
        if text.contains('\n') {
            let mail = self.mail.mail.get_or_init(|| Mail::new(&self.mail.words));
            exported.quoted = mail.quoted(&text, &marked);
        }
        let same = exported == Exported::default();
        (text, (!same).then(|| Box::new(exported)))
    }
}

/// Bytes behind which one must look: all but what is always plain.
const CLOSER: [bool; 256] = {
    let mut closer = [true; 256];
    let mut byte = 0;
    while byte < 256 {
        closer[byte] = !matches!(
            byte as u8,
            b'\t' | b'\n' | b' '..=b'%' | b'\''..=b';' | b'='..=b'^' | b'`'..=b'~' | 0x80..=0xc1 | 0xc4..=0xe1 | 0xe3..=0xee
                | 0xf0..=0xf2 | 0xf4..
        );
        byte += 1;
    }
    closer
};

/// Whether nothing in a cell calls for a closer look; quick, for it is asked of every note.
fn is_plain(cell: &str) -> bool {
    let bytes = cell.as_bytes();
    let behind = |at: usize, offset: usize| bytes.get(at + offset).copied().unwrap_or(0);
    !bytes.iter().enumerate().filter(|(_, byte)| CLOSER[usize::from(**byte)]).any(|(at, byte)| match byte {
        b'\r' => behind(at, 1) != b'\n',
        b'_' => behind(at, 1) == b'x',
        // Controls and the soft hyphen.
        0xc2 => matches!(behind(at, 1), 0x80..=0x9f | 0xad),
        // A letter that is the first byte of a sequence, and one that may be the second, in text that was encoded twice.
        0xc3 => matches!(behind(at, 1), 0x82..=0xb4) && matches!(behind(at, 2), 0xc2 | 0xc5 | 0xc6 | 0xcb | 0xe2),
        // Zero-width signs, line and paragraph ends, directions; what `Ã` and `â` are on a Mac.
        0xe2 => match behind(at, 1) {
            0x80 => matches!(behind(at, 2), 0x8b..=0x8f | 0xa8..=0xae) || behind(at, 2) == 0x9a && behind(at, 3) > 0x7f,
            0x81 => behind(at, 2) >= 0xa0,
            0x88 => behind(at, 2) == 0x9a && behind(at, 3) > 0x7f,
            _ => false,
        },
        // The byte order mark, and tags.
        0xef => behind(at, 1) == 0xbb && behind(at, 2) == 0xbf,
        0xf3 => behind(at, 1) == 0xa0,
        _ => true,
    })
}

/// The characters without those that nobody sees; the many forms of a line end become one.
fn visible(signs: &[Sign]) -> Vec<Sign> {
    let mut out: Vec<Sign> = Vec::with_capacity(signs.len());
    for (at, sign) in signs.iter().enumerate() {
        let next = signs.get(at + 1).map(|next| next.c);
        let before = out.last().map(|before| before.c);
        let c = match sign.c {
            '\r' if next == Some('\n') => '\r',
            '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
            // Separators of records of old systems.
            '\u{1c}'..='\u{1f}' => ' ',
            c @ ('\t' | '\n') => c,
            // What a program made of Windows-1252 that it took for Latin-1.
            c @ '\u{80}'..='\u{9f}' => {
                let meant = WINDOWS_1252.decode_without_bom_handling(&[c as u8]).0.chars().next();
                match meant.filter(|c| !c.is_control()) {
                    Some(meant) => meant,
                    None => continue,
                }
            }
            c if c.is_control() => continue,
            // They shape the letters of other scripts, and join signs of pictures.
            c @ ('\u{200c}' | '\u{200d}' | '\u{e0020}'..='\u{e007f}') if before.is_some_and(is_shaped) => c,
            '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{e0000}'..='\u{e007f}' => continue,
            c => c,
        };
        out.push(Sign { c, ..*sign });
    }
    out
}

/// Whether joiners mean something behind a character.
fn is_shaped(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{dff}' | '\u{2190}'..='\u{2bff}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}' | '\u{e0020}'..='\u{e007f}' | '\u{200d}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reduced(cell: &str) -> (String, Option<Box<Exported>>) {
        let wrote = vec!["wrote".to_owned()];
        let (text, exported) = Reducer::new(&MailWords { wrote, ..MailWords::default() }).reduce(cell);
        (text.into_owned(), exported)
    }

    #[test]
    fn plain_notes_stay_and_cost_nothing() {
        for cell in [
            "La señora llamó por «la avería» – 20 €…\r\n\tNIÑO",
            "客户来电：态度恶劣，已处理。",
            "l’œuvre à 3 < 5",
            "familia 👩\u{200d}💻 ok",
            "می\u{200c}خواهم",
        ] {
            assert_eq!(reduced(cell), (cell.to_owned(), None));
        }
    }

    #[test]
    fn signs_that_nobody_sees_are_left_out() {
        for (cell, text) in [
            ("idi\u{200b}ota", "idiota"),
            ("idi\u{ad}o\u{200d}t\u{0}a\u{7}", "idiota"),
            ("\u{feff}a\u{202e}b\u{2066}", "ab"),
            ("a\rb\u{b}c\u{2028}d\u{85}e", "a\nb\nc\nd\ne"),
            ("it\u{92}s \u{93}ok\u{94}", "it’s “ok”"),
            ("a\u{1f}b", "a b"),
        ] {
            assert_eq!(reduced(cell).0, text);
        }
        let (text, exported) = reduced("x idi\u{200b}ota");
        assert_eq!(text, "x idiota");
        assert_eq!(exported.unwrap().places.unwrap().in_cell(2, 8), (2, 9));
    }

    #[test]
    fn all_of_it_at_once_keeps_the_places() {
        let cell = "<p>La se\u{c3}\u{b1}ora &amp; <b>idi&#8203;ota</b></p><p>On 4 May 2026 Ana wrote:</p><blockquote>you fool</blockquote>";
        let (text, exported) = reduced(cell);
        assert_eq!(text, "La señora & idiota\nOn 4 May 2026 Ana wrote:\nyou fool");
        let exported = exported.unwrap();
        assert!(exported.twice.unwrap().mended);
        assert_eq!(exported.quoted.len(), 1);
        assert!(exported.quoted[0].of(&text).starts_with("On 4"));
        let at = text.chars().take_while(|c| *c != '&').count() + 2;
        let (start, end) = exported.places.unwrap().in_cell(at, at + 6);
        let found: String = cell.chars().skip(start).take(end - start).collect();
        assert_eq!(found, "idi&#8203;ota");
    }
}
