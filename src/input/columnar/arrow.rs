//! Arrow IPC, a file (Feather) or a stream: one batch after the other.

use std::fs::File;
use std::sync::Arc;

use polars_arrow_format::ipc::planus::ReadAsRoot;
use polars_arrow_format::ipc::{DictionaryBatchRef, MessageHeaderRef, MessageRef, RecordBatchRef};

use super::super::contain::contained;
use super::super::formats::{Remarks, Table};
use super::super::{InputError, Row, Rows};
use super::arrays::{self, Array, Dictionaries};
use super::levels::{Held, Put, Target};
use super::messages::{CONTINUED, MAGIC, Message, Messages};
use super::places::{Places, lost, unreadable};
use super::types::{self, Field};
use super::{Fault, limits};

/// Whether the first bytes are those of an Arrow file, or of a stream: a mark, the length of a message, and where in it its table is.
pub(in crate::input) fn sniff(head: &[u8]) -> bool {
    let number =
        |at: usize| head.get(at..).and_then(|bytes| bytes.first_chunk::<4>()).map(|bytes| u32::from_le_bytes(*bytes));
    let stream = || match (number(4), number(8)) {
        (Some(length), Some(table)) => u64::from(length) <= limits::METADATA && table >= 4 && table < length,
        _ => false,
    };
    head.starts_with(MAGIC) || head.starts_with(&CONTINUED) && stream()
}

/// Opens an Arrow file or a stream that was saved.
pub(in crate::input) fn open(file: &str, source: File) -> Result<Table, InputError> {
    let opened = contained(|| opened(&source)).unwrap_or_else(|| Err(Fault::broken("its schema is broken")));
    let (records, places) = opened.map_err(|fault| fault.of(file))?;
    let headers = places.headers(file)?;
    let form = if records.messages.is_file { "file of batches" } else { "stream of batches" };
    let rows: Rows = Box::new(ArrowRows { file: file.to_owned(), records, places });
    Ok(Table { headers, rows, form: form.to_owned(), remarks: Remarks::default() })
}

fn opened(source: &File) -> Result<(Records, Places), Fault> {
    let mut places = Places::default();
    let (mut records, unknown) = Records::new(source.try_clone()?, &mut places)?;
    // Lists and maps: their paths stand in the rows alone. What cannot be read is told when its rows are.
    if unknown {
        let mut put = |target: Target<'_>, _: bool, held: Held<'_>| {
            if let (Target::Path(path), Held::Nothing | Held::Text(_)) = (target, held) {
                places.find(path);
            }
        };
        while records.next(&mut put).is_some() {}
        records = Records::new(source.try_clone()?, &mut Places::default())?.0;
    }
    Ok((records, places))
}

/// Why rows are not read: from which one on, how many, where that is known, and what is wrong.
type Lost = (u64, Option<u64>, Fault);

/// The rows of a file.
struct Records {
    messages: Messages,
    fields: Arc<Vec<Field>>,
    dictionaries: Dictionaries,
    batch: Vec<Array>,
    /// Rows of the batch, and the next of them.
    rows: (usize, usize),
    /// Rows given or lost.
    row: u64,
    /// Batches read.
    batches: u64,
}

impl Records {
    /// Reads the schema; answers as well whether the rows tell more columns than it does.
    fn new(source: File, places: &mut Places) -> Result<(Self, bool), Fault> {
        let mut messages = Messages::new(source)?;
        let message = messages.next().unwrap_or_else(|| Err(Fault::broken("it holds no schema")))?;
        let Some(MessageHeaderRef::Schema(schema)) = header(&message)?.0 else {
            return Err(Fault::broken("it does not begin with a schema"));
        };
        let mut fields = types::fields(schema)?;
        let unknown = types::place(&mut fields, "", places)?;
        let (fields, dictionaries) = (Arc::new(fields), Dictionaries::new());
        Ok((Records { messages, fields, dictionaries, batch: vec![], rows: (0, 0), row: 0, batches: 0 }, unknown))
    }

    /// Gives what the next row holds, and its number.
    fn next(&mut self, put: Put<'_>) -> Option<Result<u64, Lost>> {
        while self.rows.1 >= self.rows.0 {
            self.batch.clear();
            let read = contained(|| self.message())
                .unwrap_or_else(|| Some(Err((Some(0), Fault::broken("a message is broken")))));
            if let Err((rows, fault)) = read? {
                let first = self.row + 1;
                self.row += rows.unwrap_or(0);
                return Some(Err((first, rows, fault)));
            }
        }
        let at = self.rows.1;
        self.rows.1 += 1;
        self.row += 1;
        let given = contained(|| {
            let (mut path, mut left) = (String::new(), limits::VALUES);
            for (array, field) in self.batch.iter().zip(self.fields.iter()) {
                path.clear();
                path.push_str(&field.name);
                array.give(field, at, &mut path, &mut left, put);
            }
        });
        Some(given.map(|()| self.row).ok_or_else(|| (self.row, Some(1), Fault::broken("its batch is broken"))))
    }

