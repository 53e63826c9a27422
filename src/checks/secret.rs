//! `secret`: a value behind words that announce a secret (CVV, PIN, password, account).
//!
//! ```yaml
//! check:
//!   secret:
//!     context: [cvv_context]
//!     value: {digits: [3, 4]}      # from 3 to 4 digits; separators inside allowed
//!     reach: 20                    # how far behind the words it may start
//!     behind: [code_behind]        # words right behind the value that say what it was
//!     set_by: [set_to]             # words that give a value to what was announced in this sentence or the one before
//!     others: [other_settings]     # what else may be set: named in between, the value is of that
//!     units: [units]               # words right behind the value that make it a quantity
//! ```
//!
//! `value` is `{digits: [from, to]}`, `{alphanumeric: [from, to]}` (with at least four digits) or `password` (a word with
//! a digit, a sign or mixed case inside). A word that can be nothing but a password (`kT7pQ2mZ9x`, `Maple#77`) is one anywhere
//! in the rest of the sentence and the next.

use std::collections::BTreeSet;
use std::ops::Range;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Check, Compile, Compiled, Corpus};
use crate::model::{Hit, Outcome, Span};
use crate::text::{ListId, Prepared, ScannerBuilder, TermHit};

/// As written in a rule.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Lists of words that announce the secret.
    context: Vec<String>,
    /// What the secret looks like.
    value: Value,
    /// How far behind the words the value may start, in bytes of the folded text.
    #[serde(default = "default_reach")]
    reach: usize,
    /// Lists of words that announce the value right before them: `4471 as the new PIN`.
    #[serde(default)]
    behind: Vec<String>,
    /// Lists of words that give what was announced in this sentence or the one before its value: `reset to 4471`.
    #[serde(default)]
    set_by: Vec<String>,
    /// Lists of what else may be set. Named between the announcement and `set_by`, the value is of that.
    #[serde(default)]
    others: Vec<String>,
    /// Lists of words that, right behind the value, make it a quantity.
    #[serde(default)]
    units: Vec<String>,
    /// Lists of words that, between the announcement and the value, mean another number.
    #[serde(default)]
    spared: Vec<String>,
}

const fn default_reach() -> usize {
    24
}

/// What a secret looks like.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Value {
    /// So many digits, from and to.
    Digits(usize, usize),
    /// So many letters and digits, from and to, four of them digits at least.
    Alphanumeric(usize, usize),
    /// A word that is no plain word.
    Password,
}

#[derive(Debug)]
struct Secret {
    context: Vec<ListId>,
    behind: Vec<ListId>,
    set_by: Vec<ListId>,
    others: Vec<ListId>,
    units: Vec<ListId>,
    /// The units as words, for those that are glued to their number (`300Mbps`).
    unit_words: BTreeSet<String>,
    spared: Vec<ListId>,
    value: Value,
    reach: usize,
}

impl Compile for Spec {
    fn compile(&self, builder: &mut ScannerBuilder<'_>) -> Compiled {
        let context = builder.lists(&self.context)?;
        if context.is_empty() {
            return Ok(None);
        }
        Ok(Some(Box::new(Secret {
            context,
            behind: builder.lists(&self.behind)?,
            set_by: builder.lists(&self.set_by)?,
            others: builder.lists(&self.others)?,
            units: builder.lists(&self.units)?,
            unit_words: self.units.iter().flat_map(|l| builder.lexicon().words(l, builder.folder())).collect(),
            spared: builder.lists(&self.spared)?,
            value: self.value.clone(),
            reach: self.reach,
        })))
    }
}

