//! `reference_format`: a reference that is not of the company's form, or whose check digit is wrong.
//!
//! ```yaml
//! check:
//!   reference_format:
//!     formats:
//!       - {name: work order, shape: "OT-######?", check_digit: luhn}
//!       - {name: claim, shape: "CL/@@/####"}
//! ```
//!
//! In a shape, `#` is a digit, `@` a letter, `?` the check digit; anything else is itself, whatever its case. A shape starts with what
//! tells it from others (`OT-`); a code that starts so, in the text or in the reference column, must fit it.

use std::ops::Range;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Check, Compile, Compiled, Corpus, digits, reference};
use crate::model::{Hit, NotApplicable, Outcome};
use crate::text::{Prepared, Run, ScannerBuilder};

/// As written in a rule.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The company's formats; with none, the rule is not run.
    #[serde(default)]
    formats: Vec<Format>,
}

/// One format of references.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Format {
    /// What it numbers, for people.
    name: String,
    /// Its form: `#` a digit, `@` a letter, `?` the check digit.
    shape: String,
    /// How the check digit is made of the digits before it; absent: the shape has none.
    #[serde(default)]
    check_digit: Option<CheckDigit>,
}

/// How a check digit is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum CheckDigit {
    /// ISO/IEC 7812-1 annex B, as on payment cards.
    Luhn,
    /// Weights 2 to 7 from the right, modulo 11; 10 is written `X`, 11 as 0.
    Mod11,
    /// Weights 3 and 1 from the right, modulo 10, as in EAN and GTIN (GS1 General Specifications 7.9).
    Gs1,
}

impl Compile for Spec {
    fn compile(&self, _: &mut ScannerBuilder<'_>) -> Compiled {
        Ok(if self.formats.is_empty() { None } else { Some(Box::new(self.clone())) })
    }

    fn validate(&self) -> Result<(), String> {
        for format in &self.formats {
            let prefix = format.prefix();
            if prefix.chars().filter(|c| c.is_alphanumeric()).count() < 1 {
                return Err(format!(
                    "the shape of `{}` starts with nothing that tells it: write its letters first",
                    format.name
                ));
            }
            if (format.shape.matches('?').count() == 1) != format.check_digit.is_some() {
                return Err(format!("`{}` needs both `check_digit` and one `?` in its shape, or neither", format.name));
            }
        }
        Ok(())
    }
}

impl Check for Spec {
    fn check(&self, note: &Prepared<'_>, _: &Corpus) -> Outcome {
        let text = &note.folded.text;
        let mut judged = false;
        let mut hits = Vec::new();
        for format in &self.formats {
            for place in format.places(text, note.runs()) {
                judged = true;
                if !format.fits(&text[place.clone()]) {
                    let better = Some(format!("{} ({})", format.shape, format.name));
                    hits.push(Hit { better, ..Hit::at(note.span(place.start, place.end)) });
                }
            }
            let column = note.note.case_id.as_deref().map(str::to_lowercase);
            if let Some(code) = column.filter(|code| code.starts_with(&format.prefix())) {
                judged = true;
                if !format.fits(&code) {
                    let better = Some(format!("{} ({})", format.shape, format.name));
                    hits.push(Hit { better, ..Hit::note() });
                }
            }
        }
        if judged { Outcome::from_hits(hits) } else { Outcome::NotApplicable(NotApplicable::NotCalledFor) }
    }
}

impl Format {
    /// What the shape starts with before its first blank, small.
    fn prefix(&self) -> String {
        let fixed = self.shape.find(['#', '@', '?']).unwrap_or(self.shape.len());
        self.shape[..fixed].to_lowercase()
    }

    /// The codes of the text that start as this format does.
    fn places(&self, text: &str, runs: &[Run]) -> Vec<Range<usize>> {
        let prefix = self.prefix();
        let starts = |at: usize| at == 0 || !text.as_bytes()[at - 1].is_ascii_alphanumeric();
        let codes = reference::codes(text, runs).into_iter();
        codes
            .filter(|(start, end)| text[*start..*end].starts_with(&prefix) && starts(*start))
            .map(|(start, end)| start..end)
            .collect()
    }

    /// Whether a code, small, is of this form and its check digit right.
    fn fits(&self, code: &str) -> bool {
        let mut digits = String::new();
        let mut check = None;
        let mut rest = code.chars();
        for wanted in self.shape.chars() {
            let Some(c) = rest.next() else { return false };
            let right = match wanted {
                '#' => c.is_ascii_digit(),
                '@' => c.is_ascii_lowercase(),
                '?' => c.is_ascii_digit() || c == 'x',
                other => other.to_lowercase().eq([c]),
            };
            if !right {
                return false;
            }
            match wanted {
                '#' => digits.push(c),
                '?' => check = Some(c),
                _ => {}
            }
        }
        rest.next().is_none()
            && match (self.check_digit, check) {
                (Some(kind), Some(check)) => kind.of(&digits) == check,
                _ => true,
            }
    }
}

impl CheckDigit {
    /// The check digit of the digits.
    fn of(self, payload: &str) -> char {
        let from_right = || payload.bytes().rev().map(|b| u32::from(b - b'0'));
        match self {
            CheckDigit::Luhn => ('0'..='9').find(|check| digits::luhn(&format!("{payload}{check}"))).unwrap_or('0'),
            CheckDigit::Mod11 => {
                let sum: u32 = from_right().zip((2..=7).cycle()).map(|(digit, weight)| digit * weight).sum();
                match 11 - sum % 11 {
                    11 => '0',
                    10 => 'x',
                    rest => char::from(b'0' + rest as u8),
                }
            }
            CheckDigit::Gs1 => {
                let sum: u32 = from_right().zip([3, 1].into_iter().cycle()).map(|(digit, weight)| digit * weight).sum();
                char::from(b'0' + ((10 - sum % 10) % 10) as u8)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::runs::runs;

    fn format(shape: &str, check_digit: Option<CheckDigit>) -> Format {
        Format { name: "work order".into(), shape: shape.into(), check_digit }
    }

    #[test]
    fn shapes_and_check_digits_are_held_to() {
        let plain = format("CL/@@/####", None);
        assert_eq!(plain.prefix(), "cl/");
        assert!(plain.fits("cl/ab/0421") && !plain.fits("cl/a1/0421") && !plain.fits("cl/ab/04215"));
        let luhn = format("OT-######?", Some(CheckDigit::Luhn));
        // Published examples: Luhn's 79927398713, the GTIN 6291041500213 of GS1, Chile's RUT 12345678-5.
        assert_eq!(CheckDigit::Luhn.of("7992739871"), '3');
        assert_eq!(CheckDigit::Gs1.of("629104150021"), '3');
        assert_eq!(CheckDigit::Mod11.of("12345678"), '5');
        assert!(luhn.fits("ot-1042332") && !luhn.fits("ot-1042339"));
    }

    #[test]
    fn codes_are_found_by_what_they_start_with() {
        let format = format("OT-####", None);
        let text = "visita ot-1234, otra ot-12 y foto-1234";
        let found: Vec<&str> = format.places(text, &runs(text)).into_iter().map(|place| &text[place]).collect();
        assert_eq!(found, ["ot-1234", "ot-12"]);
    }
}
