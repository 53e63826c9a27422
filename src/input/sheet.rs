//! Sheets that reviewers filled: one row a note, one column a criterion; CSV in any form that exports have, JSON lines, XLSX.

use std::path::Path;

use super::formats::{self, Wanted};
use super::source::Source;
use super::{Fields, InputError, Options, Row, Vocabulary};
use crate::model::{Answer, Criterion, RemarkKind, Role, SheetRemark};
use crate::text::{Folder, cell, redact};
use crate::yaml::nearest;

/// A filled sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The file as the user named it.
    pub file: String,
    /// Its criteria, in the order of the columns.
    pub criteria: Vec<Criterion>,
    /// Its rows.
    pub rows: Vec<SheetRow>,
    /// What does not count.
    pub remarks: Vec<SheetRemark>,
}

/// A row of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRow {
    /// Counted as spreadsheets do: 1 is the header.
    pub row: u64,
    /// The note's identifier.
    pub note: String,
    /// Who filled the row: as its column says, or the name of the file.
    pub reviewer: String,
    /// Answers, in the order of the sheet's criteria; `None` where the cell is empty or holds none.
    pub answers: Vec<Option<Answer>>,
    /// What the reviewer wrote; empty where nothing.
    pub comment: String,
}

/// Columns that describe the note.
const DESCRIBING: [&str; 9] =
    ["note_id", "agent_id", "language", "channel", "call_type", "disposition", "reference", "started_at", "note"];
/// Longest part of a cell that a remark repeats, in characters.
const LONGEST_CELL: usize = 40;

/// Reads sheets. A row that names no reviewer belongs to the file's name without ending, or to its path where several files have
/// that name. `rules` are the ids of the rules in force, which may be criteria.
///
/// # Errors
/// A file that cannot be read, or without a column `note_id` or any criterion; single rows and cells become remarks instead.
pub fn read_sheets(paths: &[&Path], vocabulary: &Vocabulary, rules: &[&str]) -> Result<Vec<Sheet>, InputError> {
    let stem = |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let read = |path: &&Path| {
        let file = path.display().to_string();
        let stem_of_it = stem(path);
        let alone = paths.iter().filter(|other| stem(other).to_lowercase() == stem_of_it.to_lowercase()).count() < 2;
        let table = open(path, &file)?;
        let layout = Layout::of(&file, &table.headers, rules)?;
        let owner = if alone { stem_of_it } else { file.clone() };
        Ok(layout.read(file, table, &owner, vocabulary))
    };
    paths.iter().map(read).collect()
}

/// A table, whatever kind of file it comes from.
pub(super) struct Table {
    pub(super) headers: Vec<String>,
    /// The number of each row, and its cells.
    pub(super) rows: Vec<(u64, Result<Fields, Unreadable>)>,
}

/// Why a row cannot be read, and what to do.
pub(super) struct Unreadable {
    pub(super) message: String,
    pub(super) help: String,
}

/// The table of a file, in any format of exports; of a workbook the worksheet that has a column `note_id`.
pub(super) fn open(path: &Path, file: &str) -> Result<Table, InputError> {
    // A sheet's columns have the names that it was given with, in every language.
    let (options, vocabulary) = (Options::default(), Vocabulary::new(Folder::default()));
    let wanted = Wanted { options: &options, vocabulary: &vocabulary, needed: Role::NoteId, saved: true };
    let opened = formats::open(file, Source::open(path)?, &wanted)?;
    let mut rows = Vec::new();
    for (number, row) in (2..).zip(opened.table.rows) {
        rows.push(match row {
            // Rows of text are counted as a spreadsheet does that shows it.
            Row::Fields(line, fields) => (if opened.is_workbook { line } else { number }, Ok(fields)),
            Row::Unreadable(row) => (number, Err(Unreadable { message: row.problem.message, help: row.problem.help })),
            Row::Refused(error) => return Err(error),
        });
    }
    Ok(Table { headers: opened.table.headers, rows })
}

