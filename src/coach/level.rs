//! How hard an error is to see, told from the data alone.
//!
//! Each of these makes an error easier (−1) or harder (+1) to see:
//!
//! | told by | easier | harder |
//! | --- | --- | --- |
//! | severity | critical: it jumps out | minor |
//! | length of its words | fifteen characters and more | four and fewer (Chinese: two) |
//! | form | mostly signs or digits, which stand out from words (`[NAME]`, `____`) | masked or spelled out (`1d1ot`, `i.d.i.o.t`) |
//! | place | in a note of a few words | in the middle half of a note of some length |
//! | how familiar it is | its words stand in five notes of the export or more | in this one only |
//! | what must be compared | | the text with the outcome that was chosen |
//! | nothing to mark | something is missing from a note of a few words; the note is too short, or all in one form | something is missing from a note that says a lot |
//!
//! The sum is the level: below zero blatant, zero or one plain, more than that subtle. Thresholds were set so that all three
//! occur in the exports of `fixtures/`. A note is as hard as its hardest error: who has not seen that one has not solved it.

use std::collections::HashMap;

use serde::Serialize;

use crate::model::{AuditedNote, Category, Finding, Severity};
use crate::text::{Folder, count_words, is_han};

/// How hard an error, or a note, is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Nobody overlooks it.
    Blatant,
    /// A careful reader finds it.
    Plain,
    /// It takes somebody who knows what to look for.
    Subtle,
}

impl Level {
    /// Every level, the easiest first.
    pub const ALL: [Level; 3] = [Level::Blatant, Level::Plain, Level::Subtle];

    /// The name in flags and outputs.
    pub const fn name(self) -> &'static str {
        match self {
            Level::Blatant => "blatant",
            Level::Plain => "plain",
            Level::Subtle => "subtle",
        }
    }

    /// The level of that name.
    pub fn from_name(name: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.name() == name)
    }

    fn of_sum(sum: i32) -> Level {
        match sum {
            i32::MIN..0 => Level::Blatant,
            0..=1 => Level::Plain,
            _ => Level::Subtle,
        }
    }
}

/// Notes in which the words of findings stand, by rule and folded words.
#[derive(Debug)]
pub struct Familiar<'f> {
    folder: &'f Folder,
    notes: HashMap<(usize, String), usize>,
}

/// Notes from which words are familiar.
const MANY: usize = 5;
/// Characters from which a note has a middle to hide something in.
const LONG: usize = 120;
/// Words from which something missing does not show at a glance.
const SAYS_A_LOT: usize = 20;
/// Words below which nothing can hide.
const SAYS_LITTLE: usize = 8;

impl<'f> Familiar<'f> {
    /// Counts over all notes that may become exercises.
    pub fn of<'n>(notes: impl IntoIterator<Item = &'n AuditedNote>, folder: &'f Folder) -> Self {
        let mut familiar = Familiar { folder, notes: HashMap::new() };
        for note in notes {
            let mut here: Vec<(usize, String)> =
                note.findings.iter().filter_map(|finding| familiar.key(note, finding)).collect();
            here.sort();
            here.dedup();
            for key in here {
                *familiar.notes.entry(key).or_default() += 1;
            }
        }
        familiar
    }

    fn key(&self, note: &AuditedNote, finding: &Finding) -> Option<(usize, String)> {
        // Numbers are different in every note and tell nothing of habits.
        let words = finding.span?.of(&note.note.text);
        (!words.chars().any(|c| c.is_ascii_digit())).then(|| (finding.rule, self.folder.fold_str(words)))
    }

    /// How hard a finding of the note is to see.
    pub fn level(&self, note: &AuditedNote, finding: &Finding) -> Level {
        let text = &note.note.text;
        let mut sum = match finding.severity {
            Severity::Critical => -1,
            Severity::Major => 0,
            Severity::Minor => 1,
        };
        sum += i32::from(finding.category == Category::Contradiction);
        sum += match finding.span {
            None => match finding.category {
                Category::Length | Category::Style => -1,
                _ => i32::from(count_words(text) >= SAYS_A_LOT) - i32::from(count_words(text) < SAYS_LITTLE),
            },
            Some(span) => {
                let words = span.of(text);
                form(words) + i32::from(in_the_middle(text, span.start)) - i32::from(count_words(text) < SAYS_LITTLE)
            }
        };
        if let Some(key) = self.key(note, finding) {
            sum += match self.notes.get(&key) {
                Some(count) if *count >= MANY => -1,
                Some(2..) => 0,
                // The words of an invented note are not counted where a name stands in them; they are as rare as any name.
                Some(_) | None => 1,
            };
        }
        Level::of_sum(sum)
    }

    /// How hard a note is: as its hardest finding; `None` for a clean one.
    pub fn of_note(&self, note: &AuditedNote) -> Option<Level> {
        note.findings.iter().map(|finding| self.level(note, finding)).max()
    }
}

