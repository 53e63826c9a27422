//! A note as a page shows it: masked, with its findings marked in place.

use serde::Serialize;
use smol_str::SmolStr;

use crate::model::{AuditedNote, Category, Decision, Disposition, Finding, Severity};
use crate::report::figures::Tone;
use crate::text::redact;

/// A piece of a note's text.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Piece {
    pub(super) text: String,
    /// The finding that it belongs to; `None` for text that nothing is held against.
    pub(super) mark: Option<Mark>,
    /// Whether it is quoted mail, which is not the agent's.
    pub(super) quoted: bool,
}

/// Which finding a piece belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Mark {
    /// Its number in the list below the note; `None` where no list stands there.
    pub(super) number: Option<usize>,
    pub(super) severity: Severity,
    pub(super) title: String,
}

/// A finding as it stands below its note.
#[derive(Debug, Serialize)]
pub(super) struct FindingView {
    pub(super) number: usize,
    pub(super) title: String,
    pub(super) category: Category,
    pub(super) severity: Severity,
    pub(super) excerpt: String,
    pub(super) message: String,
    pub(super) suggestion: Option<String>,
    pub(super) points: u32,
    /// What names it across runs, sixteen hexadecimal digits.
    pub(super) fingerprint: String,
    /// Key of its standing.
    pub(super) standing: &'static str,
    /// Whether it costs points.
    pub(super) counts: bool,
    pub(super) decision: Option<DecisionView>,
}

/// What somebody decided about a finding.
#[derive(Debug, Serialize)]
pub(super) struct DecisionView {
    by: String,
    on: Option<String>,
    until: Option<String>,
    place: Option<String>,
    why: String,
}

impl DecisionView {
    fn of(decision: &Decision) -> Self {
        DecisionView {
            by: decision.by.clone(),
            on: decision.on.map(|day| day.to_string()),
            place: decision.place.clone(),
            until: decision.until.map(|day| day.to_string()),
            // People quote the note in their reasons.
            why: redact::note(&decision.why, &[]),
        }
    }
}

/// A note with everything that a page shows of it.
#[derive(Debug, Serialize)]
pub(super) struct NoteView {
    pub(super) id: SmolStr,
    pub(super) lang: Option<SmolStr>,
    pub(super) when: Option<String>,
    pub(super) channel: Option<SmolStr>,
    pub(super) call_type: Option<SmolStr>,
    /// Key of the outcome chosen in the drop-down.
    pub(super) disposition: Option<&'static str>,
    /// The reference column, masked like the text.
    pub(super) reference: Option<String>,
    pub(super) acw: Option<u32>,
    pub(super) talk: Option<u32>,
    pub(super) score: Option<u32>,
    pub(super) tone: Tone,
    pub(super) fatal: bool,
    pub(super) pieces: Vec<Piece>,
    pub(super) findings: Vec<FindingView>,
    /// Findings that people decided not to count.
    pub(super) aside: Vec<FindingView>,
    /// Names of the findings' categories, for filters.
    pub(super) categories: Vec<Category>,
}

impl NoteView {
    /// The note with the findings that `shown` chooses; `title` names a rule by its index.
    pub(super) fn of(
        note: &AuditedNote,
        target: u32,
        title: &dyn Fn(usize) -> String,
        shown: &dyn Fn(&Finding) -> bool,
        numbered: bool,
    ) -> Self {
        let chosen: Vec<&Finding> = note.findings.iter().filter(|f| shown(f)).collect();
        let mut categories: Vec<Category> = chosen.iter().map(|f| f.category).collect();
        categories.sort();
        categories.dedup();
        // The same advice for five findings of a note is read once.
        let told = |index: usize, text: &String| chosen[..index].iter().any(|f| f.suggestion.as_ref() == Some(text));
        let view = |index: usize, finding: &Finding, suggestion: Option<String>| FindingView {
            number: index + 1,
            title: title(finding.rule),
            category: finding.category,
            severity: finding.severity,
            excerpt: finding.excerpt.clone(),
            message: finding.message.clone(),
            suggestion,
            points: finding.points_lost,
            fingerprint: format!("{:016x}", finding.fingerprint),
            standing: finding.standing.name(),
            counts: finding.standing.counts(),
            decision: finding.decision.as_deref().map(DecisionView::of),
        };
        let findings = chosen
            .iter()
            .enumerate()
            .map(|(index, finding)| view(index, finding, finding.suggestion.clone().filter(|text| !told(index, text))));
        let aside = note.set_aside.iter().filter(|_| numbered).enumerate();
        NoteView {
            id: note.note.id.clone(),
            lang: note.language.clone(),
            when: note.note.started_at.as_deref().map(short_time),
            channel: note.note.channel.clone(),
            call_type: note.note.call_type.clone(),
            disposition: disposition_key(note.note.disposition),
            reference: note.note.case_id.as_deref().map(|id| redact::note(id, &[])),
            acw: note.note.acw_seconds,
            talk: note.note.talk_seconds,
            score: note.score.value().map(|score| score.0),
            tone: Tone::of(note.score.value(), target),
            fatal: note.score.fatal,
            pieces: pieces(note, &chosen, title, numbered),
            findings: findings.collect(),
            aside: aside.map(|(index, finding)| view(index, finding, None)).collect(),
            categories,
        }
    }
}

impl NoteView {
    /// The note as it was typed: masking keeps the number of characters, so every piece finds its own words again. What stands beside
    /// it of its findings stays masked.
    pub(super) fn in_full(mut self, note: &AuditedNote) -> Self {
        let mut typed = note.note.text.chars();
        for piece in &mut self.pieces {
            piece.text = typed.by_ref().take(piece.text.chars().count()).collect();
        }
        self.reference = note.note.case_id.as_ref().map(SmolStr::to_string);
        self
    }

