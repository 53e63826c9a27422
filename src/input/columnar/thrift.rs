//! Just enough of Thrift's compact form to look at a Parquet file's own words before memory is taken at them: the header of a page,
//! and whether a footer is sound in itself. What the footer means is left to the library.

use parquet::basic::Encoding;

use super::{Fault, limits};

/// Structs and lists inside each other.
const NESTING: u32 = 24;
/// Structs in a list: row groups, for instance.
const STRUCTS: usize = 1 << 20;

const STOP: u8 = 0;
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const MAP: u8 = 11;
const STRUCT: u8 = 12;

/// Bytes that end too early, or are none of this form.
struct Unsound;

type Read<T> = Result<T, Unsound>;

struct Compact<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Compact<'_> {
    fn byte(&mut self) -> Read<u8> {
        let byte = *self.bytes.get(self.at).ok_or(Unsound)?;
        self.at += 1;
        Ok(byte)
    }

    fn varint(&mut self) -> Read<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Unsound)
    }

    /// A number of 16, 32 or 64 bits.
    fn int(&mut self) -> Read<i64> {
        let value = self.varint()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// A count or a length: never more than the bytes that are left, as all that is counted takes one at least.
    fn count(&mut self) -> Read<usize> {
        let count = usize::try_from(self.varint()?).map_err(|_| Unsound)?;
        if count > self.bytes.len() - self.at { Err(Unsound) } else { Ok(count) }
    }

    /// A list's kind of items, and how many there are.
    fn list(&mut self) -> Read<(u8, usize)> {
        let head = self.byte()?;
        let count = if head >> 4 == 15 { self.count()? } else { usize::from(head >> 4) };
        Ok((head & 15, count))
    }

    /// Goes through the fields of a struct; `visit` reads the value of a field, or answers that it did not.
    fn fields(&mut self, depth: u32, visit: &mut dyn FnMut(&mut Self, i64, u8) -> Read<bool>) -> Read<()> {
        let mut id = 0;
        loop {
            let head = self.byte()?;
            if head == STOP {
                return Ok(());
            }
            id = if head >> 4 == 0 { self.int()? } else { id + i64::from(head >> 4) };
            if !visit(self, id, head & 15)? {
                self.skip(head & 15, depth)?;
            }
        }
    }

    /// Goes over a value. In a struct, a truth value is told by its kind.
    fn skip(&mut self, kind: u8, depth: u32) -> Read<()> {
        let depth = depth.checked_sub(1).ok_or(Unsound)?;
        match kind {
            TRUE | FALSE => {}
            BYTE => self.at += 1,
            4..=6 => {
                self.varint()?;
            }
            DOUBLE => self.at += 8,
            BINARY => {
                let length = self.count()?;
                self.at += length;
            }
            LIST | SET => {
                let (kind, count) = self.list()?;
                // The library makes room for them all before it looks at the first.
                if kind == STRUCT && count > STRUCTS {
                    return Err(Unsound);
                }
                for _ in 0..count {
                    self.skip_item(kind, depth)?;
                }
            }
            MAP => {
                let count = self.count()?;
                let kinds = if count == 0 { 0 } else { self.byte()? };
                for _ in 0..count {
                    self.skip_item(kinds >> 4, depth)?;
                    self.skip_item(kinds & 15, depth)?;
                }
            }
            STRUCT => self.fields(depth, &mut |_, _, _| Ok(false))?,
            _ => return Err(Unsound),
        }
        if self.at > self.bytes.len() { Err(Unsound) } else { Ok(()) }
    }

    fn skip_item(&mut self, kind: u8, depth: u32) -> Read<()> {
        match kind {
            TRUE | FALSE => self.byte().map(|_| ()),
            kind => self.skip(kind, depth),
        }
    }
}

/// Whether a footer is sound, and its schema neither too large nor too deep for the library, which builds it by recursion.
pub(super) fn check_footer(bytes: &[u8]) -> Result<(), Fault> {
    let mut reader = Compact { bytes, at: 0 };
    let mut schema = Vec::new();
    let mut large = false;
    let read = reader.fields(NESTING, &mut |reader, id, kind| {
        if (id, kind) != (2, LIST) {
            return Ok(false);
        }
        let (kind, count) = reader.list()?;
        large = count > limits::FIELDS;
        if kind != STRUCT || large {
            return Err(Unsound);
        }
        for _ in 0..count {
            let mut children = 0;
            reader.fields(NESTING, &mut |reader, id, kind| {
                let own = id == 5 && kind == 5;
                if own {
                    children = reader.int()?;
                }
                Ok(own)
            })?;
            schema.push(children);
        }
        Ok(true)
    });
    if large {
        return Err(Fault::unusual(format!("its schema has more than {} fields", limits::FIELDS)));
    }
    read.map_err(|_| Fault::broken("the footer, which describes the table, is broken"))?;
    // How many children are still to come, of each group that is open.
    let mut open: Vec<i64> = Vec::new();
    for children in schema {
        while open.pop_if(|left| *left == 0).is_some() {}
        if let Some(left) = open.last_mut() {
            *left -= 1;
        }
        if children > limits::FIELDS as i64 {
            return Err(Fault::broken("its schema is broken"));
        }
        if children > 0 {
            open.push(children);
        }
        if open.len() > limits::DEPTH {
            return Err(Fault::unusual(format!("its schema has more than {} groups inside each other", limits::DEPTH)));
        }
    }
    Ok(())
}

