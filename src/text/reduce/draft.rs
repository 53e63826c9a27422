//! A text on its way from the cell to the note: every character knows where it came from.

use crate::model::{Places, Span};

/// A character and its place in the cell, in code points.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sign {
    pub(super) c: char,
    pub(super) start: u32,
    pub(super) end: u32,
    /// Whether markup says that somebody else wrote it.
    pub(super) quoted: bool,
}

/// The characters of a text.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) signs: Vec<Sign>,
}

impl Draft {
    /// The characters of a cell.
    pub(super) fn new(cell: &str) -> Self {
        let signs = (0u32..).zip(cell.chars()).map(|(at, c)| Sign { c, start: at, end: at + 1, quoted: false });
        Draft { signs: signs.collect() }
    }

    pub(super) fn text(&self) -> String {
        self.signs.iter().map(|sign| sign.c).collect()
    }

    /// Places of the characters, where they are not those of the text itself.
    pub(super) fn places(&self) -> Option<Places> {
        Places::of(self.signs.iter().map(|sign| (sign.start, sign.end)))
    }

    /// What markup quotes, in bytes of the text.
    pub(super) fn quoted(&self) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        let mut at = 0;
        for sign in &self.signs {
            let end = at + sign.c.len_utf8();
            if sign.quoted {
                match spans.last_mut().filter(|span| span.end == at) {
                    Some(span) => span.end = end,
                    None => spans.push(Span::new(at, end)),
                }
            }
            at = end;
        }
        spans
    }
}

/// Walks along a draft by the byte offsets of its text.
pub(super) struct Walk<'d> {
    signs: std::slice::Iter<'d, Sign>,
    at: usize,
}

impl<'d> Walk<'d> {
    pub(super) fn along(draft: &'d Draft) -> Self {
        Walk { signs: draft.signs.iter(), at: 0 }
    }

    /// The characters up to a byte offset.
    pub(super) fn to(&mut self, end: usize) -> &'d [Sign] {
        let rest = self.signs.as_slice();
        let mut count = 0;
        while self.at < end && count < rest.len() {
            self.at += rest[count].c.len_utf8();
            count += 1;
        }
        self.signs = rest[count..].iter();
        &rest[..count]
    }
}

/// The place in the cell that characters come from.
pub(super) fn place(signs: &[Sign]) -> (u32, u32) {
    match signs {
        [first, .., last] => (first.start, last.end),
        [only] => (only.start, only.end),
        [] => (0, 0),
    }
}
