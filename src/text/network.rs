//! All terms of a language as one network of states: what is the same at the start of several terms stands in it once, so that
//! ten thousand phrases are some hundred thousand steps, and a list in a term is one step, whatever the list holds.
//!
//! A way from the root to a state reads exactly what stands in front of that state in every term behind it. That is why terms can
//! share states: the step from a state by a part is always the same state.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::pattern::{
    GAP, MOST, Part, Pattern, in_blank, in_digits, in_gap, in_letters, in_number, in_word, in_words,
};
use super::scanner::ListId;

/// Where every term starts.
pub(super) const ROOT: u32 = 0;

/// Bytes that a step may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Class {
    Blank,
    Letters,
    Word,
    Words,
    Gap,
    Digits,
    Separator,
}

impl Class {
    pub(super) const ALL: [Class; 7] =
        [Class::Blank, Class::Letters, Class::Word, Class::Words, Class::Gap, Class::Digits, Class::Separator];

    /// Whether the byte belongs to it.
    pub(super) fn has(self, byte: u8) -> bool {
        match self {
            Class::Blank => in_blank(byte),
            Class::Letters => in_letters(byte),
            Class::Word => in_word(byte),
            Class::Words => in_words(byte),
            Class::Gap => in_gap(byte),
            Class::Digits => in_digits(byte),
            Class::Separator => in_number(byte),
        }
    }
}

/// What leaves each state, state by state.
#[derive(Debug)]
struct Leaving<T> {
    from: Vec<u32>,
    items: Vec<T>,
}

impl<T: Copy + Ord> Leaving<T> {
    fn new(states: u32, mut all: Vec<(u32, T)>) -> Self {
        all.sort_unstable();
        all.dedup();
        let mut from = vec![0; states as usize + 1];
        all.iter().for_each(|(state, _)| from[*state as usize + 1] += 1);
        for state in 1..from.len() {
            from[state] += from[state - 1];
        }
        Leaving { from, items: all.into_iter().map(|(_, item)| item).collect() }
    }

    fn of(&self, state: u32) -> &[T] {
        &self.items[self.from[state as usize] as usize..self.from[state as usize + 1] as usize]
    }
}

/// The network of a language.
#[derive(Debug)]
pub(super) struct Network {
    bytes: Leaving<(u8, u32)>,
    classes: Leaving<(u8, u32)>,
    free: Leaving<u32>,
    lists: Leaving<(ListId, u32)>,
    terms: Leaving<u32>,
}

impl Network {
    /// The network of these patterns; a term is its place among them.
    pub(super) fn new(patterns: &[Pattern<ListId>]) -> Self {
        let mut making = Making { states: 1, ..Making::default() };
        for (term, pattern) in patterns.iter().enumerate() {
            let end = making.follow(ROOT, pattern);
            making.terms.push((end, term as u32));
        }
        let Making { states, bytes, classes, free, lists, terms, .. } = making;
        Network {
            bytes: Leaving::new(states, bytes),
            classes: Leaving::new(states, classes),
            free: Leaving::new(states, free),
            lists: Leaving::new(states, lists),
            terms: Leaving::new(states, terms),
        }
    }

    /// Number of states.
    pub(super) fn len(&self) -> usize {
        self.bytes.from.len() - 1
    }

    /// Whether anything leaves the state by itself or ends in it: other states only lead on.
    pub(super) fn tells(&self, state: u32) -> bool {
        !self.bytes.of(state).is_empty()
            || !self.classes.of(state).is_empty()
            || !self.lists.of(state).is_empty()
            || !self.terms.of(state).is_empty()
    }

    /// States reached by a byte.
    pub(super) fn by_byte(&self, state: u32, byte: u8) -> impl Iterator<Item = u32> + '_ {
        let bytes = self.bytes.of(state);
        let from = bytes.partition_point(|(known, _)| *known < byte);
        let exact = bytes[from..].iter().take_while(move |(known, _)| *known == byte).map(|(_, to)| *to);
        let classes = self.classes.of(state).iter();
        exact.chain(classes.filter(move |(class, _)| Class::ALL[usize::from(*class)].has(byte)).map(|(_, to)| *to))
    }

    /// States reached without reading anything.
    pub(super) fn free(&self, state: u32) -> &[u32] {
        self.free.of(state)
    }

    /// States reached by a hit of a list.
    pub(super) fn by_list(&self, state: u32) -> &[(ListId, u32)] {
        self.lists.of(state)
    }

    /// Terms that end here.
    pub(super) fn terms(&self, state: u32) -> &[u32] {
        self.terms.of(state)
    }

    /// For each byte the number of its kind, and how many kinds there are: bytes of one kind do the same everywhere.
    pub(super) fn kinds(&self) -> ([u8; 256], usize) {
        let mut own = [false; 256];
        self.bytes.items.iter().for_each(|(byte, _)| own[usize::from(*byte)] = true);
        let mut kinds = [0; 256];
        let mut known: Vec<(Option<u8>, [bool; 7])> = Vec::new();
        for byte in 0..=255u8 {
            let kind = (own[usize::from(byte)].then_some(byte), Class::ALL.map(|class| class.has(byte)));
            let index = known.iter().position(|known| *known == kind).unwrap_or_else(|| {
                known.push(kind);
                known.len() - 1
            });
            kinds[usize::from(byte)] = index as u8;
        }
        (kinds, known.len())
    }
}

