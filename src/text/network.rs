//! All terms of a language as one network of states: what is the same at the start of several terms stands in it once, so that
//! ten thousand phrases are some hundred thousand steps, and a list in a term is one step, whatever the list holds.
//!
//! A way from the root to a state reads exactly what stands in front of that state in every term behind it. That is why terms can
//! share states: the step from a state by a part is always the same state.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use serde::{Deserialize, Serialize};

use super::pattern::{
    GAP, MOST, Part, Pattern, in_blank, in_digits, in_gap, in_letters, in_number, in_word, in_words,
};
use super::scanner::ListId;

/// Where every term starts.
pub(super) const ROOT: u32 = 0;

/// Bytes that a step may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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

/// What leads from a state, or ends in it, in the order in which they are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Leads {
    /// To another state by a byte.
    Byte(u8),
    /// By any byte of a class.
    Class(Class),
    /// By nothing.
    Free,
    /// By a hit of a list.
    List(ListId),
    /// Nowhere: a term ends here, and its number stands where the other state's would.
    Term,
}

/// The network of a language.
///
/// Nine in ten states lead on by one byte to the state that was made next. Of these only the byte is kept.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Network {
    /// Of each state, the byte by which it leads to the next one and nowhere else; zero where it is otherwise.
    chain: Vec<u8>,
    /// The other states, in order.
    others: Vec<u32>,
    /// Where what leads from each of them begins in `leads`; one more for the end.
    from: Vec<u32>,
    leads: Vec<(Leads, u32)>,
}

impl Network {
    /// The network of these patterns; a term is its place among them.
    pub(super) fn new(patterns: &[Pattern<ListId>]) -> Self {
        let mut making = Making { states: 1, ..Making::default() };
        for (term, pattern) in patterns.iter().enumerate() {
            let end = making.follow(ROOT, pattern);
            making.leads.push((end, Leads::Term, term as u32));
        }
        let Making { states, mut leads, .. } = making;
        leads.sort_unstable();
        leads.dedup();
        let mut network =
            Network { chain: vec![0; states as usize], others: Vec::new(), from: vec![0], leads: Vec::new() };
        for own in leads.chunk_by(|one, next| one.0 == next.0) {
            let state = own[0].0;
            match own {
                [(_, Leads::Byte(byte), to)] if *byte != 0 && *to == state + 1 => network.chain[state as usize] = *byte,
                _ => {
                    network.others.push(state);
                    network.leads.extend(own.iter().map(|(_, leads, to)| (*leads, *to)));
                    network.from.push(network.leads.len() as u32);
                }
            }
        }
        network
    }

    /// Number of states.
    pub(super) fn len(&self) -> usize {
        self.chain.len()
    }

    /// What leads from a state that is no link of a chain.
    fn leads(&self, state: u32) -> &[(Leads, u32)] {
        match self.others.binary_search(&state) {
            Ok(at) => &self.leads[self.from[at] as usize..self.from[at + 1] as usize],
            Err(_) => &[],
        }
    }

    /// Whether anything is read in the state or ends in it: other states only lead on.
    pub(super) fn tells(&self, state: u32) -> bool {
        self.chain[state as usize] != 0 || self.leads(state).iter().any(|(leads, _)| *leads != Leads::Free)
    }

    /// Calls `each` with the states reached by a byte.
    pub(super) fn by_byte(&self, state: u32, byte: u8, mut each: impl FnMut(u32)) {
        match self.chain[state as usize] {
            0 => {
                for (leads, to) in self.leads(state) {
                    let reads = match leads {
                        Leads::Byte(known) => *known == byte,
                        Leads::Class(class) => class.has(byte),
                        _ => break,
                    };
                    if reads {
                        each(*to);
                    }
                }
            }
            known if known == byte => each(state + 1),
            _ => {}
        }
    }

    /// States reached without reading anything.
    pub(super) fn free(&self, state: u32) -> impl Iterator<Item = u32> + '_ {
        self.some(state, |leads| matches!(leads, Leads::Free).then_some(())).map(|((), to)| to)
    }

    /// States reached by a hit of a list, with the list.
    pub(super) fn by_list(&self, state: u32) -> impl Iterator<Item = (ListId, u32)> + '_ {
        self.some(state, |leads| if let Leads::List(list) = leads { Some(*list) } else { None })
    }

    /// Terms that end here.
    pub(super) fn terms(&self, state: u32) -> impl Iterator<Item = u32> + '_ {
        self.some(state, |leads| matches!(leads, Leads::Term).then_some(())).map(|((), term)| term)
    }

    fn some<'n, T: 'n>(
        &'n self,
        state: u32,
        wanted: impl Fn(&Leads) -> Option<T> + 'n,
    ) -> impl Iterator<Item = (T, u32)> + 'n {
        let leads = if self.chain[state as usize] == 0 { self.leads(state) } else { &[] };
        leads.iter().filter_map(move |(leads, to)| Some((wanted(leads)?, *to)))
    }

    /// For each byte the number of its kind, and how many kinds there are: bytes of one kind do the same everywhere.
    pub(super) fn kinds(&self) -> ([u8; 256], usize) {
        let mut own = [false; 256];
        self.chain.iter().for_each(|byte| own[usize::from(*byte)] = true);
        for (leads, _) in &self.leads {
            if let Leads::Byte(byte) = leads {
                own[usize::from(*byte)] = true;
            }
        }
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
    leads: Vec<(u32, Leads, u32)>,
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
        self.leads.push((from, Leads::Class(class), to));
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
        self.leads.push((from, Leads::Byte(byte), state));
        self.steps.insert((from, Step::Byte(byte)), state);
        state
    }

    fn made(&mut self, from: u32, part: &'p Part<ListId>) -> u32 {
        match part {
            Part::Text(_) => from,
            Part::List(list) => {
                let state = self.state();
                self.leads.push((from, Leads::List(*list), state));
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
        self.leads.extend(ends.iter().map(|end| (*end, Leads::Free, state)));
        state
    }
}
