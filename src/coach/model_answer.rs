//! A better version of a note, made from the rules: what they name a wording for is written, what only somebody who was
//! on the call can know stands as a marked blank.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::{AuditedNote, Category, Element, Finding};
use crate::rules::Rulebook;
use crate::text::is_han;

/// What became of a piece of the note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It stays.
    Kept,
    /// It is new or written otherwise.
    Written,
    /// To be filled in by somebody who knows.
    Blank,
}

/// A piece of the better version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// What became of it.
    pub kind: Kind,
    /// The text; of a blank, what belongs there.
    pub text: String,
}

/// The better version of an audited note; `wording` has the texts of the note's language: `snippet.<element>` and
/// `snippet.reference` with their blanks in square brackets, `blank.<category>` for words that must go.
pub fn model_answer(note: &AuditedNote, book: &Rulebook, wording: &BTreeMap<String, String>) -> Vec<Piece> {
    let mut out = Pieces::default();
    let missing = |element: Element| note.findings.iter().any(|f| f.element == Some(element));
    let snippet = |name: &str| wording.get(&format!("snippet.{name}")).map_or("", String::as_str);
    // The reason stands in front of what was written, everything else behind it.
    let (front, behind): (Vec<Element>, Vec<Element>) =
        Element::TOLD.into_iter().filter(|element| missing(*element)).partition(|e| *e == Element::Reason);
    front.iter().for_each(|element| out.snippet(snippet(element.name())));
    body(note, book, wording, &mut out);
    behind.iter().for_each(|element| out.snippet(snippet(element.name())));
    let mut told: Vec<Category> = Vec::new();
    for finding in &note.findings {
        let whole = finding.span.is_none() || finding.category == Category::Contradiction;
        if !whole || finding.element.is_some() || told.contains(&finding.category) {
            continue;
        }
        told.push(finding.category);
        match finding.category {
            Category::Reference => out.snippet(snippet("reference")),
            category => {
                let blank = wording.get(&format!("blank.{}", category.name())).map_or("", String::as_str);
                out.snippet(&format!("[{blank}]"));
            }
        }
    }
    out.pieces
}

/// A prepared sentence, its blanks (in square brackets) apart.
pub fn blanks(text: &str) -> Vec<Piece> {
    let mut pieces = Pieces::default();
    pieces.snippet(text);
    pieces.pieces
}

/// The text with the words of its findings written otherwise or left open.
fn body(note: &AuditedNote, book: &Rulebook, wording: &BTreeMap<String, String>, out: &mut Pieces) {
    let text = &note.note.text;
    let mut at = 0;
    out.part();
    for finding in &note.findings {
        // Which of the two is right, text or outcome, only somebody who was there can say.
        let replaced = finding.category != Category::Contradiction;
        let Some(span) = finding.span.filter(|span| replaced && span.start >= at) else { continue };
        out.push(Kind::Kept, &text[at..span.start]);
        match instead(finding, book) {
            Some(better) if finding.category == Category::Abbreviation => {
                out.push(Kind::Written, &as_capital(span.of(text), better))
            }
            Some(better) => out.push(Kind::Blank, better),
            None => {
                let blank = wording.get(&format!("blank.{}", finding.category.name()));
                out.push(Kind::Blank, blank.map_or("", String::as_str));
            }
        }
        at = span.end;
        if finding.category == Category::Abbreviation && stop_is_its_own(&text[at..]) {
            at += 1;
        }
    }
    out.push(Kind::Kept, &text[at..]);
}

/// Whether the full stop behind a short form ends no sentence: `appt. booked`.
fn stop_is_its_own(behind: &str) -> bool {
    let next = behind.strip_prefix('.').map(|rest| rest.trim_start().chars().next());
    next.flatten().is_some_and(|c| c.is_lowercase() || matches!(c, ',' | ';' | ':'))
}

/// The wording that the rules have for the very words found; the rule's general advice is none.
fn instead<'f>(finding: &'f Finding, book: &Rulebook) -> Option<&'f str> {
    finding.suggestion.as_deref().filter(|text| !book.rules[finding.rule].is_advice(text))
}

/// With a capital where the words it replaces have one in front and are no capitals throughout.
fn as_capital(found: &str, better: &str) -> String {
    let mut letters = found.chars().filter(|c| c.is_alphabetic());
    let sentence = letters.next().is_some_and(char::is_uppercase) && letters.any(char::is_lowercase);
    let mut rest = better.chars();
    match rest.next() {
        Some(first) if sentence => first.to_uppercase().chain(rest).collect(),
        _ => better.to_owned(),
    }
}

#[derive(Default)]
struct Pieces {
    pieces: Vec<Piece>,
}

impl Pieces {
    fn push(&mut self, kind: Kind, text: &str) {
        if text.is_empty() {
            return;
        }
        match self.pieces.last_mut() {
            Some(last) if last.kind == kind && kind != Kind::Blank => last.text.push_str(text),
            _ => self.pieces.push(Piece { kind, text: text.to_owned() }),
        }
    }

    /// A sentence of its own, its blanks in square brackets.
    fn snippet(&mut self, text: &str) {
        if text.is_empty() || text == "[]" {
            return;
        }
        self.part();
        for (index, part) in text.split('[').enumerate() {
            match part.split_once(']') {
                Some((blank, rest)) if index > 0 => {
                    self.push(Kind::Blank, blank);
                    self.push(Kind::Written, rest);
                }
                _ => self.push(Kind::Written, part),
            }
        }
    }

    /// Ends the sentence before, where it has no end, and parts it from the next.
    fn part(&mut self) {
        let Some(last) = self.pieces.last() else { return };
        let han = self.pieces.iter().any(|piece| piece.text.chars().any(is_han));
        let end = last.text.trim_end().chars().next_back();
        let ended = end.is_none_or(|c| matches!(c, '.' | '!' | '?' | '。' | '！' | '？' | '…' | ':' | '：'));
        if !ended {
            self.push(Kind::Written, if han { "。" } else { "." });
        }
        if !han {
            self.push(Kind::Written, " ");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(pieces: &[Piece]) -> String {
        let write = |piece: &Piece| match piece.kind {
            Kind::Kept => piece.text.clone(),
            Kind::Written => format!("+{}+", piece.text),
            Kind::Blank => format!("[{}]", piece.text),
        };
        pieces.iter().map(write).collect()
    }

    #[test]
    fn snippets_keep_their_blanks_apart_and_end_the_sentence_before() {
        let mut pieces = Pieces::default();
        pieces.push(Kind::Kept, "Bill explained");
        pieces.snippet("[Who] does [what] by [date].");
        assert_eq!(joined(&pieces.pieces), "Bill explained+. +[Who]+ does +[what]+ by +[date]+.+");
        let mut chinese = Pieces::default();
        chinese.push(Kind::Kept, "已解释账单");
        chinese.snippet("[谁]于[时间]前答复。");
        assert_eq!(joined(&chinese.pieces), "已解释账单+。+[谁]+于+[时间]+前答复。+");
    }

    #[test]
    fn the_stop_of_a_short_form_goes_with_it_unless_it_ends_the_sentence() {
        assert!(stop_is_its_own(". booked") && stop_is_its_own(".: the tower"));
        assert!(!stop_is_its_own(". Booked") && !stop_is_its_own(".") && !stop_is_its_own(" booked"));
    }

    #[test]
    fn capitals_follow_the_words_replaced() {
        assert_eq!(as_capital("Cust", "customer"), "Customer");
        assert_eq!(as_capital("cust", "customer"), "customer");
        assert_eq!(as_capital("CS", "customer service"), "customer service");
    }
}
