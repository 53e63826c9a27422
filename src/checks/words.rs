//! `words`: terms of word lists, where the agent speaks.
//!
//! ```yaml
//! check:
//!   words:
//!     lists: [insults]            # what to find
//!     spared: [disrespect_spared] # longer phrases that make it innocent
//!     unless: [deadline]          # terms that, in the same sentence, make it innocent
//!     voice: agent                # `any` also looks inside quotations and reported speech
//!     names: spare                # `keep` also takes words written as names (Mr Crook)
//!     masked: true                # also behind masks: 1d1ot, i.d.i.o.t, sh*t
//!     slips: [short_words]        # also misspelt by a slip (idoit), unless what was typed is a word of these
//!     censored: true              # also words hidden beyond reading: f***
//! ```
//!
//! Overlapping places are one finding, the longest wins.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Check, Compile, Compiled, Corpus, Voice};
use crate::model::{Hit, Outcome, Span};
use crate::text::{InterestId, ListId, Prepared, ScannerBuilder, Slips, TermHit, WordSet};

/// As written in a rule.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Lists whose terms are found.
    lists: Vec<String>,
    /// Lists whose terms, where they cover a hit, make it innocent.
    #[serde(default)]
    spared: Vec<String>,
    /// Lists of which a term in the same sentence makes a hit innocent.
    #[serde(default)]
    unless: Vec<String>,
    /// Whose words count.
    #[serde(default)]
    voice: Voice,
    /// What to do with words written as names.
    #[serde(default)]
    names: Names,
    /// Whether words behind masked letters count.
    #[serde(default)]
    masked: bool,
    /// Whether words hidden beyond reading count.
    #[serde(default)]
    censored: bool,
    /// Lists of ordinary words; given, a word typed with a slip of the finger counts unless it is one of these.
    #[serde(default)]
    slips: Option<Vec<String>>,
}

/// What to do with words written as names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Names {
    /// They are innocent.
    #[default]
    Spare,
    /// They count.
    Keep,
}

#[derive(Debug)]
struct Words {
    lists: Vec<ListId>,
    spared: Vec<ListId>,
    unless: Vec<ListId>,
    honorifics: Vec<ListId>,
    voice: Voice,
    names: Names,
    masked: bool,
    censored: bool,
    slips: Option<(Arc<Slips>, InterestId)>,
    /// What is no slip: ordinary words.
    ordinary: Arc<WordSet>,
}

impl Compile for Spec {
    fn compile(&self, builder: &mut ScannerBuilder<'_>) -> Compiled {
        let lists = builder.lists(&self.lists)?;
        if lists.is_empty() {
            return Ok(None);
        }
        let (mut slips, mut ordinary) = (None, Arc::default());
        if let Some(plain) = &self.slips {
            ordinary = builder.word_set(plain);
            let mut words = Vec::new();
            for list in &lists {
                words.extend(builder.words(*list).iter().map(|(word, term)| (word.clone(), *list, *term)));
            }
            let known = Arc::new(Slips::new(words));
            slips = Some((Arc::clone(&known), builder.interest(known))).filter(|(known, _)| !known.is_empty());
        }
        Ok(Some(Box::new(Words {
            slips,
            ordinary,
            lists,
            spared: builder.lists(&self.spared)?,
            unless: builder.lists(&self.unless)?,
            honorifics: builder.list("honorifics")?.into_iter().collect(),
            voice: self.voice,
            names: self.names,
            masked: self.masked,
            censored: self.censored,
        })))
    }

    fn validate(&self) -> Result<(), String> {
        if self.lists.is_empty() { Err("`lists` names no list".into()) } else { Ok(()) }
    }
}

