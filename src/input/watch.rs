//! What the rows of an export tell about the whole of it, noticed while they are read.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use super::row::lost_digits;
use super::{Columns, Fields, Vocabulary, stamp};
use crate::model::{Note, Problem, Role};

/// What was noticed in the files of a run, by file.
pub(super) type Noticed = Arc<Mutex<BTreeMap<String, Vec<Problem>>>>;

/// What was noticed in one file.
#[derive(Debug, Default)]
pub(super) struct Notices {
    /// Columns of identifiers that a spreadsheet has rounded: rows, and one of them.
    rounded: BTreeMap<Role, (u64, String)>,
    /// Moments in universal time, where nobody said in what zone the contacts were.
    utc: u64,
    /// Rows that say that the export is not whole, and how.
    missing: Option<(u64, String)>,
    /// Rows with more notes than the one that is read, and a column of another.
    further: Option<(u64, usize)>,
    /// Columns of durations with values that hold figures and are none: rows, and one of them.
    no_time: BTreeMap<Role, (u64, String)>,
}

impl Notices {
    /// Looks at a row, and what note it is.
    pub(super) fn row(&mut self, fields: &Fields, note: &Note, columns: &Columns, vocabulary: &Vocabulary) {
        for role in [Role::NoteId, Role::CaseId, Role::Customer] {
            if let Some(value) = columns.value(role, fields)
                && lost_digits(&value)
            {
                self.rounded.entry(role).or_insert_with(|| (0, value.into_owned())).0 += 1;
            }
        }
        if columns.zone.is_none()
            && let Some((value, utc)) = columns.start(fields)
            && (utc || stamp::is_utc(&value, &vocabulary.dates))
        {
            self.utc += 1;
        }
        let filled = |column: &&usize| fields.get(**column).is_some_and(|field| !field.trim().is_empty());
        if columns.listed_notes.iter().filter(filled).nth(1).is_some() {
            let read = columns.notes.first().copied();
            if let Some(column) = columns.listed_notes.iter().filter(filled).find(|column| Some(**column) != read) {
                self.further.get_or_insert((0, *column)).0 += 1;
            }
        }
        for (role, seconds) in [(Role::AcwSeconds, note.acw_seconds), (Role::TalkSeconds, note.talk_seconds)] {
            if seconds.is_none()
                && let Some(value) = columns.value(role, fields)
                && value.bytes().any(|byte| byte.is_ascii_digit())
            {
                self.no_time.entry(role).or_insert_with(|| (0, value.trim().chars().take(40).collect())).0 += 1;
            }
        }
        for (column, no) in &columns.complete {
            if let Some(value) = fields.get(*column).filter(|value| no.contains(&vocabulary.header(value))) {
                let said = || (0, format!("{}: {}", columns.headers[*column], value.trim()));
                self.missing.get_or_insert_with(said).0 += 1;
            }
        }
    }

    /// What a run says of it.
    pub(super) fn remarks(&self, file: &str, columns: &Columns) -> Vec<Problem> {
        let remark = |message: String, help: &str| Problem {
            file: file.to_owned(),
            line: None,
            message,
            help: help.to_owned(),
            rejected: false,
        };
        let header = |role: Role| columns.header(role).unwrap_or_default();
        let mut out = Vec::new();
        if let Some((rows, said)) = &self.missing {
            out.push(remark(
                format!("the export is not whole: {rows} rows say `{said}`"),
                "export again with a shorter period or fewer filters, until the system says that it is complete",
            ));
        }
        if let (Some((rows, other)), Some(read)) = (self.further, columns.header(Role::Note)) {
            let other = &columns.headers[other];
            out.push(Problem {
                file: file.to_owned(),
                line: None,
                message: format!(
                    "{rows} rows hold further notes, such as `{other}`, that are not read: one note a row is"
                ),
                help: format!(
                    "join them with --column 'note={read}' --column 'note={other}', or export one note a row"
                ),
                rejected: false,
            });
        }
        for (role, (rows, value)) in &self.rounded {
            let renamed = if *role == Role::NoteId { "; their notes are named by file and line" } else { "" };
            out.push(remark(
                format!("identifiers in column `{}` lost digits in {rows} rows: {value}{renamed}", header(*role)),
                "a spreadsheet took them for numbers: use the file as the system exported it, or format the column as text",
            ));
        }
        for (role, (rows, value)) in &self.no_time {
            out.push(remark(
                format!("{rows} values in column `{}` are no durations and count as not told: {value}", header(*role)),
                "export the column in seconds, or as 00:01:35",
            ));
        }
        if self.utc > 0 {
            out.push(remark(
                format!(
                    "column `{}`: {} moments are universal time, and days are counted so: a contact near midnight may stand \
                     under the day before or after",
                    header(Role::StartedAt),
                    self.utc
                ),
                "say where the contacts were with `time_zone: Europe/Madrid` in acw.yaml, or with --time-zone",
            ));
        }
        out
    }
}
