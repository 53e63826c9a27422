//! `element`: something that a complete note tells, in a column of its own, in a labelled section, or in its text.
//!
//! ```yaml
//! check:
//!   element:
//!     name: next_step
//!     columns: [next_step]                 # a filled column tells it
//!     labels: [labels_next_step]           # a section `Next step: …` tells it, unless its value is junk
//!     other_labels: [labels_reason]        # where such a section ends
//!     junk: [junk]
//!     told_by: [outcome_told]              # any of these in the text tells it
//!     voice: agent                         # but not in quotations and reported speech (`any`, where absent)
//!     together: [[promise], [deadline]]    # or one of each, in the same sentence
//!     spared: [customer_did]               # unless one of these touches it
//!     value_needs: [deadline]              # a labelled section must hold one of these
//!     dispositions_tell: [resolved]        # or the drop-down tells it
//!     statement: {words: 3, without: [action_told], until: [deed], not_first: true}   # or a clause of so many words without these, not behind those
//!     needed:                              # asked for only where one of these holds
//!       dispositions: [pending]
//!       lists: [left_open]
//!       lists_last: [open_at_end]          # or, at the end, one of these
//!       unless_closed: [closed]            # and the text does not close behind it
//!       unless_closed_last: [works_at_end] # nor at the end
//!       closed_spared: [closed_negated]    # but not where one of these touches it
//!       remarks: [opinion]                 # sentences with these behind the end are not the end
//! ```

use std::collections::BTreeSet;

use memchr::memchr_iter;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Check, Compile, Compiled, Corpus, Voice, placeholder};
use crate::model::{Disposition, Element, Hit, NotApplicable, Outcome, Role};
use crate::text::{ListId, Prepared, ScannerBuilder, TermHit, count_words};

/// As written in a rule.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The element.
    name: Element,
    /// Columns that tell it where they are filled.
    #[serde(default)]
    columns: Vec<Role>,
    /// Lists of section labels that announce it.
    #[serde(default)]
    labels: Vec<String>,
    /// Lists of labels that end a section.
    #[serde(default)]
    other_labels: Vec<String>,
    /// Lists of values that count as empty.
    #[serde(default)]
    junk: Vec<String>,
    /// Lists of which one term tells it.
    #[serde(default)]
    told_by: Vec<String>,
    /// Lists whose terms, where they touch one of `told_by` or `together`, make it tell nothing.
    #[serde(default)]
    spared: Vec<String>,
    /// Whose words tell it; anybody's, where absent.
    #[serde(default = "anybody")]
    voice: Voice,
    /// Groups of lists of which one term each, in the same sentence, tells it.
    #[serde(default)]
    together: Vec<Vec<String>>,
    /// Lists of which a labelled section must hold a term.
    #[serde(default)]
    value_needs: Vec<String>,
    /// Dispositions that tell it.
    #[serde(default)]
    dispositions_tell: Vec<Disposition>,
    /// A clause of its own that tells it.
    #[serde(default)]
    statement: Option<Statement>,
    /// When it is asked for; always, where absent.
    #[serde(default)]
    needed: Option<Needed>,
}

const fn anybody() -> Voice {
    Voice::Any
}

/// A clause that tells an element by being there: long enough, and about nothing else.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Statement {
    /// Fewest words; two Han characters count one word.
    words: usize,
    /// Lists whose terms make the clause one about something else.
    without: Vec<String>,
    /// Lists whose terms end the search: clauses behind the first of them do not count.
    #[serde(default)]
    until: Vec<String>,
    /// Dispositions with which such a clause is enough; any, where absent.
    #[serde(default)]
    dispositions: Vec<Disposition>,
    /// Whether the first clause of the note does not count: it says why the customer made contact.
    #[serde(default)]
    not_first: bool,
}

