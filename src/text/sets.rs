//! Sets of states of a network, made when a text first leads to them and kept from then on: reading a word is one look into a table.
//!
//! Each thread has its own. They start over when they take too much memory, which only costs time.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use foldhash::fast::FixedState;

use super::builder::Built;
use super::found::Group;
use super::network::{Network, Opening, ROOT};
use super::scanner::ListId;
use super::steps::{MOST_SETS, Set, Steps};
use super::terms::TermInfo;
use super::tokens::Symbol;

/// Most bytes of the sets of one language and thread.
const MOST_BYTES: usize = 8 << 20;
/// Digits from which on a number is read one by one.
const LONGEST_NUMBER: usize = 32;

/// What the terms that end somewhere also ask for, before they count.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Asks {
    /// The start of a clause in front.
    pub(super) start: bool,
    /// The end of one behind.
    pub(super) end: bool,
    /// Terms that ask for their accents.
    pub(super) accents: Vec<u32>,
}

/// Nothing at all.
static NOTHING: Asks = Asks { start: false, end: false, accents: Vec::new() };

/// How a place answers what the terms that end there ask for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Answer {
    /// Whether a clause starts in front.
    pub(super) start: bool,
    /// Whether one ends behind.
    pub(super) end: bool,
    /// Whether the accents of each of the terms are there, the first in the lowest bit.
    pub(super) accents: Vec<u64>,
}

/// Some lists, told apart as far as 64 bits go: where two share no bit, no list is in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Mask(u64);

impl Mask {
    fn of(lists: impl Iterator<Item = ListId>) -> Self {
        Mask(lists.fold(0, |mask, list| mask | 1 << (list.0 % 64)))
    }

    /// Whether a list may be in both.
    pub(super) fn meets(self, other: Mask) -> bool {
        self.0 & other.0 != 0
    }
}

/// The terms that end in a set, and what follows of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told {
    /// Those whose list a check asked for: where they stand among all that are told.
    terms: (u32, u32),
    /// The lists among theirs that other terms go on with.
    pub(super) group: Option<(Group, Mask)>,
    /// The set to go on with: also the terms that start with one of these lists.
    pub(super) all: Set,
}

/// What is known of a set.
#[derive(Debug, Clone)]
struct Known {
    /// Its states, in order; the same that lead to its number, and those of the other threads that learnt it from the same one.
    states: Arc<[u32]>,
    /// Terms that end in it.
    terms: Box<[u32]>,
    /// What these and the terms that they open ask for; nothing where nobody has looked.
    asks: Option<Box<Asks>>,
    /// What is told of it where no accents are asked for, by whether a clause starts in front and ends behind.
    told: [u32; 4],
}

/// The sets known so far.
#[derive(Debug, Clone)]
pub(super) struct Sets {
    /// The set behind the first one by each piece of text: nearly every word of a text is looked up here, and most begin no term.
    first: Vec<u32>,
    /// The set behind each set by a piece of text, by a group of lists, and together with another set.
    by_piece: Steps,
    by_group: Steps,
    unions: Steps,
    /// The set behind each set by so many digits, whichever they are.
    by_digits: Steps,
    known: Vec<Known>,
    /// What is told of each set where nothing is asked for; read at every place where terms end.
    plain: Vec<u32>,
    /// The lists that each set goes on with.
    lists_of: Vec<Mask>,
    /// The set behind each set by a space.
    by_space: Vec<u32>,
    /// What leads from the first set, which has a hundred times as many states as the others.
    opening: Arc<Opening>,
    /// The states behind the first set by the first two bytes of a piece: few words begin as no other did.
    by_two: HashMap<[u8; 2], Arc<[u32]>, FixedState>,
    numbers: HashMap<Arc<[u32]>, u32, FixedState>,
    told: Vec<Told>,
    /// The terms of all that is told, one after the other.
    told_terms: Vec<(ListId, u32)>,
    /// What is told of a set where accents are asked for.
    answered: HashMap<(Set, Answer), u32, FixedState>,
    /// Lists that were found together.
    groups: HashMap<Box<[ListId]>, Group, FixedState>,
    lists: Vec<Box<[ListId]>>,
    bytes: usize,
    /// States of the set that is being made, against going round in circles.
    met: HashSet<u32, FixedState>,
    fresh: Vec<u32>,
    from: Vec<u32>,
    pending: Vec<u32>,
}

