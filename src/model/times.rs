//! How long after-call work took, note by note, in little memory: an agent has hundreds of different times in every call type.

/// Notes by seconds of after-call work: those that do not comply, those that do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Times(Vec<Time>);

/// Some notes that took the same; more than are counted here stand in a further entry of the same seconds, behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Time {
    seconds: u32,
    poor: u16,
    good: u16,
}

impl Times {
    /// Counts a note.
    pub fn add(&mut self, seconds: u32, complies: bool) {
        let at = self.0.partition_point(|time| time.seconds < seconds);
        let known = self.0.get_mut(at).filter(|time| time.seconds == seconds);
        let count = known.map(|time| if complies { &mut time.good } else { &mut time.poor });
        match count.filter(|count| **count < u16::MAX) {
            Some(count) => *count += 1,
            None => self.0.insert(at, Time { seconds, poor: u16::from(!complies), good: u16::from(complies) }),
        }
    }

    /// Seconds, notes that do not comply and notes that do; ascending, the same seconds perhaps several times.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u64, u64)> + '_ {
        self.0.iter().map(|time| (time.seconds, u64::from(time.poor), u64::from(time.good)))
    }
}

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
        assert_eq!(times.iter().collect::<Vec<_>>(), [(7, 0, 34_465), (7, 0, 65_535)]);
    }
}
