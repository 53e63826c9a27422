//! One object a line.

use std::io::{BufRead, BufReader, Read};

use serde::de::IgnoredAny;

use super::{Object, document, table};
use crate::input::formats::{LONGEST_RECORD, Table, Wanted};
use crate::input::raw::{Raw, Tape};
use crate::input::{InputError, decode::Decoded};

/// Lines by which it is told whether each is an object.
const SAMPLE: usize = 3;

/// The first lines are objects, each by itself, or would be if they were not broken.
pub(in crate::input) fn sniff(head: &str) -> bool {
    if !head.trim_start().starts_with('{') {
        return false;
    }
    let mut lines = head.lines().map(str::trim).filter(|line| !line.is_empty());
    let Some(first) = lines.next() else { return false };
    let others: Vec<&str> = lines.take(SAMPLE - 1).collect();
    match serde_json::from_str::<IgnoredAny>(first) {
        // The only line is an object, or a document without line breaks.
        Ok(_) => !others.is_empty() || !document::holds_objects(first),
        // The beginning of a document that is written over several lines.
        Err(_) if first.ends_with(['{', '[', ',', ':']) => false,
        Err(_) if others.iter().any(|line| line.starts_with('{') && is_object(line)) => true,
        // Objects one after the other, or a document whose first line is longer than the head.
        Err(error) => !error.is_eof() && !starts_with_object(first),
    }
}

fn is_object(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

fn starts_with_object(text: &str) -> bool {
    serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>().next().is_some_and(|first| first.is_ok())
}

/// Opens a file of objects, one a line.
pub(in crate::input) fn open(file: &str, decoded: Decoded, wanted: &Wanted<'_>) -> Result<Table, InputError> {
    let lines = Lines {
        reader: BufReader::with_capacity(1 << 16, decoded.reader),
        file: file.to_owned(),
        line: 0,
        ended: false,
        start: 0,
        at: decoded.tape.as_ref().map_or(0, Tape::given),
        tape: decoded.tape,
    };
    table(file, lines, "one object a line".into(), wanted)
}

struct Lines<R> {
    reader: R,
    file: String,
    line: u64,
    ended: bool,
    /// Where the line that was read last starts in the text, and where it ends.
    start: u64,
    at: u64,
    /// Keeps the lines as they stand in the file.
    tape: Option<Tape>,
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Object;

    fn next(&mut self) -> Option<Object> {
        let mut bytes = Vec::new();
        while !self.ended {
            bytes.clear();
            self.line += 1;
            let read = self.reader.by_ref().take(LONGEST_RECORD as u64).read_until(b'\n', &mut bytes);
            self.start = self.at;
            self.at += bytes.len() as u64;
            if let Some(tape) = &self.tape {
                tape.let_go(self.start);
            }
            match read {
                Err(error) => {
                    self.ended = true;
                    return Some(Object::stopped(&self.file, self.line, &error));
                }
                Ok(0) => return None,
                Ok(LONGEST_RECORD) if !bytes.ends_with(b"\n") => {
                    let (message, help) = ("the line is longer than 16 MiB".into(), "write one object a line");
                    // The next row starts behind it.
                    if let Err(error) = self.skip_line() {
                        self.ended = true;
                        return Some(Object::stopped(&self.file, self.line, &error));
                    }
                    return Some(Object::broken(&self.file, self.line, message, help).with(|| self.raw()));
                }
                Ok(_) if bytes.iter().all(u8::is_ascii_whitespace) => {}
                Ok(_) => return Some(Object::read(&self.file, self.line, &bytes).with(|| self.raw())),
            }
        }
        None
    }
}

impl<R> Lines<R> {
    /// The line as it stands in the file.
    fn raw(&self) -> Option<Raw> {
        self.tape.as_ref().and_then(|tape| tape.row(self.start, self.at))
    }
}

impl<R: BufRead> Lines<R> {
    /// Reads the rest of a line away.
    fn skip_line(&mut self) -> std::io::Result<()> {
        loop {
            let buffer = self.reader.fill_buf()?;
            let (length, end) = match memchr::memchr(b'\n', buffer) {
                Some(at) => (at + 1, true),
                None => (buffer.len(), buffer.is_empty()),
            };
            self.reader.consume(length);
            self.at += length as u64;
            if end {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_from_documents() {
        for (text, lines) in [
            ("{\"a\":1}\n{\"a\":2}\n", true),
            ("{\"a\":1}\n", true),
            ("{\"a\": \"cut\n{\"a\":2}\n", true),
            ("{\"a\" 1}\n", true),
            ("{\"a\":1}{\"a\":2}", false),
            ("{\"items\":[{\"a\":1},{\"a\":2}]}", false),
            ("{\n  \"a\": 1\n}\n", false),
            ("{\"items\": [\n{\"a\":1},\n{\"a\":2}\n]}\n", false),
            ("[{\"a\":1}]", false),
            ("a,b\n", false),
        ] {
            assert_eq!(sniff(text), lines, "{text}");
        }
    }

    #[test]
    fn a_line_that_is_too_long_is_left_out_alone() {
        let text =
            [b"{\"a\":1}\n{\"a\":\"".to_vec(), vec![b'x'; LONGEST_RECORD + 9], b"\"}\n{\"a\":3}\n".to_vec()].concat();
        let lines =
            Lines { reader: text.as_slice(), file: "f".into(), line: 0, ended: false, start: 0, at: 0, tape: None };
        let told: Vec<u64> = lines
            .map(|object| match object {
                Object::Fields(line, _) => line,
                Object::Broken(rejected) => 100 + rejected.problem.line.unwrap(),
                Object::Refused(_) => 0,
            })
            .collect();
        assert_eq!(told, [1, 102, 3]);
    }
}
