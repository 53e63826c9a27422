//! Sets of states of a network, made when a text first leads to them and kept from then on: reading a byte is one look into a table.
//!
//! Each thread has its own. They start over when they take too much memory, which only costs time.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::network::{Network, ROOT};
use super::scanner::ListId;

/// A set; told by its number until the sets start over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Set(u32);

impl Set {
    /// No state at all.
    pub(super) const EMPTY: Set = Set(0);
    /// What every term starts from.
    pub(super) const START: Set = Set(1);
    /// Not known yet.
    const UNKNOWN: u32 = u32::MAX;
    /// Stand in the number of a set: terms end in it; terms go on with lists. Most sets are neither, and nothing need be looked up.
    const ENDS: u32 = 1 << 31;
    const GOES_ON: u32 = 1 << 30;

    /// Whether terms end in it.
    pub(super) fn ends(self) -> bool {
        self.0 & Set::ENDS != 0
    }

    /// Whether terms go on with lists.
    pub(super) fn goes_on(self) -> bool {
        self.0 & Set::GOES_ON != 0
    }

    fn index(self) -> usize {
        (self.0 & !(Set::ENDS | Set::GOES_ON)) as usize
    }
}

/// Most bytes of the sets of one language and thread.
const MOST_BYTES: usize = 24 << 20;

/// What is known of a set.
#[derive(Debug)]
struct Known {
    /// Its states, in order.
    states: Box<[u32]>,
    /// Terms that end in it.
    terms: Box<[u32]>,
    /// Lists that it goes on with, in order, and the set behind each.
    lists: Box<[(ListId, u32)]>,
    /// Which lists these are.
    bits: Bits,
}

/// The sets known so far.
#[derive(Debug)]
pub(super) struct Sets {
    kinds: [u8; 256],
    width: usize,
    /// The set behind each set by each kind of byte.
    next: Steps,
    known: Vec<Known>,
    numbers: HashMap<Box<[u32]>, u32, FixedState>,
    unions: HashMap<(u32, u32), u32, FixedState>,
    bytes: usize,
    /// Per state the round in which it was last met, against going round in circles.
    met: Vec<u32>,
    round: u32,
    fresh: Vec<u32>,
    pending: Vec<u32>,
}

/// Some lists, with a bit for each; where there are more lists than bits, some share one, so that only a no is certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Bits([u64; 4]);

impl Bits {
    pub(super) fn add(&mut self, list: ListId) {
        self.0[usize::from(list.0) / 64 % 4] |= 1 << (list.0 % 64);
    }

    pub(super) fn has(&self, list: ListId) -> bool {
        self.0[usize::from(list.0) / 64 % 4] & 1 << (list.0 % 64) != 0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0 == [0; 4]
    }

    /// Whether the two may have a list in common.
    pub(super) fn meet(&self, other: &Bits) -> bool {
        self.0.iter().zip(other.0).any(|(own, other)| own & other != 0)
    }
}

/// Steps from set to set: a table with open addressing. Of all steps that a set could take, texts take a few; a row for each set would
/// be mostly empty, and wait for memory at nearly every byte.
#[derive(Debug, Default)]
struct Steps {
    /// Each step and where it leads, twice as many places as there are steps; free ones lead to [`Set::UNKNOWN`].
    places: Vec<(u32, u32)>,
    taken: usize,
}

impl Steps {
    /// Where a step leads; [`Set::UNKNOWN`] where nobody has taken it.
    fn get(&self, step: u32) -> u32 {
        if self.places.is_empty() {
            return Set::UNKNOWN;
        }
        self.places[self.place(step)].1
    }

    /// The place of a step, or the free one that it would take.
    fn place(&self, step: u32) -> usize {
        let last = self.places.len() - 1;
        // Multiplicative hashing (Knuth, The Art of Computer Programming 3, 6.4), by the golden ratio.
        let mut place = (u64::from(step).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize & last;
        while self.places[place].1 != Set::UNKNOWN && self.places[place].0 != step {
            place = (place + 1) & last;
        }
        place
    }

    fn add(&mut self, step: u32, next: u32) {
        if (self.taken + 1) * 2 > self.places.len() {
            let larger = (self.places.len() * 2).max(1 << 10);
            let old = std::mem::replace(&mut self.places, vec![(0, Set::UNKNOWN); larger]);
            for (step, next) in old.into_iter().filter(|(_, next)| *next != Set::UNKNOWN) {
                let place = self.place(step);
                self.places[place] = (step, next);
            }
        }
        let place = self.place(step);
        self.places[place] = (step, next);
        self.taken += 1;
    }
}

impl Sets {
    pub(super) fn new(network: &Network) -> Self {
        let (kinds, width) = network.kinds();
        let mut sets = Sets {
            kinds,
            width,
            next: Steps::default(),
            known: Vec::new(),
            numbers: HashMap::default(),
            unions: HashMap::default(),
            bytes: 0,
            met: vec![0; network.len()],
            round: 0,
            fresh: Vec::new(),
            pending: Vec::new(),
        };
        sets.start_over(network);
        sets
    }

