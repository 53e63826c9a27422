//! Bytes of an export: plain files, streams, and what stands in them compressed, within limits.

use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;
use ruzstd::decoding::StreamingDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};

use super::{InputError, archive, cannot_read, io_error};

/// Bytes that are looked at to tell what they are.
const START: usize = 4 << 10;
/// Containers that may lie one in the other.
const DEEPEST: usize = 2;
/// Most bytes that are taken out of one container, or kept of a stream.
pub(super) const LARGEST: u64 = 1 << 30;
/// Times that a compressed file may grow, once it is larger than [`RATIO_FROM`].
const RATIO: u64 = 200;
/// Bytes below which any ratio will do: short rows that repeat shrink very much.
const RATIO_FROM: u64 = 16 << 20;

/// A way in which exports are packed.
pub struct Container {
    /// Name, as in messages.
    pub name: &'static str,
    /// Endings of file names.
    pub endings: &'static [&'static str],
    /// What is read of it, and how.
    pub about: &'static str,
}

/// The containers that are opened.
pub const CONTAINERS: &[Container] = &[
    Container {
        name: "gzip",
        endings: &["gz", "gzip"],
        about: "around any other file, streamed; several members one after the other are one file",
    },
    Container {
        name: "Zstandard",
        endings: &["zst", "zstd"],
        about: "around any other file, streamed; several frames one after the other are one file",
    },
    Container {
        name: "zip",
        endings: &["zip"],
        about: "read like a folder, each member streamed; members are named `archive.zip/may.csv`",
    },
];

/// A limit that a file goes beyond; inside of an [`io::Error`], so that readers pass it on.
#[derive(Debug, Clone)]
pub(super) struct Limit {
    pub(super) message: String,
    pub(super) help: &'static str,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Limit {}

impl Limit {
    /// The limit that an error tells of, if it does.
    pub(super) fn of(error: &io::Error) -> Option<&Limit> {
        error.get_ref()?.downcast_ref()
    }

    pub(super) fn error(message: String, help: &'static str) -> io::Error {
        io::Error::other(Limit { message, help })
    }
}

/// A stream of bytes that another thread may read.
pub(super) type Stream = Box<dyn Read + Send>;

/// Bytes that are read from their start.
pub(super) enum Source {
    /// A plain file: readers may seek in it.
    File(File),
    /// Anything else.
    Stream(Stream),
}

impl Source {
    /// Opens a file, whatever kind it is of.
    pub(super) fn open(path: &Path) -> Result<Self, InputError> {
        let file = File::open(path).map_err(|error| io_error(path, &error))?;
        let plain = file.metadata().is_ok_and(|meta| meta.is_file());
        Ok(if plain { Source::File(file) } else { Source::Stream(Box::new(file)) })
    }

    /// The first bytes, and the source as it was.
    fn start(self) -> io::Result<(Vec<u8>, Self)> {
        let mut start = Vec::new();
        match self {
            Source::File(mut file) => {
                file.rewind()?;
                file.by_ref().take(START as u64).read_to_end(&mut start)?;
                file.rewind()?;
                Ok((start, Source::File(file)))
            }
            Source::Stream(mut stream) => {
                stream.by_ref().take(START as u64).read_to_end(&mut start)?;
                let whole = Cursor::new(start.clone()).chain(stream);
                Ok((start, Source::Stream(Box::new(whole))))
            }
        }
    }

    /// The same as a file: a stream is copied into one that has no name and is gone with this process.
    pub(super) fn into_file(self) -> io::Result<File> {
        let stream = match self {
            Source::File(file) => return Ok(file),
            Source::Stream(stream) => stream,
        };
        let mut file = tempfile::tempfile()?;
        if io::copy(&mut stream.take(LARGEST + 1), &mut file)? > LARGEST {
            return Err(Limit::error(
                "more than 1 GiB, which is the most that is kept of a stream".into(),
                "name the file instead of sending it through standard input or a compressed file",
            ));
        }
        file.rewind()?;
        Ok(file)
    }

