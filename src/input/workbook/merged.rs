//! Merged cells: the value stands in every cell of the range.

use calamine::Dimensions;

use super::filled::Cells;
use crate::input::formats::MOST_COLUMNS;

/// The merged cells of a worksheet, filled in row by row.
#[derive(Debug, Default)]
pub(super) struct Merged {
    /// By their first row.
    ranges: Vec<Dimensions>,
    /// The first range that has not started.
    next: usize,
    /// Ranges that have started, with what stands in their first cell.
    open: Vec<(Dimensions, String)>,
}

impl Merged {
    pub(super) fn new(mut ranges: Vec<Dimensions>) -> Self {
        ranges.sort_by_key(|range| range.start);
        Merged { ranges, next: 0, open: vec![] }
    }

    /// Starts again with the first row.
    pub(super) fn rewind(&mut self) {
        self.next = 0;
        self.open.clear();
    }

    /// Fills in what stands merged in a row; rows come from top to bottom.
    pub(super) fn fill(&mut self, row: u32, cells: &mut Cells) {
        self.open.retain(|(range, _)| range.end.0 >= row);
        while let Some(range) = self.ranges.get(self.next).filter(|range| range.start.0 <= row) {
            // The first cell of a range is empty where its row is not there.
            if range.start.0 == row
                && let Some(value) = cells.get(range.start.1)
            {
                self.open.push((*range, value.to_owned()));
            }
            self.next += 1;
        }
        for (range, value) in &self.open {
            for column in range.start.1..=range.end.1 {
                if cells.len() >= MOST_COLUMNS {
                    break;
                }
                if cells.get(column).is_none() {
                    cells.put(column, |out| out.push_str(value));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_stands_in_every_cell() {
        let mut merged = Merged::new(vec![Dimensions::new((1, 0), (3, 0)), Dimensions::new((0, 0), (0, 2))]);
        let mut filled = |row: u32, cells: &[(u32, &str)]| {
            let mut all = Cells::default();
            cells.iter().for_each(|(column, text)| all.put(*column, |out| out.push_str(text)));
            merged.fill(row, &mut all);
            all.texts().collect::<Vec<_>>().join("|")
        };
        assert_eq!(filled(0, &[(0, "title")]), "title|title|title");
        assert_eq!(filled(1, &[(0, "Ana"), (1, "x")]), "Ana|x");
        assert_eq!(filled(3, &[(1, "y")]), "Ana|y");
        assert_eq!(filled(4, &[(1, "z")]), "z");
    }
}
