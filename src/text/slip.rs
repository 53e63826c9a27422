//! Words typed with a slip of the finger: two letters swapped (`idoit`) or one typed twice (`stuppid`). Letters that are left
//! out, added or replaced by others are passed over: innocent words differ by them (`beeping`, `cargaron`, `idioms`).

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::interest::{Interest, Piece};
use super::scanner::{ListId, TermHit};

/// Fewest letters of a word that is seen through its slips.
const FEWEST: usize = 5;
/// Knows words, and finds them where they are misspelt.
#[derive(Debug, Default)]
pub struct Slips {
    words: Vec<(String, ListId, u32)>,
    /// Words by the sum of their letters' codes, which does not depend on their order.
    by_letters: HashMap<u64, Vec<u32>, FixedState>,
}

impl Slips {
    /// For single words in small letters, each with its list and term.
    pub fn new(words: impl IntoIterator<Item = (String, ListId, u32)>) -> Self {
        let mut slips = Slips::default();
        for (word, list, term) in words {
            if is_long(&word) {
                slips.by_letters.entry(sum(&word)).or_default().push(slips.words.len() as u32);
                slips.words.push((word, list, term));
            }
        }
        slips
    }

    /// The misspelt words among pieces of a folded text, as hits of the terms that were meant. A piece of a code or of an address is none.
    pub fn hits<'s>(
        &'s self,
        pieces: impl Iterator<Item = Piece> + 's,
        folded: &'s str,
    ) -> impl Iterator<Item = TermHit> + 's {
        let beside = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_digit() || b"@_-/'".contains(b) || *b >= 0x80);
        let bytes = folded.as_bytes();
        pieces.filter_map(move |Piece { start, end, .. }| {
            let alone = !beside(start.checked_sub(1).and_then(|at| bytes.get(at))) && !beside(bytes.get(end));
            let (list, term) = self.meant(&folded[start..end]).filter(|_| alone)?;
            Some(TermHit { list, start: start as u32, end: end as u32, term })
        })
    }

    /// Whether there is nothing to find.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The word that was meant by one that is typed with a slip.
    fn meant(&self, typed: &str) -> Option<(ListId, u32)> {
        if !is_long(typed) {
            return None;
        }
        let sum = sum(typed);
        let doubled = || {
            let pairs = typed.as_bytes().windows(2).filter(|pair| pair[0] == pair[1]);
            pairs.map(|pair| sum.wrapping_sub(code(pair[0]))).find_map(|sum| self.near(typed, sum))
        };
        self.near(typed, sum).or_else(doubled)
    }

    /// A word with this sum of letters that is one slip away from what was typed.
    fn near(&self, typed: &str, sum: u64) -> Option<(ListId, u32)> {
        let candidates = self.by_letters.get(&sum)?;
        candidates.iter().map(|index| &self.words[*index as usize]).find_map(|(word, list, term)| {
            let near = word.as_bytes()[0] == typed.as_bytes()[0] && strsim::osa_distance(word, typed) == 1;
            near.then_some((*list, *term))
        })
    }
}

impl Interest for Slips {
    fn takes(&self, word: &str) -> bool {
        self.meant(word).is_some()
    }
}

/// Whether a word is of small letters, and of so many that it is seen through its slips.
fn is_long(word: &str) -> bool {
    word.len() >= FEWEST && word.bytes().all(|byte| byte.is_ascii_lowercase())
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
    use super::super::interest::{Interests, Takers};
    use super::super::tokens::Tokens;
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let words = ["idiots", "stupido", "imbecile", "coward"].map(|word| (word.to_owned(), ListId::default(), 0));
        let slips = Slips::new(words);
        let mut tokens = Tokens::default();
        tokens.read(text.as_bytes(), &Interests::default());
        let piece = |at| Piece::new(tokens.get(at).start, tokens.get(at + 1).start, Takers::UNKNOWN);
        slips
            .hits((0..tokens.len()).map(piece), text)
            .map(|hit| text[hit.start as usize..hit.end as usize].to_owned())
            .collect()
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
