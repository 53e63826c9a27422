//! The messages of an Arrow file or stream, one after the other. A file is a stream with a name before it and a table of its
//! batches behind it; it is read from the front like a stream.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

use bytes::Bytes;

use super::{Fault, limits};

/// What a file begins and ends with.
pub(super) const MAGIC: &[u8; 6] = b"ARROW1";
/// What stands before the length of a message.
pub(super) const CONTINUED: [u8; 4] = [0xff; 4];

/// A message.
pub(super) struct Message {
    /// What it is, as a flat buffer.
    pub(super) head: Vec<u8>,
    /// Bytes of its body, which comes next.
    start: u64,
}

/// The messages that are still to come.
pub(super) struct Messages {
    source: BufReader<File>,
    at: u64,
    /// Where the last one ends at the latest.
    end: u64,
    /// Whether it is a file.
    pub(super) is_file: bool,
    /// Whether the file has its end.
    whole: bool,
    ended: bool,
}

impl Messages {
    pub(super) fn new(mut source: File) -> Result<Self, Fault> {
        let length = source.metadata()?.len();
        let mut start = [0; 8];
        source.rewind()?;
        source.read_exact(&mut start).map_err(|_| early())?;
        let is_file = start.starts_with(MAGIC);
        let footer = if is_file { footer(&mut source, length)? } else { None };
        let at = if is_file { 8 } else { 0 };
        source.seek(SeekFrom::Start(at))?;
        let source = BufReader::with_capacity(1 << 16, source);
        let (end, whole) = (footer.unwrap_or(length), !is_file || footer.is_some());
        Ok(Messages { source, at, end, is_file, whole, ended: false })
    }

    /// The next message; after a fault there is none.
    pub(super) fn next(&mut self) -> Option<Result<Message, Fault>> {
        if self.ended {
            return None;
        }
        let next = self.read().transpose();
        self.ended = !matches!(next, Some(Ok(_)));
        match next {
            None if !self.whole => Some(Err(early())),
            next => next,
        }
    }

    fn read(&mut self) -> Result<Option<Message>, Fault> {
        // A stream may end without saying so.
        if self.at == self.end {
            return Ok(None);
        }
        let mut length = self.four()?;
        // Older writers left the mark out.
        if length == CONTINUED {
            length = self.four()?;
        }
        let length = u64::from(u32::from_le_bytes(length));
        if length == 0 {
            self.whole = true;
            return Ok(None);
        }
        if length > limits::METADATA {
            return Err(Fault::broken("the length of a message is broken"));
        }
        let head = self.bytes(length)?;
        Ok(Some(Message { head, start: self.at }))
    }

    /// Reads the body of the last message.
    pub(super) fn body(&mut self, length: i64) -> Result<Bytes, Fault> {
        match u64::try_from(length) {
            Ok(length) if length <= limits::HELD => self.bytes(length).map(Bytes::from),
            Ok(_) => Err(Fault::large("a batch is larger than 1 GiB")),
            Err(_) => Err(Fault::broken("the length of a message is broken")),
        }
    }

    /// Goes to the end of the body of a message, whatever of it was read.
    pub(super) fn skip(&mut self, message: &Message, length: i64) -> Result<(), Fault> {
        let end = u64::try_from(length).ok().and_then(|length| message.start.checked_add(length));
        match end.filter(|end| *end <= self.end) {
            Some(end) => {
                if end != self.at {
                    self.source.seek(SeekFrom::Start(end))?;
                    self.at = end;
                }
                Ok(())
            }
            None => {
                self.ended = true;
                Err(early())
            }
        }
    }

    /// Reads no more messages.
    pub(super) fn end(&mut self) {
        self.ended = true;
    }

    fn four(&mut self) -> Result<[u8; 4], Fault> {
        let mut bytes = [0; 4];
        bytes.copy_from_slice(&self.bytes(4)?);
        Ok(bytes)
    }

    fn bytes(&mut self, length: u64) -> Result<Vec<u8>, Fault> {
        if length > self.end - self.at {
            return Err(early());
        }
        let mut bytes = Vec::with_capacity(length as usize);
        self.source.by_ref().take(length).read_to_end(&mut bytes)?;
        self.at += bytes.len() as u64;
        if bytes.len() as u64 == length { Ok(bytes) } else { Err(early()) }
    }
}

fn early() -> Fault {
    Fault::broken("the file ends early")
}

/// Where the table behind the messages of a file begins; `None` where it is not there.
fn footer(source: &mut File, length: u64) -> Result<Option<u64>, Fault> {
    let mut tail = [0; 10];
    let Some(start) = length.checked_sub(10) else { return Ok(None) };
    source.seek(SeekFrom::Start(start))?;
    source.read_exact(&mut tail)?;
    let [a, b, c, d, magic @ ..] = tail;
    let footer = start.checked_sub(u64::from(u32::from_le_bytes([a, b, c, d]))).filter(|at| *at >= 8);
    Ok(footer.filter(|_| &magic == MAGIC))
}