/// When an element is asked for: where any of these holds.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Needed {
    /// One of these was chosen.
    #[serde(default)]
    dispositions: Vec<Disposition>,
    /// The text holds a term of these, in the agent's own voice.
    #[serde(default)]
    lists: Vec<String>,
    /// The last sentence holds a term of these, in the agent's own voice.
    #[serde(default)]
    lists_last: Vec<String>,
    /// Lists whose terms, where they touch such a term, make it none.
    #[serde(default)]
    spared: Vec<String>,
    /// Lists that close the matter: where one of them is the last word, nothing is asked for.
    #[serde(default)]
    unless_closed: Vec<String>,
    /// Lists that close the matter in the last sentence.
    #[serde(default)]
    unless_closed_last: Vec<String>,
    /// Lists whose terms, where they touch what closes the matter, leave it open.
    #[serde(default)]
    closed_spared: Vec<String>,
    /// Lists of remarks on somebody: a last sentence with one of them leaves the end to the sentence before.
    #[serde(default)]
    remarks: Vec<String>,
}

#[derive(Debug)]
struct Told {
    spec: Spec,
    labels: Vec<ListId>,
    all_labels: Vec<ListId>,
    junk: BTreeSet<String>,
    told_by: Vec<ListId>,
    spared: Vec<ListId>,
    together: Vec<Vec<ListId>>,
    value_needs: Vec<ListId>,
    needed_lists: Vec<ListId>,
    needed_last: Vec<ListId>,
    needed_spared: Vec<ListId>,
    unless_closed: Vec<ListId>,
    unless_closed_last: Vec<ListId>,
    closed_spared: Vec<ListId>,
    remarks: Vec<ListId>,
    /// The lists that must not stand in a telling clause.
    statement_without: Vec<ListId>,
    /// The lists behind which no clause tells it.
    statement_until: Vec<ListId>,
}

impl Compile for Spec {
    fn element(&self) -> Option<Element> {
        Some(self.name)
    }

    fn compile(&self, builder: &mut ScannerBuilder<'_>) -> Compiled {
        let told_by = builder.lists(&self.told_by)?;
        let mut together = Vec::new();
        for group in &self.together {
            together.push(builder.lists(group)?);
        }
        if told_by.is_empty() && together.iter().all(Vec::is_empty) {
            return Ok(None);
        }
        let labels = builder.lists(&self.labels)?;
        let mut all_labels = builder.lists(&self.other_labels)?;
        all_labels.extend(&labels);
        let mut junk = BTreeSet::new();
        for list in &self.junk {
            junk.extend(builder.lexicon().words(list, builder.folder()));
        }
        let needed = self.needed.clone().unwrap_or_default();
        let statement_without = match &self.statement {
            Some(statement) => builder.lists(&statement.without)?,
            None => Vec::new(),
        };
        let statement_until = match &self.statement {
            Some(statement) => builder.lists(&statement.until)?,
            None => Vec::new(),
        };
        Ok(Some(Box::new(Told {
            labels,
            all_labels,
            junk,
            told_by,
            spared: builder.lists(&self.spared)?,
            together,
            value_needs: builder.lists(&self.value_needs)?,
            needed_lists: builder.lists(&needed.lists)?,
            needed_last: builder.lists(&needed.lists_last)?,
            needed_spared: builder.lists(&needed.spared)?,
            unless_closed: builder.lists(&needed.unless_closed)?,
            unless_closed_last: builder.lists(&needed.unless_closed_last)?,
            closed_spared: builder.lists(&needed.closed_spared)?,
            remarks: builder.lists(&needed.remarks)?,
            statement_without,
            statement_until,
            spec: self.clone(),
        })))
    }

    fn validate(&self) -> Result<(), String> {
        if self.told_by.is_empty() && self.together.is_empty() {
            return Err("give `told_by` or `together`: without them no free text could tell the element".into());
        }
        Ok(())
    }
}

/// What the labelled sections say of an element.
enum Section {
    /// There is no such label.
    None,
    /// The label stands there with nothing usable behind it.
    Empty,
    /// Filled.
    Filled,
}

impl Check for Told {
    fn element(&self) -> Option<Element> {
        Some(self.spec.name)
    }

    fn check(&self, note: &Prepared<'_>, _: &Corpus) -> Outcome {
        if !self.is_needed(note) {
            return Outcome::NotApplicable(NotApplicable::NotCalledFor);
        }
        let told = self.by_column(note)
            || self.spec.dispositions_tell.contains(&note.note.disposition)
            || match self.section(note) {
                Section::Filled => true,
                Section::Empty => false,
                Section::None => self.by_text(note),
            };
        if told {
            return Outcome::Pass;
        }
        Outcome::Fail(vec![Hit { element: Some(self.spec.name), ..Hit::note() }])
    }
}

