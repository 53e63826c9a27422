//! What columns and their values are called, gathered from the packs.

use std::collections::{BTreeMap, HashMap};

use crate::model::{Answer, Disposition, Exported, Role};
use crate::text::{Folder, MailWords, Reducer};

/// Names of columns and values in every language of the packs, folded.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    folder: Folder,
    reducer: Reducer,
    columns: HashMap<String, Alias>,
    dispositions: HashMap<String, Disposition>,
    call_types: HashMap<String, String>,
    channels: HashMap<String, String>,
    languages: HashMap<String, String>,
    answers: HashMap<String, Answer>,
}

/// Signs for answers that belong to no language, as reviewers type them into sheets.
const ANSWER_SIGNS: [(&str, Answer); 10] = [
    ("fail", Answer::Fail),
    ("1", Answer::Fail),
    ("x", Answer::Fail),
    ("pass", Answer::Pass),
    ("0", Answer::Pass),
    ("ok", Answer::Pass),
    ("n/a", Answer::NotApplicable),
    ("na", Answer::NotApplicable),
    ("n.a.", Answer::NotApplicable),
    ("-", Answer::NotApplicable),
];

/// A known header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// The part it plays.
    pub role: Role,
    /// The pack that knows it: a language code, or `core`.
    pub origin: String,
    /// Its place in the pack's list; earlier is likelier.
    pub rank: usize,
}

impl Vocabulary {
    /// An empty vocabulary that folds with `folder`; it knows the roles' own names and the signs for answers.
    pub fn new(folder: Folder) -> Self {
        let mut vocabulary = Vocabulary { folder, ..Vocabulary::default() };
        for role in Role::ALL {
            vocabulary.columns.insert(vocabulary.header(role.name()), Alias { role, origin: "acw".into(), rank: 0 });
        }
        for (sign, answer) in ANSWER_SIGNS {
            vocabulary.answers.insert(sign.to_owned(), answer);
        }
        vocabulary
    }

    /// Adds header aliases of a pack; what is known already stays.
    pub fn add_columns(&mut self, role: Role, origin: &str, aliases: &[String]) {
        for (rank, alias) in aliases.iter().enumerate() {
            let key = self.header(alias);
            self.columns.entry(key).or_insert(Alias { role, origin: origin.to_owned(), rank: rank + 1 });
        }
    }

    /// Adds words for a disposition.
    pub fn add_dispositions(&mut self, disposition: Disposition, words: &[String]) {
        for word in words {
            self.dispositions.insert(self.header(word), disposition);
        }
        if let Ok(serde_json::Value::String(name)) = serde_json::to_value(disposition) {
            self.dispositions.insert(name, disposition);
        }
    }

    /// Adds words for call types.
    pub fn add_call_types(&mut self, words: &BTreeMap<String, Vec<String>>) {
        let folder = &self.folder;
        add_values(folder, &mut self.call_types, words);
    }

    /// Adds words for channels.
    pub fn add_channels(&mut self, words: &BTreeMap<String, Vec<String>>) {
        let folder = &self.folder;
        add_values(folder, &mut self.channels, words);
    }

    /// Adds a language by its code and names.
    pub fn add_language(&mut self, code: &str, names: &[&str]) {
        self.languages.insert(code.to_owned(), code.to_owned());
        for name in names {
            self.languages.insert(self.header(name), code.to_owned());
        }
    }

    /// Says what mail programs write around quoted mail.
    pub fn know_mail(&mut self, words: &MailWords) {
        self.reducer = Reducer::new(words);
    }

    /// The text of a cell that people typed in and, where something in the cell was different, what.
    pub fn text(&self, cell: &str) -> (String, Option<Box<Exported>>) {
        self.reducer.reduce(cell)
    }

    /// Adds words for a reviewer's answer.
    pub fn add_answers(&mut self, answer: Answer, words: &[String]) {
        for word in words {
            self.answers.entry(self.folder.fold_str(word.trim())).or_insert(answer);
        }
    }