fn same(header: &str, name: &str) -> bool {
    header.trim().eq_ignore_ascii_case(name)
}

/// Which column of a sheet is what.
struct Layout {
    note: usize,
    reviewer: Option<usize>,
    comment: Option<usize>,
    criteria: Vec<(usize, Criterion)>,
    /// Columns that are nothing, with what they may have meant.
    unknown: Vec<(usize, String, Option<String>)>,
}

impl Layout {
    fn of(file: &str, headers: &[String], rules: &[&str]) -> Result<Self, InputError> {
        let error = |message: String, help: String| InputError::Columns {
            file: file.to_owned(),
            message,
            headers: headers.to_vec(),
            help,
        };
        let find = |name: &str| headers.iter().position(|header| same(header, name));
        let Some(note) = find("note_id") else {
            return Err(error("no column holds the notes' identifiers".into(), "name its header `note_id`".into()));
        };
        let text = find("note");
        let mut layout =
            Layout { note, reviewer: find("reviewer"), comment: find("comment"), criteria: vec![], unknown: vec![] };
        for (column, header) in headers.iter().enumerate() {
            // `reference` is both a column of the export and a category: the criterion stands behind the note.
            let judged = same(header, "reference") && text.is_none_or(|text| column > text);
            let describes = DESCRIBING.iter().any(|name| same(header, name)) && !judged;
            let criterion = Criterion::of_header(header, |id| rules.contains(&id));
            let known =
                |known: &Option<Criterion>| layout.criteria.iter().any(|(_, other)| Some(other) == known.as_ref());
            match criterion {
                _ if header.is_empty() || describes || [layout.reviewer, layout.comment].contains(&Some(column)) => {}
                Some(criterion) if !known(&Some(criterion.clone())) => layout.criteria.push((column, criterion)),
                _ => layout.unknown.push((column, header.clone(), likely(header, rules))),
            }
        }
        if layout.criteria.is_empty() {
            let help = "head each criterion's column with a category (`judgement`), an element (`required:reason`) or the id of a rule in force";
            return Err(error("no column is a criterion".into(), help.into()));
        }
        Ok(layout)
    }

    fn read(self, file: String, table: Table, owner: &str, vocabulary: &Vocabulary) -> Sheet {
        let mut sheet = Sheet { file, criteria: vec![], rows: vec![], remarks: vec![] };
        self.remark_columns(&table, &mut sheet);
        for (number, fields) in &table.rows {
            match fields {
                Ok(fields) if fields.iter().all(|field| field.trim().is_empty()) => {}
                Ok(fields) => self.read_row(*number, fields, owner, vocabulary, &mut sheet),
                Err(Unreadable { message, help }) => {
                    let remark = sheet.remark(RemarkKind::UnreadableRow, Some(*number), message.clone(), help.clone());
                    sheet.remarks.push(remark);
                }
            }
        }
        sheet.criteria = self.criteria.into_iter().map(|(_, criterion)| criterion).collect();
        sheet
    }

    fn read_row(&self, number: u64, fields: &Fields, owner: &str, vocabulary: &Vocabulary, sheet: &mut Sheet) {
        let cell = |column: usize| fields.get(column).map_or("", |field| cell::unguard(field.trim()));
        let note = cell(self.note).to_owned();
        if note.is_empty() {
            let help = "fill in `note_id` as the sheet had it".to_owned();
            let remark = sheet.remark(RemarkKind::NoNote, Some(number), "the row names no note".into(), help);
            sheet.remarks.push(remark);
            return;
        }
        let mut answers = Vec::with_capacity(self.criteria.len());
        for (column, criterion) in &self.criteria {
            let value = cell(*column);
            let answer = vocabulary.answer(value);
            if answer.is_none() && !value.is_empty() {
                let message = format!("`{}` is no answer", shortened(value));
                let help = "write fail, pass or n/a; leave it empty where it was not reviewed".to_owned();
                let remark = sheet.remark(RemarkKind::UnknownAnswer, Some(number), message, help);
                sheet.remarks.push(SheetRemark {
                    column: Some(criterion.to_string()),
                    note: Some(note.clone()),
                    ..remark
                });
            }
            answers.push(answer);
        }
        let named = self.reviewer.map(cell).filter(|name| !name.is_empty());
        sheet.rows.push(SheetRow {
            row: number,
            reviewer: named.unwrap_or(owner).to_owned(),
            answers,
            comment: self.comment.map_or("", cell).to_owned(),
            note,
        });
    }

