//! CSV with any usual delimiter, quotation mark and line end.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::formats::{Delimiter, LONGEST_RECORD, Remarks, Table, Wanted, check_width};
use super::header::{self, Known};
use super::raw::Tape;
use super::source::{Limit, Stream};
use super::{Fields, InputError, Raw, Rejected, Row, cannot_read, decode::Decoded};
use crate::model::Problem;

/// Delimiters that exports use, likeliest first.
const DELIMITERS: [u8; 7] = [b',', b';', b'\t', b'|', b'^', b'~', 0x1f];
/// Others, taken only where the first line is a header of known columns then and more rows fit: they stand in texts too.
const RARE: [u8; 13] = [0x1e, 0x1d, 0x1c, 0x01, b':', b'#', b'!', b'$', b'%', b'&', b'*', b'/', b'@'];
/// Records by which the form is told.
const SAMPLE: usize = 60;

/// Anything that is no JSON is taken for CSV.
pub(super) fn sniff(head: &str) -> bool {
    !head.trim_start().starts_with(['{', '['])
}

/// How the fields of a file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Form {
    delimiter: u8,
    quote: u8,
    /// Whether a quotation mark inside of a text has a backslash before it, and is not doubled.
    backslash: bool,
}

impl Form {
    fn builder(self) -> csv::ReaderBuilder {
        let mut builder = csv::ReaderBuilder::new();
        builder.delimiter(self.delimiter).quote(self.quote).flexible(true).has_headers(false);
        builder.escape(self.backslash.then_some(b'\\'));
        builder
    }

    fn new(delimiter: u8, quote: u8) -> Self {
        Form { delimiter, quote, backslash: false }
    }

    /// The form in which a header is known, or else most of the first records have as many fields as each other.
    fn of(head: &str, delimiter: Option<u8>, known: &Known) -> Self {
        let delimiters = delimiter.map_or(DELIMITERS.to_vec(), |delimiter| vec![delimiter]);
        let forms = [b'"', b'\'']
            .into_iter()
            .flat_map(|quote| delimiters.iter().map(move |delimiter| Form::new(*delimiter, quote)));
        // Of forms that fit as well as each other the first: `max_by_key` gives the last.
        let forms: Vec<Form> = forms.filter(|form| form.quote == b'"' || form.quotes_alone(head)).collect();
        let best =
            forms.iter().rev().max_by_key(|form| (form.heads(head, known), form.fit(head), form.quotes_most(head)));
        let best = best.copied().unwrap_or(Form::new(b',', b'"'));
        let first = head.lines().next().unwrap_or_default();
        let rare = || {
            let forms = RARE.into_iter().map(|delimiter| Form::new(delimiter, b'"'));
            forms.filter(|form| form.heads(first, known)).find(|form| form.fit(head) > best.fit(head))
        };
        let form = if delimiter.is_some() || best.heads(head, known) { best } else { rare().unwrap_or(best) };
        Form { backslash: form.has_backslashes(head), ..form }
    }

    /// Whether quotation marks with a backslash before them stand inside of texts: behind one stands neither the end of a field nor
    /// a second one. Where a mark is doubled as well, the backslash is one that somebody typed.
    fn has_backslashes(self, head: &str) -> bool {
        let bytes = head.as_bytes();
        let ends = |byte: u8| [self.delimiter, b'\r', b'\n', self.quote].contains(&byte);
        let behind = |start: &[u8], want: &dyn Fn(u8, u8) -> bool| {
            memchr::memmem::find_iter(bytes, start).any(|at| {
                let next = bytes.get(at + start.len()).copied().unwrap_or(b'\n');
                let before = at.checked_sub(1).map_or(b'\n', |before| bytes[before]);
                want(before, next)
            })
        };
        behind(&[b'\\', self.quote], &|_, next| !ends(next))
            && !behind(&[self.quote, self.quote], &|before, next| !ends(before) && !ends(next) && before != b'\\')
    }

    /// Whether one of the first records has the column that is needed and another that is known: rows that are broken speak of nothing.
    fn heads(self, head: &str, known: &Known) -> bool {
        let mut csv = self.builder().from_reader(head.as_bytes());
        csv.byte_records().take(header::LOOKED_AT).flatten().filter(|record| record.len() > 1).any(|record| {
            let cells: Vec<String> = record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
            let likeness = known.likeness(cells.iter().map(String::as_str));
            likeness.needed && likeness.known > 1
        })
    }

