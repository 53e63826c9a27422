//! Precision, recall and their harmonic mean.

use crate::model::Span;

/// Findings and labels of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Quality {
    /// Findings that mark a label.
    pub right: usize,
    /// Findings.
    pub findings: usize,
    /// Labels that a finding marks.
    pub found: usize,
    /// Labels.
    pub labels: usize,
}

impl Quality {
    /// Share of the findings that are right; 1 without findings.
    pub fn precision(&self) -> f64 {
        share(self.right, self.findings)
    }

    /// Share of the labels that are found; 1 without labels.
    pub fn recall(&self) -> f64 {
        share(self.found, self.labels)
    }

    /// Harmonic mean of precision and recall (van Rijsbergen's F with equal weights).
    pub fn f1(&self) -> f64 {
        let (p, r) = (self.precision(), self.recall());
        if p + r == 0.0 { 0.0 } else { 2.0 * p * r / (p + r) }
    }

    /// Adds the findings and labels of one note at their places.
    pub fn add_places(&mut self, text: &str, findings: &[Span], labels: &[Span]) {
        self.findings += findings.len();
        self.labels += labels.len();
        self.right += findings.iter().filter(|f| labels.iter().any(|l| fits(text, **f, *l))).count();
        self.found += labels.iter().filter(|l| findings.iter().any(|f| fits(text, *f, **l))).count();
    }

    /// Adds a statement about a whole note.
    pub fn add_note(&mut self, said: bool, labelled: bool) {
        self.findings += usize::from(said);
        self.labels += usize::from(labelled);
        self.right += usize::from(said && labelled);
        self.found += usize::from(said && labelled);
    }
}

/// Whether a finding marks a label: they share words, and the finding is not longer than three times the label and ten
/// characters.
pub fn fits(text: &str, finding: Span, label: Span) -> bool {
    let length = |span: Span| span.of(text).chars().count();
    finding.overlaps(label) && length(finding) <= 3 * length(label) + 10
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_over_the_whole_sentence_marks_nothing() {
        let text = "he was rude to me and then he left the call without a word";
        let label = Span::new(7, 11);
        assert!(fits(text, Span::new(3, 11), label) && !fits(text, Span::new(0, text.len()), label));
        let mut quality = Quality::default();
        quality.add_places(text, &[Span::new(3, 11), Span::new(20, 25)], &[label]);
        quality.add_note(false, true);
        assert_eq!((quality.precision(), quality.recall()), (0.5, 0.5));
        assert_eq!(quality.f1(), 0.5);
    }
}
