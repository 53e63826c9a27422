//! Finds the terms of all lists of a language.
//!
//! From every place where a word starts, the terms' network ([`super::network`]) is followed until nothing of it is left: the
//! cost of a note does not grow with the number of terms, a hit comes with its list and its end, and no Unicode word boundary is
//! needed. Word ends are checked here, after the hit.
//!
//! A term that uses lists (`<people> <copula> <very>?rude`) is not written out: written out, a few thousand terms come to
//! hundreds of megabytes. Places are judged from the end of the text to its start, so that where a term goes on with a list, the list's
//! hits are known and are stepped over at once; and a list whose hit is found at the place itself opens there the terms that start
//! with it.

use std::cell::OnceCell;
use std::ops::Range;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::builder::Built;
use super::edges::{ends_clause, ends_term, starts_clause};
use super::found::Found;
use super::han;
use super::interest::Interests;
use super::network::Network;
use super::order::Order;
use super::pattern::{self, Part, Pattern};
use super::sets::{Answer, Sets};
use super::steps::Set;
use super::terms::TermInfo;
use super::tokens::{Token, Tokens};

pub use super::builder::ScannerBuilder;

/// A list that a scanner looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct ListId(pub(super) u16);

/// One place where a term of a list stands, in bytes of the folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
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

/// Finds the terms of one language.
#[derive(Debug)]
pub struct Scanner {
    built: Built,
    interests: Interests,
    /// Made when the first text comes: a run in one language need not pay for the others.
    network: OnceLock<Network>,
}

/// A thread's working memory for one scanner.
#[derive(Debug, Clone, Default)]
pub struct Scratch {
    sets: Option<Sets>,
    tokens: Tokens,
    found: Found,
    order: Order,
    /// Where lists were stepped over, the piece behind them and the set to go on with there.
    ahead: Vec<(usize, Set)>,
    /// Where each term that was found from this place ends, the nearest first.
    ends: Vec<(ListId, u32, usize)>,
}

impl Scratch {
    /// Gives away the pieces of the text that was scanned last.
    pub(super) fn swap_tokens(&mut self, others: &mut Vec<Token>) {
        self.tokens.swap(others);
    }
}

impl Scanner {
    pub(super) fn new(built: Built, network: Option<Network>, interests: Interests) -> Self {
        Scanner { built, interests, network: network.map_or_else(OnceLock::new, OnceLock::from) }
    }

    pub(super) fn built(&self) -> &Built {
        &self.built
    }

    pub(super) fn network(&self) -> &Network {
        self.network.get_or_init(|| Network::new(&self.built.patterns))
    }

    /// Forgets how the terms were written out, which takes much memory and is wanted only to try terms on texts made from them.
    pub fn settle(&mut self) {
        self.network();
        self.built.patterns = Vec::new();
    }

    /// Working memory for this scanner.
    pub fn scratch(&self) -> Scratch {
        Scratch::default()
    }

