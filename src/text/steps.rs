//! Steps from set to set that texts have taken.

/// A set; told by its number until the sets start over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Set(pub(super) u32);

impl Set {
    /// No state at all.
    pub(super) const EMPTY: Set = Set(0);
    /// What every term starts from.
    pub(super) const START: Set = Set(1);
    /// Stand where the number of a set would. Not known yet.
    pub(super) const UNKNOWN: u32 = u32::MAX;
    /// There is no such step: other digits lead elsewhere.
    pub(super) const NONE: u32 = u32::MAX - 1;
    /// Stand in the number of a set: terms end in it; terms go on with lists. Most sets are neither, and nothing need be looked up.
    pub(super) const ENDS: u32 = 1 << 31;
    pub(super) const GOES_ON: u32 = 1 << 30;

    /// Whether terms end in it.
    pub(super) fn ends(self) -> bool {
        self.0 & Set::ENDS != 0
    }

    /// Whether terms go on with lists.
    pub(super) fn goes_on(self) -> bool {
        self.0 & Set::GOES_ON != 0
    }

    pub(super) fn index(self) -> usize {
        (self.0 & !(Set::ENDS | Set::GOES_ON)) as usize
    }
}

/// Most sets that are told apart by few bits; from half of them on they start over.
pub(super) const MOST_SETS: u32 = 1 << 15;

/// A step that was taken: from which set and to which, in as few bits as texts need, so that sixteen stand in a line of a processor's
/// cache. No step leads from [`Set::EMPTY`], so zero is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Taken(u32);

impl Taken {
    /// Bits of the number of a set.
    const BITS: u32 = MOST_SETS.trailing_zeros();
    /// Where the number of a set would be that nobody has.
    const NONE: u32 = MOST_SETS - 1;
    /// How far the flags of a set stand further left in its number than here.
    const MOVED: u32 = Set::GOES_ON.trailing_zeros() - Self::BITS;

    /// Nothing where a number is too large; such a step is made anew each time.
    fn new(from: Set, to: u32) -> Option<Self> {
        let to = match to {
            Set::NONE => Self::NONE,
            to if Set(to).index() < Self::NONE as usize => {
                Set(to).index() as u32 | (to & (Set::ENDS | Set::GOES_ON)) >> Self::MOVED
            }
            _ => return None,
        };
        (1..MOST_SETS as usize).contains(&from.index()).then(|| Taken((from.index() as u32) << (Self::BITS + 2) | to))
    }

    /// The number of the set that it leads from.
    fn from(self) -> u32 {
        self.0 >> (Self::BITS + 2)
    }

    /// Where it leads.
    fn to(self) -> u32 {
        let to = self.0 & (MOST_SETS - 1);
        if to == Self::NONE { Set::NONE } else { to | self.0 << Self::MOVED & (Set::ENDS | Set::GOES_ON) }
    }
}

/// Steps from set to set: for each thing that leads on, a table with open addressing of the sets that it led from. Of all steps that a
/// set could take, texts take a few; and at one place of a text the same piece leads on from the sets of all starts before it, so that
/// what is looked up there stands side by side.
#[derive(Debug, Clone, Default)]
pub(super) struct Steps {
    tables: Vec<Table>,
    /// The places of all tables. Each table has a power of two of them, of which at least a third are free.
    places: Vec<Taken>,
}

/// Where the steps by one thing stand.
#[derive(Debug, Clone, Copy, Default)]
struct Table {
    first: u32,
    taken: u16,
    /// The power of two; no places where it is zero.
    power: u8,
}

impl Table {
    /// The place for a set: that of its step, or the free one that it would take.
    fn place(self, all: &[Taken], from: u32) -> usize {
        let last = (1 << self.power) - 1;
        // Multiplicative hashing (Knuth, The Art of Computer Programming 3, 6.4), by the golden ratio.
        let mut place = from.wrapping_mul(0x9e37_79b1) >> (32 - u32::from(self.power));
        loop {
            let at = (self.first + place) as usize;
            if all[at] == Taken::default() || all[at].from() == from {
                return at;
            }
            place = (place + 1) & last;
        }
    }
}

impl Steps {
    /// Most things that are told apart; by others, steps are made anew each time.
    const MOST: u32 = 1 << 17;

    /// Where a step leads; [`Set::UNKNOWN`] where nobody has taken it.
    pub(super) fn get(&self, from: Set, by: u32) -> u32 {
        match self.tables.get(by as usize) {
            Some(table) if table.power > 0 => {
                let taken = self.places[table.place(&self.places, from.index() as u32)];
                if taken == Taken::default() { Set::UNKNOWN } else { taken.to() }
            }
            _ => Set::UNKNOWN,
        }
    }

    /// Remembers a step; the bytes that it takes.
    pub(super) fn add(&mut self, from: Set, by: u32, to: Set) -> usize {
        let Some(step) = Taken::new(from, to.0).filter(|_| by < Self::MOST) else { return 0 };
        let (tables, before) = (self.tables.len(), self.places.len());
        if tables <= by as usize {
            self.tables.resize(by as usize + 1, Table::default());
        }
        let mut table = self.tables[by as usize];
        let places = if table.power == 0 { 0 } else { 1 << table.power };
        if (usize::from(table.taken) + 1) * 3 > places * 2 {
            let old = table.first as usize..table.first as usize + places;
            table = Table { first: before as u32, taken: table.taken, power: (table.power + 1).max(2) };
            self.places.resize(before + (1 << table.power), Taken::default());
            for place in old {
                let step = self.places[place];
                if step != Taken::default() {
                    let place = table.place(&self.places, step.from());
                    self.places[place] = step;
                }
            }
        }
        let place = table.place(&self.places, step.from());
        self.places[place] = step;
        table.taken += 1;
        self.tables[by as usize] = table;
        (self.places.len() - before) * size_of::<Taken>() + (self.tables.len() - tables) * size_of::<Table>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_is_found_again_and_no_other() {
        let mut steps = Steps::default();
        let to = |from: u32, by: u32| match (from + by) % 5 {
            0 => Set(Set::NONE),
            1 => Set::EMPTY,
            2 => Set(((from * 7 + by) % 9_000) | Set::ENDS),
            3 => Set(((from * 3 + by) % 9_000) | Set::GOES_ON),
            _ => Set(by | Set::ENDS | Set::GOES_ON),
        };
        let pairs = || (1..300u32).flat_map(|from| (0..40u32).map(move |by| (from * 50, by * 9)));
        for (from, by) in pairs() {
            assert_eq!(steps.get(Set(from | Set::ENDS), by), Set::UNKNOWN);
            assert!(steps.add(Set(from), by, to(from, by)) < 10_000);
            assert_eq!(
                steps.get(Set(from | Set::ENDS), by),
                to(from, by).0,
                "by the number alone, whatever is told of the set"
            );
        }
        assert!(pairs().all(|(from, by)| steps.get(Set(from), by) == to(from, by).0));
        assert_eq!((steps.get(Set(51), 9), steps.get(Set(50), 10)), (Set::UNKNOWN, Set::UNKNOWN));
    }

    #[test]
    fn what_does_not_fit_is_not_kept() {
        let mut steps = Steps::default();
        for (from, by, to) in [(0, 1, 2), (MOST_SETS, 1, 2), (1, Steps::MOST, 2), (1, 1, MOST_SETS - 1)] {
            assert_eq!(steps.add(Set(from), by, Set(to)), 0);
            assert_eq!(steps.get(Set(from), by), Set::UNKNOWN);
        }
    }
}
