//! Workbooks: which worksheet holds the notes, where its header stands, and its rows as text.

mod binary;
mod book;
mod cells;
mod filled;
mod guard;
mod merged;
mod ods;
mod old;

use std::fs::File;
use std::sync::Once;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use book::{Book, Fault};
use filled::Cells;
use merged::Merged;

use super::formats::{MOST_COLUMNS, Remarks, Start, Table, Wanted, check_width};
use super::header::{self, Known, Likeness};
use super::{Fields, InputError, Row};
use crate::model::Problem;
use crate::yaml::did_you_mean;

/// Name of the threads that read workbooks.
const THREAD: &str = "workbook";
/// Rows that travel together, and batches that are read ahead: what bounds the memory.
const BATCH: usize = 256;
const AHEAD: usize = 4;

pub(super) fn sniff_xlsx(start: &Start<'_>) -> bool {
    start.members.iter().any(|member| member.ends_with("workbook.xml"))
}

pub(super) fn sniff_xlsb(start: &Start<'_>) -> bool {
    start.members.iter().any(|member| member.ends_with("workbook.bin"))
}

pub(super) fn sniff_ods(start: &Start<'_>) -> bool {
    ["mimetype", "content.xml"].iter().all(|name| start.members.iter().any(|member| member == name))
}

/// The container of old Office files, in which encrypted new ones stand too.
pub(super) fn sniff_xls(start: &Start<'_>) -> bool {
    start.bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
}

pub(super) fn open_xlsx(file: &str, source: File, wanted: &Wanted<'_>) -> Result<Table, InputError> {
    open(file, source, wanted, book::xlsx)
}

pub(super) fn open_xlsb(file: &str, source: File, wanted: &Wanted<'_>) -> Result<Table, InputError> {
    open(file, source, wanted, book::xlsb)
}

pub(super) fn open_ods(file: &str, source: File, wanted: &Wanted<'_>) -> Result<Table, InputError> {
    open(file, source, wanted, ods::ods)
}

pub(super) fn open_xls(file: &str, source: File, wanted: &Wanted<'_>) -> Result<Table, InputError> {
    open(file, source, wanted, book::xls)
}

/// Opens a workbook of a kind.
type Open = fn(File) -> Result<Box<dyn Book>, Fault>;

/// What the thread that reads tells.
enum Message {
    Opened { headers: Vec<String>, form: String },
    Rows(Vec<Row>),
    Refused(InputError),
}

/// Opens a workbook. It is read by a thread of its own, which stops when nobody takes its rows any more: the readers of workbooks
/// cannot be kept beside what they read from.
fn open(file: &str, source: File, wanted: &Wanted<'_>, open: Open) -> Result<Table, InputError> {
    quiet();
    let remarks = Remarks::default();
    let reading = Reading {
        file: file.to_owned(),
        known: Known::of(wanted),
        worksheet: wanted.options.worksheet.clone(),
        remarks: remarks.clone(),
    };
    let (sender, receiver) = sync_channel(AHEAD);
    let run = move || reading.run(open, source, &sender);
    thread::Builder::new()
        .name(THREAD.into())
        .spawn(run)
        .map_err(|error| InputError::Io { file: file.to_owned(), message: format!("cannot be read: {error}") })?;
    match receiver.recv() {
        Ok(Message::Opened { headers, form }) => {
            let rows = Box::new(Received { receiver, batch: vec![].into_iter(), file: file.to_owned(), ended: false });
            Ok(Table { headers, rows, form, remarks })
        }
        Ok(Message::Refused(error)) => Err(error),
        Ok(Message::Rows(_)) | Err(_) => Err(broken(file, "it is broken")),
    }
}

/// Broken files make the readers of workbooks panic now and then. A panic ends their thread, is told as an error by who waits for
/// its rows, and says nothing by itself.
fn quiet() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let others = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if thread::current().name() != Some(THREAD) {
                others(panic);
            }
        }));
    });
}

fn broken(file: &str, what: &str) -> InputError {
    InputError::Form {
        file: file.to_owned(),
        message: format!("the workbook cannot be read: {what}"),
        help: "open it in a spreadsheet program and save it as XLSX or CSV".into(),
    }
}

/// Rows as they come from the thread.
struct Received {
    receiver: Receiver<Message>,
    batch: std::vec::IntoIter<Row>,
    file: String,
    ended: bool,
}

