//! Text that was encoded twice: UTF-8 that somebody read as Windows-1252 or Mac Roman and wrote again (`Ã©` for `é`).
//!
//! A cell is brought back only where all of it was treated so, and comes back without loss. Letters of rightful text are no valid
//! UTF-8 behind each other but by rare chance, and what comes back must be what notes are made of.

use std::collections::HashMap;
use std::sync::OnceLock;

use encoding_rs::{Encoding, MACINTOSH, WINDOWS_1252};

use super::draft::{Draft, Sign};
use crate::model::Twice;

/// Longest word that is shown.
const LONGEST: usize = 40;

/// Times that a text is brought back: some systems do it at every import.
const MOST_TIMES: usize = 3;

/// Brings the text back where it was encoded twice, or more often; what was noticed, even where it cannot be brought back.
pub(super) fn mend(draft: &mut Draft) -> Option<Twice> {
    let mut twice = once(draft)?;
    for _ in 1..MOST_TIMES {
        match Some(&twice).filter(|twice| twice.mended).and_then(|_| once(draft)) {
            Some(again) if again.mended => twice.meant = again.meant,
            _ => break,
        }
    }
    Some(twice)
}

/// Brings the text back by one encoding.
fn once(draft: &mut Draft) -> Option<Twice> {
    let readings = tables().iter().filter_map(|table| Reading::of(&draft.signs, table)).collect::<Vec<_>>();
    let reading = readings.iter().find(|reading| reading.whole).or_else(|| readings.iter().max_by_key(|r| r.seen))?;
    let (garbled, meant) = reading.example(&draft.signs);
    let mended = reading.whole;
    if mended {
        draft.signs = reading.signs.clone();
    }
    Some(Twice { garbled, meant, mended })
}

/// The bytes of the characters beyond ASCII in each encoding.
fn tables() -> &'static [HashMap<char, u8>; 2] {
    static TABLES: OnceLock<[HashMap<char, u8>; 2]> = OnceLock::new();
    let table = |encoding: &'static Encoding| {
        let character = |byte: u8| encoding.decode_without_bom_handling(&[byte]).0.chars().next();
        (128..=255).filter_map(|byte| Some((character(byte)?, byte))).collect()
    };
    TABLES.get_or_init(|| [table(WINDOWS_1252), table(MACINTOSH)])
}

/// A text as it was before it was encoded for the second time.
struct Reading {
    /// Its characters; those that were not encoded twice as they are.
    signs: Vec<Sign>,
    /// Sequences that cannot be rightful text.
    seen: usize,
    /// Where the first of them stands, as a number of the characters before and after.
    first: (usize, usize),
    /// Whether every character beyond ASCII was encoded twice.
    whole: bool,
}

impl Reading {
    /// The reading by one encoding; `None` where nothing speaks for it.
    fn of(signs: &[Sign], table: &HashMap<char, u8>) -> Option<Self> {
        let mut reading = Reading { signs: Vec::with_capacity(signs.len()), seen: 0, first: (0, 0), whole: true };
        let mut at = 0;
        let mut wide_before = false;
        while at < signs.len() {
            let sign = signs[at];
            if sign.c.is_ascii() {
                reading.signs.push(sign);
                wide_before = false;
                at += 1;
                continue;
            }
            let Some((c, length)) = sequence(&signs[at..], table) else {
                reading.whole = false;
                reading.signs.push(sign);
                wide_before = false;
                at += 1;
                continue;
            };
            // One character of Chinese may be chance; two in a row are not.
            let wide = matches!(c, '\u{3000}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}');
            if wide && wide_before || speaks(c, &signs[..at], &signs[at..at + length], signs.get(at + length)) {
                if reading.seen == 0 {
                    reading.first = (at, reading.signs.len());
                }
                reading.seen += 1;
            }
            wide_before = wide;
            reading.signs.push(Sign { c, end: signs[at + length - 1].end, ..sign });
            at += length;
        }
        (reading.seen > 0).then_some(reading)
    }

    /// The first word that it tells of, as it stands and as it was meant.
    fn example(&self, typed: &[Sign]) -> (String, String) {
        (word(typed, self.first.0), word(&self.signs, self.first.1))
    }
}