    /// As it is, or as it was typed.
    pub(super) fn shown(self, note: &AuditedNote, full_text: bool) -> Self {
        if full_text { self.in_full(note) } else { self }
    }

    /// Leaves out better wordings that stand on the page already.
    pub(super) fn without_suggestions(mut self, told: &dyn Fn(&str) -> bool) -> Self {
        for finding in &mut self.findings {
            finding.suggestion = finding.suggestion.take().filter(|text| !told(text));
        }
        self
    }
}

/// The masked text cut at the borders of the findings; where two overlap, the graver one is shown.
pub(super) fn pieces(
    note: &AuditedNote,
    shown: &[&Finding],
    title: &dyn Fn(usize) -> String,
    numbered: bool,
) -> Vec<Piece> {
    // Secrets are masked whether or not their findings are among those shown.
    let masked: Vec<char> = redact::note(&note.note.text, &note.secrets()).chars().collect();
    cut(note, &masked, shown, title, numbered)
}

/// A note of nobody (see [`crate::coach`]) as it is, with every finding marked by its number.
pub(super) fn marked(note: &AuditedNote) -> Vec<Piece> {
    let text: Vec<char> = note.note.text.chars().collect();
    let findings: Vec<&Finding> = note.findings.iter().collect();
    cut(note, &text, &findings, &|_| String::new(), true)
}

fn cut(
    note: &AuditedNote,
    masked: &[char],
    shown: &[&Finding],
    title: &dyn Fn(usize) -> String,
    numbered: bool,
) -> Vec<Piece> {
    let text = &note.note.text;
    let mut owner: Vec<Option<usize>> = vec![None; masked.len()];
    let mut order: Vec<usize> = (0..shown.len()).collect();
    order.sort_by_key(|index| shown[*index].severity);
    for index in order {
        if let Some(span) = shown[index].span {
            let (start, end) = span.code_points(text);
            owner[start..end.min(masked.len())].fill(Some(index));
        }
    }
    let mut quoted = vec![false; masked.len()];
    for span in note.note.quoted() {
        let (start, end) = span.code_points(text);
        quoted[start..end.min(masked.len())].fill(true);
    }
    let mut pieces = Vec::new();
    let mut start = 0;
    for at in 1..=masked.len() {
        if at < masked.len() && (owner[at], quoted[at]) == (owner[start], quoted[start]) {
            continue;
        }
        let mark = owner[start].map(|index| Mark {
            number: numbered.then_some(index + 1),
            severity: shown[index].severity,
            title: title(shown[index].rule),
        });
        pieces.push(Piece { text: masked[start..at].iter().collect(), mark, quoted: quoted[start] });
        start = at;
    }
    pieces
}

/// Key of an outcome's name; a value that no language knows has none.
pub(super) fn disposition_key(disposition: Disposition) -> Option<&'static str> {
    match disposition {
        Disposition::Resolved => Some("disposition.resolved"),
        Disposition::Pending => Some("disposition.pending"),
        Disposition::Escalated => Some("disposition.escalated"),
        Disposition::Empty | Disposition::Other => None,
    }
}

/// An ISO time without its seconds and zone; anything else as the export has it.
fn short_time(written: &str) -> String {
    let bytes = written.as_bytes();
    let iso = bytes.len() >= 16
        && bytes[..16].is_ascii()
        && bytes[4] == b'-'
        && bytes[7] == b'-'
        && matches!(bytes[10], b'T' | b' ')
        && bytes[13] == b':';
    if iso { written[..16].replace('T', " ") } else { written.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Note, Score, Span};

    fn finding(category: Category, severity: Severity, start: usize, end: usize) -> Finding {
        Finding { span: Some(Span::new(start, end)), ..Finding::of(0, category, severity, 0) }
    }

    #[test]
    fn marks_follow_characters_and_secrets_stay_masked_where_only_others_are_shown() {
        let text = "señor pesado, clave ñandú77";
        let secret = text.find("ñandú").unwrap();
        let opinion = text.find("pesado").unwrap();
        let note = AuditedNote {
            note: Note { text: text.into(), ..Note::default() },
            language: None,
            score: Score::default(),
            set_aside: Vec::new(),
            findings: vec![
                finding(Category::Judgement, Severity::Minor, opinion, opinion + 6),
                finding(Category::Sensitive, Severity::Critical, secret, text.len()),
            ],
        };
        let view = NoteView::of(&note, 90, &|_| "t".into(), &|f| f.category == Category::Judgement, false);
        let shown: Vec<(&str, bool)> = view.pieces.iter().map(|p| (p.text.as_str(), p.mark.is_some())).collect();
        assert_eq!(shown, [("señor ", false), ("pesado", true), (", clave •••••••", false)]);
        let full = view.in_full(&note);
        let shown: Vec<&str> = full.pieces.iter().map(|p| p.text.as_str()).collect();
        assert_eq!(shown, ["señor ", "pesado", ", clave ñandú77"]);
    }

    #[test]
    fn the_graver_of_two_overlapping_findings_is_shown() {
        let note = AuditedNote {
            note: Note { text: "abcdef".into(), ..Note::default() },
            language: None,
            score: Score::default(),
            set_aside: Vec::new(),
            findings: vec![
                finding(Category::Reference, Severity::Critical, 2, 4),
                finding(Category::Judgement, Severity::Minor, 0, 6),
            ],
        };
        let view = NoteView::of(&note, 90, &|_| String::new(), &|_| true, true);
        let numbers: Vec<_> = view.pieces.iter().map(|p| p.mark.as_ref().and_then(|m| m.number)).collect();
        assert_eq!(numbers, [Some(2), Some(1), Some(2)]);
    }
}
