//! Values of columns: days and moments.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};

use super::DateOrder;

/// What a language calls the parts of a date, in lower case.
#[derive(Debug, Clone, Default)]
pub(super) struct DateWords {
    /// Names of months, long and short, and their number.
    pub months: HashMap<String, i8>,
    /// Words for the halves of a day, without points and spaces, and whether it is the second.
    pub halves: HashMap<String, bool>,
}

/// How the days of a column are read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Reading<'c> {
    /// In what order day, month and year are written, where it is known.
    pub order: Option<DateOrder>,
    /// Whether the column is of universal time, where a value does not tell its own offset.
    pub utc: bool,
    /// Where the days are counted; absent: as they are written.
    pub zone: Option<&'c TimeZone>,
}

/// A moment as written.
struct Stamp {
    date: Written,
    time: Option<Time>,
    /// Where the value tells it.
    offset: Option<Offset>,
    /// Whether it says by itself that it is universal time.
    utc: bool,
}

/// A day as written.
pub(super) enum Written {
    /// It leaves no doubt: the year of four digits comes first (`2026-05-04T08:00`, `2026/5/4`, `2026年5月4日`, `20260504`).
    Clear(Date),
    /// What it is in each order of [`DateOrder::ALL`] (`04/05/2026`, `04.05.26`), and whether points stand between.
    Doubtful { readings: [Option<Date>; 3], points: bool },
}

/// The day of a value; `None` where it is none in any order.
pub(super) fn written(value: &str, words: &DateWords) -> Option<Written> {
    Some(stamp(value, words)?.date)
}

fn stamp(value: &str, words: &DateWords) -> Option<Stamp> {
    let value = value.trim();
    if let Some(stamp) = counted(value) {
        return Some(stamp);
    }
    let date = month_named(value, words).map(Written::Clear).or_else(|| by_numbers(value))?;
    let (time, offset, utc) = time_of(value, words);
    Some(Stamp { date, time, offset, utc })
}

/// Digits alone: seconds, milliseconds or microseconds since 1970, a day and a time without signs between (`20190422135716`), or the
/// number of a day as spreadsheets count them (`46146.5`).
fn counted(value: &str) -> Option<Stamp> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    if !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = whole.parse().ok()?;
    let since = match whole.len() {
        10 => Timestamp::from_second(number),
        13 => Timestamp::from_millisecond(number),
        16 => Timestamp::from_microsecond(number),
        12 | 14 if fraction.is_empty() => {
            let (day, time) = whole.split_at(8);
            let part = |at: usize| time.get(at..at + 2).and_then(|part| part.parse::<i8>().ok()).unwrap_or(0);
            let time = Time::new(part(0), part(2), part(4), 0).ok()?;
            return Some(Stamp { date: by_numbers(day)?, time: Some(time), offset: None, utc: false });
        }
        5 => return serial(value.parse().ok()?),
        _ => return None,
    };
    let moment = since.ok().map(|since| Offset::UTC.to_datetime(since))?;
    Some(Stamp { date: Written::Clear(moment.date()), time: Some(moment.time()), offset: Some(Offset::UTC), utc: true })
}

/// Days since the 30th of December 1899, as a spreadsheet shows a day whose cell lost its format: of the years in which there were
/// spreadsheets.
fn serial(days: f64) -> Option<Stamp> {
    const YEARS: std::ops::Range<f64> = 29_221.0..73_051.0;
    let first = jiff::civil::date(1899, 12, 30).at(0, 0, 0, 0);
    let seconds = YEARS.contains(&days).then(|| (days * 86_400.0).round() as i64)?;
    let moment = first.checked_add(jiff::SignedDuration::from_secs(seconds)).ok()?;
    Some(Stamp { date: Written::Clear(moment.date()), time: Some(moment.time()), offset: None, utc: false })
}

/// A day whose month is a word: `04-may-2026`, `May 4, 2026`, `4 mai 2026`. The last word that names a month does: in Spanish and
/// French, short names of days look like some.
fn month_named(value: &str, words: &DateWords) -> Option<Date> {
    if words.months.is_empty() || !value.chars().any(char::is_alphabetic) {
        return None;
    }
    let month = value.split(|c: char| !c.is_alphabetic()).filter(|word| !is_of_iso(word));
    let month = month.filter_map(|word| words.months.get(&word.to_lowercase()).copied()).next_back()?;
    let dated = hour_at(value).map_or(value, |at| &value[..at]);
    let mut numbers = dated.split(|c: char| !c.is_ascii_digit()).filter(|part| matches!(part.len(), 1 | 2 | 4));
    let (first, second) = (numbers.next()?, numbers.next()?);
    let (day, year) = if first.len() == 4 { (second, first) } else { (first, second) };
    let year: i32 = year.parse().ok()?;
    date(if year < 100 { 2_000 + year } else { year }, i32::from(month), day.parse().ok()?)
}

