//! All terms of a language as one network of states: what is the same at the start of several terms stands in it once, so that
//! ten thousand phrases are some hundred thousand steps, and a list in a term is one step, whatever the list holds.
//!
//! A way from the root to a state reads exactly what stands in front of that state in every term behind it. That is why terms can
//! share states: the step from a state by a part is always the same state.

use std::collections::HashMap;
use std::sync::OnceLock;

use foldhash::fast::FixedState;
use serde::{Deserialize, Serialize};

use super::packed;
use super::pattern::{GAP, MOST, Part, Pattern, in_blank, in_digits, in_gap, in_letters, in_number, in_word, in_words};
use super::scanner::ListId;

/// Where every term starts.
pub(super) const ROOT: u32 = 0;

/// States between two counts of others: as many as a number has bits.
const BLOCK: usize = u64::BITS as usize;

/// Bytes that a step may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    const ALL: [Class; 7] =
        [Class::Blank, Class::Letters, Class::Word, Class::Words, Class::Gap, Class::Digits, Class::Separator];

    /// Whether the byte belongs to it.
    fn has(self, byte: u8) -> bool {
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

/// What leads from a state, or ends in it: by a byte (its value), by a class (from 256), by nothing, nowhere for a term ends here, or by a
/// hit of a list (its number behind the others). In this order they stand side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Lead(u16);

impl Lead {
    const CLASSES: u16 = 256;
    const FREE: Lead = Lead(300);
    /// The number of the term stands where that of the other state would.
    const TERM: Lead = Lead(301);
    const LISTS: u16 = 302;

    fn byte(byte: u8) -> Self {
        Lead(u16::from(byte))
    }

    fn class(class: Class) -> Self {
        Lead(Self::CLASSES + class as u16)
    }

    fn list(list: ListId) -> Self {
        Lead(Self::LISTS + list.0)
    }

    /// Whether it reads something: a byte or one of a class.
    fn reads(self) -> bool {
        self < Lead::FREE
    }

    /// Whether it reads this byte.
    fn has(self, byte: u8) -> bool {
        match self.0.checked_sub(Self::CLASSES) {
            None => self == Lead::byte(byte),
            Some(class) => Class::ALL.get(usize::from(class)).is_some_and(|class| class.has(byte)),
        }
    }

    fn as_list(self) -> Option<ListId> {
        self.0.checked_sub(Self::LISTS).map(ListId)
    }
}

/// The network of a language.
///
/// Nine in ten states lead on by one byte to the state that was made next. Of these only the byte is kept.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Network {
    /// Of each state, the byte by which it leads to the next one and nowhere else; zero where it is otherwise.
    #[serde(with = "packed")]
    chain: Vec<u8>,
    /// Where what leads from each of the other states begins in `leads`, in order; one more for the end.
    #[serde(with = "packed")]
    from: Vec<u32>,
    #[serde(with = "packed")]
    leads: Vec<u16>,
    /// Where each leads.
    #[serde(with = "packed")]
    to: Vec<u32>,
    /// Of every [`BLOCK`]th state, how many others stand before it, and which of the block are others, the first in the lowest bit;
    /// counted when it is first asked for.
    #[serde(skip)]
    others: OnceLock<Vec<(u32, u64)>>,
}

impl Network {
    /// The network of these patterns; a term is its place among them.
    pub(super) fn new(patterns: &[Pattern<ListId>]) -> Self {
        let mut making = Making { states: 1, ..Making::default() };
        for (term, pattern) in patterns.iter().enumerate() {
            let end = making.follow(ROOT, pattern);
            making.leads.push((end, Lead::TERM, term as u32));
        }
        let Making { states, mut leads, .. } = making;
        leads.sort_unstable();
        leads.dedup();
        let mut network = Network {
            chain: vec![0; states as usize],
            from: vec![0],
            leads: vec![],
            to: vec![],
            others: OnceLock::new(),
        };
        let mut rest = leads.as_slice();
        for state in 0..states {
            let own;
            (own, rest) = rest.split_at(rest.iter().take_while(|(from, ..)| *from == state).count());
            match own {
                [(_, lead @ Lead(1..=255), to)] if *to == state + 1 => network.chain[state as usize] = lead.0 as u8,
                _ => {
                    network.leads.extend(own.iter().map(|(_, lead, _)| lead.0));
                    network.to.extend(own.iter().map(|(.., to)| to));
                    network.from.push(network.leads.len() as u32);
                }
            }
        }
        network
    }