impl Check for Words {
    fn check(&self, note: &Prepared<'_>, _: &Corpus) -> Outcome {
        let folded = &note.folded.text;
        let typed = |hit: &TermHit| &folded[hit.start as usize..hit.end as usize];
        let slips = self.slips.as_ref().filter(|(_, interest)| note.may_interest(*interest));
        let slips = slips
            .into_iter()
            .flat_map(|(slips, interest)| slips.hits(note.pieces().filter(|piece| piece.may_be_of(*interest)), folded));
        let slips: Vec<TermHit> = slips.filter(|hit| !self.ordinary.contains(typed(hit))).collect();
        let mut hits: Vec<&TermHit> = note.hits_of(&self.lists).chain(&slips).collect();
        if self.masked {
            hits.extend(note.masked_hits(&self.lists));
        }
        let censored = note.censored.iter().filter(|_| self.censored).map(|place| note.span(place.start, place.end));
        let censored: Vec<Span> = censored.filter(|span| self.voice.hears(note, *span)).collect();
        if hits.is_empty() && censored.is_empty() {
            return Outcome::Pass;
        }
        let spared: Vec<(u32, u32)> = note.hits_of(&self.spared).map(|h| (h.start, h.end)).collect();
        hits.retain(|hit| {
            let span = note.hit_span(hit);
            !spared.iter().any(|(start, end)| *start <= hit.start && hit.end <= *end)
                && !is_in_code(folded, hit)
                && self.voice.hears(note, span)
                && !self.is_excused(note, hit)
                && (self.names == Names::Keep || !self.is_name(note, hit, span))
        });
        Outcome::from_hits(
            longest(hits)
                .into_iter()
                .map(|hit| Hit { better: note.better(hit).map(str::to_owned), ..Hit::at(note.hit_span(hit)) })
                .collect(),
        )
    }
}

impl Words {
    /// Whether a term of `unless` stands in the sentence of the hit.
    fn is_excused(&self, note: &Prepared<'_>, hit: &TermHit) -> bool {
        let sentence = note.sentence_at(hit.start as usize).filter(|_| !self.unless.is_empty());
        sentence
            .is_some_and(|sentence| note.hits_of(&self.unless).any(|other| sentence.contains(&(other.start as usize))))
    }

    /// Whether the hit is written as a name: every word of it with a capital, where the note has small letters too, and
    /// not because a sentence starts there; or behind a form of address.
    fn is_name(&self, note: &Prepared<'_>, hit: &TermHit, span: Span) -> bool {
        let text = &note.note.text;
        let written = span.of(text);
        let addressed = note.hits_of(&self.honorifics).any(|h| {
            h.end <= hit.start
                && note.folded.text[h.end as usize..hit.start as usize].chars().all(|c| c == ' ' || c == '.')
        });
        let capital = |word: &str| word.chars().next().is_some_and(char::is_uppercase);
        let words = || written.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|w| !w.is_empty());
        if !words().all(capital) {
            return false;
        }
        if addressed {
            return true;
        }
        let shouted = |s: &str| !s.chars().any(char::is_lowercase);
        if shouted(written) && written.chars().count() > 1 {
            // Capitals throughout shout; they do not name.
            return false;
        }
        let before = text[..span.start].trim_end();
        let starts_sentence = before.is_empty()
            || before.ends_with(['.', '!', '?', ':', ';', '-', '\n', '•', '"', '('])
            || text[before.len()..span.start].contains('\n');
        // At the start of a sentence only a following capital tells a name (`Bruto Mar`).
        let next_is_capital =
            text[span.end..].trim_start_matches(['-', ' ']).chars().next().is_some_and(char::is_uppercase);
        !starts_sentence || (next_is_capital && text[span.end..].starts_with(['-', ' ']))
    }
}

/// Whether a hit is a piece of a code that hyphens join: `Xd` in `Tr7vK-92mLq-Xd`.
fn is_in_code(folded: &str, hit: &TermHit) -> bool {
    let (before, rest) = folded.split_at(hit.start as usize);
    let (word, after) = rest.split_at((hit.end - hit.start) as usize);
    let joined = before.ends_with(['-', '_']) || after.starts_with(['-', '_']);
    let outside = |c: char| c.is_whitespace();
    joined
        && !word.contains(outside)
        && before
            .rsplit(outside)
            .next()
            .into_iter()
            .chain(after.split(outside).next())
            .any(|part| part.contains(|c: char| c.is_ascii_digit()))
}

/// Of hits that overlap, the longest (the first of equals), in the order of the text.
pub(super) fn longest(mut hits: Vec<&TermHit>) -> Vec<&TermHit> {
    hits.sort_by_key(|hit| (std::cmp::Reverse(hit.end - hit.start), hit.start, hit.term));
    let mut kept: Vec<&TermHit> = Vec::new();
    for hit in hits {
        if !kept.iter().any(|k| hit.start < k.end && k.start < hit.end) {
            kept.push(hit);
        }
    }
    kept.sort_by_key(|hit| hit.start);
    kept
}