impl Check for Secret {
    fn check(&self, note: &Prepared<'_>, _: &Corpus) -> Outcome {
        let mut hits: Vec<Hit> = Vec::new();
        for context in note.hits_of(&self.context) {
            let from = context.end as usize;
            let value = self.value_behind(note, from, self.reach);
            // In another sentence than its announcement, a value may be of what is named there.
            let sentence = |at: usize| note.sentences.partition_point(|sentence| sentence.end <= at);
            let own = |start: usize| sentence(context.start as usize) == sentence(start);
            let meant = |value: &(usize, usize)| {
                self.is_meant(note, from, *value) && (own(value.0) || self.is_still_meant(note, from..value.0))
            };
            if let Some((start, end)) = value.filter(meant) {
                add(note.span(start, end), &mut hits);
            }
            if self.value == Value::Password {
                self.unmistakable(note, from).for_each(|(start, end)| add(note.span(start, end), &mut hits));
            }
        }
        for words in note.hits_of(&self.set_by) {
            let (from, to) = (words.start as usize, words.end as usize);
            if !self.announced(note, from).is_some_and(|announced| self.is_still_meant(note, announced..from)) {
                continue;
            }
            let value = self.value_behind(note, to, RIGHT_BEHIND);
            if let Some((start, end)) = value.filter(|value| self.is_meant(note, to, *value)) {
                add(note.span(start, end), &mut hits);
            }
        }
        for words in note.hits_of(&self.behind) {
            if let Some((start, end)) = self.value_before(note, words.start as usize) {
                add(note.span(start, end), &mut hits);
            }
        }
        Outcome::from_hits(hits)
    }
}

/// How far behind `set_by` the value may start: a sign or a space.
const RIGHT_BEHIND: usize = 4;

/// Adds a place that no hit covers yet.
fn add(span: Span, hits: &mut Vec<Hit>) {
    if !hits.iter().any(|h| h.span.is_some_and(|s| s.overlaps(span))) {
        hits.push(Hit::at(span));
    }
}

impl Secret {
    /// Whether a value behind `from` in the same line is no quantity and no number of another kind.
    fn is_meant(&self, note: &Prepared<'_>, from: usize, (start, end): (usize, usize)) -> bool {
        let text = &note.folded.text;
        // Words in front of the value, or glued to it by a sign: `Ticket#12345`.
        let spared = |s: &&TermHit| {
            let last = s.end as usize;
            let number = || text[..last].ends_with('#') && text[last..end].bytes().all(|b| b.is_ascii_digit());
            s.start as usize >= from && (last <= start || last < end && number())
        };
        !text[from..start].contains('\n')
            && !self.is_quantity(note, start..end)
            && !note.hits_of(&self.spared).any(|s| spared(&s))
    }

