//! What was found of lists so far: a term that goes on with a list steps over its hits.

use super::scanner::ListId;
use super::sets::Bits;

/// Hits of the lists that terms use, by the place where they start; filled from the end of the text to its start.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// List and end of each hit, those of one place side by side.
    hits: Vec<(ListId, u32)>,
    /// Of each place, where its hits stand in `hits`, and of which lists they are.
    places: Vec<(u32, u32, Bits)>,
}

impl Found {
    /// Forgets everything, for a text of that length.
    pub(super) fn clear(&mut self, length: usize) {
        self.hits.clear();
        self.places.clear();
        self.places.resize(length + 1, (0, 0, Bits::default()));
    }

    /// Adds a hit, whose start is not behind that of the last one added, nor its end before that of one from the same start; whether
    /// it is new.
    pub(super) fn add(&mut self, start: usize, list: ListId, end: usize) -> bool {
        let hit = (list, end as u32);
        let place = &mut self.places[start];
        if place.2.is_empty() {
            place.0 = self.hits.len() as u32;
        } else if self.hits[place.0 as usize..]
            .iter()
            .rev()
            .take_while(|known| known.1 == hit.1)
            .any(|known| *known == hit)
        {
            return false;
        }
        self.hits.push(hit);
        place.1 = self.hits.len() as u32;
        place.2.add(list);
        true
    }

    /// The lists that have a hit here.
    pub(super) fn bits(&self, place: usize) -> &Bits {
        &self.places[place].2
    }

    /// List and end of each hit that starts here.
    pub(super) fn of(&self, place: usize) -> &[(ListId, u32)] {
        &self.hits[self.places[place].0 as usize..self.places[place].1 as usize]
    }
}