    /// Whether fields start with this quotation mark, and none with the usual one.
    fn quotes_alone(self, head: &str) -> bool {
        let starts = |quote: u8| {
            let starts = |before: u8| memchr::memmem::find(head.as_bytes(), &[before, quote]).is_some();
            head.as_bytes().first() == Some(&quote) || starts(b'\n') || starts(self.delimiter)
        };
        starts(self.quote) && !starts(b'"')
    }

    /// Whether most fields stand in quotation marks that are not the usual ones.
    fn quotes_most(self, head: &str) -> bool {
        if self.quote == b'"' {
            return false;
        }
        let mut csv = Form { quote: b'"', ..self }.builder().from_reader(head.as_bytes());
        let (mut quoted, mut all) = (0, 0);
        for record in csv.byte_records().take(SAMPLE).flatten() {
            all += record.len();
            quoted += record
                .iter()
                .filter(|field| field.len() > 1 && field.starts_with(&[self.quote]) && field.ends_with(&[self.quote]))
                .count();
        }
        quoted * 2 > all
    }

    /// How well the form fits the first records.
    fn fit(self, head: &str) -> usize {
        let widths = self.widths(head);
        let Some(width) = usual(&widths).filter(|width| *width > 1) else { return 0 };
        let same = widths.iter().filter(|other| **other == width).count();
        same * 1000 / widths.len() * 10 + width.min(9)
    }

    fn widths(self, head: &str) -> Vec<usize> {
        let mut csv = self.builder().from_reader(head.as_bytes());
        csv.byte_records().take(SAMPLE).flatten().map(|record| record.len()).collect()
    }
}

/// The width that most records have, the larger where two are as frequent; that of the first where no two are alike.
fn usual(widths: &[usize]) -> Option<usize> {
    let times = |width: usize| widths.iter().filter(|other| **other == width).count();
    let most = widths.iter().copied().max_by_key(|width| (times(*width), *width))?;
    if times(most) > 1 { Some(most) } else { widths.first().copied() }
}

/// Opens a CSV file: the header is the first record, or stands below lines of title.
pub(super) fn open(file: &str, decoded: Decoded, wanted: &Wanted<'_>) -> Result<Table, InputError> {
    let Decoded { head, mut reader, encoding, tape, .. } = decoded;
    // Old Macs end lines in CR alone.
    let end = head.find(['\r', '\n']).unwrap_or(head.len());
    let crlf = head[end..].starts_with("\r\n");
    let lone = head[end..].starts_with('\r') && !crlf;
    // Excel's hint line, which may stand in quotes.
    let line = &head[..end];
    let hint = line.trim().trim_matches('"').strip_prefix("sep=").map(|sign| sign.bytes().next().unwrap_or(b'\t'));
    let skipped = if hint.is_some() { (end + if crlf { 2 } else { 1 }).min(head.len()) } else { 0 };
    skip(&mut reader, skipped).map_err(|error| cannot_read(file, &error))?;
    let tape = tape.map(|tape| {
        let given = tape.given();
        (tape, given)
    });
    let asked = wanted.options.delimiter.map(Delimiter::byte);
    let known = Known::of(wanted);
    let form = Form::of(&head[skipped..], asked.or(hint), &known);
    let seen = Arc::new(Seen::default());
    let bounded = Bounded { inner: reader, seen: Arc::clone(&seen), lone, form, escaped: false };
    let mut rows = Rows {
        csv: form.builder().from_reader(bounded),
        first: VecDeque::new(),
        seen,
        file: file.to_owned(),
        encoding,
        width: 0,
        fill: wanted.saved.then_some(form.delimiter),
        record: csv::ByteRecord::new(),
        ended: false,
        above: u64::from(hint.is_some()),
        tape,
        crlf: head[skipped..].find('\n').is_some_and(|at| head[..skipped + at].ends_with('\r')) && !lone,
    };
    let (line, headers) = rows.header(&known, usual(&form.widths(&head[skipped..])))?;
    check_width(file, headers.len())?;
    rows.width = headers.len();
    let mut told = format!("delimiter {}", Delimiter::new(form.delimiter));
    if form.quote != b'"' {
        told += &format!(", quotes {}", char::from(form.quote));
    }
    if form.backslash {
        told += ", quotes in a text behind \\";
    }
    if line > 1 + rows.above {
        told += &format!(", header in line {line}");
    }
    Ok(Table { headers, rows: Box::new(rows), form: told, remarks: Remarks::default() })
}

