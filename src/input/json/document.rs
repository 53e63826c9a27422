//! JSON that is no line an object: an array of objects, an object that holds one, objects one after the other.

use std::io::BufRead;
use std::io::BufReader;

use super::walk::{Step, Walk};
use super::{Object, table};
use crate::input::formats::{LONGEST_RECORD, Table, Wanted};
use crate::input::raw::Raw;
use crate::input::source::Stream;
use crate::input::{InputError, Vocabulary, decode::Decoded};
use crate::model::Role;

/// How deep an array of rows may lie: under so many keys.
const DEEPEST_ROWS: usize = 3;

/// An object or an array.
pub(in crate::input) fn sniff(head: &str) -> bool {
    head.trim_start().starts_with(['{', '['])
}

/// Whether the text of an object holds an array of objects.
pub(super) fn holds_objects(text: &str) -> bool {
    Outline::of(text).arrays.iter().any(|array| array.objects > 0)
}

/// Opens a document.
pub(in crate::input) fn open(file: &str, decoded: Decoded, wanted: &Wanted<'_>) -> Result<Table, InputError> {
    let outline = Outline::of(&decoded.head);
    let rows = if decoded.head.trim_start().starts_with('[') { Some(vec![]) } else { outline.rows(wanted) };
    let form = match &rows {
        None if outline.values > 1 => "objects one after the other".to_owned(),
        None => "one object".to_owned(),
        Some(path) if path.is_empty() => "an array of objects".to_owned(),
        Some(path) => format!("the array `{}`{}", path.join("."), outline.others(path)),
    };
    let objects = Objects {
        reader: BufReader::with_capacity(1 << 16, decoded.reader),
        file: file.to_owned(),
        encoding: decoded.tape.map(|_| decoded.encoding),
        walk: Walk::default(),
        line: 1,
        rows,
        inside: None,
        ended: false,
    };
    table(file, objects, form, wanted)
}

/// What the first part of a document holds.
#[derive(Default)]
struct Outline {
    /// Values that stand in no container.
    values: usize,
    /// Arrays under keys.
    arrays: Vec<Array>,
    /// Paths outside of arrays.
    paths: Vec<String>,
}

struct Array {
    path: Vec<String>,
    /// How many objects are in it.
    objects: usize,
    /// How long it is.
    bytes: usize,
}

impl Outline {
    fn of(head: &str) -> Self {
        let (mut outline, mut walk) = (Outline::default(), Walk::default());
        // The array that is open, if any, and its depth.
        let mut open: Option<u64> = None;
        for byte in head.bytes() {
            match walk.step(byte) {
                Step::Opened => match (open, walk.array()) {
                    (None, Some(path)) if path.len() <= DEEPEST_ROWS && !path.is_empty() => {
                        let path = path.into_iter().map(str::to_owned).collect();
                        outline.arrays.push(Array { path, objects: 0, bytes: 0 });
                        open = Some(walk.depth());
                    }
                    (Some(depth), _) if byte == b'{' && walk.depth() == depth + 1 => {
                        if let Some(array) = outline.arrays.last_mut() {
                            array.objects += 1;
                        }
                    }
                    _ => {}
                },
                Step::Closed => {
                    open = open.filter(|depth| walk.depth() >= *depth);
                    outline.values += usize::from(walk.depth() == 0);
                }
                Step::Key if !walk.in_array() && outline.values == 0 => outline.paths.push(walk.path()),
                _ => {}
            }
            if let (Some(_), Some(array)) = (open, outline.arrays.last_mut()) {
                array.bytes += 1;
            }
        }
        outline.values += usize::from(walk.depth() > 0);
        outline
    }

    /// The path of the array whose objects are the rows: the longest. `None` where the object itself is a row: the notes, or two known
    /// columns, stand in it outside of any array.
    fn rows(&self, wanted: &Wanted<'_>) -> Option<Vec<String>> {
        let role = |path: &String| role_of(path, wanted.vocabulary);
        let roles: Vec<Role> = self.paths.iter().filter_map(role).collect();
        if roles.contains(&wanted.needed) || roles.len() > 1 {
            return None;
        }
        let arrays = self.arrays.iter().rev().filter(|array| array.objects > 0);
        arrays.max_by_key(|array| array.bytes).map(|array| array.path.clone())
    }

