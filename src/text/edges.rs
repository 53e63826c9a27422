//! Where a term may start and end in a folded text.

/// Whether a sentence, clause or line starts here.
pub(super) fn starts_clause(text: &[u8], at: usize) -> bool {
    let before = text[..at].iter().rposition(|b| *b != b' ');
    before.is_none_or(|i| {
        matches!(text[i], b'.' | b',' | b';' | b':' | b'!' | b'?' | b'\n' | b'-' | b'(' | b'+' | b'/')
            && !(i + 1 == at && in_number(text, i))
    })
}

/// Whether a sentence, clause or line ends before this byte.
pub(super) fn ends_clause(text: &[u8], at: usize) -> bool {
    let next = text[at..].iter().position(|b| *b != b' ').map(|blanks| at + blanks);
    next.is_none_or(|i| {
        matches!(text[i], b'.' | b',' | b';' | b':' | b'!' | b'?' | b'\n' | b'-' | b')' | b'+' | b'/')
            && !(i == at && in_number(text, i))
    })
}

/// Whether a sign stands between two digits, as in `200.000`, `11:30` and `5510-2`: it parts nothing.
fn in_number(text: &[u8], sign: usize) -> bool {
    let digit = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(u8::is_ascii_digit);
    digit(sign.checked_sub(1)) && digit(sign.checked_add(1))
}

/// Whether a term may end before this byte: not inside a character, a word or a number. A word may end where its number
/// begins, for people type `cvv123` and `ref4471`.
pub(super) fn ends_term(text: &[u8], at: usize) -> bool {
    let (last, next) = (text[at - 1], text.get(at).copied().unwrap_or(b' '));
    let in_word = last.is_ascii_alphanumeric() && next.is_ascii_alphanumeric();
    (!in_word || (last.is_ascii_lowercase() && next.is_ascii_digit())) && !(0x80..0xc0).contains(&next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_inside_of_numbers_part_no_clauses() {
        let text = b"accepts 200.000 ars, at 11:30. 5 more";
        assert!(!starts_clause(text, 12) && !ends_clause(text, 11));
        assert!(starts_clause(text, 0) && starts_clause(text, 21) && ends_clause(text, 19) && starts_clause(text, 31));
    }
}
