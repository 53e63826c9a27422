//! Values of columns as a person reads them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

use super::limits;

/// The text of a value, or why it has none.
pub(super) type Text = Result<String, &'static str>;

/// Parts of a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Second,
    Milli,
    Micro,
    Nano,
}

impl Unit {
    /// Whole seconds of a value, rounded down, and the nanoseconds over them.
    fn split(self, value: i64) -> (i64, i32) {
        let (parts, nanos) = match self {
            Unit::Second => (1, 1_000_000_000),
            Unit::Milli => (1_000, 1_000_000),
            Unit::Micro => (1_000_000, 1_000),
            Unit::Nano => (1_000_000_000, 1),
        };
        (value.div_euclid(parts), (value.rem_euclid(parts) * nanos) as i32)
    }
}

/// Bytes, which must be text.
pub(super) fn bytes(bytes: &[u8]) -> Text {
    if bytes.len() > limits::ROW {
        return Err("a value is longer than 16 MiB");
    }
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| "a value is no text: its bytes are not valid UTF-8")
}

/// A number without a point where it is whole; nothing for one that is no number, which stands for an empty cell.
pub(super) fn float(value: f64) -> String {
    if value.is_nan() { String::new() } else { value.to_string() }
}

/// A number of half the bits or fewer, which is written with fewer digits.
pub(super) fn single(value: f32) -> String {
    if value.is_nan() { String::new() } else { value.to_string() }
}

/// A number of 16 bits, as they stand in memory.
pub(super) fn half(bits: u16) -> String {
    single(half::f16::from_bits(bits).to_f32())
}

/// Days since 1970: `2026-05-04`.
pub(super) fn date(days: i64) -> String {
    let moment = days.checked_mul(86_400).and_then(|seconds| moment(seconds, 0));
    moment.map_or_else(|| days.to_string(), |moment| moment.date().to_string())
}

/// A moment: `2026-05-04T10:02:00Z` where it is told in universal time, `2026-05-04 10:02:00` where it is a time as the clock on
/// the wall showed it. A number that is no moment of the years 0 to 9999 is written as it is.
pub(super) fn timestamp(value: i64, unit: Unit, universal: bool) -> String {
    let (seconds, nanos) = unit.split(value);
    wall(seconds, nanos, universal).unwrap_or_else(|| value.to_string())
}

/// A moment in seconds since 1970 and nanoseconds.
pub(super) fn wall(seconds: i64, nanos: i32, universal: bool) -> Option<String> {
    let moment = moment(seconds, nanos)?;
    let (date, clock) = (moment.date(), clock(seconds.rem_euclid(86_400), nanos));
    Some(if universal { format!("{date}T{clock}Z") } else { format!("{date} {clock}") })
}

fn moment(seconds: i64, nanos: i32) -> Option<DateTime> {
    let moment = Offset::UTC.to_datetime(Timestamp::new(seconds, nanos).ok()?);
    (0..=9999).contains(&moment.year()).then_some(moment)
}

/// A time of day: `10:02:00`, with a fraction where there is one.
pub(super) fn time(value: i64, unit: Unit) -> String {
    let (seconds, nanos) = unit.split(value);
    if (0..86_400).contains(&seconds) { clock(seconds, nanos) } else { value.to_string() }
}

fn clock(seconds: i64, nanos: i32) -> String {
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{hours:02}:{minutes:02}:{seconds:02}{}", fraction(nanos))
}

/// A duration in seconds: `95`, `95.5`.
pub(super) fn duration(value: i64, unit: Unit) -> String {
    let (seconds, nanos) = unit.split(value);
    if seconds < 0 && nanos > 0 {
        return format!("-{}{}", -(seconds + 1), fraction(1_000_000_000 - nanos));
    }
    format!("{seconds}{}", fraction(nanos))
}

/// A duration of which a part has no fixed length: seconds where it has no such part, `P2M3DT95S` where it has.
pub(super) fn interval(months: i64, days: i64, value: i64, unit: Unit) -> String {
    let seconds = duration(value, unit);
    if (months, days) == (0, 0) { seconds } else { format!("P{months}M{days}DT{seconds}S") }
}

fn fraction(nanos: i32) -> String {
    if nanos == 0 { String::new() } else { format!(".{nanos:09}").trim_end_matches('0').to_owned() }
}