    /// Forgets what was learnt where it takes too much memory. No set from before is known afterwards.
    pub(super) fn tidy(&mut self, network: &Network) {
        if self.bytes > MOST_BYTES {
            self.start_over(network);
        }
    }

    fn start_over(&mut self, network: &Network) {
        self.next = Steps::default();
        self.known.clear();
        self.numbers.clear();
        self.unions.clear();
        self.bytes = 0;
        self.begin();
        let empty = self.number(network);
        debug_assert_eq!(empty, Set::EMPTY);
        self.begin();
        self.add(network, ROOT);
        let start = self.number(network);
        debug_assert_eq!(start.index(), Set::START.index());
    }

    /// The set behind a set by a byte.
    pub(super) fn step(&mut self, network: &Network, set: Set, byte: u8) -> Set {
        let step = (set.index() * self.width) as u32 + u32::from(self.kinds[usize::from(byte)]);
        let next = self.next.get(step);
        if next != Set::UNKNOWN {
            return Set(next);
        }
        self.begin();
        for at in 0..self.known[set.index()].states.len() {
            let state = self.known[set.index()].states[at];
            network.by_byte(state, byte, |to| self.add(network, to));
        }
        let next = self.number(network);
        self.next.add(step, next.0);
        self.bytes += size_of::<(u32, u32)>() * 2;
        next
    }

    /// The set behind a set by a hit of a list.
    pub(super) fn by_list(&mut self, network: &Network, set: Set, list: ListId) -> Set {
        let known = &self.known[set.index()];
        let Ok(at) = known.lists.binary_search_by_key(&list, |(known, _)| *known) else { return Set::EMPTY };
        let next = known.lists[at].1;
        if next != Set::UNKNOWN {
            return Set(next);
        }
        self.begin();
        for index in 0..self.known[set.index()].states.len() {
            let state = self.known[set.index()].states[index];
            for (_, to) in network.by_list(state).filter(|(known, _)| *known == list) {
                self.add(network, to);
            }
        }
        let next = self.number(network);
        self.known[set.index()].lists[at].1 = next.0;
        next
    }

    /// The states of both.
    pub(super) fn union(&mut self, network: &Network, one: Set, other: Set) -> Set {
        let (one, other) = if one.index() <= other.index() { (one, other) } else { (other, one) };
        if one == Set::EMPTY || one == other {
            return other;
        }
        if let Some(known) = self.unions.get(&(one.0, other.0)) {
            return Set(*known);
        }
        self.begin();
        for set in [one, other] {
            self.fresh.extend_from_slice(&self.known[set.index()].states);
        }
        let union = self.number(network);
        self.unions.insert((one.0, other.0), union.0);
        self.bytes += 24;
        union
    }

    /// Terms that end in a set.
    pub(super) fn terms(&self, set: Set) -> &[u32] {
        &self.known[set.index()].terms
    }

    /// The lists that a set goes on with.
    pub(super) fn bits(&self, set: Set) -> &Bits {
        &self.known[set.index()].bits
    }

    fn begin(&mut self) {
        self.fresh.clear();
        self.round += 1;
    }

    /// Adds a state to the set that is being made, and those that are reached from it without reading anything.
    fn add(&mut self, network: &Network, state: u32) {
        self.pending.push(state);
        while let Some(state) = self.pending.pop() {
            if std::mem::replace(&mut self.met[state as usize], self.round) == self.round {
                continue;
            }
            if network.tells(state) {
                self.fresh.push(state);
            }
            self.pending.extend(network.free(state));
        }
    }

    /// The set that was made.
    fn number(&mut self, network: &Network) -> Set {
        self.fresh.sort_unstable();
        self.fresh.dedup();
        if let Some(number) = self.numbers.get(self.fresh.as_slice()) {
            return Set(*number);
        }
        let states: Box<[u32]> = self.fresh.as_slice().into();
        let mut terms: Vec<u32> = states.iter().flat_map(|state| network.terms(*state)).collect();
        terms.sort_unstable();
        terms.dedup();
        let mut lists: Vec<(ListId, u32)> =
            states.iter().flat_map(|state| network.by_list(*state)).map(|(list, _)| (list, Set::UNKNOWN)).collect();
        lists.sort_unstable();
        lists.dedup();
        let mut bits = Bits::default();
        lists.iter().for_each(|(list, _)| bits.add(*list));
        // At the start no term ends, and what a list opens there is followed where its hit is found.
        let tells = |anything: bool, flag: u32| if self.known.len() > 1 && anything { flag } else { 0 };
        let flags = tells(!terms.is_empty(), Set::ENDS) | tells(!lists.is_empty(), Set::GOES_ON);
        let number = self.known.len() as u32 | flags;
        self.bytes += states.len() * 8 + terms.len() * 4 + lists.len() * 8 + 160;
        self.known.push(Known { states: states.clone(), terms: terms.into(), lists: lists.into(), bits });
        self.numbers.insert(states, number);
        Set(number)
    }
}