/// Reads so many bytes away.
fn skip(reader: &mut impl Read, bytes: usize) -> io::Result<()> {
    io::copy(&mut reader.take(bytes as u64), &mut io::sink()).map(|_| ())
}

/// What the CSV parser reads: no more than one longest record between two looks at the count, and with line ends that it counts.
struct Bounded {
    inner: Stream,
    seen: Arc<Seen>,
    /// Whether lines end in CR alone.
    lone: bool,
    form: Form,
    /// Whether the last byte was a backslash that belongs to the next.
    escaped: bool,
}

impl Bounded {
    /// Quotation marks that open or close a text.
    fn quotes(&mut self, bytes: &[u8]) -> usize {
        if !self.form.backslash {
            return memchr::memchr_iter(self.form.quote, bytes).count();
        }
        let mut quotes = 0;
        for byte in bytes {
            quotes += usize::from(*byte == self.form.quote && !self.escaped);
            self.escaped = *byte == b'\\' && !self.escaped;
        }
        quotes
    }
}

/// What the CSV parser has read.
#[derive(Default)]
struct Seen {
    /// Bytes since the last record.
    bytes: AtomicUsize,
    /// Quotation marks in all.
    quotes: AtomicUsize,
    /// Whether the file ended.
    ended: AtomicBool,
}

impl Seen {
    /// Whether the record that was read last goes on to the end of the file with a quotation mark that is not closed.
    fn left_open(&self) -> bool {
        self.ended.load(Ordering::Relaxed) && self.quotes.load(Ordering::Relaxed) % 2 == 1
    }
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        if self.lone {
            for at in memchr::memchr_iter(b'\r', &buffer[..read]).collect::<Vec<_>>() {
                if at + 1 == read || buffer[at + 1] != b'\n' {
                    buffer[at] = b'\n';
                }
            }
        }
        self.seen.ended.store(read == 0 && !buffer.is_empty(), Ordering::Relaxed);
        let quotes = self.quotes(&buffer[..read]);
        self.seen.quotes.fetch_add(quotes, Ordering::Relaxed);
        if self.seen.bytes.fetch_add(read, Ordering::Relaxed) + read > LONGEST_RECORD {
            return Err(Limit::error(
                "a row is longer than 16 MiB".into(),
                "look for a quotation mark that is not closed; if the text has such rows, leave the column out of the export",
            ));
        }
        Ok(read)
    }
}

struct Rows {
    csv: csv::Reader<Bounded>,
    /// The first rows, which were read to find the header.
    first: VecDeque<Row>,
    seen: Arc<Seen>,
    file: String,
    encoding: String,
    width: usize,
    /// The delimiter, where short rows are filled up.
    fill: Option<u8>,
    record: csv::ByteRecord,
    ended: bool,
    /// Lines that stand before what the CSV reader sees.
    above: u64,
    /// Whether lines end in CR and LF.
    crlf: bool,
    /// Keeps the rows as they stand in the file; what was read of the text before the CSV reader began.
    tape: Option<(Tape, u64)>,
}

impl Rows {
    /// Reads up to the header: its line and its cells. The rows below it are put back.
    fn header(&mut self, known: &Known, usual: Option<usize>) -> Result<(u64, Vec<String>), InputError> {
        let (mut places, mut records, mut cells, mut stopped) = (vec![], vec![], vec![], None);
        while cells.len() < header::LOOKED_AT {
            match self.record() {
                Ok(Some(line)) => {
                    let text = |field: &[u8]| String::from_utf8_lossy(field).trim().to_owned();
                    cells.push(self.record.iter().map(|field| text(unwrapped(field).as_ref())).collect::<Vec<_>>());
                    places.push((line, self.csv.position().byte(), self.seen.left_open()));
                    records.push(self.record.clone());
                }
                Ok(None) => break,
                Err(error) => {
                    stopped = Some(error);
                    break;
                }
            }
        }
        if cells.is_empty() {
            return Err(match stopped {
                Some(Row::Refused(error)) => error,
                Some(Row::Unreadable(Rejected { problem, .. })) => {
                    InputError::Form { file: self.file.clone(), message: problem.message, help: problem.help }
                }
                _ => InputError::Empty { file: self.file.clone() },
            });
        }
        let at = known.below_titles(&cells, usual).unwrap_or(0);
        let header = cells.swap_remove(at);
        self.width = header.len();
        for ((line, end, open), record) in places.iter().zip(records).skip(at + 1) {
            self.record = record;
            let row = self.row(*line, *end, *open);
            self.first.push_back(row);
        }
        self.first.extend(stopped);
        Ok((places[at].0, header))
    }

