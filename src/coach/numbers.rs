//! Numbers that tell nobody anything: other digits in the same form.

use super::seed::Choices;

/// A run of digits with single separators inside, `start..end` in bytes.
pub(super) fn runs(text: &str) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut runs = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        while at < bytes.len() {
            let joined =
                matches!(bytes[at], b' ' | b'-' | b'.' | b'/') && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
            if !bytes[at].is_ascii_digit() && !joined {
                break;
            }
            at += 1;
        }
        runs.push((start, at));
    }
    runs
}

/// Another number for a run; `None` where the run tells of nobody and may stay: small numbers, years, placeholders.
pub(super) fn other(run: &str, choices: &mut Choices) -> Option<String> {
    let parts: Vec<&str> = run.split([' ', '-', '.', '/']).collect();
    if is_date(run, &parts) {
        return Some(other_date(run, choices));
    }
    let digits = run.bytes().filter(u8::is_ascii_digit).count();
    let longest = parts.iter().map(|part| part.len()).max().unwrap_or(0);
    if is_placeholder(run) || (longest < 3 && digits < 7) || (parts.len() == 1 && is_year(run)) {
        return None;
    }
    Some(scramble(run, choices))
}

/// Every digit and letter replaced by another one of its kind, everything else as it is.
pub(super) fn scramble(text: &str, choices: &mut Choices) -> String {
    let mut first = true;
    text.chars()
        .map(|c| {
            let leading = std::mem::replace(&mut first, false);
            match c {
                // 1 to 9 added, so that no digit stays; a number that did not begin with zero does not now.
                '0'..='9' => match (c as usize - '0' as usize + 1 + choices.below(9)) % 10 {
                    0 if leading && c != '1' => '1',
                    0 if leading => '2',
                    digit => char::from(b'0' + digit as u8),
                },
                'a'..='z' => char::from(b'a' + ((c as usize - 'a' as usize + 1 + choices.below(25)) % 26) as u8),
                'A'..='Z' => char::from(b'A' + ((c as usize - 'A' as usize + 1 + choices.below(25)) % 26) as u8),
                _ if c.is_alphanumeric() => char::from(b'a' + choices.below(26) as u8),
                _ => c,
            }
        })
        .collect()
}

/// The same digit throughout, or digits in their order: what an agent types instead of a number.
pub(super) fn is_placeholder(run: &str) -> bool {
    let digits: Vec<u8> = run.bytes().filter(u8::is_ascii_digit).collect();
    digits.len() >= 3
        && (digits.windows(2).all(|pair| pair[0] == pair[1])
            || digits.windows(2).all(|pair| pair[1] == pair[0] + 1 || (pair[0] == b'9' && pair[1] == b'0')))
}

fn is_year(part: &str) -> bool {
    part.len() == 4 && (part.starts_with("19") || part.starts_with("20"))
}

/// Whether the run is a date; dates of two notes may well be the same by chance.
pub(super) fn is_date_like(run: &str) -> bool {
    is_date(run, &run.split([' ', '-', '.', '/']).collect::<Vec<_>>())
}

/// Three parts, one a year or all short, or two short parts joined by a slash.
fn is_date(run: &str, parts: &[&str]) -> bool {
    let small = |part: &&&str| part.len() <= 2 && part.parse::<u8>().is_ok_and(|n| (1..=31).contains(&n));
    let days = parts.iter().filter(small).count();
    match parts.len() {
        2 => run.contains('/') && days == 2,
        3 => !run.contains(' ') && (days == 3 || (days == 2 && parts.iter().any(|part| is_year(part)))),
        _ => false,
    }
}

/// Days and months changed so that any order of them stays a date; years stay.
fn other_date(run: &str, choices: &mut Choices) -> String {
    let mut out = String::with_capacity(run.len());
    for piece in run.split_inclusive([' ', '-', '.', '/']) {
        let part = piece.trim_end_matches([' ', '-', '.', '/']);
        match part.parse::<usize>() {
            Ok(number) if part.len() <= 2 => {
                let (low, high) = match (part.len(), number) {
                    (1, _) => (1, 9),
                    (_, 0..=9) => (1, 9),
                    (_, 10..=12) => (10, 12),
                    _ => (13, 28),
                };
                let other = low + choices.below(high - low + 1);
                out.push_str(&format!("{other:0width$}", width = part.len()));
            }
            _ => out.push_str(part),
        }
        out.push_str(&piece[part.len()..]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(run: &str) -> Option<String> {
        other(run, &mut Choices::of(7, run))
    }

    #[test]
    fn no_digit_of_a_number_that_identifies_stays_in_its_place() {
        for run in ["600123456", "06 12 34 56 78", "4111-1111-1111-1112", "104220", "326.50"] {
            let other = changed(run).unwrap();
            assert_eq!(other.len(), run.len());
            assert!(run.bytes().zip(other.bytes()).all(|(a, b)| !a.is_ascii_digit() || a != b), "{run} {other}");
        }
    }

    #[test]
    fn small_numbers_years_and_placeholders_stay_and_dates_stay_dates() {
        for run in ["3", "20", "2026", "0000", "123456", "8.5"] {
            assert_eq!(changed(run), None, "{run}");
        }
        let date = changed("2026-05-17").unwrap();
        assert!(date.starts_with("2026-0") && date.len() == 10, "{date}");
    }

    #[test]
    fn runs_join_groups_and_end_at_words() {
        let text = "tel 600 123 456, ref A-77 el 3.";
        let found: Vec<&str> = runs(text).into_iter().map(|(start, end)| &text[start..end]).collect();
        assert_eq!(found, ["600 123 456", "77", "3"]);
    }
}
