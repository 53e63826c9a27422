//! What columns and their values are called, gathered from the packs.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use foldhash::fast::FixedState;
use smol_str::SmolStr;

use super::Preset;
use super::stamp::DateWords;
use super::values::{Unit, Units};
use crate::model::{Answer, Disposition, Element, Exported, Role};
use crate::text::{Folder, Identifier, MailWords, Reducer};

/// Names of columns and values in every language of the packs, folded. Every reader has one of its own: what is large in it is shared.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    folder: Folder,
    reducer: Reducer,
    columns: Arc<HashMap<String, Alias>>,
    dispositions: HashMap<String, Disposition>,
    call_types: HashMap<String, String>,
    channels: HashMap<String, String>,
    languages: HashMap<String, String>,
    answers: HashMap<String, Answer>,
    /// Known headers without their spaces.
    squeezed: Arc<HashMap<String, Alias>>,
    presets: Arc<Vec<Preset>>,
    pub(super) units: Units,
    pub(super) dates: DateWords,
    footers: Vec<String>,
    /// Codes of the languages, as the identifier counts them, and it.
    identifier: (Vec<String>, Identifier),
    labels: HashMap<(String, Element), String>,
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
            let own = Alias { role, origin: "acw".into(), rank: 0 };
            let header = vocabulary.header(role.name());
            Arc::make_mut(&mut vocabulary.columns).insert(header, own);
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
            let alias = Alias { role, origin: origin.to_owned(), rank: rank + 1 };
            if key.contains(' ') {
                let squeezed = Arc::make_mut(&mut self.squeezed).entry(key.replace(' ', ""));
                squeezed.or_insert_with(|| alias.clone());
            }
            Arc::make_mut(&mut self.columns).entry(key).or_insert(alias);
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
    pub fn text<'c>(&self, cell: &'c str) -> (Cow<'c, str>, Option<Box<Exported>>) {
        self.reducer.reduce(cell)
    }

    /// Adds words for a reviewer's answer.
    pub fn add_answers(&mut self, answer: Answer, words: &[String]) {
        for word in words {
            self.answers.entry(self.folder.fold_str(word.trim())).or_insert(answer);
        }
    }

    /// Adds a preset; one of the same name gives way to it.
    pub fn add_preset(&mut self, preset: Preset) {
        let presets = Arc::make_mut(&mut self.presets);
        presets.retain(|known| known.id != preset.id);
        presets.push(preset);
    }

    /// Adds words for the unit of a duration.
    pub fn add_unit(&mut self, unit: Unit, words: &[String]) {
        for word in words {
            self.units.insert(word.to_lowercase(), unit);
            self.units.insert(self.header(word), unit);
        }
    }

    /// Adds names of months, January first; the names of each parted by spaces.
    pub fn add_months(&mut self, months: &[String]) {
        for (number, names) in (1..).zip(months) {
            for name in names.split_whitespace() {
                self.dates.months.insert(name.to_lowercase(), number);
                self.dates.months.insert(self.folder.fold_str(name), number);
            }
        }
    }

    /// Adds words for the two halves of a day.
    pub fn add_halves(&mut self, first: &[String], second: &[String]) {
        for (words, is_second) in [(first, false), (second, true)] {
            for word in words {
                self.dates.halves.insert(word.replace(['.', ' '], "").to_lowercase(), is_second);
            }
        }
    }

    /// Adds how lines begin that stand below the rows of an export.
    pub fn add_footers(&mut self, footers: &[String]) {
        let folded: Vec<String> = footers.iter().map(|footer| self.header(footer)).collect();
        self.footers.extend(folded);
    }

    /// Adds what a language calls the sections of a note.
    pub fn add_labels(&mut self, code: &str, labels: &BTreeMap<Element, String>) {
        self.labels.extend(labels.iter().map(|(element, label)| ((code.to_owned(), *element), label.clone())));
    }

    /// Tells the language of notes by `identifier`, which counts the languages as `codes` does.
    pub fn identify_by(&mut self, codes: Vec<String>, identifier: Identifier) {
        self.identifier = (codes, identifier);
    }

    /// The presets.
    pub fn presets(&self) -> &[Preset] {
        &self.presets
    }

    /// What a section is called in that language.
    pub(super) fn label(&self, language: &str, element: Element) -> Option<&str> {
        self.labels.get(&(language.to_owned(), element)).map(String::as_str)
    }

    /// The code of the language that a text is in.
    pub(super) fn language_of(&self, text: &str) -> Option<&str> {
        let (codes, identifier) = &self.identifier;
        codes.get(identifier.identify(&self.folder.fold_str(text))?).map(String::as_str)
    }

    /// Whether a cell begins as lines do that stand below the rows of an export, or as one of `more` does.
    pub(super) fn is_footer(&self, cell: &str, more: &[String]) -> bool {
        let cell = self.header(cell);
        let begins = |footer: &str| {
            let rest = cell.strip_prefix(footer).filter(|_| !footer.is_empty());
            // A Han word has no end that could be seen.
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' ') || !footer.is_ascii())
        };
        self.footers.iter().any(|footer| begins(footer)) || more.iter().any(|footer| begins(&self.header(footer)))
    }

    /// The answer that a cell of a sheet means; `None` where it means none.
    pub fn answer(&self, value: &str) -> Option<Answer> {
        self.answers.get(self.folder.fold_str(value).trim()).copied()
    }

    /// A header as it is looked up: folded, separators as single spaces.
    pub fn header(&self, written: &str) -> String {
        let mut header = String::with_capacity(written.len());
        let mut parted = false;
        for c in self.folder.fold_str(written).chars() {
            if c.is_alphanumeric() || c == '°' {
                if parted && !header.is_empty() {
                    header.push(' ');
                }
                parted = false;
                header.push(c);
            } else {
                parted = true;
            }
        }
        header
    }

    /// A header as it is looked up, without its spaces.
    pub(super) fn squeezed(&self, written: &str) -> String {
        self.header(written).replace(' ', "")
    }

    /// A header without the unit behind it, and the unit: `acw (ms)`.
    fn without_unit<'h>(&self, header: &'h str) -> (&'h str, Option<Unit>) {
        let starts: Vec<usize> = header.match_indices(' ').map(|(at, _)| at).rev().take(3).collect();
        let cut = starts.iter().rev().find_map(|at| Some((&header[..*at], Unit::of(&header[at + 1..], &self.units)?)));
        cut.map_or((header, None), |(header, unit)| (header, Some(unit)))
    }

    /// The unit that a header names.
    pub(super) fn unit(&self, written: &str) -> Option<Unit> {
        let header = self.header(written);
        self.without_unit(&header).1.or_else(|| self.units.get(&header).copied())
    }

    /// What is known of a header; also without the unit behind it, of the last part of a path such as `comment.body`, and where its
    /// spaces were lost.
    pub fn column(&self, written: &str) -> Option<&Alias> {
        let header = self.header(written);
        let known = |header: &str| self.columns.get(header);
        let bare = || known(self.without_unit(&header).0);
        let last = || written.rsplit_once('.').and_then(|(_, last)| known(&self.header(last)));
        known(&header).or_else(bare).or_else(last).or_else(|| self.squeezed.get(&header))
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
    pub fn call_type(&self, value: &str) -> Option<SmolStr> {
        self.value(&self.call_types, value)
    }

    /// The field's word for a channel, or the value as written.
    pub fn channel(&self, value: &str) -> Option<SmolStr> {
        self.value(&self.channels, value)
    }

    /// The code of a language from a code (`es-MX`) or a name (`Español`); the lower-case value where unknown.
    pub fn language(&self, value: &str) -> Option<SmolStr> {
        let value = value.trim();
        if value.is_empty() {
            return None;
        }
        let code = value.split(['-', '_']).next().unwrap_or(value).to_lowercase();
        let known = self.languages.get(&code).or_else(|| self.languages.get(&self.header(value)));
        Some(known.unwrap_or(&code).into())
    }

    /// The code of a language that has rules, from a code or a name.
    ///
    /// # Errors
    /// There is none: what to give instead.
    pub(super) fn language_asked_for(&self, asked: &str) -> Result<String, String> {
        let codes: BTreeSet<&str> = self.languages.values().map(String::as_str).collect();
        let known = self.language(asked).filter(|code| codes.contains(code.as_str()));
        known
            .map(String::from)
            .ok_or_else(|| format!("give one of {}", codes.into_iter().collect::<Vec<_>>().join(", ")))
    }

    fn value(&self, known: &HashMap<String, String>, value: &str) -> Option<SmolStr> {
        let value = value.trim();
        (!value.is_empty()).then(|| known.get(&self.header(value)).map_or(value, String::as_str).into())
    }
}

