//! Which notes are shown as ones to learn from.

use crate::model::AuditedNote;

/// Bytes from which a clean note tells enough; Chinese says more with fewer characters, in three bytes each.
const TELLING: usize = 120;

/// Whether a note may be shown as a good one: clean, also of what was set aside, held to some rule, and telling enough.
///
/// A finding that people set aside is seen by every reader of the note all the same: nobody is to copy it.
pub fn is_exemplary(note: &AuditedNote) -> bool {
    note.is_clean() && note.score.possible > 0 && note.note.text.len() >= TELLING
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Category, Finding, Note, Score, Severity};

    #[test]
    fn only_clean_notes_that_tell_something_are_exemplary() {
        let note = |length: usize| AuditedNote {
            note: Note { text: "x".repeat(length), ..Note::default() },
            score: Score { earned: 1, possible: 1, ..Score::default() },
            ..AuditedNote::default()
        };
        let finding = || vec![Finding::of(0, Category::Judgement, Severity::Major, 1)];
        assert!(is_exemplary(&note(120)));
        assert!(!is_exemplary(&note(119)), "it tells little");
        assert!(!is_exemplary(&AuditedNote { findings: finding(), ..note(120) }));
        assert!(!is_exemplary(&AuditedNote { set_aside: finding(), ..note(120) }), "set aside is not unseen");
        assert!(!is_exemplary(&AuditedNote { score: Score::default(), ..note(120) }), "no rule applied");
    }
}
