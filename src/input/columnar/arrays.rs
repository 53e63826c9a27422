//! The arrays of an Arrow batch: slices of its body, looked at value by value. Nothing is taken on trust: a place outside of its
//! slice makes the row unreadable.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use polars_arrow_format::ipc::planus::Error;
use polars_arrow_format::ipc::{CompressionType, RecordBatchRef};

use super::cell::{self, Text, Unit};
use super::levels::{Held, Put, Target};
use super::types::{Field, Kind};
use super::unpack::{Packing, unpack};
use super::{Fault, limits};

/// Rows of a batch.
const ROWS: usize = 1 << 26;
const OUTSIDE: &str = "a value lies outside of its batch";
const BROKEN: &str = "its batch is broken";

/// Values of dictionaries by number: parts that follow each other, or why they cannot be read.
pub(super) type Dictionaries = HashMap<i64, Result<Vec<Arc<Array>>, Fault>>;

/// The values of a field in a batch.
#[derive(Debug)]
pub(super) struct Array {
    len: usize,
    /// A bit a value; none where all are there.
    valid: Bytes,
    /// Bits, numbers, offsets, views or the numbers that stand for values of a dictionary.
    fixed: Bytes,
    /// What offsets and views point into.
    data: Vec<Bytes>,
    children: Vec<Array>,
    dictionary: Vec<Arc<Array>>,
}

/// What is left of a batch's nodes and buffers.
struct Parts<'b> {
    nodes: Box<dyn Iterator<Item = i64> + 'b>,
    buffers: Box<dyn Iterator<Item = (i64, i64)> + 'b>,
    views: Box<dyn Iterator<Item = i64> + 'b>,
    body: Bytes,
    packing: Option<Packing>,
    held: u64,
    dictionaries: &'b Dictionaries,
}

/// Rows of a batch, as it says.
pub(super) fn rows(batch: RecordBatchRef<'_>) -> Result<usize, Fault> {
    let rows = batch.length().ok().and_then(|rows| usize::try_from(rows).ok());
    rows.filter(|rows| *rows <= ROWS).ok_or_else(|| Fault::broken(BROKEN))
}

/// The arrays of a batch.
pub(super) fn arrays<'f>(
    fields: impl Iterator<Item = (&'f Field, bool)>,
    batch: RecordBatchRef<'_>,
    body: Bytes,
    dictionaries: &Dictionaries,
) -> Result<Vec<Array>, Fault> {
    let broken = |_: Error| Fault::broken(BROKEN);
    let packing = match batch.compression().map_err(broken)? {
        None => None,
        Some(compression) => Some(match compression.codec().map_err(broken)? {
            CompressionType::Lz4Frame => Packing::Lz4Frames,
            CompressionType::Zstd => Packing::Zstd,
        }),
    };
    let nodes = batch.nodes().map_err(broken)?.into_iter().flatten();
    let buffers = batch.buffers().map_err(broken)?.into_iter().flatten();
    let views = batch.variadic_buffer_counts().map_err(broken)?.into_iter().flatten();
    let mut parts = Parts {
        nodes: Box::new(nodes.map(|node| node.length())),
        buffers: Box::new(buffers.map(|buffer| (buffer.offset(), buffer.length()))),
        views: Box::new(views),
        held: body.len() as u64,
        body,
        packing,
        dictionaries,
    };
    let rows = rows(batch)?;
    let mut out = Vec::new();
    for (field, by_number) in fields {
        let array = parts.array(field, by_number).map_err(|fault| fault.within(&format!("column `{}`", field.name)))?;
        if array.len < rows {
            return Err(Fault::broken(format!("column `{}`: it has fewer rows than its batch", field.name)));
        }
        out.push(array);
    }
    Ok(out)
}

