//! Sums over notes.

use crate::model::{AuditedNote, Category, CategoryTally, Critical, Severity, Standards, Tally, critical_index};

/// Adds a note to the sums.
///
/// `critical` gives, for a rule's index, for whom its failure is critical.
pub fn add_note(
    tally: &mut Tally,
    note: &AuditedNote,
    standards: &Standards,
    critical: impl Fn(usize) -> Option<Critical>,
) {
    tally.notes += 1;
    if let Some(value) = note.score.value() {
        tally.scores.add(value);
        tally.clean += u64::from(note.findings.is_empty());
        tally.bands[(value.0 as usize / 1_000).min(tally.bands.len() - 1)] += 1;
        tally.compliant += u64::from(note.score.complies(standards.target) == Some(true));
    }
    if let Some(value) = note.score.critical_value() {
        tally.critical_scores.add(value);
    }
    tally.fatal += u64::from(note.score.fatal);
    tally.auto_failed += u64::from(note.score.auto_fail);
    let mut categories = [false; Category::ALL.len()];
    let mut critical_kinds = [false; 4];
    for (index, finding) in note.findings.iter().enumerate() {
        let category = finding.category.index();
        let first = !std::mem::replace(&mut categories[category], true);
        let own =
            CategoryTally { findings: 1, notes: u64::from(first), points: u64::from(finding.points_lost), gain: 0 };
        tally.categories[category].add(&own);
        tally.severities[Severity::ALL.iter().position(|s| *s == finding.severity).unwrap_or(0)] += 1;
        let first_of_rule = !note.findings[..index].iter().any(|f| f.rule == finding.rule);
        let of_rule = CategoryTally { notes: u64::from(first_of_rule), gain: u64::from(finding.gain), ..own };
        tally.rules.entry(finding.rule).or_default().add(&of_rule);
        let kind = critical_index(critical(finding.rule));
        tally.critical_notes[kind] += u64::from(!std::mem::replace(&mut critical_kinds[kind], true));
    }
    if let Some(seconds) = note.note.acw_seconds {
        tally.acw.add(seconds, standards.limit(note.note.call_type.as_deref()));
    }
    if let Some(seconds) = note.note.talk_seconds {
        tally.talk = (tally.talk.0 + 1, tally.talk.1 + u64::from(seconds));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Acw, BasisPoints, Finding, Note, Score};

    #[test]
    fn a_note_counts_once_a_category_and_once_a_critical_kind() {
        let finding = |rule| Finding::of(rule, Category::Judgement, Severity::Major, 3);
        let note = AuditedNote {
            note: Note { acw_seconds: Some(0), ..Note::default() },
            language: None,
            score: Score { share: Some(BasisPoints(9400)), ..Score::default() },
            findings: vec![finding(1), finding(1)],
            ..AuditedNote::default()
        };
        let mut tally = Tally::default();
        add_note(&mut tally, &note, &Standards::default(), |_| Some(Critical::Customer));
        let judgement = tally.categories[Category::Judgement.index()];
        assert_eq!((judgement.findings, judgement.notes, judgement.points), (2, 1, 6));
        assert_eq!((tally.compliant, tally.clean, tally.acw), (1, 0, Acw { notes: 1, zero: 1, ..Acw::default() }));
        assert_eq!(tally.accuracy(Some(Critical::Customer)), Some(BasisPoints(0)));
        assert_eq!(tally.accuracy(None), Some(BasisPoints::FULL));
    }
}
