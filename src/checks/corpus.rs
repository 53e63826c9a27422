//! What a survey of the whole export tells a check about one note: which sentences an agent writes again and again,
//! whose case a reference is. Memory does not grow with the export, but for what is really repeated.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hash, Hasher};
use std::ops::Range;
use std::sync::LazyLock;

use foldhash::quality::FixedState;

use crate::model::Note;
use crate::text::{WordSet, hash_word, segment};

/// What a check needs of the survey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Needs {
    /// Which sentences an agent wrote in so many notes; 0: none.
    pub sentences: u32,
    /// The references of all notes and their customers.
    pub references: bool,
}

impl Needs {
    /// Nothing.
    pub const NONE: Needs = Needs { sentences: 0, references: false };

    /// What either needs.
    #[must_use]
    pub fn or(self, other: Needs) -> Needs {
        let sentences = self.sentences.max(other.sentences);
        Needs { sentences, references: self.references || other.references }
    }

    /// What is to be remembered of a note.
    pub fn observe(self, note: &Note, folded: &str) -> Observed {
        let mut observed = Observed::default();
        if self.sentences > 0 && !note.agent.is_empty() {
            observed.sentences = units(folded).map(|unit| unit.key(&note.agent, folded)).collect();
            // A sentence that stands twice in a note is one.
            observed.sentences.sort_unstable();
            observed.sentences.dedup();
        }
        if self.references
            && let Some(case_id) = note.case_id.as_deref()
        {
            let customer = note.customer.as_deref().map(|customer| key(&(plain(case_id), customer)));
            observed.reference = Some((key(&plain(case_id)), customer));
        }
        observed
    }

    /// Whether a survey must be made at all.
    pub fn any(self) -> bool {
        self != Needs::NONE
    }
}

/// The result of the survey, read-only while notes are judged; empty where none was made.
#[derive(Debug, Default)]
pub struct Corpus {
    /// Sentences seen at least once, by agent.
    seen: Sieve,
    /// Notes of an agent that hold a sentence, for those that hold it at least twice and not often.
    repeated: HashMap<Key, Count, FixedState>,
    /// Sentences that an agent wrote often, which need not be counted any more.
    often: HashSet<u64, FixedState>,
    /// In how many notes is often.
    enough: u32,
    references: Sieve,
    /// References together with the customer of their note.
    owned: Sieve,
}

/// A key without the room that numbers have around them: of the sentences that are repeated there may be a million.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key([u8; size_of::<u64>()]);

impl Key {
    fn of(key: u64) -> Self {
        Key(key.to_le_bytes())
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(u64::from_le_bytes(self.0));
    }
}

/// A number of notes of one agent, likewise: up to sixteen million, and what is more is often.
#[derive(Debug, Clone, Copy)]
struct Count([u8; 3]);

impl Count {
    fn of(notes: u32) -> Option<Self> {
        let [low, middle, high, rest] = notes.to_le_bytes();
        (rest == 0).then_some(Count([low, middle, high]))
    }

    fn get(self) -> u32 {
        let [low, middle, high] = self.0;
        u32::from_le_bytes([low, middle, high, 0])
    }
}

/// What the survey takes from one note; made in parallel, added in the order of the input.
#[derive(Debug, Default)]
pub struct Observed {
    sentences: Vec<u64>,
    reference: Option<(u64, Option<u64>)>,
}

/// A sentence of a note, as the survey counts it: its place in the folded text.
pub(super) struct Unit(pub(super) Range<usize>);

impl Unit {
    /// What it is known by among the sentences of an agent, whatever its punctuation.
    fn key(&self, agent: &str, folded: &str) -> u64 {
        let mut hasher = FixedState::default().build_hasher();
        agent.hash(&mut hasher);
        let unit = &folded[self.0.clone()];
        if unit.is_ascii() {
            // The same words, byte by byte.
            let words = unit.as_bytes().split(|byte| !byte.is_ascii_alphanumeric());
            words.filter(|word| !word.is_empty()).for_each(|word| hash_word(word, &mut hasher));
        } else {
            let words = unit.split(|c: char| !c.is_alphanumeric());
            words.filter(|word| !word.is_empty()).for_each(|word| hash_word(word.as_bytes(), &mut hasher));
        }
        hasher.finish()
    }
}

impl Corpus {
    /// An empty corpus for these needs.
    pub fn of(needs: Needs) -> Self {
        Corpus { enough: needs.sentences, ..Corpus::default() }
    }

    /// Adds what was observed.
    pub fn add(&mut self, observed: Observed) {
        for key in observed.sentences {
            if !self.seen.insert(key) || self.often.contains(&key) {
                continue;
            }
            // The first sighting went into the sieve alone.
            let notes = self.repeated.get(&Key::of(key)).map_or(2, |notes| notes.get() + 1);
            match Count::of(notes).filter(|_| notes < self.enough) {
                Some(notes) => {
                    self.repeated.insert(Key::of(key), notes);
                }
                None => {
                    self.repeated.remove(&Key::of(key));
                    self.often.insert(key);
                }
            }
        }
        if let Some((reference, owned)) = observed.reference {
            self.references.insert(reference);
            if let Some(owned) = owned {
                self.owned.insert(owned);
            }
        }
    }

