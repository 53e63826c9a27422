//! Finds the terms of all lists of a language.
//!
//! Terms that use no other list stand in one lazily built automaton that is walked, anchored, from every word start until it
//! dies: the cost of a note does not grow with the number of terms, a hit comes with its list and its end, and no Unicode
//! word boundary is needed (each of them would switch the automaton off on the first accent). Word ends are checked
//! here, after the hit.
//!
//! A term that uses lists (`<people> <copula> <very>?rude`) is not written out: written out, a few thousand terms make an automaton of
//! hundreds of megabytes. What it starts with stands in the automaton, or is the hit of a list; from there [`super::matcher`]
//! follows it. Places are judged from the end of the text to its start, and at one place the lists that others use come
//! first, so that whatever a term looks up is known.

use std::sync::OnceLock;

use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson;
use regex_automata::{Anchored, Input, MatchKind};
use regex_syntax::hir::Hir;

use super::builder::Built;
use super::matcher::{Attempt, First, Known, may_follow};
use super::pattern::{self, Pattern};

pub use super::builder::ScannerBuilder;

/// A list that a scanner looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ListId(pub(super) u16);

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

/// What is known of a term besides its pattern.
#[derive(Debug, Clone)]
pub struct TermInfo {
    pub(super) list: ListId,
    /// The entry as written in the list.
    pub written: String,
    /// A better wording.
    pub better: Option<String>,
    /// Whether it counts only at the start of a sentence, clause or line.
    pub starts_clause: bool,
    /// Whether it counts only at the end of one.
    pub ends_clause: bool,
    /// The words with the accents that the text must have, in small letters, where the term insists on them.
    pub accents: Option<String>,
}

/// What a pattern of the automaton tells.
#[derive(Debug)]
pub(super) enum Told {
    /// A whole term.
    Term(u32),
    /// That a term may start here, with these parts, and what can follow them.
    Start(u32, Pattern<ListId>, Option<Vec<First>>),
}

/// Most memory, in bytes, for the states of a language and thread before the automaton starts over. With too little it
/// starts over within a note and is fifty times slower.
const CACHE_BYTES: usize = 48 << 20;

/// Finds the terms of one language.
#[derive(Debug)]
pub struct Scanner {
    built: Built,
    /// Made when the first text comes: a run in one language need not pay for the others.
    dfa: OnceLock<DFA>,
}

/// A thread's working memory for one scanner.
#[derive(Debug, Default)]
pub struct Scratch {
    cache: Option<Cache>,
    /// What the automaton told: where it started, the pattern, where it ended.
    told: Vec<(usize, usize, usize)>,
    known: Known,
    /// Terms to be tried at the place that is being judged, and those that were.
    agenda: Vec<u32>,
    tried: Vec<u32>,
    /// Longest end of each term that was found at this place.
    ends: Vec<(u32, usize)>,
}

impl Scanner {
    pub(super) fn new(built: Built) -> Self {
        Scanner { built, dfa: OnceLock::new() }
    }

    /// Working memory for this scanner.
    pub fn scratch(&self) -> Scratch {
        Scratch::default()
    }

    /// What is known of the term of a hit.
    pub fn term(&self, hit: &TermHit) -> &TermInfo {
        &self.built.terms[hit.term as usize]
    }

    /// The list of a term by its index, and what is known of it.
    pub fn entry(&self, term: u32) -> (&str, &TermInfo) {
        let info = &self.built.terms[term as usize];
        (self.list_name(info.list), info)
    }

    /// The list of a term by its index.
    pub fn list_of(&self, term: u32) -> ListId {
        self.built.terms[term as usize].list
    }

    /// The pattern of a term.
    pub(super) fn pattern(&self, term: u32) -> &Pattern<ListId> {
        &self.built.patterns[term as usize]
    }

    /// The terms of a list.
    pub(super) fn terms_of(&self, list: ListId) -> &[u32] {
        &self.built.terms_of[usize::from(list.0)]
    }

    /// The name of a list.
    pub fn list_name(&self, list: ListId) -> &str {
        &self.built.lists[usize::from(list.0)]
    }

