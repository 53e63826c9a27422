//! Where a finding stands, as the forms of code checkers say it: the export as a file, the row as a line, the note's cell as a column.

use std::fmt::Write as _;

use crate::model::{AuditedNote, Finding, Note, Severity};
use crate::rules::Rulebook;

/// The export as a path with forward slashes, so that a report made on one system is read on another; `stdin` for standard input.
pub(super) fn path(note: &Note) -> String {
    match note.origin.file.as_str() {
        "-" => "stdin".to_owned(),
        file => file.replace('\\', "/").trim_start_matches("./").to_owned(),
    }
}

/// The path as a relative URI reference (RFC 3986): what may not stand in one is written as per cent and its bytes.
pub(super) fn uri(note: &Note) -> String {
    let mut out = String::new();
    for byte in path(note).bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

/// What is wrong, on one line: the words found, the message, the note.
pub(super) fn sentence(note: &AuditedNote, finding: &Finding, book: &Rulebook) -> String {
    let rule = &book.rules[finding.rule];
    let title = rule.title(note.language.as_deref().unwrap_or(""));
    let mut out = String::from(title);
    let stated = |part: &str, out: &mut String| {
        if !part.is_empty() && part != title {
            let _ = write!(out, ": {part}");
        }
    };
    let words = if finding.excerpt.is_empty() { String::new() } else { format!("`{}`", finding.excerpt) };
    stated(&words, &mut out);
    stated(&finding.message, &mut out);
    one_line(&out)
}

/// The text with its line breaks and other control characters as single spaces.
pub(in crate::report) fn one_line(text: &str) -> String {
    text.split(char::is_control).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The three levels of code checkers.
pub(super) fn level(severity: Severity) -> Level {
    match severity {
        Severity::Critical => Level::Error,
        Severity::Major => Level::Warning,
        Severity::Minor => Level::Note,
    }
}

/// How loud a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// A remark.
    Note,
    /// Costs somebody time or clarity.
    Warning,
    /// Harms somebody.
    Error,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Origin;

    #[test]
    fn files_become_paths_and_uris() {
        let of = |file: &str| {
            let note = Note { origin: Origin { file: file.into(), ..Origin::default() }, ..Note::default() };
            (path(&note), uri(&note))
        };
        assert_eq!(of("-"), ("stdin".into(), "stdin".into()));
        assert_eq!(of("./a b/más.csv"), ("a b/más.csv".into(), "a%20b/m%C3%A1s.csv".into()));
        assert_eq!(of("a\\b.csv").0, "a/b.csv");
    }

    #[test]
    fn lines_become_one() {
        assert_eq!(one_line("a\r\nb\tc\u{7}"), "a b c");
    }
}
