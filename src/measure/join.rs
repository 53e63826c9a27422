//! Answers of sheets put to the notes of the export: every cell either counts or is told of.

use std::collections::{BTreeSet, HashMap};

use crate::input::{Drawn, Manifest, Sheet, SheetRow};
use crate::model::{Answer, Category, Criterion, RemarkKind, ReviewedNote, Reviews, SheetRemark};
use crate::text::redact;

/// Notes of the export that stand in a sheet, by identifier, gathered while the export goes by.
#[derive(Debug, Default)]
pub struct Gathered {
    /// `None` until the export brings the note.
    notes: HashMap<String, Option<Exported>>,
    /// Identifiers of the export that are those of a sheet but for zeros in front, by the sheet's.
    near: HashMap<String, String>,
}

#[derive(Debug)]
struct Exported {
    note: ReviewedNote,
    /// Whether the export holds another note with the identifier.
    several: bool,
}

impl Gathered {
    /// Waits for the notes of the sheets.
    pub fn of(sheets: &[Sheet]) -> Self {
        let rows = sheets.iter().flat_map(|sheet| &sheet.rows);
        Gathered { notes: rows.map(|row| (row.note.clone(), None)).collect(), near: HashMap::new() }
    }

    /// Whether a note is waited for. Identifiers whose zeros in front a spreadsheet may have dropped are remembered.
    pub fn wants(&mut self, id: &str) -> bool {
        if self.notes.contains_key(id) {
            return true;
        }
        let bare = id.trim_start_matches('0');
        if bare.len() < id.len() && self.notes.contains_key(bare) {
            self.near.insert(bare.to_owned(), id.to_owned());
        }
        false
    }

    /// Takes a note that was waited for, without answers. The same row exported twice is one note.
    pub fn take(&mut self, note: ReviewedNote) {
        match self.notes.get_mut(&note.id) {
            Some(Some(known)) => known.several |= known.note != note,
            Some(place) => *place = Some(Exported { note, several: false }),
            None => {}
        }
    }

    /// Puts the answers to the notes. `is_secret` tells of the id of a rule whether it is about secrets: where reviewers see one
    /// that the program does not, the note's text cannot be masked and is withheld.
    pub fn join(
        mut self,
        sheets: &[Sheet],
        manifest: Option<&Manifest>,
        is_secret: impl Fn(&str) -> bool,
    ) -> (Reviews, Vec<SheetRemark>) {
        let mut reviews = panel(sheets);
        let mut remarks: Vec<SheetRemark> = sheets.iter().flat_map(|sheet| sheet.remarks.clone()).collect();
        let mut filled = vec![0; reviews.reviewers.len()];
        let mut order = Vec::new();
        for sheet in sheets {
            let position = |criterion| reviews.criteria.iter().position(|known| known == criterion);
            let columns: Vec<usize> = sheet.criteria.iter().filter_map(position).collect();
            for row in &sheet.rows {
                let Some(note) = self.find(sheet, row, &mut remarks) else { continue };
                let Some(reviewer) = reviewer(&reviews.reviewers, row) else { continue };
                if note.answers.is_empty() {
                    note.answers = vec![vec![None; reviews.reviewers.len()]; reviews.criteria.len()];
                    note.rows = vec![None; reviews.reviewers.len()];
                    order.push(row.note.clone());
                }
                if note.rows[reviewer].is_none() {
                    note.rows[reviewer] = Some(filled[reviewer]);
                    filled[reviewer] += 1;
                }
                for (criterion, message) in put(note, row, &columns, reviewer) {
                    let help =
                        "delete the answer that does not hold; two people need two names in the column `reviewer`";
                    let column = Some(reviews.criteria[criterion].to_string());
                    remarks.push(SheetRemark {
                        column,
                        ..remark(sheet, row, RemarkKind::AnsweredTwice, message, help.into())
                    });
                }
            }
        }
        let notes = order.iter().filter_map(|id| self.notes.remove(id).flatten());
        reviews.notes = notes.map(|exported| exported.note).collect();
        for note in &mut reviews.notes {
            withhold(note, &reviews.criteria, &is_secret);
        }
        remarks
            .extend(reviews.notes.iter().filter(|note| note.findings.is_none()).map(|note| not_audited(sheets, note)));
        if let Some(manifest) = manifest {
            remarks.extend(weigh(&mut reviews, manifest));
        }
        (reviews, remarks)
    }

