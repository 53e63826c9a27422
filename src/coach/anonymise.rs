//! A note with the people taken out: names and numbers are replaced by invented ones of the same form.
//!
//! Masks would give the answer away (what is masked is no fault) and would read badly; a wrong number in the place of
//! the right one does neither. Replacing can change what the rules find (a card number has a check digit), so
//! [`Replay`](super::Replay) looks whether they find the same, and another attempt is made where they do not.

use std::ops::Range;

use smol_str::SmolStr;

use super::names::{self, Invented};
use super::numbers;
use super::seed::Choices;
use super::strangers::Strangers;
use crate::model::{AuditedNote, Category, Note, Span};
use crate::text::Folder;

/// Takes people out of notes.
#[derive(Debug)]
pub(super) struct Anonymiser<'a> {
    /// Names to invent from, for the note's language.
    pub(super) invented: &'a Invented,
    /// How text is folded.
    pub(super) folder: &'a Folder,
    /// Names that may occur in any note: agents and customers of the export.
    pub(super) people: &'a [String],
    /// What the export's words with a capital are.
    pub(super) strangers: &'a Strangers,
    /// The same seed gives the same notes.
    pub(super) seed: u64,
}

impl Anonymiser<'_> {
    /// The note without agent, customer, origin and date, and with everything replaced in its text that could tell who
    /// they were. Another `attempt` gives other numbers and the same names.
    pub(super) fn invent(&self, audited: &AuditedNote, attempt: u64) -> Note {
        let note = &audited.note;
        let secrets = audited.secrets();
        let own: Vec<&str> = [note.customer.as_deref(), note.agent_name.as_deref(), Some(note.agent.as_str())]
            .into_iter()
            .flatten()
            .filter(|name| name.chars().any(char::is_alphabetic))
            .collect();
        Note {
            id: SmolStr::default(),
            language: audited.language.clone(),
            channel: note.channel.clone(),
            call_type: note.call_type.clone(),
            disposition: note.disposition,
            case_id: note.case_id.as_deref().map(|id| self.text(id, &[], &[], &own, attempt).into()),
            talk_seconds: note.talk_seconds,
            acw_seconds: note.acw_seconds,
            text: self.text(&note.text, &secrets, &marked(audited), &own, attempt),
            elements: note
                .elements
                .iter()
                .map(|(role, text)| (*role, self.text(text, &[], &[], &own, attempt)))
                .collect(),
            ..Note::default()
        }
    }

    fn text(&self, text: &str, secrets: &[Span], untouched: &[Span], own: &[&str], attempt: u64) -> String {
        let seed = self.seed.wrapping_add(attempt.wrapping_mul(0x9e37_79b9));
        let mut changes: Vec<(usize, usize, String)> = Vec::new();
        for secret in secrets {
            let words = secret.of(text);
            changes.push((secret.start, secret.end, numbers::scramble(words, &mut Choices::of(seed, words))));
        }
        changes.extend(addresses(text));
        // An identifier such as MAD-31 is no name, yet everybody in the team knows whose it is.
        let numbered = |name: &&&str| name.chars().any(|c| c.is_ascii_digit());
        for id in own.iter().filter(numbered) {
            let other = numbers::scramble(id, &mut Choices::of(self.seed, id));
            changes.extend(text.match_indices(*id).map(|(at, found)| (at, at + found.len(), other.clone())));
        }
        let own: Vec<&str> = own.iter().filter(|name| !numbered(name)).copied().collect();
        let others: Vec<&str> =
            self.people.iter().map(String::as_str).filter(|name| !numbered(&name) && !own.contains(name)).collect();
        let untouched = untouched_in(text, untouched);
        changes.extend(names::replacements(
            text,
            &own,
            &others,
            (self.invented, self.strangers),
            &untouched,
            self.folder,
            self.seed,
        ));
        for (start, end) in numbers::runs(text) {
            let run = &text[start..end];
            if let Some(other) = numbers::other(run, &mut Choices::of(seed, run)) {
                changes.push((start, end, other));
            }
        }
        apply(text, changes)
    }
}

