//! `reference`: the note tells of a case, order, payment or visit, and no usable number for it stands anywhere.
//!
//! ```yaml
//! check:
//!   reference:
//!     needed: [needs_reference]           # lists that call for one
//!     always: [looked_up]                 # lists that do so whatever `not_when` says
//!     spared: [reference_spared]          # phrases that do not
//!     blanks_spared: [template_spared]    # brackets that are no blank left for a number
//!     needed_when: [{call_type: [appointment]}]   # contacts that call for one whatever the text says
//!     open_when: [{disposition: [escalated]}]     # the same, unless the text closes the matter
//!     unless_closed: [closed]
//!     not_when: [{call_type: [inquiry]}]  # contacts that call for none, unless `needed_when` says so
//!     labels: [reference_labels]          # words in front of a reference
//!     units: [units]                      # words behind a number that make it a quantity
//!     other_numbers: [number_spared_none] # words in front that make it another kind of number
//! ```

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Check, Compile, Compiled, Corpus, digits, placeholder};
use crate::model::{Condition, Hit, NotApplicable, Outcome};
use crate::text::{ListId, Prepared, Run, ScannerBuilder};

/// As written in a rule.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Lists of which one term calls for a reference.
    needed: Vec<String>,
    /// Lists of which one term calls for a reference also where `not_when` holds.
    #[serde(default)]
    always: Vec<String>,
    /// Lists whose terms, where they touch such a term, call for none.
    #[serde(default)]
    spared: Vec<String>,
    /// Lists whose terms, where they touch a bracket, make it no blank left for a number.
    #[serde(default)]
    blanks_spared: Vec<String>,
    /// Contacts that call for one whatever the text says: any of these conditions.
    #[serde(default)]
    needed_when: Vec<Condition>,
    /// Contacts that call for one unless the text closes the matter: any of these conditions.
    #[serde(default)]
    open_when: Vec<Condition>,
    /// Lists that close the matter.
    #[serde(default)]
    unless_closed: Vec<String>,
    /// Contacts that call for none, unless `needed_when` says so: any of these conditions.
    #[serde(default)]
    not_when: Vec<Condition>,
    /// Lists of words in front of a reference.
    #[serde(default)]
    labels: Vec<String>,
    /// Lists of words behind a number that make it a quantity.
    #[serde(default)]
    units: Vec<String>,
    /// Lists of words in front of a number that make it another kind of number (phone, card).
    #[serde(default)]
    other_numbers: Vec<String>,
}

#[derive(Debug)]
struct Reference {
    needed: Vec<ListId>,
    always: Vec<ListId>,
    spared: Vec<ListId>,
    blanks_spared: Vec<ListId>,
    needed_when: Vec<Condition>,
    open_when: Vec<Condition>,
    unless_closed: Vec<ListId>,
    not_when: Vec<Condition>,
    labels: Vec<ListId>,
    units: Vec<ListId>,
    /// The units as words, for those that are glued to their number (`USD1200`).
    unit_words: BTreeSet<String>,
    other_numbers: Vec<ListId>,
}

impl Compile for Spec {
    fn compile(&self, builder: &mut ScannerBuilder<'_>) -> Compiled {
        let needed = builder.lists(&self.needed)?;
        if needed.is_empty() {
            return Ok(None);
        }
        Ok(Some(Box::new(Reference {
            needed,
            always: builder.lists(&self.always)?,
            spared: builder.lists(&self.spared)?,
            blanks_spared: builder.lists(&self.blanks_spared)?,
            needed_when: self.needed_when.clone(),
            open_when: self.open_when.clone(),
            unless_closed: builder.lists(&self.unless_closed)?,
            not_when: self.not_when.clone(),
            labels: builder.lists(&self.labels)?,
            units: builder.lists(&self.units)?,
            unit_words: self.units.iter().flat_map(|l| builder.lexicon().words(l, builder.folder())).collect(),
            other_numbers: builder.lists(&self.other_numbers)?,
        })))
    }
}

impl Check for Reference {
    fn check(&self, note: &Prepared<'_>, _: &Corpus) -> Outcome {
        let any = |conditions: &[Condition]| conditions.iter().any(|condition| condition.holds(note.note, ""));
        let told = |lists: &[ListId]| {
            note.hits_of(lists).any(|hit| !note.hits_of(&self.spared).any(|s| s.start < hit.end && hit.start < s.end))
        };
        let left_open = any(&self.open_when) && !note.has_any(&self.unless_closed);
        let called_for = left_open
            || any(&self.needed_when)
            || told(&self.always)
            || (!any(&self.not_when) && told(&self.needed))
            || self.left_blank(note);
        if !called_for {
            return Outcome::NotApplicable(NotApplicable::NotCalledFor);
        }
        if note.note.case_id.as_deref().is_some_and(is_usable) || self.in_text(note) {
            return Outcome::Pass;
        }
        Outcome::from_hits(vec![Hit::note()])
    }
}