    /// The note of a row; where there is none, or more than one, a remark says so.
    fn find(&mut self, sheet: &Sheet, row: &SheetRow, remarks: &mut Vec<SheetRemark>) -> Option<&mut ReviewedNote> {
        match self.notes.get_mut(&row.note) {
            Some(Some(exported)) if !exported.several => return Some(&mut exported.note),
            Some(Some(_)) => remarks.push(remark(
                sheet,
                row,
                RemarkKind::SeveralInExport,
                "the export holds different notes with this identifier; the row does not count".into(),
                "give only the export that the note was drawn from".into(),
            )),
            _ => remarks.push(remark(
                sheet,
                row,
                RemarkKind::NotInExport,
                "the note does not stand in the export; the row does not count".into(),
                self.near.get(&row.note).map_or_else(
                    || "give the exports that the sheet was drawn from; see that no identifier was changed".into(),
                    |id| format!("the export has `{id}`: format the column as text, spreadsheets drop zeros in front"),
                ),
            )),
        }
        None
    }
}

fn remark(sheet: &Sheet, row: &SheetRow, kind: RemarkKind, message: String, help: String) -> SheetRemark {
    SheetRemark { note: Some(row.note.clone()), ..sheet.remark(kind, Some(row.row), message, help) }
}

/// Reviewers and criteria, in the order in which the sheets bring them; of a reviewer's spellings the first stays.
fn panel(sheets: &[Sheet]) -> Reviews {
    let mut reviews = Reviews::default();
    let mut names = BTreeSet::new();
    for sheet in sheets {
        for criterion in &sheet.criteria {
            if !reviews.criteria.contains(criterion) {
                reviews.criteria.push(criterion.clone());
            }
        }
        for row in sheet.rows.iter().filter(|row| is_filled(row)) {
            if names.insert(row.reviewer.to_lowercase()) {
                reviews.reviewers.push(row.reviewer.clone());
            }
        }
    }
    reviews
}

fn is_filled(row: &SheetRow) -> bool {
    !row.comment.is_empty() || row.answers.iter().any(Option::is_some)
}

/// Whose row it is; `None` of a row that nobody filled.
fn reviewer(reviewers: &[String], row: &SheetRow) -> Option<usize> {
    let name = row.reviewer.to_lowercase();
    reviewers.iter().position(|known| known.to_lowercase() == name).filter(|_| is_filled(row))
}

/// Puts a row's answers to its note; gives the criteria of which the reviewer said something else before, which stays.
fn put(note: &mut ReviewedNote, row: &SheetRow, columns: &[usize], reviewer: usize) -> Vec<(usize, String)> {
    let mut twice = Vec::new();
    for (criterion, answer) in columns.iter().zip(&row.answers) {
        let Some(answer) = answer else { continue };
        match note.answers[*criterion][reviewer] {
            None => note.answers[*criterion][reviewer] = Some(*answer),
            Some(first) if first == *answer => {}
            Some(first) => twice.push((
                *criterion,
                format!(
                    "{} said `{}` before and says `{}` now; the first counts",
                    row.reviewer,
                    first.name(),
                    answer.name()
                ),
            )),
        }
    }
    if !row.comment.is_empty() {
        note.comments.push((reviewer, redact::note(&row.comment, &[])));
    }
    twice
}

/// Takes the text from a note that may hold a secret which the program does not see and therefore cannot mask, and the comments
/// from one that holds any, for they may repeat it.
fn withhold(note: &mut ReviewedNote, criteria: &[Criterion], is_secret: &impl Fn(&str) -> bool) {
    let about_secrets = |criterion: &Criterion| match criterion {
        Criterion::Category(category) => *category == Category::Sensitive,
        Criterion::Element(_) => false,
        Criterion::Rule(rule) => is_secret(rule),
    };
    let told: Vec<&Criterion> = criteria
        .iter()
        .zip(&note.answers)
        .filter(|(criterion, answers)| about_secrets(criterion) && answers.contains(&Some(Answer::Fail)))
        .map(|(criterion, _)| criterion)
        .collect();
    let seen = |criterion: &&Criterion| note.findings.iter().flatten().any(|found| criterion.covers(found));
    if note.findings.is_none() || !told.iter().all(seen) {
        note.text.clear();
    }
    let any = note.findings.iter().flatten().any(|found| found.category == Category::Sensitive);
    if note.findings.is_none() || any || !told.is_empty() {
        note.comments.clear();
    }
}

fn not_audited(sheets: &[Sheet], note: &ReviewedNote) -> SheetRemark {
    SheetRemark {
        kind: RemarkKind::NotAudited,
        file: sheets.first().map(|sheet| sheet.file.clone()).unwrap_or_default(),
        row: None,
        column: None,
        note: Some(note.id.clone()),
        message: "the program has no rules for the note's language; it counts only for the reviewers among themselves"
            .into(),
        help: "name the language with --language or its column with --column language=HEADER".into(),
    }
}

