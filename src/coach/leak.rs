//! The last look before an invented note is shown: nothing of the original may have stayed in it.

use std::collections::BTreeSet;

use super::numbers;
use crate::model::{AuditedNote, Note};
use crate::text::{Folder, is_han};

/// Digits from which a number tells who or what is meant.
const TELLING_DIGITS: usize = 5;
/// Letters from which a part of a name is looked for by itself.
const TELLING_LETTERS: usize = 4;

/// Names of several words (in Chinese, characters), folded, with single blanks: one word alone may be any word.
pub(super) fn whole_names(people: &[String], folder: &Folder) -> Vec<String> {
    let spaced = |name: &String| {
        let folded = folder.fold_str(name);
        let words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let enough = words.len() > 1 || (folded.chars().any(is_han) && folded.chars().count() > 2);
        enough.then(|| words.join(" "))
    };
    people.iter().filter_map(spaced).collect()
}

/// Identifiers such as `MAD-31` or `E1042`, folded as [`whole_names`] are: no words, yet known in the team. Shorter ones of one
/// word could be anything.
pub(super) fn numbered_ids(ids: &[String], folder: &Folder) -> Vec<String> {
    let spaced = |id: &String| {
        let folded = folder.fold_str(id);
        let words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let telling = words.len() > 1 || folded.chars().filter(|c| c.is_alphanumeric()).count() >= TELLING_LETTERS;
        (telling && folded.chars().any(|c| c.is_ascii_digit())).then(|| words.join(" "))
    };
    ids.iter().filter_map(spaced).collect()
}

/// What must not be seen again of an original note.
#[derive(Debug)]
pub(super) struct Originals<'f> {
    folder: &'f Folder,
    /// Parts of the names that belong to the note, folded.
    parts: BTreeSet<String>,
    /// The agent's identifier, where it is no name, folded.
    ids: BTreeSet<String>,
    /// Whole names of the export, folded.
    people: &'f [String],
    /// Digits of its long numbers.
    numbers: BTreeSet<String>,
}

impl<'f> Originals<'f> {
    /// Of one note; `people` are all names of the export, folded, with single blanks.
    pub(super) fn of(audited: &AuditedNote, people: &'f [String], folder: &'f Folder) -> Self {
        let note = &audited.note;
        // `agent-12` is known as a whole; its parts are words like any other.
        let numbered = note.agent.chars().any(|c| c.is_ascii_digit());
        let mut parts = BTreeSet::new();
        let mut ids = BTreeSet::new();
        if numbered {
            ids.insert(folder.fold_str(&note.agent));
        }
        let agent = Some(note.agent.as_str()).filter(|_| !numbered);
        let own = [note.customer.as_deref(), note.agent_name.as_deref(), agent];
        for name in own.into_iter().flatten() {
            let folded = folder.fold_str(name);
            let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|part| {
                let enough = if part.chars().any(is_han) { 2 } else { TELLING_LETTERS };
                part.chars().count() >= enough
            });
            parts.extend(words.map(str::to_owned));
        }
        let columns = [Some(note.text.as_str()), note.case_id.as_deref()];
        let elements = note.elements.iter().map(|(_, text)| text.as_str());
        let numbers = columns.into_iter().flatten().chain(elements).flat_map(telling_numbers).collect();
        Originals { folder, parts, ids, people, numbers }
    }

    /// And these words, folded: names that stand in the note.
    pub(super) fn and(mut self, names: impl IntoIterator<Item = String>) -> Self {
        self.parts.extend(names.into_iter().filter(|name| name.chars().count() >= TELLING_LETTERS));
        self
    }

    /// Whether the invented note shows any of it.
    pub(super) fn stand_in(&self, invented: &Note) -> bool {
        let elements = invented.elements.iter().map(|(_, text)| text.as_str());
        let texts = [Some(invented.text.as_str()), invented.case_id.as_deref()];
        texts.into_iter().flatten().chain(elements).any(|text| self.shown_in(text))
    }

    fn shown_in(&self, text: &str) -> bool {
        let folded = self.folder.fold_str(text);
        let words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let spaced = format!(" {} ", words.join(" "));
        let part = |part: &String| {
            if part.chars().any(is_han) { folded.contains(part.as_str()) } else { words.contains(&part.as_str()) }
        };
        let person = |name: &String| {
            if name.chars().any(is_han) {
                folded.contains(name.as_str())
            } else {
                spaced.contains(&format!(" {name} "))
            }
        };
        self.parts.iter().any(part)
            || self.ids.iter().any(|id| folded.contains(id.as_str()))
            || self.people.iter().any(person)
            || telling_numbers(text).any(|number| self.numbers.contains(&number))
    }
}

/// The digits of long numbers that no agent types for want of one.
fn telling_numbers(text: &str) -> impl Iterator<Item = String> + '_ {
    numbers::runs(text).into_iter().filter_map(|(start, end)| {
        let run = &text[start..end];
        let digits: String = run.chars().filter(char::is_ascii_digit).collect();
        (digits.len() >= TELLING_DIGITS && !numbers::is_placeholder(run) && !numbers::is_date_like(run))
            .then_some(digits)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn identifiers_with_digits_are_looked_for_whole() {
        let folder = Folder::new(HashMap::new());
        let ids = ["MAD-31", "E1042", "A1", "Quill"].map(str::to_owned);
        assert_eq!(numbered_ids(&ids, &folder), ["mad 31", "e1042"]);
    }

    #[test]
    fn names_in_any_spelling_and_long_numbers_are_seen_and_common_words_are_not() {
        let folder = Folder::new(HashMap::new());
        let people = vec!["rosa marin".to_owned(), "邓晓岚".to_owned()];
        let audited = AuditedNote {
            note: Note {
                text: "García, tel 600 123 456, ref CS-104220, 0000000".into(),
                customer: Some("Íñigo García-Bas".into()),
                ..Note::default()
            },
            ..AuditedNote::default()
        };
        let originals = Originals::of(&audited, &people, &folder);
        let shown = |text: &str| originals.stand_in(&Note { text: text.into(), ..Note::default() });
        for leak in ["GARCIA called", "inigo rang", "spoke to Rosa Marín", "600-123-456", "case 104220", "找邓晓岚"]
        {
            assert!(shown(leak), "{leak}");
        }
        for fine in ["Olmedo called", "a rosa on the desk", "600 000 111", "bas", "0000000"] {
            assert!(!shown(fine), "{fine}");
        }
    }
}