    /// Reads a message.
    fn message(&mut self) -> Option<Result<(), (Option<u64>, Fault)>> {
        let message = match self.messages.next()? {
            Ok(message) => message,
            Err(fault) => return Some(Err((None, fault))),
        };
        let (header, length) = match header(&message) {
            Ok(read) => read,
            Err(fault) => {
                self.messages.end();
                return Some(Err((None, fault)));
            }
        };
        let done = match header {
            Some(MessageHeaderRef::RecordBatch(batch)) => self.batch(batch, length),
            Some(MessageHeaderRef::DictionaryBatch(batch)) => {
                self.dictionary(batch, length);
                Ok(())
            }
            // Nothing else has rows.
            _ => Ok(()),
        };
        // A batch that cannot be read does not keep the next ones from being read.
        Some(match (self.messages.skip(&message, length), done) {
            (Ok(()), done) => done,
            (Err(fault), Ok(())) => Err((None, fault)),
            (Err(_), done) => done,
        })
    }

    fn batch(&mut self, batch: RecordBatchRef<'_>, length: i64) -> Result<(), (Option<u64>, Fault)> {
        self.batches += 1;
        let within = format!("batch {}", self.batches);
        let rows = arrays::rows(batch).map_err(|fault| (None, fault.within(&within)))?;
        let read = self.messages.body(length).and_then(|body| {
            arrays::arrays(self.fields.iter().map(|field| (field, true)), batch, body, &self.dictionaries)
        });
        self.batch = read.map_err(|fault| (Some(rows as u64), fault.within(&within)))?;
        self.rows = (rows, 0);
        Ok(())
    }

    /// Keeps a dictionary. What is wrong with it is told of the batches that need it.
    fn dictionary(&mut self, dictionary: DictionaryBatchRef<'_>, length: i64) {
        let Ok(number) = dictionary.id() else { return };
        let values = self.values(dictionary, number, length);
        match (dictionary.is_delta().unwrap_or(false), values) {
            (true, Ok(values)) => {
                if let Ok(parts) = self.dictionaries.entry(number).or_insert_with(|| Ok(vec![])) {
                    parts.push(values);
                }
            }
            (false, Ok(values)) => {
                self.dictionaries.insert(number, Ok(vec![values]));
            }
            (_, Err(fault)) => {
                self.dictionaries.insert(number, Err(fault));
            }
        }
    }

    fn values(&mut self, dictionary: DictionaryBatchRef<'_>, number: i64, length: i64) -> Result<Arc<Array>, Fault> {
        let broken = || Fault::broken("its dictionary is broken");
        let body = self.messages.body(length)?;
        let held: u64 = self.dictionaries.values().flatten().flatten().map(|part| part.held()).sum();
        let batch = dictionary.data().ok().flatten().ok_or_else(broken)?;
        let field = find(&self.fields, number).ok_or_else(broken)?;
        let values = arrays::arrays(std::iter::once((field, false)), batch, body, &self.dictionaries)?;
        let values = values.into_iter().next().ok_or_else(broken)?;
        if held + values.held() > limits::HELD {
            return Err(Fault::large("its dictionaries are larger than 1 GiB"));
        }
        Ok(Arc::new(values))
    }
}

/// What a message is, and the length of its body.
fn header(message: &Message) -> Result<(Option<MessageHeaderRef<'_>>, i64), Fault> {
    let broken = |_| Fault::broken("a message is broken");
    let read = MessageRef::read_as_root(&message.head).map_err(broken)?;
    Ok((read.header().map_err(broken)?, read.body_length().map_err(broken)?))
}

/// The fields of a schema that stands alone, as a message with its length before it; `None` where it is none.
pub(super) fn schema(message: &[u8]) -> Option<Vec<Field>> {
    let rest = message.strip_prefix(&CONTINUED).unwrap_or(message);
    let read = MessageRef::read_as_root(rest.get(4..)?).ok()?;
    match read.header().ok().flatten()? {
        MessageHeaderRef::Schema(schema) => types::fields(schema).ok(),
        _ => None,
    }
}

/// The field whose values are in the dictionary of that number.
fn find(fields: &[Field], number: i64) -> Option<&Field> {
    fields.iter().find_map(|field| match field.dictionary {
        Some((own, _)) if own == number => Some(field),
        _ => find(&field.children, number),
    })
}

struct ArrowRows {
    file: String,
    records: Records,
    places: Places,
}

impl Iterator for ArrowRows {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        let mut cells = self.places.row();
        Some(match self.records.next(&mut |target, joined, held| cells.put(target, joined, held))? {
            Ok(number) => cells.finish(&self.file, number),
            Err((first, Some(rows), fault)) => lost(&self.file, first, rows, &fault),
            Err((first, None, fault)) => {
                unreadable(&self.file, first, format!("reading stopped here: {}", fault.message), fault.help)
            }
        })
    }
}
