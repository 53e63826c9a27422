//! JSON that is no line an object: an array of objects, an object that holds one, objects under keys of their own, objects one after
//! the other.

use std::collections::BTreeMap;
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
/// What stands before each object of a sequence of JSON texts (RFC 7464).
const RECORD: u8 = 0x1e;

/// An object or an array.
pub(in crate::input) fn sniff(head: &str) -> bool {
    head.trim_start_matches(|c: char| c.is_whitespace() || c == char::from(RECORD)).starts_with(['{', '['])
}

/// Whether the text of an object holds an array of objects, or nothing but objects under keys of their own.
pub(super) fn holds_objects(text: &str) -> bool {
    let outline = Outline::of(text);
    outline.arrays.iter().any(|array| array.objects > 0) || outline.maps().next().is_some()
}

/// Where the rows of a document stand.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Rows {
    /// In no container.
    Outside,
    /// In the array under these keys.
    Array(Vec<String>),
    /// Under keys of their own (`{"1": {…}, "2": {…}}`) in the object under these keys.
    Map(Vec<String>),
}

impl Rows {
    /// Whether the container that has just opened is the one of the rows.
    fn opens(&self, walk: &Walk) -> bool {
        let (Rows::Array(path) | Rows::Map(path)) = self else { return false };
        let here = if matches!(self, Rows::Array(_)) { walk.array() } else { walk.object() };
        here.is_some_and(|here| path.iter().map(String::as_str).eq(here))
    }

    fn name(path: &[String]) -> String {
        if path.is_empty() { String::new() } else { format!(" `{}`", path.join(".")) }
    }
}

