//! Places in a note.

/// A half-open range of byte offsets into the note's text, on character boundaries.
///
/// Outputs convert it to code points ([`Span::code_points`], and [`Note::place`](super::Note::place) those of the cell as exported);
/// everything inside stays in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The span from `start` to `end`.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The text that the span covers.
    pub fn of<'t>(&self, text: &'t str) -> &'t str {
        &text[self.start..self.end]
    }

    /// Whether the two share at least one byte.
    pub const fn overlaps(&self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether `other` lies wholly inside.
    pub const fn covers(&self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The same place in Unicode code points of `text`, as outputs promise it.
    pub fn code_points(&self, text: &str) -> (usize, usize) {
        let start = text[..self.start].chars().count();
        (start, start + self.of(text).chars().count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_points_count_characters_not_bytes() {
        let text = "señal 客户 x";
        let at = text.find('x').unwrap();
        assert_eq!(Span::new(at, at + 1).code_points(text), (9, 10));
    }
}