    /// Whether a number has its unit behind it, glued or as the next word. What is more than a number has none.
    fn is_quantity(&self, note: &Prepared<'_>, value: Range<usize>) -> bool {
        let text = &note.folded.text;
        let unit = text[value.clone()].trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ','));
        if !unit.is_empty() {
            return self.unit_words.contains(unit);
        }
        let behind = text.len() - text[value.end..].trim_start_matches(' ').len();
        note.hits_of(&self.units).any(|unit| unit.start as usize == behind)
    }

    /// Where the last announcement ends that stands before `at`, in the same sentence or the one before.
    fn announced(&self, note: &Prepared<'_>, at: usize) -> Option<usize> {
        let here = note.sentences.partition_point(|sentence| sentence.end <= at);
        let from = note.sentences.get(here.saturating_sub(1)).map_or(0, |sentence| sentence.start);
        let before = note.hits_of(&self.context).filter(|context| (from..at).contains(&(context.start as usize)));
        before.map(|context| context.end as usize).filter(|end| *end <= at).max()
    }

    /// Whether nothing else that could be set is named between an announcement and the words that set it, in the same line.
    fn is_still_meant(&self, note: &Prepared<'_>, between: Range<usize>) -> bool {
        let inside = |hit: &TermHit| hit.start as usize >= between.start && hit.start < between.end as u32;
        !note.folded.text[between.clone()].contains('\n') && !note.hits_of(&self.others).any(inside)
    }

    /// The words behind `from`, in its sentence and the next, that can be nothing but passwords.
    fn unmistakable<'n>(
        &self,
        note: &'n Prepared<'_>,
        from: usize,
    ) -> impl Iterator<Item = (usize, usize)> + use<'n, '_> {
        let text = &note.folded.text;
        let here = note.sentences.partition_point(|sentence| sentence.end < from);
        let next = note.sentences.get(here + 1).or(note.sentences.get(here));
        let to = next.map_or(from, |sentence| sentence.end);
        words(text, from).take_while(move |(start, _)| *start < to).filter(move |(start, end)| {
            let harmless = note.hits_of(&self.spared).any(|s| (s.start as usize) < *end && *start < s.end as usize);
            !harmless && is_unmistakable(note.span(*start, *end).of(&note.note.text))
        })
    }

    /// The value that is the last word before `to`, in the same line.
    fn value_before(&self, note: &Prepared<'_>, to: usize) -> Option<(usize, usize)> {
        let text = &note.folded.text[..to];
        let end = text.trim_end_matches([' ', '(', '"', ',']).len();
        let start = text[..end].rfind([' ', '\n', '(', '"', ':']).map_or(0, |at| at + 1);
        let (found_start, found_end) = self.value_behind(note, start, self.reach)?;
        (start < end && found_start < end && found_end <= end).then_some((found_start, found_end))
    }

    /// The value within reach behind `from`.
    fn value_behind(&self, note: &Prepared<'_>, from: usize, reach: usize) -> Option<(usize, usize)> {
        let text = &note.folded.text;
        for (start, end) in words(text, from) {
            if start - from > reach {
                return None;
            }
            let word = &text[start..end];
            let found = match self.value {
                Value::Digits(min, max) => {
                    let good = |end, n| (min..=max).contains(&n) && !is_year(&text[start..end], start - from);
                    digit_run(text, start).filter(|(end, n)| good(*end, *n)).map(|(end, _)| end)
                }
                Value::Alphanumeric(min, max) => {
                    let (end, length, digits) = alphanumeric_run(text, start);
                    ((min..=max).contains(&length) && digits >= 4 && !is_date_or_decimal(&text[start..end]))
                        .then_some(end)
                }
                Value::Password => {
                    let span = note.span(start, end);
                    let written = span.of(&note.note.text);
                    let behind = !text[from..start].contains(char::is_alphanumeric);
                    let single = is_password(written, word) || behind && is_exclaimed(written);
                    let single = single.then_some(end);
                    code_in_groups(text, start).or(single)
                }
            };
            if let Some(end) = found {
                return Some((start, end));
            }
            // A masked value ends the search: it was hidden on purpose.
            if word.contains("**") || word.contains('•') {
                return None;
            }
        }
        None
    }
}

/// Words (runs without white space and closing punctuation) from `from` on.
fn words(text: &str, from: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
    let mut at = from;
    std::iter::from_fn(move || {
        let skipped = text[at..].find(|c: char| {
            !(c.is_whitespace() || matches!(c, ':' | ',' | ';' | '"' | '\'' | '(' | ')' | '=' | '#'))
        })?;
        let start = at + skipped;
        let length = text[start..]
            .find(|c: char| c.is_whitespace() || matches!(c, ',' | '"' | '(' | ')' | ';'))
            .unwrap_or(text.len() - start);
        let mut end = start + length;
        while end > start + 1 && text[..end].ends_with(['.', ',', ':']) {
            end -= 1;
        }
        // Han text is not parted by spaces: a word ends where the script changes.
        let word = &text[start..end];
        let is_han = |c: char| c > '\u{2e80}';
        let first_han = word.chars().next().is_some_and(is_han);
        if let Some(change) = word.char_indices().find(|(_, c)| is_han(*c) != first_han).map(|(i, _)| i) {
            end = start + change;
        }
        at = end.max(start + 1);
        while !text.is_char_boundary(at) {
            at += 1;
        }
        (end > start).then_some((start, end))
    })
}

/// End and number of digits of the run of digits (with single separators) that starts here.
fn digit_run(text: &str, start: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let (mut at, mut count) = (start, 0);
    while at < bytes.len() {
        if bytes[at].is_ascii_digit() {
            count += 1;
            at += 1;
        } else if matches!(bytes[at], b' ' | b'-' | b'.' | b'/')
            && count > 0
            && bytes.get(at + 1).is_some_and(u8::is_ascii_digit)
        {
            at += 1;
        } else {
            break;
        }
    }
    if is_date_or_decimal(&text[start..at]) {
        return None;
    }
    let clean_end = bytes.get(at).is_none_or(|b| !b.is_ascii_alphabetic() && !matches!(b, b'*' | b'%'));
    (count > 0 && clean_end).then_some((at, count))
}