/// A step that terms may share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Step {
    Byte(u8),
    List(ListId),
    /// A part without inner parts.
    Simple(u8),
    /// A part with inner parts, by its number among those met.
    Group(u32),
}

#[derive(Default)]
struct Making<'p> {
    states: u32,
    steps: HashMap<(u32, Step), u32, FixedState>,
    groups: HashMap<&'p Part<ListId>, u32, FixedState>,
    bytes: Vec<(u32, (u8, u32))>,
    classes: Vec<(u32, (u8, u32))>,
    free: Vec<(u32, u32)>,
    lists: Vec<(u32, (ListId, u32))>,
    terms: Vec<(u32, u32)>,
}

impl<'p> Making<'p> {
    fn follow(&mut self, from: u32, parts: &'p [Part<ListId>]) -> u32 {
        parts.iter().fold(from, |at, part| self.part(at, part))
    }

    fn state(&mut self) -> u32 {
        self.states += 1;
        self.states - 1
    }

    fn class(&mut self, from: u32, class: Class, to: u32) {
        self.classes.push((from, (class as u8, to)));
    }

    /// One or more bytes of a class.
    fn run(&mut self, from: u32, class: Class) -> u32 {
        let state = self.state();
        self.class(from, class, state);
        self.class(state, class, state);
        state
    }

    /// The state behind a part, made where no term has been here before.
    fn part(&mut self, from: u32, part: &'p Part<ListId>) -> u32 {
        let step = match part {
            Part::Text(text) => return text.iter().fold(from, |at, byte| self.byte(at, *byte)),
            Part::List(list) => Step::List(*list),
            Part::Blank => Step::Simple(0),
            Part::MaybeBlank => Step::Simple(1),
            Part::Letters => Step::Simple(2),
            Part::Word => Step::Simple(3),
            Part::Words => Step::Simple(4),
            Part::Gap => Step::Simple(5),
            Part::Number => Step::Simple(6),
            Part::Choice(_) | Part::Maybe(_) | Part::Repeat(_) => {
                let count = self.groups.len() as u32;
                Step::Group(*self.groups.entry(part).or_insert(count))
            }
        };
        if let Some(state) = self.steps.get(&(from, step)) {
            return *state;
        }
        let state = self.made(from, part);
        self.steps.insert((from, step), state);
        state
    }

    fn byte(&mut self, from: u32, byte: u8) -> u32 {
        if let Some(state) = self.steps.get(&(from, Step::Byte(byte))) {
            return *state;
        }
        let state = self.state();
        self.bytes.push((from, (byte, state)));
        self.steps.insert((from, Step::Byte(byte)), state);
        state
    }

    fn made(&mut self, from: u32, part: &'p Part<ListId>) -> u32 {
        match part {
            Part::Text(_) => from,
            Part::List(list) => {
                let state = self.state();
                self.lists.push((from, (*list, state)));
                state
            }
            Part::Blank => self.run(from, Class::Blank),
            Part::MaybeBlank => {
                let blank = self.run(from, Class::Blank);
                self.joined(&[from, blank])
            }
            Part::Letters => {
                let letters = self.run(from, Class::Letters);
                self.joined(&[from, letters])
            }
            Part::Word => self.run(from, Class::Word),
            Part::Words => {
                let mut at = self.run(from, Class::Blank);
                let mut ends = vec![at];
                for _ in 0..MOST {
                    let word = self.run(at, Class::Words);
                    at = self.run(word, Class::Blank);
                    ends.push(at);
                }
                self.joined(&ends)
            }
            Part::Gap => {
                let mut ends = vec![from];
                let mut at = from;
                for _ in 0..GAP {
                    let next = self.state();
                    self.class(at, Class::Gap, next);
                    at = next;
                    ends.push(at);
                }
                self.joined(&ends)
            }
            Part::Number => {
                let digits = self.run(from, Class::Digits);
                let separator = self.state();
                self.class(digits, Class::Separator, separator);
                self.class(separator, Class::Digits, digits);
                digits
            }
            Part::Choice(choices) => {
                let ends: Vec<u32> = choices.iter().map(|choice| self.follow(from, choice)).collect();
                self.joined(&ends)
            }
            Part::Maybe(inner) => {
                let end = self.follow(from, inner);
                self.joined(&[from, end])
            }
            Part::Repeat(inner) => {
                let mut ends = vec![from];
                let mut at = from;
                for _ in 0..MOST {
                    at = self.follow(at, inner);
                    ends.push(at);
                }
                self.joined(&ends)
            }
        }
    }

    /// A state that is reached from each of these.
    fn joined(&mut self, ends: &[u32]) -> u32 {
        let state = self.state();
        self.free.extend(ends.iter().map(|end| (*end, state)));
        state
    }
}
