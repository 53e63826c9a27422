//! Which long word a form clips: its beginning, its consonants in order, or its beginning and its end.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use foldhash::fast::FixedState;

/// Most letters that anybody clips a word to.
pub(super) const LONGEST_CLIP: usize = 9;

/// Finds the long word that a form clips.
#[derive(Debug)]
pub(super) struct Clips {
    /// Long words by their first letter, of one letter the short first: the nearest expansion is the likeliest.
    words: Vec<String>,
    by_letter: HashMap<u8, Range<usize>, FixedState>,
    /// Those that begin with the same two letters, in the same order.
    by_letters: HashMap<[u8; 2], Vec<u32>, FixedState>,
    triples: Triples,
}

/// Every three letters that stand side by side in a word of the language.
#[derive(Debug)]
struct Triples {
    /// Those of small letters, a bit for each.
    small: Vec<u64>,
    others: HashSet<[u8; 3], FixedState>,
}

impl Triples {
    const LETTERS: usize = 26;

    fn new<'w>(words: impl Iterator<Item = &'w String>) -> Self {
        let bits = Self::LETTERS * Self::LETTERS * Self::LETTERS;
        let mut triples = Triples { small: vec![0; bits.div_ceil(64)], others: HashSet::default() };
        for triple in words.flat_map(|word| word.as_bytes().windows(3)) {
            match Self::bit(triple) {
                Some(bit) => triples.small[bit / 64] |= 1 << (bit % 64),
                None => {
                    triples.others.insert([triple[0], triple[1], triple[2]]);
                }
            }
        }
        triples
    }

    fn bit(triple: &[u8]) -> Option<usize> {
        let letter = |byte: &u8| byte.is_ascii_lowercase().then(|| usize::from(byte - b'a'));
        triple.iter().try_fold(0, |bit, byte| Some(bit * Self::LETTERS + letter(byte)?))
    }

    fn has(&self, triple: &[u8]) -> bool {
        match Self::bit(triple) {
            Some(bit) => self.small[bit / 64] & 1 << (bit % 64) != 0,
            None => self.others.contains(triple),
        }
    }
}

/// A long word and how the form clips it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clip<'c> {
    pub(super) word: &'c str,
    pub(super) by_consonants: bool,
}

impl Clips {
    /// From long words and from all words that show what the language looks like.
    pub(super) fn new<'w>(long: &[String], all: impl Iterator<Item = &'w String>) -> Self {
        let mut words: Vec<String> = long.iter().filter(|word| word.len() >= 5 && word.is_ascii()).cloned().collect();
        words.sort_unstable_by(|one, other| {
            let order = |word: &String| (word.as_bytes()[0], word.len());
            order(one).cmp(&order(other)).then_with(|| one.cmp(other))
        });
        words.dedup();
        let mut by_letter = HashMap::default();
        let mut by_letters: HashMap<[u8; 2], Vec<u32>, FixedState> = HashMap::default();
        for (place, word) in words.iter().enumerate() {
            let bytes = word.as_bytes();
            by_letter.entry(bytes[0]).or_insert(place..place).end = place + 1;
            by_letters.entry([bytes[0], bytes[1]]).or_default().push(place as u32);
        }
        Clips { words, by_letter, by_letters, triples: Triples::new(all) }
    }

    /// The word that the form clips.
    pub(super) fn of(&self, form: &str) -> Option<Clip<'_>> {
        let [first, second, ..] = form.as_bytes() else { return None };
        let alike =
            || self.by_letters.get(&[*first, *second]).into_iter().flatten().map(|place| &self.words[*place as usize]);
        let enough =
            |word: &&String| word.len() >= form.len() + 3 && word.as_bytes()[1..].starts_with(&form.as_bytes()[1..]);
        let prefix = (form.len() >= 3).then(|| alike().find(enough)).flatten();
        if let Some(word) = prefix {
            return Some(Clip { word, by_consonants: false });
        }
        let list = || self.by_letter.get(first).into_iter().flat_map(|range| &self.words[range.clone()]);
        let skeleton = || list().find(|w| w.len() >= form.len() + 2 && is_skeleton(form, w));
        let skeleton = may_be_skeleton(form).then(skeleton).flatten();
        let contracted = || alike().find(|w| is_contracted(form, w));
        let contracted = || (!self.looks_like_a_word(form)).then(contracted).flatten();
        skeleton.or_else(contracted).map(|word| Clip { word, by_consonants: true })
    }

    /// Whether all of it could stand in a word of the language.
    fn looks_like_a_word(&self, form: &str) -> bool {
        form.as_bytes().windows(3).all(|triple| self.triples.has(triple))
    }
}

/// Whether the form is the beginning and the end of the word (`confdo`, `medto`): two letters each at least, three in front
/// of a long form.
fn is_contracted(form: &str, word: &str) -> bool {
    let front = if form.len() >= 6 { 3 } else { 2 };
    (4..=8).contains(&form.len())
        && word.len() >= form.len() + 2
        && (front..=form.len() - 2).any(|cut| word.starts_with(&form[..cut]) && word.ends_with(&form[cut..]))
}

/// Whether the form may be what is left of a word: long forms with vowels are words; clips of that length are consonants.
fn may_be_skeleton(form: &str) -> bool {
    let vowels = form.bytes().filter(|b| b"aeiou".contains(b)).count();
    let most_vowels = if form.len() >= 6 { form.len() / 6 } else { form.len() / 3 };
    form.len() >= 3 && vowels <= most_vowels
}

/// Whether the form is the word with letters left out, most of them vowels, and its end kept or its consonants kept.
fn is_skeleton(form: &str, word: &str) -> bool {
    let (f, w) = (form.as_bytes(), word.as_bytes());
    if f.last() != w.last() && !w[..w.len() - 1].ends_with(&f[f.len() - 1..]) {
        return false;
    }
    let mut at = 0;
    for letter in f {
        match w[at..].iter().position(|b| b == letter) {
            Some(found) => at += found + 1,
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clips_are_found_by_beginning_and_by_consonants() {
        let words = ["customer", "appointment", "payment"].map(str::to_owned);
        let clips = Clips::new(&words, words.iter());
        assert_eq!(clips.of("cust").unwrap().word, "customer");
        assert_eq!(clips.of("appt").unwrap().word, "appointment");
        assert_eq!(clips.of("pymt").unwrap().word, "payment");
        assert!(clips.of("come").is_none() && clips.of("cot").is_none());
        assert!(is_contracted("confdo", "confirmado") && !is_contracted("contado", "contratista"));
    }
}