impl Iterator for Received {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        loop {
            if let Some(row) = self.batch.next() {
                return Some(row);
            }
            if self.ended {
                return None;
            }
            match self.receiver.recv() {
                // The last batch is empty.
                Ok(Message::Rows(rows)) => {
                    self.ended = rows.is_empty();
                    self.batch = rows.into_iter();
                }
                Ok(Message::Refused(error)) => {
                    self.ended = true;
                    return Some(Row::Refused(error));
                }
                Ok(Message::Opened { .. }) | Err(_) => {
                    self.ended = true;
                    return Some(Row::Refused(broken(&self.file, "it is broken")));
                }
            }
        }
    }
}

/// What a thread reads.
struct Reading {
    file: String,
    known: Known,
    worksheet: Option<String>,
    remarks: Remarks,
}

/// A worksheet with its header.
struct Chosen {
    worksheet: String,
    /// Number of the header's row, from 0, its first column, and its cells.
    row: u32,
    left: u32,
    headers: Vec<String>,
    likeness: Likeness,
    merged: Merged,
}

impl Reading {
    fn run(self, open: Open, source: File, sender: &SyncSender<Message>) {
        // Nobody listens any more where sending fails.
        let send = |message| sender.send(message).is_ok();
        let mut book = match open(source) {
            Ok(book) => book,
            Err(fault) => {
                send(Message::Refused(self.refused(fault)));
                return;
            }
        };
        let chosen = match self.choose(book.as_mut()) {
            Ok(chosen) => chosen,
            Err(error) => {
                send(Message::Refused(error));
                return;
            }
        };
        let form = match chosen.row {
            0 => format!("worksheet `{}`", chosen.worksheet),
            row => format!("worksheet `{}`, header in row {}", chosen.worksheet, row + 1),
        };
        if !send(Message::Opened { headers: chosen.headers.clone(), form }) {
            return;
        }
        let mut batch = Vec::with_capacity(BATCH);
        let read = self.rows(book.as_mut(), chosen, &mut |row| {
            batch.push(row);
            batch.len() < BATCH || send(Message::Rows(std::mem::take(&mut batch)))
        });
        match read {
            Err(Fault::Limit(limit)) => {
                send(Message::Rows(batch));
                send(Message::Refused(self.refused(Fault::Limit(limit))));
                return;
            }
            Err(Fault::Broken(message)) => batch.push(Row::Unreadable(
                Problem {
                    file: self.file.clone(),
                    line: None,
                    message: format!("reading stopped here: {message}"),
                    help: "open the workbook in a spreadsheet program and save it again".into(),
                    rejected: false,
                }
                .into(),
            )),
            Ok(()) => {}
        }
        if batch.is_empty() || send(Message::Rows(batch)) {
            send(Message::Rows(vec![]));
        }
    }

    fn refused(&self, fault: Fault) -> InputError {
        match fault {
            Fault::Limit(limit) => {
                InputError::Form { file: self.file.clone(), message: limit.message, help: limit.help.into() }
            }
            Fault::Broken(message) => broken(&self.file, &message),
        }
    }

    /// The worksheet that was asked for, or the first that has the column that is needed, or the first with a row.
    fn choose(&self, book: &mut dyn Book) -> Result<Chosen, InputError> {
        let names = book.names();
        if let Some(asked) = &self.worksheet {
            let found = names
                .iter()
                .find(|name| *name == asked)
                .or_else(|| names.iter().find(|name| name.trim().to_lowercase() == asked.trim().to_lowercase()));
            let Some(name) = found else {
                let near = did_you_mean(asked, names.iter().map(String::as_str));
                return Err(InputError::Form {
                    file: self.file.clone(),
                    message: format!("there is no worksheet `{asked}`{near}"),
                    help: format!("worksheets: {}", names.join(", ")),
                });
            };
            let chosen = self.worksheet(book, name).map_err(|fault| self.refused(fault))?;
            return chosen.ok_or_else(|| InputError::Empty { file: format!("{} (worksheet `{name}`)", self.file) });
        }
        let (mut best, mut fault) = (None, None);
        for name in &names {
            match self.worksheet(book, name) {
                Ok(Some(chosen)) if chosen.likeness.needed => {
                    best = Some(chosen);
                    break;
                }
                Ok(chosen) => best = best.or(chosen),
                // Another worksheet may hold the notes.
                Err(Fault::Broken(message)) => fault = Some(Fault::Broken(format!("`{name}`: {message}"))),
                Err(limit) => return Err(self.refused(limit)),
            }
        }
        let chosen = match (best, fault) {
            (Some(chosen), fault) if chosen.likeness.needed || fault.is_none() => chosen,
            (_, Some(fault)) => return Err(self.refused(fault)),
            (_, None) => return Err(InputError::Empty { file: self.file.clone() }),
        };
        check_width(&self.file, chosen.headers.len())?;
        Ok(chosen)
    }

