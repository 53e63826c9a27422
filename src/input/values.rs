//! Values of columns: durations and days.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::DateOrder;

/// Unit of a bare number, where the header tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Unit {
    /// Seconds, also where nothing is told.
    #[default]
    Seconds,
    /// Thousandths of a second.
    Milliseconds,
    /// Minutes.
    Minutes,
    /// Hours.
    Hours,
}

impl Unit {
    /// The unit that the last word of a header names.
    pub(super) fn of_header(header: &str) -> Self {
        match header.rsplit(' ').next().unwrap_or("") {
            "ms" | "millis" | "milliseconds" | "tacw" | "ttalk" => Unit::Milliseconds,
            "min" | "mins" | "minutes" | "minutos" => Unit::Minutes,
            "hrs" | "hours" | "horas" | "heures" => Unit::Hours,
            _ => Unit::Seconds,
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

/// Seconds of a duration: `95`, `95.5`, `95,5`, `1:35`, `00:01:35.200`, `1m35s`, `1h 2m`, `19m 10s`, `PT1M35S`, `1分35秒`;
/// `None` where it is empty or none of these.
pub(super) fn duration(value: &str, unit: Unit) -> Option<u32> {
    let value = value.trim().to_lowercase();
    let seconds = number(&value)
        .map(|n| unit.seconds(n))
        .or_else(|| clock(&value))
        .or_else(|| named(value.strip_prefix("pt").unwrap_or(&value)))?;
    (seconds >= 0.0 && seconds < f64::from(u32::MAX)).then(|| seconds.round() as u32)
}

/// A duration as people write it: `95`, `1:35`, `1m35s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Seconds(pub u32);

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

/// A day as written.
pub(super) enum Written {
    /// It leaves no doubt: the year of four digits comes first (`2026-05-04T08:00`, `2026/5/4`, `2026年5月4日`, `20260504`).
    Clear(Date),
    /// What it is in each order of [`DateOrder::ALL`] (`04/05/2026`, `04.05.26`), and whether points stand between.
    Doubtful { readings: [Option<Date>; 3], points: bool },
}

/// The day of a value; `None` where it is none in any order.
pub(super) fn written(value: &str) -> Option<Written> {
    let value = value.trim();
    let mut parts = value.splitn(4, |c: char| !c.is_ascii_digit());
    let mut next = || parts.next().filter(|part| !part.is_empty() && part.len() <= 8);
    let first = next()?;
    if let (8, Ok(packed)) = (first.len(), first.parse::<i32>()) {
        return date(packed / 10_000, packed / 100 % 100, packed % 100).map(Written::Clear);
    }
    let (second, third) = (next()?, next()?);
    let [a, b, c] = [first, second, third].map(|part| part.parse::<i32>().unwrap_or(0));
    let mut between = value.chars().filter(|c| !c.is_ascii_digit());
    let separators = (between.next()?, between.next()?);
    let points = separators == ('.', '.');
    match (first.len(), third.len()) {
        (4, _) => date(a, b, c).map(Written::Clear),
        (1 | 2, 4) => Some(Written::Doubtful { readings: [date(c, b, a), date(c, a, b), None], points }),
        // Of two digits each, which a time has too.
        (1 | 2, 2) if matches!(separators, ('/', '/') | ('-', '-') | ('.', '.')) => {
            let ymd = date(2_000 + a, b, c).filter(|_| first.len() == 2);
            Some(Written::Doubtful { readings: [date(2_000 + c, b, a), date(2_000 + c, a, b), ymd], points })
        }
        _ => None,
    }
}

/// The day of a date in the order in which the column is written. Without one, of a date that leaves no doubt: the year first, points
/// between (`04.05.2026`), or a day that can be no month (`25/05/2026`, `05/25/2026`).
pub(super) fn day(value: &str, order: Option<DateOrder>) -> Option<Date> {
    match (written(value)?, order) {
        (Written::Clear(day), _) => Some(day),
        (Written::Doubtful { readings, .. }, Some(order)) => {
            readings.into_iter().zip(DateOrder::ALL).find(|(_, known)| *known == order).and_then(|(day, _)| day)
        }
        (Written::Doubtful { readings: [_, _, Some(_)], .. }, None) => None,
        (Written::Doubtful { readings: [day, ..], points: true }, None) => day,
        (Written::Doubtful { readings: [dmy, mdy, _], .. }, None) => match (dmy, mdy) {
            (Some(one), Some(other)) => (one == other).then_some(one),
            (one, other) => one.or(other),
        },
    }
}

fn date(year: i32, month: i32, day: i32) -> Option<Date> {
    Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok()
}

/// Seconds of a duration in any form that exports have; a bare number is seconds. `None` where it is none.
pub fn seconds(value: &str) -> Option<u32> {
    duration(value, Unit::Seconds)
}

fn number(text: &str) -> Option<f64> {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','));
    plain.then(|| text.replace(',', ".").parse().ok())?
}

fn clock(text: &str) -> Option<f64> {
    let parts: Vec<f64> = text.split(':').map(number).collect::<Option<_>>()?;
    match parts.as_slice() {
        [m, s] => Some(m * 60.0 + s),
        [h, m, s] => Some(h * 3600.0 + m * 60.0 + s),
        _ => None,
    }
}

fn named(text: &str) -> Option<f64> {
    let mut total = 0.0;
    let mut digits = String::new();
    let mut unit = String::new();
    let mut any = false;
    let mut add = |digits: &mut String, unit: &mut String| -> Option<()> {
        let value = number(digits)?;
        total += match unit.trim() {
            "h" | "hr" | "hrs" | "hour" | "hours" | "小时" | "时" => value * 3600.0,
            "m" | "min" | "mins" | "minutes" | "minute" | "分" | "分钟" => value * 60.0,
            "s" | "sec" | "secs" | "seg" | "seconds" | "second" | "秒" => value,
            "ms" => value / 1000.0,
            _ => return None,
        };
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
    fn days_that_leave_no_doubt() {
        for text in [
            "2026-05-25T08:00:00Z",
            "2026-05-25",
            "2026/5/25 8:00",
            "2026年5月25日",
            "20260525",
            "25.05.2026",
            "25/05/2026 10:00",
            "5/25/2026",
        ] {
            assert_eq!(day(text, None), Date::new(2026, 5, 25).ok(), "{text}");
        }
        assert_eq!(day("05.04.2026", None), Date::new(2026, 4, 5).ok());
        assert_eq!(day("05/05/2026", None), Date::new(2026, 5, 5).ok());
        for text in
            ["", "05/04/2026", "25/04/26", "2026-13-01", "30/02/2026", "soon", "12:30", "12:30:45", "1779696000000"]
        {
            assert_eq!(day(text, None), None, "{text}");
        }
    }

    #[test]
    fn days_in_the_order_of_their_column() {
        for (text, order, read) in [
            ("05/04/2026 8:00", DateOrder::Dmy, Some((4, 5))),
            ("5/4/2026", DateOrder::Mdy, Some((5, 4))),
            ("05.04.2026", DateOrder::Mdy, Some((5, 4))),
            ("05-04-26", DateOrder::Dmy, Some((4, 5))),
            ("26/05/04", DateOrder::Ymd, Some((5, 4))),
            ("2026-05-04", DateOrder::Dmy, Some((5, 4))),
            ("25/04/2026", DateOrder::Mdy, None),
            ("05/04/2026", DateOrder::Ymd, None),
            ("12:30:45", DateOrder::Ymd, None),
        ] {
            let read = read.and_then(|(month, day)| Date::new(2026, month, day).ok());
            assert_eq!(day(text, Some(order)), read, "{text} as {order}");
        }
    }

    #[test]
    fn durations_of_real_exports() {
        for (text, seconds) in [
            ("95", 95),
            ("95,4", 95),
            ("1:35", 95),
            ("00:01:35", 95),
            ("00:01:35.200", 95),
            ("1m35s", 95),
            ("19m 10s", 1150),
            ("PT1M35S", 95),
            ("1h 2m", 3720),
            ("1分35秒", 95),
            ("0", 0),
        ] {
            assert_eq!(duration(text, Unit::Seconds), Some(seconds), "{text}");
        }
        assert_eq!(duration("95000", Unit::of_header("tacw")), Some(95));
        for text in ["", "n/a", "soon", "-5"] {
            assert_eq!(duration(text, Unit::Seconds), None, "{text}");
        }
    }
}