/// The character whose UTF-8 the first characters are the bytes of, and their number.
fn sequence(signs: &[Sign], table: &HashMap<char, u8>) -> Option<(char, usize)> {
    let byte = |sign: &Sign| table.get(&sign.c).copied();
    let length = match byte(signs.first()?)? {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    let bytes: Vec<u8> = signs.get(..length)?.iter().map(byte).collect::<Option<_>>()?;
    std::str::from_utf8(&bytes).ok()?.chars().next().map(|c| (c, length))
}

/// Whether a sequence cannot be rightful text where it stands.
fn speaks(c: char, before: &[Sign], typed: &[Sign], behind: Option<&Sign>) -> bool {
    match c {
        '\u{c0}'..='\u{ff}' | 'Œ' | 'œ' | 'Ÿ' => {
            // A capital may stand before a closing quotation mark or a dash, but not inside a word with it.
            let closing = typed
                .last()
                .is_some_and(|sign| matches!(sign.c, '…' | '“' | '”' | '‘' | '’' | '–' | '—' | '«' | '»' | '\u{a0}'));
            let inside = behind.is_some_and(|sign| sign.c.is_alphabetic())
                || before.last().is_some_and(|sign| sign.c.is_lowercase());
            !closing || inside
        }
        '\u{2010}'..='\u{2026}' | '€' | '™' => true,
        _ => false,
    }
}

/// The word around a character, without digits, which may be secret.
fn word(signs: &[Sign], at: usize) -> String {
    let part = |sign: &&Sign| !sign.c.is_whitespace() || sign.c == '\u{a0}';
    let start = at - signs[..at].iter().rev().take_while(part).count();
    let end = at + signs[at..].iter().take_while(part).count();
    let shown = signs[start..end].iter().skip((at - start).saturating_sub(LONGEST / 2)).take(LONGEST);
    shown.map(|sign| if sign.c.is_numeric() && sign.c.is_ascii() { '•' } else { sign.c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(text: &str) -> (String, Option<bool>) {
        let mut draft = Draft::new(text);
        let twice = mend(&mut draft);
        (draft.text(), twice.map(|twice| twice.mended))
    }

    /// The text as a program writes it that takes its UTF-8 for another encoding.
    fn garbled(text: &str, encoding: &'static Encoding) -> String {
        encoding.decode_without_bom_handling(text.as_bytes()).0.into_owned()
    }

    #[test]
    fn what_was_encoded_twice_comes_back() {
        for text in [
            "la señora llamó",
            "SEÑORA: AVERÍA EN LA LÍNEA, ATENCIÓN",
            "the customer’s bill – “never again”",
            "voilà, c’est réglé à 20 €",
            "客户来电，要求退款",
            "¿qué pasó? 25 °C",
        ] {
            for encoding in [WINDOWS_1252, MACINTOSH] {
                assert_eq!(mended(&garbled(text, encoding)), (text.to_owned(), Some(true)), "{}", encoding.name());
            }
        }
    }

    #[test]
    fn what_was_encoded_three_times_comes_back_too() {
        let text = "la señora llamó";
        let thrice = garbled(&garbled(text, WINDOWS_1252), WINDOWS_1252);
        assert_eq!(mended(&thrice), (text.to_owned(), Some(true)));
        let twice = mend(&mut Draft::new(&thrice)).unwrap();
        assert_eq!((twice.garbled.as_str(), twice.meant.as_str()), ("seÃƒÂ±ora", "señora"));
    }

    #[test]
    fn rightful_text_stays() {
        for text in [
            "NÃO, IRMÃ E PÃO",
            "ele disse “IRMÔ e saiu",
            "pagó Â£5",
            "un CAFÉ» y «más»",
            "CAFÉ»",
            "à la qualité…” dit-il",
            "客户来电",
            "él habló con señora Núñez",
            "√2 = 1,41; ≤ 5 ‚x’",
        ] {
            assert_eq!(mended(text), (text.to_owned(), None));
        }
    }

    #[test]
    fn a_cell_that_is_not_wholly_so_is_told_and_left() {
        let text = "se\u{c3}\u{b1}ora Núñez";
        assert_eq!(mended(text), (text.to_owned(), Some(false)));
        let mut draft = Draft::new(text);
        let twice = mend(&mut draft).unwrap();
        assert_eq!((twice.garbled.as_str(), twice.meant.as_str()), ("seÃ±ora", "señora"));
        let mut draft = Draft::new("x seÃ±ora");
        mend(&mut draft);
        assert_eq!(draft.places().unwrap().in_cell(4, 5), (4, 6));
    }
}
