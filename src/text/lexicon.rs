//! The word lists of one language as written, by name.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

use super::fold::Folder;
use crate::yaml::{Fault, Source, nearest};

/// One list as its file has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum ListSpec {
    /// Terms, one an entry.
    Terms(Vec<String>),
    /// Forms with their meaning.
    Meanings(Vec<(String, String)>),
    /// Words in one block of text, parted by white space.
    Words(String),
}

impl ListSpec {
    /// The entries as written; of meanings, the forms.
    fn entries(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        match self {
            ListSpec::Terms(terms) => Box::new(terms.iter().map(String::as_str)),
            ListSpec::Meanings(entries) => Box::new(entries.iter().map(|(form, _)| form.as_str())),
            ListSpec::Words(text) => Box::new(text.split_whitespace()),
        }
    }

    /// Takes an entry out, a term also without the better wording behind it; whether it was there.
    fn remove(&mut self, entry: &str) -> bool {
        let before = self.entries().count();
        let other = |written: &str| written != entry && written.split(" => ").next() != Some(entry);
        match self {
            ListSpec::Terms(terms) => terms.retain(|term| other(term)),
            ListSpec::Meanings(entries) => entries.retain(|(form, _)| other(form)),
            ListSpec::Words(text) => {
                *text = text.split_whitespace().filter(|word| other(word)).collect::<Vec<_>>().join(" ")
            }
        }
        self.entries().count() < before
    }
}

impl JsonSchema for ListSpec {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "WordList".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "Terms, one an entry (see rules/README.md for their notation); forms with their meaning; or a block of plain words.",
            "anyOf": [
                { "type": "array", "items": { "type": "string" } },
                { "type": "object", "additionalProperties": { "type": "string" } },
                { "type": ["string", "null"] },
            ],
        })
    }
}

