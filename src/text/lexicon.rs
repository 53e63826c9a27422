//! The word lists of one language as written, by name.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{MapAccess, SeqAccess, Visitor};

use super::fold::Folder;
use super::term::{self, Fragments, Term};
use crate::yaml::{Fault, Source, nearest};

/// One list as its file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListSpec {
    /// Terms, one an entry.
    Terms(Vec<String>),
    /// Forms with their meaning.
    Meanings(Vec<(String, String)>),
    /// Words in one block of text, parted by white space.
    Words(String),
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

/// One file of word lists.
pub type WordFile = BTreeMap<String, ListSpec>;

/// All lists of one language, later files laid over earlier ones by name.
#[derive(Debug, Clone, Default)]
pub struct Lexicon {
    lists: BTreeMap<String, (Arc<Source>, ListSpec)>,
}

impl Lexicon {
    /// Adds the lists of one file; a list of the same name is replaced.
    ///
    /// # Errors
    /// The first thing in the file that is no list.
    pub fn add(&mut self, source: Arc<Source>) -> Result<(), Fault> {
        for (name, list) in source.parse::<WordFile>()? {
            self.lists.insert(name, (Arc::clone(&source), list));
        }
        Ok(())
    }

    /// Adds forms with meanings that come from no file of lists.
    pub fn add_meanings(&mut self, name: &str, entries: &BTreeMap<String, String>) {
        let list = ListSpec::Meanings(entries.iter().map(|(form, meaning)| (form.clone(), meaning.clone())).collect());
        self.lists.insert(name.to_owned(), (Arc::new(Source::new("acw.yaml", "")), list));
    }

    /// Names of all lists.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.lists.keys().map(String::as_str)
    }

    /// The words of a list of plain words (or the forms of a list of meanings), folded.
    pub fn words(&self, name: &str, folder: &Folder) -> BTreeSet<String> {
        match self.lists.get(name).map(|(_, list)| list) {
            None => BTreeSet::new(),
            Some(ListSpec::Words(text)) => text.split_whitespace().map(|w| folder.fold_str(w)).collect(),
            Some(ListSpec::Terms(terms)) => terms.iter().map(|w| folder.fold_str(w)).collect(),
            Some(ListSpec::Meanings(entries)) => entries.iter().map(|(w, _)| folder.fold_str(w)).collect(),
        }
    }

    /// Forms and meanings of a list, forms folded; the first meaning of a form counts.
    pub fn meanings(&self, name: &str, folder: &Folder) -> HashMap<String, String> {
        let mut out = HashMap::new();
        if let Some((_, ListSpec::Meanings(entries))) = self.lists.get(name) {
            for (form, meaning) in entries {
                out.entry(folder.fold_str(form)).or_insert_with(|| meaning.clone());
            }
        }
        out
    }

    /// The translated terms of a list; `None` where the language has no such list.
    ///
    /// # Errors
    /// The first entry that is not well written, with its place.
    pub fn terms(&self, name: &str, folder: &Folder) -> Result<Option<Vec<(String, Term)>>, Fault> {
        let Some((source, list)) = self.lists.get(name) else { return Ok(None) };
        let entries: Vec<&str> = match list {
            ListSpec::Terms(terms) => terms.iter().map(String::as_str).collect(),
            ListSpec::Meanings(entries) => entries.iter().map(|(form, _)| form.as_str()).collect(),
            ListSpec::Words(text) => text.split_whitespace().collect(),
        };
        let mut terms = Vec::with_capacity(entries.len());
        for written in entries {
            let mut expander = Expander { lexicon: self, folder, open: vec![name] };
            let term = term::parse(written, folder, &mut expander).map_err(|message| {
                let place = [format!("{name}:"), written.to_owned()];
                let place: Vec<&str> = place.iter().map(String::as_str).collect();
                source.fault_at(
                    &place,
                    format!("in list `{name}`: {message}"),
                    "see rules/README.md for the notation of terms",
                )
            })?;
            terms.push((written.to_owned(), term));
        }
        Ok(Some(terms))
    }
}

/// Resolves `<name>` within one language, refusing circles.
struct Expander<'l> {
    lexicon: &'l Lexicon,
    folder: &'l Folder,
    open: Vec<&'l str>,
}

impl Fragments for Expander<'_> {
    fn fragment(&mut self, name: &str) -> Result<String, String> {
        let Some((name, (_, list))) = self.lexicon.lists.get_key_value(name) else {
            let near =
                nearest(name, self.lexicon.names()).map(|n| format!("; did you mean `<{n}>`?")).unwrap_or_default();
            return Err(format!("there is no list `{name}`{near}"));
        };
        if self.open.contains(&name.as_str()) {
            return Err(format!("the list `{name}` contains itself"));
        }
        let ListSpec::Terms(entries) = list else {
            return Err(format!("the list `{name}` holds plain words, not terms"));
        };
        self.open.push(name);
        let mut parts = Vec::with_capacity(entries.len());
        for entry in entries {
            parts.push(term::parse(entry, self.folder, self)?.regex);
        }
        self.open.pop();
        Ok(parts.join("|"))
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
    fn lists_use_each_other_and_circles_are_refused() {
        let folder = Folder::default();
        let lexicon =
            lexicon("very: [very, so]\nrude:\n  - (<very> )?rude => raised his voice\na: [x <b>]\nb: [y <a>]\n");
        let terms = lexicon.terms("rude", &folder).unwrap().unwrap();
        assert_eq!(terms[0].1.regex, "(?:(?:(?:very|so)[ \\n]+))?rude");
        assert_eq!(terms[0].1.better.as_deref(), Some("raised his voice"));
        let fault = lexicon.terms("a", &folder).unwrap_err();
        assert!(fault.message.contains("contains itself"), "{fault}");
        assert!(lexicon.terms("absent", &folder).unwrap().is_none());
    }

    #[test]
    fn a_fault_names_the_list_the_line_and_the_near_name() {
        let lexicon = lexicon("very: [very]\nrude:\n  - x\n  - <very1> rude\n");
        let fault = lexicon.terms("rude", &Folder::default()).unwrap_err();
        assert_eq!(fault.line, 4);
        assert!(fault.message.contains("did you mean `<very>`"), "{fault}");
    }
}
