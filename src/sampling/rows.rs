//! From audited notes to the rows of a reviewer's sheet. No text leaves the program unmasked.

use smol_str::SmolStr;

use crate::input::{Grid, Manifest};
use crate::model::sample::Kind;
use crate::model::{AuditedNote, Note};
use crate::report::sheet::{Column, Sheet};
use crate::rules::Rulebook;
use crate::text::redact::{self, MASK};

/// Columns that tell the note, before the criteria.
const TOLD: [(&str, Column); 9] = [
    ("note_id", Column::Value),
    ("agent_id", Column::Value),
    ("language", Column::Value),
    ("channel", Column::Value),
    ("call_type", Column::Value),
    ("disposition", Column::Value),
    ("reference", Column::Value),
    ("started_at", Column::Value),
    ("note", Column::Text),
];

/// Columns behind the criteria.
const ASKED: [(&str, Column); 2] = [("reviewer", Column::Value), ("comment", Column::Remark)];

/// The sheet of a sample, to be filled; `notes` in the order of the manifest.
pub(super) fn sheet(manifest: &Manifest, notes: &[AuditedNote], book: &Rulebook) -> Sheet {
    let criteria = manifest.sheet.criteria.columns(notes, book).into_iter().map(|name| (name, Column::Mark));
    let mut columns: Vec<(String, Column)> = TOLD.map(|(name, column)| (name.to_owned(), column)).to_vec();
    columns.extend(criteria);
    columns.extend(ASKED.map(|(name, column)| (name.to_owned(), column)));
    let rows = notes.iter().map(|note| {
        let mut row = told(note, manifest.sheet.blind);
        row.resize(columns.len(), String::new());
        row
    });
    Sheet {
        tab: tab(manifest.kind),
        title: format!(
            "{} sample, {} of {} notes, seed {}",
            manifest.kind.name(),
            manifest.drawn,
            manifest.population.unwrap_or_default(),
            manifest.seed
        ),
        about: manifest.kind.about().into(),
        rows: rows.collect(),
        columns,
    }
}

/// The label that a reviewer sees at the foot of a workbook.
fn tab(kind: Kind) -> String {
    let warning = if kind.representative() { "" } else { " (biased)" };
    format!("{}{warning}", kind.name())
}

fn told(audited: &AuditedNote, blind: bool) -> Vec<String> {
    let note = &audited.note;
    let text = |value: &Option<SmolStr>| value.as_ref().map(SmolStr::to_string).unwrap_or_default();
    let agent = if blind || note.agent == "?" { String::new() } else { note.agent.to_string() };
    let hide = |text: String| if blind { without_agent(text, note) } else { text };
    vec![
        note.id.to_string(),
        agent,
        text(if audited.language.is_some() { &audited.language } else { &note.language }),
        text(&note.channel),
        text(&note.call_type),
        note.disposition.name().to_owned(),
        hide(redact::note(&text(&note.case_id), &[])),
        text(&note.started_at),
        hide(masked(audited)),
    ]
}

/// The note with secrets and long numbers masked, and what the export tells in columns of its own below it: a reviewer sees all that
/// the rules see.
pub(super) fn masked(audited: &AuditedNote) -> String {
    let mut text = redact::note(&audited.note.text, &audited.secrets());
    for (role, value) in &audited.note.elements {
        text.push_str(&format!("\n[{}] {}", role.name(), redact::note(value, &[])));
    }
    text
}

/// The text with the agent's name, its parts and identifier masked, where they stand as words of their own.
fn without_agent(mut text: String, note: &Note) -> String {
    let mut names: Vec<&str> = vec![&note.agent];
    if let Some(name) = &note.agent_name {
        names.push(name);
        names.extend(name.split([' ', '-', '·']).filter(|part| part.chars().count() > 2));
    }
    for name in names.into_iter().filter(|name| name.chars().count() > 1) {
        text = without(&text, name);
    }
    text
}

fn without(text: &str, name: &str) -> String {
    // East Asian scripts have no spaces for a word to end at.
    let word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && c < '\u{2e80}');
    let (mut out, mut from) = (String::with_capacity(text.len()), 0);
    for (at, found) in text.match_indices(name) {
        let end = at + found.len();
        if !word(text[..at].chars().next_back()) && !word(text[end..].chars().next()) {
            out.push_str(&text[from..at]);
            out.extend(found.chars().map(|_| MASK));
            from = end;
        }
    }
    out + &text[from..]
}

/// Carries what reviewers filled into a sheet of the same notes: marks, reviewer, comment, and columns that they added.
pub(super) fn carry(sheet: &mut Sheet, filled: &Grid) {
    let Some(id) = filled.column("note_id") else { return };
    for header in filled.headers.iter().filter(|header| !header.is_empty()) {
        if !sheet.columns.iter().any(|(name, _)| name == header) {
            sheet.columns.push((header.clone(), Column::Value));
        }
    }
    // `reference` is a column of the export before the note, and a criterion behind it.
    let behind = filled.column("note").map_or(0, |note| note + 1);
    let column =
        |name: &str| filled.headers.iter().skip(behind).position(|header| header == name).map(|at| at + behind);
    let width = sheet.columns.len();
    let mut taken = vec![false; filled.rows.len()];
    for row in &mut sheet.rows {
        row.resize(width, String::new());
        // Where an export repeats an identifier, the first row is the first note.
        let Some(at) = (0..filled.rows.len()).find(|at| !taken[*at] && filled.rows[*at][id] == row[0]) else {
            continue;
        };
        taken[at] = true;
        for (cell, (name, _)) in row.iter_mut().zip(&sheet.columns).skip(TOLD.len()) {
            if let Some(column) = column(name) {
                cell.clone_from(&filled.rows[at][column]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blind_note_does_not_name_its_agent() {
        let note = Note { agent: "MNL-15".into(), agent_name: Some("Grace Ocampo".into()), ..Note::default() };
        let text = "MNL-15 (Grace) told Mr Ocampos that Grace Ocampo will call; grace period of 3 days.";
        assert_eq!(
            without_agent(text.into(), &note),
            "•••••• (•••••) told Mr Ocampos that •••••••••••• will call; grace period of 3 days."
        );
        let note = Note { agent: "A1".into(), agent_name: Some("邓晓岚".into()), ..Note::default() };
        assert_eq!(without_agent("由邓晓岚处理".into(), &note), "由•••处理");
    }

    #[test]
    fn what_people_filled_is_carried_over() {
        let columns = TOLD.map(|(name, column)| (name.to_owned(), column)).into_iter();
        let asked = [("reference".into(), Column::Mark), ("comment".into(), Column::Remark)];
        let empty = |id: &str| {
            let mut row = vec![String::new(); TOLD.len() + asked.len()];
            row[0] = id.into();
            row[6] = "CS-1".into();
            row
        };
        let rows = ["1", "2"].map(empty).to_vec();
        let mut sheet = Sheet { columns: columns.chain(asked.clone()).collect(), rows, ..Sheet::default() };
        let row = |cells: [&str; 6]| cells.map(str::to_owned).to_vec();
        let filled = Grid {
            headers: row(["note_id", "reference", "note", "reference", "comment", "mood"]),
            rows: vec![row(["9", "CS-9", "", "fail", "gone", ""]), row(["2", "CS-1", "", "pass", "well told", "calm"])],
            ..Grid::default()
        };
        carry(&mut sheet, &filled);
        assert_eq!(sheet.columns[11].0, "mood");
        assert_eq!(sheet.rows[1][6..], ["CS-1", "", "", "pass", "well told", "calm"]);
        assert!(sheet.rows[0][9..].iter().all(String::is_empty));
    }
}
