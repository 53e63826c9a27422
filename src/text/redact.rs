//! Masking of secrets and long numbers, where excerpts are made.

use crate::model::Span;

/// The sign that stands for one hidden character.
pub const MASK: char = '•';

/// Digits from which a number is long, and how many of its last ones are left.
const LONG: usize = 7;
const LEFT: usize = 3;

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
    let mut out: Vec<(usize, char)> = text.char_indices().collect();
    for span in secrets {
        let first = out.partition_point(|(at, _)| *at < span.start);
        for ((_, c), masked) in out[first..].iter_mut().zip(secret(span.of(text)).chars()) {
            // Where secrets overlap, what one of them hides stays hidden.
            if masked == MASK {
                *c = MASK;
            }
        }
    }
    for number in long_numbers(text) {
        // What is left of a secret, and digits beside it, would be a long number again.
        if secrets.iter().any(|secret| secret.covers(number)) {
            continue;
        }
        let first = out.partition_point(|(at, _)| *at < number.start);
        let last = out.partition_point(|(at, _)| *at < number.end);
        let digits = number.of(text).chars().filter(|c| is_digit(*c)).count();
        let mut left = digits - LEFT;
        for ((_, c), typed) in out[first..last].iter_mut().zip(number.of(text).chars()) {
            if left > 0 && is_digit(typed) {
                *c = MASK;
                left -= 1;
            }
        }
    }
    out.into_iter().map(|(_, c)| c).collect()
}

/// Digits of any width.
fn is_digit(c: char) -> bool {
    matches!(c, '0'..='9' | '０'..='９')
}

/// What parts the groups of a number: a space, dash or stop of any width.
fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '-' | '.' | '\u{a0}' | '\u{202f}' | '\u{3000}' | '‐' | '‑' | '－' | '．')
}

/// Runs of seven digits or more, with single separators between them.
fn long_numbers(text: &str) -> Vec<Span> {
    let mut out = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        if !is_digit(c) {
            continue;
        }
        let (mut end, mut digits) = (start + c.len_utf8(), 1);
        while let Some((at, c)) = chars.peek().copied() {
            let behind = || text[at + c.len_utf8()..].chars().next().is_some_and(is_digit);
            if !(is_digit(c) || (is_separator(c) && behind())) {
                break;
            }
            digits += usize::from(is_digit(c));
            end = at + c.len_utf8();
            chars.next();
        }
        if digits >= LONG {
            out.push(Span::new(start, end));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Digits of the longest number, single separators in it passed over.
    fn longest_number(text: &str) -> usize {
        let (mut longest, mut digits, mut parted) = (0, 0, false);
        for c in text.chars() {
            match c {
                '0'..='9' => (digits, parted) = (digits + 1, false),
                ' ' | '-' | '.' if digits > 0 && !parted => parted = true,
                _ => (digits, parted) = (0, false),
            }
            longest = longest.max(digits);
        }
        longest
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

        /// Whatever is a secret, wherever it starts and ends.
        #[test]
        fn no_long_number_is_left_whatever_is_secret(text in "[0-9]{0,9}[0-9 .a-]{0,24}[0-9é,-]{0,9}", from in 0usize..40, length in 0usize..30) {
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let from = from.min(places.len() - 1);
            let secret = Span::new(places[from], places[(from + length).min(places.len() - 1)]);
            for secrets in [&[][..], &[secret]] {
                let masked = note(&text, secrets);
                prop_assert_eq!(masked.chars().count(), text.chars().count());
                prop_assert!(longest_number(&masked) < LONG, "{:?}", masked);
            }
            let masked = note(&text, &[]);
            prop_assert_eq!(note(&masked, &[]), masked);
        }
    }

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

    #[test]
    fn what_is_left_of_a_secret_and_digits_behind_it_make_no_number() {
        let text = "card 4111 1111 1111 1111 737";
        assert_eq!(note(text, &[Span::new(5, 24)]), "card •••• •••• •••• •••• 737");
        assert_eq!(note(text, &[Span::new(25, 28), Span::new(5, 24)]), "card •••• •••• •••• •••• •••");
        assert_eq!(note("card 4111 1111 1111 1111, 737", &[Span::new(5, 24)]), "card •••• •••• •••• 1111, 737");
        assert_eq!(note("-34.56 788 9", &[Span::new(3, 4)]), "-••.•• •88 9");
    }
}