    /// What is known of the term of a hit.
    pub fn term(&self, hit: &TermHit) -> TermInfo<'_> {
        self.built.terms.get(hit.term)
    }

    /// The better wording that the term of a hit gives.
    pub fn better(&self, hit: &TermHit) -> Option<&str> {
        self.built.terms.better(hit.term)
    }

    /// The list of a term by its index, and what is known of it.
    pub fn entry(&self, term: u32) -> (&str, TermInfo<'_>) {
        let info = self.built.terms.get(term);
        (self.list_name(info.list), info)
    }

    /// The list of a term by its index.
    pub fn list_of(&self, term: u32) -> ListId {
        self.built.terms.list(term)
    }

    /// The pattern of a term; nothing once the scanner has settled.
    pub(super) fn pattern(&self, term: u32) -> &[Part<ListId>] {
        self.built.patterns.get(term as usize).map_or(&[], Vec::as_slice)
    }

    /// The terms of a list.
    pub(super) fn terms_of(&self, list: ListId) -> Range<u32> {
        self.built.terms_of(list)
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
        self.scan_beside(folded, &[], same, scratch, hits);
    }

    /// The same of a text that parts no words, where `words` are those that no hit may tear: a hit that would ends earlier, where it can.
    pub(super) fn scan_beside(
        &self,
        folded: &str,
        words: &[Range<usize>],
        same: &dyn Fn(usize, usize, &str) -> bool,
        scratch: &mut Scratch,
        hits: &mut Vec<TermHit>,
    ) {
        hits.clear();
        let text = folded.as_bytes();
        if self.built.terms.is_empty() {
            scratch.tokens.read(text, &self.interests);
            return;
        }
        let network = self.network();
        let mut sets = scratch.sets.take().unwrap_or_else(|| Sets::new(network));
        if sets.full() || scratch.tokens.full() {
            scratch.tokens.forget();
            sets.forget(network);
        }
        scratch.tokens.read(text, &self.interests);
        scratch.found.clear(scratch.tokens.len());
        for start in (0..scratch.tokens.len()).rev() {
            let token = scratch.tokens.get(start);
            if !token.opens {
                continue;
            }
            if sets.full() {
                sets.start_over(network);
            }
            let first = token.start as usize;
            let mut way =
                Way { scanner: self, network, sets: &mut sets, text, start, first, clause: OnceCell::new(), same };
            way.follow(scratch);
            let before = hits.len();
            for (list, term, end) in scratch.ends.iter().rev().copied() {
                let told = hits[before..].iter().any(|hit| hit.term == term);
                if !told && !han::cuts(words, first..end) {
                    hits.push(TermHit { list, start: token.start, end: end as u32, term });
                }
            }
        }
        scratch.sets = Some(sets);
        scratch.order.sort(hits);
    }
}

/// The way through the network from one place.
struct Way<'a> {
    scanner: &'a Scanner,
    network: &'a Network,
    sets: &'a mut Sets,
    text: &'a [u8],
    /// The piece, and its first byte.
    start: usize,
    first: usize,
    /// Whether a clause starts here.
    clause: OnceCell<bool>,
    same: &'a dyn Fn(usize, usize, &str) -> bool,
}