/// What the length and the spelling of the words add.
fn form(words: &str) -> i32 {
    let length = words.chars().count();
    let short = if words.chars().any(is_han) { 2 } else { 4 };
    let size = i32::from(length <= short) - i32::from(length >= 15);
    let letters = words.chars().filter(|c| c.is_alphabetic()).count();
    let signs = words.starts_with(['[', '<', '{']) || letters * 2 < length;
    size + i32::from(is_masked(words)) - i32::from(signs && length > 1)
}

/// Whether a word hides itself: signs or digits among its letters, or single letters with something between them.
fn is_masked(words: &str) -> bool {
    let letters: Vec<char> = words.chars().collect();
    let inside = letters.windows(3).any(|three| {
        three[0].is_alphabetic()
            && three[2].is_alphabetic()
            && (three[1].is_ascii_digit() || matches!(three[1], '*' | '@' | '$' | '!'))
    });
    let parts = words.split([' ', '.', '-', '_']).filter(|part| !part.is_empty());
    let (mut single, mut all) = (0, 0);
    for part in parts {
        all += 1;
        single += usize::from(part.chars().count() == 1 && !part.chars().any(is_han));
    }
    inside || (all >= 3 && single == all)
}

fn in_the_middle(text: &str, start: usize) -> bool {
    text.chars().count() >= LONG && (text.len() / 4..text.len() * 3 / 4).contains(&start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Note, Score, Span};

    fn audited(text: &str, words: &str, category: Category, severity: Severity) -> AuditedNote {
        let span = text.find(words).filter(|_| !words.is_empty()).map(|at| Span::new(at, at + words.len()));
        AuditedNote {
            note: Note { text: text.to_owned(), ..Note::default() },
            score: Score { earned: 1, possible: 1, ..Score::default() },
            findings: vec![Finding { span, ..Finding::of(0, category, severity, 1) }],
            ..AuditedNote::default()
        }
    }

    fn level(notes: &[AuditedNote]) -> Level {
        let folder = Folder::new(HashMap::new());
        Familiar::of(notes, &folder).of_note(&notes[0]).unwrap()
    }

    #[test]
    fn a_plain_insult_is_blatant_and_a_masked_or_short_rare_word_is_not() {
        let insult =
            |words: &str| audited(&format!("Caller is {words}."), words, Category::Disrespect, Severity::Critical);
        let common: Vec<AuditedNote> = (0..6).map(|_| insult("an idiot")).collect();
        assert_eq!(level(&common), Level::Blatant);
        assert_eq!(level(&[insult("1d1ot and wanted the bill once more by post")]), Level::Blatant);
        let hidden =
            audited("Caller is 1d1ot and wanted the bill by post.", "1d1ot", Category::Disrespect, Severity::Critical);
        assert_eq!(level(&[hidden]), Level::Plain);
        let clipped = audited("Cust paid, appt set.", "appt", Category::Abbreviation, Severity::Minor);
        assert_eq!(level(&[clipped]), Level::Subtle);
        let blank = audited("Visit on [DATE] by [NAME OF ENGINEER].", "[DATE]", Category::Template, Severity::Major);
        assert_eq!(level(&[blank]), Level::Blatant);
    }

    #[test]
    fn what_is_missing_shows_in_a_short_note_and_hides_in_a_long_one() {
        let missing = |text: &str| level(&[audited(text, "", Category::Required, Severity::Major)]);
        assert_eq!(missing("Called about the bill."), Level::Blatant);
        assert_eq!(missing("Called about the bill of May and wanted a copy by post."), Level::Plain);
        let long = "word ".repeat(30);
        assert_eq!(level(&[audited(&long, "", Category::Contradiction, Severity::Major)]), Level::Subtle);
        assert_eq!(level(&[audited("Ok.", "", Category::Length, Severity::Major)]), Level::Blatant);
    }

    #[test]
    fn words_that_hide_themselves_are_known_and_phrases_and_numbers_are_not() {
        for hidden in ["1d1ot", "i d i o t", "i.d.i.o.t", "sh*t"] {
            assert!(is_masked(hidden), "{hidden}");
        }
        for plain in ["an idiot", "4111 1111", "a b", "p.m.", "CS-104"] {
            assert!(!is_masked(plain), "{plain}");
        }
    }
}