/// Whether it is a letter of ISO 8601, which stands before or behind most times, or nothing.
fn is_of_iso(word: &str) -> bool {
    matches!(word, "" | "T" | "Z")
}

/// Where the hour of a time starts: digits with a colon, or the sign for hours, and digits behind.
fn hour_at(value: &str) -> Option<usize> {
    let bytes = value.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let sign = (1..bytes.len()).find(|at| matches!(bytes[*at], b':' | b'h') && digit(at - 1) && digit(at + 1))?;
    Some(if sign > 1 && digit(sign - 2) { sign - 2 } else { sign - 1 })
}

/// The time of day, the offset, and whether it is written as universal time.
fn time_of(value: &str, words: &DateWords) -> (Option<Time>, Option<Offset>, bool) {
    let Some(at) = hour_at(value) else { return (None, None, false) };
    let (before, text) = value.split_at(at);
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let number = |text: &str| text.parse::<i8>().unwrap_or(-1);
    let (hour, rest) = text.split_at(digits(text));
    let (minute, mut rest) = rest[1..].split_at(digits(&rest[1..]));
    let mut second = "0";
    if let Some(behind) = rest.strip_prefix(':') {
        (second, rest) = behind.split_at(digits(behind));
        if let Some(fraction) = rest.strip_prefix(['.', ',']) {
            rest = &fraction[digits(fraction)..];
        }
    }
    let half = |text: &str| {
        let word = || text.replace(['.', ' ', '\u{a0}', '\u{202f}'], "").to_lowercase();
        if is_of_iso(text) { None } else { words.halves.get(&word()).copied() }
    };
    let lettered = |c: char| c.is_alphabetic() || matches!(c, '.' | ' ' | '\u{a0}' | '\u{202f}');
    let behind = rest.find(|c: char| !lettered(c)).unwrap_or(rest.len());
    let ahead =
        before.rfind(|c: char| !lettered(c)).map_or(before, |at| before[at..].trim_start_matches(|c| !lettered(c)));
    let second_half = half(&rest[..behind]).or_else(|| half(ahead));
    let hour = match (second_half, number(hour)) {
        (Some(true), hour @ 0..12) => hour + 12,
        (Some(false), 12) => 0,
        (_, hour) => hour,
    };
    let time = Time::new(hour, number(minute), number(second), 0).ok();
    let rest = rest.trim();
    let named = ["UTC", "GMT", "Z"].iter().find_map(|name| rest.strip_prefix(name));
    match (offset(named.unwrap_or(rest)), named) {
        (Some(offset), _) => (time, Some(offset), false),
        (None, Some(_)) => (time, Some(Offset::UTC), true),
        (None, None) => (time, None, false),
    }
}

/// An offset as ISO 8601 writes it: `+02:00`, `-0500`, `+02`.
fn offset(text: &str) -> Option<Offset> {
    let sign = match text.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let digits: String = text[1..].chars().filter(char::is_ascii_digit).take(4).collect();
    let hours: i32 = digits.get(..2)?.parse().ok()?;
    let minutes: i32 = digits.get(2..4).map_or(Some(0), |minutes| minutes.parse().ok())?;
    Offset::from_seconds(sign * (hours * 60 + minutes) * 60).ok()
}

