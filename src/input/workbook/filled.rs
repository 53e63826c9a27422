//! The filled cells of a row.

/// Filled cells of a row by their column, from 0, side by side in one text: a row is gathered, handed on and forgotten, millions of
/// times.
#[derive(Debug, Clone, Default)]
pub(super) struct Cells {
    text: String,
    /// Column, and where its text starts and ends; by column.
    places: Vec<(u32, usize, usize)>,
    /// Bytes of cells that were written over.
    lost: usize,
}

/// Bytes that may be lost before those that are not are moved together.
const MOST_LOST: usize = 1 << 16;

impl Cells {
    /// Puts what is written into a cell; nothing is no cell.
    pub(super) fn put(&mut self, column: u32, write: impl FnOnce(&mut String)) {
        let start = self.text.len();
        write(&mut self.text);
        let place = (column, start, self.text.len());
        if self.text.len() == start {
            return;
        }
        match self.find(column) {
            Ok(at) => {
                let (_, from, to) = std::mem::replace(&mut self.places[at], place);
                self.lost += to - from;
                if self.lost > MOST_LOST.max(self.text.len() / 2) {
                    self.tidy();
                }
            }
            Err(at) => self.places.insert(at, place),
        }
    }

    /// Lets go what was written over: a broken file may write the same cell over and over.
    fn tidy(&mut self) {
        let mut text = String::with_capacity(self.text.len() - self.lost);
        for (_, from, to) in &mut self.places {
            let start = text.len();
            text.push_str(&self.text[*from..*to]);
            (*from, *to) = (start, text.len());
        }
        (self.text, self.lost) = (text, 0);
    }

    /// Where a column stands, or would: most come from left to right.
    fn find(&self, column: u32) -> Result<usize, usize> {
        match self.places.last() {
            Some((last, ..)) if *last >= column => self.places.binary_search_by_key(&column, |(column, ..)| *column),
            _ => Err(self.places.len()),
        }
    }

    /// The text of a cell; nothing where it is empty.
    pub(super) fn get(&self, column: u32) -> Option<&str> {
        let (_, start, end) = self.places[self.find(column).ok()?];
        Some(&self.text[start..end])
    }

    /// The cells from left to right, each with its column.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &str)> {
        self.places.iter().map(|(column, start, end)| (*column, &self.text[*start..*end]))
    }

    /// Their texts.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(_, text)| text)
    }

    /// The columns of the first and the last one.
    pub(super) fn ends(&self) -> Option<(u32, u32)> {
        Some((self.places.first()?.0, self.places.last()?.0))
    }

    /// How many bytes their texts have at most.
    pub(super) fn bytes(&self) -> usize {
        self.text.len()
    }

    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.places.clear();
        self.lost = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stand_by_column_whatever_order_they_come_in() {
        let mut cells = Cells::default();
        for (column, text) in [(2, "c"), (0, "ñ"), (5, ""), (2, "z"), (1, "b")] {
            cells.put(column, |out| out.push_str(text));
        }
        assert_eq!(cells.iter().collect::<Vec<_>>(), [(0, "ñ"), (1, "b"), (2, "z")]);
        assert_eq!((cells.get(2), cells.get(5), cells.ends(), cells.len()), (Some("z"), None, Some((0, 2)), 3));
        let long = "x".repeat(1_000);
        for at in 0..1_000 {
            cells.put(2, |out| out.push_str(&format!("{long}{at}")));
            assert!(cells.bytes() < 3 * MOST_LOST);
        }
        assert_eq!((cells.get(0), cells.get(1), cells.get(2)), (Some("ñ"), Some("b"), Some(&*format!("{long}999"))));
        cells.clear();
        assert_eq!((cells.is_empty(), cells.ends(), cells.get(0)), (true, None, None));
    }
}