    /// In how many notes of its agent the sentence stands, as far as the survey tells and anybody asked.
    pub(super) fn notes_with(&self, unit: &Unit, agent: &str, folded: &str) -> u32 {
        let key = unit.key(agent, folded);
        if self.often.contains(&key) {
            self.enough
        } else {
            self.repeated.get(&Key::of(key)).map_or(1, |notes| notes.get())
        }
    }

    /// Whether the reference is that of a note, and of none of this customer.
    pub(super) fn is_of_another(&self, reference: &str, customer: &str) -> bool {
        self.references.has(key(&plain(reference))) && !self.owned.has(key(&(plain(reference), customer)))
    }
}

/// The sentences of a note.
pub(super) fn units(folded: &str) -> impl Iterator<Item = Unit> + '_ {
    static NONE: LazyLock<WordSet> = LazyLock::new(WordSet::default);
    segment::sentences(folded, &NONE).map(Unit)
}

/// A reference as it is compared: letters and digits, small.
fn plain(reference: &str) -> String {
    reference.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn key(value: &impl Hash) -> u64 {
    FixedState::default().hash_one(value)
}

/// Remembers which of very many keys it has seen, in memory that does not grow. Few are remembered as they are; many in a Bloom filter
/// (Bloom 1970) of 2²⁶ bits, in blocks of a line of a processor's cache (Putze, Sanders and Singler 2007): the eight places of a key
/// stand in one block. Among three million keys, one in nine thousand new ones is taken for known.
#[derive(Debug)]
enum Sieve {
    Few(HashSet<u64, FixedState>),
    Many(Vec<Block>),
}

/// Bits that stand side by side.
type Block = [u64; 8];

impl Default for Sieve {
    fn default() -> Self {
        Sieve::Few(HashSet::default())
    }
}

impl Sieve {
    const BLOCKS: usize = 1 << 17;
    /// Most keys that are few.
    const FEW: usize = 1 << 16;

    /// Remembers a key; whether it was known.
    fn insert(&mut self, key: u64) -> bool {
        if let Sieve::Few(keys) = self
            && keys.len() == Self::FEW
        {
            let keys = std::mem::take(keys);
            *self = Sieve::Many(vec![Block::default(); Self::BLOCKS]);
            keys.into_iter().for_each(|key| {
                self.insert(key);
            });
        }
        match self {
            Sieve::Few(keys) => !keys.insert(key),
            Sieve::Many(blocks) => {
                let block = &mut blocks[Self::block(key)];
                Self::places(key).fold(true, |known, (word, bit)| {
                    let had = block[word] & bit != 0;
                    block[word] |= bit;
                    known & had
                })
            }
        }
    }

    fn has(&self, key: u64) -> bool {
        match self {
            Sieve::Few(keys) => keys.contains(&key),
            Sieve::Many(blocks) => {
                let block = &blocks[Self::block(key)];
                Self::places(key).all(|(word, bit)| block[word] & bit != 0)
            }
        }
    }

    /// The block of a key, by its highest bits.
    fn block(key: u64) -> usize {
        (key >> (u64::BITS - Self::BLOCKS.trailing_zeros())) as usize
    }

    /// Its places there, one in each word: by multiplicative hashing, each of other bits of the key.
    fn places(key: u64) -> impl Iterator<Item = (usize, u64)> {
        let place = move |word: u32| key.rotate_left(7 * word).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 58;
        (0..8).map(move |word| (word as usize, 1 << place(word)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_counted_by_agent_whatever_their_punctuation() {
        let needs = Needs { sentences: 3, references: false };
        let mut corpus = Corpus::of(needs);
        for (agent, text) in
            [("a", "one two three. x"), ("a", "One, two three!"), ("b", "one two three."), ("a", "else")]
        {
            let note = Note { agent: agent.into(), ..Note::default() };
            let observed = needs.observe(&note, &text.to_lowercase());
            corpus.add(observed);
        }
        let text = "one two three.";
        let count = |agent| corpus.notes_with(&units(text).next().unwrap(), agent, text);
        assert_eq!((count("a"), count("b")), (2, 1));
        for _ in 0..5 {
            let note = Note { agent: "a".into(), ..Note::default() };
            corpus.add(needs.observe(&note, text));
        }
        let often = corpus.notes_with(&units(text).next().unwrap(), "a", text);
        assert_eq!((often, corpus.repeated.len()), (3, 0), "more than enough need not be counted");
    }

    #[test]
    fn a_reference_belongs_to_another_customer_only_where_it_is_not_also_the_own() {
        let mut corpus = Corpus::default();
        for (case, customer) in [("AB-1", "x"), ("AB-2", "y")] {
            let note = Note { case_id: Some(case.into()), customer: Some(customer.into()), ..Note::default() };
            let observed = Needs { sentences: 0, references: true }.observe(&note, "");
            corpus.add(observed);
        }
        assert!(corpus.is_of_another("ab 1", "y") && !corpus.is_of_another("AB-1", "x"));
        assert!(!corpus.is_of_another("AB-3", "y"));
    }

    #[test]
    fn a_sieve_knows_what_it_saw_and_hardly_anything_else() {
        let mut sieve = Sieve::default();
        for many in [10_000u64, 100_000] {
            assert!((0..many).all(|n| sieve.insert(key(&n)) == (n < 10_000 && many > 10_000)));
            assert!((0..many).all(|n| sieve.has(key(&n))));
            assert_eq!((many..many + 50_000).filter(|n| sieve.has(key(n))).count(), 0);
        }
        assert!(matches!(sieve, Sieve::Many(_)));
    }
}
