//! A cell as a person reads it.

use calamine::{Data, DataRef, ExcelDateTime};
use jiff::Unit;
use jiff::civil::DateTime;

/// The text of a cell: whole numbers without a point, days as `2026-05-04`, moments as `2026-05-04 10:02:00`, durations and times of
/// day as `h:mm:ss`, errors as they are written.
pub(super) fn text(value: &Data) -> String {
    match value {
        Data::Empty => String::new(),
        Data::String(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        Data::Float(value) => number(*value),
        Data::Bool(value) => value.to_string(),
        Data::DateTime(value) => moment(value),
        Data::DateTimeIso(text) => iso_moment(text),
        Data::DurationIso(text) => iso_duration(text),
        Data::Error(error) => error.to_string(),
    }
}

/// Writes the same of a cell that is not kept.
pub(super) fn write(value: &DataRef<'_>, out: &mut String) {
    match value {
        DataRef::SharedString(text) => out.push_str(text),
        DataRef::String(text) => out.push_str(text),
        value => out.push_str(&text(&Data::from(value.clone()))),
    }
}

/// A number with the 15 digits that spreadsheets keep.
pub(super) fn number(value: f64) -> String {
    let text = value.to_string();
    // Shorter ones have no digits that only the computer's arithmetic made.
    if text.len() <= 16 {
        return text;
    }
    format!("{value:.14e}").parse::<f64>().map_or(text, |rounded| rounded.to_string())
}

fn moment(value: &ExcelDateTime) -> String {
    let days = value.as_f64();
    if value.is_duration() || (0.0..1.0).contains(&days) {
        return clock((days * 86_400.0).round() as i64);
    }
    let (year, month, day, hour, minute, second, milli) = value.to_ymd_hms_milli();
    let civil = i16::try_from(year).ok().and_then(|year| {
        let (month, day) = (month as i8, day as i8);
        DateTime::new(year, month, day, hour as i8, minute as i8, second as i8, i32::from(milli) * 1_000_000).ok()
    });
    // Excel knows a day that never was: the 29th of February 1900.
    let Some(civil) = civil.and_then(|civil| civil.round(Unit::Second).ok()) else { return number(days) };
    if civil.time() == jiff::civil::Time::midnight() {
        civil.date().to_string()
    } else {
        civil.strftime("%Y-%m-%d %H:%M:%S").to_string()
    }
}

/// A moment that stands in its cell as a mere number: days since the end of 1899. `None` of what is no such number.
pub(super) fn serial(text: &str) -> Option<String> {
    /// The days from 1954 to 2064.
    const LIKELY: std::ops::Range<f64> = 20_000.0..60_000.0;
    let days = text.parse::<f64>().ok().filter(|days| LIKELY.contains(days))?;
    Some(moment(&ExcelDateTime::new(days, calamine::ExcelDateTimeType::DateTime, false)))
}

/// `2026-05-04T10:02:00` as people write it.
pub(super) fn iso_moment(text: &str) -> String {
    match text.parse::<DateTime>() {
        Ok(civil) if text.contains('T') && !text.ends_with('Z') => civil.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        _ => text.to_owned(),
    }
}

/// `PT00H01M34S` as people write it.
pub(super) fn iso_duration(text: &str) -> String {
    let Ok(duration) = text.parse::<jiff::SignedDuration>() else { return text.to_owned() };
    clock(duration.as_secs() + i64::from(duration.subsec_millis() >= 500))
}

fn clock(seconds: i64) -> String {
    let sign = if seconds < 0 { "-" } else { "" };
    let seconds = seconds.unsigned_abs();
    format!("{sign}{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType::{DateTime as Moment, TimeDelta};

    use super::*;

    #[test]
    fn numbers_keep_their_digits_and_no_more() {
        for (value, text) in [
            (95.0, "95"),
            (95.5, "95.5"),
            (20_240_101_000_017.0, "20240101000017"),
            (4_111_111_111_111_111.0, "4111111111111111"),
            (0.1 + 0.2, "0.3"),
            (-3.0, "-3"),
        ] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn days_moments_and_durations_are_told_apart() {
        let read = |value, kind, epoch| text(&Data::DateTime(ExcelDateTime::new(value, kind, epoch)));
        assert_eq!(read(46_146.0, Moment, false), "2026-05-04");
        assert_eq!(read(46_146.0 - 1462.0, Moment, true), "2026-05-04");
        assert_eq!(read(46_146.418_055_555_55, Moment, false), "2026-05-04 10:02:00");
        assert_eq!(read(0.001_087_962_962_963, Moment, false), "0:01:34");
        assert_eq!(read(1.5, TimeDelta, false), "36:00:00");
        assert_eq!(read(60.0, Moment, false), "60", "no such day");
        assert_eq!(text(&Data::DateTimeIso("2026-05-04T10:02:00".into())), "2026-05-04 10:02:00");
        assert_eq!(text(&Data::DateTimeIso("2026-05-04".into())), "2026-05-04");
        assert_eq!(text(&Data::DurationIso("PT00H01M34S".into())), "0:01:34");
        assert_eq!(text(&Data::Bool(true)), "true");
        assert_eq!(serial("46146.4180555556").as_deref(), Some("2026-05-04 10:02:00"));
        assert_eq!((serial("20260504"), serial("04/05/2026")), (None, None));
    }
}
