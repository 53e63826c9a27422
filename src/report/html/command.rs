//! Commands that a page gives to copy.

use serde::Serialize;

use crate::model::Report;

/// What every command that disputes a finding of a page has in common; the finding and the reason are put in where it stands.
#[derive(Debug, Serialize)]
pub(super) struct Dispute {
    /// The exports, quoted.
    inputs: String,
    /// Who disputes, quoted.
    by: String,
    /// Further flags, each with a blank before it: what the run was told about columns, rules and decisions.
    flags: String,
}

impl Dispute {
    pub(super) fn of(report: &Report, flags: &[String], by: &str) -> Self {
        let inputs: Vec<String> = report.run.inputs.iter().map(|input| quoted(input)).collect();
        Dispute {
            inputs: inputs.join(" "),
            by: quoted(by),
            flags: flags.iter().map(|flag| format!(" {}", quoted(flag))).collect(),
        }
    }
}

/// A word as shells read it: bare where nothing in it means anything to them, in double quotes where that is enough (which POSIX
/// shells, PowerShell and `cmd` share), else in the single quotes of POSIX shells.
pub(super) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,+@".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    let word: String = word.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if word.contains(['"', '$', '`', '\\', '!', '%']) {
        return format!("'{}'", word.replace('\'', r"'\''"));
    }
    format!("\"{word}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_reach_the_program_as_they_are() {
        assert_eq!(quoted("out/may.csv"), "out/may.csv");
        assert_eq!(quoted("Iker Aldama"), "\"Iker Aldama\"");
        assert_eq!(quoted("O'Neill"), "\"O'Neill\"");
        assert_eq!(quoted("$(rm) 'c'"), r"'$(rm) '\''c'\'''");
        assert_eq!(quoted(""), "\"\"");
        assert_eq!(quoted("two\nlines"), "\"two lines\"");
    }
}
