//! Values of columns: durations.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::yaml::schema;

/// Unit of a duration: of a bare number, where the header or the preset tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema)]
pub enum Unit {
    /// Seconds, also where nothing is told.
    #[default]
    #[serde(rename = "s")]
    Seconds,
    /// Thousandths of a second.
    #[serde(rename = "ms")]
    Milliseconds,
    /// Minutes.
    #[serde(rename = "min")]
    Minutes,
    /// Hours.
    #[serde(rename = "h")]
    Hours,
}

/// Words for units, in lower case, besides the symbols of every language.
pub(super) type Units = HashMap<String, Unit>;

/// What two numbers with a colon between are: `1:35`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Clock {
    /// Minutes and seconds.
    #[default]
    Minutes,
    /// Hours and minutes.
    Hours,
}

impl Unit {
    /// The unit of a symbol or word.
    pub(super) fn of(word: &str, units: &Units) -> Option<Self> {
        match word {
            "h" => Some(Unit::Hours),
            "m" | "min" | "'" | "′" => Some(Unit::Minutes),
            "s" | "\"" | "″" | "''" => Some(Unit::Seconds),
            "ms" => Some(Unit::Milliseconds),
            word => units.get(word).copied(),
        }
    }

    fn seconds(self, value: f64) -> f64 {
        match self {
            Unit::Seconds => value,
            Unit::Milliseconds => value / 1000.0,
            Unit::Minutes => value * 60.0,
            Unit::Hours => value * 3600.0,
        }
    }
}

/// Seconds of a duration: `95`, `95.5`, `95,5`, `9.5E+01`, `1:35`, `00:01:35.200`, `0 days 00:01:35`, `1m35s`, `1h 2m`, `19m 10s`,
/// `1'35"`, `PT1M35S`, `1分35秒`; `None` where it is empty or none of these. `clock` says what two numbers are.
pub(super) fn duration(value: &str, unit: Unit, clock: Clock, units: &Units) -> Option<u32> {
    let value = value.trim().to_lowercase();
    let seconds = number(&value)
        .map(|n| unit.seconds(n))
        .or_else(|| colons(&value, clock))
        .or_else(|| days(&value))
        .or_else(|| named(value.strip_prefix("pt").unwrap_or(&value), units))?;
    (seconds >= 0.0 && seconds < f64::from(u32::MAX)).then(|| seconds.round() as u32)
}

/// A duration as people write it: `95`, `1:35`, `1m35s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Seconds(pub u32);

schema!(Seconds, "Seconds", {
    "description": "A duration: a number of seconds, or as `1:35`, `1m35s`, `2 min`.",
    "type": ["integer", "string"],
    "minimum": 0,
    "pattern": "[0-9]",
    "examples": [95, "1:35", "1m35s"],
});

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Duration;
        impl Visitor<'_> for Duration {
            type Value = Seconds;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a duration such as `95`, `1:35` or `1m35s`")
            }

            fn visit_u64<E: Error>(self, seconds: u64) -> Result<Seconds, E> {
                u32::try_from(seconds).map(Seconds).map_err(E::custom)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Seconds, E> {
                text.parse().map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_any(Duration)
    }
}

impl FromStr for Seconds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        seconds(text).map(Seconds).ok_or_else(|| format!("`{text}` is no duration; write `95`, `1:35` or `1m35s`"))
    }
}

/// Seconds of a duration in any form that exports have; a bare number is seconds. `None` where it is none.
pub fn seconds(value: &str) -> Option<u32> {
    duration(value, Unit::Seconds, Clock::Minutes, &Units::new())
}

fn number(text: &str) -> Option<f64> {
    // Spreadsheets write `1.5e+02` where a column is narrow.
    let (digits, power) = text.split_once('e').unwrap_or((text, "0"));
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','));
    let power: i32 = power.parse().ok().filter(|power| (-9..=9).contains(power))?;
    let digits: f64 = plain.then(|| digits.replace(',', ".").parse().ok())??;
    Some(if power == 0 { digits } else { digits * 10_f64.powi(power) })
}

/// `0 days 00:01:35`, as data frames write a duration, and `1 day, 2:03:04`.
fn days(text: &str) -> Option<f64> {
    let (days, time) = text.split_once(' ')?;
    let time = time.strip_prefix("days").or_else(|| time.strip_prefix("day"))?;
    let time = time.trim_start_matches([',', ' ']);
    let seconds = if time.is_empty() { Some(0.0) } else { colons(time, Clock::Minutes) };
    Some(number(days)? * 86_400.0 + seconds?)
}

fn colons(text: &str, clock: Clock) -> Option<f64> {
    let parts: Vec<f64> = text.split(':').map(number).collect::<Option<_>>()?;
    match parts.as_slice() {
        [h, m] if clock == Clock::Hours => Some(h * 3600.0 + m * 60.0),
        [m, s] => Some(m * 60.0 + s),
        [h, m, s] => Some(h * 3600.0 + m * 60.0 + s),
        _ => None,
    }
}

fn named(text: &str, units: &Units) -> Option<f64> {
    let mut total = 0.0;
    let mut digits = String::new();
    let mut unit = String::new();
    let mut any = false;
    let mut add = |digits: &mut String, unit: &mut String| -> Option<()> {
        let value = number(digits)?;
        total += Unit::of(unit.trim().trim_end_matches(['.', ',']), units)?.seconds(value);
        digits.clear();
        unit.clear();
        any = true;
        Some(())
    };
    for c in text.chars() {
        if c.is_ascii_digit() || (matches!(c, '.' | ',') && unit.is_empty()) {
            if !unit.trim().is_empty() {
                add(&mut digits, &mut unit)?;
            }
            unit.clear();
            digits.push(c);
        } else {
            unit.push(c);
        }
    }
    add(&mut digits, &mut unit)?;
    any.then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_of_real_exports() {
        let units = Units::from([("分".to_owned(), Unit::Minutes), ("秒".to_owned(), Unit::Seconds)]);
        for (text, seconds) in [
            ("95", 95),
            ("95.5", 96),
            ("95,4", 95),
            ("1:35", 95),
            ("75:20", 4520),
            ("00:01:35", 95),
            ("00:01:35.200", 95),
            ("1m35s", 95),
            ("1 min. 35 s", 95),
            ("19m 10s", 1150),
            ("PT1M35S", 95),
            ("1h 2m", 3720),
            ("1分35秒", 95),
            ("1'35\"", 95),
            ("0 days 00:01:35", 95),
            ("0 days 00:01:35.200000", 95),
            ("1 day, 0:01:35", 86_495),
            ("9.5E+01", 95),
            ("0", 0),
        ] {
            assert_eq!(duration(text, Unit::Seconds, Clock::Minutes, &units), Some(seconds), "{text}");
        }
        assert_eq!(duration("95000", Unit::Milliseconds, Clock::Minutes, &units), Some(95));
        assert_eq!(duration("1:35", Unit::Seconds, Clock::Hours, &units), Some(5700));
        assert_eq!(duration("1,5", Unit::Minutes, Clock::Minutes, &units), Some(90));
        for text in ["", "n/a", "soon", "-5", "5 apples", "1e99", "e5", "1 day soon"] {
            assert_eq!(duration(text, Unit::Seconds, Clock::Minutes, &units), None, "{text}");
        }
    }
}