    /// Reads the next record: its line, nothing at the end, or the last row.
    fn record(&mut self) -> Result<Option<u64>, Row> {
        self.seen.bytes.store(0, Ordering::Relaxed);
        let more = self.csv.read_byte_record(&mut self.record);
        let line = self.line() + self.above;
        match more {
            Ok(more) => Ok(more.then_some(line)),
            Err(error) => {
                self.ended = true;
                let limit = match error.kind() {
                    csv::ErrorKind::Io(error) => Limit::of(error).cloned(),
                    _ => None,
                };
                let file = format!("{}:{line}", self.file);
                Err(match limit {
                    Some(Limit { message, help }) => {
                        Row::Refused(InputError::Form { file, message, help: help.into() })
                    }
                    None => self.problem(
                        line,
                        u64::MAX,
                        format!("reading stopped here: {error}"),
                        "check that the file is complete",
                    ),
                })
            }
        }
    }

    /// The line in which the record starts. The reader's own place is behind the record before, in front of blank lines and of the LF
    /// that belongs to a CR.
    fn line(&self) -> u64 {
        let end = self.csv.position().line();
        let Some(before) = self.record.position().map(csv::Position::line) else { return end };
        let inside = memchr::memchr_iter(b'\n', self.record.as_slice()).count() as u64;
        before + (end - before).saturating_sub(inside + u64::from(!self.crlf))
    }

    /// What is wrong with the record, which ends at that byte of what the CSV reader saw.
    fn problem(&self, line: u64, end: u64, message: String, help: &str) -> Row {
        let problem = Problem::at(&self.file, line, message, help);
        let raw: Option<Raw> = self
            .tape
            .as_ref()
            .zip(self.record.position())
            .and_then(|((tape, before), position)| tape.row(before + position.byte(), before.saturating_add(end)));
        Row::Unreadable(Rejected { raw: raw.map(Box::new), ..problem.into() })
    }

    /// The record as a row; it ends at that byte of what the CSV reader saw, and may do so only because the file does.
    fn row(&mut self, line: u64, end: u64, open: bool) -> Row {
        self.fill();
        if self.record.len() != self.width {
            // A file that ends inside quotes gives one long last record.
            let message = format!("the row has {} fields, the header {}", self.record.len(), self.width);
            let help = "look for a quotation mark that is not closed, or a delimiter inside a text without quotes";
            return self.problem(line, end, message, help);
        }
        if open {
            let help = "close it, or double it where it belongs to the text; rows behind it are part of this one";
            return self.problem(line, end, "the row has a quotation mark that is never closed".into(), help);
        }
        match self.fields() {
            Some(fields) => Row::Fields(line, fields),
            // Not audited with holes: what they hid might be what the agent is charged with.
            None => self.problem(
                line,
                end,
                format!("the row is not valid {}", self.encoding),
                "give the file's encoding with --encoding, or have the row exported again",
            ),
        }
    }

    /// The fields of the record; nothing where they are no text.
    fn fields(&self) -> Option<Fields> {
        if self.record.iter().any(|field| field.starts_with(FORMULA)) {
            let text = |field: &[u8]| String::from_utf8(unwrapped(field).into_owned()).ok();
            return self.record.iter().map(text).collect::<Option<Vec<String>>>().map(Fields::from_iter);
        }
        let text = str::from_utf8(self.record.as_slice()).ok()?.to_owned();
        let ends = (0..self.record.len()).filter_map(|at| u32::try_from(self.record.range(at)?.end).ok());
        Fields::new(text, ends.collect())
    }