fn by_numbers(value: &str) -> Option<Written> {
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

impl Written {
    /// The day in the order in which the column is written. Without one, of a date that leaves no doubt: the year first, points
    /// between (`04.05.2026`), or a day that can be no month (`25/05/2026`, `05/25/2026`).
    fn read(self, order: Option<DateOrder>) -> Option<Date> {
        match (self, order) {
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
}

/// The day of a moment; where a zone is set, of the contact's clock there, if the moment tells its offset or its column does.
pub(super) fn day(value: &str, reading: Reading<'_>, words: &DateWords) -> Option<Date> {
    let stamp = stamp(value, words)?;
    let date = stamp.date.read(reading.order)?;
    let offset = stamp.offset.or(reading.utc.then_some(Offset::UTC));
    match (reading.zone, offset, stamp.time) {
        (Some(zone), Some(offset), Some(time)) => {
            let moment = offset.to_timestamp(date.to_datetime(time)).ok()?;
            Some(zone.to_datetime(moment).date())
        }
        _ => Some(date),
    }
}

/// Whether the moment says by itself that it is universal time: `Z`, or a count of seconds since 1970.
pub(super) fn is_utc(value: &str, words: &DateWords) -> bool {
    stamp(value, words).is_some_and(|stamp| stamp.utc)
}

fn date(year: i32, month: i32, day: i32) -> Option<Date> {
    Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> DateWords {
        let months = [("may", 5), ("mai", 5), ("mayo", 5), ("lun", 0)].map(|(name, month)| (name.to_owned(), month));
        let halves = [("am", false), ("pm", true), ("下午", true)].map(|(name, half)| (name.to_owned(), half));
        DateWords { months: months.into_iter().filter(|(_, m)| *m > 0).collect(), halves: halves.into() }
    }

    fn read(text: &str, order: Option<DateOrder>) -> Option<Date> {
        day(text, Reading { order, ..Reading::default() }, &words())
    }

    #[test]
    fn days_that_leave_no_doubt() {
        for text in [
            "2026-05-25T08:00:00Z",
            "2026-05-25",
            "2026/5/25 8:00",
            "2026年5月25日",
            "20260525",
            "20260525135716",
            "2026-05-25 13:57:16.073",
            "1779696000",
            "1779696000000",
            "25-may-2026",
            "25-May-26 10:00",
            "May 25, 2026 7:00 PM",
            "lun. 25 mai 2026",
            "25 de mayo de 2026",
            "25.05.2026",
            "25/05/2026 10:00",
            "5/25/2026",
        ] {
            assert_eq!(read(text, None), Date::new(2026, 5, 25).ok(), "{text}");
        }
        assert_eq!(read("05.04.2026", None), Date::new(2026, 4, 5).ok());
        assert_eq!(read("05/05/2026", None), Date::new(2026, 5, 5).ok());
        for text in ["", "05/04/2026", "25/04/26", "2026-13-01", "30/02/2026", "soon", "12:30", "12:30:45", "17796960"]
        {
            assert_eq!(read(text, None), None, "{text}");
        }
    }

    #[test]
    fn days_in_the_order_of_their_column() {
        for (text, order, read_as) in [
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
            let expected = read_as.and_then(|(month, day)| Date::new(2026, month, day).ok());
            assert_eq!(read(text, Some(order)), expected, "{text} as {order}");
        }
    }

    #[test]
    fn a_zone_moves_what_tells_its_offset_to_the_day_of_the_contact() {
        let zone = TimeZone::get("Europe/Madrid").unwrap();
        let there = |text: &str, utc: bool| {
            let reading = Reading { order: Some(DateOrder::Mdy), utc, zone: Some(&zone) };
            day(text, reading, &words()).map(|day| day.day())
        };
        for (text, utc, read) in [
            ("2026-05-04T22:30:00Z", false, 5),
            ("2026-05-04T22:30:00", false, 4),
            ("2026-05-04T22:30:00", true, 5),
            ("2026-05-04 22:30:00.073+0200", true, 4),
            ("2026-05-04T20:30:00-05:00", false, 5),
            ("2026-05-04 23:30 GMT+1", false, 5),
            ("5/4/26 10:30 PM", true, 5),
            ("5/4/26 10:30 p. m.", true, 5),
            ("5/4/26 12:10 AM", true, 4),
            ("2026/5/4 下午10:30", true, 5),
            ("20260504223000", true, 5),
            ("1777933800", false, 5),
            ("46146", false, 4),
            ("46146.9375", false, 4),
            ("46146.9375", true, 5),
            ("2026-05-04", true, 4),
        ] {
            assert_eq!(there(text, utc), Some(read), "{text}");
        }
        assert!(is_utc("2026-05-04T22:30:00Z", &words()) && is_utc("1777933800000", &words()));
        assert!(!is_utc("2026-05-04T22:30:00+00:00", &words()) && !is_utc("04/05/2026 10:00", &words()));
    }
}