    /// What to say of other arrays of objects.
    fn others(&self, rows: &[String]) -> String {
        let others = self.arrays.iter().filter(|array| array.objects > 0 && array.path != rows);
        let mut names: Vec<String> = others.map(|array| format!("`{}`", array.path.join("."))).collect();
        names.sort();
        names.dedup();
        if names.is_empty() { String::new() } else { format!(", and not {}", names.join(", ")) }
    }
}

fn role_of(path: &str, vocabulary: &Vocabulary) -> Option<Role> {
    vocabulary.column(path).map(|alias| alias.role)
}

/// The objects of a document, one at a time.
struct Objects {
    reader: BufReader<Stream>,
    file: String,
    /// The file's encoding, where objects that cannot be read are to be handed over as they were found.
    encoding: Option<String>,
    walk: Walk,
    line: u64,
    /// The path of the array that holds them; `None` where they stand in no container.
    rows: Option<Vec<String>>,
    /// Depth of the array that is being read.
    inside: Option<u64>,
    ended: bool,
}

/// An object that is being read.
struct Taken {
    line: u64,
    bytes: Vec<u8>,
    too_long: bool,
}

impl Iterator for Objects {
    type Item = Object;

    fn next(&mut self) -> Option<Object> {
        let mut taken: Option<Taken> = None;
        while !self.ended {
            let buffer = match self.reader.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) => {
                    self.ended = true;
                    return Some(Object::stopped(&self.file, self.line, &error));
                }
            };
            if buffer.is_empty() {
                self.ended = true;
                let cut = taken.is_some() || self.walk.depth() > 0;
                let message = "the document ends before its last bracket is closed".to_owned();
                return cut.then(|| Object::broken(&self.file, self.line, message, "check that the file is complete"));
            }
            let mut used = 0;
            let mut done = None;
            for byte in buffer {
                used += 1;
                // Objects stand right inside of their array, or right outside of everything.
                let base = if self.rows.is_some() { self.inside } else { Some(0) };
                let between = base == Some(self.walk.depth()) && !self.walk.in_string();
                let step = self.walk.step(*byte);
                self.line += u64::from(*byte == b'\n');
                if between && taken.is_none() && !byte.is_ascii_whitespace() && ![b',', b']'].contains(byte) {
                    taken = Some(Taken { line: self.line, bytes: Vec::new(), too_long: false });
                }
                let closed = step == Step::Closed && base == Some(self.walk.depth());
                // A plain value ends where the next begins.
                let ended = between && (byte.is_ascii_whitespace() || [b',', b']'].contains(byte));
                if let Some(taken) = taken.as_mut().filter(|_| !ended) {
                    taken.too_long |= taken.bytes.len() >= LONGEST_RECORD;
                    if !taken.too_long {
                        taken.bytes.push(*byte);
                    }
                }
                if closed || ended {
                    done = taken.take();
                }
                match step {
                    Step::Opened if self.inside.is_none() && is_array(&self.rows, &self.walk) => {
                        self.inside = Some(self.walk.depth())
                    }
                    Step::Closed => self.inside = self.inside.filter(|depth| self.walk.depth() >= *depth),
                    _ => {}
                }
                if done.is_some() {
                    break;
                }
            }
            self.reader.consume(used);
            match done {
                Some(Taken { line, too_long: true, .. }) => {
                    let message = "the object is longer than 16 MiB".to_owned();
                    return Some(Object::broken(&self.file, line, message, "export only the fields that are needed"));
                }
                Some(Taken { line, bytes, .. }) => {
                    // It does not stand on lines of its own, so that its bytes in the file are not known.
                    let raw = |encoding: &String| {
                        let text = String::from_utf8(bytes.clone()).ok();
                        Raw::Text { encoding: encoding.clone(), bytes: None, text }
                    };
                    let object = Object::read(&self.file, line, &bytes);
                    return Some(object.with(|| self.encoding.as_ref().map(raw)));
                }
                None => {}
            }
        }
        None
    }
}