    /// The header of a worksheet: of its first filled rows the one with the column that is needed or the most known headers, or else the
    /// first with the most different texts. `None` of an empty worksheet.
    fn worksheet(&self, book: &mut dyn Book, name: &str) -> Result<Option<Chosen>, Fault> {
        let mut merged = book.merged(name)?;
        let mut rows: Vec<(u32, Cells)> = Vec::new();
        book.rows(name, &mut |row, cells| {
            merged.fill(row, cells);
            rows.push((row, cells.clone()));
            rows.len() < header::LOOKED_AT
        })?;
        merged.rewind();
        let texts = |cells: &Cells| {
            let texts = cells.texts().filter(|cell| cell.parse::<f64>().is_err());
            texts.collect::<std::collections::BTreeSet<_>>().len()
        };
        let worth = |cells: &Cells| {
            let likeness = self.known.likeness(cells.texts());
            (likeness, if likeness.known == 0 { texts(cells) } else { 0 })
        };
        // The first of those that are worth the same: `max_by_key` gives the last.
        let best = rows.iter().rev().max_by_key(|(_, cells)| worth(cells));
        let Some((row, cells)) = best else { return Ok(None) };
        let Some((left, right)) = cells.ends() else { return Ok(None) };
        let header = |column: u32| cells.get(column).map(|cell| cell.trim().to_owned()).unwrap_or_default();
        Ok(Some(Chosen {
            worksheet: name.to_owned(),
            row: *row,
            left,
            headers: (left..=right).take(MOST_COLUMNS + 1).map(header).collect(),
            likeness: worth(cells).0,
            merged,
        }))
    }