/// A whole number of any length with the last `scale` digits behind the point: `12.50`. The bytes are two's complement, the most
/// significant first.
pub(super) fn decimal(bytes: &[u8], scale: i32) -> Text {
    if bytes.len() > 32 || !(-100..=100).contains(&scale) {
        return Err("a decimal number has more digits than are read");
    }
    let negative = bytes.first().is_some_and(|byte| *byte >= 0x80);
    let mut number: Vec<u8> = bytes.iter().map(|byte| if negative { !byte } else { *byte }).collect();
    if negative {
        for byte in number.iter_mut().rev() {
            *byte = byte.wrapping_add(1);
            if *byte != 0 {
                break;
            }
        }
    }
    let mut digits = Vec::new();
    while number.iter().any(|byte| *byte != 0) {
        let mut rest = 0;
        for byte in &mut number {
            let part = rest << 8 | u32::from(*byte);
            (*byte, rest) = ((part / 10) as u8, part % 10);
        }
        digits.push(char::from(b'0' + rest as u8));
    }
    if scale < 0 && !digits.is_empty() {
        digits.splice(0..0, (scale..0).map(|_| '0'));
    }
    let places = usize::try_from(scale).unwrap_or(0);
    digits.resize(digits.len().max(places + 1), '0');
    let mut text: String = if negative { "-".into() } else { String::new() };
    for (at, digit) in digits.iter().enumerate().rev() {
        text.push(*digit);
        if at == places && places > 0 {
            text.push('.');
        }
    }
    Ok(text)
}

/// Sixteen bytes that identify something: `123e4567-e89b-12d3-a456-426614174000`.
pub(super) fn uuid(bytes: &[u8]) -> Text {
    let [b0, b1, b2, b3, b4, b5, b6, b7, rest @ ..] = bytes else { return Err("an identifier has too few bytes") };
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let (fourth, last) = rest.split_at(rest.len().min(2));
    let parts = [hex(&[*b0, *b1, *b2, *b3]), hex(&[*b4, *b5]), hex(&[*b6, *b7]), hex(fourth), hex(last)];
    Ok(parts.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_written() {
        let second = 1_777_888_920; // 2026-05-04 10:02:00 UTC
        assert_eq!(timestamp(second, Unit::Second, true), "2026-05-04T10:02:00Z");
        assert_eq!(timestamp(second * 1_000 + 250, Unit::Milli, false), "2026-05-04 10:02:00.25");
        assert_eq!(timestamp(second * 1_000_000, Unit::Micro, false), "2026-05-04 10:02:00");
        assert_eq!(timestamp(-1, Unit::Nano, true), "1969-12-31T23:59:59.999999999Z");
        assert_eq!(timestamp(i64::MAX, Unit::Second, true), i64::MAX.to_string());
        assert_eq!(
            (date(20_577), date(-1), date(i64::MIN)),
            ("2026-05-04".into(), "1969-12-31".into(), i64::MIN.to_string())
        );
        assert_eq!((time(36_120_500, Unit::Milli), time(-1, Unit::Second)), ("10:02:00.5".into(), "-1".into()));
        let durations = [(95_000, "95"), (95_500, "95.5"), (-500, "-0.5"), (-1_500, "-1.5"), (-2_000, "-2")];
        for (value, text) in durations {
            assert_eq!(duration(value, Unit::Milli), text);
        }
    }

    #[test]
    fn numbers_have_no_digits_that_say_nothing() {
        assert_eq!(
            (float(3.0), float(2.5), single(0.1), half(0x3e00)),
            ("3".into(), "2.5".into(), "0.1".into(), "1.5".into())
        );
        assert_eq!((float(f64::NAN), float(1e22)), (String::new(), "10000000000000000000000".into()));
        let text = |value: i64, scale| decimal(&value.to_be_bytes(), scale).unwrap();
        assert_eq!(
            (text(1_250, 2), text(-5, 3), text(0, 2), text(12, 0)),
            ("12.50".into(), "-0.005".into(), "0.00".into(), "12".into())
        );
        assert_eq!((text(12, -2), text(i64::MIN, 0)), ("1200".into(), i64::MIN.to_string()));
        assert_eq!(decimal(&[0xff; 32], 1).unwrap(), "-0.1");
        assert!(decimal(&[1; 33], 0).is_err() && decimal(&[1], 101).is_err());
    }

    #[test]
    fn bytes_are_text_or_refused() {
        assert_eq!(bytes("señal".as_bytes()).unwrap(), "señal");
        assert!(bytes(b"caf\xe9").is_err());
        let id: Vec<u8> = (0..16).collect();
        assert_eq!(uuid(&id).unwrap(), "00010203-0405-0607-0809-0a0b0c0d0e0f");
        assert!(uuid(&id[..3]).is_err());
    }
}
