//! `placeholder`: pieces of a prepared text that nobody filled in.
//!
//! ```yaml
//! check:
//!   placeholder:
//!     brackets: ['[]', '<>', '{{}}']   # anything with letters between these
//!     parentheses: [fill_in]           # round ones only where they start with a term of these lists
//!     lists: [date_masks, filler]      # whole terms
//!     labels: [labels_reason]          # a bracket at the start of a line that holds a label is a heading
//!     spared: [template_spared]
//! ```
//!
//! Runs of `X`, `_` or `·` stand for a missing value, unless digits beside them show a number masked on purpose; so do dates of
//! zeros, question marks in the place of a word, and boxes of which none is ticked.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::{memchr, memchr_iter, memchr3_iter};
use regex::Regex;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Check, Compile, Compiled, Corpus, words::longest};
use crate::model::{Hit, Outcome};
use crate::text::{ListId, Prepared, ScannerBuilder, blanks};

/// As written in a rule.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Pairs of brackets, opening and closing half.
    #[serde(default)]
    brackets: Vec<String>,
    /// Lists with which the content of round brackets must start.
    #[serde(default)]
    parentheses: Vec<String>,
    /// Lists of whole terms.
    #[serde(default)]
    lists: Vec<String>,
    /// Lists of section labels.
    #[serde(default)]
    labels: Vec<String>,
    /// Lists of innocent phrases.
    #[serde(default)]
    spared: Vec<String>,
    /// Whether runs of X, _ and the like count.
    #[serde(default)]
    runs: bool,
}

#[derive(Debug)]
struct Unfilled {
    brackets: Vec<(String, String)>,
    parentheses: Vec<ListId>,
    lists: Vec<ListId>,
    labels: Vec<ListId>,
    spared: Vec<ListId>,
    runs: bool,
}

/// Longest content of a bracket that is still a slot and not a remark, in bytes.
const LONGEST_SLOT: usize = 90;

impl Compile for Spec {
    fn compile(&self, builder: &mut ScannerBuilder<'_>) -> Compiled {
        let halves = |pair: &String| {
            let (open, close) = pair.split_at(pair.len() / 2);
            (open.to_owned(), close.to_owned())
        };
        Ok(Some(Box::new(Unfilled {
            brackets: self.brackets.iter().map(halves).collect(),
            parentheses: builder.lists(&self.parentheses)?,
            lists: builder.lists(&self.lists)?,
            labels: builder.lists(&self.labels)?,
            spared: builder.lists(&self.spared)?,
            runs: self.runs,
        })))
    }

    fn validate(&self) -> Result<(), String> {
        match self.brackets.iter().find(|pair| pair.len() % 2 == 1 || !pair.is_ascii() || pair.is_empty()) {
            Some(pair) => {
                Err(format!("`{pair}` is no pair of brackets: write both halves, such as `[]` or `{{{{}}}}`"))
            }
            None => Ok(()),
        }
    }
}

impl Check for Unfilled {
    fn check(&self, note: &Prepared<'_>, _: &Corpus) -> Outcome {
        let text = &note.folded.text;
        let mut places: Vec<(usize, usize)> = Vec::new();
        for (open, close) in &self.brackets {
            for (start, end) in bracketed(text, open, close) {
                let inside = &text[start + open.len()..end - close.len()];
                let counted = open.starts_with('{') && inside.bytes().all(|b| b.is_ascii_digit());
                let marked = matches!(inside.trim(), "●" | "•" | "○" | "..." | "?" | "*");
                if (counted || marked || inside.chars().any(char::is_alphabetic)) && !self.is_heading(note, start, end)
                {
                    places.push((start, end));
                }
            }
        }
        if !self.parentheses.is_empty() {
            for (start, end) in bracketed(text, "(", ")") {
                let inside = start + 1 + (text[start + 1..].len() - text[start + 1..].trim_start().len());
                if note.hits_of(&self.parentheses).any(|hit| hit.start as usize == inside) {
                    places.push((start, end));
                }
            }
        }
        if self.runs {
            places.extend(note.blanks());
            places.extend(zero_dates(text));
            places.extend(unticked(text));
        }
        let terms = longest(note.hits_of(&self.lists).collect());
        places.extend(terms.iter().map(|hit| (hit.start as usize, hit.end as usize)));
        places.retain(|(start, end)| {
            !note.hits_of(&self.spared).any(|s| (s.start as usize) < *end && *start < s.end as usize)
        });
        places.sort_by_key(|(start, end)| (*start, std::cmp::Reverse(*end)));
        let mut kept: Vec<(usize, usize)> = Vec::new();
        for place in places {
            if kept.last().is_none_or(|last| place.0 >= last.1) {
                kept.push(place);
            }
        }
        Outcome::from_hits(kept.into_iter().map(|(start, end)| Hit::at(note.span(start, end))).collect())
    }
}

impl Unfilled {
    /// Whether the bracket is a heading such as `[motivo]` or `【事由】` in front of its section.
    fn is_heading(&self, note: &Prepared<'_>, start: usize, end: usize) -> bool {
        let text = &note.folded.text;
        let before = text[..start].trim_end_matches(' ');
        // `【…】` is a heading after a full stop too; a square bracket there is a slot.
        let lenticular = note.span(start, end).of(&note.note.text).starts_with('【');
        let starts_line =
            before.is_empty() || before.ends_with('\n') || (lenticular && before.ends_with(['.', ';', ',', ']']));
        let value_follows =
            text[end..].trim_start_matches([' ', ':']).chars().next().is_some_and(|c| c != '\n' && c != '[');
        let known = || note.hits_of(&self.labels).any(|l| l.start as usize == start + 1 && l.end as usize + 1 >= end);
        starts_line && value_follows && (known() || lenticular && has_headings(&note.note.text))
    }
}

