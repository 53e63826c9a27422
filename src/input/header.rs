//! Where the header stands: in the first row, or below lines of title.

use std::collections::HashSet;

use super::Vocabulary;
use super::formats::Wanted;
use crate::model::Role;

/// Filled rows among which the header is looked for.
pub(super) const LOOKED_AT: usize = 50;

/// What tells a header from other rows.
#[derive(Debug, Clone)]
pub(super) struct Known {
    vocabulary: Vocabulary,
    needed: Role,
    /// Headers that the user names, as they are looked up.
    named: HashSet<String>,
    /// The header of the moments of contacts, where the user names it.
    moment: Option<String>,
    /// Whether the user names the column that is needed.
    needed_is_named: bool,
}

/// What a row has of a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Likeness {
    /// The column that is needed.
    pub(super) needed: bool,
    /// Cells that are known headers.
    pub(super) known: usize,
}

impl Known {
    pub(super) fn of(wanted: &Wanted<'_>) -> Self {
        let given = wanted.options.columns.iter().filter(|given| !given.constant);
        Known {
            vocabulary: wanted.vocabulary.clone(),
            needed: wanted.needed,
            named: given.clone().map(|given| wanted.vocabulary.header(&given.value)).collect(),
            moment: given
                .clone()
                .find(|given| given.role == Role::StartedAt)
                .map(|given| wanted.vocabulary.header(&given.value)),
            needed_is_named: given.clone().any(|given| given.role == wanted.needed),
        }
    }

    /// How like a header a row is.
    pub(super) fn likeness<'c>(&self, cells: impl Iterator<Item = &'c str>) -> Likeness {
        let mut likeness = Likeness::default();
        for cell in cells.map(str::trim).filter(|cell| !cell.is_empty()) {
            let role = self.vocabulary.column(cell).map(|alias| alias.role);
            let named = self.named.contains(&self.vocabulary.header(cell));
            likeness.known += usize::from(role.is_some() || named);
            likeness.needed |= if self.needed_is_named { named } else { role == Some(self.needed) };
        }
        likeness
    }

    /// Whether a header is that of the moments of contacts.
    pub(super) fn is_moment(&self, header: &str) -> bool {
        self.moment.as_ref() == Some(&self.vocabulary.header(header))
            || self.vocabulary.column(header).is_some_and(|alias| alias.role == Role::StartedAt)
    }

    /// Index of the header among the first rows: the first row with the column that is needed, if all rows above it are shorter, as
    /// titles are. `width` is how many cells most rows have, where that is known: a header has as many.
    pub(super) fn below_titles(&self, rows: &[Vec<String>], width: Option<usize>) -> Option<usize> {
        let filled = |row: &[String]| row.iter().filter(|cell| !cell.trim().is_empty()).count();
        let found = rows.iter().position(|row| {
            width.is_none_or(|width| row.len() == width) && self.likeness(row.iter().map(String::as_str)).needed
        })?;
        let shorter = |row: &Vec<String>| filled(row) < filled(&rows[found]);
        rows[..found].iter().all(shorter).then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Options;
    use crate::text::Folder;

    fn found(rows: &[&[&str]], width: Option<usize>) -> Option<usize> {
        let vocabulary = Vocabulary::new(Folder::default());
        let options = Options::default();
        let known = Known::of(&Wanted { options: &options, vocabulary: &vocabulary, needed: Role::Note, saved: false });
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect();
        known.below_titles(&rows, width)
    }

    #[test]
    fn a_header_stands_below_shorter_rows() {
        assert_eq!(found(&[&["Calls May", ""], &["note_id", "note"], &["1", "note"]], Some(2)), Some(1));
        assert_eq!(
            found(&[&["note_id", "text"], &["1", "note"]], Some(2)),
            None,
            "a cell that is as full is no header"
        );
        assert_eq!(found(&[&["note"], &["note_id", "note"]], Some(2)), Some(1), "most rows have two cells");
    }
}