impl Sets {
    pub(super) fn new(network: &Network) -> Self {
        let mut sets = Sets {
            opening: Arc::default(),
            first: Vec::new(),
            by_piece: Steps::default(),
            by_digits: Steps::default(),
            by_group: Steps::default(),
            unions: Steps::default(),
            known: Vec::new(),
            plain: Vec::new(),
            lists_of: Vec::new(),
            by_space: Vec::new(),
            by_two: HashMap::default(),
            numbers: HashMap::default(),
            told: Vec::new(),
            told_terms: Vec::new(),
            answered: HashMap::default(),
            groups: HashMap::default(),
            lists: Vec::new(),
            bytes: 0,
            met: HashSet::default(),
            fresh: Vec::new(),
            from: Vec::new(),
            pending: Vec::new(),
        };
        sets.start_over(network);
        sets
    }

    /// Whether they take so much memory that they should start over.
    pub(super) fn full(&self) -> bool {
        self.bytes > MOST_BYTES || self.known.len() as u32 > MOST_SETS / 2
    }

    /// Forgets what was learnt, but for the groups. No set from before is known afterwards.
    pub(super) fn start_over(&mut self, network: &Network) {
        self.first.clear();
        self.by_piece = Steps::default();
        self.by_digits = Steps::default();
        self.by_group = Steps::default();
        self.unions = Steps::default();
        self.known.clear();
        self.plain.clear();
        self.lists_of.clear();
        self.by_space.clear();
        self.by_two.clear();
        self.numbers.clear();
        self.told.clear();
        self.told_terms.clear();
        self.answered.clear();
        self.bytes = 0;
        self.begin();
        let empty = self.number(network);
        debug_assert_eq!(empty, Set::EMPTY);
        self.begin();
        self.add(network, ROOT);
        let start = self.number(network);
        debug_assert_eq!(start.index(), Set::START.index());
        self.opening = Arc::new(network.opening(&self.known[start.index()].states));
    }

    /// Forgets the groups too.
    pub(super) fn forget(&mut self, network: &Network) {
        self.groups.clear();
        self.lists.clear();
        self.start_over(network);
    }

