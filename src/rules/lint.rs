//! What is wrong with rules and word lists though they load: entries that can find nothing, that find nothing which
//! another does not, lists that nobody asks for, rules that no example holds to their word.
//!
//! Entries are judged by trial: from each entry, texts are made that it should find, and the scanner is run on them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::{Packs, Rulebook, RulesError};
use crate::text::{Lexicon, Sampler, Scanner, TermHit};
use crate::yaml::Source;

/// Texts made from each entry.
const TRIALS: usize = 24;

/// Texts of trials have the accents of their term.
const AS_WRITTEN: fn(usize, usize, &str) -> bool = |_, _, _| true;

/// Something that a rule owner should look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remark {
    /// The file.
    pub path: PathBuf,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// Looks through packs.
///
/// # Errors
/// Packs that cannot be compiled.
pub fn lint(mut packs: Packs) -> Result<Vec<Remark>, RulesError> {
    let mut remarks = Vec::new();
    // Texts are made from terms as they are written out, which is not kept.
    packs.shelf = None;
    let mut lexicons = BTreeMap::new();
    for (code, pack) in &packs.languages {
        lexicons.insert(code.clone(), pack.lexicon()?);
    }
    unused_lists(&packs, &lexicons, &mut remarks);
    let sources: Vec<(String, Arc<Source>)> =
        packs.rules.iter().map(|(source, rule)| (rule.id.clone(), Arc::clone(source))).collect();
    let book = Rulebook::compile(packs)?;
    missing_examples(&book, &sources, &mut remarks);
    for language in &book.languages {
        idle_entries(&language.scanner, &lexicons[&language.code], &mut remarks);
    }
    remarks.sort();
    remarks.dedup();
    Ok(remarks)
}

/// Lists that the code asks for by name, whatever the rules say.
const ASKED_FOR_BY_NAME: [&str; 8] = [
    "honorifics",
    "attribution",
    "attribution_behind",
    "resumes",
    "mail_wrote",
    "mail_original",
    "mail_from",
    "mail_header",
];

fn unused_lists(packs: &Packs, lexicons: &BTreeMap<String, Lexicon>, remarks: &mut Vec<Remark>) {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut asked: BTreeSet<&str> = ASKED_FOR_BY_NAME.into();
    for (source, _) in &packs.rules {
        asked.extend(source.text.split(|c| !word(c)));
    }
    for lexicon in lexicons.values() {
        let within: BTreeSet<&str> = lexicon
            .names()
            .flat_map(|name| lexicon.entries(name))
            .flat_map(|(_, entry)| entry.split('<').skip(1))
            .filter_map(|rest| rest.split('>').next())
            .collect();
        for name in lexicon.names().filter(|name| !asked.contains(name) && !within.contains(name)) {
            if let Some((source, _)) = lexicon.entries(name).next().filter(|(s, _)| !s.text.is_empty()) {
                remarks.push(remark(
                    source,
                    &[&format!("{name}:")],
                    format!("no rule and no list asks for `{name}`"),
                    "use it, or take it out",
                ));
            }
        }
    }
}

fn missing_examples(book: &Rulebook, sources: &[(String, Arc<Source>)], remarks: &mut Vec<Remark>) {
    for (index, rule) in book.rules.iter().enumerate() {
        let Some((_, source)) = sources.iter().find(|(id, _)| *id == rule.id) else { continue };
        for language in book.languages.iter().filter(|language| language.checks[index].is_some()) {
            let Some(text) = rule.texts.get(&language.code) else { continue };
            for (examples, name) in [(&text.fires, "fires"), (&text.spares, "spares")] {
                if examples.is_empty() {
                    let message = format!("the rule `{}` has no example in `{name}` of `{}`", rule.id, language.code);
                    remarks.push(remark(source, &[&format!("id: {}", rule.id)], message, "add a note to its texts"));
                }
            }
        }
    }
}

/// Entries that cannot find anything, and those of which another of the same list finds all.
fn idle_entries(scanner: &Scanner, lexicon: &Lexicon, remarks: &mut Vec<Remark>) {
    let mut scratch = scanner.scratch();
    let mut hits: Vec<TermHit> = Vec::new();
    for term in 0..scanner.len() as u32 {
        let (list, info) = scanner.entry(term);
        if !scanner.is_asked_for(scanner.list_of(term)) {
            continue;
        }
        let mut sampler = Sampler::new(seed(scanner, term));
        let mut found = false;
        let mut others: Option<BTreeSet<u32>> = None;
        for trial in 0..TRIALS {
            let text = sampler.text(scanner, term, trial == 0);
            scanner.scan(&text, &AS_WRITTEN, &mut scratch, &mut hits);
            let whole = |hit: &&TermHit| hit.start == 0 && hit.end as usize == text.len();
            if !hits.iter().filter(whole).any(|hit| hit.term == term) {
                continue;
            }
            found = true;
            let rivals: BTreeSet<u32> = hits
                .iter()
                .filter(whole)
                .filter(|hit| hit.term != term && scanner.list_name(hit.list) == list)
                .map(|hit| hit.term)
                .collect();
            others = Some(match others {
                None => rivals,
                Some(before) => before.intersection(&rivals).copied().collect(),
            });
        }
        let place = |message: String, help: &str| {
            let source = lexicon.entries(list).find(|(_, entry)| *entry == info.written).map(|(source, _)| source);
            source.map(|source| remark(source, &[&format!("{list}:"), info.written], message, help))
        };
        if !found {
            remarks.extend(place(
                format!("in `{list}`: `{}` can never be found", info.written),
                "a term starts where a word starts and ends where a word ends; text is compared without case and accents",
            ));
            continue;
        }
        // Of two that find the same, the later is told; a better wording of its own keeps an entry.
        let wider = others.iter().flatten().copied().find(|other| {
            let (_, rival) = scanner.entry(*other);
            info.better.is_none()
                && (*other < term || !covers(scanner, term, *other, &mut scratch))
                && rival.starts_clause <= info.starts_clause
                && rival.ends_clause <= info.ends_clause
                && (rival.accents.is_none() || rival.accents == info.accents)
        });
        if let Some(wider) = wider {
            let (_, rival) = scanner.entry(wider);
            remarks.extend(place(
                format!("in `{list}`: `{}` finds nothing that `{}` does not", info.written, rival.written),
                "take it out",
            ));
        }
    }
}

/// What a term's texts are made from: how it is written, so that another entry beside it changes none of them.
fn seed(scanner: &Scanner, term: u32) -> u64 {
    u64::from(crc32fast::hash(scanner.entry(term).1.written.as_bytes())) + 1
}

/// Whether `wide` finds every text made from `narrow`.
fn covers(scanner: &Scanner, wide: u32, narrow: u32, scratch: &mut crate::text::Scratch) -> bool {
    let mut sampler = Sampler::new(seed(scanner, narrow));
    let mut hits = Vec::new();
    (0..TRIALS).map(|trial| sampler.text(scanner, narrow, trial == 0)).all(|text| {
        scanner.scan(&text, &AS_WRITTEN, scratch, &mut hits);
        hits.iter().any(|hit| hit.term == wide && hit.start == 0 && hit.end as usize == text.len())
    })
}

fn remark(source: &Source, place: &[&str], message: String, help: &str) -> Remark {
    let fault = source.fault_at(place, message, help);
    Remark { path: fault.path, line: fault.line, message: fault.message, help: fault.help }
}