    /// The answer that a cell of a sheet means; `None` where it means none.
    pub fn answer(&self, value: &str) -> Option<Answer> {
        self.answers.get(self.folder.fold_str(value).trim()).copied()
    }

    /// A header as it is looked up: folded, separators as single spaces.
    pub fn header(&self, written: &str) -> String {
        let folded = self.folder.fold_str(written);
        let spaced: String = folded.chars().map(|c| if c.is_alphanumeric() || c == '°' { c } else { ' ' }).collect();
        spaced.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// What is known of a header; for a path such as `comment.body`, also of its last part.
    pub fn column(&self, header: &str) -> Option<&Alias> {
        let last = || header.rsplit_once('.').map(|(_, last)| self.header(last));
        self.columns.get(&self.header(header)).or_else(|| self.columns.get(&last()?))
    }

    /// Known headers that play `role`, for guesses.
    pub fn headers_of(&self, role: Role) -> impl Iterator<Item = &str> {
        self.columns.iter().filter(move |(_, alias)| alias.role == role).map(|(header, _)| header.as_str())
    }

    /// The disposition that a value means.
    pub fn disposition(&self, value: &str) -> Disposition {
        if value.trim().is_empty() {
            return Disposition::Empty;
        }
        self.dispositions.get(&self.header(value)).copied().unwrap_or(Disposition::Other)
    }

    /// The field's word for a call type, or the value as written.
    pub fn call_type(&self, value: &str) -> Option<String> {
        self.value(&self.call_types, value)
    }

    /// The field's word for a channel, or the value as written.
    pub fn channel(&self, value: &str) -> Option<String> {
        self.value(&self.channels, value)
    }

    /// The code of a language from a code (`es-MX`) or a name (`Español`); the lower-case value where unknown.
    pub fn language(&self, value: &str) -> Option<String> {
        let value = value.trim();
        if value.is_empty() {
            return None;
        }
        let code = value.split(['-', '_']).next().unwrap_or(value).to_lowercase();
        Some(self.languages.get(&code).or_else(|| self.languages.get(&self.header(value))).cloned().unwrap_or(code))
    }

    fn value(&self, known: &HashMap<String, String>, value: &str) -> Option<String> {
        let value = value.trim();
        (!value.is_empty()).then(|| known.get(&self.header(value)).cloned().unwrap_or_else(|| value.to_owned()))
    }
}

fn add_values(folder: &Folder, known: &mut HashMap<String, String>, words: &BTreeMap<String, Vec<String>>) {
    let header = |word: &str| Vocabulary { folder: folder.clone(), ..Vocabulary::default() }.header(word);
    for (name, aliases) in words {
        known.insert(header(name), name.clone());
        for alias in aliases {
            known.entry(header(alias)).or_insert_with(|| name.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_and_values_are_known_in_any_spelling() {
        let mut vocabulary = Vocabulary::new(Folder::default());
        vocabulary.add_columns(Role::Note, "es", &["Observaciones".into()]);
        vocabulary.add_dispositions(Disposition::Resolved, &["Solucionado".into()]);
        vocabulary.add_language("es", &["Spanish", "Español"]);
        vocabulary.add_answers(Answer::Fail, &["sí".into()]);
        assert_eq!(vocabulary.column("OBSERVACIONES:").unwrap().role, Role::Note);
        assert_eq!(vocabulary.column("ticket.note_id").unwrap().role, Role::NoteId);
        assert_eq!(vocabulary.disposition("solucionado"), Disposition::Resolved);
        assert_eq!(vocabulary.answer(" SI "), Some(Answer::Fail));
        assert_eq!(vocabulary.answer("Ｎ／Ａ"), Some(Answer::NotApplicable));
        assert_eq!(vocabulary.answer("maybe"), None);
        assert_eq!(vocabulary.disposition("???"), Disposition::Other);
        assert_eq!(vocabulary.language("ES-mx").as_deref(), Some("es"));
        assert_eq!(vocabulary.language("español").as_deref(), Some("es"));
    }
}