impl Parts<'_> {
    fn array(&mut self, field: &Field, by_number: bool) -> Result<Array, Fault> {
        let broken = || Fault::broken(BROKEN);
        let len = self.nodes.next().and_then(|len| usize::try_from(len).ok()).ok_or_else(broken)?;
        let mut array =
            Array { len, valid: Bytes::new(), fixed: Bytes::new(), data: vec![], children: vec![], dictionary: vec![] };
        let dictionary = field.dictionary.filter(|_| by_number);
        let kind = dictionary.map_or(field.kind, |(_, index)| index);
        if !matches!(kind, Kind::Null | Kind::RunEnds) {
            array.valid = self.buffer()?;
            if !array.valid.is_empty() && array.valid.len() < len.div_ceil(8) {
                return Err(broken());
            }
        }
        let width = match kind {
            Kind::Null | Kind::RunEnds | Kind::Struct | Kind::FixedList { .. } => None,
            Kind::Bool => {
                array.fixed = self.buffer()?;
                if array.fixed.len() < len.div_ceil(8) {
                    return Err(broken());
                }
                None
            }
            Kind::Bytes { wide } | Kind::List { wide } => Some(if wide { 8 } else { 4 }),
            Kind::Map | Kind::Date | Kind::Months => Some(4),
            Kind::View | Kind::MonthsDaysNanos => Some(16),
            Kind::DateMillis | Kind::Timestamp { .. } | Kind::Duration { .. } | Kind::DaysMillis => Some(8),
            Kind::Int { width, .. }
            | Kind::Float { width }
            | Kind::Decimal { width, .. }
            | Kind::Time { width, .. }
            | Kind::Fixed { width } => Some(width),
        };
        if let Some(width) = width {
            array.fixed = self.buffer()?;
            // An array without values may leave its offsets out.
            let offsets = usize::from(len > 0 && matches!(kind, Kind::Bytes { .. } | Kind::List { .. } | Kind::Map));
            if (len + offsets).checked_mul(width).is_none_or(|bytes| bytes > array.fixed.len()) {
                return Err(broken());
            }
        }
        if let Some((number, _)) = dictionary {
            let values = self.dictionaries.get(&number).ok_or_else(|| Fault::broken("its dictionary is missing"))?;
            array.dictionary = values.clone()?;
            return Ok(array);
        }
        let data = match kind {
            Kind::Bytes { .. } => 1,
            Kind::View => self.views.next().and_then(|count| usize::try_from(count).ok()).ok_or_else(broken)?,
            _ => 0,
        };
        for _ in 0..data {
            let buffer = self.buffer()?;
            array.data.push(buffer);
        }
        for child in &field.children {
            let child = self.array(child, true)?;
            let needed = match kind {
                Kind::Struct => len,
                Kind::FixedList { items } => len.checked_mul(items).ok_or_else(broken)?,
                _ => 0,
            };
            if child.len < needed {
                return Err(broken());
            }
            array.children.push(child);
        }
        Ok(array)
    }

    fn buffer(&mut self) -> Result<Bytes, Fault> {
        let broken = || Fault::broken(BROKEN);
        let (start, length) = self.buffers.next().ok_or_else(broken)?;
        let start = usize::try_from(start).map_err(|_| broken())?;
        let end = usize::try_from(length).ok().and_then(|length| start.checked_add(length));
        let end = end.filter(|end| *end <= self.body.len()).ok_or_else(broken)?;
        let bytes = self.body.slice(start..end);
        let Some(packing) = self.packing.filter(|_| !bytes.is_empty()) else { return Ok(bytes) };
        // Its length once unpacked comes first; -1 says that it is not packed.
        let length = bytes.first_chunk::<8>().map(|length| i64::from_le_bytes(*length)).ok_or_else(broken)?;
        let packed = bytes.slice(8..);
        if length == -1 {
            return Ok(packed);
        }
        let length = u64::try_from(length).map_err(|_| broken())?;
        self.held = self.held.saturating_add(length);
        if self.held > limits::HELD {
            return Err(Fault::large("a batch is larger than 1 GiB once it is unpacked"));
        }
        unpack(packing, &packed, length as usize).map(Bytes::from)
    }
}

