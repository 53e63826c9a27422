//! Finds the terms of all lists of a language in one pass.
//!
//! All terms stand in one lazily built automaton that is walked, anchored, from every word start until it dies:
//! the cost of a note does not grow with the number of terms, a hit comes with its list and its end, and no
//! Unicode word boundary is needed (each of them would switch the automaton off on the first accent).
//! Word ends are checked here, after the hit.

use std::collections::HashMap;
use std::sync::Arc;

use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, MatchKind};
use regex_syntax::hir::literal::Extractor;

use super::fold::Folder;
use super::lexicon::Lexicon;
use crate::yaml::Fault;

/// A list that a scanner looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ListId(u16);

/// One place where a term of a list stands, in bytes of the folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TermHit {
    /// The list.
    pub list: ListId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// The term within the scanner, for [`Scanner::term`].
    pub term: u32,
}

/// What is known of a term besides its expression.
#[derive(Debug, Clone)]
pub struct TermInfo {
    list: ListId,
    /// The entry as written in the list.
    pub written: String,
    /// A better wording.
    pub better: Option<String>,
    /// Whether it counts only at the start of a sentence, clause or line.
    pub starts_clause: bool,
}

/// Most words that one term is written out to.
const WORDS_OF_A_TERM: usize = 64;

/// Collects the lists that the rules of a language ask for.
pub struct ScannerBuilder<'l> {
    lexicon: &'l Lexicon,
    folder: &'l Folder,
    patterns: Vec<String>,
    terms: Vec<TermInfo>,
    names: HashMap<String, ListId>,
}

impl<'l> ScannerBuilder<'l> {
    /// A builder over the lists of one language.
    pub fn new(lexicon: &'l Lexicon, folder: &'l Folder) -> Self {
        Self { lexicon, folder, patterns: Vec::new(), terms: Vec::new(), names: HashMap::new() }
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
        if let Some(id) = self.names.get(name) {
            return Ok(Some(*id));
        }
        let Some(terms) = self.lexicon.terms(name, self.folder)? else { return Ok(None) };
        let id = self.new_list(name);
        for (written, term) in terms {
            self.patterns.push(term.regex);
            self.terms.push(TermInfo { list: id, written, better: term.better, starts_clause: term.starts_clause });
        }
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

    /// Adds regular expressions over folded text as a list of its own.
    pub fn patterns<'n>(&mut self, name: &str, regexes: impl IntoIterator<Item = &'n String>) -> ListId {
        if let Some(id) = self.names.get(name) {
            return *id;
        }
        let id = self.new_list(name);
        for regex in regexes {
            self.patterns.push(regex.clone());
            self.terms.push(TermInfo { list: id, written: regex.clone(), better: None, starts_clause: false });
        }
        id
    }

    /// The words of a list, each with its term: what its terms find, where that can be written out and is one word.
    pub fn words(&self, list: ListId) -> Vec<(String, u32)> {
        let mut out = Vec::new();
        let terms = self.terms.iter().zip(&self.patterns).enumerate().filter(|(_, (info, _))| info.list == list);
        for (term, (_, pattern)) in terms {
            let Ok(hir) = regex_syntax::ParserBuilder::new().utf8(false).build().parse(pattern) else { continue };
            let mut extractor = Extractor::new();
            extractor.limit_repeat(1).limit_total(WORDS_OF_A_TERM);
            let found = extractor.extract(&hir);
            let exact = found.literals().unwrap_or_default().iter().filter(|literal| literal.is_exact());
            let words = exact.filter_map(|literal| std::str::from_utf8(literal.as_bytes()).ok());
            out.extend(words.filter(|word| !word.contains(' ')).map(|word| (word.to_owned(), term as u32)));
        }
        out
    }

    fn new_list(&mut self, name: &str) -> ListId {
        let id = ListId(self.names.len() as u16);
        self.names.insert(name.to_owned(), id);
        id
    }