    /// Says which columns are not counted, and how much stands in them.
    fn remark_columns(&self, table: &Table, sheet: &mut Sheet) {
        for (column, header, near) in &self.unknown {
            let filled = |row: &&Fields| row.get(*column).is_some_and(|cell| !cell.trim().is_empty());
            let cells = table.rows.iter().filter_map(|(_, row)| row.as_ref().ok()).filter(filled).count();
            let message = format!("the column is no criterion, or stands twice; its {cells} filled cells do not count");
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "criteria are categories, elements (`required:reason`) and ids of rules in force".to_owned(),
            };
            let remark = sheet.remark(RemarkKind::UnknownColumn, Some(1), message, help);
            sheet.remarks.push(SheetRemark { column: Some(header.clone()), ..remark });
        }
    }
}

impl Sheet {
    /// A remark on a row of this sheet.
    pub fn remark(&self, kind: RemarkKind, row: Option<u64>, message: String, help: String) -> SheetRemark {
        SheetRemark { kind, file: self.file.clone(), row, column: None, note: None, message, help }
    }
}

/// A criterion that a header may have meant.
fn likely(header: &str, rules: &[&str]) -> Option<String> {
    use crate::model::{Category, Element};
    let elements = Element::ALL.map(|element| Criterion::Element(element).to_string());
    let categories = Category::ALL.iter().map(|category| category.name());
    let known = categories.chain(elements.iter().map(String::as_str)).chain(rules.iter().copied());
    nearest(&header.to_lowercase(), known).map(str::to_owned)
}