impl Array {
    /// Bytes that are held.
    pub(super) fn held(&self) -> u64 {
        let own = [&self.valid, &self.fixed].into_iter().chain(&self.data).map(Bytes::len).sum::<usize>() as u64;
        own + self.children.iter().map(Array::held).sum::<u64>()
    }

    fn bit(bytes: &Bytes, at: usize) -> Option<bool> {
        bytes.get(at / 8).map(|byte| byte >> (at % 8) & 1 == 1)
    }

    fn number<const N: usize>(&self, at: usize) -> Result<[u8; N], &'static str> {
        let bytes = at.checked_mul(N).and_then(|at| self.fixed.get(at..)).and_then(|bytes| bytes.first_chunk::<N>());
        bytes.copied().ok_or(OUTSIDE)
    }

    /// A whole number of a width; those of 64 bits without a sign are read as if they had one.
    fn int(&self, at: usize, width: usize, signed: bool) -> Result<i64, &'static str> {
        Ok(match (width, signed) {
            (1, true) => i64::from(i8::from_le_bytes(self.number(at)?)),
            (1, false) => i64::from(u8::from_le_bytes(self.number(at)?)),
            (2, true) => i64::from(i16::from_le_bytes(self.number(at)?)),
            (2, false) => i64::from(u16::from_le_bytes(self.number(at)?)),
            (4, true) => i64::from(i32::from_le_bytes(self.number(at)?)),
            (4, false) => i64::from(u32::from_le_bytes(self.number(at)?)),
            _ => i64::from_le_bytes(self.number(at)?),
        })
    }

    /// Where the value of that number, or the items of that list, stand.
    fn span(&self, at: usize, wide: bool) -> Result<(usize, usize), &'static str> {
        let width = if wide { 8 } else { 4 };
        let place = |at| self.int(at, width, true).and_then(|at| usize::try_from(at).map_err(|_| OUTSIDE));
        let (start, end) = (place(at)?, place(at + 1)?);
        if start > end { Err(OUTSIDE) } else { Ok((start, end)) }
    }

    /// The array and the place in it where the value is, behind dictionaries and runs; `None` where there is no value.
    fn resolved<'a>(
        &'a self,
        field: &'a Field,
        at: usize,
    ) -> Result<Option<(&'a Array, &'a Field, usize)>, &'static str> {
        let (mut array, mut field, mut at) = (self, field, at);
        let mut by_number = field.dictionary.is_some();
        loop {
            if at >= array.len {
                return Err(OUTSIDE);
            }
            if !array.valid.is_empty() && !Self::bit(&array.valid, at).ok_or(OUTSIDE)? {
                return Ok(None);
            }
            match field.dictionary.filter(|_| by_number) {
                Some((_, Kind::Int { width, signed })) => {
                    let mut number = usize::try_from(array.int(at, width, signed)?).map_err(|_| OUTSIDE)?;
                    let mut parts = array.dictionary.iter();
                    array = loop {
                        let part = parts.next().ok_or(OUTSIDE)?;
                        match number.checked_sub(part.len) {
                            Some(rest) => number = rest,
                            None => break part,
                        }
                    };
                    (at, by_number) = (number, false);
                }
                Some(_) => return Err(OUTSIDE),
                None if field.kind == Kind::RunEnds => {
                    let ([ends, values], [ends_field, values_field]) =
                        (array.children.as_slice(), field.children.as_slice())
                    else {
                        return Err(OUTSIDE);
                    };
                    at = ends.run(ends_field, at)?;
                    (array, field, by_number) = (values, values_field, values_field.dictionary.is_some());
                }
                None => return Ok((field.kind != Kind::Null).then_some((array, field, at))),
            }
        }
    }

    /// The run in which a place is, of an array of ends.
    fn run(&self, field: &Field, at: usize) -> Result<usize, &'static str> {
        let Kind::Int { width, signed: true } = field.kind else { return Err(OUTSIDE) };
        let (mut low, mut high) = (0, self.len);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.int(middle, width, true)? > at as i64 { high = middle } else { low = middle + 1 }
        }
        Ok(low)
    }

    /// The bytes of a value.
    fn bytes(&self, kind: Kind, at: usize) -> Result<&[u8], &'static str> {
        let part = |bytes: &'_ Bytes, start: usize, end: usize| -> Option<std::ops::Range<usize>> {
            (start <= end && end <= bytes.len()).then_some(start..end)
        };
        match kind {
            Kind::Bytes { wide } => {
                let (start, end) = self.span(at, wide)?;
                let data = self.data.first().ok_or(OUTSIDE)?;
                part(data, start, end).map(|range| &data[range]).ok_or(OUTSIDE)
            }
            Kind::View => {
                let view: [u8; 16] = self.number(at)?;
                let [l0, l1, l2, l3, _, _, _, _, b0, b1, b2, b3, o0, o1, o2, o3] = view;
                let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
                if length <= 12 {
                    return self.fixed.get(at * 16 + 4..at * 16 + 4 + length).ok_or(OUTSIDE);
                }
                let data = self.data.get(u32::from_le_bytes([b0, b1, b2, b3]) as usize).ok_or(OUTSIDE)?;
                let start = u32::from_le_bytes([o0, o1, o2, o3]) as usize;
                part(data, start, start.saturating_add(length)).map(|range| &data[range]).ok_or(OUTSIDE)
            }
            Kind::Fixed { width } | Kind::Decimal { width, .. } => {
                let start = at.checked_mul(width).ok_or(OUTSIDE)?;
                self.fixed.get(start..start.saturating_add(width)).ok_or(OUTSIDE)
            }
            _ => Err(OUTSIDE),
        }
    }

    /// The text of a value that is there.
    fn text(&self, kind: Kind, at: usize) -> Text {
        Ok(match kind {
            Kind::Bool => Self::bit(&self.fixed, at).ok_or(OUTSIDE)?.to_string(),
            Kind::Int { width: 8, signed: false } => u64::from_le_bytes(self.number(at)?).to_string(),
            Kind::Int { width, signed } => self.int(at, width, signed)?.to_string(),
            Kind::Float { width: 2 } => cell::half(u16::from_le_bytes(self.number(at)?)),
            Kind::Float { width: 4 } => cell::single(f32::from_le_bytes(self.number(at)?)),
            Kind::Float { .. } => cell::float(f64::from_le_bytes(self.number(at)?)),
            Kind::Decimal { scale, .. } => {
                let bytes: Vec<u8> = self.bytes(kind, at)?.iter().rev().copied().collect();
                return cell::decimal(&bytes, scale);
            }
            Kind::Date => cell::date(self.int(at, 4, true)?),
            Kind::DateMillis => cell::date(self.int(at, 8, true)?.div_euclid(86_400_000)),
            Kind::Time { width, unit } => cell::time(self.int(at, width, true)?, unit),
            Kind::Timestamp { unit, universal } => cell::timestamp(self.int(at, 8, true)?, unit, universal),
            Kind::Duration { unit } => cell::duration(self.int(at, 8, true)?, unit),
            Kind::Months => cell::interval(self.int(at, 4, true)?, 0, 0, Unit::Second),
            Kind::DaysMillis => {
                let (days, millis) = (self.int(2 * at, 4, true)?, self.int(2 * at + 1, 4, true)?);
                cell::interval(0, days, millis, Unit::Milli)
            }
            Kind::MonthsDaysNanos => {
                let (months, days) = (self.int(4 * at, 4, true)?, self.int(4 * at + 1, 4, true)?);
                cell::interval(months, days, self.int(2 * at + 1, 8, true)?, Unit::Nano)
            }
            Kind::Bytes { .. } | Kind::View | Kind::Fixed { .. } => return cell::bytes(self.bytes(kind, at)?),
            Kind::Null | Kind::List { .. } | Kind::FixedList { .. } | Kind::Struct | Kind::Map | Kind::RunEnds => {
                return Err(OUTSIDE);
            }
        })
    }

    /// Gives what a row holds. `path` is where the field stands, once a list or a map is around it; `left` counts values.
    pub(super) fn give(&self, field: &Field, at: usize, path: &mut String, left: &mut usize, put: Put<'_>) {
        let resolved = match left.checked_sub(1) {
            Some(fewer) => {
                *left = fewer;
                self.resolved(field, at)
            }
            None => Err("its lists are longer than is read"),
        };
        let fault = match resolved {
            Ok(Some((array, field, at))) => array.give_there(field, at, path, left, put).err(),
            Ok(None) => {
                // What would be in a struct or a list that is not there has no place of its own.
                if field.is_plain() || field.is_joined() {
                    put(target(field, path), true, Held::Nothing);
                }
                None
            }
            Err(fault) => Some(fault),
        };
        if let Some(fault) = fault {
            put(target(field, path), false, Held::Fault(fault));
        }
    }

    fn give_there(
        &self,
        field: &Field,
        at: usize,
        path: &mut String,
        left: &mut usize,
        put: Put<'_>,
    ) -> Result<(), &'static str> {
        let length = path.len();
        let child = |(array, field, at): (&Array, &Field, usize),
                     step: &str,
                     path: &mut String,
                     left: &mut usize,
                     put: Put<'_>| {
            path.push('.');
            path.push_str(step);
            array.give(field, at, path, left, put);
            path.truncate(length);
        };
        let (items, inner) = match field.kind {
            Kind::Struct => {
                for (array, field) in self.children.iter().zip(&field.children) {
                    child((array, field, at), &field.name, path, left, put);
                }
                return Ok(());
            }
            Kind::List { wide } => (self.span(at, wide)?, self.inner(field)?),
            Kind::Map => (self.span(at, false)?, self.inner(field)?),
            Kind::FixedList { items } => {
                let start = at.checked_mul(items).ok_or(OUTSIDE)?;
                ((start, start.saturating_add(items)), self.inner(field)?)
            }
            kind => {
                put(target(field, path), false, Held::Text(&|| self.text(kind, at)));
                return Ok(());
            }
        };
        if items.1 - items.0 > *left {
            return Err("its lists are longer than is read");
        }
        if field.is_joined() {
            *left -= items.1 - items.0;
            put(target(field, path), true, Held::Nothing);
            for item in items.0..items.1 {
                if let Some((array, inner, at)) = inner.0.resolved(inner.1, item)? {
                    put(target(field, path), true, Held::Text(&|| array.text(inner.kind, at)));
                }
            }
            return Ok(());
        }
        let keyed = field.kind == Kind::Map && inner.1.children.first().is_some_and(Field::is_plain);
        for item in items.0..items.1 {
            if let (true, [keys, values], [key, value]) =
                (keyed, inner.0.children.as_slice(), inner.1.children.as_slice())
            {
                let key = match keys.resolved(key, item)? {
                    Some((array, key, at)) => array.text(key.kind, at)?,
                    None => (item - items.0).to_string(),
                };
                child((values, value, item), &key, path, left, put);
            } else {
                child((inner.0, inner.1, item), &(item - items.0).to_string(), path, left, put);
            }
        }
        Ok(())
    }

    /// The only child of a list.
    fn inner<'a>(&'a self, field: &'a Field) -> Result<(&'a Array, &'a Field), &'static str> {
        self.children.first().zip(field.children.first()).ok_or(OUTSIDE)
    }
}

fn target<'t>(field: &Field, path: &'t str) -> Target<'t> {
    field.place.map_or(Target::Path(path), Target::Column)
}
