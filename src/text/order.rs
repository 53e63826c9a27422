//! Hits in the order of their lists.

use super::scanner::TermHit;

/// Orders hits that were found from the end of a text to its start: they need only be dealt to their lists, of which a note has few.
#[derive(Debug, Clone, Default)]
pub(super) struct Order {
    /// Of each list that has hits, how many, and then where its next one belongs.
    next: Vec<u32>,
    /// Which lists have hits, a bit each.
    present: Vec<u64>,
    dealt: Vec<TermHit>,
}

impl Order {
    /// Orders hits by list, start, end and term, where none starts behind the one before it.
    pub(super) fn sort(&mut self, hits: &mut Vec<TermHit>) {
        for hit in hits.iter() {
            let list = usize::from(hit.list.0);
            if self.next.len() <= list {
                self.next.resize(list + 1, 0);
                self.present.resize(list / 64 + 1, 0);
            }
            self.next[list] += 1;
            self.present[list / 64] |= 1 << (list % 64);
        }
        let mut before = 0;
        for list in lists(&self.present) {
            before += std::mem::replace(&mut self.next[list], before);
        }
        self.dealt.clear();
        self.dealt.resize(hits.len(), TermHit::default());
        for hit in hits.iter().rev() {
            let next = &mut self.next[usize::from(hit.list.0)];
            self.dealt[*next as usize] = *hit;
            *next += 1;
        }
        // Few start at the same place.
        for at in 1..self.dealt.len() {
            let mut at = at;
            while at > 0 && self.dealt[at - 1] > self.dealt[at] {
                self.dealt.swap(at - 1, at);
                at -= 1;
            }
        }
        lists(&self.present).for_each(|list| self.next[list] = 0);
        self.present.fill(0);
        std::mem::swap(hits, &mut self.dealt);
    }
}

/// The lists whose bits are set, in order.
fn lists(present: &[u64]) -> impl Iterator<Item = usize> + '_ {
    present.iter().enumerate().flat_map(|(word, bits)| {
        let mut rest = *bits;
        std::iter::from_fn(move || {
            let bit = rest.trailing_zeros();
            rest &= rest.checked_sub(1)?;
            Some(word * 64 + bit as usize)
        })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::ListId;

    proptest! {
        #[test]
        fn as_if_they_were_compared(notes in prop::collection::vec(prop::collection::vec((0..200u16, 0..20u32, 0..4u32, 0..3u32), 0..60), 1..4)) {
            let mut order = Order::default();
            for note in notes {
                let hit = |(list, start, length, term)| TermHit { list: ListId(list), start, end: start + length, term };
                let mut hits: Vec<TermHit> = note.into_iter().map(hit).collect();
                hits.sort_by_key(|hit| std::cmp::Reverse(hit.start));
                let mut expected = hits.clone();
                expected.sort_unstable();
                order.sort(&mut hits);
                prop_assert_eq!(hits, expected);
            }
        }
    }
}
