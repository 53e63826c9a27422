//! A length of calendar time, as people write how old something may get.

use std::fmt;
use std::str::FromStr;

use jiff::Span;
use jiff::civil::Date;
use serde::Deserialize;

use crate::yaml::schema;

/// Days or months: `30d`, `8 weeks`, `13 months`, `13m`, `2y`. A month is a calendar month, a year twelve of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Age {
    /// So many days, at least one.
    Days(u32),
    /// So many calendar months, at least one.
    Months(u32),
}

schema!(Age, "Age", {
    "description": "A length of calendar time: days, weeks, months or years.",
    "type": "string",
    "pattern": r"^\s*[0-9]{1,4}\s*([Dd](ays?)?|[Ww](eeks?)?|[Mm](o|onths?)?|[Yy](ears?)?)\s*$",
    "examples": ["30 days", "8 weeks", "13 months", "2 years"],
});

impl Age {
    /// The day that lies so long before `day`; a month's last day where the other month is shorter.
    pub fn before(self, day: Date) -> Date {
        day.saturating_sub(self.span())
    }

    /// The day that lies so long after `day`.
    pub fn after(self, day: Date) -> Date {
        day.saturating_add(self.span())
    }

    fn span(self) -> Span {
        let span = match self {
            Age::Days(days) => Span::new().try_days(days),
            Age::Months(months) => Span::new().try_months(months),
        };
        // Four digits of any unit lie within what a span holds.
        span.unwrap_or_default()
    }
}

impl FromStr for Age {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
        let digits = &text[..text.len() - unit.len()];
        let number = digits.parse::<u32>().ok().filter(|n| (1..=9_999).contains(n));
        let age = number.and_then(|n| match unit.trim().to_lowercase().as_str() {
            "d" | "day" | "days" => Some(Age::Days(n)),
            "w" | "week" | "weeks" => Some(Age::Days(7 * n)),
            "m" | "mo" | "month" | "months" => Some(Age::Months(n)),
            "y" | "year" | "years" => Some(Age::Months(12 * n)),
            _ => None,
        });
        age.ok_or_else(|| {
            format!("`{text}` is no length of time; write `30 days`, `8 weeks`, `13 months` or `2 years`")
        })
    }
}

impl TryFrom<String> for Age {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, unit) = match self {
            Age::Days(days) => (days, "day"),
            Age::Months(months) => (months, "month"),
        };
        write!(f, "{number} {unit}{}", if *number == 1 { "" } else { "s" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn people_write_it_in_many_ways() {
        for (text, age) in [
            ("13 months", Age::Months(13)),
            ("13m", Age::Months(13)),
            ("30d", Age::Days(30)),
            ("2 Weeks", Age::Days(14)),
            ("1y", Age::Months(12)),
        ] {
            assert_eq!(text.parse(), Ok(age), "{text}");
        }
        for text in ["", "0d", "13", "d", "-3 days", "1h", "99999 years", "3 m x"] {
            assert!(text.parse::<Age>().is_err(), "{text}");
        }
    }

    #[test]
    fn months_end_where_the_calendar_ends_them() {
        assert_eq!(Age::Months(1).before(date(2026, 3, 31)), date(2026, 2, 28));
        assert_eq!(Age::Days(30).after(date(2026, 6, 1)), date(2026, 7, 1));
        assert_eq!(Age::Months(9_999 * 12).before(date(2026, 1, 1)), date(2026 - 9_999, 1, 1));
        assert_eq!(Age::Months(9_999 * 12).after(date(2026, 1, 1)), Date::MAX);
    }
}
