//! Choices that look random and are the same on every machine and in every run.

/// A source of choices (SplitMix64).
#[derive(Debug, Clone)]
pub(super) struct Choices(u64);

impl Choices {
    /// The choices of `seed` for the thing named `key`: the same key gives the same choices.
    pub(super) fn of(seed: u64, key: &str) -> Self {
        // FNV-1a, so that neighbouring keys part at once.
        let state = key
            .bytes()
            .fold(seed ^ 0xcbf2_9ce4_8422_2325, |state, byte| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Choices(state)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`, which is at least 1.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    /// Brings the items into an order of chance.
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}