impl Way<'_> {
    /// Finds every term that starts here.
    fn follow(&mut self, scratch: &mut Scratch) {
        let Scratch { found, ahead, ends, tokens, .. } = scratch;
        ahead.clear();
        ends.clear();
        let mut set = Set::START;
        let mut at = self.start;
        // The nearest place to go on from.
        let mut next = usize::MAX;
        loop {
            if set == Set::EMPTY {
                if next == usize::MAX {
                    return;
                }
                at = next;
            } else {
                if at == tokens.len() {
                    return;
                }
                let token = tokens.get(at);
                at += 1;
                let piece = || &self.text[token.start as usize..tokens.get(at).start as usize];
                set = self.sets.step(self.network, set, token.symbol, piece);
            }
            // Once behind the piece and, where a space follows, which is read at once, behind it.
            loop {
                if at == next {
                    (set, next) = self.join(set, at, ahead);
                }
                if set.ends() {
                    set = self.tell(set, at, tokens.get(at).start as usize, found, ends);
                }
                // No list starts at a space.
                if set == Set::EMPTY || !tokens.get(at - 1).spaced {
                    break;
                }
                set = self.sets.step_space(self.network, set);
                at += 1;
            }
            if set.goes_on() {
                next = next.min(self.step_over(set, at, found, ahead));
            }
        }
    }

    /// The set to go on with where lists were stepped over up to here, and the nearest of the other places to go on from.
    fn join(&mut self, mut set: Set, at: usize, ahead: &mut Vec<(usize, Set)>) -> (Set, usize) {
        for index in (0..ahead.len()).rev() {
            if ahead[index].0 == at {
                let (_, more) = ahead.swap_remove(index);
                set = self.sets.union(self.network, set, more);
            }
        }
        (set, ahead.iter().map(|(place, _)| *place).min().unwrap_or(usize::MAX))
    }

    /// Notes the terms that end here, and opens those that start with a list that was found by it: the set to go on with.
    fn tell(
        &mut self,
        set: Set,
        at: usize,
        end: usize,
        found: &mut Found,
        ends: &mut Vec<(ListId, u32, usize)>,
    ) -> Set {
        if !ends_term(self.text, end) {
            return set;
        }
        let number = self.sets.plain(set).unwrap_or_else(|| self.answered(set, end));
        let told = self.sets.telling(number);
        ends.extend(self.sets.terms(told).iter().map(|(list, term)| (*list, *term, end)));
        if let Some(group) = told.group {
            found.add(self.start, group, at);
        }
        told.all
    }

    /// The number of what is told of a set whose terms ask for something: this place answers.
    fn answered(&mut self, set: Set, end: usize) -> u32 {
        let built = &self.scanner.built;
        let asks = self.sets.asks(self.network, built, set);
        let accents = |term: &u32| {
            let accents = built.terms.accents(*term);
            accents.is_none_or(|accents| (self.same)(self.first, end, accents))
        };
        let bits = |terms: &[u32]| terms.iter().rev().fold(0, |bits, term| bits << 1 | u64::from(accents(term)));
        let answer = Answer {
            start: asks.start && *self.clause.get_or_init(|| starts_clause(self.text, self.first)),
            end: asks.end && ends_clause(self.text, end),
            accents: asks.accents.chunks(64).map(bits).collect(),
        };
        self.sets.told(self.network, built, set, answer)
    }

    /// Steps over the hits of lists that start here, where the set goes on with them; the nearest place behind one.
    fn step_over(&mut self, set: Set, at: usize, found: &Found, ahead: &mut Vec<(usize, Set)>) -> usize {
        let mut nearest = usize::MAX;
        let wanted = self.sets.goes_on_with(set);
        for (end, group, lists) in found.of(at) {
            // Of all hits that stand somewhere, a set goes on with few.
            if !wanted.meets(*lists) {
                continue;
            }
            let behind = self.sets.by_group(self.network, set, *group);
            if behind == Set::EMPTY {
                continue;
            }
            let end = *end as usize;
            match ahead.iter_mut().find(|(place, _)| *place == end) {
                Some((_, known)) => *known = self.sets.union(self.network, *known, behind),
                None => ahead.push((end, behind)),
            }
            nearest = nearest.min(end);
        }
        nearest
    }
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
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

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

    /// Where the parts can end if they start at `at`: the notation's meaning, step by step and term by term.
    fn ends(scanner: &Scanner, text: &[u8], parts: &[Part<ListId>], at: usize) -> BTreeSet<usize> {
        let Some((part, rest)) = parts.split_first() else { return BTreeSet::from([at]) };
        let run = |from: usize, has: fn(u8) -> bool| from + text[from..].iter().take_while(|byte| has(**byte)).count();
        let through = |inner: &[Part<ListId>], from: &BTreeSet<usize>| {
            from.iter().flat_map(|at| ends(scanner, text, inner, *at)).collect::<BTreeSet<usize>>()
        };
        let middle: BTreeSet<usize> = match part {
            Part::Text(wanted) => text[at..].starts_with(wanted).then_some(at + wanted.len()).into_iter().collect(),
            Part::Blank => (at + 1..=run(at, pattern::in_blank)).collect(),
            Part::MaybeBlank => (at..=run(at, pattern::in_blank)).collect(),
            Part::Letters => (at..=run(at, pattern::in_letters)).collect(),
            Part::Word => (at + 1..=run(at, pattern::in_word)).collect(),
            Part::Gap => (at..=run(at, pattern::in_gap).min(at + pattern::GAP as usize)).collect(),
            Part::Words => {
                let blanks = |at: usize| at + 1..=run(at, pattern::in_blank);
                let mut last: BTreeSet<usize> = blanks(at).collect();
                let mut all = last.clone();
                for _ in 0..pattern::MOST {
                    let words = last.iter().flat_map(|at| at + 1..=run(*at, pattern::in_words));
                    last = words.flat_map(blanks).collect();
                    all.extend(&last);
                }
                all
            }
            Part::Number => {
                let digits = |at: usize| at + 1..=run(at, pattern::in_digits);
                let mut all: BTreeSet<usize> = digits(at).collect();
                loop {
                    let next = all.iter().filter(|at| text.get(**at).is_some_and(|byte| pattern::in_number(*byte)));
                    let more: Vec<usize> = next.flat_map(|at| digits(at + 1)).filter(|at| !all.contains(at)).collect();
                    if more.is_empty() {
                        break all;
                    }
                    all.extend(more);
                }
            }
            Part::Choice(choices) => choices.iter().flat_map(|choice| ends(scanner, text, choice, at)).collect(),
            Part::Maybe(inner) => ends(scanner, text, inner, at).into_iter().chain([at]).collect(),
            Part::Repeat(inner) => {
                let mut last = BTreeSet::from([at]);
                let mut all = last.clone();
                for _ in 0..pattern::MOST {
                    last = through(inner, &last);
                    all.extend(&last);
                }
                all
            }
            Part::List(list) => scanner.terms_of(*list).flat_map(|term| ends_of(scanner, text, term, at)).collect(),
        };
        through(rest, &middle)
    }

    /// Whether a term may start at this byte: not inside a word, a run of spaces or a character.
    fn starts_term(text: &[u8], at: usize) -> bool {
        let byte = text[at];
        if byte.is_ascii_alphanumeric() {
            return at == 0 || !text[at - 1].is_ascii_alphanumeric();
        }
        if byte < 0x80 { byte > b' ' } else { byte >= 0xc0 }
    }

    /// Where a term that starts at `at` may end.
    fn ends_of(scanner: &Scanner, text: &[u8], term: u32, at: usize) -> Vec<usize> {
        if at >= text.len() || !starts_term(text, at) {
            return Vec::new();
        }
        let info = scanner.built.terms.get(term);
        let ends = ends(scanner, text, scanner.pattern(term), at).into_iter();
        ends.filter(|end| *end > at && ends_term(text, *end))
            .filter(|_| !info.starts_clause || starts_clause(text, at))
            .filter(|end| !info.ends_clause || ends_clause(text, *end))
            .collect()
    }

    /// Every kind of part, and words that start alike.
    const WORDS: [&str; 18] = [
        "a",
        "b",
        "ab",
        "ac",
        "<who>",
        "<how>",
        "(a|b( c)?)",
        "(b )*a",
        "...",
        "c*",
        "*a",
        "*",
        "12",
        "1*",
        "<number>",
        "(<how> )?b",
        "a?b",
        "(<who> )*c",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        /// The network finds what the notation means, neither more nor less, in texts of the terms' own words.
        #[test]
        fn all_terms_at_once_find_what_each_finds_alone(
            terms in vec(vec(select(WORDS.as_slice()), 1..4), 1..8),
            ahead in vec("\\^?", 8),
            behind in vec("\\$?", 8),
            words in vec(select(["a", "b", "b", "c", "ab", "ca", "12", "x.", "b,", "1", "127", "3", "3.14", "12a"].as_slice()), 0..20),
        ) {
            let term = |(index, words): (usize, &Vec<&str>)| {
                format!("\"{}{}{}\"", ahead[index], words.join(" "), behind[index])
            };
            let terms: Vec<String> = terms.iter().enumerate().map(term).collect();
            let text = words.join(" ");
            let lists = long_list("how", "c, 'b c', 'a*'") + &long_list("who", "'<how> a', b, '(<how> )?c', 'a b'");
            let lists = format!("{lists}l: [{}]\n", terms.join(", "));
            let mut lexicon = Lexicon::default();
            lexicon.add(Arc::new(Source::new("w.yaml", lists))).unwrap();
            let folder = Folder::default();
            let mut builder = ScannerBuilder::new(&lexicon, &folder);
            builder.list("l").unwrap();
            let scanner = builder.build();
            let mut hits = Vec::new();
            scanner.scan(&text, &|_, _, _| true, &mut scanner.scratch(), &mut hits);
            let mut wanted = Vec::new();
            for term in (0..scanner.len() as u32).filter(|term| scanner.is_asked_for(scanner.list_of(*term))) {
                for start in 0..text.len() {
                    if let Some(end) = ends_of(&scanner, text.as_bytes(), term, start).into_iter().max() {
                        let (start, end) = (start as u32, end as u32);
                        wanted.push(TermHit { list: scanner.list_of(term), start, end, term });
                    }
                }
            }
            wanted.sort_unstable();
            prop_assert_eq!(hits, wanted);
        }
    }

    #[test]
    fn accents_count_where_a_term_insists_on_them() {
        assert_eq!(found("l: ['=borné']", "l", "borné borne"), ["borne"]);
    }
}
