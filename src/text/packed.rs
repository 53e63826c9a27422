//! Long rows of numbers as bytes, for what is kept between runs: read at the speed of memory, where number by number takes longer than
//! all the rest of a start.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, Visitor};
use serde::{Deserializer, Serializer};

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

pub(super) fn serialize<T: Number, S: Serializer>(numbers: &[T], serializer: S) -> Result<S::Ok, S::Error> {
    let mut bytes = Vec::with_capacity(numbers.len() * T::BYTES);
    numbers.iter().for_each(|number| number.put(&mut bytes));
    serializer.serialize_bytes(&bytes)
}

pub(super) fn deserialize<'de, T: Number, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    struct Bytes<T>(PhantomData<T>);
    impl<T: Number> Visitor<'_> for Bytes<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("numbers of a fixed width")
        }

        fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<T>, E> {
            if !bytes.len().is_multiple_of(T::BYTES) {
                return Err(E::invalid_length(bytes.len(), &self));
            }
            Ok(bytes.chunks_exact(T::BYTES).map(T::take).collect())
        }
    }
    deserializer.deserialize_bytes(Bytes(PhantomData))
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Row(#[serde(with = "super")] Vec<u16>);

    #[test]
    fn numbers_come_back_and_half_a_number_does_not() {
        let row = Row(vec![0, 1, 0xabcd]);
        let mut bytes = postcard::to_stdvec(&row).unwrap();
        assert_eq!(postcard::from_bytes::<Row>(&bytes).unwrap(), row);
        bytes[0] = 5;
        assert!(postcard::from_bytes::<Row>(&bytes).is_err());
    }
}
