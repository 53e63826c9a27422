//! Sentences of a folded text.

use std::ops::Range;

use super::words::WordSet;

/// Signs at which a sentence may end.
const STOPS: [bool; 256] = {
    let mut stops = [false; 256];
    let mut at = 0;
    while at < 256 {
        stops[at] = matches!(at as u8, b'\n' | b'.' | b'!' | b'?' | b';');
        at += 1;
    }
    stops
};

/// Cuts folded text into sentences: at `. ! ? ;` before white space or the end, and at line ends.
///
/// A full stop behind one of `dotted` (folded forms that keep their stop, such as `sr.`), behind a single letter or
/// behind nothing does not end a sentence.
pub fn sentences<'t>(folded: &'t str, dotted: &'t WordSet) -> impl Iterator<Item = Range<usize>> + 't {
    let bytes = folded.as_bytes();
    let (mut next, mut at) = (Some(0), 0);
    std::iter::from_fn(move || {
        loop {
            let start = next?;
            let end = loop {
                let Some(found) = bytes[at..].iter().position(|byte| STOPS[usize::from(*byte)]) else { break None };
                let stop = at + found;
                at = stop + 1;
                let ends = match bytes[stop] {
                    b'\n' => true,
                    b'.' => stands_last(bytes, stop) && !keeps_its_stop(folded, start, stop, dotted),
                    _ => stands_last(bytes, stop),
                };
                if ends {
                    break Some(at);
                }
            };
            next = end;
            let end = end.unwrap_or(bytes.len());
            let trimmed = folded[start..end].trim_start();
            if trimmed.chars().any(char::is_alphanumeric) {
                return Some(end - trimmed.len()..end);
            }
        }
    })
}

fn stands_last(bytes: &[u8], at: usize) -> bool {
    bytes.get(at + 1).is_none_or(|next| matches!(next, b' ' | b'\n' | b'"' | b')'))
}

fn keeps_its_stop(folded: &str, sentence: usize, stop: usize, dotted: &WordSet) -> bool {
    let mut before = folded.as_bytes()[sentence..stop].iter();
    let word_at = before.rposition(|byte| b" \n(\"".contains(byte)).map_or(sentence, |at| sentence + at + 1);
    let word = &folded[word_at..stop];
    // A letter behind a number is a unit, and its stop ends the sentence: `à 15 h. Le client…`.
    // `9 a. m.` goes on.
    let goes_on = matches!(&folded.as_bytes()[stop + 1..], [b' ', letter, b'.', ..] if letter.is_ascii_lowercase());
    let unit = !goes_on && folded[sentence..word_at].trim_end().ends_with(|c: char| c.is_ascii_digit());
    let single_letter = word.len() == 1 && word.as_bytes()[0].is_ascii_lowercase() && !unit;
    // `a. m.`, `p.m.`: single letters with stops between them.
    let initials = word.len() > 1 && word.split('.').all(|part| part.len() == 1);
    (single_letter || initials || dotted.contains(&folded[word_at..=stop])) && stop + 1 < folded.len()
}

/// What a byte is to a word: nothing, a part, or a sign that joins parts.
const PARTS: [u8; 256] = {
    let mut parts = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        parts[byte] = match byte as u8 {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => OF_WORD,
            b'\'' | b'-' | b'.' | b',' => JOINS,
            _ => 0,
        };
        byte += 1;
    }
    parts
};
const OF_WORD: u8 = 1;
const JOINS: u8 = 2;

/// Words of a text of any script; two Han characters count one.
pub fn count_words(text: &str) -> usize {
    words_up_to(text, usize::MAX)
}

/// The same of a plain text, by the places where its words, numbers and signs start.
pub(super) fn words_of_pieces(text: &str, starts: impl Iterator<Item = usize>) -> usize {
    let (mut words, mut inside) = (0, false);
    for part in starts.filter_map(|start| text.as_bytes().get(start)).map(|byte| PARTS[usize::from(*byte)]) {
        words += usize::from(part == OF_WORD && !inside);
        inside = part == OF_WORD || (inside && part == JOINS);
    }
    words
}

/// The same where they are fewer than `enough`; else some number from there on, without reading all of the text.
pub fn words_up_to(text: &str, enough: usize) -> usize {
    /// Bytes after which it is asked whether that is enough, at most, and those of a long word.
    const PIECE: usize = 64;
    const LONG: usize = 8;
    let piece = enough.saturating_mul(LONG).min(PIECE);
    let (mut words, mut han, mut inside) = (0, 0, false);
    let mut rest = text;
    loop {
        // Byte by byte as far as it goes.
        let ascii = rest.bytes().take(piece).take_while(u8::is_ascii).count();
        for byte in rest[..ascii].bytes() {
            let part = PARTS[usize::from(byte)];
            words += usize::from(part == OF_WORD && !inside);
            inside = part == OF_WORD || (inside && part == JOINS);
        }
        rest = &rest[ascii..];
        if words >= enough {
            break;
        }
        if ascii == piece {
            continue;
        }
        let Some(c) = rest.chars().next() else { break };
        rest = &rest[c.len_utf8()..];
        let is_han = ('\u{2e80}'..='\u{9fff}').contains(&c);
        han += usize::from(is_han);
        let starts = c.is_alphanumeric() && !is_han;
        words += usize::from(starts && !inside);
        inside = starts;
    }
    words + han.div_ceil(2)
}

#[cfg(test)]
mod tests {
    use super::super::interest::Interests;
    use super::super::tokens::Tokens;
    use super::*;

    #[test]
    fn stops_of_short_forms_and_numbers_do_not_end_a_sentence() {
        let dotted = WordSet::from_iter(["sr."]);
        let cut = |text: &str| sentences(text, &dotted).map(|r| text[r].trim().to_owned()).collect::<Vec<_>>();
        assert_eq!(
            cut("llama el sr. gil. cobro de 3.5 usd; a las 9 a. m. hoy"),
            ["llama el sr. gil.", "cobro de 3.5 usd;", "a las 9 a. m. hoy"]
        );
        assert_eq!(cut("rappel a 15 h. le client suit"), ["rappel a 15 h.", "le client suit"]);
        assert_eq!(cut("motivo: x\naccion: y"), ["motivo: x", "accion: y"]);
        assert!(cut(" . \n").is_empty() && cut("").is_empty());
    }

    #[test]
    fn words_of_two_scripts() {
        assert_eq!(count_words("call-back at 3.5 o'clock"), 4);
        let text = "Call-back at 3.5 o'clock -x1 - ref4471, (a) ok. .";
        let mut tokens = Tokens::default();
        tokens.read(text.as_bytes(), &Interests::default());
        let starts = (0..tokens.len()).map(|at| tokens.get(at).start as usize);
        assert_eq!((words_of_pieces(text, starts), count_words(text)), (8, 8));
        assert_eq!(count_words("客户来电sim卡"), 4);
    }
}