    /// The same as a stream.
    pub(super) fn into_stream(self) -> Stream {
        match self {
            Source::File(file) => Box::new(file),
            Source::Stream(stream) => stream,
        }
    }
}

/// What stands inside of all containers.
pub(super) struct Unpacked {
    pub(super) source: Source,
    /// Its first bytes.
    pub(super) start: Vec<u8>,
    /// Members of it, where it is a zip archive (a workbook is one).
    pub(super) members: Vec<String>,
    /// Names of the containers, the outermost first.
    pub(super) containers: Vec<&'static str>,
}

/// Opens the containers around what is to be read.
///
/// # Errors
/// More containers than are opened, an archive that holds none or several exports, a file that cannot be read.
pub(super) fn unpack(file: &str, mut source: Source) -> Result<Unpacked, InputError> {
    let refused = |message: String, help: &str| InputError::Form { file: file.to_owned(), message, help: help.into() };
    let mut containers = Vec::new();
    loop {
        let (start, whole) = source.start().map_err(|error| cannot_read(file, &error))?;
        let mut members = Vec::new();
        let (name, inner) = if start.starts_with(b"\x1f\x8b") {
            (CONTAINERS[0].name, within_limits(whole.into_stream(), |packed| Box::new(MultiGzDecoder::new(packed))))
        } else if starts_frame(&start) {
            (CONTAINERS[1].name, within_limits(whole.into_stream(), |packed| Box::new(Frames::new(packed))))
        } else if archive::starts(&start) {
            let zip = whole.into_file().map_err(|error| cannot_read(file, &error))?;
            let all = archive::members(file, &zip)?;
            if archive::is_document(&all) {
                members = all.into_iter().map(|member| member.name).collect();
                return Ok(Unpacked { source: Source::File(zip), start, members, containers });
            }
            let exports: Vec<_> = all.iter().filter(|member| member.is_export()).collect();
            let [only] = exports[..] else {
                let message = format!("this is a zip archive with {} exports inside", exports.len());
                return Err(refused(message, "name the archive's file itself, or unpack it and name the folder"));
            };
            (CONTAINERS[2].name, only.open(file, zip)?)
        } else {
            return Ok(Unpacked { source: whole, start, members, containers });
        };
        containers.push(name);
        if containers.len() > DEEPEST {
            return Err(refused(
                format!("this is packed more than {DEEPEST} times ({})", containers.join(" in ")),
                "unpack it first",
            ));
        }
        source = Source::Stream(inner);
    }
}

/// What `unpack` makes of `packed`, as far as the limits go.
pub(super) fn within_limits(packed: Stream, unpack: impl FnOnce(Stream) -> Stream) -> Stream {
    let taken = Arc::new(AtomicU64::new(0));
    let counted = Box::new(Counted { inner: packed, taken: Arc::clone(&taken) });
    Box::new(Limited { inner: unpack(counted), taken, given: 0 })
}

struct Counted {
    inner: Stream,
    taken: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.taken.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

struct Limited {
    inner: Stream,
    taken: Arc<AtomicU64>,
    given: u64,
}

impl Read for Limited {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.given += read as u64;
        let help = "if the file is sound, unpack it and name what was in it";
        if self.given > LARGEST {
            return Err(Limit::error("unpacked it is larger than 1 GiB, which is the most that is read".into(), help));
        }
        let most = self.taken.load(Ordering::Relaxed).saturating_mul(RATIO);
        if self.given > RATIO_FROM && self.given > most {
            let message = format!("unpacked it grows to more than {RATIO} times its size, as only a harmful file does");
            return Err(Limit::error(message, help));
        }
        Ok(read)
    }
}

/// A Zstandard frame, or one that is to be skipped.
fn starts_frame(start: &[u8]) -> bool {
    start.starts_with(b"\x28\xb5\x2f\xfd")
        || (start.len() >= 4 && start[0] & 0xf0 == 0x50 && start[1..4] == *b"\x2a\x4d\x18")
}

/// Zstandard frames one after the other.
struct Frames {
    state: Frame,
}

enum Frame {
    Between(Stream),
    Inside(Box<StreamingDecoder<Stream, ruzstd::decoding::FrameDecoder>>),
    Ended,
}

impl Frames {
    fn new(packed: Stream) -> Self {
        Frames { state: Frame::Between(Box::new(io::BufReader::with_capacity(1 << 16, packed))) }
    }
}

impl Read for Frames {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match std::mem::replace(&mut self.state, Frame::Ended) {
                Frame::Ended => return Ok(0),
                Frame::Inside(mut decoder) => {
                    let read = decoder.read(buffer)?;
                    self.state = if read == 0 && !buffer.is_empty() {
                        Frame::Between(decoder.into_inner())
                    } else {
                        Frame::Inside(decoder)
                    };
                    if read > 0 || buffer.is_empty() {
                        return Ok(read);
                    }
                }
                Frame::Between(mut packed) => {
                    let mut first = Vec::new();
                    packed.by_ref().take(4).read_to_end(&mut first)?;
                    if first.is_empty() {
                        return Ok(0);
                    }
                    let whole: Stream = Box::new(Cursor::new(first.clone()).chain(packed));
                    if !starts_frame(&first) {
                        return Err(io::Error::other("something else stands behind a Zstandard frame"));
                    }
                    self.state = match skipped(&first, whole)? {
                        Ok(behind) => Frame::Between(behind),
                        Err(whole) => Frame::Inside(Box::new(StreamingDecoder::new(whole).map_err(io::Error::other)?)),
                    };
                }
            }
        }
    }
}

