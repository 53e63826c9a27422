//! Masking of secrets and long numbers, where excerpts are made.

use crate::model::Span;

/// The sign that stands for one hidden character.
pub const MASK: char = '•';

/// A secret with at most its last four characters left, and those only where eight or more are hidden.
///
/// Separators stay, so that the form of a number can still be recognised.
pub fn secret(text: &str) -> String {
    let significant = text.chars().filter(|c| c.is_alphanumeric()).count();
    let shown = if significant >= 12 { 4 } else { 0 };
    let mut seen = 0;
    text.chars()
        .map(|c| {
            if is_separator(c) {
                return c;
            }
            if c.is_alphanumeric() {
                seen += 1;
            }
            if seen > significant - shown && c.is_alphanumeric() { c } else { MASK }
        })
        .collect()
}

/// The text with the given secrets masked, and every number of seven digits or more but for its last three; the number
/// of characters stays the same, so that places counted in characters stay right.
pub fn note(text: &str, secrets: &[Span]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (start, c) in text.char_indices() {
        if start < at {
            continue;
        }
        if let Some(span) = secrets.iter().find(|s| s.start <= start && start < s.end) {
            out.push_str(&secret(&text[start..span.end]));
            at = span.end;
        } else if is_digit(c) {
            let rest = &text[start..];
            let end = rest
                .char_indices()
                .find(|(i, c)| !(is_digit(*c) || (is_separator(*c) && next_is_digit(rest, i + c.len_utf8()))))
                .map_or(rest.len(), |(i, _)| i);
            let run = &rest[..end];
            let end =
                secrets.iter().map(|s| s.start).filter(|s| *s > start && *s < start + end).min().unwrap_or(start + end);
            let run = &run[..end - start];
            push_number(run, &mut out);
            at = end;
        } else {
            out.push(c);
            at = start + c.len_utf8();
        }
    }
    out
}

/// Digits of any width.
fn is_digit(c: char) -> bool {
    matches!(c, '0'..='9' | '０'..='９')
}

/// What parts the groups of a number: a space, dash or stop of any width.
fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '-' | '.' | '\u{a0}' | '\u{202f}' | '\u{3000}' | '‐' | '‑' | '－' | '．')
}

fn next_is_digit(text: &str, at: usize) -> bool {
    text[at..].chars().next().is_some_and(is_digit)
}

fn push_number(run: &str, out: &mut String) {
    let digits = run.chars().filter(|c| is_digit(*c)).count();
    let mut seen = 0;
    for c in run.chars() {
        seen += usize::from(is_digit(c));
        let hide = digits >= 7 && is_digit(c) && seen + 3 <= digits;
        out.push(if hide { MASK } else { c });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_keeps_at_most_its_last_four() {
        assert_eq!(secret("4111 1111 1111 1111"), "•••• •••• •••• 1111");
        assert_eq!(secret("Maple$2291"), "••••••••••");
        assert_eq!(secret("482"), "•••");
    }

    #[test]
    fn the_length_in_characters_stays() {
        let text = "tarjeta 4111111111111111, tel 600123456, 3 días, clave ñandú7";
        let start = text.find("ñandú7").unwrap();
        let masked = note(text, &[Span::new(start, text.len())]);
        assert_eq!(masked.chars().count(), text.chars().count());
        assert!(!masked.contains("411111") && !masked.contains("60012") && !masked.contains("ñandú"));
        assert!(masked.contains("3 días"));
        assert_eq!(note("tel ６００１２３４５６, 600‑123\u{a0}456", &[]), "tel ••••••４５６, •••‑•••\u{a0}456");
    }
}