/// The header of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct PageHeader {
    /// 0 data, 1 index, 2 dictionary, 3 data of the second version.
    pub(super) kind: i64,
    /// Bytes once unpacked.
    pub(super) unpacked: i64,
    /// Bytes as they are in the file.
    pub(super) packed: i64,
    /// Values, nulls among them.
    pub(super) values: i64,
    pub(super) encoding: i64,
    /// How definition and repetition levels are encoded, in the first version.
    pub(super) levels: [i64; 2],
    /// Nulls, in the second version.
    pub(super) nulls: i64,
    /// Rows, in the second version.
    pub(super) rows: i64,
    /// Bytes of the definition and the repetition levels, in the second version.
    pub(super) lengths: [i64; 2],
    /// Whether the values are packed, in the second version.
    pub(super) is_packed: bool,
}

/// The page header at the start of the bytes, and how long it is; `None` where it is none, or not there as a whole.
pub(super) fn page_header(bytes: &[u8]) -> Option<(PageHeader, usize)> {
    let mut reader = Compact { bytes, at: 0 };
    let mut header = PageHeader { is_packed: true, ..PageHeader::default() };
    let read = reader.fields(NESTING, &mut |reader, id, kind| {
        let place = match (id, kind) {
            (1, 5) => &mut header.kind,
            (2, 5) => &mut header.unpacked,
            (3, 5) => &mut header.packed,
            (5 | 7 | 8, STRUCT) => {
                reader.fields(NESTING, &mut |reader, field, kind| {
                    let place = match (id, field, kind) {
                        (_, 1, 5) => &mut header.values,
                        (5 | 7, 2, 5) | (8, 4, 5) => &mut header.encoding,
                        (5, 3, 5) => &mut header.levels[0],
                        (5, 4, 5) => &mut header.levels[1],
                        (8, 2, 5) => &mut header.nulls,
                        (8, 3, 5) => &mut header.rows,
                        (8, 5, 5) => &mut header.lengths[0],
                        (8, 6, 5) => &mut header.lengths[1],
                        (8, 7, TRUE | FALSE) => {
                            header.is_packed = kind == TRUE;
                            return Ok(true);
                        }
                        _ => return Ok(false),
                    };
                    *place = reader.int()?;
                    Ok(true)
                })?;
                return Ok(true);
            }
            _ => return Ok(false),
        };
        *place = reader.int()?;
        Ok(true)
    });
    read.ok().map(|()| (header, reader.at))
}

/// An encoding by its number.
pub(super) fn encoding(number: i64) -> Option<Encoding> {
    Some(match number {
        0 => Encoding::PLAIN,
        2 => Encoding::PLAIN_DICTIONARY,
        3 => Encoding::RLE,
        #[expect(deprecated)] // Old files have levels in it.
        4 => Encoding::BIT_PACKED,
        5 => Encoding::DELTA_BINARY_PACKED,
        6 => Encoding::DELTA_LENGTH_BYTE_ARRAY,
        7 => Encoding::DELTA_BYTE_ARRAY,
        8 => Encoding::RLE_DICTIONARY,
        9 => Encoding::BYTE_STREAM_SPLIT,
        _ => return None,
    })
}

/// How many values a delta-encoded page says it holds, which is in its third number.
pub(super) fn delta_count(bytes: &[u8]) -> Option<u64> {
    let mut reader = Compact { bytes, at: 0 };
    let mut last = None;
    for _ in 0..3 {
        last = Some(reader.varint().ok()?);
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A footer with a version and a schema whose elements have these numbers of children.
    fn footer(children: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0x15, 4, 0x19, 0xfc];
        let mut count = children.len();
        while count >= 0x80 {
            bytes.push((count as u8 & 0x7f) | 0x80);
            count >>= 7;
        }
        bytes.push(count as u8);
        for children in children {
            bytes.extend([0x48, 1, b'x', 0x15, children * 2, 0]);
        }
        bytes.push(0);
        bytes
    }

    #[test]
    fn schemas_that_are_too_deep_or_too_large_are_refused() {
        assert!(check_footer(&footer(&[2, 1, 0, 0])).is_ok());
        let deep = vec![1; limits::DEPTH + 1];
        assert!(check_footer(&footer(&deep)).unwrap_err().message.contains("64 groups"));
        let wide = vec![0; limits::FIELDS + 1];
        assert!(check_footer(&footer(&wide)).unwrap_err().message.contains("20000 fields"));
        // Siblings are not depth.
        assert!(check_footer(&footer(&[60; 62])).is_ok());
        assert!(check_footer(&footer(&[60, 0, 0])).is_ok());
    }

    #[test]
    fn what_ends_early_or_counts_too_far_is_broken() {
        let whole = footer(&[2, 1, 0, 0]);
        for length in 0..whole.len() {
            assert!(check_footer(&whole[..length]).is_err(), "{length}");
        }
        // A list of 2^60 strings; 30 lists inside each other.
        let counts = [0x19, 0xf8, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10];
        assert!(check_footer(&counts).is_err() && check_footer(&[0x19; 31]).is_err());
        assert_eq!(page_header(&[0x15, 0, 0x15]), None);
    }

    #[test]
    fn a_page_header_is_read() {
        // Data, 100 bytes of 40, in the first version: 7 values, dictionary, levels run-length encoded.
        let bytes = [0x15, 0, 0x15, 200, 1, 0x15, 80, 0x2c, 0x15, 14, 0x15, 16, 0x15, 6, 0x15, 6, 0, 0, 99];
        let (header, length) = page_header(&bytes).unwrap();
        let read = (header.kind, header.unpacked, header.packed, header.values, header.encoding, header.levels);
        assert_eq!((read, length), ((0, 100, 40, 7, 8, [3, 3]), bytes.len() - 1));
        assert_eq!(
            (encoding(8), encoding(1), delta_count(&[128, 1, 4, 5])),
            (Some(Encoding::RLE_DICTIONARY), None, Some(5))
        );
    }
}