/// The stream behind a frame that is to be skipped, or the stream as it was.
fn skipped(first: &[u8], mut stream: Stream) -> io::Result<Result<Stream, Stream>> {
    if first.starts_with(b"\x28\xb5\x2f\xfd") {
        return Ok(Err(stream));
    }
    let mut decoder = ruzstd::decoding::FrameDecoder::new();
    match decoder.init(&mut stream) {
        Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
            io::copy(&mut stream.by_ref().take(u64::from(length)), &mut io::sink())?;
            Ok(Ok(stream))
        }
        _ => Err(io::Error::other("a Zstandard frame is broken")),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        compress_to_vec(bytes, CompressionLevel::Fastest)
    }

    fn read(bytes: Vec<u8>) -> Result<(String, Vec<&'static str>), String> {
        let unpacked = unpack("x", Source::Stream(Box::new(Cursor::new(bytes)))).map_err(|error| error.to_string())?;
        let mut text = String::new();
        unpacked.source.into_stream().read_to_string(&mut text).map_err(|error| error.to_string())?;
        Ok((text, unpacked.containers))
    }

    #[test]
    fn containers_and_their_members_one_after_the_other_are_opened() {
        assert_eq!(read([gzip(b"a,b\n"), gzip(b"1,2\n")].concat()).unwrap(), ("a,b\n1,2\n".into(), vec!["gzip"]));
        let skip = b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc".to_vec();
        let frames = [skip.clone(), zstd(b"a,b\n"), skip, zstd(b"1,2\n")].concat();
        assert_eq!(read(frames).unwrap(), ("a,b\n1,2\n".into(), vec!["Zstandard"]));
        assert_eq!(read(gzip(&zstd(b"x"))).unwrap(), ("x".into(), vec!["gzip", "Zstandard"]));
        assert!(read(gzip(&gzip(&gzip(b"x")))).unwrap_err().contains("unpack it first"));
    }

    #[test]
    fn what_grows_too_much_or_is_cut_short_is_an_error() {
        let long = vec![b'a'; 40 << 20];
        for packed in [gzip(&long), zstd(&long)] {
            let error = read(packed).err().unwrap_or_default();
            assert!(error.contains("more than 200 times"), "{error}");
        }
        let mut packed = gzip(b"some text that is cut");
        packed.truncate(packed.len() - 10);
        assert!(read(packed).is_err());
        let mut packed = zstd(&vec![b'a'; 100_000]);
        packed.truncate(packed.len() - 3);
        assert!(read(packed).is_err());
        assert!(read([zstd(b"x"), b"tail".to_vec()].concat()).is_err());
    }

    #[test]
    fn no_more_than_the_limit_is_unpacked() {
        let endless: Stream = Box::new(io::repeat(b'x'));
        let mut unpacked = within_limits(endless, |packed| packed);
        let error = io::copy(&mut unpacked, &mut io::sink()).unwrap_err();
        assert!(Limit::of(&error).unwrap().message.contains("1 GiB"));
    }
}