    /// What leads from a state that is no link of a chain.
    fn leads(&self, state: u32) -> impl Iterator<Item = (Lead, u32)> + '_ {
        let rank = self.rank(state);
        let own = self.from[rank] as usize..self.from[rank + 1] as usize;
        self.leads[own.clone()].iter().map(|lead| Lead(*lead)).zip(self.to[own].iter().copied())
    }

    /// How many states that are no links stand before one.
    fn rank(&self, state: u32) -> usize {
        let blocks = self.others.get_or_init(|| {
            let others = |block: &[u8]| block.iter().rev().fold(0, |bits, byte| bits << 1 | u64::from(*byte == 0));
            let blocks = self.chain.chunks(BLOCK).map(others);
            blocks.scan(0, |sum, bits| Some((std::mem::replace(sum, *sum + bits.count_ones()), bits))).collect()
        });
        let (before, bits) = blocks[state as usize / BLOCK];
        let bits = bits & ((1 << (state as usize % BLOCK)) - 1);
        before as usize + bits.count_ones() as usize
    }

    /// Whether anything is read in the state or ends in it: other states only lead on.
    pub(super) fn tells(&self, state: u32) -> bool {
        let link = self.chain[state as usize] != 0;
        link || self.leads(state).any(|(lead, _)| lead != Lead::FREE)
    }

    /// Calls `each` with the states reached by a byte.
    pub(super) fn by_byte(&self, state: u32, byte: u8, each: impl FnMut(u32)) {
        match self.chain[state as usize] {
            0 => {
                let reading = self.leads(state).take_while(|(lead, _)| lead.reads());
                reading.filter(|(lead, _)| lead.has(byte)).map(|(_, to)| to).for_each(each);
            }
            known if known == byte => std::iter::once(state + 1).for_each(each),
            _ => {}
        }
    }

    /// Whether it matters in the state which digit stands in the text; no class has some digits and not others.
    pub(super) fn tells_digits_apart(&self, state: u32) -> bool {
        match self.chain[state as usize] {
            0 => self.leads(state).any(|(lead, _)| (b'0'..=b'9').any(|digit| lead == Lead::byte(digit))),
            byte => byte.is_ascii_digit(),
        }
    }

    /// States reached without reading anything.
    pub(super) fn free(&self, state: u32) -> impl Iterator<Item = u32> + '_ {
        self.some(state, |lead| (lead == Lead::FREE).then_some(())).map(|((), to)| to)
    }

    /// States reached by a hit of a list, with the list.
    pub(super) fn by_list(&self, state: u32) -> impl Iterator<Item = (ListId, u32)> + '_ {
        self.some(state, Lead::as_list)
    }

    /// What leads from these states.
    pub(super) fn opening(&self, states: &[u32]) -> Opening {
        let mut opening = Opening { by_byte: vec![Vec::new(); 256], by_list: HashMap::default() };
        for state in states {
            let byte = self.chain[*state as usize];
            if byte != 0 {
                opening.by_byte[usize::from(byte)].push(state + 1);
                continue;
            }
            for (lead, to) in self.leads(*state) {
                match lead.as_list() {
                    Some(list) => opening.by_list.entry(list).or_default().push(to),
                    None if lead.0 < Lead::CLASSES => opening.by_byte[usize::from(lead.0)].push(to),
                    None => (0..=u8::MAX)
                        .filter(|byte| lead.has(*byte))
                        .for_each(|byte| opening.by_byte[usize::from(byte)].push(to)),
                }
            }
        }
        opening
    }

    /// Terms that end here.
    pub(super) fn terms(&self, state: u32) -> impl Iterator<Item = u32> + '_ {
        self.some(state, |lead| (lead == Lead::TERM).then_some(())).map(|((), term)| term)
    }

    fn some<'n, T: 'n>(
        &'n self,
        state: u32,
        wanted: impl Fn(Lead) -> Option<T> + 'n,
    ) -> impl Iterator<Item = (T, u32)> + 'n {
        let leads = (self.chain[state as usize] == 0).then(|| self.leads(state));
        leads.into_iter().flatten().filter_map(move |(lead, to)| Some((wanted(lead)?, to)))
    }
}

/// What leads from many states, for a quick look: where each byte leads, and each list.
#[derive(Debug, Default)]
pub(super) struct Opening {
    pub(super) by_byte: Vec<Vec<u32>>,
    pub(super) by_list: HashMap<ListId, Vec<u32>, FixedState>,
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
    leads: Vec<(u32, Lead, u32)>,
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
        self.leads.push((from, Lead::class(class), to));
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
        self.leads.push((from, Lead::byte(byte), state));
        self.steps.insert((from, Step::Byte(byte)), state);
        state
    }

    fn made(&mut self, from: u32, part: &'p Part<ListId>) -> u32 {
        match part {
            Part::Text(_) => from,
            Part::List(list) => {
                let state = self.state();
                self.leads.push((from, Lead::list(*list), state));
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
        self.leads.extend(ends.iter().map(|end| (*end, Lead::FREE, state)));
        state
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What [`Network::tells_digits_apart`] rests on.
    #[test]
    fn no_class_tells_digits_apart() {
        for class in Class::ALL {
            assert!((b'0'..=b'9').all(|digit| class.has(digit) == class.has(b'0')), "{class:?}");
        }
    }
}
