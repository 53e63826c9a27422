//! The numbers of a folded text.

use std::borrow::Cow;

/// A run of digits (and capital letters of national numbers) with separators inside, in bytes of the folded text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Letters and digits without separators, lower case.
    pub bare: String,
}

/// Every run of letters and digits that holds a digit; groups parted by one space, dot or dash are joined where both sides are digits,
/// so that `4539 2512 3937 0456` is one run.
pub(crate) fn runs(text: &str) -> Vec<Run> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_alphanumeric() {
            at += 1;
            continue;
        }
        let start = at;
        let mut numbered = false;
        loop {
            while at < bytes.len() && bytes[at].is_ascii_alphanumeric() {
                numbered |= bytes[at].is_ascii_digit();
                at += 1;
            }
            let joins = numbered
                && matches!(bytes.get(at), Some(b' ' | b'.' | b'-'))
                && bytes[at - 1].is_ascii_digit()
                && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
            if !joins {
                break;
            }
            at += 1;
        }
        if numbered {
            let mut bare = text[start..at].to_owned();
            bare.retain(|c| c.is_ascii_alphanumeric());
            out.push(Run { start, end: at, bare });
        }
    }
    out
}

/// Fewest letters and digits of a number of any scheme: those of a Chilean RUT under ten million.
const SHORTEST: usize = 8;
/// Letters and digits from which on a number is joined with no further run: those of the longest IBAN.
const LONGEST: usize = 34;

/// Numbers that a scheme may know: each run whole and joined with the next ones (IBANs are written in groups that begin with
/// letters); longest first, so that a part of a longer good number is not told twice.
pub(crate) fn numbers(text: &str, runs: &[Run]) -> Vec<Run> {
    let mut out: Vec<Run> = Vec::new();
    for (index, run) in runs.iter().enumerate() {
        if run.bare.len() >= SHORTEST {
            out.push(run.clone());
        }
        let mut joined = Cow::Borrowed(run.bare.as_str());
        let mut end = run.end;
        for next in &runs[index + 1..] {
            let gap = &text[end..next.start];
            let joins = gap.len() <= 2 && gap.bytes().all(|byte| matches!(byte, b' ' | b'-' | b'.' | b'/' | b'('));
            if !joins || joined.len() > LONGEST {
                break;
            }
            joined.to_mut().push_str(&next.bare);
            end = next.end;
            if joined.len() >= SHORTEST {
                out.push(Run { start: run.start, end, bare: joined.clone().into_owned() });
            }
        }
    }
    // A label glued to its number: `IBANNL91…`.
    for run in &mut out {
        if let Some(rest) = run.bare.strip_prefix("iban") {
            run.bare = rest.to_owned();
            run.start += "iban".len();
        }
    }
    out.sort_by_key(|run| (std::cmp::Reverse(run.end - run.start), run.start));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_of_digits_join_and_words_do_not() {
        let bare = |text: &str| runs(text).into_iter().map(|r| r.bare).collect::<Vec<_>>();
        assert_eq!(bare("card 4539 2512 3937 0456, cvv 482"), ["4539251239370456", "482"]);
        assert_eq!(
            bare("卡号4111111111111111。de46120300000051847260 x-1"),
            ["4111111111111111", "de46120300000051847260", "1"]
        );
    }
}
