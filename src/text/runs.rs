//! The numbers of a folded text.

use std::borrow::Cow;

/// A run of digits (and capital letters of national numbers) with separators inside, in bytes of the folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// How many letters and digits it has.
    length: usize,
}

impl Run {
    /// How many letters and digits it has.
    pub fn length(self) -> usize {
        self.length
    }

    /// Its letters and digits without separators, lower case.
    pub fn bare(self, text: &str) -> Cow<'_, str> {
        let run = &text[self.start..self.end];
        if run.len() == self.length {
            return Cow::Borrowed(run);
        }
        Cow::Owned(run.chars().filter(char::is_ascii_alphanumeric).collect())
    }
}

/// Every run of letters and digits that holds a digit; groups parted by one space, dot or dash are joined where both sides are digits,
/// so that `4539 2512 3937 0456` is one run.
pub(crate) fn runs(text: &str) -> Vec<Run> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(before) = bytes[at..].iter().position(u8::is_ascii_digit) {
        // Letters may stand in front of the first digit.
        let letters = bytes[at..at + before].iter().rev().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let start = at + before - letters;
        at += before;
        let mut separators = 0;
        loop {
            while bytes.get(at).is_some_and(u8::is_ascii_alphanumeric) {
                at += 1;
            }
            let joins = matches!(bytes.get(at), Some(b' ' | b'.' | b'-'))
                && bytes[at - 1].is_ascii_digit()
                && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
            if !joins {
                break;
            }
            separators += 1;
            at += 1;
        }
        out.push(Run { start, end: at, length: at - start - separators });
    }
    out
}

/// Fewest letters and digits of a number of any scheme: those of a Chilean RUT under ten million.
const SHORTEST: usize = 8;
/// Letters and digits from which on a number is joined with no further run: those of the longest IBAN.
const LONGEST: usize = 34;

/// Numbers that a scheme may know: each run whole and joined with the next ones (IBANs are written in groups that begin with
/// letters, and some groups have no digit); longest first, so that a part of a longer good number is not told twice.
pub(crate) fn numbers(text: &str, runs: &[Run]) -> Vec<Run> {
    let mut out: Vec<Run> = Vec::new();
    for (index, run) in runs.iter().enumerate() {
        if run.length >= SHORTEST {
            out.push(*run);
        }
        let mut joined = *run;
        let grouped = begins_iban(&text.as_bytes()[run.start..run.end]);
        for next in &runs[index + 1..] {
            let gap = &text[joined.end..next.start];
            let group = if grouped { group_of_letters(gap) } else { None };
            let joins = gap.len() <= 2 && gap.bytes().all(|byte| matches!(byte, b' ' | b'-' | b'.' | b'/' | b'('));
            if !(joins || group.is_some()) || joined.length > LONGEST {
                break;
            }
            let length = joined.length + group.unwrap_or_default() + next.length;
            joined = Run { start: run.start, end: next.end, length };
            if joined.length >= SHORTEST {
                out.push(joined);
            }
        }
    }
    // A label glued to its number: `IBANNL91…`.
    const LABEL: &str = "iban";
    for run in out.iter_mut().filter(|run| text[run.start..].starts_with(LABEL)) {
        run.start += LABEL.len();
        run.length -= LABEL.len();
    }
    out.sort_by_key(|run| (std::cmp::Reverse(run.end - run.start), run.start));
    out
}

/// Whether a group can be the first of an IBAN that is written in groups of four: the country and two check digits (ISO 13616).
fn begins_iban(group: &[u8]) -> bool {
    matches!(group, [a, b, c, d] if a.is_ascii_lowercase() && b.is_ascii_lowercase() && c.is_ascii_digit() && d.is_ascii_digit())
}

/// The length of a group of letters alone that stands in a gap, as a bank's code does: `GB29 NWBK 6016…`.
fn group_of_letters(gap: &str) -> Option<usize> {
    let inner = gap.strip_prefix([' ', '-'])?.strip_suffix([' ', '-'])?;
    (inner.len() == 4 && inner.bytes().all(|byte| byte.is_ascii_lowercase())).then_some(inner.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_of_letters_join_behind_the_head_of_an_iban_alone() {
        let longest = |text: &str| {
            let run = numbers(text, &runs(text))[0];
            (run.bare(text).into_owned(), run.length())
        };
        assert_eq!(longest("to gb29 nwbk 6016 1331 9268 19."), ("gb29nwbk60161331926819".into(), 22));
        assert_eq!(longest("mt84 malt 0110 0001 2345 mtlc ast0 01s"), ("mt84malt011000012345mtlcast001s".into(), 31));
        assert_eq!(longest("ref 4471 paid 6016 1331 9268"), ("601613319268".into(), 12));
    }

    #[test]
    fn groups_of_digits_join_and_words_do_not() {
        let bare = |text: &str| runs(text).into_iter().map(|run| run.bare(text).into_owned()).collect::<Vec<_>>();
        assert_eq!(bare("card 4539 2512 3937 0456, cvv 482"), ["4539251239370456", "482"]);
        assert_eq!(
            bare("卡号4111111111111111。de46120300000051847260 x-1"),
            ["4111111111111111", "de46120300000051847260", "1"]
        );
    }
}
