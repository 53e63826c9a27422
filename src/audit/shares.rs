//! A batch is shared out among the workers by language, and comes together again in its order.
//!
//! What a language needs is much for a processor's cache: a worker that gets as few languages as can be has them at hand, and need not
//! learn the words of the others.

use std::iter::from_fn;

/// Some rows of a batch, in its order.
pub(super) struct Share<T> {
    /// Where each stands in the batch.
    pub(super) places: Vec<u32>,
    pub(super) rows: Vec<T>,
}

/// Shares rows out in so many shares of about the same size: those of one kind together, as far as can be.
///
/// `about` tells the kind of a row, and how much work it is.
pub(super) fn share_out<T, K: Ord>(rows: Vec<T>, count: usize, about: impl Fn(&T) -> (K, usize)) -> Vec<Share<T>> {
    let mut order: Vec<(K, usize, usize)> = Vec::with_capacity(rows.len());
    order.extend(rows.iter().map(about).enumerate().map(|(place, (kind, work))| (kind, place, work)));
    order.sort_unstable();
    let all: usize = order.iter().map(|(.., work)| work).sum();
    let mut whose = vec![0; rows.len()];
    let mut sizes = vec![0; count];
    let mut before = 0;
    for (_, place, work) in order {
        // The middle of a row tells whose it is.
        whose[place] = ((before + work / 2) * count / all.max(1)).min(count - 1);
        sizes[whose[place]] += 1;
        before += work;
    }
    // No row is moved twice: they are large, and what is outgrown stays behind in memory.
    let share = |size: &usize| Share { places: Vec::with_capacity(*size), rows: Vec::with_capacity(*size) };
    let mut shares: Vec<Share<T>> = sizes.iter().map(share).collect();
    for (place, (row, whose)) in rows.into_iter().zip(whose).enumerate() {
        shares[whose].places.push(place as u32);
        shares[whose].rows.push(row);
    }
    shares
}

/// All rows of a batch in its order.
pub(super) fn together<T>(shares: Vec<Share<T>>) -> impl Iterator<Item = T> {
    let rows = |share: Share<T>| share.places.into_iter().zip(share.rows).peekable();
    let mut shares: Vec<_> = shares.into_iter().map(rows).collect();
    let mut next = 0;
    from_fn(move || {
        let place = next;
        next += 1;
        shares.iter_mut().find_map(|share| share.next_if(|(own, _)| *own == place)).map(|(_, row)| row)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_row_is_shared_out_once_and_comes_back_in_its_place(
            rows in prop::collection::vec((0..4u8, 0..300usize, any::<u32>()), 0..200),
            count in 1..6usize,
        ) {
            let shares = share_out(rows.clone(), count, |(kind, work, _)| (*kind, *work));
            prop_assert_eq!(shares.len(), count);
            let work = |rows: &[(u8, usize, u32)]| rows.iter().map(|(_, work, _)| work).sum::<usize>();
            for share in &shares {
                prop_assert!(work(&share.rows) <= work(&rows) / count + 300);
            }
            // Kinds are parted between two shares at most as often as there are shares.
            let kinds = |share: &Share<(u8, usize, u32)>| {
                share.rows.iter().map(|(kind, ..)| *kind).collect::<std::collections::BTreeSet<u8>>().len()
            };
            prop_assert!(shares.iter().map(kinds).sum::<usize>() < 4 + count);
            prop_assert_eq!(together(shares).collect::<Vec<_>>(), rows);
        }
    }
}