/// The words of findings that are no secrets: an invented name in their place would be another error, or none.
pub(super) fn marked(audited: &AuditedNote) -> Vec<Span> {
    let told = audited.findings.iter().chain(&audited.set_aside);
    told.filter(|finding| finding.category != Category::Sensitive).filter_map(|finding| finding.span).collect()
}

/// Where no name is put: the words of findings, and what stands in brackets, which somebody forgot to fill in.
pub(super) fn untouched_in(text: &str, marked: &[Span]) -> Vec<Range<usize>> {
    let mut places: Vec<Range<usize>> = marked.iter().map(|span| span.start..span.end).collect();
    for (open, close) in [('[', ']'), ('{', '}'), ('<', '>')] {
        for (at, _) in text.match_indices(open) {
            places.extend(text[at..].find(close).map(|length| at..at + length));
        }
    }
    places
}

/// E-mail addresses, whose owner's name stands in front of the sign.
fn addresses(text: &str) -> Vec<(usize, usize, String)> {
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '%');
    text.match_indices('@')
        .filter_map(|(at, _)| {
            let start =
                text[..at].rfind(|c| !part(c)).map_or(0, |i| i + text[i..].chars().next().map_or(1, char::len_utf8));
            let end = text[at + 1..].find(|c| !part(c)).map_or(text.len(), |i| at + 1 + i);
            let end = start + text[start..end].trim_end_matches('.').len();
            (start < at && end > at + 1).then(|| (start, end, "name@example.com".to_owned()))
        })
        .collect()
}

/// Makes the changes; of two that overlap the one that was named first.
fn apply(text: &str, changes: Vec<(usize, usize, String)>) -> String {
    let mut kept: Vec<(usize, usize, String)> = Vec::with_capacity(changes.len());
    for change in changes {
        if !kept.iter().any(|k| change.0 < k.1 && k.0 < change.1) {
            kept.push(change);
        }
    }
    kept.sort_by_key(|change| change.0);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (start, end, other) in kept {
        out.push_str(&text[at..start]);
        out.push_str(&other);
        at = end;
    }
    out.push_str(&text[at..]);
    out
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashMap};

    use super::*;

    fn invent(text: &str, customer: &str) -> String {
        let folder = Folder::new(HashMap::new());
        let wording = BTreeMap::from([
            ("names.given".to_owned(), "Alex".to_owned()),
            ("names.family".to_owned(), "Olmedo".to_owned()),
            ("names.titles".to_owned(), "Sr, Sra, Mme, 女士".to_owned()),
            ("names.surnames".to_owned(), "王唐方".to_owned()),
        ]);
        let invented = Invented::from_wording(&wording, &folder);
        let strangers = Strangers::default();
        let anonymiser =
            Anonymiser { invented: &invented, folder: &folder, people: &[], strangers: &strangers, seed: 1 };
        let note = Note { text: text.to_owned(), customer: Some(customer.into()), ..Note::default() };
        let audited = AuditedNote {
            note,
            language: None,
            score: crate::model::Score::default(),
            findings: Vec::new(),
            set_aside: Vec::new(),
        };
        anonymiser.invent(&audited, 0).text
    }

    #[test]
    fn the_customer_is_replaced_in_any_spelling() {
        let text = invent("Rosa GARCÍA llama; garcia pide copia. La Sra. insiste.", "Rosa García");
        assert_eq!(text, "Alex OLMEDO llama; olmedo pide copia. La Sra. insiste.");
    }

    #[test]
    fn names_behind_titles_addresses_and_long_numbers_go() {
        let text = invent("Sr. Ruiz (a.ruiz@mail.es), tel 600123456, 3 días", "");
        assert!(text.starts_with("Sr. Olmedo (name@example.com), tel ") && text.ends_with(", 3 días"), "{text}");
        assert!(!text.contains("600123456"));
    }

    #[test]
    fn chinese_names_go_whole_and_before_a_title() {
        assert_eq!(invent("唐雪梅来电，王女士称未收到", "唐雪梅"), "OlmedoAlex来电，Olmedo女士称未收到");
        assert_eq!(invent("对方女士称未收到", ""), "对方女士称未收到");
    }
}
