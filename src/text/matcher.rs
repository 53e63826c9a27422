//! Matches terms that use lists: where such a term may start is told by the automaton and by the lists' own hits; from there
//! its parts are followed one by one, and a list in it is looked up among the hits that are known already.

use super::pattern::{MOST, Part, in_blank, in_gap, in_letters, in_number, in_word, in_words};
use super::scanner::ListId;

/// Most steps for one term at one place: what a term with many choices may cost.
const STEPS: u32 = 20_000;

/// Hits of the lists that terms use, by the place where they start; filled from the end of the text to its start.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// List and end of each hit, those of one place side by side.
    hits: Vec<(ListId, u32)>,
    /// Of each place, where its hits stand in `hits`, and a bit for each list (lists share bits).
    places: Vec<(u32, u32, u64)>,
    /// A bit for each list that has a hit at all.
    seen: Vec<u64>,
}

impl Known {
    /// Forgets everything, for a text of that length.
    pub(super) fn clear(&mut self, length: usize) {
        self.hits.clear();
        self.places.clear();
        self.places.resize(length + 1, (0, 0, 0));
        self.seen.clear();
    }

    /// Adds a hit, whose start is not behind that of the last one added; whether it is new.
    pub(super) fn add(&mut self, start: usize, list: ListId, end: usize) -> bool {
        let hit = (list, end as u32);
        let place = &mut self.places[start];
        if place.2 == 0 {
            place.0 = self.hits.len() as u32;
        } else if self.hits[place.0 as usize..].contains(&hit) {
            return false;
        }
        self.hits.push(hit);
        place.1 = self.hits.len() as u32;
        place.2 |= bit(list);
        let word = usize::from(list.0) / 64;
        if self.seen.len() <= word {
            self.seen.resize(word + 1, 0);
        }
        self.seen[word] |= bit(list);
        true
    }

    /// Whether each of the lists has a hit, here or behind.
    pub(super) fn have(&self, lists: &[ListId]) -> bool {
        lists.iter().all(|list| self.seen.get(usize::from(list.0) / 64).is_some_and(|word| word & bit(*list) != 0))
    }

    /// Whether a hit of the list may start here: `false` is certain.
    pub(super) fn may_have(&self, start: usize, list: ListId) -> bool {
        self.places.get(start).is_some_and(|place| place.2 & bit(list) != 0)
    }

    /// Ends of the hits of a list that start here.
    fn ends(&self, start: usize, list: ListId) -> impl Iterator<Item = usize> + '_ {
        let (from, to, _) = self.places[start];
        let here = if self.may_have(start, list) { from as usize..to as usize } else { 0..0 };
        self.hits[here].iter().filter(move |hit| hit.0 == list).map(|hit| hit.1 as usize)
    }
}

fn bit(list: ListId) -> u64 {
    1 << (list.0 % 64)
}

/// What the rest of a term can start with, white space passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum First {
    /// A text that starts with this byte.
    Byte(u8),
    /// A hit of this list.
    List(ListId),
}

/// What parts can start with; `None` where that can be anything, or too much to look through.
pub(super) fn firsts(parts: &[Part<ListId>]) -> Option<Vec<First>> {
    let mut out = Vec::new();
    collect_firsts(parts, &mut out).filter(|()| out.len() <= MOST_FIRSTS)?;
    Some(out)
}

/// Most things that are looked through for what a term can go on with.
const MOST_FIRSTS: usize = 24;

fn collect_firsts(parts: &[Part<ListId>], out: &mut Vec<First>) -> Option<()> {
    let (part, rest) = parts.split_first()?;
    // Choices of optional parts one behind the other have no end: two to the power of their number.
    if out.len() > MOST_FIRSTS {
        return None;
    }
    match part {
        Part::Text(text) => out.push(First::Byte(*text.first()?)),
        Part::Blank | Part::MaybeBlank => collect_firsts(rest, out)?,
        Part::List(list) => out.push(First::List(*list)),
        Part::Number => out.extend((b'0'..=b'9').map(First::Byte)),
        Part::Choice(choices) => {
            for choice in choices {
                if choice.iter().all(Part::is_optional) {
                    collect_firsts(rest, out)?;
                }
                if !choice.is_empty() {
                    collect_firsts(choice, out)?;
                }
            }
        }
        Part::Maybe(inner) | Part::Repeat(inner) => {
            collect_firsts(inner, out)?;
            collect_firsts(rest, out)?;
        }
        Part::Letters | Part::Word | Part::Words | Part::Gap => return None,
    }
    Some(())
}

/// Whether what follows a place can be one of these.
pub(super) fn may_follow(text: &[u8], at: usize, known: &Known, firsts: Option<&[First]>) -> bool {
    let Some(firsts) = firsts else { return true };
    let at = span(text, at, in_blank);
    firsts.iter().any(|first| match first {
        First::Byte(byte) => text.get(at) == Some(byte),
        First::List(list) => known.may_have(at, *list),
    })
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
                // Most of many choices fail at their first byte.
                if text.get(at) == wanted.first() && text[at..].starts_with(wanted) {
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