/// Whether a reference column holds a number, or a locator such as `QX7LDD`, and no stopgap such as `XXXX` or `n/a`.
fn is_usable(value: &str) -> bool {
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let locator = (5..=8).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    digits >= 2 || (digits == 1 && locator)
}

/// Whether a number is so short that only its label makes it a reference.
fn is_weak(code: &str) -> bool {
    code.len() <= 3 && code.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a number is that of a card or an account: it names a payer, not a case.
fn is_account(bare: &str) -> bool {
    digits::card(bare) || digits::iban(bare) || digits::iban_form(bare)
}

impl Reference {
    /// Whether a reference is announced and its place left blank: `Ticket: [NUMBER]`.
    fn left_blank(&self, note: &Prepared<'_>) -> bool {
        placeholder::slots(&note.folded.text, note.blanks()).any(|(start, end)| {
            let mut spared = note.hits_of(&self.blanks_spared);
            is_labelled(note, &self.labels, start, false)
                && !spared.any(|s| (s.start as usize) < end && start < s.end as usize)
        })
    }

    fn in_text(&self, note: &Prepared<'_>) -> bool {
        let text = &note.folded.text;
        let secrets: Vec<(usize, usize)> =
            note.runs().iter().filter(|run| is_account(&run.bare(text))).map(|run| (run.start, run.end)).collect();
        codes(text, note.runs()).into_iter().any(|(start, end)| {
            let code = &text[start..end];
            // A card or account number names a payer, not a case.
            if secrets.iter().any(|(s, e)| *s < end && start < *e) {
                return false;
            }
            let labelled = is_labelled(note, &self.labels, start, is_weak(code));
            let other = !labelled && self.is_other_number(note, start);
            let plain = !code.contains(['-', '/', '#']);
            let quantity = (plain && self.is_quantity(note, start, end)) || self.is_glued_amount(code);
            let glued = !labelled && is_glued_shorthand(note, start, end);
            !other && !quantity && !glued && looks_like_reference(code, labelled)
        })
    }

    fn is_other_number(&self, note: &Prepared<'_>, start: usize) -> bool {
        note.hits_of(&self.other_numbers).any(|word| {
            let end = word.end as usize;
            if end > start || start - end > 16 {
                return false;
            }
            let between = &note.folded.text[end..start];
            // `CVV 338. Record R7KQ2M`: the word has its number already.
            let had_its_own = between
                .find(|c: char| c.is_ascii_digit())
                .is_some_and(|at| between[at..].contains(|c: char| c.is_alphabetic()));
            !had_its_own && !between.contains(['\n', ',', ';', '('])
        })
    }

    /// `R1500`, `USD1200`: a currency and its amount without a space.
    fn is_glued_amount(&self, code: &str) -> bool {
        let letters = code.bytes().take_while(u8::is_ascii_lowercase).count();
        let amount = &code[letters..];
        (1..=3).contains(&letters)
            && amount.len() <= 9
            // No amount is written `V0619`.
            && !matches!(amount.as_bytes(), [b'0', b'0'..=b'9', ..])
            && amount.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','))
            && self.unit_words.contains(&code[..letters])
    }

    fn is_quantity(&self, note: &Prepared<'_>, start: usize, end: usize) -> bool {
        let text = note.folded.text.as_bytes();
        let before = text[..start].iter().rev().find(|b| **b != b' ');
        let currency = |b: Option<&u8>| matches!(b, Some(b'$' | b'%'));
        let after = text[end..].iter().find(|b| **b != b' ');
        // £ and € end in these bytes; both are two and three bytes long in UTF-8.
        let sign_before =
            ["£", "€", "¥", "₹", "₱", "₦"].iter().any(|s| note.folded.text[..start].trim_end().ends_with(s));
        let sign_after =
            ["£", "€", "¥", "₹", "%", "°c", "元"].iter().any(|s| note.folded.text[end..].trim_start().starts_with(s));
        let masked = matches!(before, Some(b'*' | b'#')) && text[..start].ends_with(b"*");
        let unit_behind = note.hits_of(&self.units).any(|u| {
            let at = u.start as usize;
            // A single letter is a unit only right at its number: `90 a` is a preposition.
            let close = at == end || u.end - u.start > 1;
            at >= end && close && note.folded.text[end..at].trim().is_empty()
        });
        let unit_before = note.hits_of(&self.units).any(|u| {
            // Only a currency code stands in front of its number (`EUR 90`).
            let (unit_start, unit_end) = (u.start as usize, u.end as usize);
            let unit = &note.folded.text[unit_start..unit_end];
            unit_end <= start
                && unit.len() == 3
                && unit.is_ascii()
                && note.folded.text[unit_end..start].chars().all(|c| c == ' ')
        });
        currency(before) || currency(after) || sign_before || sign_after || masked || unit_behind || unit_before
    }
}

