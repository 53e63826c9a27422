//! What is known of the terms of a scanner besides their patterns.
//!
//! A language has tens of thousands of terms, and an audit asks for few of them: their texts stand one behind the other in one piece of
//! memory each kind, which is kept between runs and read again at once.

use serde::{Deserialize, Serialize};

use super::packed;
use super::scanner::ListId;

/// What is known of a term besides its pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TermInfo<'t> {
    /// The list that it stands in.
    pub list: ListId,
    /// The entry as written in the list.
    pub written: &'t str,
    /// A better wording.
    pub better: Option<&'t str>,
    /// Whether it counts only at the start of a sentence, clause or line.
    pub starts_clause: bool,
    /// Whether it counts only at the end of one.
    pub ends_clause: bool,
    /// The words with the accents that the text must have, in small letters, where the term insists on them.
    pub accents: Option<&'t str>,
}

/// The terms of a scanner, by number.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Terms {
    #[serde(with = "packed")]
    lists: Vec<u16>,
    /// Of each, [`STARTS_CLAUSE`] and [`ENDS_CLAUSE`].
    #[serde(with = "packed")]
    edges: Vec<u8>,
    written: Texts,
    better: Scattered,
    accents: Scattered,
}

const STARTS_CLAUSE: u8 = 1;
const ENDS_CLAUSE: u8 = 2;

impl Terms {
    /// Adds a term; its number.
    pub(super) fn push(&mut self, term: &TermInfo<'_>) -> u32 {
        let number = self.lists.len() as u32;
        self.lists.push(term.list.0);
        let edge = |there: bool, sign: u8| if there { sign } else { 0 };
        self.edges.push(edge(term.starts_clause, STARTS_CLAUSE) | edge(term.ends_clause, ENDS_CLAUSE));
        self.written.push(term.written);
        self.better.push(number, term.better);
        self.accents.push(number, term.accents);
        number
    }

    pub(super) fn len(&self) -> usize {
        self.lists.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }

    pub(super) fn get(&self, term: u32) -> TermInfo<'_> {
        let edges = self.edges[term as usize];
        TermInfo {
            list: self.list(term),
            written: self.written.get(term as usize),
            better: self.better(term),
            starts_clause: edges & STARTS_CLAUSE != 0,
            ends_clause: edges & ENDS_CLAUSE != 0,
            accents: self.accents(term),
        }
    }

    pub(super) fn list(&self, term: u32) -> ListId {
        ListId(self.lists[term as usize])
    }

    pub(super) fn better(&self, term: u32) -> Option<&str> {
        self.better.get(term)
    }

    pub(super) fn accents(&self, term: u32) -> Option<&str> {
        self.accents.get(term)
    }
}

/// Texts one behind the other.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Texts {
    /// In UTF-8.
    #[serde(with = "packed")]
    all: Vec<u8>,
    /// Where each ends.
    #[serde(with = "packed")]
    ends: Vec<u32>,
}

impl Texts {
    fn push(&mut self, text: &str) {
        self.all.extend_from_slice(text.as_bytes());
        self.ends.push(self.all.len() as u32);
    }

    fn get(&self, index: usize) -> &str {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        // What was added as a text is one.
        str::from_utf8(&self.all[start as usize..self.ends[index] as usize]).unwrap_or_default()
    }
}

/// Texts that some terms have.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Scattered {
    /// These terms, in order.
    #[serde(with = "packed")]
    of: Vec<u32>,
    texts: Texts,
}

impl Scattered {
    fn push(&mut self, term: u32, text: Option<&str>) {
        if let Some(text) = text {
            self.of.push(term);
            self.texts.push(text);
        }
    }

    fn get(&self, term: u32) -> Option<&str> {
        self.of.binary_search(&term).ok().map(|index| self.texts.get(index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_term_is_told_as_it_was_added_and_again_when_it_was_kept() {
        let term = |list: u16, written, better, accents, (starts_clause, ends_clause)| TermInfo {
            list: ListId(list),
            written,
            better,
            starts_clause,
            ends_clause,
            accents,
        };
        let all = [
            term(0, "^cx", Some("customer"), None, (true, false)),
            term(0, "=borné$", None, Some("borné"), (false, true)),
            term(7, "", Some(""), None, (false, false)),
            term(300, "白痴", None, None, (true, true)),
        ];
        let mut terms = Terms::default();
        assert!(terms.is_empty());
        assert!(all.iter().zip(0..).all(|(term, number)| terms.push(term) == number));
        let kept: Terms = postcard::from_bytes(&postcard::to_stdvec(&terms).unwrap()).unwrap();
        for terms in [terms, kept] {
            assert_eq!(terms.len(), all.len());
            assert!(all.iter().zip(0..).all(|(term, number)| terms.get(number) == *term));
        }
    }
}
