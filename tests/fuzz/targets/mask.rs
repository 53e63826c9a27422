//! Masking: as many characters as before, no long number left, and nothing more to mask in what is masked.

#![no_main]

use acw::model::Span;
use acw::text::redact;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, u8, &str)| {
    let (from, length, text) = input;
    let masked = redact::note(text, &[]);
    assert_eq!(masked.chars().count(), text.chars().count());
    assert!(longest_number(&masked) < 7, "{masked:?}");
    assert_eq!(redact::note(&masked, &[]), masked);
    // A secret anywhere in it.
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let start = places[usize::from(from) % places.len()];
    let end = places[(usize::from(from) % places.len() + usize::from(length)).min(places.len() - 1)];
    let secret = redact::secret(&text[start..end]);
    assert_eq!(secret.chars().count(), text[start..end].chars().count());
    assert!(secret.chars().filter(|c| c.is_alphanumeric()).count() <= 4, "{secret:?}");
    if start < end {
        let masked = redact::note(text, &[Span::new(start, end)]);
        assert_eq!(masked.chars().count(), text.chars().count());
        assert!(longest_number(&masked) < 7, "{masked:?}");
        let shown = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
        let before = text[..start].chars().count();
        let place: String = masked.chars().skip(before).take(text[start..end].chars().count()).collect();
        assert!(shown(&place) <= 4, "{place:?}");
    }
});

/// Digits of the longest number, single separators in it passed over.
fn longest_number(text: &str) -> usize {
    let (mut longest, mut digits, mut parted) = (0, 0, false);
    for c in text.chars() {
        if c.is_ascii_digit() {
            (digits, parted) = (digits + 1, false);
            longest = longest.max(digits);
        } else if matches!(c, ' ' | '-' | '.') && digits > 0 && !parted {
            parted = true;
        } else {
            (digits, parted) = (0, false);
        }
    }
    longest
}
