//! Words typed with a slip of the finger: two letters swapped (`idoit`) or one typed twice (`stuppid`). Letters that are left
//! out, added or replaced by others are passed over: innocent words differ by them (`beeping`, `cargaron`, `idioms`).

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::interest::Interest;
use super::scanner::{ListId, TermHit};

/// Fewest letters of a word that is seen through its slips.
const FEWEST: usize = 5;
/// Knows words, and finds them where they are misspelt.
#[derive(Debug, Default)]
pub struct Slips {
    words: Vec<(String, ListId, u32)>,
    /// Words by the sum of their letters' codes, which does not depend on their order.
    by_letters: HashMap<u64, Vec<u32>, FixedState>,
    /// Whether some word may have such a sum: answers most questions with one look.
    sieve: Vec<u64>,
}

impl Slips {
    const SIEVE_BITS: u32 = 16;

    /// For single words in small letters, each with its list and term.
    pub fn new(words: impl IntoIterator<Item = (String, ListId, u32)>) -> Self {
        let mut slips = Slips { sieve: vec![0; 1 << (Self::SIEVE_BITS - 6)], ..Slips::default() };
        for (word, list, term) in words {
            if word.len() < FEWEST || !word.bytes().all(|b| b.is_ascii_lowercase()) {
                continue;
            }
            let sum = sum(&word);
            let (at, bit) = Self::place(sum);
            slips.sieve[at] |= bit;
            slips.by_letters.entry(sum).or_default().push(slips.words.len() as u32);
            slips.words.push((word, list, term));
        }
        slips
    }

    /// The misspelt words among the long ones of a folded text, as hits of the terms that were meant.
    pub fn hits<'s>(&'s self, words: &'s [LongWord], folded: &'s str) -> impl Iterator<Item = TermHit> + 's {
        let words = words.iter().filter(|_| !self.words.is_empty());
        words.filter_map(|word| {
            let (list, term) = self.meant(&folded[word.start as usize..word.end as usize], word.sum)?;
            Some(TermHit { list, start: word.start, end: word.end, term })
        })
    }

    /// Whether there is nothing to find.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The word that was meant by one that is typed with a slip.
    fn meant(&self, typed: &str, sum: u64) -> Option<(ListId, u32)> {
        let doubled = || {
            let pairs = typed.as_bytes().windows(2).filter(|pair| pair[0] == pair[1]);
            pairs.map(|pair| sum.wrapping_sub(code(pair[0]))).find_map(|sum| self.near(typed, sum))
        };
        self.near(typed, sum).or_else(doubled)
    }

    /// A word with this sum of letters that is one slip away from what was typed.
    fn near(&self, typed: &str, sum: u64) -> Option<(ListId, u32)> {
        let (at, bit) = Self::place(sum);
        if self.sieve[at] & bit == 0 {
            return None;
        }
        let candidates = self.by_letters.get(&sum)?;
        candidates.iter().map(|index| &self.words[*index as usize]).find_map(|(word, list, term)| {
            let near = word.as_bytes()[0] == typed.as_bytes()[0] && strsim::osa_distance(word, typed) == 1;
            near.then_some((*list, *term))
        })
    }

    fn place(sum: u64) -> (usize, u64) {
        let at = sum >> (64 - Self::SIEVE_BITS);
        ((at >> 6) as usize, 1 << (at & 63))
    }
}

impl Interest for Slips {
    fn takes(&self, word: &str) -> bool {
        let long = word.len() >= FEWEST && word.bytes().all(|byte| byte.is_ascii_lowercase());
        long && self.meant(word, sum(word)).is_some()
    }
}

/// A word of at least five small letters, in bytes of the folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LongWord {
    start: u32,
    end: u32,
    /// Of its letters' codes.
    sum: u64,
}

/// The long words of a folded text. A piece of a code, an address or a longer word is none.
pub(super) fn long_words(folded: &str) -> Vec<LongWord> {
    // About one word in two is long.
    let mut out = Vec::with_capacity(folded.len() / 12);
    let bytes = folded.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        while at < bytes.len() && bytes[at].is_ascii_lowercase() {
            at += 1;
        }
        if at - start >= FEWEST {
            let beside = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_digit() || b"@_-/'".contains(b) || *b >= 0x80);
            if !beside(start.checked_sub(1).and_then(|i| bytes.get(i))) && !beside(bytes.get(at)) {
                out.push(LongWord { start: start as u32, end: at as u32, sum: sum(&folded[start..at]) });
            }
        }
        at = at.max(start + 1);
    }
    out
}

/// The number of each letter, spread over 64 bits so that sums of letters hardly ever meet.
const CODES: [u64; 256] = {
    let mut codes = [0; 256];
    let mut letter = 0;
    while letter < 256 {
        let spread = (letter as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(letter as u32 % 64);
        codes[letter] = spread.wrapping_mul(0xd6e8_feb8_6659_fd93);
        letter += 1;
    }
    codes
};

fn code(letter: u8) -> u64 {
    CODES[usize::from(letter)]
}

fn sum(word: &str) -> u64 {
    word.bytes().fold(0, |sum, letter| sum.wrapping_add(code(letter)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let words = ["idiots", "stupido", "imbecile", "coward"].map(|word| (word.to_owned(), ListId::default(), 0));
        let slips = Slips::new(words);
        let hits = long_words(text);
        slips.hits(&hits, text).map(|hit| text[hit.start as usize..hit.end as usize].to_owned()).collect()
    }

    #[test]
    fn one_slip_is_seen_through() {
        assert_eq!(found("these idoits, so stuppido, an imbeciile"), ["idoits", "stuppido", "imbeciile"]);
    }

    #[test]
    fn right_words_other_letters_short_words_and_pieces_are_left_alone() {
        assert!(found("idiots idioms toward cowards idoits-4 idoits@x stupdo stupirdo").is_empty());
    }
}