    /// Builds the automaton.
    ///
    /// # Errors
    /// What the automaton's builder says; entries were checked one by one before, so this is about their sum.
    pub fn build(self) -> Result<Scanner, String> {
        let dfa = DFA::builder()
            .configure(
                DFA::config().match_kind(MatchKind::All).cache_capacity(CACHE_BYTES).skip_cache_capacity_check(true),
            )
            .syntax(syntax::Config::new().utf8(false))
            .thompson(thompson::Config::new().utf8(false))
            .build_many(&self.patterns)
            .map_err(|error| error.to_string())?;
        let mut lists = vec![String::new(); self.names.len()];
        for (name, id) in self.names {
            lists[usize::from(id.0)] = name;
        }
        Ok(Scanner { dfa: Arc::new(dfa), terms: self.terms, patterns: self.patterns, lists })
    }
}

/// Checks that a regular expression is one that the scanner can take.
///
/// # Errors
/// What is wrong with it.
pub fn validate_regex(regex: &str) -> Result<(), String> {
    for forbidden in [r"\b", r"\w", r"\s", r"\d", "(?i)"] {
        if regex.contains(forbidden) {
            return Err(format!(
                "`{forbidden}` is slow or wrong on accented text; write an explicit class such as [a-z0-9]; text is lower case and word ends are checked"
            ));
        }
    }
    DFA::builder()
        .syntax(syntax::Config::new().utf8(false))
        .thompson(thompson::Config::new().utf8(false))
        .configure(DFA::config().skip_cache_capacity_check(true))
        .build(regex)
        .map(|_| ())
        .map_err(|error| error.to_string())
}

/// Most memory, in bytes, for the states of a language and thread before the automaton starts over. With too little it
/// starts over within a note and is fifty times slower: the default packs settle between 16 and 64 MiB.
const CACHE_BYTES: usize = 64 << 20;

/// Finds the terms of one language.
#[derive(Debug)]
pub struct Scanner {
    dfa: Arc<DFA>,
    terms: Vec<TermInfo>,
    patterns: Vec<String>,
    lists: Vec<String>,
}

/// A thread's working memory for one scanner.
#[derive(Debug)]
pub struct Scratch {
    cache: Cache,
    ends: Vec<(usize, usize)>,
}

impl Scanner {
    /// Working memory for this scanner.
    pub fn scratch(&self) -> Scratch {
        Scratch { cache: self.dfa.create_cache(), ends: Vec::new() }
    }

    /// What is known of the term of a hit.
    pub fn term(&self, hit: &TermHit) -> &TermInfo {
        &self.terms[hit.term as usize]
    }

    /// The list of a term by its index, what is known of it, and its regular expression.
    pub fn entry(&self, term: u32) -> (&str, &TermInfo, &str) {
        let info = &self.terms[term as usize];
        (self.list_name(info.list), info, &self.patterns[term as usize])
    }

    /// The name of a list.
    pub fn list_name(&self, list: ListId) -> &str {
        &self.lists[usize::from(list.0)]
    }

    /// Number of terms.
    pub fn len(&self) -> usize {
        self.terms.len()
    }

    /// Whether there is nothing to find.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Writes all hits in `folded` to `hits`, ordered by list, start and end.
    ///
    /// From one start, a term gives one hit: its longest that ends where a word ends.
    pub fn scan(&self, folded: &str, scratch: &mut Scratch, hits: &mut Vec<TermHit>) {
        hits.clear();
        if self.terms.is_empty() {
            return;
        }
        let text = folded.as_bytes();
        for start in 0..text.len() {
            if !starts_term(text, start) {
                continue;
            }
            scratch.ends.clear();
            if self.walk(text, start, scratch).is_none() {
                // The automaton gave up on its memory: begin it anew and walk this start once more.
                self.dfa.reset_cache(&mut scratch.cache);
                scratch.ends.clear();
                let _ = self.walk(text, start, scratch);
            }
            for (term, end) in &scratch.ends {
                if self.terms[*term].starts_clause && !starts_clause(text, start) {
                    continue;
                }
                hits.push(TermHit {
                    list: self.terms[*term].list,
                    start: start as u32,
                    end: *end as u32,
                    term: *term as u32,
                });
            }
        }
        hits.sort_unstable();
    }

