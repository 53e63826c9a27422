//! Signs that stand for a missing value.

/// Runs of one sign that stand for a missing value: two `x`, three `_` or `#`, four of any other letter or of dots, with
/// separators inside, that no digit touches.
pub fn blanks(text: &str) -> Vec<(usize, usize)> {
    if likely(text.as_bytes()) { found(text.as_bytes()) } else { Vec::new() }
}

/// Whether a blank may begin anywhere: a look without a branch, at many bytes at once.
fn likely(bytes: &[u8]) -> bool {
    let begins = |before: u8, sign: u8, next: u8, third: u8| {
        let parts = |byte: u8| matches!(byte, b'/' | b'-' | b'.' | b' ' | b'|');
        let counts =
            sign.is_ascii_lowercase() & !before.is_ascii_alphanumeric() | matches!(sign, b'_' | b'#' | b'?' | b'.');
        // Two are enough of an `x` alone.
        let doubled = (next == sign) & ((third == sign) | parts(third) | (sign == b'x'));
        let parted = parts(next) & (third == sign) | (sign == b'.') & (next == b'/');
        counts & (doubled | parted)
    };
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(b' ');
    let last = bytes.len().saturating_sub(2);
    let edge = begins(b' ', byte(0), byte(1), byte(2))
        | (last.max(1)..bytes.len()).any(|at| begins(byte(at - 1), byte(at), byte(at + 1), byte(at + 2)));
    let inner = bytes.iter().zip(&bytes[1.min(bytes.len())..]).zip(bytes.get(2..).unwrap_or(&[]));
    let inner = inner.zip(bytes.get(3..).unwrap_or(&[]));
    edge | inner.fold(false, |any, (((before, sign), next), third)| any | begins(*before, *sign, *next, *third))
}

fn found(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let sign = bytes[at];
        let enough = match sign {
            b'x' => 2,
            b'_' | b'#' => 3,
            // A question mark ends a sentence; only in the place of a word do three stand for one.
            b'?' if at > 0 && matches!(bytes[at - 1], b' ' | b':') => 3,
            b'.' | b'a'..=b'z' => 4,
            _ => {
                at += 1;
                continue;
            }
        };
        let inside_word = at > 0 && bytes[at - 1].is_ascii_alphanumeric();
        let between = |byte: u8| matches!(byte, b'/' | b'-' | b'.' | b' ') || (sign == b'_' && byte == b'|');
        let joins = |end: usize| between(bytes[end]) && bytes.get(end + 1) == Some(&sign);
        let alone = bytes.get(at + 1).is_none_or(|next| *next != sign && !joins(at + 1));
        if sign.is_ascii_lowercase() && (inside_word || alone) {
            // No run of letters begins before the word ends.
            at += bytes[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
            continue;
        }
        let (mut end, mut count) = (at, 0);
        while end < bytes.len()
            && (bytes[end] == sign || (sign != b'.' && joins(end)) || (sign == b'.' && bytes[end] == b'/'))
        {
            count += usize::from(bytes[end] == sign);
            end += 1;
        }
        let touches = || sign.is_ascii_lowercase() && bytes.get(end).is_some_and(u8::is_ascii_alphanumeric);
        let masked = || {
            bytes[..at].iter().rev().take(2).any(u8::is_ascii_digit)
                || bytes[end..].iter().take(2).any(u8::is_ascii_digit)
        };
        // Dots alone are a pause; with strokes between them they are a date to be filled in.
        let pause = || sign == b'.' && !bytes[at..end].contains(&b'/');
        if count >= enough && !touches() && !masked() && !pause() {
            out.push((at, end));
        }
        at = end.max(at + 1);
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_found_was_likely(text in "[x_#?.aalb/ |1é-]{0,9}") {
            prop_assert!(likely(text.as_bytes()) || found(text.as_bytes()).is_empty());
        }
    }

    #[test]
    fn runs_are_blanks_unless_digits_touch_them() {
        let found = |text: &str| blanks(text).into_iter().map(|(s, e)| text[s..e].to_owned()).collect::<Vec<_>>();
        assert_eq!(found("ref xxxx, fecha __/__/____, n.º ______"), ["xxxx", "__/__/____", "______"]);
        assert!(found("card xxxx-4321, talla xxl, x 3").is_empty());
        assert_eq!(
            found("pedido xx, inc#######, contrato nnnnnn, el ../../...."),
            ["xx", "#######", "nnnnnn", "../../...."]
        );
        assert_eq!(found("total ??? eur, |__|__|__|"), ["???", "__|__|__"]);
        assert!(found("ummm... www.x.com, aaa, mmm, why???").is_empty());
    }
}