impl<'de> Deserialize<'de> for ListSpec {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = ListSpec;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a sequence of terms, a map of forms to meanings, or a block of words")
            }
            fn visit_str<E>(self, text: &str) -> Result<ListSpec, E> {
                Ok(ListSpec::Words(text.to_owned()))
            }
            fn visit_unit<E>(self) -> Result<ListSpec, E> {
                Ok(ListSpec::Terms(Vec::new()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<ListSpec, A::Error> {
                let mut terms = Vec::new();
                while let Some(term) = seq.next_element()? {
                    terms.push(term);
                }
                Ok(ListSpec::Terms(terms))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ListSpec, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry::<String, String>()? {
                    entries.push(entry);
                }
                Ok(ListSpec::Meanings(entries))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// A list as it is kept between runs: in the form of what it is, for no word tells it there.
#[derive(Deserialize)]
enum KeptList {
    Terms(Vec<String>),
    Meanings(Vec<(String, String)>),
    Words(String),
}

impl From<KeptList> for ListSpec {
    fn from(kept: KeptList) -> Self {
        match kept {
            KeptList::Terms(terms) => ListSpec::Terms(terms),
            KeptList::Meanings(entries) => ListSpec::Meanings(entries),
            KeptList::Words(text) => ListSpec::Words(text),
        }
    }
}

/// All lists of a language as they are kept between runs, where nothing is wrong with them and no file need be named: of those that
/// were asked for nothing but their terms, the names, for the scanner has the terms.
#[derive(Deserialize)]
pub struct KeptLexicon(Vec<(String, Vec<KeptList>)>);

impl From<KeptLexicon> for Lexicon {
    fn from(kept: KeptLexicon) -> Self {
        let source = Arc::new(Source::new("kept", ""));
        let parts = |lists: Vec<KeptList>| lists.into_iter().map(|list| (Arc::clone(&source), list.into())).collect();
        Lexicon { lists: kept.0.into_iter().map(|(name, lists)| (name, parts(lists))).collect(), ..Lexicon::default() }
    }
}

/// One file of word lists.
pub type WordFile = BTreeMap<String, ListSpec>;

/// A list and the files that its parts come from.
type Parts = Vec<(Arc<Source>, ListSpec)>;

/// All lists of one language, later files laid over earlier ones by name.
#[derive(Debug, Clone, Default)]
pub struct Lexicon {
    lists: BTreeMap<String, Parts>,
    /// Lists whose entries a check looked at.
    looked_at: RefCell<BTreeSet<String>>,
}

impl Lexicon {
    /// Lays the lists of one file over those that are there: `name` replaces a list, `name+` adds entries to it and
    /// `name-` takes entries from it.
    ///
    /// # Errors
    /// The first thing in the file that is no list; an addition to, or an entry taken from, what is not there.
    pub fn add(&mut self, source: Arc<Source>) -> Result<(), Fault> {
        for (key, list) in source.parse::<WordFile>()? {
            if let Some(name) = key.strip_suffix('+') {
                self.known(name, &key, &source)?.push((Arc::clone(&source), list));
            } else if let Some(name) = key.strip_suffix('-') {
                for entry in list.entries() {
                    if !self.take(name, &key, entry, &source)? {
                        let near = self.lists[name].iter().flat_map(|(_, part)| part.entries());
                        let help = nearest(entry, near)
                            .map_or("remove the line".to_owned(), |near| format!("did you mean `{near}`?"));
                        let message = format!("`{key}` takes `{entry}` away, which is not in the list");
                        return Err(source.fault_at(&[&format!("{key}:"), entry], message, help));
                    }
                }
            } else {
                self.lists.insert(key, vec![(Arc::clone(&source), list)]);
            }
        }
        Ok(())
    }

    /// The list of that name, for `key` (`name+` or `name-`), which changes it.
    fn known(&mut self, name: &str, key: &str, source: &Source) -> Result<&mut Parts, Fault> {
        if !self.lists.contains_key(name) {
            let near = nearest(name, self.names()).map(str::to_owned);
            let help = near.map_or(format!("write `{name}:` for a new list"), |near| format!("did you mean `{near}`?"));
            let message = format!("`{key}` changes a list that is not there");
            return Err(source.fault_at(&[&format!("{key}:")], message, help));
        }
        Ok(self.lists.entry(name.to_owned()).or_default())
    }

    /// Takes an entry out of a list; whether it was there.
    fn take(&mut self, name: &str, key: &str, entry: &str, source: &Source) -> Result<bool, Fault> {
        let mut taken = false;
        for (_, part) in self.known(name, key, source)? {
            taken |= part.remove(entry);
        }
        Ok(taken)
    }

    /// Adds forms with meanings that come from no file of lists.
    pub fn add_meanings(&mut self, name: &str, entries: &BTreeMap<String, String>) {
        let list = ListSpec::Meanings(entries.iter().map(|(form, meaning)| (form.clone(), meaning.clone())).collect());
        self.lists.insert(name.to_owned(), vec![(Arc::new(Source::new("acw.yaml", "")), list)]);
    }

    /// What is kept of it between runs.
    pub fn keep(&self) -> Vec<(&str, Vec<&ListSpec>)> {
        let looked_at = self.looked_at.borrow();
        let kept = |(name, parts)| {
            let parts: &Parts = parts;
            let wanted = looked_at.contains(name);
            (String::as_str(name), parts.iter().filter(|_| wanted).map(|(_, list)| list).collect())
        };
        self.lists.iter().map(kept).collect()
    }

    /// Names of all lists.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.lists.keys().map(String::as_str)
    }

    /// The entries of a list as written, with the file of each.
    pub fn entries<'a>(&'a self, name: &str) -> impl Iterator<Item = (&'a Arc<Source>, &'a str)> + use<'a> {
        self.parts(name).flat_map(|(source, part)| part.entries().map(move |entry| (source, entry)))
    }

    /// The same for the scanner, which is kept with what it makes of them.
    pub(super) fn terms<'a>(&'a self, name: &str) -> impl Iterator<Item = (&'a Arc<Source>, &'a str)> + use<'a> {
        let parts = self.lists.get(name).into_iter().flatten();
        parts.flat_map(|(source, part)| part.entries().map(move |entry| (source, entry)))
    }

    /// The parts of a list that a check looks at.
    fn parts<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a (Arc<Source>, ListSpec)> + use<'a> {
        if !self.looked_at.borrow().contains(name) {
            self.looked_at.borrow_mut().insert(name.to_owned());
        }
        self.lists.get(name).into_iter().flatten()
    }

    /// The entries of a list as written with their meaning, empty where they have none; the first meaning of a form counts.
    pub fn pairs(&self, name: &str) -> impl Iterator<Item = (&str, &str)> {
        fn pair(part: &ListSpec) -> Vec<(&str, &str)> {
            match part {
                ListSpec::Meanings(entries) => entries.iter().map(|(f, m)| (f.as_str(), m.as_str())).collect(),
                other => other.entries().map(|entry| (entry, "")).collect(),
            }
        }
        let mut seen = BTreeSet::new();
        self.parts(name).flat_map(move |(_, part)| pair(part)).filter(move |(form, _)| seen.insert(*form))
    }

    /// The words of a list of plain words (or the forms of a list of meanings), folded.
    pub fn words<'a>(&'a self, name: &str, folder: &'a Folder) -> impl Iterator<Item = String> + use<'a> {
        self.entries(name).map(|(_, word)| folder.fold_str(word))
    }

    /// Forms and meanings of a list as written; of a form that comes again, the first meaning counts.
    pub fn meanings(&self, name: &str) -> impl Iterator<Item = (&str, &str)> {
        let entries = self.parts(name).filter_map(|(_, part)| match part {
            ListSpec::Meanings(entries) => Some(entries),
            ListSpec::Terms(_) | ListSpec::Words(_) => None,
        });
        entries.flatten().map(|(form, meaning)| (form.as_str(), meaning.as_str()))
    }

    /// Whether there is such a list.
    pub fn has(&self, name: &str) -> bool {
        self.lists.contains_key(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexicon(text: &str) -> Lexicon {
        let mut lexicon = Lexicon::default();
        lexicon.add(Arc::new(Source::new("words.yaml", text))).unwrap();
        lexicon
    }

    #[test]
    fn a_later_file_adds_to_a_list_takes_from_it_or_replaces_it() {
        let mut lexicon = lexicon("a: [x, y => why]\nb: {k: one}\nc: m n\n");
        let later = |lexicon: &mut Lexicon, text: &str| lexicon.add(Arc::new(Source::new("house.yaml", text)));
        later(&mut lexicon, "a+: [z]\na-: [y]\nb+: {l: two}\nc: [o]\n").unwrap();
        let entries = |name| lexicon.entries(name).map(|(_, entry)| entry).collect::<Vec<_>>().join(" ");
        assert_eq!((entries("a"), entries("b"), entries("c")), ("x z".into(), "k l".into(), "o".into()));
        let fault = later(&mut lexicon.clone(), "a-: [zz]\n").unwrap_err();
        assert!(fault.message.contains("not in the list"), "{fault}");
        let fault = later(&mut lexicon.clone(), "aa+: [zz]\n").unwrap_err();
        assert_eq!(fault.help, "did you mean `a`?");
    }
}