    /// Follows the automaton from `start`, keeping the longest good end of each term.
    fn walk(&self, text: &[u8], start: usize, scratch: &mut Scratch) -> Option<()> {
        let (dfa, cache) = (&*self.dfa, &mut scratch.cache);
        let input = Input::new(text).anchored(Anchored::Yes).range(start..);
        let mut state = dfa.start_state_forward(cache, &input).ok()?;
        let mut at = start;
        loop {
            state = match text.get(at) {
                Some(byte) => dfa.next_state(cache, state, *byte).ok()?,
                None => dfa.next_eoi_state(cache, state).ok()?,
            };
            if state.is_tagged() {
                if state.is_match() {
                    // A match is told one byte late: it ends before `at`.
                    if at > start && ends_term(text, at) {
                        for index in 0..dfa.match_len(cache, state) {
                            let term = dfa.match_pattern(cache, state, index).as_usize();
                            match scratch.ends.iter_mut().find(|(known, _)| *known == term) {
                                Some(known) => known.1 = at,
                                None => scratch.ends.push((term, at)),
                            }
                        }
                    }
                } else if state.is_dead() || state.is_quit() {
                    return Some(());
                }
            }
            if at >= text.len() {
                return Some(());
            }
            at += 1;
        }
    }
}

/// Whether a term may start at this byte: not inside a word, a run of spaces or a character.
fn starts_term(text: &[u8], at: usize) -> bool {
    let byte = text[at];
    if byte.is_ascii_alphanumeric() {
        return at == 0 || !text[at - 1].is_ascii_alphanumeric();
    }
    if byte < 0x80 { byte > b' ' } else { byte >= 0xc0 }
}

/// Whether a sentence, clause or line starts here.
fn starts_clause(text: &[u8], at: usize) -> bool {
    let before = text[..at].iter().rposition(|b| *b != b' ');
    before
        .is_none_or(|i| matches!(text[i], b'.' | b',' | b';' | b':' | b'!' | b'?' | b'\n' | b'-' | b'(' | b'+' | b'/'))
}

/// Whether a term may end before this byte: not inside a word or number. A word may end where its number begins, for people
/// type `cvv123` and `ref4471`.
fn ends_term(text: &[u8], at: usize) -> bool {
    let (last, next) = (text[at - 1], text.get(at).copied().unwrap_or(b' '));
    !(last.is_ascii_alphanumeric() && next.is_ascii_alphanumeric())
        || (last.is_ascii_lowercase() && next.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::Source;

    fn found(lists: &str, name: &str, text: &str) -> Vec<String> {
        let mut lexicon = Lexicon::default();
        lexicon.add(Arc::new(Source::new("w.yaml", lists))).unwrap();
        let folder = Folder::default();
        let mut builder = ScannerBuilder::new(&lexicon, &folder);
        builder.list(name).unwrap().unwrap();
        let scanner = builder.build().unwrap();
        let folded = folder.fold_str(text);
        let mut hits = Vec::new();
        scanner.scan(&folded, &mut scanner.scratch(), &mut hits);
        hits.iter().map(|hit| folded[hit.start as usize..hit.end as usize].to_owned()).collect()
    }

    #[test]
    fn words_are_found_whole_in_any_script() {
        let lists = "l: [idiot(s)?, 'c*n', 白痴, 'p. ej.', 'n°']";
        assert_eq!(found(lists, "l", "Idiots, l'idiot, idiotic."), ["idiots", "idiot"]);
        assert_eq!(found(lists, "l", "这个白痴客户x"), ["白痴"]);
        assert_eq!(found(lists, "l", "ver P. EJ. esto"), ["p. ej."]);
        assert_eq!(found("l: [cvv]", "l", "cvv123, cvvx, 1cvv"), ["cvv"]);
        assert_eq!(found("l: ['^sent']", "l", "Sent it, sent the form; he sent"), ["sent", "sent"]);
        assert_eq!(found(lists, "l", "cancan cocon n°3"), ["cancan", "cocon", "n°"]);
    }

    #[test]
    fn the_longest_end_of_a_term_wins_and_all_terms_are_told() {
        assert_eq!(found("l: ['very (rude)?( man)?', very]", "l", "very rude man"), ["very", "very rude man"]);
    }

    #[test]
    fn expressions_that_would_be_slow_are_refused() {
        assert!(validate_regex(r"\bx").is_err());
        assert!(validate_regex("[").is_err());
        assert!(validate_regex("x{2,}").is_ok());
    }
}