/// Opens a document.
pub(in crate::input) fn open(file: &str, decoded: Decoded, wanted: &Wanted<'_>) -> Result<Table, InputError> {
    let outline = Outline::of(&decoded.head);
    let array = decoded.head.trim_start().starts_with('[');
    let rows = if array { Rows::Array(vec![]) } else { outline.rows(wanted) };
    let form = match &rows {
        Rows::Outside if outline.values > 1 => "objects one after the other".to_owned(),
        Rows::Outside => "one object".to_owned(),
        Rows::Array(path) if path.is_empty() => "an array of objects".to_owned(),
        Rows::Array(path) => format!("the array `{}`{}", path.join("."), outline.others(path)),
        Rows::Map(path) => format!("objects under keys of their own{}", Rows::name(path)),
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
    /// Objects outside of arrays, by their path.
    objects: BTreeMap<Vec<String>, Members>,
}

/// What stands in an object.
#[derive(Default)]
struct Members {
    keys: usize,
    objects: usize,
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
                    (None, None) if byte == b'{' && outline.values == 0 => outline.object(&walk),
                    _ => {}
                },
                Step::Closed => {
                    open = open.filter(|depth| walk.depth() >= *depth);
                    outline.values += usize::from(walk.depth() == 0);
                }
                Step::Key if !walk.in_array() && outline.values == 0 => outline.key(&walk),
                _ => {}
            }
            if let (Some(_), Some(array)) = (open, outline.arrays.last_mut()) {
                array.bytes += 1;
            }
        }
        outline.values += usize::from(walk.depth() > 0);
        outline
    }

    /// Adds a key of an object outside of arrays.
    fn key(&mut self, walk: &Walk) {
        self.paths.push(walk.path());
        if let Some(path) = walk.object().filter(|path| path.len() < DEEPEST_ROWS) {
            self.objects.entry(path.into_iter().map(str::to_owned).collect()).or_default().keys += 1;
        }
    }

    /// Adds an object that has just opened outside of arrays to the one in which it stands.
    fn object(&mut self, walk: &Walk) {
        let Some(mut path) = walk.object().filter(|path| (1..=DEEPEST_ROWS).contains(&path.len())) else { return };
        path.pop();
        if let Some(members) = self.objects.get_mut(&path.into_iter().map(str::to_owned).collect::<Vec<_>>()) {
            members.objects += 1;
        }
    }

    /// The paths of objects in which nothing stands but objects, and more than one, the outermost first.
    fn maps(&self) -> impl Iterator<Item = &Vec<String>> {
        let maps = self.objects.iter().filter(|(_, members)| members.objects > 1 && members.keys == members.objects);
        maps.map(|(path, _)| path)
    }

    /// The object under whose keys the rows stand: the column that is needed has the same path under more than one of them.
    fn map(&self, wanted: &Wanted<'_>) -> Option<&Vec<String>> {
        let is_map = |path: &&Vec<String>| {
            let start = path.iter().map(|key| format!("{key}.")).collect::<String>();
            let under = self.paths.iter().filter_map(|path| path.strip_prefix(&start)?.split_once('.'));
            let mut needed: Vec<(&str, &str)> =
                under.filter(|(_, path)| role_of(path, wanted.vocabulary) == Some(wanted.needed)).collect();
            needed.sort_by_key(|(_, path)| *path);
            needed.windows(2).any(|two| two[0].1 == two[1].1 && two[0].0 != two[1].0)
        };
        self.maps().find(is_map)
    }

    /// Where the rows stand: the array is the longest of those that hold objects. The object itself is a row where the notes, or two
    /// known columns, stand in it outside of any array.
    fn rows(&self, wanted: &Wanted<'_>) -> Rows {
        if self.values == 1
            && let Some(path) = self.map(wanted)
        {
            return Rows::Map(path.clone());
        }
        let arrays = self.arrays.iter().rev().filter(|array| array.objects > 0);
        // An array of objects is no column, whatever its name: `comments` holds rows.
        let is_array = |path: &&String| arrays.clone().any(|array| array.path.join(".") == **path);
        let role = |path: &String| role_of(path, wanted.vocabulary);
        let roles: Vec<Role> = self.paths.iter().filter(|path| !is_array(path)).filter_map(role).collect();
        if roles.contains(&wanted.needed) || roles.len() > 1 {
            return Rows::Outside;
        }
        let longest = arrays.max_by_key(|array| array.bytes);
        longest.map_or(Rows::Outside, |array| Rows::Array(array.path.clone()))
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
    rows: Rows,
    /// Depth of the container of the rows that is being read.
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
                // Objects stand right inside of their container, or right outside of everything.
                let base = if self.rows == Rows::Outside { Some(0) } else { self.inside };
                let between = base == Some(self.walk.depth()) && !self.walk.in_string();
                let step = self.walk.step(*byte);
                self.line += u64::from(*byte == b'\n');
                let starts = match self.rows {
                    Rows::Map(_) => *byte == b'{',
                    _ => !byte.is_ascii_whitespace() && ![b',', b']', RECORD].contains(byte),
                };
                if between && taken.is_none() && starts {
                    taken = Some(Taken { line: self.line, bytes: Vec::new(), too_long: false });
                }
                let closed = step == Step::Closed && base == Some(self.walk.depth());
                // A plain value ends where the next begins.
                let ended = between && (byte.is_ascii_whitespace() || [b',', b']', RECORD].contains(byte));
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
                    Step::Opened if self.inside.is_none() && self.rows.opens(&self.walk) => {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::formats::Remarks;
    use crate::input::{Options, Row};
    use crate::text::Folder;

    fn read(text: &str) -> (String, Vec<(u64, String)>) {
        let mut vocabulary = Vocabulary::new(Folder::default());
        vocabulary.add_columns(Role::Note, "core", &["notes".into()]);
        let options = Options::default();
        let wanted = Wanted { options: &options, vocabulary: &vocabulary, needed: Role::Note, saved: false };
        let reader: Stream = Box::new(std::io::Cursor::new(text.as_bytes().to_vec()));
        let decoded = Decoded {
            head: text.to_owned(),
            reader,
            encoding: String::new(),
            reason: "",
            verbatim: true,
            remarks: Remarks::default(),
            tape: None,
        };
        let table = match open("f", decoded, &wanted) {
            Ok(table) => table,
            Err(error) => return (error.to_string(), vec![]),
        };
        let row = |row: Row| match row {
            Row::Fields(line, fields) => (line, fields.to_vec().join("|")),
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
            // An array may be called what a column is called.
            ("the array `notes`", r#"{"ticket":7,"notes":[{"id":1,"notes":"x"},{"id":2,"notes":"y"}]}"#),
            ("objects under keys of their own", r#"{"{a":{"id":1,"notes":"x"},"b":{"id":2,"notes":"y"}}"#),
            (
                "objects under keys of their own `data.notes`",
                r#"{"count":2,"data":{"notes":{"a":{"id":1,"notes":"x"},"b":{"id":2,"notes":"y"}}}}"#,
            ),
            ("objects one after the other", "\u{1e}{\"id\":1,\"notes\":\"x\"}\u{1e}{\"id\":2,\"notes\":\"y\"}"),
        ] {
            assert_eq!(read(text), (form.to_owned(), two.clone()), "{text}");
        }
        let (form, rows) = read("{\n \"id\": 1,\n \"notes\": \"x ] } , \\\" {\",\n \"tags\": [{\"a\": [2]}]\n}\n");
        assert_eq!((form.as_str(), rows), ("one object", vec![(1, "1|x ] } , \" {|2".to_owned())]));
        // Objects in a row are no rows: one has the notes, or there is something beside them.
        for text in [
            r#"{"agent":{"name":"A","id":1},"call":{"id":2,"notes":"x"}}"#,
            r#"{"id":1,"from":{"notes":"x"},"to":{"notes":"y"}}"#,
        ] {
            assert_eq!(read(text).0, "one object", "{text}");
        }
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