/// What values of an export mean, as far as they were met: a column of channels holds the same few values all the way down.
#[derive(Debug, Default)]
pub(super) struct Met {
    pub(super) channels: Meanings<Option<SmolStr>>,
    pub(super) call_types: Meanings<Option<SmolStr>>,
    pub(super) languages: Meanings<Option<SmolStr>>,
    pub(super) dispositions: Meanings<Disposition>,
}

/// The meaning of each value of a column.
#[derive(Debug, Default)]
pub(super) struct Meanings<T>(HashMap<String, T, FixedState>);

impl<T: Clone> Meanings<T> {
    /// Most values that are remembered: a column of free text has no end of them.
    const MOST: usize = 4_096;

    /// What the value means, by `tell` where it was not met yet.
    pub(super) fn of(&mut self, value: &str, tell: impl FnOnce(&str) -> T) -> T {
        if let Some(known) = self.0.get(value) {
            return known.clone();
        }
        let told = tell(value);
        if self.0.len() < Self::MOST {
            self.0.insert(value.to_owned(), told.clone());
        }
        told
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
        vocabulary.add_columns(Role::AcwSeconds, "en", &["after call work".into()]);
        vocabulary.add_unit(Unit::Minutes, &["Minutos".into(), "in min".into()]);
        for (header, unit) in [("AFTERCALLWORK", None), ("after call work (in min)", Some(Unit::Minutes))] {
            assert_eq!(vocabulary.column(header).unwrap().role, Role::AcwSeconds, "{header}");
            assert_eq!(vocabulary.unit(header), unit);
        }
        assert_eq!(vocabulary.unit("acw (ms)"), Some(Unit::Milliseconds));
        vocabulary.add_footers(&["Total".into(), "合计".into()]);
        assert!(vocabulary.is_footer("TOTAL:", &[]) && vocabulary.is_footer("合计12", &[]));
        assert!(
            !vocabulary.is_footer("Totally", &[]) && vocabulary.is_footer("Copyright (c) 2026", &["copyright".into()])
        );
        assert_eq!(vocabulary.disposition("solucionado"), Disposition::Resolved);
        assert_eq!(vocabulary.answer(" SI "), Some(Answer::Fail));
        assert_eq!(vocabulary.answer("Ｎ／Ａ"), Some(Answer::NotApplicable));
        assert_eq!(vocabulary.answer("maybe"), None);
        assert_eq!(vocabulary.disposition("???"), Disposition::Other);
        assert_eq!(vocabulary.language("ES-mx").as_deref(), Some("es"));
        assert_eq!(vocabulary.language("español").as_deref(), Some("es"));
        assert_eq!(vocabulary.language_asked_for("ES-mx").as_deref(), Ok("es"));
        assert_eq!(vocabulary.language_asked_for("xx"), Err("give one of es".into()));
    }
}