    /// Whether a check asked for the list; the others only serve terms.
    pub fn is_asked_for(&self, list: ListId) -> bool {
        self.built.asked_for[usize::from(list.0)]
    }

    /// Number of terms.
    pub fn len(&self) -> usize {
        self.built.terms.len()
    }

    /// Whether there is nothing to find.
    pub fn is_empty(&self) -> bool {
        self.built.terms.is_empty()
    }

    /// Writes all hits of the lists that checks asked for to `hits`, ordered by list, start and end.
    ///
    /// From one start, a term gives one hit: its longest that ends where a word ends. `same` tells whether the words
    /// from one byte of the folded text to another have the given accents.
    pub fn scan(
        &self,
        folded: &str,
        same: &dyn Fn(usize, usize, &str) -> bool,
        scratch: &mut Scratch,
        hits: &mut Vec<TermHit>,
    ) {
        hits.clear();
        if self.built.terms.is_empty() {
            return;
        }
        let text = folded.as_bytes();
        self.listen(text, scratch);
        scratch.known.clear(text.len());
        let mut told = scratch.told.len();
        while told > 0 {
            let start = scratch.told[told - 1].0;
            let from = scratch.told[..told].partition_point(|(at, ..)| *at < start);
            self.judge(text, start, from..told, same, scratch);
            told = from;
            for (term, end) in scratch.ends.drain(..) {
                let list = self.built.terms[term as usize].list;
                if self.is_asked_for(list) {
                    hits.push(TermHit { list, start: start as u32, end: end as u32, term });
                }
            }
        }
        hits.sort_unstable();
    }

    /// Notes what the automaton tells, by place.
    fn listen(&self, text: &[u8], scratch: &mut Scratch) {
        let dfa = self.dfa.get_or_init(|| automaton(&self.built));
        let mut cache = scratch.cache.take().unwrap_or_else(|| dfa.create_cache());
        scratch.told.clear();
        for start in 0..text.len() {
            if !starts_term(text, start) {
                continue;
            }
            let before = scratch.told.len();
            if self.walk(dfa, text, start, &mut cache, &mut scratch.told).is_none() {
                // The automaton gave up on its memory: begin it anew and walk this start once more.
                dfa.reset_cache(&mut cache);
                scratch.told.truncate(before);
                let _ = self.walk(dfa, text, start, &mut cache, &mut scratch.told);
            }
        }
        scratch.cache = Some(cache);
    }

