//! Unpacks what was compressed, and never more than was announced: libraries that unpack all there is would fill the memory with
//! a few kilobytes of a hostile file.

use std::io::Read;

use super::Fault;

/// How bytes are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    /// Not at all.
    Plain,
    Snappy,
    Gzip,
    Brotli,
    Zstd,
    /// One LZ4 block.
    Lz4Block,
    /// LZ4 frames.
    Lz4Frames,
    /// LZ4 blocks, each behind its two lengths, as Hadoop wrote them; or one of the other two, as others understood the name.
    Lz4Hadoop,
}

/// What `packed` holds, which must be `length` bytes. The caller has seen to it that there is memory for as many.
pub(super) fn unpack(packing: Packing, packed: &[u8], length: usize) -> Result<Vec<u8>, Fault> {
    let unpacked = match packing {
        Packing::Plain => Some(packed.to_vec()),
        Packing::Snappy => snappy(packed, length),
        Packing::Gzip => read(flate2::read::MultiGzDecoder::new(packed), length),
        Packing::Brotli => read(brotli_decompressor::Decompressor::new(packed, 4096), length),
        Packing::Zstd => zstd(packed, length),
        Packing::Lz4Block => block(packed, length),
        Packing::Lz4Frames => read(lz4_flex::frame::FrameDecoder::new(packed), length),
        Packing::Lz4Hadoop => hadoop(packed, length)
            .or_else(|| read(lz4_flex::frame::FrameDecoder::new(packed), length))
            .or_else(|| block(packed, length)),
    };
    let unpacked = unpacked.filter(|bytes| bytes.len() == length);
    unpacked.ok_or_else(|| {
        Fault::broken(format!("what is packed as {packing:?} does not give the {length} bytes announced"))
    })
}

/// Reads one byte more than announced at most.
fn read(reader: impl Read, length: usize) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(length.min(1 << 20));
    reader.take(length as u64 + 1).read_to_end(&mut out).ok()?;
    Some(out)
}

fn snappy(packed: &[u8], length: usize) -> Option<Vec<u8>> {
    (snap::raw::decompress_len(packed).ok()? == length).then_some(())?;
    snap::raw::Decoder::new().decompress_vec(packed).ok()
}

/// One frame, or several.
fn zstd(packed: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut rest = packed;
    let mut out = Vec::new();
    while !rest.is_empty() && out.len() <= length {
        let left = length - out.len();
        let decoder = ruzstd::decoding::StreamingDecoder::new(&mut rest).ok()?;
        out.extend(read(decoder, left)?);
    }
    Some(out)
}

fn block(packed: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut out = vec![0; length];
    let written = lz4_flex::block::decompress_into(packed, &mut out).ok()?;
    out.truncate(written);
    Some(out)
}

fn hadoop(mut packed: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    while !packed.is_empty() {
        let (unpacked, rest) = packed.split_first_chunk::<4>()?;
        let (size, rest) = rest.split_first_chunk::<4>()?;
        let (unpacked, size) = (u32::from_be_bytes(*unpacked) as usize, u32::from_be_bytes(*size) as usize);
        if out.len() + unpacked > length || size > rest.len() {
            return None;
        }
        let (frame, rest) = rest.split_at(size);
        out.extend(block(frame, unpacked)?);
        packed = rest;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    }

    #[test]
    fn every_packing_gives_back_what_was_packed() {
        let text = "a note about a bill, a note about a bill, a note about a bill".as_bytes();
        let mut frames = lz4_flex::frame::FrameEncoder::new(Vec::new());
        frames.write_all(text).unwrap();
        let frames = frames.finish().unwrap();
        let one = lz4_flex::block::compress(text);
        let lengths = [(text.len() as u32).to_be_bytes(), (one.len() as u32).to_be_bytes()].concat();
        let zstd = ruzstd::encoding::compress_to_vec(text, ruzstd::encoding::CompressionLevel::Fastest);
        for (packing, packed) in [
            (Packing::Plain, text.to_vec()),
            (Packing::Snappy, snap::raw::Encoder::new().compress_vec(text).unwrap()),
            (Packing::Gzip, gzip(text)),
            (Packing::Zstd, zstd),
            (Packing::Lz4Block, one.clone()),
            (Packing::Lz4Frames, frames.clone()),
            (Packing::Lz4Hadoop, [lengths.as_slice(), one.as_slice()].concat()),
            (Packing::Lz4Hadoop, frames),
            (Packing::Lz4Hadoop, one),
        ] {
            assert_eq!(unpack(packing, &packed, text.len()).unwrap(), text, "{packing:?}");
            assert!(unpack(packing, &packed, text.len() - 1).is_err(), "{packing:?}");
            assert!(unpack(packing, &packed, text.len() + 1).is_err(), "{packing:?}");
            assert!(unpack(packing, &packed[..packed.len() / 2], text.len()).is_err(), "{packing:?}");
        }
    }

    #[test]
    fn a_bomb_is_unpacked_only_as_far_as_it_was_announced() {
        // 64 MiB of zeros in 64 KiB, announced as 1,000 bytes.
        let bomb = gzip(&vec![0; 64 << 20]);
        assert!(bomb.len() < 80 << 10);
        assert_eq!(read(flate2::read::MultiGzDecoder::new(bomb.as_slice()), 1_000).unwrap().len(), 1_001);
        assert!(unpack(Packing::Gzip, &bomb, 1_000).is_err());
    }
}