    /// The set behind a set by a piece of text.
    #[inline]
    pub(super) fn step<'t>(
        &mut self,
        network: &Network,
        set: Set,
        symbol: Symbol,
        piece: impl FnOnce() -> &'t [u8],
    ) -> Set {
        let next = match symbol {
            Symbol::NONE => return self.read(network, set, piece()),
            _ if set == Set::START => of(&self.first, symbol),
            Symbol::SPACE => return self.step_space(network, set),
            _ => self.by_piece.get(set, symbol.0),
        };
        if next == Set::UNKNOWN { self.learn(network, set, symbol, piece()) } else { Set(next) }
    }

    #[cold]
    fn learn(&mut self, network: &Network, set: Set, symbol: Symbol, piece: &[u8]) -> Set {
        self.follow(network, set, piece);
        let next = self.number(network);
        if set == Set::START {
            put(&mut self.first, symbol, next);
        } else {
            self.bytes += self.by_piece.add(set, symbol.0, next);
        }
        next
    }

    /// The set behind a set, not the first, by a space.
    #[inline]
    pub(super) fn step_space(&mut self, network: &Network, set: Set) -> Set {
        let next = self.by_space[set.index()];
        if next == Set::UNKNOWN { self.learn_space(network, set) } else { Set(next) }
    }

    #[cold]
    fn learn_space(&mut self, network: &Network, set: Set) -> Set {
        self.follow(network, set, b" ");
        let next = self.number(network);
        self.by_space[set.index()] = next.0;
        next
    }

    /// The states behind those of a set by a piece of text.
    #[cold]
    fn follow(&mut self, network: &Network, set: Set, piece: &[u8]) {
        let rest = match piece {
            [first, second, rest @ ..] if set == Set::START => {
                self.open_by_two(network, [*first, *second]);
                rest
            }
            [first, rest @ ..] if set == Set::START => {
                self.open(network, *first);
                rest
            }
            _ => {
                self.fresh.clear();
                self.fresh.extend_from_slice(&self.known[set.index()].states);
                piece
            }
        };
        rest.iter().for_each(|byte| self.read_byte(network, *byte));
    }

    /// The states behind those of the first set by a byte.
    fn open(&mut self, network: &Network, first: u8) {
        let opening = Arc::clone(&self.opening);
        self.begin();
        opening.by_byte[usize::from(first)].iter().for_each(|state| self.add(network, *state));
    }

    /// Those by two bytes, remembered.
    fn open_by_two(&mut self, network: &Network, first: [u8; 2]) {
        if let Some(known) = self.by_two.get(&first) {
            self.fresh.clear();
            self.fresh.extend_from_slice(known);
            return;
        }
        self.open(network, first[0]);
        self.read_byte(network, first[1]);
        self.bytes += size_of_val(self.fresh.as_slice()) + size_of::<([u8; 2], Arc<[u32]>)>();
        self.by_two.insert(first, self.fresh.as_slice().into());
    }

    /// The states behind those that were made last.
    fn read_byte(&mut self, network: &Network, byte: u8) {
        let from = std::mem::replace(&mut self.fresh, std::mem::take(&mut self.from));
        self.begin();
        from.iter().for_each(|state| network.by_byte(*state, byte, |to| self.add(network, to)));
        self.from = from;
    }

    /// The set behind a set by a piece that has no number of its own: byte by byte, but for digits at once where all lead to the same.
    #[inline(never)]
    fn read(&mut self, network: &Network, set: Set, piece: &[u8]) -> Set {
        let digits = piece.len() < LONGEST_NUMBER && piece.iter().all(u8::is_ascii_digit);
        let mut set = set;
        for (at, byte) in piece.iter().enumerate() {
            if set == Set::EMPTY {
                break;
            }
            if digits && let Some(next) = self.step_digits(network, set, piece.len() - at) {
                return next;
            }
            set = self.step(network, set, Symbol(u32::from(*byte)), || &piece[at..=at]);
        }
        set
    }

    /// The set behind a set by so many digits; nothing where it matters which.
    fn step_digits(&mut self, network: &Network, set: Set, count: usize) -> Option<Set> {
        let mut next = self.by_digits.get(set, count as u32);
        if next == Set::UNKNOWN {
            next = self.any_digits(network, set, count).map_or(Set::NONE, |set| set.0);
            self.bytes += self.by_digits.add(set, count as u32, Set(next));
        }
        (next != Set::NONE).then_some(Set(next))
    }

    #[cold]
    fn any_digits(&mut self, network: &Network, set: Set, count: usize) -> Option<Set> {
        self.follow(network, set, &[]);
        for _ in 0..count {
            if self.fresh.iter().any(|state| network.tells_digits_apart(*state)) {
                return None;
            }
            self.read_byte(network, b'0');
        }
        Some(self.number(network))
    }

    /// The lists that terms of a set go on with.
    pub(super) fn goes_on_with(&self, set: Set) -> Mask {
        self.lists_of[set.index()]
    }

    /// The set behind a set by hits of lists that end together.
    #[inline(never)]
    pub(super) fn by_group(&mut self, network: &Network, set: Set, group: Group) -> Set {
        let next = self.by_group.get(set, group.0);
        if next != Set::UNKNOWN {
            return Set(next);
        }
        let lists = std::mem::take(&mut self.lists[group.0 as usize]);
        let next = self.by_lists(network, set, &lists);
        self.lists[group.0 as usize] = lists;
        self.bytes += self.by_group.add(set, group.0, next);
        next
    }

    fn by_lists(&mut self, network: &Network, set: Set, lists: &[ListId]) -> Set {
        self.begin();
        if set == Set::START {
            let opening = Arc::clone(&self.opening);
            let behind = lists.iter().filter_map(|list| opening.by_list.get(list)).flatten();
            behind.for_each(|state| self.add(network, *state));
            return self.number(network);
        }
        for index in 0..self.known[set.index()].states.len() {
            let state = self.known[set.index()].states[index];
            for (_, to) in network.by_list(state).filter(|(list, _)| lists.binary_search(list).is_ok()) {
                self.add(network, to);
            }
        }
        self.number(network)
    }

    /// The states of both.
    #[inline(never)]
    pub(super) fn union(&mut self, network: &Network, one: Set, other: Set) -> Set {
        let (one, other) = if one.index() <= other.index() { (one, other) } else { (other, one) };
        if one == Set::EMPTY || one == other {
            return other;
        }
        let known = self.unions.get(one, other.index() as u32);
        if known != Set::UNKNOWN {
            return Set(known);
        }
        self.begin();
        for set in [one, other] {
            self.fresh.extend_from_slice(&self.known[set.index()].states);
        }
        let union = self.number(network);
        self.bytes += self.unions.add(one, other.index() as u32, union);
        union
    }

    /// What the terms that end in a set, and those that they open, ask for.
    pub(super) fn asks(&mut self, network: &Network, built: &Built, set: Set) -> &Asks {
        if self.known[set.index()].asks.is_none() {
            self.known[set.index()].asks = Some(Box::new(self.asked(network, built, set)));
        }
        self.known[set.index()].asks.as_deref().unwrap_or(&NOTHING)
    }

    fn asked(&mut self, network: &Network, built: &Built, set: Set) -> Asks {
        let mut asks = Asks::default();
        self.closure(network, built, set, &mut |term, info| {
            asks.start |= info.starts_clause;
            asks.end |= info.ends_clause;
            asks.accents.extend(info.accents.is_some().then_some(term));
            true
        });
        asks.accents.sort_unstable();
        asks.accents.dedup();
        asks
    }

    /// What is told of a set whose terms ask for nothing; nothing where they do, or nobody has looked.
    pub(super) fn plain(&self, set: Set) -> Option<u32> {
        Some(self.plain[set.index()]).filter(|known| *known != Set::UNKNOWN)
    }

    /// What is told, by its number.
    pub(super) fn telling(&self, number: u32) -> Told {
        self.told[number as usize]
    }

    /// The terms that are told, each with its list.
    pub(super) fn terms(&self, told: Told) -> &[(ListId, u32)] {
        &self.told_terms[told.terms.0 as usize..told.terms.1 as usize]
    }

    /// The number of what is told of a set, with the answer to what its terms ask for.
    pub(super) fn told(&mut self, network: &Network, built: &Built, set: Set, answer: Answer) -> u32 {
        let which = usize::from(answer.start) | usize::from(answer.end) << 1;
        if answer.accents.is_empty() {
            let known = self.known[set.index()].told[which];
            if known != Set::UNKNOWN {
                return known;
            }
            let told = self.told_where(network, built, set, &answer);
            let index = self.told.len() as u32;
            let known = &mut self.known[set.index()];
            known.told[which] = index;
            if known.asks.as_deref() == Some(&NOTHING) {
                self.plain[set.index()] = index;
            }
            self.told.push(told);
        } else {
            let key = (set, answer);
            if let Some(known) = self.answered.get(&key) {
                return *known;
            }
            let told = self.told_where(network, built, set, &key.1);
            self.answered.insert(key, self.told.len() as u32);
            self.told.push(told);
        }
        self.told.len() as u32 - 1
    }

    fn told_where(&mut self, network: &Network, built: &Built, set: Set, answer: &Answer) -> Told {
        let asked = self.known[set.index()].asks.take();
        let asks = asked.as_deref().unwrap_or(&NOTHING);
        let (terms, mut lists, all) = self.closure(network, built, set, &mut |term, info| {
            let accents =
                || asks.accents.binary_search(&term).is_ok_and(|at| answer.accents[at / 64] & 1 << (at % 64) != 0);
            (!info.starts_clause || answer.start)
                && (!info.ends_clause || answer.end)
                && (info.accents.is_none() || accents())
        });
        lists.sort_unstable();
        let group = (!lists.is_empty()).then(|| (self.group(&lists), Mask::of(lists.iter().copied())));
        let asked_for = terms.into_iter().filter(|(list, _)| built.asked_for[usize::from(list.0)]);
        let first = self.told_terms.len();
        self.told_terms.extend(asked_for);
        let told = Told { terms: (first as u32, self.told_terms.len() as u32), group, all };
        self.bytes += size_of::<Told>() + (self.told_terms.len() - first) * 8;
        self.known[set.index()].asks = asked;
        told
    }

    /// The terms that end in a set and count; the lists among theirs that terms use; and the set with the terms that these lists open,
    /// which may end at once and so on.
    fn closure(
        &mut self,
        network: &Network,
        built: &Built,
        set: Set,
        counts: &mut dyn FnMut(u32, &TermInfo<'_>) -> bool,
    ) -> (Vec<(ListId, u32)>, Vec<ListId>, Set) {
        let (mut terms, mut lists) = (Vec::new(), Vec::new());
        let mut all = set;
        let mut open = vec![set];
        while let Some(set) = open.pop() {
            for index in 0..self.known[set.index()].terms.len() {
                let term = self.known[set.index()].terms[index];
                let info = &built.terms.get(term);
                let known = (info.list, term);
                if !counts(term, info) || terms.contains(&known) {
                    continue;
                }
                terms.push(known);
                if built.used[usize::from(info.list.0)] && !lists.contains(&info.list) {
                    lists.push(info.list);
                    let more = self.by_lists(network, Set::START, &[info.list]);
                    if more != Set::EMPTY {
                        all = self.union(network, all, more);
                        open.push(more);
                    }
                }
            }
        }
        (terms, lists, all)
    }

    /// The number of lists that were found together.
    fn group(&mut self, lists: &[ListId]) -> Group {
        if let Some(known) = self.groups.get(lists) {
            return *known;
        }
        let group = Group(self.lists.len() as u32);
        self.lists.push(lists.into());
        self.groups.insert(lists.into(), group);
        group
    }

    fn begin(&mut self) {
        self.fresh.clear();
        self.met.clear();
    }

    /// Adds a state to the set that is being made, and those that are reached from it without reading anything.
    fn add(&mut self, network: &Network, state: u32) {
        self.pending.push(state);
        while let Some(state) = self.pending.pop() {
            if !self.met.insert(state) {
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
        let states: Arc<[u32]> = self.fresh.as_slice().into();
        let mut terms: Vec<u32> = states.iter().flat_map(|state| network.terms(*state)).collect();
        terms.sort_unstable();
        terms.dedup();
        let goes_on = Mask::of(states.iter().flat_map(|state| network.by_list(*state)).map(|(list, _)| list));
        // At the start no term ends, and what a list opens there is followed where its hit is found.
        let tells = |anything: bool, flag: u32| if self.known.len() > 1 && anything { flag } else { 0 };
        let flags = tells(!terms.is_empty(), Set::ENDS) | tells(goes_on != Mask::default(), Set::GOES_ON);
        let number = self.known.len() as u32 | flags;
        let beside = size_of::<(u32, Mask, u32)>() + 40;
        self.bytes += states.len() * 4 + terms.len() * 4 + size_of::<Known>() + beside;
        self.known.push(Known {
            states: Arc::clone(&states),
            terms: terms.into(),
            asks: None,
            told: [Set::UNKNOWN; 4],
        });
        self.plain.push(Set::UNKNOWN);
        self.lists_of.push(goes_on);
        self.by_space.push(Set::UNKNOWN);
        self.numbers.insert(states, number);
        Set(number)
    }
}

fn of(steps: &[u32], symbol: Symbol) -> u32 {
    steps.get(symbol.0 as usize).copied().unwrap_or(Set::UNKNOWN)
}

fn put(steps: &mut Vec<u32>, symbol: Symbol, next: Set) {
    let at = symbol.0 as usize;
    if steps.len() <= at {
        steps.resize(at + 1, Set::UNKNOWN);
    }
    steps[at] = next.0;
}