/// Gives the notes their weights.
fn weigh(reviews: &mut Reviews, manifest: &Manifest) -> Vec<SheetRemark> {
    let remark = |kind, note: Option<&str>, message: &str, help: &str| SheetRemark {
        kind,
        file: manifest.file.clone(),
        row: None,
        column: None,
        note: note.map(str::to_owned),
        message: message.to_owned(),
        help: help.to_owned(),
    };
    let drawn: HashMap<&str, &Drawn> = manifest.notes.iter().map(|drawn| (drawn.note.as_str(), drawn)).collect();
    let mut remarks = Vec::new();
    for note in &mut reviews.notes {
        match drawn.get(note.id.as_str()) {
            Some(drawn) => (note.stratum, note.weight) = (drawn.stratum, drawn.weight),
            None => remarks.push(remark(
                RemarkKind::NotInManifest,
                Some(&note.id),
                "the note does not stand in the manifest; it does not count for the population",
                "give the manifest of the same sample",
            )),
        }
    }
    remarks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Found;

    fn row(number: u64, note: &str, reviewer: &str, answers: &[Option<Answer>]) -> SheetRow {
        SheetRow {
            row: number,
            note: note.into(),
            reviewer: reviewer.into(),
            answers: answers.to_vec(),
            comment: String::new(),
        }
    }

    fn sheet(criteria: &[Category], rows: Vec<SheetRow>) -> Sheet {
        let criteria = criteria.iter().copied().map(Criterion::Category).collect();
        Sheet { file: "s.csv".into(), criteria, rows, remarks: vec![] }
    }

    fn exported(id: &str, text: &str) -> ReviewedNote {
        ReviewedNote { id: id.into(), text: text.into(), findings: Some(vec![]), ..ReviewedNote::default() }
    }

    const FAIL: Option<Answer> = Some(Answer::Fail);
    const PASS: Option<Answer> = Some(Answer::Pass);

    #[test]
    fn sheets_with_other_columns_in_another_order_meet_in_the_same_notes() {
        use Category::{Judgement, Style};
        let sheets = [
            sheet(&[Judgement, Style], vec![row(2, "1", "Ana", &[FAIL, None]), row(3, "2", "Ana", &[None, None])]),
            sheet(&[Style, Judgement], vec![row(2, "1", "Ben", &[FAIL, PASS]), row(3, "1", "ANA", &[PASS, FAIL])]),
        ];
        let mut gathered = Gathered::of(&sheets);
        assert!(gathered.wants("1") && !gathered.wants("3"));
        gathered.take(exported("1", "T"));
        gathered.take(exported("2", "T"));
        gathered.take(exported("1", "T"));
        let (reviews, remarks) = gathered.join(&sheets, None, |_| false);
        assert_eq!((reviews.reviewers.as_slice(), remarks.len()), (["Ana".to_owned(), "Ben".to_owned()].as_slice(), 0));
        assert_eq!(reviews.notes.len(), 1, "nobody filled the row of note 2");
        assert_eq!(reviews.notes[0].answers, [[FAIL, PASS], [PASS, FAIL]]);
    }

    #[test]
    fn what_cannot_be_joined_is_told() {
        let rows = vec![
            row(2, "1", "Ana", &[FAIL]),
            row(3, "1", "ana", &[PASS]),
            row(4, "7", "Ana", &[FAIL]),
            row(5, "2", "Ana", &[FAIL]),
        ];
        let sheets = [sheet(&[Category::Style], rows)];
        let mut gathered = Gathered::of(&sheets);
        assert!(!gathered.wants("007"));
        for note in [exported("1", "T"), exported("2", "T"), exported("2", "other")] {
            gathered.take(note);
        }
        let (reviews, remarks) = gathered.join(&sheets, None, |_| false);
        assert_eq!((reviews.notes.len(), reviews.notes[0].answers[0][0]), (1, FAIL));
        let told: Vec<_> = remarks.iter().map(|r| (r.kind, r.row)).collect();
        use RemarkKind::{AnsweredTwice, NotInExport, SeveralInExport};
        assert_eq!(told, [(AnsweredTwice, Some(3)), (NotInExport, Some(4)), (SeveralInExport, Some(5))]);
        assert!(remarks[1].help.contains("`007`"), "{remarks:?}");
    }

    #[test]
    fn a_secret_that_only_reviewers_see_is_not_shown() {
        let shown = |findings: Vec<Found>, answer| {
            let sheets = [sheet(&[Category::Sensitive], vec![row(2, "1", "Ana", &[answer])])];
            let mut gathered = Gathered::of(&sheets);
            gathered.take(ReviewedNote { findings: Some(findings), ..exported("1", "pin is maple") });
            !gathered.join(&sheets, None, |_| false).0.notes[0].text.is_empty()
        };
        let found = Found { rule: "r".into(), category: Category::Sensitive, element: None, excerpt: "•".into() };
        assert!(!shown(vec![], FAIL) && shown(vec![], PASS) && shown(vec![found], FAIL));
    }
}