    /// Reads the rows below the header, until `each` has enough of them.
    fn rows(&self, book: &mut dyn Book, chosen: Chosen, each: &mut dyn FnMut(Row) -> bool) -> Result<(), Fault> {
        let Chosen { worksheet, row: header, left, headers, mut merged, .. } = chosen;
        let width = headers.len();
        // A column of moments may have lost its format, so that numbers are left of them.
        let moments: Vec<bool> = headers.iter().map(|header| self.known.is_moment(header)).collect();
        let mut outside: Option<(u32, u64)> = None;
        book.rows(&worksheet, &mut |row, cells| {
            merged.fill(row, cells);
            if row <= header {
                return true;
            }
            let mut fields = Fields::with_capacity(width, cells.bytes());
            let mut others = false;
            for (column, text) in cells.iter() {
                match column.checked_sub(left).map(|at| at as usize).filter(|at| *at < width) {
                    Some(at) => {
                        (fields.len()..at).for_each(|_| fields.push(""));
                        let moment = if moments[at] { cells::serial(text) } else { None };
                        fields.push(moment.as_deref().unwrap_or(text));
                    }
                    None => others = true,
                }
            }
            (fields.len()..width).for_each(|_| fields.push(""));
            if others {
                outside = Some(outside.map_or((row, 1), |(first, rows)| (first, rows + 1)));
            }
            // What stands beside the table alone is no row of it.
            if fields.iter().all(|field| field.trim().is_empty()) {
                return true;
            }
            each(Row::Fields(u64::from(row) + 1, fields))
        })?;
        if let Some((first, rows)) = outside {
            self.remarks.add(Problem {
                file: self.file.clone(),
                line: Some(u64::from(first) + 1),
                message: format!("{rows} rows have cells beside the table, without a header; they are not read"),
                help: "give their column a header, if they belong to the notes".into(),
                rejected: false,
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, Write};

    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

    use super::*;
    use crate::input::{Options, Vocabulary};
    use crate::model::Role;
    use crate::text::Folder;

    fn opened(mut workbook: Workbook, worksheet: Option<&str>) -> Result<Table, InputError> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&workbook.save_to_buffer().unwrap()).unwrap();
        read(file, open_xlsx, worksheet)
    }

    fn read(
        mut file: File,
        open: fn(&str, File, &Wanted<'_>) -> Result<Table, InputError>,
        worksheet: Option<&str>,
    ) -> Result<Table, InputError> {
        file.rewind().unwrap();
        let options = Options { worksheet: worksheet.map(str::to_owned), ..Options::default() };
        let vocabulary = Vocabulary::new(Folder::default());
        open("x", file, &Wanted { options: &options, vocabulary: &vocabulary, needed: Role::Note, saved: false })
    }

    fn rows(table: Table) -> Vec<(u64, String)> {
        let row = |row: Row| match row {
            Row::Fields(line, fields) => (line, fields.to_vec().join("|")),
            Row::Unreadable(row) => (0, row.problem.message),
            Row::Refused(error) => (0, error.to_string()),
        };
        table.rows.map(row).collect()
    }

    /// Titles in a first worksheet; in a second one a header in row 4, one merged cell over two rows, and every kind of value.
    fn example() -> Workbook {
        let mut workbook = Workbook::new();
        workbook.add_worksheet().set_name("Read me").unwrap().write(0, 0, "Notes of May").unwrap();
        let sheet = workbook.add_worksheet().set_name("May").unwrap();
        let plain = Format::new();
        sheet.merge_range(0, 0, 0, 3, "Note of calls", &plain).unwrap();
        for (column, header) in ["note_id", "team", "started_at", "talk_seconds", "note"].iter().enumerate() {
            sheet.write(3, column as u16, *header).unwrap();
        }
        sheet.write(4, 0, 20_240_101_000_017_u64).unwrap();
        sheet.merge_range(4, 1, 5, 1, "North", &plain).unwrap();
        let moment = Format::new().set_num_format("dd/mm/yyyy hh:mm");
        let clock = Format::new().set_num_format("[h]:mm:ss");
        let at = ExcelDateTime::parse_from_str("2026-05-04 10:02:00").unwrap();
        sheet.write_with_format(4, 2, &at, &moment).unwrap();
        sheet.write_with_format(4, 3, 94.0 / 86_400.0, &clock).unwrap();
        sheet.write(4, 4, "first").unwrap();
        sheet.write(5, 0, "007").unwrap();
        sheet.write(5, 4, true).unwrap();
        sheet.write(5, 9, "beside").unwrap();
        sheet.write(7, 0, "8").unwrap();
        sheet.write_formula(7, 4, rust_xlsxwriter::Formula::new("=\"a\"&\"b\"").set_result("ab")).unwrap();
        workbook
    }

    #[test]
    fn the_worksheet_with_notes_is_read_below_its_titles() {
        let table = opened(example(), None).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(table.form, "worksheet `May`, header in row 4");
        assert_eq!(table.headers.join(" "), "note_id team started_at talk_seconds note");
        let remarks = table.remarks.clone();
        assert_eq!(
            rows(table),
            [
                (5, "20240101000017|North|2026-05-04 10:02:00|0:01:34|first".to_owned()),
                (6, "007|North|||true".to_owned()),
                (8, "8||||ab".to_owned()),
            ]
        );
        assert!(remarks.all()[0].message.starts_with("1 rows have cells beside the table"));
    }

    #[test]
    fn a_worksheet_is_named_or_refused_with_the_nearest() {
        assert_eq!(opened(example(), Some("read ME")).map(|table| table.form).unwrap(), "worksheet `Read me`");
        let error = opened(example(), Some("Maj")).err().unwrap().to_string();
        assert!(error.contains("did you mean `May`?") && error.contains("Read me, May"), "{error}");
    }

    #[test]
    fn broken_workbooks_are_told_and_never_panic() {
        let bytes = example().save_to_buffer().unwrap();
        for cut in [100, bytes.len() / 2, bytes.len() - 30] {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(&bytes[..cut]).unwrap();
            assert!(read(file, open_xlsx, None).is_err());
        }
        for open in [open_xlsx, open_xlsb, open_ods, open_xls] {
            for at in (0..bytes.len()).step_by(97) {
                let mut file = tempfile::tempfile().unwrap();
                let mut broken = bytes.clone();
                broken[at] ^= 0x55;
                file.write_all(&broken).unwrap();
                if let Ok(table) = read(file, open, None) {
                    table.rows.for_each(drop);
                }
            }
        }
    }
}