/// Whether a term of the lists overlaps the hit.
fn touched(note: &Prepared<'_>, lists: &[ListId], hit: &TermHit) -> bool {
    note.hits_of(lists).any(|other| other.start < hit.end && hit.start < other.end)
}

impl Told {
    fn is_needed(&self, note: &Prepared<'_>) -> bool {
        let Some(needed) = &self.spec.needed else { return true };
        let last = note.ending(&self.remarks);
        let at_end = |hit: &&TermHit| hit.start as usize >= last;
        let open = note
            .hits_of(&self.needed_lists)
            .chain(note.hits_of(&self.needed_last).filter(at_end))
            .filter(|hit| !touched(note, &self.needed_spared, hit) && note.own_voice(note.hit_span(hit)))
            .map(|hit| hit.end)
            .max();
        let closed = note.hits_of(&self.unless_closed).chain(note.hits_of(&self.unless_closed_last).filter(at_end));
        let closed = closed.filter(|hit| !touched(note, &self.closed_spared, hit)).map(|hit| hit.end).max();
        if closed.is_some_and(|closed| open.is_none_or(|open| closed > open)) {
            return false;
        }
        open.is_some() || needed.dispositions.contains(&note.note.disposition)
    }

    fn by_column(&self, note: &Prepared<'_>) -> bool {
        let filled =
            |(role, value): &(Role, String)| self.spec.columns.contains(role) && !self.is_junk(&value.to_lowercase());
        note.note.elements.iter().any(filled)
    }

    fn by_text(&self, note: &Prepared<'_>) -> bool {
        let heard = |span| self.spec.voice.hears(note, span);
        let spared = |hit: &TermHit| touched(note, &self.spared, hit);
        if note.hits_of(&self.told_by).any(|hit| heard(note.hit_span(hit)) && !spared(hit)) || self.by_statement(note) {
            return true;
        }
        let Some((first, others)) = self.together.split_first() else { return false };
        note.hits_of(first).filter(|hit| !spared(hit)).any(|hit| {
            note.sentence_at(hit.start as usize).is_some_and(|sentence| {
                others.iter().all(|group| {
                    note.hits_of(group).any(|other| {
                        sentence.contains(&(other.start as usize))
                            && !spared(other)
                            && (other.end <= hit.start || other.start >= hit.end || other.end > hit.end)
                    })
                })
            })
        })
    }

    fn by_statement(&self, note: &Prepared<'_>) -> bool {
        let Some(statement) = &self.spec.statement else { return false };
        if !statement.dispositions.is_empty() && !statement.dispositions.contains(&note.note.disposition) {
            return false;
        }
        let text = &note.folded.text;
        // A term may begin with the stop of the clause before it: that clause is none of its business.
        let begins = |hit: &TermHit| {
            let hit = hit.start as usize..hit.end as usize;
            let stop = |byte: &u8| byte.is_ascii() && !byte.is_ascii_alphanumeric();
            hit.start + text.as_bytes()[hit].iter().take_while(|byte| stop(byte)).count()
        };
        let until = note.hits_of(&self.statement_until).map(begins).min().unwrap_or(text.len());
        let mut first = true;
        note.sentences.iter().any(|sentence| {
            let mut start = sentence.start;
            text[sentence.clone()].split_inclusive([',', ';', ':']).any(|clause| {
                let place = start..start + clause.len();
                start = place.end;
                if std::mem::take(&mut first) && statement.not_first {
                    return false;
                }
                place.start <= until
                    && count_words(&placeholder::without_slots(clause)) >= statement.words
                    && note.own_voice(note.span(place.start, place.end))
                    && !note
                        .hits_of(&self.statement_without)
                        .any(|hit| begins(hit) < place.end && place.start < hit.end as usize)
            })
        })
    }

