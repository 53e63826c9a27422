//! One column of a row group, row by row: Parquet stores values without the lists and gaps around them, which two levels of each
//! value tell.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use parquet::data_type::{ByteArray, DataType, FixedLenByteArray, Int96};
use parquet::errors::ParquetError;
use parquet::schema::types::ColumnDescPtr;

use super::cell::{self, Text, Unit};
use super::leaves::{Kind, Leaf, Step};
use super::pages::{FaultError, Pages, Shared};
use super::{Fault, limits};

/// Days from the beginning of the Julian calendar's count to 1970.
const JULIAN: i64 = 2_440_588;
/// Bytes of the keys of a row's map, and keys: behind that, they are called by their numbers, and then not at all.
const KEYS: (usize, usize) = (1 << 20, limits::VALUES);

/// Where a value goes.
pub(super) enum Target<'t> {
    Column(usize),
    Path(&'t str),
}

/// What a row holds at a target.
pub(super) enum Held<'v> {
    Nothing,
    /// A text, which is made when it is asked for: a dictionary has one value stand for any number of long ones.
    Text(&'v dyn Fn() -> Text),
    Fault(&'static str),
}

/// Takes what a row holds at a target, and whether it is an item of a list that is joined.
pub(super) type Put<'p> = &'p mut dyn FnMut(Target<'_>, bool, Held<'_>);

/// The keys of a row's maps, by the leaf whose values they are.
pub(super) type Keys = Vec<Vec<String>>;

/// A column of a row group.
pub(super) struct Chunk {
    values: Box<dyn Values>,
    shared: Arc<Shared>,
}

impl Chunk {
    pub(super) fn new(column: ColumnDescPtr, pages: Pages, shared: Arc<Shared>) -> Self {
        let values: Box<dyn Values> = match get_column_reader(column, Box::new(pages)) {
            ColumnReader::BoolColumnReader(reader) => Typed::boxed(reader, |value, _| Ok(value.to_string())),
            ColumnReader::Int32ColumnReader(reader) => Typed::boxed(reader, |value, kind| {
                if let Kind::Decimal(scale) = kind {
                    return cell::decimal(&value.to_be_bytes(), scale);
                }
                Ok(if let Kind::Unsigned(_) = kind {
                    (*value as u32).to_string()
                } else {
                    whole(i64::from(*value), kind)
                })
            }),
            ColumnReader::Int64ColumnReader(reader) => Typed::boxed(reader, |value, kind| {
                if let Kind::Decimal(scale) = kind {
                    return cell::decimal(&value.to_be_bytes(), scale);
                }
                Ok(if let Kind::Unsigned(_) = kind { (*value as u64).to_string() } else { whole(*value, kind) })
            }),
            ColumnReader::Int96ColumnReader(reader) => Typed::boxed(reader, |value, _| moment(value)),
            ColumnReader::FloatColumnReader(reader) => Typed::boxed(reader, |value, _| Ok(cell::single(*value))),
            ColumnReader::DoubleColumnReader(reader) => Typed::boxed(reader, |value, _| Ok(cell::float(*value))),
            ColumnReader::ByteArrayColumnReader(reader) => {
                Typed::boxed(reader, |value: &ByteArray, kind| bytes(value.data(), kind))
            }
            ColumnReader::FixedLenByteArrayColumnReader(reader) => {
                Typed::boxed(reader, |value: &FixedLenByteArray, kind| bytes(value.data(), kind))
            }
        };
        Chunk { values, shared }
    }

    /// Reads the next rows; answers how many there were.
    pub(super) fn fill(&mut self, rows: usize) -> Result<usize, Fault> {
        self.shared.values.store(8 * limits::VALUES as u64, Ordering::Relaxed);
        self.values.fill(rows).map_err(|error| match error {
            ParquetError::External(error) => match error.downcast::<FaultError>() {
                Ok(fault) => fault.0,
                Err(error) => Fault::broken(error.to_string()),
            },
            error => Fault::broken(error.to_string()),
        })
    }

    /// Gives what the next of those rows holds.
    pub(super) fn row(&mut self, leaf: &Leaf, keys: &mut Keys, index: usize, put: Put<'_>) {
        let mut at = vec![0; leaf.steps.len() + 1];
        let mut path = String::new();
        let mut bytes = 0;
        let mut first = true;
        while let Some((repeated, defined)) = self.values.levels(leaf.defined) {
            if !first && repeated == 0 {
                break;
            }
            if let Some(which) =
                usize::try_from(repeated).ok().and_then(|level| level.checked_sub(1)).filter(|_| !first)
            {
                at[which.min(leaf.steps.len())] += 1;
                at.iter_mut().skip(which + 1).for_each(|at| *at = 0);
            }
            first = false;
            let value = self.values.take(leaf.defined);
            if leaf.is_key {
                let known = &mut keys[index];
                let key = value.filter(|_| bytes < KEYS.0).and_then(|value| self.values.text(value, leaf.kind).ok());
                bytes += key.as_ref().map_or(0, String::len);
                let key = key.filter(|_| bytes <= KEYS.0).unwrap_or_else(|| known.len().to_string());
                if known.len() < KEYS.1 {
                    known.push(key);
                }
                continue;
            }
            let text = || value.map_or_else(|| Ok(String::new()), |value| self.values.text(value, leaf.kind));
            let held = if value.is_some() { Held::Text(&text) } else { Held::Nothing };
            if let Some(column) = leaf.place {
                put(Target::Column(column), leaf.joined.is_some(), held);
            } else if write_path(&mut path, leaf, &at, defined, keys) {
                put(Target::Path(&path), leaf.joined.is_some(), held);
            }
        }
    }
}

/// Writes the path of a value; false where a list or map on the way has no item.
fn write_path(path: &mut String, leaf: &Leaf, at: &[usize], defined: i16, keys: &Keys) -> bool {
    path.clear();
    let mut places = at.iter();
    for step in &leaf.steps {
        if !path.is_empty() {
            path.push('.');
        }
        match step {
            Step::Name(name) => path.push_str(name),
            Step::Item(from) | Step::Key(from, _) if defined < *from => return false,
            Step::Item(_) => path.push_str(&places.next().copied().unwrap_or(0).to_string()),
            Step::Key(_, leaf) => {
                let key = keys.get(*leaf).zip(places.next()).and_then(|(keys, at)| keys.get(*at));
                let Some(key) = key else { return false };
                path.push_str(key);
            }
        }
    }
    true
}

/// Values of a column and their levels.
trait Values: Send {
    fn fill(&mut self, rows: usize) -> Result<usize, ParquetError>;
    /// Repetition and definition level of the next value; `None` where none is left.
    fn levels(&self, defined: i16) -> Option<(i16, i16)>;
    /// Takes the next value and answers its number; `None` where it is a gap.
    fn take(&mut self, defined: i16) -> Option<usize>;
    /// The text of a value.
    fn text(&self, value: usize, kind: Kind) -> Text;
}

struct Typed<T: DataType> {
    reader: ColumnReaderImpl<T>,
    text: fn(&T::T, Kind) -> Text,
    values: Vec<T::T>,
    definition: Vec<i16>,
    repetition: Vec<i16>,
    levels: usize,
    /// The next level, and the next value.
    at: (usize, usize),
}

impl<T: DataType> Typed<T> {
    fn boxed(reader: ColumnReaderImpl<T>, text: fn(&T::T, Kind) -> Text) -> Box<dyn Values> {
        let (values, definition, repetition) = (Vec::new(), Vec::new(), Vec::new());
        Box::new(Typed { reader, text, values, definition, repetition, levels: 0, at: (0, 0) })
    }
}

impl<T: DataType> Values for Typed<T> {
    fn fill(&mut self, rows: usize) -> Result<usize, ParquetError> {
        self.values.clear();
        self.definition.clear();
        self.repetition.clear();
        (self.levels, self.at) = (0, (0, 0));
        let mut read = 0;
        while read < rows {
            let (definition, repetition) = (Some(&mut self.definition), Some(&mut self.repetition));
            let (records, _, levels) =
                self.reader.read_records(rows - read, definition, repetition, &mut self.values)?;
            self.levels += levels;
            read += records;
            if records == 0 && levels == 0 {
                break;
            }
        }
        Ok(read)
    }

    fn levels(&self, defined: i16) -> Option<(i16, i16)> {
        let at = (self.at.0 < self.levels).then_some(self.at.0)?;
        let level = |levels: &[i16], none| levels.get(at).copied().unwrap_or(none);
        Some((level(&self.repetition, 0), level(&self.definition, defined)))
    }

    fn take(&mut self, defined: i16) -> Option<usize> {
        let (_, level) = self.levels(defined)?;
        self.at.0 += 1;
        if level < defined {
            return None;
        }
        self.at.1 += 1;
        Some(self.at.1 - 1)
    }

    fn text(&self, value: usize, kind: Kind) -> Text {
        self.values.get(value).map_or(Err("a value is missing"), |value| (self.text)(value, kind))
    }
}

fn whole(value: i64, kind: Kind) -> String {
    match kind {
        Kind::Date => cell::date(value),
        Kind::Time(unit) => cell::time(value, unit),
        Kind::Duration(unit) => cell::duration(value, unit),
        Kind::Timestamp(unit, universal) => cell::timestamp(value, unit, universal),
        _ => value.to_string(),
    }
}

/// A moment as older programs wrote it: nanoseconds of a day, and the day. Whether it is in universal time is not told.
fn moment(value: &Int96) -> Text {
    let [low, high, day] = value.data() else { return Err("a moment is broken") };
    let nanos = i64::from(*low) | i64::from(*high) << 32;
    let seconds = (i64::from(*day) - JULIAN) * 86_400 + nanos.div_euclid(1_000_000_000);
    cell::wall(seconds, nanos.rem_euclid(1_000_000_000) as i32, false).ok_or("a moment is out of range")
}

fn bytes(bytes: &[u8], kind: Kind) -> Text {
    match (kind, bytes) {
        (Kind::Decimal(scale), _) => cell::decimal(bytes, scale),
        (Kind::Half, [low, high]) => Ok(cell::half(u16::from_le_bytes([*low, *high]))),
        (Kind::Uuid, _) => cell::uuid(bytes),
        (Kind::Interval, _) => {
            let part =
                |at: usize| bytes.get(at..).and_then(|bytes| bytes.first_chunk::<4>()).map(|b| u32::from_le_bytes(*b));
            let (months, days, millis) =
                part(0).zip(part(4)).zip(part(8)).map(|((m, d), ms)| (m, d, ms)).ok_or("a duration is broken")?;
            Ok(cell::interval(i64::from(months), i64::from(days), i64::from(millis), Unit::Milli))
        }
        _ => cell::bytes(bytes),
    }
}
