//! JSON lines: one object a line; nested objects are flattened by path (`comment.body`).

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};

use serde_json::Value;

use super::raw::Tape;
use super::{InputError, Rejected, Row, Rows, Table, decode::Decoded};
use crate::model::Problem;

/// Rows that are read before the columns are decided.
const LOOKED_AT: usize = 200;
/// Longest line that is read, in bytes.
const LONGEST_LINE: u64 = 16 << 20;

/// The first thing is an object or an array.
pub(super) fn sniff(head: &str) -> bool {
    head.trim_start().starts_with(['{', '['])
}

/// Opens a JSON lines file: the columns are the paths seen in its first rows.
pub(super) fn open(file: &str, decoded: Decoded) -> Result<Table, InputError> {
    if decoded.head.trim_start().starts_with('[') {
        return Err(InputError::Form {
            file: file.to_owned(),
            message: "this is one JSON array; one object a line is read".into(),
            help: "turn it with `jq -c '.[]' FILE > FILE.jsonl`".into(),
        });
    }
    let mut lines = Lines {
        reader: BufReader::with_capacity(1 << 16, decoded.reader),
        file: file.to_owned(),
        line: 0,
        ended: false,
        at: decoded.tape.as_ref().map_or(0, Tape::given),
        start: 0,
        tape: decoded.tape,
    };
    let mut headers: Vec<String> = Vec::new();
    let mut index: HashMap<String, usize> = HashMap::new();
    let mut first = Vec::new();
    for row in lines.by_ref().take(LOOKED_AT) {
        if let Object::Fields(_, pairs) = &row {
            for (path, _) in pairs {
                if !index.contains_key(path) {
                    index.insert(path.clone(), headers.len());
                    headers.push(path.clone());
                }
            }
        }
        first.push(row);
    }
    if headers.is_empty() {
        return Err(match first.into_iter().next() {
            Some(Object::Broken(Rejected { problem, .. })) => InputError::Form {
                file: problem.file,
                message: format!("line 1: {}", problem.message),
                help: problem.help,
            },
            _ => InputError::Empty { file: file.to_owned() },
        });
    }
    let width = headers.len();
    let rows: Rows = Box::new(first.into_iter().chain(lines).map(move |object| match object {
        Object::Broken(rejected) => Row::Unreadable(rejected),
        Object::Fields(line, pairs) => {
            let mut fields = vec![String::new(); width];
            for (path, value) in pairs {
                if let Some(at) = index.get(&path) {
                    fields[*at] = value;
                }
            }
            Row::Fields(line, fields)
        }
    }));
    Ok(Table { headers, rows, form: "one object a line".into() })
}

enum Object {
    Fields(u64, Vec<(String, String)>),
    Broken(Rejected),
}

struct Lines<R> {
    reader: R,
    file: String,
    line: u64,
    ended: bool,
    /// Where the line that was read last starts in the text, and where it ends.
    start: u64,
    at: u64,
    tape: Option<Tape>,
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Object;

    fn next(&mut self) -> Option<Object> {
        let mut bytes = Vec::new();
        while !self.ended {
            bytes.clear();
            self.line += 1;
            let read = self.reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut bytes);
            self.start = self.at;
            self.at += bytes.len() as u64;
            if let Some(tape) = &self.tape {
                tape.let_go(self.start);
            }
            match read {
                Err(error) => {
                    self.ended = true;
                    return Some(
                        self.broken(format!("reading stopped here: {error}"), "check that the file is complete"),
                    );
                }
                Ok(0) => return None,
                Ok(length) if length as u64 == LONGEST_LINE => {
                    self.ended = true;
                    return Some(self.broken("the line is longer than 16 MiB".into(), "write one object a line"));
                }
                Ok(_) if bytes.iter().all(u8::is_ascii_whitespace) => {}
                Ok(_) => return Some(self.object(&bytes)),
            }
        }
        None
    }
}

impl<R> Lines<R> {
    fn broken(&self, message: String, help: &str) -> Object {
        let problem = Problem { file: self.file.clone(), line: Some(self.line), message, help: help.to_owned() };
        let raw = self.tape.as_ref().and_then(|tape| tape.row(self.start, self.at)).map(Box::new);
        Object::Broken(Rejected { problem, raw })
    }

    fn object(&self, bytes: &[u8]) -> Object {
        match serde_json::from_slice::<Value>(bytes) {
            Ok(Value::Object(map)) => {
                let mut pairs = Vec::new();
                for (key, value) in map {
                    flatten(key, value, &mut pairs);
                }
                Object::Fields(self.line, pairs)
            }
            Ok(_) => self.broken("the line is JSON, but no object".into(), "write one object a line"),
            Err(error) => self.broken(format!("no valid JSON: {error}"), "write one whole object on the line"),
        }
    }
}

/// Adds the leaves of a value by path; the items of an array of plain values are joined.
fn flatten(path: String, value: Value, out: &mut Vec<(String, String)>) {
    match value {
        Value::Null => out.push((path, String::new())),
        Value::String(text) => out.push((path, text)),
        Value::Bool(_) | Value::Number(_) => out.push((path, value.to_string())),
        Value::Object(map) => {
            for (key, value) in map {
                flatten(format!("{path}.{key}"), value, out);
            }
        }
        Value::Array(items) if items.iter().all(|i| !i.is_object() && !i.is_array()) => {
            let parts: Vec<String> =
                items.iter().map(|i| i.as_str().map_or_else(|| i.to_string(), str::to_owned)).collect();
            out.push((path, parts.join("; ")));
        }
        Value::Array(items) => {
            for (at, item) in items.into_iter().enumerate() {
                flatten(format!("{path}.{at}"), item, out);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_objects_become_paths() {
        let value: Value = serde_json::from_str(r#"{"a": {"b": 1, "c": ["x", "y"]}, "d": null}"#).unwrap();
        let mut out = Vec::new();
        for (key, value) in value.as_object().unwrap().clone() {
            flatten(key, value, &mut out);
        }
        let pairs: Vec<(&str, &str)> = out.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(pairs, [("a.b", "1"), ("a.c", "x; y"), ("d", "")]);
    }
}