    fn section(&self, note: &Prepared<'_>) -> Section {
        let text = &note.folded.text;
        let mut found = Section::None;
        for label in note.hits_of(&self.labels) {
            let Some(value_at) = behind_label(text, label.start as usize, label.end as usize) else { continue };
            let value_end = note
                .hits_of(&self.all_labels)
                .filter(|next| next.start as usize >= value_at)
                .filter(|next| behind_label(text, next.start as usize, next.end as usize).is_some())
                .map(|next| next.start as usize)
                .chain(next_section(text, value_at))
                .min()
                .unwrap_or(text.len());
            let value = &text[value_at..value_end];
            let has_what_it_needs = self.value_needs.is_empty()
                || note.hits_of(&self.value_needs).any(|h| h.start as usize >= value_at && h.end as usize <= value_end);
            // `Reason: [reason]. Restarted the router`: what stands behind the first sentence is about something else, or the text
            // tells the element by itself.
            let typed_at = value_at + value.len() - value.trim_start().len();
            let first_end =
                note.sentence_at(typed_at).map_or(value_end, |sentence| sentence.end.clamp(value_at, value_end));
            match (self.is_junk(&text[value_at..first_end]), self.is_junk(value)) {
                (false, _) if has_what_it_needs => return Section::Filled,
                (true, false) => {}
                _ => found = Section::Empty,
            }
        }
        found
    }

    fn is_junk(&self, value: &str) -> bool {
        let filled = placeholder::without_slots(value);
        let bare = filled.trim_matches(|c: char| !c.is_alphanumeric());
        let letters: usize =
            bare.chars().filter(|c| c.is_alphanumeric()).map(|c| if c > '\u{2e80}' { 2 } else { 1 }).sum();
        letters < 3 || self.junk.contains(bare) || self.junk.contains(value.trim())
    }
}

/// The next line that starts as a section does, with a word or two and a colon: also where no list knows its label, what stands
/// behind it is not told under the label before.
fn next_section(text: &str, from: usize) -> Option<usize> {
    /// Most words, and bytes, of a label.
    const LONGEST: (usize, usize) = (3, 40);
    let lines = memchr_iter(b'\n', &text.as_bytes()[from..]).map(|at| from + at + 1);
    let mut lines = lines.filter(|start| {
        let line = text[*start..].lines().next().unwrap_or_default();
        line.split_once(':').is_some_and(|(label, _)| {
            let label = label.trim_matches(|c: char| !c.is_alphanumeric());
            let words = label.split_whitespace().count();
            let letters = label.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '/' | '\'' | '-'));
            letters && (1..=LONGEST.0).contains(&words) && label.len() <= LONGEST.1
        })
    });
    lines.next()
}

/// Where the value of a section label starts: the label stands at the start of a line or sentence and a colon (or a
/// closing bracket) follows it.
pub(super) fn behind_label(text: &str, start: usize, end: usize) -> Option<usize> {
    let before = text[..start].trim_end_matches([' ', '[', '*', '-', '#', '(', '"']);
    let at_start = before.is_empty() || before.ends_with(['\n', '.', ';', ',', ':', '|', '/', ']', ')', '!', '?']);
    let rest = text[end..].trim_start_matches(' ');
    let bracketed = text[..start].ends_with('[') && rest.starts_with(']');
    if bracketed {
        let value = end + (text[end..].len() - rest.len()) + 1;
        return Some(value + usize::from(text[value..].starts_with(':')));
    }
    (at_start && (rest.starts_with(':') || rest.starts_with("=>") || rest.starts_with("->")))
        .then(|| end + (text[end..].len() - rest.len()) + 1)
}

#[cfg(test)]
mod tests {
    use super::behind_label;

    #[test]
    fn a_label_stands_at_a_start_and_has_a_colon_or_brackets() {
        let place = |text: &str, label: &str| {
            let start = text.find(label).unwrap();
            behind_label(text, start, start + label.len()).map(|at| text[at..].trim().to_owned())
        };
        assert_eq!(place("motivo: cobro", "motivo").as_deref(), Some("cobro"));
        assert_eq!(place("[事由]客户", "事由").as_deref(), Some("客户"));
        assert_eq!(place("el motivo del cobro", "motivo"), None);
        assert_eq!(place("x. accion : y", "accion").as_deref(), Some("y"));
    }
}
