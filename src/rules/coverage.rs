//! Which rules and which entries of the word lists the examples reach.

use std::collections::{BTreeMap, BTreeSet};

use super::{Rulebook, examples};
use crate::checks::Corpus;
use crate::model::{Note, Outcome};
use crate::text::prepared::Workspace;

/// How far the examples reach in one list of one language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListCoverage {
    /// Entries of the list.
    pub entries: usize,
    /// Entries that no example reaches, as written, in their order.
    pub unreached: Vec<String>,
}

/// How far the examples reach in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Language code.
    pub language: String,
    /// Notes looked at: examples, and what else was given.
    pub notes: usize,
    /// By list.
    pub lists: BTreeMap<String, ListCoverage>,
    /// Rules that run in this language and that none of the notes makes fire.
    pub silent_rules: Vec<String>,
}

/// Runs the examples of the rules, and further notes by language code, through every language.
pub fn coverage(book: &Rulebook, more: &BTreeMap<String, Vec<Note>>) -> Vec<Coverage> {
    book.languages
        .iter()
        .map(|language| {
            let mut workspace = Workspace::new(&language.scanner);
            let mut reached: BTreeSet<u32> = BTreeSet::new();
            let mut fired: BTreeSet<usize> = BTreeSet::new();
            let own = examples::notes(book, &language.code);
            let mut coverage = Coverage { language: language.code.clone(), ..Coverage::default() };
            let alone = Corpus::default();
            let more = more.get(&language.code).into_iter().flatten().map(|note| (note, &alone));
            for (note, corpus) in own.iter().map(|(note, corpus)| (note, corpus)).chain(more) {
                coverage.notes += 1;
                let prepared = workspace.prepare(note, &book.folder, &language.scanner, &language.speech);
                reached.extend(prepared.all_hits().iter().chain(prepared.all_masked_hits()).map(|hit| hit.term));
                for (index, check) in language.checks.iter().enumerate() {
                    let Some(check) = check.as_ref().filter(|_| !fired.contains(&index)) else { continue };
                    if book.applies(index, note, &language.code)
                        && matches!(check.check(&prepared, corpus), Outcome::Fail(_))
                    {
                        fired.insert(index);
                    }
                }
            }
            for term in 0..language.scanner.len() as u32 {
                let (list, info) = language.scanner.entry(term);
                if !language.scanner.is_asked_for(language.scanner.list_of(term)) {
                    continue;
                }
                let list = coverage.lists.entry(list.to_owned()).or_default();
                list.entries += 1;
                if !reached.contains(&term) {
                    list.unreached.push(info.written.to_owned());
                }
            }
            let runs = |index: &usize| language.checks[*index].is_some() && !fired.contains(index);
            coverage.silent_rules =
                (0..book.rules.len()).filter(runs).map(|index| book.rules[index].id.clone()).collect();
            coverage
        })
        .collect()
}
