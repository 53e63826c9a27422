//! Values of columns: durations.

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
