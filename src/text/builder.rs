//! From lists as written to what a scanner needs: terms with their patterns, lists with their terms.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::fold::Folder;
use super::interest::{Interest, InterestId, Interests};
use super::lexicon::Lexicon;
use super::network::Network;
use super::pattern::{self, Part, Pattern};
use super::scanner::{self, ListId, Scanner};
use super::term::{self, Term};
use super::terms::{TermInfo, Terms};
use super::words::WordSet;
use crate::yaml::{Fault, Source, nearest};

/// Lists of up to so many bytes are written out where they are used: looking them up would cost more.
const WRITTEN_OUT: usize = 160;

// What lists may come to. Lists in lists, repeated groups and choices one behind the other multiply, so that a page of text could
// ask for more memory than any machine has; what people write stays far below.

/// Most steps of one term, the lists that are written out in it counted in (of the built-in ones: 62,505).
const MOST_STEPS: usize = 200_000;
/// Most parts (words, blanks, groups) that follow each other in one term.
const MOST_PARTS: usize = 1_000;
/// Most steps of all terms of a language: a network of some hundred megabytes (of the built-in ones: 1,543,369).
const MOST_STEPS_OF_ALL: usize = 5_000_000;
/// Deepest nesting of lists in lists.
const DEEPEST: usize = 20;
/// Most lists that the rules of a language can ask for.
const MOST_LISTS: usize = 10_000;

/// What a scanner is made of.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Built {
    pub(super) terms: Terms,
    /// Not kept: the network is made of them.
    #[serde(skip)]
    pub(super) patterns: Vec<Pattern<ListId>>,
    /// Names of the lists, by number.
    pub(super) lists: Vec<String>,
    /// The first term of each, and the one behind its last: they stand side by side.
    terms_of: Vec<(u32, u32)>,
    /// Whether a check asked for the list.
    pub(super) asked_for: Vec<bool>,
    /// Whether terms look the list up.
    pub(super) used: Vec<bool>,
    /// The single words of the lists that were asked for them.
    pub(super) words: BTreeMap<ListId, Vec<(String, u32)>>,
}

impl Built {
    /// The terms of a list.
    pub(super) fn terms_of(&self, list: ListId) -> Range<u32> {
        let (first, end) = self.terms_of[usize::from(list.0)];
        first..end
    }
}

/// A scanner as it is kept between runs: what its terms come to, without how they were written out.
#[derive(Debug, Deserialize)]
pub struct KeptScanner {
    built: Built,
    network: Network,
}

/// The same of a scanner that is there.
#[derive(Debug, Serialize)]
pub struct KeepScanner<'s> {
    built: &'s Built,
    network: &'s Network,
}

impl<'s> KeepScanner<'s> {
    /// What is kept of a scanner.
    pub fn of(scanner: &'s Scanner) -> Self {
        KeepScanner { built: scanner.built(), network: scanner.network() }
    }
}

/// A list as parsed.
#[derive(Debug, Default)]
struct Parsed {
    terms: Vec<(String, Term)>,
    /// Bytes of the list written out, with the lists in it.
    size: usize,
    /// Whether every term of it starts, and ends, where a word may without looking at what stands beside it.
    edges: (bool, bool),
    /// Whether it holds a term that counts only at the start of a clause, or only with its accents.
    particular: bool,
}

/// Collects the lists that the rules of a language ask for.
pub struct ScannerBuilder<'l> {
    lexicon: &'l Lexicon,
    folder: &'l Folder,
    parsed: HashMap<String, Rc<Parsed>>,
    /// Lists that are being parsed or resolved, for circles.
    open: Vec<String>,
    names: HashMap<String, ListId>,
    word_sets: HashMap<Vec<String>, Arc<WordSet>>,
    interests: Interests,
    built: Built,
    /// What the terms come to, where it was kept.
    network: Option<Network>,
    /// Steps that are left to the term that is being resolved, and to all terms.
    room: usize,
    room_of_all: usize,
}

impl<'l> ScannerBuilder<'l> {
    /// A builder over the lists of one language.
    pub fn new(lexicon: &'l Lexicon, folder: &'l Folder) -> Self {
        Self {
            lexicon,
            folder,
            parsed: HashMap::new(),
            open: Vec::new(),
            names: HashMap::new(),
            word_sets: HashMap::new(),
            interests: Interests::default(),
            built: Built::default(),
            network: None,
            room: MOST_STEPS,
            room_of_all: MOST_STEPS_OF_ALL,
        }
    }

