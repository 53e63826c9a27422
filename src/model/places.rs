//! A note whose text is not the cell that it was exported as.

use super::Span;

/// What was different in the cell of a note.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exported {
    /// Where the text's characters stand in the cell; `None` where each stands at its own number.
    pub places: Option<Places>,
    /// Quoted mail: words of somebody else, in bytes of the text, in order.
    pub quoted: Vec<Span>,
    /// Text that was encoded twice.
    pub twice: Option<Twice>,
}

/// Text that was encoded twice, as it was met in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Twice {
    /// A word as the cell has it.
    pub garbled: String,
    /// The word that it was.
    pub meant: String,
    /// Whether the whole cell could be brought back without loss, and was.
    pub mended: bool,
}

/// Where the characters of a text stand in the cell that it was made of, both counted in Unicode code points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    runs: Vec<Run>,
}

/// Characters in a row that take the same number of code points each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    text: u32,
    cell: u32,
    width: u32,
}

impl Places {
    /// Of the place of each character, from and to; `None` where every character stands at its own number.
    pub fn of(characters: impl Iterator<Item = (u32, u32)>) -> Option<Self> {
        let mut runs: Vec<Run> = Vec::new();
        for (text, (start, end)) in (0u32..).zip(characters) {
            let width = end - start;
            let goes_on = |run: &Run| run.width == width && run.cell + (text - run.text) * width == start;
            if !runs.last().is_some_and(goes_on) {
                runs.push(Run { text, cell: start, width });
            }
        }
        let same = matches!(runs[..], [] | [Run { cell: 0, width: 1, .. }]);
        (!same).then_some(Places { runs })
    }

    /// The place in the cell of the characters from `start` to `end` of the text.
    pub fn in_cell(&self, start: usize, end: usize) -> (usize, usize) {
        let place = |at: usize| {
            let index = self.runs.partition_point(|run| run.text as usize <= at);
            let Some(run) = index.checked_sub(1).map(|index| self.runs[index]) else { return (at, at) };
            let from = run.cell as usize + (at - run.text as usize) * run.width as usize;
            (from, from + run.width as usize)
        };
        let from = place(start).0;
        if end > start { (from, place(end - 1).1) } else { (from, from) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_lead_back_into_the_cell() {
        // `<b>a&amp;b</b> c` gives `a&b c`.
        let places = Places::of([(3, 4), (4, 9), (9, 10), (14, 15), (15, 16)].into_iter()).unwrap();
        assert_eq!(places.in_cell(0, 3), (3, 10));
        assert_eq!(places.in_cell(1, 2), (4, 9));
        assert_eq!(places.in_cell(2, 5), (9, 16));
        assert_eq!(places.in_cell(2, 2), (9, 9));
        assert_eq!(Places::of((0..4).map(|at| (at, at + 1))), None);
        assert_eq!(Places::of([].into_iter()), None);
    }
}
