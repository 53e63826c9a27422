//! Words that are looked up in every note.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use foldhash::fast::FixedState;

/// A word of at most sixteen bytes as one number: most are, and a look into a table then meets no other place in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Short(u128);

impl Short {
    /// Nothing for a longer word, and for one that ends in what fills up a shorter one.
    ///
    /// The bytes are taken from both ends in pieces that may share some, which takes no loop and no copy of so many bytes.
    fn of(word: &[u8]) -> Option<Self> {
        let length = word.len();
        let known = match (word.first_chunk(), word.last_chunk()) {
            (Some(first), Some(last)) => {
                let (first, last) = (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
                let behind = 16_usize.checked_sub(length)?;
                u128::from(first) | u128::from(last) << 64 >> (8 * behind)
            }
            _ => match (word.first_chunk(), word.last_chunk()) {
                (Some(first), Some(last)) => {
                    let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
                    u128::from(first) | u128::from(last) << (8 * (length - 4))
                }
                _ => word.iter().rev().fold(0, |known, byte| known << 8 | u128::from(*byte)),
            },
        };
        (word.last() != Some(&0)).then_some(Short(known))
    }
}

/// Adds a word to a hash, as one number where it is short.
pub fn hash_word(word: &[u8], hasher: &mut impl Hasher) {
    match Short::of(word) {
        Some(short) => hasher.write_u128(short.0),
        None => word.hash(hasher),
    }
}

/// What is known of words.
#[derive(Debug, Clone)]
pub struct Words<T> {
    short: HashMap<Short, T, FixedState>,
    long: HashMap<Box<[u8]>, T, FixedState>,
}

/// Words of which it is only known that they are among these.
pub type WordSet = Words<()>;

impl<T> Default for Words<T> {
    fn default() -> Self {
        Words { short: HashMap::default(), long: HashMap::default() }
    }
}

impl<T> Words<T> {
    /// What is known of a word.
    pub fn get(&self, word: &[u8]) -> Option<&T> {
        match Short::of(word) {
            Some(short) => self.short.get(&short),
            None => self.long.get(word),
        }
    }

    /// Whether anything is known of a word.
    pub fn contains(&self, word: &str) -> bool {
        self.get(word.as_bytes()).is_some()
    }

    /// What is known of a word, `first` from now on where it was nothing.
    pub fn or_insert(&mut self, word: &[u8], first: T) -> &mut T {
        match Short::of(word) {
            Some(short) => self.short.entry(short).or_insert(first),
            None => self.long.entry(word.into()).or_insert(first),
        }
    }

    /// How many words are known.
    pub fn len(&self) -> usize {
        self.short.len() + self.long.len()
    }

    /// Whether no word is known.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Makes room for so many more words.
    pub fn reserve(&mut self, more: usize) {
        self.short.reserve(more);
    }

    /// Forgets all words.
    pub fn clear(&mut self) {
        self.short.clear();
        self.long.clear();
    }
}

impl<W: AsRef<str>> Extend<W> for WordSet {
    fn extend<I: IntoIterator<Item = W>>(&mut self, words: I) {
        let words = words.into_iter();
        self.reserve(words.size_hint().0);
        words.for_each(|word| *self.or_insert(word.as_ref().as_bytes(), ()) = ());
    }
}

impl<W: AsRef<str>> FromIterator<W> for WordSet {
    fn from_iter<I: IntoIterator<Item = W>>(words: I) -> Self {
        let mut set = WordSet::default();
        set.extend(words);
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_any_length_are_told_apart() {
        let words = ["", "a", "ab", "ab\0", "a\0b", "0123456789abcdef", "0123456789abcdefg", "客户态度恶劣", "态"];
        let mut known = Words::default();
        for (place, word) in words.iter().enumerate() {
            assert_eq!(known.get(word.as_bytes()), None, "{word}");
            assert_eq!(*known.or_insert(word.as_bytes(), place), place);
        }
        assert_eq!(*known.or_insert(b"ab", 99), 2);
        assert!(words.iter().enumerate().all(|(place, word)| known.get(word.as_bytes()) == Some(&place)));
        assert_eq!(known.len(), words.len());
        let long = "0123456789abcdefghijklm";
        let parts: Vec<&str> =
            (0..long.len()).flat_map(|at| (at..=long.len()).map(move |end| &long[at..end])).collect();
        let all: WordSet = parts.iter().collect();
        let different: std::collections::BTreeSet<&str> = parts.iter().copied().collect();
        assert_eq!(all.len(), different.len());
        let set: WordSet = words.iter().collect();
        assert!(set.contains("a\0b") && !set.contains("a\0") && !set.contains("0123456789abcde"));
    }
}
