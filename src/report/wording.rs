//! Texts and numbers as the readers of one language write them.

use std::collections::BTreeMap;

use crate::rules::Language;

/// What the pages say in one language; every form of number comes from its `report.yaml`.
#[derive(Debug, Clone, Default)]
pub(super) struct Wording {
    texts: BTreeMap<String, String>,
}

impl Wording {
    pub(super) fn of(language: &Language) -> Self {
        Wording { texts: language.wording.clone() }
    }

    /// The text of a key.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.texts.get(key).map(String::as_str)
    }

    /// The text of a key, or the key itself, which shows what is missing.
    pub(super) fn or_key(&self, key: &str) -> String {
        self.text(key).unwrap_or(key).to_owned()
    }

    /// Texts whose key starts with `prefix`, without it.
    pub(super) fn below(&self, prefix: &str) -> BTreeMap<String, String> {
        let strip = |(key, text): (&String, &String)| Some((key.strip_prefix(prefix)?.to_owned(), text.clone()));
        self.texts.iter().filter_map(strip).collect()
    }

    /// `field.value` where the language has a word for it, the value as written otherwise.
    pub(super) fn term(&self, field: &str, value: &str) -> String {
        self.text(&format!("{field}.{value}")).unwrap_or(value).to_owned()
    }

    /// The form of a text for that many things: `key.one` or `key.other`, with `{n}` filled in.
    pub(super) fn count(&self, key: &str, count: u64) -> Option<String> {
        let form = match count {
            0 => self.text("format.zero").unwrap_or("other"),
            1 => "one",
            _ => "other",
        };
        Some(self.text(&format!("{key}.{form}"))?.replace("{n}", &self.number(count)))
    }

    /// A whole number with its groups of thousands.
    pub(super) fn number(&self, number: u64) -> String {
        let digits = number.to_string();
        let from = self.text("format.group_from").and_then(|from| from.parse().ok()).unwrap_or(1_000);
        if number < from {
            return digits;
        }
        let group = self.text("format.group").unwrap_or("");
        let mut out = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                out.push_str(group);
            }
            out.push(digit);
        }
        out
    }

    /// Hundredths of a per cent with one decimal, or none.
    pub(super) fn percent(&self, basis_points: u64, decimal: bool) -> String {
        let number = if decimal {
            let tenths = (basis_points + 5) / 10;
            format!("{}{}{}", tenths / 10, self.text("format.decimal").unwrap_or("."), tenths % 10)
        } else {
            ((basis_points + 50) / 100).to_string()
        };
        self.text("format.percent").unwrap_or("{n} %").replace("{n}", &number)
    }

    /// A score from 0 to 100 with one decimal.
    pub(super) fn score(&self, basis_points: u64) -> String {
        let tenths = (basis_points + 5) / 10;
        format!("{}{}{}", tenths / 10, self.text("format.decimal").unwrap_or("."), tenths % 10)
    }

    /// A difference in hundredths of a point with one decimal and its sign.
    pub(super) fn signed(&self, basis_points: i64) -> String {
        let size = self.score(basis_points.unsigned_abs());
        let sign = match basis_points {
            -4..=4 => "±",
            5.. => "+",
            _ => "−",
        };
        format!("{sign}{size}")
    }

    /// A coefficient between −1 and 1 with two decimals.
    pub(super) fn coefficient(&self, value: f64) -> String {
        // No minus before a zero.
        let hundredths = (value * 100.0).round() as i64;
        let sign = if hundredths < 0 { "−" } else { "" };
        let size = hundredths.unsigned_abs();
        format!("{sign}{}{}{:02}", size / 100, self.text("format.decimal").unwrap_or("."), size % 100)
    }

    /// Seconds as minutes and seconds.
    pub(super) fn clock(&self, seconds: u64) -> String {
        format!("{}:{:02}", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wording(pairs: &[(&str, &str)]) -> Wording {
        Wording { texts: pairs.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect() }
    }

    #[test]
    fn numbers_follow_the_language() {
        let spanish = wording(&[
            ("format.decimal", ","),
            ("format.group", "."),
            ("format.group_from", "10000"),
            ("format.percent", "{n} %"),
        ]);
        assert_eq!((spanish.number(1234), spanish.number(1_234_567)), ("1234".into(), "1.234.567".into()));
        assert_eq!((spanish.percent(8754, true), spanish.percent(8754, false)), ("87,5 %".into(), "88 %".into()));
        assert_eq!(spanish.clock(125), "2:05");
        assert_eq!([-154, 0, 1_740].map(|n| spanish.signed(n)), ["−1,5", "±0,0", "+17,4"]);
        assert_eq!([-0.624, -0.001, 1.0].map(|n| spanish.coefficient(n)), ["−0,62", "0,00", "1,00"]);
    }

    #[test]
    fn one_and_many_and_none_have_their_forms() {
        let french = wording(&[("notes.one", "{n} note"), ("notes.other", "{n} notes"), ("format.zero", "one")]);
        let forms: Vec<_> = [0, 1, 2].into_iter().filter_map(|n| french.count("notes", n)).collect();
        assert_eq!(forms, ["0 note", "1 note", "2 notes"]);
    }
}
