//! JSON: one object a line, or documents; nested objects are flattened by path (`comment.body`).

mod document;
mod flatten;
mod lines;
mod walk;

use std::collections::HashMap;

pub(super) use document::{open as open_document, sniff as sniff_document};
pub(super) use lines::{open as open_lines, sniff as sniff_lines};

use super::formats::{MOST_COLUMNS, Remarks, Table, Wanted};
use super::{InputError, Raw, Rejected, Row, Vocabulary};
use crate::model::{Problem, Role};

/// Rows that are read before the columns are decided, and most bytes of them.
const LOOKED_AT: usize = 200;
const LOOKED_AT_BYTES: usize = 32 << 20;

/// What became of one object.
enum Object {
    /// Its line, and the values by path.
    Fields(u64, Vec<(String, String)>),
    Broken(Rejected),
    Refused(InputError),
}

impl Object {
    /// An object as written, that starts in that line.
    fn read(file: &str, line: u64, bytes: &[u8]) -> Self {
        match flatten::object(bytes) {
            Ok(pairs) => Object::Fields(line, pairs),
            Err((message, help)) => Object::broken(file, line, message, help),
        }
    }

    fn broken(file: &str, line: u64, message: String, help: &str) -> Self {
        Object::Broken(Problem::at(file, line, message, help).into())
    }

    /// The same, with the object as it was found where it is broken.
    fn with(self, raw: impl FnOnce() -> Option<Raw>) -> Self {
        match self {
            Object::Broken(rejected) => Object::Broken(Rejected { raw: raw().map(Box::new), ..rejected }),
            object => object,
        }
    }

    /// The end of reading: a limit, or what the system says.
    fn stopped(file: &str, line: u64, error: &std::io::Error) -> Self {
        match super::source::Limit::of(error) {
            Some(_) => Object::Refused(super::cannot_read(file, error)),
            None => {
                Object::broken(file, line, format!("reading stopped here: {error}"), "check that the file is complete")
            }
        }
    }
}

/// The table of objects: the columns are the paths seen in its first rows.
fn table(
    file: &str,
    mut objects: impl Iterator<Item = Object> + Send + 'static,
    form: String,
    wanted: &Wanted<'_>,
) -> Result<Table, InputError> {
    let (mut first, mut bytes) = (Vec::new(), 0);
    let mut columns = Columns::new(file, wanted.vocabulary);
    while first.len() < LOOKED_AT && bytes < LOOKED_AT_BYTES {
        let Some(object) = objects.next() else { break };
        if let Object::Fields(_, pairs) = &object {
            bytes += pairs.iter().map(|(path, value)| path.len() + value.len()).sum::<usize>();
            columns.add(pairs);
        }
        first.push(object);
    }
    if columns.headers.is_empty() {
        return Err(match first.into_iter().next() {
            Some(Object::Broken(Rejected { problem, .. })) => InputError::Form {
                file: problem.file,
                message: format!("line {}: {}", problem.line.unwrap_or(1), problem.message),
                help: problem.help,
            },
            Some(Object::Refused(error)) => error,
            _ => InputError::Empty { file: file.to_owned() },
        });
    }
    let (headers, remarks) = (columns.headers.clone(), columns.remarks.clone());
    let rows = first.into_iter().chain(objects).map(move |object| match object {
        Object::Broken(rejected) => Row::Unreadable(rejected),
        Object::Refused(error) => Row::Refused(error),
        Object::Fields(line, pairs) => Row::Fields(line, columns.fields(line, pairs).into_iter().collect()),
    });
    Ok(Table { headers, rows: Box::new(rows), form, remarks })
}

/// The columns of objects, and what becomes of paths that come too late to be one.
struct Columns {
    file: String,
    headers: Vec<String>,
    index: HashMap<String, usize>,
    vocabulary: Vocabulary,
    /// The part that a late path plays; `None` where it plays none.
    late: HashMap<String, Option<Role>>,
    remarks: Remarks,
}