    /// Follows the automaton from `start`.
    fn walk(
        &self,
        dfa: &DFA,
        text: &[u8],
        start: usize,
        cache: &mut Cache,
        told: &mut Vec<(usize, usize, usize)>,
    ) -> Option<()> {
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
                    let whole = at > start && ends_term(text, at);
                    for index in 0..dfa.match_len(cache, state) {
                        let pattern = dfa.match_pattern(cache, state, index).as_usize();
                        if whole || matches!(self.built.told[pattern], Told::Start(..)) {
                            told.push((start, pattern, at));
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

    /// Finds every term that starts at one place, from what the automaton told of it.
    fn judge(
        &self,
        text: &[u8],
        start: usize,
        told: std::ops::Range<usize>,
        same: &dyn Fn(usize, usize, &str) -> bool,
        scratch: &mut Scratch,
    ) {
        let Scratch { told: all, known, agenda, tried, ends, .. } = scratch;
        agenda.clear();
        tried.clear();
        ends.clear();
        let clause = std::cell::OnceCell::new();
        let mut add = |term: u32, end: usize, known: &mut Known, agenda: &mut Vec<u32>, tried: &[u32]| {
            let info = &self.built.terms[term as usize];
            if info.starts_clause && !*clause.get_or_init(|| starts_clause(text, start)) {
                return;
            }
            if info.ends_clause && !ends_clause(text, end) {
                return;
            }
            if info.accents.as_deref().is_some_and(|accents| !same(start, end, accents)) {
                return;
            }
            match ends.iter_mut().find(|(known, _)| *known == term) {
                Some((_, longest)) => *longest = end.max(*longest),
                None => ends.push((term, end)),
            }
            let list = usize::from(info.list.0);
            if self.built.used[list] && known.add(start, info.list, end) {
                for (opened, firsts) in &self.built.opened_by[list] {
                    let may = may_follow(text, end, known, firsts.as_deref());
                    if may && !agenda.contains(opened) && !tried.contains(opened) {
                        agenda.push(*opened);
                    }
                }
            }
        };
        for (_, pattern, end) in &all[told] {
            match &self.built.told[*pattern] {
                Told::Term(term) => add(*term, *end, known, agenda, tried),
                Told::Start(term, _, firsts) => {
                    if may_follow(text, *end, known, firsts.as_deref()) && !agenda.contains(term) {
                        agenda.push(*term);
                    }
                }
            }
        }
        let rank = |term: &u32| self.built.rank[usize::from(self.built.terms[*term as usize].list.0)];
        let mut found = Vec::new();
        // Lists that others use come first: a term looks up only what is complete.
        while let Some(index) = (0..agenda.len()).min_by_key(|index| rank(&agenda[*index])) {
            let term = agenda.swap_remove(index);
            tried.push(term);
            if !known.have(&self.built.needs[term as usize]) {
                continue;
            }
            found.clear();
            Attempt::new(text, known).run(self.pattern(term), start, &mut |_, end| {
                if end > start && ends_term(text, end) && !found.contains(&end) {
                    found.push(end);
                }
            });
            for end in &found {
                add(term, *end, known, agenda, tried);
            }
        }
    }
}

/// Builds the automaton of what tells terms and their starts.
fn automaton(built: &Built) -> DFA {
    let pattern = |told: &Told| match told {
        Told::Term(term) => pattern::hir(&built.patterns[*term as usize]),
        Told::Start(_, start, _) => pattern::hir(start),
    };
    let patterns: Vec<Hir> = built.told.iter().map(pattern).collect();
    let nfa = thompson::Compiler::new()
        .configure(thompson::Config::new().utf8(false))
        .build_many_from_hir(&patterns)
        .expect("patterns of literals and classes always build");
    DFA::builder()
        .configure(DFA::config().match_kind(MatchKind::All).cache_capacity(CACHE_BYTES).skip_cache_capacity_check(true))
        .build_from_nfa(nfa)
        .expect("without look-around every automaton builds")
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

/// Whether a sentence, clause or line ends before this byte.
fn ends_clause(text: &[u8], at: usize) -> bool {
    let next = text[at..].iter().find(|b| **b != b' ');
    next.is_none_or(|b| matches!(b, b'.' | b',' | b';' | b':' | b'!' | b'?' | b'\n' | b'-' | b')' | b'+' | b'/'))
}

/// Whether a term may end before this byte: not inside a character, a word or a number. A word may end where its number
/// begins, for people type `cvv123` and `ref4471`.
fn ends_term(text: &[u8], at: usize) -> bool {
    let (last, next) = (text[at - 1], text.get(at).copied().unwrap_or(b' '));
    let in_word = last.is_ascii_alphanumeric() && next.is_ascii_alphanumeric();
    (!in_word || (last.is_ascii_lowercase() && next.is_ascii_digit())) && !(0x80..0xc0).contains(&next)
}

/// The words that the terms of a list find, each with its term, where they can be written out and are single words.
pub(super) fn words<'p>(terms: impl Iterator<Item = (u32, &'p Pattern<ListId>)>) -> Vec<(String, u32)> {
    const MOST: usize = 64;
    let texts = terms.filter_map(|(term, pattern)| Some((term, pattern::texts(pattern, MOST)?)));
    let words = texts.flat_map(|(term, texts)| texts.into_iter().map(move |text| (text, term)));
    let words = words.filter_map(|(text, term)| Some((String::from_utf8(text).ok()?, term)));
    words.filter(|(word, _)| !word.contains(' ')).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::text::{Folded, Folder, Lexicon};
    use crate::yaml::Source;

    fn found(lists: &str, name: &str, text: &str) -> Vec<String> {
        let mut lexicon = Lexicon::default();
        lexicon.add(Arc::new(Source::new("w.yaml", lists))).unwrap();
        let folder = Folder::default();
        let mut builder = ScannerBuilder::new(&lexicon, &folder);
        builder.list(name).unwrap().unwrap();
        let scanner = builder.build();
        let mut folded = Folded::default();
        folder.fold_into(text, &mut folded);
        let mut hits = Vec::new();
        let same = |start: usize, end: usize, accents: &str| {
            text[folded.original(start)..folded.original_end(end)] == *accents
        };
        scanner.scan(&folded.text, &same, &mut scanner.scratch(), &mut hits);
        hits.iter().map(|hit| folded.text[hit.start as usize..hit.end as usize].to_owned()).collect()
    }

    #[test]
    fn words_are_found_whole_in_any_script() {
        let lists = "l: [idiot(s)?, 'c*n', 白痴, 'p. ej.', 'n°']";
        assert_eq!(found(lists, "l", "Idiots, l'idiot, idiotic."), ["idiots", "idiot"]);
        assert_eq!(found(lists, "l", "这个白痴客户x"), ["白痴"]);
        assert_eq!(found(lists, "l", "ver P. EJ. esto"), ["p. ej."]);
        assert_eq!(found("l: [cvv]", "l", "cvv123, cvvx, 1cvv"), ["cvv"]);
        assert_eq!(found("l: ['^sent']", "l", "Sent it, sent the form; he sent"), ["sent", "sent"]);
        assert_eq!(found("l: ['on hold$']", "l", "on hold, on hold now; put on hold"), ["on hold", "on hold"]);
        assert_eq!(found(lists, "l", "cancan cocon n°3"), ["cancan", "cocon", "n°"]);
        // Eight characters of three bytes, less the comma: no hit ends inside a character.
        assert_eq!(found("l: ['报...']", "l", "报,护士长了很久很久很久了"), ["报,护士长了很久很"]);
    }

    #[test]
    fn the_longest_end_of_a_term_wins_and_all_terms_are_told() {
        assert_eq!(found("l: ['very (rude)?( man)?', very]", "l", "very rude man"), ["very", "very rude man"]);
    }

    /// Enough words that a list of them is looked up and not written out.
    fn long_list(name: &str, more: &str) -> String {
        let words: Vec<String> = (0..200).map(|n| format!("filler{n}")).collect();
        format!("{name}: [{}, {more}]\n", words.join(", "))
    }

    #[test]
    fn a_term_with_lists_finds_what_it_would_find_written_out() {
        let lists = long_list("who", "client, 'the (tall )?client', cx")
            + &long_list("very", "very, so, so very")
            + &long_list("bad", "<very> rude, rude, '^sly'")
            + "l: ['<who> (is|was) (<very> )?rude', '(<very> )?(<who> )?angry', 'no <who> ... here', '<bad>']\n";
        let find = |text: &str| found(&lists, "l", text);
        let sorted = |mut words: Vec<String>| {
            words.sort();
            words
        };
        assert_eq!(
            sorted(find("the tall client was so very rude.")),
            ["client was so very rude", "rude", "so very rude", "the tall client was so very rude", "very rude"]
        );
        assert_eq!(find("very cx angry"), ["very cx angry", "cx angry", "angry"]);
        assert_eq!(find("no client at all was here"), ["no client at all was here"]);
        assert_eq!(find("He is sly, sly he is"), ["sly"]);
        assert!(find("the client was rudely").is_empty());
    }

    #[test]
    fn endings_and_stems_may_be_lists_too() {
        assert_eq!(found("o: [o, a, os, as]\nl: ['tont<o>']", "l", "tontas, tonto, tontico"), ["tontas", "tonto"]);
        let stems = long_list("stem", "gro, tont");
        assert_eq!(found(&(stems + "o: [o, a]\nl: ['<stem><o>']"), "l", "tonta"), ["tonta"]);
    }

    #[test]
    fn accents_count_where_a_term_insists_on_them() {
        assert_eq!(found("l: ['=borné']", "l", "borné borne"), ["borne"]);
    }
}