/// `yj800` in Han text: shorthand and its amount, typed small and without a space.
fn is_glued_shorthand(note: &Prepared<'_>, start: usize, end: usize) -> bool {
    let text = &note.folded.text;
    let han = |c: Option<char>| c.is_some_and(|c| c > '\u{2e80}');
    let beside = han(text[..start].chars().next_back()) || han(text[end..].chars().next());
    let letters = text[start..end].bytes().take_while(u8::is_ascii_lowercase).count();
    let digits = &text[start + letters..end];
    let small = !note.span(start, end).of(&note.note.text).contains(char::is_uppercase);
    beside && small && letters >= 2 && digits.len() <= 4 && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a reference label stands right in front (a few letters such as `n.º`, `:` or `is` between); where it must be `close`, with
/// no longer word between: `invoice shows 40` is a quantity.
fn is_labelled(note: &Prepared<'_>, labels: &[ListId], start: usize, close: bool) -> bool {
    let little = |between: &str| between.split(|c: char| !c.is_alphanumeric()).all(|word| word.chars().count() <= 3);
    note.hits_of(labels).any(|label| {
        let end = label.end as usize;
        end <= start && start - end <= 14 && {
            let between = &note.folded.text[end..start];
            !between.contains(['\n', ',', ';', '(']) && (!close || little(between))
        }
    })
}

/// The references that stand behind one of the labels, in bytes of the folded text.
pub(super) fn labelled_codes(note: &Prepared<'_>, labels: &[ListId]) -> Vec<(usize, usize)> {
    let text = &note.folded.text;
    let mut codes = codes(text, note.runs());
    codes.retain(|(start, end)| {
        is_labelled(note, labels, *start, false) && looks_like_reference(&text[*start..*end], true)
    });
    codes
}

/// Runs of letters, digits and the separators inside codes, that hold a digit.
pub(super) fn codes(text: &str, runs: &[Run]) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_alphanumeric() {
            at += 1;
            continue;
        }
        let start = at;
        while at < bytes.len()
            && (bytes[at].is_ascii_alphanumeric()
                || matches!(bytes[at], b'-' | b'/' | b'.' | b',' | b':' | b'_' | b'#')
                    && bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric))
        {
            at += 1;
        }
        if bytes[start..at].iter().any(u8::is_ascii_digit) {
            out.push((start, at));
        }
    }
    // Digit groups parted by spaces (`079 2214 460817`) are one number.
    for run in runs {
        if run.length() >= 7 && !out.contains(&(run.start, run.end)) {
            out.push((run.start, run.end));
        }
    }
    out
}

/// Whether a code is a reference and no date, time, amount or plain quantity.
fn looks_like_reference(code: &str, labelled: bool) -> bool {
    let digits = code.bytes().filter(u8::is_ascii_digit).count();
    let letters = code.bytes().filter(u8::is_ascii_lowercase).count();
    let date_or_time = letters == 0 && (code.contains(':') || is_date(code));
    let clock = letters > 0
        && digits <= 4
        && ["h", "am", "pm", "hs", "hrs", "h00"].iter().any(|unit| {
            code.trim_start_matches(|c: char| c.is_ascii_digit() || c == ':' || c == '.').starts_with(unit)
        })
        && code.starts_with(|c: char| c.is_ascii_digit());
    let amount = letters == 0 && (is_amount(code));
    if date_or_time || clock {
        return false;
    }
    // `48-72` without a label is a span of hours.
    let short_pair = letters == 0 && code.len() <= 5 && code.contains(['-', '/']);
    if !labelled && short_pair {
        return false;
    }
    // Letters and digits: a locator such as `7qx2m`.
    let mixed_locator = !code.contains(['-', '/', '.', ':'])
        && (5..=8).contains(&code.len())
        && letters >= 2
        && digits >= 1
        && !ordinal_or_measure(code);
    if labelled {
        return mixed_locator || digits >= 2 && (letters > 0 || !amount || digits >= 5);
    }
    let year = letters == 0 && digits == 4 && (code.starts_with("19") || code.starts_with("20"));
    if amount || year {
        return false;
    }
    if letters == 0 {
        return digits >= 4;
    }
    (digits >= 4 && !ordinal_or_measure(code))
        || mixed_locator
        || (digits >= 3 && code.contains(['-', '/', '#']) && letters >= 2)
}