impl Columns {
    fn new(file: &str, vocabulary: &Vocabulary) -> Self {
        Columns {
            file: file.to_owned(),
            headers: vec![],
            index: HashMap::new(),
            vocabulary: vocabulary.clone(),
            late: HashMap::new(),
            remarks: Remarks::default(),
        }
    }

    fn add(&mut self, pairs: &[(String, String)]) {
        for (path, _) in pairs {
            if !self.index.contains_key(path) && self.headers.len() < MOST_COLUMNS {
                self.index.insert(path.clone(), self.headers.len());
                self.headers.push(path.clone());
            }
        }
    }

    fn fields(&mut self, line: u64, pairs: Vec<(String, String)>) -> Vec<String> {
        let mut fields = vec![String::new(); self.headers.len()];
        let mut late = Vec::new();
        for (path, value) in pairs {
            match self.index.get(&path) {
                Some(at) => fields[*at] = value,
                None if value.trim().is_empty() => {}
                None => late.push((path, value)),
            }
        }
        for (path, value) in late {
            if let Some(role) = self.role(line, &path)
                && let Some(at) = self.free(role, &fields)
            {
                fields[at] = value;
            }
        }
        fields
    }

    /// The part that a late path plays; of a known one without a column it is said once that it is left out.
    fn role(&mut self, line: u64, path: &str) -> Option<Role> {
        if let Some(role) = self.late.get(path) {
            return *role;
        }
        if self.late.len() >= MOST_COLUMNS {
            return None;
        }
        let known = self.vocabulary.column(path).map(|alias| alias.role);
        let role = known.filter(|role| self.of(*role).next().is_some());
        if let (Some(part), None) = (known, role) {
            self.remarks.add(Problem {
                file: self.file.clone(),
                line: Some(line),
                message: format!(
                    "`{path}` (part `{}`) comes first in this row, behind the {LOOKED_AT} rows that decide the columns: it is not read",
                    part.name()
                ),
                help: "put a row that has it among the first, for instance by sorting the export".into(),
                rejected: false,
            });
        }
        self.late.insert(path.to_owned(), role);
        role
    }

    /// The columns that play a part.
    fn of(&self, role: Role) -> impl Iterator<Item = usize> {
        let plays = move |header: &String| self.vocabulary.column(header).is_some_and(|alias| alias.role == role);
        self.headers.iter().enumerate().filter(move |(_, header)| plays(header)).map(|(at, _)| at)
    }

    /// The likeliest column of a part, if its field is empty.
    fn free(&self, role: Role, fields: &[String]) -> Option<usize> {
        let rank = |at: &usize| self.vocabulary.column(&self.headers[*at]).map(|alias| alias.rank);
        self.of(role).min_by_key(rank).filter(|at| fields[*at].trim().is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Options;
    use crate::text::Folder;

    #[test]
    fn what_comes_late_goes_where_it_belongs_or_is_told() {
        let (mut vocabulary, options) = (Vocabulary::new(Folder::default()), Options::default());
        vocabulary.add_columns(Role::Note, "core", &["notes".into()]);
        let wanted = Wanted { options: &options, vocabulary: &vocabulary, needed: Role::Note, saved: false };
        let pairs = |pairs: &[(&str, &str)]| pairs.iter().map(|(p, v)| ((*p).to_owned(), (*v).to_owned())).collect();
        let mut objects: Vec<Object> =
            (1..=LOOKED_AT as u64).map(|n| Object::Fields(n, pairs(&[("people.0.notes", "x")]))).collect();
        objects.push(Object::Fields(201, pairs(&[("people.1.notes", "late"), ("team", "A"), ("other", "b")])));
        objects.push(Object::Fields(202, pairs(&[("team", "A")])));
        let table = table("f", objects.into_iter(), String::new(), &wanted).unwrap_or_else(|error| panic!("{error}"));
        let last: Vec<Row> = table.rows.skip(LOOKED_AT).collect();
        assert!(matches!(&last[0], Row::Fields(201, fields) if fields.to_vec() == ["late"]));
        let remarks = table.remarks.all();
        assert_eq!(remarks.len(), 1);
        assert!(remarks[0].message.contains("`team`") && remarks[0].line == Some(201), "{remarks:?}");
    }
}