/// The beginning of a cell, masked: people type into the wrong column.
fn shortened(cell: &str) -> String {
    let start: String = redact::note(cell, &[]).chars().take(LONGEST_CELL).collect();
    if start.chars().count() < cell.chars().count() { start + "…" } else { start }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Category;
    use crate::text::Folder;

    const HEADER: &str = "note_id,agent_id,language,channel,call_type,disposition,reference,started_at,note,reference,judgement,required:reason,reviewer,comment\n";

    fn read(files: &[(&str, &str)]) -> Vec<Result<Sheet, InputError>> {
        let folder = tempfile::tempdir().unwrap();
        let paths: Vec<_> = files.iter().map(|(name, _)| folder.path().join(name)).collect();
        for (path, (_, content)) in paths.iter().zip(files) {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        let paths: Vec<&Path> = paths.iter().map(AsRef::as_ref).collect();
        let mut vocabulary = Vocabulary::new(Folder::default());
        vocabulary.add_answers(Answer::Fail, &["sí".into()]);
        match read_sheets(&paths, &vocabulary, &["too-thin"]) {
            Ok(sheets) => sheets.into_iter().map(Ok).collect(),
            Err(error) => vec![Err(error)],
        }
    }

    fn sheet(content: &str) -> Sheet {
        read(&[("ana.csv", content)]).remove(0).unwrap()
    }

    #[test]
    fn rows_answers_and_reviewers_are_read() {
        let sheet = sheet(&format!(
            "{HEADER}'-1,,en,phone,,resolved,55-1,2026-05-04,Text,SI,x,n/a,,why\n2,,en,,,,,,Text,0,,ok,Ben,\n,,,,,,,,,,,,,\n"
        ));
        let header: Vec<String> = sheet.criteria.iter().map(ToString::to_string).collect();
        assert_eq!(header, ["reference", "judgement", "required:reason"]);
        use Answer::{Fail, NotApplicable, Pass};
        assert_eq!(sheet.rows[0].answers, [Some(Fail), Some(Fail), Some(NotApplicable)]);
        assert_eq!(sheet.rows[1].answers, [Some(Pass), None, Some(Pass)]);
        let told = |row: usize| (sheet.rows[row].row, sheet.rows[row].note.as_str(), sheet.rows[row].reviewer.as_str());
        assert_eq!((told(0), told(1)), ((2, "-1", "ana"), (3, "2", "Ben")));
        assert_eq!((sheet.rows.len(), sheet.rows[0].comment.as_str(), sheet.remarks.len()), (2, "why", 0));
    }

    #[test]
    fn what_does_not_count_is_listed_with_its_place_and_masked() {
        let sheet = sheet(
            "note_id,note,judgement,mood,judgment,reviewer\n1,T,maybe 4111111111111111,good,fail,A\n,T,fail,,,A\n3,\"T\",fail,,,A,too,many\n",
        );
        let told: Vec<_> = sheet.remarks.iter().map(|r| (r.kind, r.row, r.column.as_deref())).collect();
        assert_eq!(
            told,
            [
                (RemarkKind::UnknownColumn, Some(1), Some("mood")),
                (RemarkKind::UnknownColumn, Some(1), Some("judgment")),
                (RemarkKind::UnknownAnswer, Some(2), Some("judgement")),
                (RemarkKind::NoNote, Some(3), None),
                (RemarkKind::UnreadableRow, Some(4), None),
            ]
        );
        assert!(sheet.remarks[1].help.contains("`judgement`") && sheet.remarks[0].message.contains("1 filled"));
        assert!(!sheet.remarks[2].message.contains("411111"), "{}", sheet.remarks[2].message);
        assert!(sheet.remarks.iter().all(|remark| remark.file.ends_with("ana.csv") && !remark.help.is_empty()));
    }

    #[test]
    fn rows_that_a_spreadsheet_cut_short_are_filled_up_and_open_quotes_are_told() {
        let sheet = sheet(
            "note_id,note,judgement,style,reviewer,comment\n1,\"Text, more\",fail\n2,\"Text,fail,pass,A,\n3,T,fail,pass,A,\n",
        );
        assert_eq!(sheet.rows.len(), 1);
        assert_eq!(sheet.rows[0].answers, [Some(Answer::Fail), None]);
        assert!(sheet.remarks[0].help.contains("quotation mark"), "{:?}", sheet.remarks);
    }

    #[test]
    fn files_of_one_name_are_different_reviewers() {
        let content = "note_id;judgement\n1;fail\n";
        let sheets = read(&[("ana/sheet.csv", content), ("ben/sheet.csv", content), ("cleo.csv", content)]);
        let names: Vec<String> = sheets.into_iter().map(|sheet| sheet.unwrap().rows[0].reviewer.clone()).collect();
        assert!(names[0].ends_with("ana/sheet.csv") && names[1].ends_with("ben/sheet.csv"), "{names:?}");
        assert_eq!(names[2], "cleo");
    }

    #[test]
    fn a_sheet_without_identifiers_or_criteria_is_refused() {
        let refused = |content: &str| read(&[("a.csv", content)]).remove(0).unwrap_err().to_string();
        assert!(refused("id,judgement\n1,fail\n").contains("name its header `note_id`"));
        assert!(refused("note_id,mood\n1,good\n").contains("no column is a criterion"));
        assert!(refused("PK\x03\x04 no workbook").contains("workbook cannot be read"));
    }

    #[test]
    fn the_criterion_reference_is_not_the_note_s_reference() {
        assert_eq!(sheet(HEADER.trim()).criteria[0], Criterion::Category(Category::Reference));
        assert_eq!(sheet("note_id,reference\n1,fail\n").rows.len(), 1);
        assert!(read(&[("a.csv", "note_id,reference,note\n1,55-1,T\n")]).remove(0).is_err());
    }
}