/// `12/05`, `3-4-2026`, `2026-04-03`, `9-18`: days, also without their year, and spans of small numbers.
fn is_date(code: &str) -> bool {
    let parts: Vec<&str> = code.split(['/', '-', '.']).collect();
    let short = |p: &str| p.len() <= 2;
    let upto = |p: &str, most: u32| p.parse().is_ok_and(|n: u32| n <= most);
    let day = |a: &str, b: &str| upto(a, 31) && upto(b, 12) || upto(a, 12) && upto(b, 31);
    // A span rises: `24-48`, `30-60-90`.
    let rises = |a: &str, b: &str| matches!((a.parse::<u32>(), b.parse::<u32>()), (Ok(a), Ok(b)) if a < b);
    match parts.as_slice() {
        [a, b] => {
            short(a) && short(b) && (rises(a, b) || day(a, b) || upto(a, 31) && upto(b, 31) || a.len() + b.len() < 4)
        }
        [a, b, c] if a.len() == 4 => short(b) && short(c) && day(b, c),
        [a, b, c] if c.len() == 4 => short(a) && short(b) && day(a, b),
        [a, b, c] => [a, b, c].iter().all(|p| short(p)) && (day(a, b) || day(b, c) || rises(a, b) && rises(b, c)),
        _ => false,
    }
}

/// `1,200.50`, `90.000`, `3.45`: separators as amounts have them.
fn is_amount(code: &str) -> bool {
    if !code.contains([',', '.']) {
        return false;
    }
    let mut groups = code.split([',', '.']);
    let first = groups.next().unwrap_or("");
    (1..=3).contains(&first.len()) && groups.all(|g| g.len() == 3 || g.len() <= 2)
        || code.rsplit([',', '.']).next().is_some_and(|last| last.len() <= 2)
}

/// `20gb`, `300mbps`, `2nd`: digits and then letters that measure.
fn ordinal_or_measure(code: &str) -> bool {
    let digits = code.bytes().take_while(|b| b.is_ascii_digit() || matches!(b, b'.' | b',')).count();
    digits > 0
        && code.len() - digits <= 4
        && code[digits..].bytes().all(|b| b.is_ascii_lowercase())
        && code.len() - digits > 0
        && digits <= 4
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::runs::runs;

    fn reference(text: &str) -> bool {
        codes(text, &runs(text)).into_iter().any(|(s, e)| looks_like_reference(&text[s..e], false))
    }

    #[test]
    fn references_are_told_from_dates_times_and_amounts() {
        for good in [
            "vxt09k",
            "2024-88-19",
            "pedido 88104-col",
            "1-998-207",
            "folio 3309118",
            "gd20250311-0472",
            "9-22041",
            "079-2214460817",
        ] {
            assert!(reference(good), "{good}");
        }
        for bad in [
            "12/05/2024",
            "14:30",
            "90.000",
            "3,45",
            "a las 9:20",
            "48-72",
            "2026-04-03",
            "3/4/26",
            "300mbps",
            "2024",
            "el 16",
            "10h30",
            "50%",
        ] {
            assert!(!reference(bad), "{bad}");
        }
    }

    #[test]
    fn behind_a_label_a_pair_that_is_no_day_is_a_reference() {
        assert!(
            looks_like_reference("jt5kpa", true)
                && looks_like_reference("77-40", true)
                && looks_like_reference("41/24", true)
        );
        for bad in ["12/05", "9-18", "24-48", "24/48", "48-72"] {
            assert!(!looks_like_reference(bad, true), "{bad}");
        }
    }

    #[test]
    fn stopgaps_in_the_column_are_not_usable() {
        assert!(
            is_usable("CS-104233")
                && is_usable("QX7LDD")
                && !is_usable("XXXX")
                && !is_usable("n/a")
                && !is_usable("pending")
        );
    }
}
