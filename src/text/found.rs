//! What was found of lists so far: a term that goes on with a list steps over its hits.

use super::sets::Mask;

/// Some lists that were found from one place to another, by the number under which the sets know them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Group(pub(super) u32);

/// A hit of lists that stands somewhere: the piece behind it, and which lists they are.
pub(super) type Hit = (u32, Group, Mask);

/// Hits of the lists that terms use, by the piece of the text where they start; filled from the end of the text to its start.
#[derive(Debug, Clone, Default)]
pub(super) struct Found {
    /// Where the hits end and which lists they are of, those of one place side by side.
    hits: Vec<Hit>,
    /// Of each place, where its hits stand in `hits`.
    places: Vec<(u32, u32)>,
}

impl Found {
    /// Forgets everything, for a text of so many pieces.
    pub(super) fn clear(&mut self, pieces: usize) {
        self.hits.clear();
        self.places.clear();
        self.places.resize(pieces + 1, (0, 0));
    }

    /// Adds the hits from one place to another; the start is not behind that of those added last.
    pub(super) fn add(&mut self, start: usize, (group, lists): (Group, Mask), end: usize) {
        let place = &mut self.places[start];
        if place.0 == place.1 {
            place.0 = self.hits.len() as u32;
        }
        self.hits.push((end as u32, group, lists));
        place.1 = self.hits.len() as u32;
    }

    /// Where the hits that start here end, and which lists they are of.
    pub(super) fn of(&self, place: usize) -> &[Hit] {
        let (from, to) = self.places[place];
        &self.hits[from as usize..to as usize]
    }
}