    /// A builder that knows the lists already that were asked for when the scanner was kept.
    pub fn again(lexicon: &'l Lexicon, folder: &'l Folder, kept: KeptScanner) -> Self {
        let KeptScanner { built, network } = kept;
        let names = built.lists.iter().enumerate().map(|(id, name)| (name.clone(), ListId(id as u16))).collect();
        Self { names, built, network: Some(network), ..Self::new(lexicon, folder) }
    }

    /// The lists as written.
    pub fn lexicon(&self) -> &'l Lexicon {
        self.lexicon
    }

    /// How the language's text is folded.
    pub fn folder(&self) -> &'l Folder {
        self.folder
    }

    /// Asks for a list by name; `None` where the language has no such list.
    ///
    /// # Errors
    /// The first entry of the list that is not well written.
    pub fn list(&mut self, name: &str) -> Result<Option<ListId>, Fault> {
        if !self.lexicon.has(name) {
            return Ok(None);
        }
        let id = self.resolved(name)?;
        self.built.asked_for[usize::from(id.0)] = true;
        Ok(Some(id))
    }

    /// Asks for several lists, leaving out those the language does not have.
    ///
    /// # Errors
    /// As [`ScannerBuilder::list`].
    pub fn lists<'n>(&mut self, names: impl IntoIterator<Item = &'n String>) -> Result<Vec<ListId>, Fault> {
        let mut ids = Vec::new();
        for name in names {
            ids.extend(self.list(name)?);
        }
        Ok(ids)
    }

    /// Adds phrases of folded text, taken as they are, as a list of its own.
    pub fn phrases<'n>(&mut self, name: &str, phrases: impl IntoIterator<Item = &'n String>) -> ListId {
        if let Some(id) = self.names.get(name) {
            return *id;
        }
        let id = self.new_list(name);
        self.built.asked_for[usize::from(id.0)] = true;
        for phrase in phrases {
            let pattern = vec![Part::Text(phrase.as_bytes().to_vec())];
            let info = TermInfo {
                list: id,
                written: phrase,
                better: None,
                starts_clause: false,
                ends_clause: false,
                accents: None,
            };
            self.add(&info, pattern);
        }
        id
    }

    /// The words of a list, each with its term: what its terms find, where that can be written out and is one word.
    pub fn words(&mut self, list: ListId) -> &[(String, u32)] {
        let terms = self.built.terms_of(list);
        let Built { patterns, words, .. } = &mut self.built;
        words
            .entry(list)
            .or_insert_with(|| scanner::words(terms.filter_map(|term| Some((term, patterns.get(term as usize)?)))))
    }

    /// The words of lists of plain words, folded; made once for all checks that ask for the same.
    pub fn word_set(&mut self, lists: &[String]) -> Arc<WordSet> {
        let (lexicon, folder) = (self.lexicon, self.folder);
        let words = || lists.iter().flat_map(|list| lexicon.words(list, folder)).collect();
        Arc::clone(self.word_sets.entry(lists.to_vec()).or_insert_with(|| Arc::new(words())))
    }

    /// Has the words told at which a check must look closer.
    pub fn interest(&mut self, interest: Arc<dyn Interest>) -> InterestId {
        self.interests.add(interest)
    }

    /// The scanner.
    pub fn build(self) -> Scanner {
        Scanner::new(self.built, self.network, self.interests)
    }

    fn new_list(&mut self, name: &str) -> ListId {
        let id = ListId(self.names.len() as u16);
        self.names.insert(name.to_owned(), id);
        self.built.lists.push(name.to_owned());
        let next = self.built.terms.len() as u32;
        self.built.terms_of.push((next, next));
        self.built.asked_for.push(false);
        self.built.used.push(false);
        id
    }

    /// The list with its terms in the scanner.
    fn resolved(&mut self, name: &str) -> Result<ListId, Fault> {
        if let Some(id) = self.names.get(name) {
            return Ok(*id);
        }
        let parsed = self.parse(name)?;
        // The lists that its terms use come before it, so that a number is given only to what is complete.
        let mut terms = Vec::with_capacity(parsed.terms.len());
        for (written, term) in &parsed.terms {
            let before = std::mem::replace(&mut self.room, MOST_STEPS);
            let pattern = self.resolve(&term.pattern, true, true)?.ok_or_else(|| self.too_much(name, written))?;
            self.room = before;
            let steps = pattern.iter().fold(0usize, |sum, part| sum.saturating_add(part.steps()));
            if steps > MOST_STEPS || pattern::length(&pattern) > MOST_PARTS {
                return Err(self.too_much(name, written));
            }
            let Some(room) = self.room_of_all.checked_sub(steps) else {
                let message = format!(
                    "with this term, those of the language find more than {MOST_STEPS_OF_ALL} characters in all"
                );
                return Err(self.fault(name, written, message));
            };
            self.room_of_all = room;
            terms.push((written.clone(), term.clone(), pattern));
        }
        if self.names.len() >= MOST_LISTS {
            let message = format!("the rules ask for more than {MOST_LISTS} lists");
            return Err(self.fault(name, parsed.terms.first().map_or("", |(written, _)| written), message));
        }
        let id = self.new_list(name);
        for (written, term, pattern) in terms {
            let info = TermInfo {
                list: id,
                written: &written,
                better: term.better.as_deref(),
                starts_clause: term.starts_clause,
                ends_clause: term.ends_clause,
                accents: term.accents.as_deref(),
            };
            self.add(&info, pattern);
        }
        Ok(id)
    }

    fn too_much(&self, name: &str, written: &str) -> Fault {
        let message = format!(
            "the term `{written}`, written out with its lists and repetitions, comes to more than {MOST_STEPS} characters or {MOST_PARTS} words and groups in a row"
        );
        self.fault(name, written, message)
    }

    /// The fault of an entry of a list, with its place.
    fn fault(&self, name: &str, written: &str, message: String) -> Fault {
        let source =
            self.lexicon.terms(name).find(|(_, entry)| *entry == written).map(|(source, _)| Arc::clone(source));
        let source = source.unwrap_or_else(|| Arc::new(Source::new(name, "")));
        source.fault_at(
            &[&format!("{name}:"), written],
            format!("in list `{name}`: {message}"),
            "see rules/README.md for the notation of terms",
        )
    }

    /// Adds a term to the list that was made last.
    fn add(&mut self, info: &TermInfo<'_>, pattern: Pattern<ListId>) {
        let term = self.built.terms.push(info);
        self.built.terms_of[usize::from(info.list.0)].1 = term + 1;
        self.built.patterns.push(pattern);
    }

    /// A pattern whose lists are written out where they are short or stand inside a word, and looked up elsewhere; `None` where it
    /// comes to more than a term may.
    ///
    /// `before` and `behind`: whether a word may end in front of the pattern, and start behind it.
    fn resolve(
        &mut self,
        pattern: &[Part<String>],
        before: bool,
        behind: bool,
    ) -> Result<Option<Pattern<ListId>>, Fault> {
        let mut out = Vec::with_capacity(pattern.len());
        let mut edge = before;
        for (index, part) in pattern.iter().enumerate() {
            let has_parts = matches!(part, Part::List(_) | Part::Choice(_) | Part::Maybe(_) | Part::Repeat(_));
            let next = has_parts && self.starts_at_edge(&pattern[index + 1..], behind)?;
            let own = if let Part::Text(text) = part { text.len() } else { 1 };
            let Some(room) = self.room.checked_sub(own) else { return Ok(None) };
            self.room = room;
            let resolved = match part {
                Part::List(name) => {
                    let parsed = self.parse(name)?;
                    if edge && next && (parsed.size > WRITTEN_OUT || parsed.particular) {
                        let list = self.resolved(name)?;
                        self.built.used[usize::from(list.0)] = true;
                        Some(Part::List(list))
                    } else {
                        let choices = parsed.terms.iter().map(|(_, term)| &term.pattern);
                        self.resolve_all(choices, edge, next)?.map(Part::Choice)
                    }
                }
                Part::Choice(choices) => self.resolve_all(choices.iter(), edge, next)?.map(Part::Choice),
                Part::Maybe(inner) => self.resolve(inner, edge, next)?.map(Part::Maybe),
                Part::Repeat(inner) => self.resolve(inner, edge, next)?.map(Part::Repeat),
                Part::Text(text) => Some(Part::Text(text.clone())),
                Part::Blank => Some(Part::Blank),
                Part::MaybeBlank => Some(Part::MaybeBlank),
                Part::Letters => Some(Part::Letters),
                Part::Word => Some(Part::Word),
                Part::Words => Some(Part::Words),
                Part::Gap => Some(Part::Gap),
                Part::Number => Some(Part::Number),
            };
            let Some(resolved) = resolved else { return Ok(None) };
            out.push(resolved);
            edge = self.ends_at_edge(part, edge)?;
        }
        Ok(Some(out))
    }

    fn resolve_all<'p>(
        &mut self,
        patterns: impl Iterator<Item = &'p Pattern<String>>,
        before: bool,
        behind: bool,
    ) -> Result<Option<Vec<Pattern<ListId>>>, Fault> {
        let mut out = Vec::new();
        for pattern in patterns {
            let Some(resolved) = self.resolve(pattern, before, behind)? else { return Ok(None) };
            out.push(resolved);
        }
        Ok(Some(out))
    }

    /// Whether a word may end in front of the pattern, whatever stands there.
    fn starts_at_edge(&mut self, pattern: &[Part<String>], behind: bool) -> Result<bool, Fault> {
        let Some((part, rest)) = pattern.split_first() else { return Ok(behind) };
        Ok(match part {
            Part::Text(text) => !text[0].is_ascii_alphanumeric(),
            Part::Blank | Part::Words | Part::Gap | Part::Number => true,
            Part::Letters | Part::Word => false,
            Part::MaybeBlank => self.starts_at_edge(rest, behind)?,
            Part::List(name) => self.parse(name)?.edges.0,
            Part::Choice(choices) => {
                let rest = self.starts_at_edge(rest, behind)?;
                self.every(choices, |builder, choice| builder.starts_at_edge(choice, rest))?
            }
            Part::Maybe(inner) | Part::Repeat(inner) => {
                let rest = self.starts_at_edge(rest, behind)?;
                rest && self.starts_at_edge(inner, rest)?
            }
        })
    }

    /// Whether a word may start behind the part, whatever stands there.
    fn ends_at_edge(&mut self, part: &Part<String>, before: bool) -> Result<bool, Fault> {
        Ok(match part {
            Part::Text(text) => text.last().is_none_or(|last| !last.is_ascii_alphanumeric()),
            Part::Blank | Part::Words | Part::Gap => true,
            Part::Letters | Part::Word | Part::Number => false,
            Part::MaybeBlank => before,
            Part::List(name) => self.parse(name)?.edges.1,
            Part::Choice(choices) => self.every(choices, |builder, choice| builder.pattern_ends(choice, before))?,
            Part::Maybe(inner) | Part::Repeat(inner) => before && self.pattern_ends(inner, before)?,
        })
    }

    fn pattern_ends(&mut self, pattern: &[Part<String>], before: bool) -> Result<bool, Fault> {
        pattern.iter().try_fold(before, |edge, part| self.ends_at_edge(part, edge))
    }

    fn every(
        &mut self,
        patterns: &[Pattern<String>],
        mut holds: impl FnMut(&mut Self, &[Part<String>]) -> Result<bool, Fault>,
    ) -> Result<bool, Fault> {
        for pattern in patterns {
            if !holds(self, pattern)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The list as parsed, once; circles and lists that are not there are told with the place of the entry.
    fn parse(&mut self, name: &str) -> Result<Rc<Parsed>, Fault> {
        if let Some(parsed) = self.parsed.get(name) {
            return Ok(Rc::clone(parsed));
        }
        self.open.push(name.to_owned());
        let mut parsed = Parsed { edges: (true, true), ..Parsed::default() };
        let lexicon = self.lexicon;
        for (source, written) in lexicon.terms(name) {
            let fault = |message: String| {
                source.fault_at(
                    &[&format!("{name}:"), written],
                    format!("in list `{name}`: {message}"),
                    "see rules/README.md for the notation of terms",
                )
            };
            let term = term::parse(written, self.folder).map_err(fault)?;
            let mut lists = Vec::new();
            term.pattern.iter().for_each(|part| part.for_each_list(&mut |list: &String| lists.push(list.clone())));
            parsed.size += term.pattern.iter().map(Part::size).sum::<usize>();
            for list in &lists {
                if !self.lexicon.has(list) {
                    let near = nearest(list, self.lexicon.names())
                        .map_or(String::new(), |near| format!("; did you mean `<{near}>`?"));
                    return Err(fault(format!("there is no list `{list}`{near}")));
                }
                if self.open.contains(list) {
                    return Err(fault(format!("the list `{list}` contains itself")));
                }
                if self.open.len() >= DEEPEST {
                    return Err(fault(format!("lists stand in lists {DEEPEST} deep; write some of them out")));
                }
                parsed.size = parsed.size.saturating_add(self.parse(list)?.size);
            }
            parsed.particular |= term.starts_clause || term.ends_clause || term.accents.is_some();
            parsed.edges.0 = parsed.edges.0 && self.starts_at_edge(&term.pattern, true)?;
            parsed.edges.1 = parsed.edges.1 && self.pattern_ends(&term.pattern, true)?;
            parsed.terms.push((written.to_owned(), term));
        }
        self.open.pop();
        let parsed = Rc::new(parsed);
        self.parsed.insert(name.to_owned(), Rc::clone(&parsed));
        Ok(parsed)
    }
}
