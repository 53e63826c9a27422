//! At which words a check must look closer. It is told once a word and not in every note, for people use the same few thousand words all
//! the time.

use std::fmt::Debug;
use std::sync::Arc;

/// The words at which a check must look closer.
pub trait Interest: Debug + Send + Sync {
    /// Whether a folded word is one of them.
    fn takes(&self, word: &str) -> bool;
}

/// An interest that a scanner knows; of so many that they cannot be told apart, nothing is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InterestId(Option<u8>);

/// The interests of all checks of a language.
#[derive(Debug, Default)]
pub(super) struct Interests(Vec<Arc<dyn Interest>>);

impl Interests {
    /// Most of them.
    const MOST: usize = u32::BITS as usize;

    pub(super) fn add(&mut self, interest: Arc<dyn Interest>) -> InterestId {
        if self.0.len() == Self::MOST {
            return InterestId(None);
        }
        self.0.push(interest);
        InterestId(Some(self.0.len() as u8 - 1))
    }

    /// Those that take a word.
    pub(super) fn of(&self, word: &[u8]) -> Takers {
        let Ok(word) = str::from_utf8(word) else { return Takers::UNKNOWN };
        Takers(self.0.iter().rev().fold(0, |takers, interest| takers << 1 | u32::from(interest.takes(word))))
    }
}

/// Which interests take a word, or one of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Takers(u32);

impl Takers {
    /// Of a word that nobody was asked about.
    pub(super) const UNKNOWN: Takers = Takers(u32::MAX);

    /// Whether an interest may be among them.
    pub(super) fn may_be(self, interest: InterestId) -> bool {
        interest.0.is_none_or(|bit| self.0 & 1 << bit != 0)
    }

    /// These and the others.
    pub(super) fn with(self, others: Takers) -> Takers {
        Takers(self.0 | others.0)
    }
}

/// A word, a number or a sign of a folded text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    takers: Takers,
}

impl Piece {
    pub(super) fn new(start: u32, end: u32, takers: Takers) -> Self {
        Piece { start: start as usize, end: end as usize, takers }
    }

    /// Whether the interest may take it.
    pub fn may_be_of(&self, interest: InterestId) -> bool {
        self.takers.may_be(interest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Of(&'static str);

    impl Interest for Of {
        fn takes(&self, word: &str) -> bool {
            word == self.0
        }
    }

    #[test]
    fn each_interest_is_told_apart_and_too_many_are_always_met() {
        let mut interests = Interests::default();
        let (one, other) = (interests.add(Arc::new(Of("a"))), interests.add(Arc::new(Of("b"))));
        let met = |interests: &Interests, word: &str, id| interests.of(word.as_bytes()).may_be(id);
        assert!(met(&interests, "a", one) && !met(&interests, "a", other) && met(&interests, "b", other));
        assert!(Takers::UNKNOWN.may_be(one) && interests.of(b"a").with(interests.of(b"b")).may_be(other));
        let last = (0..Interests::MOST).map(|_| interests.add(Arc::new(Of("c")))).last().unwrap();
        assert!(met(&interests, "a", last) && !met(&interests, "c", one));
    }
}
