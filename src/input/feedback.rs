//! What the departments that use the notes say of them: a table of note, department, what was missing or needless, what it cost.

use std::path::Path;

use super::formats::{self, Wanted};
use super::source::Source;
use super::values::{Clock, Unit, duration};
use super::{InputError, Options, Row, Vocabulary};
use crate::model::{Problem, Role};

/// Columns of the file; the last two may be absent.
const COLUMNS: [&str; 6] = ["note_id", "department", "missing", "needless", "cost_minutes", "comment"];

/// One remark of a department about one note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feedback {
    /// The note's identifier.
    pub note: String,
    /// Who says it.
    pub department: String,
    /// What the note lacked: an element, a category, a rule, or free text.
    pub missing: Option<String>,
    /// What nobody needed.
    pub needless: Option<String>,
    /// What it cost, in seconds of somebody's time.
    pub cost: Option<u32>,
}

/// Reads a file of feedback (in any format of exports). A row without a note, or that says neither what was missing nor what was needless,
/// is a problem and is listed.
///
/// # Errors
/// A file that cannot be read, or that lacks a column.
pub fn read_feedback(path: &Path, vocabulary: &Vocabulary) -> Result<(Vec<Feedback>, Vec<Problem>), InputError> {
    let file = path.display().to_string();
    let options = Options::default();
    let wanted = Wanted { options: &options, vocabulary, needed: Role::NoteId, saved: false };
    let table = formats::open(&file, Source::open(path)?, &wanted)?.table;
    let headers: Vec<String> = table.headers.iter().map(|header| vocabulary.header(header)).collect();
    let column = |name: &str| headers.iter().position(|header| *header == vocabulary.header(name));
    let places = COLUMNS.map(column);
    if let Some(absent) = COLUMNS.iter().zip(places).take(4).find(|(_, place)| place.is_none()) {
        return Err(InputError::Columns {
            file,
            message: format!("there is no column `{}`", absent.0),
            headers: table.headers,
            help: format!("feedback has the columns {}", COLUMNS.join(", ")),
        });
    }
    let (mut out, mut problems) = (Vec::new(), Vec::new());
    for row in table.rows {
        let (line, fields) = match row {
            Row::Fields(line, fields) => (line, fields),
            Row::Unreadable(rejected) => {
                problems.push(rejected.problem);
                continue;
            }
            Row::Refused(error) => return Err(error),
        };
        let field = |index: usize| {
            let value = places[index].and_then(|place| fields.get(place)).map(|value| value.trim());
            value.filter(|value| !value.is_empty()).map(str::to_owned)
        };
        let mut refuse = |message: &str, help: &str| {
            problems.push(Problem::at(&file, line, message, help));
        };
        let (missing, needless) = (field(2), field(3));
        let Some(note) = field(0).filter(|_| missing.is_some() || needless.is_some()) else {
            refuse(
                "the row names no note, or neither what was missing nor what was needless",
                "fill note_id and one of the two",
            );
            continue;
        };
        let cost = field(4).map(|value| duration(&value, Unit::Minutes, Clock::Minutes, &vocabulary.units));
        if cost == Some(None) {
            refuse("the cost is no duration; it is left out", "write minutes (`12`) or a duration (`0:12:00`, `12m`)");
        }
        let department = field(1).unwrap_or_else(|| "?".to_owned());
        out.push(Feedback { note, department, missing, needless, cost: cost.flatten() });
    }
    Ok((out, problems))
}