/// Whether so many lines start with a lenticular bracket that it is how the note writes its headings, whatever they are.
fn has_headings(text: &str) -> bool {
    const ENOUGH: usize = 3;
    text.lines().filter(|line| line.trim_start().starts_with('【')).count() >= ENOUGH
}

/// Places of `open … close` on one line, short enough to be a slot.
///
/// Where both halves are the same sign (`#NAME#`, `%NAME%`), the content is one word.
fn bracketed<'t>(text: &'t str, open: &'t str, close: &'t str) -> impl Iterator<Item = (usize, usize)> + 't {
    let bytes = text.as_bytes();
    let mut from = 0;
    // Most notes have no such sign, which one look at all bytes at once tells.
    let opening = std::iter::from_fn(move || {
        loop {
            let at = from + memchr(open.as_bytes()[0], &bytes[from..])?;
            from = at + 1;
            if text[at..].starts_with(open) {
                from = at + open.len();
                return Some(at);
            }
        }
    });
    opening.filter_map(move |start| {
        let rest = &text[start + open.len()..];
        let end = rest.find(close)?;
        let inside = &rest[..end];
        if open == close && !inside.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_') {
            return None;
        }
        (!inside.is_empty() && inside.len() <= LONGEST_SLOT && !inside.contains(['\n', '<', '[', '{']))
            .then(|| (start, start + open.len() + end + close.len()))
    })
}

/// Dates of zeros: `00/00/0000`, `0000-00-00`.
fn zero_dates(text: &str) -> impl Iterator<Item = (usize, usize)> + '_ {
    static DATE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:^|[^0-9/.-])(0{2,4}[/.-]0{2,4}[/.-]0{2,4})(?:$|[^0-9])").expect("the expression is constant")
    });
    let bytes = text.as_bytes();
    let likely = memchr_iter(b'0', bytes).any(|at| matches!(bytes[at + 1..], [b'/' | b'.' | b'-', b'0', ..]));
    let found = likely.then(|| DATE.captures_iter(text)).into_iter().flatten();
    found.filter_map(|found| found.get(1)).map(|date| (date.start(), date.end()))
}

/// Lines with several empty boxes and none that is ticked, from the first box to the word behind the last.
fn unticked(text: &str) -> Vec<(usize, usize)> {
    const EMPTY: [&str; 6] = ["☐", "□", "◻", "⬜", "[ ]", "( )"];
    const TICKED: [&str; 8] = ["☑", "☒", "✓", "✔", "■", "✅", "[x]", "(x)"];
    let mut out = Vec::new();
    // The first bytes of all empty boxes; other signs begin as some do.
    let bytes = text.as_bytes();
    let is_box = |at: usize| EMPTY.iter().any(|sign| bytes[at..].starts_with(sign.as_bytes()));
    if !memchr3_iter(b'[', b'(', 0xe2, bytes).any(is_box) {
        return out;
    }
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let mut boxes: Vec<(usize, usize)> =
            EMPTY.iter().flat_map(|sign| line.match_indices(sign).map(|(at, sign)| (at, at + sign.len()))).collect();
        boxes.sort_unstable();
        if let ([first, .., last], false) = (boxes.as_slice(), TICKED.iter().any(|sign| line.contains(sign))) {
            let behind = &line[last.1..];
            let word = behind.len() - behind.trim_start_matches(' ').len();
            let word_end = behind[word..].find([' ', ',', '.', ';', '\n']).map_or(behind.len(), |at| word + at);
            out.push((start + first.0, start + last.1 + word_end));
        }
        start += line.len();
    }
    out
}

/// Places of slots of any form, in bytes of the folded text, where those without brackets are known.
pub(super) fn slots<'t>(text: &'t str, blanks: &'t [(usize, usize)]) -> impl Iterator<Item = (usize, usize)> + 't {
    let bracketed =
        [("[", "]"), ("<", ">"), ("{", "}")].into_iter().flat_map(|(open, close)| bracketed(text, open, close));
    blanks.iter().copied().chain(bracketed)
}

/// A folded value without its slots, to see whether anything else is in it.
pub(super) fn without_slots(value: &str) -> Cow<'_, str> {
    let places: Vec<(usize, usize)> = slots(value, &blanks(value)).collect();
    if places.is_empty() {
        return Cow::Borrowed(value);
    }
    let mut out = String::with_capacity(value.len());
    for (at, c) in value.char_indices() {
        if !places.iter().any(|(start, end)| (*start..*end).contains(&at)) {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_zeros_and_unticked_boxes_are_slots() {
        let text = "del 0000-00-00 al 00/00/0000, 10.000.000";
        assert_eq!(zero_dates(text).map(|(s, e)| &text[s..e]).collect::<Vec<_>>(), ["0000-00-00", "00/00/0000"]);
        let text = "caution ☐ oui ☐ non.\n☐ a ☑ b";
        assert_eq!(unticked(text).into_iter().map(|(s, e)| &text[s..e]).collect::<Vec<_>>(), ["☐ oui ☐ non"]);
    }

    #[test]
    fn slots_leave_nothing() {
        assert_eq!(without_slots("[motivo] ").trim(), "");
        assert_eq!(without_slots("cobro de <monto> doble"), "cobro de  doble");
    }
}