    /// Fills up a short row whose last field cannot have swallowed what is missing.
    fn fill(&mut self) {
        let Some(delimiter) = self.fill else { return };
        let last = self.record.iter().next_back().unwrap_or_default();
        if !last.iter().any(|byte| *byte == delimiter || *byte == b'\n') {
            while self.record.len() < self.width {
                self.record.push_field(b"");
            }
        }
    }
}

impl Iterator for Rows {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        if let Some(row) = self.first.pop_front() {
            return Some(row);
        }
        if self.ended {
            return None;
        }
        match self.record() {
            Ok(line) => line.map(|line| {
                if let (Some((tape, before)), Some(position)) = (&self.tape, self.record.position()) {
                    tape.let_go(before + position.byte());
                }
                let end = self.csv.position().byte();
                let open = self.seen.left_open();
                self.row(line, end, open)
            }),
            Err(row) => Some(row),
        }
    }
}

/// What a cell starts with that is written as a formula.
const FORMULA: &[u8] = b"=\"";

/// The text of a cell that is written as a formula, so that a spreadsheet keeps its zeros: `="00123"`.
fn unwrapped(field: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    match field.strip_prefix(FORMULA).and_then(|field| field.strip_suffix(b"\"")) {
        Some(inside) if !inside.contains(&b'"') => inside.into(),
        Some(inside) => String::from_utf8_lossy(inside).replace("\"\"", "\"").into_bytes().into(),
        None => field.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{Options, Vocabulary};
    use crate::model::Role;
    use crate::text::Folder;

    fn delimiter(head: &str) -> u8 {
        let (vocabulary, options) = (Vocabulary::new(Folder::default()), Options::default());
        let wanted = Wanted { options: &options, vocabulary: &vocabulary, needed: Role::Note, saved: false };
        Form::of(head, None, &Known::of(&wanted)).delimiter
    }

    fn opened(text: &str) -> Result<Table, InputError> {
        let (vocabulary, options) = (Vocabulary::new(Folder::default()), Options::default());
        let wanted = Wanted { options: &options, vocabulary: &vocabulary, needed: Role::Note, saved: false };
        let reader = Box::new(io::Cursor::new(text.as_bytes().to_vec()));
        let decoded = Decoded {
            head: text.to_owned(),
            reader,
            encoding: String::new(),
            reason: "",
            verbatim: true,
            remarks: Remarks::default(),
            tape: None,
        };
        open("x", decoded, &wanted)
    }

    /// Form, headers, and rows as line and fields, or what is wrong.
    fn read(text: &str) -> (String, Vec<String>, Vec<(u64, String)>) {
        let table = opened(text).unwrap();
        let row = |row: Row| match row {
            Row::Fields(line, fields) => (line, fields.to_vec().join("|")),
            Row::Unreadable(row) => (row.problem.line.unwrap(), row.problem.message),
            Row::Refused(error) => (0, error.to_string()),
        };
        (table.form, table.headers, table.rows.map(row).collect())
    }

    #[test]
    fn the_delimiter_is_the_one_that_fits_most_rows() {
        assert_eq!(delimiter("note_id,note\n;\n;\n"), b',', "the header is known, whatever the rows are");
        assert_eq!(delimiter("a;b;c\n1,5;2;\"x;y\"\n3;4,4;z\n"), b';');
        assert_eq!(delimiter("a\tb\n1, 2\tx\n"), b'\t');
        assert_eq!(delimiter("note\nonly one column, with commas\n"), b',');
        for sign in ['^', '~', '\u{1f}', '|'] {
            assert_eq!(
                delimiter(
                    &"a,b c, d\n1,2,x,y\n".replace("b c", &format!("b{sign}c")).replace(",2,", &format!("{sign}"))
                ),
                sign as u8
            );
        }
    }

    #[test]
    fn every_line_end_is_read_and_lines_are_counted() {
        for (end, lone) in [("\n", false), ("\r\n", false), ("\r", true)] {
            let text = ["note_id,note", "1,\"two", "lines\"", "2,x", ""].join(end);
            let inside = if lone { "\n" } else { end };
            let (_, _, rows) = read(&text);
            assert_eq!(rows, [(2, format!("1|two{inside}lines")), (4, "2|x".into())], "{end:?}");
        }
        assert_eq!(read("note_id,note\r1,x\n2,y\r\n3,z").2.len(), 3);
    }

    #[test]
    fn hints_quotes_and_formulas_are_undone() {
        for hint in ["sep=^\n", "\"sep=^\"\r\n", "sep=^\r"] {
            let text = format!("{hint}note_id^note\n=\"007\"^\"=\"\"1,5\"\"\"\n");
            let text = if hint.ends_with('\r') { text.replace('\n', "\r") } else { text };
            let (form, _, rows) = read(&text);
            assert_eq!((form.as_str(), rows), ("delimiter ^", vec![(3, "007|1,5".to_owned())]), "{hint:?}");
        }
        let (form, _, rows) = read("'note_id','note'\n'1','don''t, ''really'''\n'2','a, b, c'\n");
        assert_eq!((form.as_str(), rows[0].1.as_str()), ("delimiter ,, quotes '", "1|don't, 'really'"));
        let rows = "'2','a'\n".repeat(SAMPLE) + "'3','two\nlines'\n";
        assert_eq!(read(&format!("'note_id','note'\n{rows}")).2.last().unwrap().1, "3|two\nlines");
    }

    #[test]
    fn quotation_marks_behind_a_backslash_belong_to_the_text() {
        let text = "note_id,note\n1,\"said \\\"never again\\\", and left\"\n2,\"5\\\" pipe\"\n";
        let (form, _, rows) = read(text);
        assert_eq!(form, "delimiter ,, quotes in a text behind \\");
        assert_eq!(rows, [(2, "1|said \"never again\", and left".to_owned()), (3, "2|5\" pipe".to_owned())]);
        // A backslash that somebody typed stays.
        let text = "note_id,note\n1,\"in C:\\docs\\\"\n2,\"a \\\"\"b\"\" c\"\n";
        let (form, _, rows) = read(text);
        assert_eq!((form.as_str(), rows[0].1.as_str()), ("delimiter ,", "1|in C:\\docs\\"));
        assert_eq!(rows[1].1, "2|a \\\"b\" c");
    }

    #[test]
    fn rare_delimiters_are_told_by_a_header_that_is_known() {
        let mut vocabulary = Vocabulary::new(Folder::default());
        vocabulary.add_columns(Role::Note, "core", &["note".into()]);
        vocabulary.add_columns(Role::NoteId, "core", &["note id".into()]);
        let options = Options::default();
        let wanted = Wanted { options: &options, vocabulary: &vocabulary, needed: Role::Note, saved: false };
        for sign in [':', '#', '@', '\u{1e}', '\u{1}'] {
            let head = format!("note_id{sign}note\n1{sign}\"at 10:30 #5\"\n");
            assert_eq!(Form::of(&head, None, &Known::of(&wanted)).delimiter, sign as u8, "{sign:?}");
        }
        // A text that speaks of known columns is no header, and neither is one that fits no rows.
        for head in ["Text\nnote/note id\n", "note_id/note;day\n1;2\n3;4\n"] {
            assert_ne!(Form::of(head, None, &Known::of(&wanted)).delimiter, b'/', "{head}");
        }
    }

    #[test]
    fn a_header_below_titles_is_found_and_footers_are_listed() {
        let text =
            "Report: Calls May\nGenerated at,2026-06-01\n\nnote_id,day,note\n1,2026-05-01,x\n2,2026-05-02,y\nTotal,2\n";
        let (form, headers, rows) = read(text);
        assert_eq!((form.as_str(), headers.join(" ")), ("delimiter ,, header in line 4", "note_id day note".into()));
        assert_eq!(rows[1], (6, "2|2026-05-02|y".into()));
        assert!(rows[2].1.contains("2 fields"), "{rows:?}");
    }

    #[test]
    fn endless_rows_and_too_many_columns_are_refused() {
        let long = format!("note_id,note\n1,x\n2,\"{}", "y".repeat(LONGEST_RECORD + 20_000));
        let (_, _, rows) = read(&long);
        assert!(rows[1].1.contains("x:3: a row is longer than 16 MiB"), "{}", &rows[1].1[..80]);
        let error = opened(&"y".repeat(LONGEST_RECORD + 1)).err().unwrap();
        assert!(error.to_string().contains("quotation mark"), "{error}");
        let error = opened(&format!("note{}\n", ",a".repeat(1_000_000))).err().unwrap();
        assert!(error.to_string().contains("1000001 columns"), "{error}");
    }
}