/// End of a code of digits in groups (`448 210`, `12-34-56`): four to ten digits in groups of like length.
fn code_in_groups(text: &str, start: usize) -> Option<usize> {
    let (end, digits) = digit_run(text, start)?;
    let groups: Vec<usize> = text[start..end].split([' ', '-']).map(str::len).collect();
    let like = groups.iter().all(|length| *length == groups[0]);
    (groups.len() > 1 && like && (4..=10).contains(&digits) && groups[0] >= 2).then_some(end)
}

/// Whether four digits that do not stand right behind their words are a year.
fn is_year(digits: &str, distance: usize) -> bool {
    distance > 4 && digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"))
}

/// `12/05/2024`, `2025-03-11`, `12500.00`: a number that is no identifier.
fn is_date_or_decimal(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['/', '-', '.']).collect();
    let year = |p: &str| p.len() == 4 && (p.starts_with("19") || p.starts_with("20"));
    match parts.as_slice() {
        [a, b, c] => {
            (a.len() <= 2 && b.len() <= 2 && (year(c) || c.len() == 2)) || (year(a) && b.len() <= 2 && c.len() <= 2)
        }
        [_, b] => text.contains('.') && b.len() <= 2 || text.contains('/'),
        _ => false,
    }
}

/// End, length and number of digits of the run of letters and digits that starts here; digit groups are joined.
fn alphanumeric_run(text: &str, start: usize) -> (usize, usize, usize) {
    let bytes = text.as_bytes();
    let (mut at, mut length, mut digits) = (start, 0, 0);
    while at < bytes.len() {
        if bytes[at].is_ascii_alphanumeric() {
            digits += usize::from(bytes[at].is_ascii_digit());
            length += 1;
            at += 1;
        } else if matches!(bytes[at], b' ' | b'-' | b'.' | b'/')
            && digits > 0
            && bytes.get(at + 1).is_some_and(u8::is_ascii_digit)
        {
            at += 1;
        } else {
            break;
        }
    }
    (at, length, digits)
}

/// Whether a word is a password written out and no plain word, date, amount or file name.
fn is_password(written: &str, folded: &str) -> bool {
    let length = written.chars().count();
    if !(4..=40).contains(&length)
        || written.contains(['[', '<', '{', '@']) && !written.contains(|c: char| c.is_ascii_digit())
    {
        return false;
    }
    // Signs in a row hide a secret; one sign can be part of it.
    if written.contains("**")
        || written.starts_with('*')
        || written.contains('•')
        || folded.bytes().all(|b| matches!(b, b'x' | b'_' | b'.'))
    {
        return false;
    }
    let digits = written.chars().any(|c| c.is_ascii_digit());
    let letters = written.chars().any(char::is_alphabetic);
    // What ends a sentence is no sign of a password: `working!`.
    let signs = written.trim_end_matches(['!', '?']).chars().any(|c| "!#$%&@_+=?^~*".contains(c));
    let plain_number = written.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '/' | ':' | ','));
    let is_email = written.contains('@') && written.rsplit('@').next().is_some_and(|host| host.contains('.'));
    // `@3:04pm`: at a time.
    let is_moment =
        folded.trim_start_matches('@').starts_with(|c: char| c.is_ascii_digit()) && folded.contains(['/', ':']);
    if is_email || is_moment {
        return false;
    }
    // `7734#`, `2580*`: keypads take a sign at the end.
    if let Some(code) = written.strip_suffix(['#', '*', '!'])
        && code.len() >= 4
        && code.bytes().all(|b| b.is_ascii_digit())
    {
        return true;
    }
    if plain_number {
        return written.chars().all(|c| c.is_ascii_digit()) && (4..=10).contains(&length);
    }
    letters && (digits || signs) && written.chars().all(|c| c < '\u{2e80}')
}

