//! Long rows of numbers and texts as bytes, for what is kept between runs: read at the speed of memory, where number by number takes
//! longer than all the rest of a start.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Error, SeqAccess, Visitor};
use serde::ser::SerializeSeq;
use serde::{Deserializer, Serialize, Serializer};

/// A number with a fixed width.
pub(super) trait Number: Copy {
    const BYTES: usize;

    fn put(self, out: &mut Vec<u8>);

    /// From exactly that many bytes.
    fn take(bytes: &[u8]) -> Self;
}

macro_rules! number {
    ($($of:ty)*) => {$(
        impl Number for $of {
            const BYTES: usize = size_of::<$of>();

            fn put(self, out: &mut Vec<u8>) {
                out.extend(self.to_le_bytes());
            }

            fn take(bytes: &[u8]) -> Self {
                <$of>::from_le_bytes(bytes.try_into().unwrap_or_default())
            }
        }
    )*};
}

number! { u8 u16 u32 }

/// Most bytes of a piece of a row. A row stands in pieces, so that whoever reads it need not have it in memory twice.
const PIECE: usize = 1 << 16;

pub(super) fn serialize<T: Number, S: Serializer>(numbers: &[T], serializer: S) -> Result<S::Ok, S::Error> {
    struct Piece(Vec<u8>);
    impl Serialize for Piece {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_bytes(&self.0)
        }
    }
    let pieces = numbers.chunks(PIECE / T::BYTES);
    let mut row = serializer.serialize_seq(Some(1 + pieces.len()))?;
    row.serialize_element(&Piece(numbers.len().to_le_bytes().to_vec()))?;
    for piece in pieces {
        let mut bytes = Vec::with_capacity(piece.len() * T::BYTES);
        piece.iter().for_each(|number| number.put(&mut bytes));
        row.serialize_element(&Piece(bytes))?;
    }
    row.end()
}

pub(super) fn deserialize<'de, T: Number, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    struct Row<T>(PhantomData<T>);
    impl<'de, T: Number> Visitor<'de> for Row<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a row of numbers of a fixed width")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut pieces: A) -> Result<Vec<T>, A::Error> {
            let mut count = [0; size_of::<usize>()];
            pieces.next_element_seed(Take(&mut |bytes: &[u8]| {
                let told = bytes.try_into().ok();
                told.map(|told| count = told).is_some()
            }))?;
            let mut numbers = Vec::new();
            // What is damaged may tell any number.
            numbers.try_reserve_exact(usize::from_le_bytes(count)).map_err(A::Error::custom)?;
            let mut add = |bytes: &[u8]| {
                numbers.extend(bytes.chunks_exact(T::BYTES).map(T::take));
                bytes.len().is_multiple_of(T::BYTES)
            };
            while pieces.next_element_seed(Take(&mut add))?.is_some() {}
            Ok(numbers)
        }
    }
    deserializer.deserialize_seq(Row(PhantomData))
}

/// Takes bytes that nobody keeps; false where they are not right.
struct Take<'t>(&'t mut dyn FnMut(&[u8]) -> bool);

impl<'de> DeserializeSeed<'de> for Take<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_byte_buf(self)
    }
}

impl Visitor<'_> for Take<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("numbers of a fixed width")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<(), E> {
        if (self.0)(bytes) { Ok(()) } else { Err(E::invalid_length(bytes.len(), &"whole numbers")) }
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    use super::PIECE;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Row(#[serde(with = "super")] Vec<u16>);

    #[test]
    fn numbers_come_back_and_half_a_number_does_not() {
        for count in [0, 3, PIECE / 2, PIECE / 2 + 1, PIECE * 2] {
            let row = Row((0..count).map(|number| (number * 7) as u16).collect());
            let bytes = postcard::to_stdvec(&row).unwrap();
            assert_eq!(postcard::from_bytes::<Row>(&bytes).unwrap(), row);
        }
        let mut bytes = postcard::to_stdvec(&Row(vec![0, 1, 0xabcd])).unwrap();
        let length = bytes.len() - 7;
        assert_eq!(bytes[length], 6, "the length of the only piece");
        bytes[length] = 5;
        assert!(postcard::from_bytes::<Row>(&bytes).is_err());
    }

    #[test]
    fn a_damaged_count_asks_for_no_memory() {
        let mut bytes = postcard::to_stdvec(&Row(vec![1])).unwrap();
        bytes[2..10].fill(0xff);
        assert!(postcard::from_bytes::<Row>(&bytes).is_err());
    }
}