/// Whether the container that has just opened is the array of the rows.
fn is_array(rows: &Option<Vec<String>>, walk: &Walk) -> bool {
    match (rows, walk.array()) {
        (Some(rows), Some(path)) => rows.iter().map(String::as_str).eq(path),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{Options, Row};
    use crate::text::Folder;

    fn read(text: &str) -> (String, Vec<(u64, String)>) {
        let mut vocabulary = Vocabulary::new(Folder::default());
        vocabulary.add_columns(Role::Note, "core", &["notes".into()]);
        let options = Options::default();
        let wanted = Wanted { options: &options, vocabulary: &vocabulary, needed: Role::Note, saved: false };
        let reader: Stream = Box::new(std::io::Cursor::new(text.as_bytes().to_vec()));
        let decoded =
            Decoded { head: text.to_owned(), reader, encoding: String::new(), reason: "", verbatim: true, tape: None };
        let table = match open("f", decoded, &wanted) {
            Ok(table) => table,
            Err(error) => return (error.to_string(), vec![]),
        };
        let row = |row: Row| match row {
            Row::Fields(line, fields) => (line, fields.join("|")),
            Row::Unreadable(row) => (row.problem.line.unwrap(), row.problem.message),
            Row::Refused(error) => (0, error.to_string()),
        };
        (table.form, table.rows.map(row).collect())
    }

    #[test]
    fn every_kind_of_document_gives_its_rows() {
        let two = vec![(1, "1|x".to_owned()), (1, "2|y".to_owned())];
        for (form, text) in [
            ("an array of objects", r#"[{"id":1,"notes":"x"},{"id":2,"notes":"y"}]"#),
            ("objects one after the other", r#"{"id":1,"notes":"x"}{"id":2,"notes":"y"}"#),
            ("the array `entries`", r#"{"count":2,"entries":[{"id":1,"notes":"x"},{"id":2,"notes":"y"}],"next":null}"#),
            ("the array `data.items`", r#"{"data":{"items":[{"id":1,"notes":"x"},{"id":2,"notes":"y"}]}}"#),
            ("the array `e`", r#"{"e":[{"id":1,"notes":"x"}]} {"e":[{"id":2,"notes":"y"}]}"#),
            (
                "the array `tickets`, and not `users`",
                r#"{"users":[{"name":"A"}],"tickets":[{"id":1,"notes":"x"},{"id":2,"notes":"y"}]}"#,
            ),
        ] {
            assert_eq!(read(text), (form.to_owned(), two.clone()), "{text}");
        }
        let (form, rows) = read("{\n \"id\": 1,\n \"notes\": \"x ] } , \\\" {\",\n \"tags\": [{\"a\": [2]}]\n}\n");
        assert_eq!((form.as_str(), rows), ("one object", vec![(1, "1|x ] } , \" {|2".to_owned())]));
    }

    #[test]
    fn lines_are_those_where_the_objects_start() {
        let (_, rows) = read("[\n  {\"id\": 1,\n   \"notes\": \"x\"},\n  7,\n  {\"id\": 2, \"notes\": \"y\"}\n]\n");
        assert_eq!(rows.iter().map(|row| row.0).collect::<Vec<_>>(), [2, 4, 5]);
        assert!(rows[1].1.contains("no object"), "{rows:?}");
    }

    #[test]
    fn documents_that_are_cut_deep_or_empty_are_told() {
        let (_, rows) = read(r#"[{"notes":"x"},{"notes":"y"#);
        assert!(rows.len() == 2 && rows[1].1.contains("ends before"), "{rows:?}");
        let deep =
            format!("[{{\"notes\":\"x\"}},{{\"a\":{}{}}},{{\"notes\":\"y\"}}]", "[".repeat(5000), "]".repeat(5000));
        let (_, rows) = read(&deep);
        assert!(rows.len() == 3 && rows[1].1.contains("recursion limit") && rows[2].1 == "y", "{rows:?}");
        let long = format!("[{{\"notes\":\"x\"}},{{\"a\":\"{}\"}},{{\"notes\":\"y\"}}]", "z".repeat(LONGEST_RECORD));
        let (_, rows) = read(&long);
        assert!(rows.len() == 3 && rows[1].1.contains("16 MiB"));
        assert!(read("[]").0.contains("no rows") && read("[[1,2],[3,4]]").0.contains("no object"));
    }
}