/// Whether a word right behind its announcement is a password by its capital and the sign at its end: `Sunshine!`.
fn is_exclaimed(written: &str) -> bool {
    let bare = written.trim_end_matches(['!', '?']);
    bare.len() < written.len()
        && bare.len() >= 4
        && bare.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && bare.starts_with(|c: char| c.is_ascii_uppercase())
}

/// Whether a word is no code, name, measure or address but a password: letters and then a sign, with digits; or two groups of
/// digits behind letters, and capitals among small ones; or several such groups of letters and digits, joined.
fn is_unmistakable(written: &str) -> bool {
    if !(6..=40).contains(&written.len()) || !written.is_ascii() {
        return false;
    }
    // Codes and models are joined too, but not of letters of both sizes with digits in front of some: `Tr7vK-92mLq-Xd`.
    let mixed = |part: &str| {
        let has = |test: fn(&u8) -> bool| part.bytes().any(|byte| test(&byte));
        let behind_digit = part.as_bytes().windows(2).any(|p| p[0].is_ascii_digit() && p[1].is_ascii_alphabetic());
        behind_digit && has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase)
    };
    let groups = written.split('-');
    if groups.clone().count() > 1 && groups.filter(|part| mixed(part)).count() >= 2 {
        return written.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    }
    if written.contains(['/', ':', '-', '.', '@']) {
        return false;
    }
    let has = |test: fn(&u8) -> bool| written.bytes().any(|byte| test(&byte));
    let bare = written.trim_end_matches(['!', '?', '*']).as_bytes();
    let behind_letter =
        |test: fn(u8) -> bool| bare.windows(2).filter(|pair| pair[0].is_ascii_alphabetic() && test(pair[1])).count();
    has(u8::is_ascii_digit)
        && written.bytes().filter(u8::is_ascii_lowercase).count() >= 2
        && (behind_letter(|byte| b"#!$%?*".contains(&byte)) > 0
            || has(u8::is_ascii_uppercase) && behind_letter(|byte| byte.is_ascii_digit()) >= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_words_can_be_nothing_but_passwords() {
        for good in ["kT7pQ2mZ9x", "Maple#77", "abc!2024x", "wK4n-7Rtp-2zVb"] {
            assert!(is_unmistakable(good), "{good}");
        }
        for bad in [
            "CS-104233",
            "INC0045123",
            "Windows11",
            "iPhone15",
            "4G/LTE",
            "ana9@correo.es",
            "¿2?",
            "B2B",
            "$25credit",
            "20%off",
            "100Mbps",
            "Win10Pro",
            "S24Ultra",
            "M365apps",
            "Win10-Pro22H2",
            "Ref-4471-Ana9",
            "S24Ultra-256",
        ] {
            assert!(!is_unmistakable(bad), "{bad}");
        }
    }

    #[test]
    fn a_password_is_no_plain_word() {
        for good in ["Maple$2291", "Andina2024*x1", "gj7789", "Grenat!58tulipe"] {
            assert!(is_password(&good.replace('*', "#"), &good.to_lowercase().replace('*', "#")), "{good}");
        }
        assert!(is_password("7734#", "7734#") && is_password("2580*", "2580*") && !is_password("*4321", "*4321"));
        for bad in ["@3:04PM", "WhatsApp", "Wi-Fi", "restablecida", "****", "12/05", "soporte@correo.es", "Portal"] {
            assert!(!is_password(bad, &bad.to_lowercase()), "{bad}");
        }
    }

    #[test]
    fn runs_end_where_the_number_ends() {
        assert_eq!(digit_run("7731 ok", 0), Some((4, 4)));
        assert_eq!(code_in_groups("448 210 by text", 0), Some(7));
        assert_eq!(code_in_groups("2291 on 12", 0), None);
        assert!(
            digit_run("12/05/2024", 0).is_none() && is_date_or_decimal("2025-03-11") && is_date_or_decimal("12500.00")
        );
        assert_eq!(alphanumeric_run("1.038.138.645 pide", 0), (13, 10, 10));
    }
}
