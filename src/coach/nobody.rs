//! The one way from a note of the export to one of nobody: invented, looked over, and judged by the rules again.

use super::anonymise::{self, Anonymiser};
use super::leak::{Originals, numbered_ids, whole_names};
use super::names::{self, Invented};
use super::replay::Replay;
use super::strangers::{Census, Strangers};
use crate::model::{AuditedNote, Report};
use crate::rules::Rulebook;

/// Makes notes of an export into notes of nobody.
pub struct Nobody<'b> {
    book: &'b Rulebook,
    /// By language of the rules.
    invented: Vec<Invented>,
    /// Agents and customers, as the export writes them.
    people: Vec<String>,
    /// What of them is looked for in every note, folded.
    whole: Vec<String>,
    seed: u64,
    replay: Replay<'b>,
    /// Which words with a capital are nobody's name.
    strangers: Strangers,
}

impl<'b> Nobody<'b> {
    /// For the kept notes of a report; the same `seed` gives the same notes.
    pub fn new(report: &Report, book: &'b Rulebook, seed: u64) -> Self {
        let mut people: Vec<String> = report.agents.iter().map(|agent| agent.label().to_owned()).collect();
        people.extend(report.kept.iter().filter_map(|note| note.note.customer.as_ref().map(ToString::to_string)));
        people.sort();
        people.dedup();
        // Where agents have names, their identifiers are known in the team all the same.
        let ids: Vec<String> = report.agents.iter().map(|agent| agent.agent.clone()).collect();
        let mut whole = whole_names(&people, &book.folder);
        whole.extend(numbered_ids(&ids, &book.folder));
        whole.sort();
        whole.dedup();
        let invented: Vec<Invented> =
            book.languages.iter().map(|l| Invented::from_wording(&l.wording, &book.folder)).collect();
        let mut census = Census::default();
        for note in &report.kept {
            let text = &note.note.text;
            census.add(&note.note.agent, text, &names::words(text, &book.folder));
        }
        let strangers = census.close();
        Nobody { book, invented, people, whole, seed, replay: Replay::new(book), strangers }
    }

    /// The note with everybody in it replaced, as the rules judge it. Other numbers are tried up to `attempts` times;
    /// `None` where each time the original still shows or the rules do not find the same, and where capitals on most words hide
    /// who is named.
    pub fn of(&mut self, note: &AuditedNote, attempts: u64) -> Option<AuditedNote> {
        let language = self.book.language(note.language.as_deref()?)?;
        let folder = &self.book.folder;
        let anonymiser = Anonymiser {
            invented: &self.invented[language],
            folder,
            people: &self.people,
            strangers: &self.strangers,
            seed: self.seed,
        };
        let text = &note.note.text;
        let words = names::words(text, folder);
        if Strangers::says_nothing_of(text, &words) {
            return None;
        }
        let untouched = anonymise::untouched_in(text, &anonymise::marked(note));
        let names = self.strangers.names(text, &words, self.invented[language].capitals(), &untouched);
        let names = names.into_iter().map(|at| words[at].folded.clone());
        let originals = Originals::of(note, &self.whole, folder).and(names);
        (0..attempts).find_map(|attempt| {
            let of_nobody = anonymiser.invent(note, attempt);
            (!originals.stand_in(&of_nobody)).then(|| self.replay.carry(note, of_nobody)).flatten()
        })
    }
}
