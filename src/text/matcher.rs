//! Matches terms that use lists: where such a term may start is told by the automaton and by the lists' own hits; from there
//! its parts are followed one by one, and a list in it is looked up among the hits that are known already.

use super::pattern::{MOST, Part, in_blank, in_gap, in_letters, in_number, in_word, in_words};
use super::scanner::ListId;

/// Most steps for one term at one place: what a term with many choices may cost.
const STEPS: u32 = 20_000;

/// Hits of the lists that terms use: where each starts and ends, the last place first.
#[derive(Debug, Default)]
pub(super) struct Known {
    hits: Vec<(u32, ListId, u32)>,
}

impl Known {
    pub(super) fn clear(&mut self) {
        self.hits.clear();
    }

    /// Adds a hit, whose start is not behind that of the last one added; whether it is new.
    pub(super) fn add(&mut self, start: usize, list: ListId, end: usize) -> bool {
        let hit = (start as u32, list, end as u32);
        let new = !self.hits.iter().rev().take_while(|known| known.0 == hit.0).any(|known| *known == hit);
        if new {
            self.hits.push(hit);
        }
        new
    }

    /// Ends of the hits of a list that start here.
    fn ends(&self, start: usize, list: ListId) -> impl Iterator<Item = usize> + '_ {
        let from = self.hits.partition_point(|hit| hit.0 as usize > start);
        let here = self.hits[from..].iter().take_while(move |hit| hit.0 as usize == start);
        here.filter(move |hit| hit.1 == list).map(|hit| hit.2 as usize)
    }
}

/// One attempt to match a term at a place.
pub(super) struct Attempt<'a> {
    text: &'a [u8],
    known: &'a Known,
    steps: u32,
}

impl<'a> Attempt<'a> {
    pub(super) fn new(text: &'a [u8], known: &'a Known) -> Self {
        Attempt { text, known, steps: STEPS }
    }

    /// Calls `found` with every place where the parts can end, if they start at `at`.
    pub(super) fn run(&mut self, parts: &[Part<ListId>], at: usize, found: &mut dyn FnMut(&mut Self, usize)) {
        let Some((part, rest)) = parts.split_first() else {
            found(self, at);
            return;
        };
        if self.steps == 0 {
            return;
        }
        self.steps -= 1;
        let text = self.text;
        match part {
            Part::Text(wanted) => {
                if text[at..].starts_with(wanted) {
                    self.run(rest, at + wanted.len(), found);
                }
            }
            // What follows never starts with white space: all of it is taken.
            Part::Blank | Part::MaybeBlank => {
                let end = span(text, at, in_blank);
                if end > at || *part == Part::MaybeBlank {
                    self.run(rest, end, found);
                }
            }
            Part::Letters => self.every_end(rest, at, span(text, at, in_letters), found),
            Part::Gap => {
                let end = span(text, at, in_gap).min(at + super::pattern::GAP as usize);
                self.every_end(rest, at, end, found);
            }
            Part::Word => {
                let end = span(text, at, in_word);
                if end > at {
                    self.every_end(rest, at + 1, end, found);
                }
            }
            Part::Words => self.words(rest, at, MOST, found),
            Part::Number => self.number(rest, at, found),
            Part::Choice(choices) => {
                for choice in choices {
                    self.run(choice, at, &mut |attempt, end| attempt.run(rest, end, found));
                }
            }
            Part::Maybe(inner) => {
                self.run(inner, at, &mut |attempt, end| {
                    if end > at {
                        attempt.run(rest, end, found);
                    }
                });
                self.run(rest, at, found);
            }
            Part::Repeat(inner) => self.repeat(inner, rest, at, MOST, found),
            Part::List(list) => {
                let known = self.known;
                for end in known.ends(at, *list) {
                    self.run(rest, end, found);
                }
            }
        }
    }

    /// Goes on from every place between two, the last first.
    fn every_end(&mut self, rest: &[Part<ListId>], from: usize, to: usize, found: &mut dyn FnMut(&mut Self, usize)) {
        for end in (from..=to).rev() {
            self.run(rest, end, found);
        }
    }

    fn repeat(
        &mut self,
        inner: &[Part<ListId>],
        rest: &[Part<ListId>],
        at: usize,
        left: u32,
        found: &mut dyn FnMut(&mut Self, usize),
    ) {
        if left > 0 {
            self.run(inner, at, &mut |attempt, end| {
                if end > at {
                    attempt.repeat(inner, rest, end, left - 1, found);
                }
            });
        }
        self.run(rest, at, found);
    }

    /// White space, then up to `left` words with white space behind each.
    fn words(&mut self, rest: &[Part<ListId>], at: usize, left: u32, found: &mut dyn FnMut(&mut Self, usize)) {
        let mut end = span(self.text, at, in_blank);
        if end == at {
            return;
        }
        self.run(rest, end, found);
        for _ in 0..left {
            let word = span(self.text, end, in_words);
            let next = span(self.text, word, in_blank);
            if word == end || next == word {
                return;
            }
            end = next;
            self.run(rest, end, found);
        }
    }

    fn number(&mut self, rest: &[Part<ListId>], at: usize, found: &mut dyn FnMut(&mut Self, usize)) {
        let digit = |byte: u8| byte.is_ascii_digit();
        let mut start = at;
        loop {
            let end = span(self.text, start, digit);
            if end == start {
                return;
            }
            self.every_end(rest, start + 1, end, found);
            match self.text.get(end) {
                Some(byte) if in_number(*byte) => start = end + 1,
                _ => return,
            }
        }
    }
}

/// Where the run of such bytes that starts here ends.
fn span(text: &[u8], at: usize, member: impl Fn(u8) -> bool) -> usize {
    at + text[at..].iter().take_while(|byte| member(**byte)).count()
}
