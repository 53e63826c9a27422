//! How long after-call work took, note by note, in little memory: an agent has hundreds of different times in every call type.

/// Notes by seconds of after-call work: those that do not comply, those that do.
///
/// Notes come in any order and to thousands of these in turn: a note is put down behind the others, and they are put in order now and
/// then.
#[derive(Debug, Clone, Default)]
pub struct Times {
    all: Vec<Time>,
}

/// Some notes that took the same; more than are counted here stand in a further entry of the same seconds, behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Time {
    seconds: u32,
    poor: u16,
    good: u16,
}

impl Time {
    /// Both, where they can be counted in one.
    fn with(self, other: Time) -> Option<Time> {
        let (poor, good) = (self.poor.checked_add(other.poor)?, self.good.checked_add(other.good)?);
        (self.seconds == other.seconds).then_some(Time { poor, good, ..self })
    }
}

impl Times {
    /// Fewest notes that are put in order at once.
    const FEWEST: usize = 16;

    /// Counts a note.
    pub fn add(&mut self, seconds: u32, complies: bool) {
        if self.all.len() == self.all.capacity() {
            self.order();
            // Of a large export there are thousands of these: room for a few more notes each is room for many.
            self.all.reserve_exact((self.all.len() / 4).max(Self::FEWEST));
        }
        self.all.push(Time { seconds, poor: u16::from(!complies), good: u16::from(complies) });
    }

    fn order(&mut self) {
        self.all.sort_by_key(|time| time.seconds);
        self.all.dedup_by(|next, before| before.with(*next).map(|both| *before = both).is_some());
    }

    /// Seconds, notes that do not comply and notes that do; ascending, the same seconds perhaps several times.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u64, u64)> + use<> {
        let mut ordered = self.clone();
        ordered.order();
        ordered.all.into_iter().map(|time| (time.seconds, u64::from(time.poor), u64::from(time.good)))
    }
}

/// The same notes, in whatever order they came.
impl PartialEq for Times {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Times {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_note_is_counted_however_many_took_the_same() {
        let mut times = Times::default();
        for note in 0..200_000u32 {
            times.add(60 + note % 2, note % 4 < 2);
        }
        times.add(5, true);
        let sum = |wanted: u32| {
            let of = times.iter().filter(|(seconds, ..)| *seconds == wanted);
            of.fold((0, 0), |sum, (_, poor, good)| (sum.0 + poor, sum.1 + good))
        };
        assert_eq!((sum(5), sum(60), sum(61)), ((0, 1), (50_000, 50_000), (50_000, 50_000)));
        assert!(times.iter().map(|(seconds, ..)| seconds).is_sorted());
        times = Times::default();
        (0..100_000).for_each(|_| times.add(7, true));
        assert_eq!(times.iter().collect::<Vec<_>>(), [(7, 0, 65_535), (7, 0, 34_465)]);
    }
}
