//! What a survey of the whole export tells a check about one note: which sentences an agent writes again and again,
//! whose case a reference is. Memory does not grow with the export, but for what is really repeated.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasher, Hash, Hasher};
use std::ops::Range;

use foldhash::quality::FixedState;

use crate::model::Note;
use crate::text::segment;

/// What a check needs of the survey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Needs {
    /// How often each agent wrote each sentence.
    pub sentences: bool,
    /// The references of all notes and their customers.
    pub references: bool,
}

impl Needs {
    /// Nothing.
    pub const NONE: Needs = Needs { sentences: false, references: false };

    /// What either needs.
    #[must_use]
    pub fn or(self, other: Needs) -> Needs {
        Needs { sentences: self.sentences || other.sentences, references: self.references || other.references }
    }

    /// What is to be remembered of a note.
    pub fn observe(self, note: &Note, folded: &str) -> Observed {
        let mut observed = Observed::default();
        if self.sentences && !note.agent.is_empty() {
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
    /// Notes of an agent that hold a sentence, for those that hold it at least twice.
    repeated: HashMap<u64, u32, FixedState>,
    references: Sieve,
    /// References together with the customer of their note.
    owned: Sieve,
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
        for word in folded[self.0.clone()].split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            word.hash(&mut hasher);
        }
        hasher.finish()
    }
}

impl Corpus {
    /// Adds what was observed.
    pub fn add(&mut self, observed: Observed) {
        for key in observed.sentences {
            if self.seen.insert(key) {
                // The first sighting went into the sieve alone.
                *self.repeated.entry(key).or_insert(1) += 1;
            }
        }
        if let Some((reference, owned)) = observed.reference {
            self.references.insert(reference);
            if let Some(owned) = owned {
                self.owned.insert(owned);
            }
        }
    }

    /// In how many notes of its agent the sentence stands, as far as the survey tells.
    pub(super) fn notes_with(&self, unit: &Unit, agent: &str, folded: &str) -> u32 {
        self.repeated.get(&unit.key(agent, folded)).copied().unwrap_or(1)
    }

    /// Whether the reference is that of a note, and of none of this customer.
    pub(super) fn is_of_another(&self, reference: &str, customer: &str) -> bool {
        self.references.has(key(&plain(reference))) && !self.owned.has(key(&(plain(reference), customer)))
    }
}

/// The sentences of a note.
pub(super) fn units(folded: &str) -> impl Iterator<Item = Unit> + '_ {
    static NONE: BTreeSet<String> = BTreeSet::new();
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
/// (Bloom 1970) of 2²⁷ bits and four places a key: among three million keys, one in twenty thousand new ones is taken for known.
#[derive(Debug)]
enum Sieve {
    Few(HashSet<u64, FixedState>),
    Many(Vec<u64>),
}

impl Default for Sieve {
    fn default() -> Self {
        Sieve::Few(HashSet::default())
    }
}

impl Sieve {
    const WORDS: usize = 1 << 21;
    /// Most keys that are few.
    const FEW: usize = 1 << 16;

    /// Remembers a key; whether it was known.
    fn insert(&mut self, key: u64) -> bool {
        if let Sieve::Few(keys) = self
            && keys.len() == Self::FEW
        {
            let keys = std::mem::take(keys);
            *self = Sieve::Many(vec![0; Self::WORDS]);
            keys.into_iter().for_each(|key| {
                self.insert(key);
            });
        }
        match self {
            Sieve::Few(keys) => !keys.insert(key),
            Sieve::Many(bits) => Self::places(key).fold(true, |known, (word, bit)| {
                let had = bits[word] & bit != 0;
                bits[word] |= bit;
                known & had
            }),
        }
    }

    fn has(&self, key: u64) -> bool {
        match self {
            Sieve::Few(keys) => keys.contains(&key),
            Sieve::Many(bits) => Self::places(key).all(|(word, bit)| bits[word] & bit != 0),
        }
    }

    /// Two halves of the key give all four places (Kirsch and Mitzenmacher 2006).
    fn places(key: u64) -> impl Iterator<Item = (usize, u64)> {
        let (first, step) = (key, key.rotate_left(32) | 1);
        (0..4u64).map(move |i| {
            let at = first.wrapping_add(step.wrapping_mul(i)) >> 37;
            ((at >> 6) as usize, 1 << (at & 63))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_counted_by_agent_whatever_their_punctuation() {
        let mut corpus = Corpus::default();
        for (agent, text) in
            [("a", "one two three. x"), ("a", "One, two three!"), ("b", "one two three."), ("a", "else")]
        {
            let note = Note { agent: agent.into(), ..Note::default() };
            let observed = Needs { sentences: true, references: false }.observe(&note, &text.to_lowercase());
            corpus.add(observed);
        }
        let text = "one two three.";
        let count = |agent| corpus.notes_with(&units(text).next().unwrap(), agent, text);
        assert_eq!((count("a"), count("b")), (2, 1));
    }

    #[test]
    fn a_reference_belongs_to_another_customer_only_where_it_is_not_also_the_own() {
        let mut corpus = Corpus::default();
        for (case, customer) in [("AB-1", "x"), ("AB-2", "y")] {
            let note = Note { case_id: Some(case.into()), customer: Some(customer.into()), ..Note::default() };
            let observed = Needs { sentences: false, references: true }.observe(&note, "");
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
