//! Files of all types and forms, as they are read, and broken in hundreds of ways.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::PathBuf;
use std::sync::Arc;

use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::super::Row;
use super::{InputError, limits};
use super::{open_arrow, open_parquet, sniff_arrow, sniff_parquet};

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/exports/formats").join(name)
}

/// Every file of notes.
const NOTES: [&str; 12] = [
    "columnar-notes-none.parquet",
    "columnar-notes-snappy.parquet",
    "columnar-notes-gzip.parquet",
    "columnar-notes-zstd.parquet",
    "columnar-notes-brotli.parquet",
    "columnar-notes-lz4.parquet",
    "columnar-notes-v2.parquet",
    "columnar-notes-delta.parquet",
    "columnar-notes.arrow",
    "columnar-notes-lz4.arrow",
    "columnar-notes-zstd.arrow",
    "columnar-notes.arrows",
];
/// Files of every type.
const TYPES: [&str; 3] = ["columnar-types.parquet", "columnar-types-int96.parquet", "columnar-types.arrow"];

/// A file of these bytes.
fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    file
}

fn bytes(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    File::open(fixture(name)).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

/// The number of a row and its cells, or what is wrong.
type ReadRow = Result<(u64, Vec<String>), String>;

/// The table of these bytes: its headers, and its rows with their numbers, or what is wrong with them.
fn read(bytes: &[u8]) -> Result<(Vec<String>, Vec<ReadRow>), InputError> {
    let head = &bytes[..bytes.len().min(64)];
    let table = match (sniff_parquet(head), sniff_arrow(head)) {
        (true, _) => open_parquet("x", file(bytes))?,
        (_, true) => open_arrow("x", file(bytes))?,
        _ => return Err(InputError::Empty { file: "x".into() }),
    };
    let rows = table.rows.map(|row| match row {
        Row::Fields(number, cells) => Ok((number, cells.to_vec())),
        Row::Unreadable(row) => Err(format!("{}: {}", row.problem.line.unwrap_or(0), row.problem.message)),
        Row::Refused(error) => Err(error.to_string()),
    });
    Ok((table.headers, rows.collect()))
}

/// What a column holds, row by row.
fn column(name: &str, header: &str) -> Vec<String> {
    let (headers, rows) = read(&bytes(name)).unwrap();
    let at = headers.iter().position(|h| h == header).unwrap_or_else(|| panic!("{name}: {header} in {headers:?}"));
    rows.into_iter().map(|row| row.unwrap().1.swap_remove(at)).collect()
}

#[test]
fn every_form_and_compression_gives_the_same_rows() {
    let mut csv = csv::Reader::from_path(fixture("columnar-notes.csv")).unwrap();
    let expected: Vec<Vec<String>> =
        csv.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    for name in NOTES {
        let (headers, rows) = read(&bytes(name)).unwrap();
        assert_eq!(headers, csv.headers().unwrap().iter().collect::<Vec<_>>(), "{name}");
        let rows: Vec<_> = rows.into_iter().map(Result::unwrap).collect();
        assert!(rows.iter().map(|(number, _)| *number).eq(1..=expected.len() as u64), "{name}");
        assert_eq!(rows.into_iter().map(|(_, cells)| cells).collect::<Vec<_>>(), expected, "{name}");
    }
}

#[test]
fn every_type_is_read_as_a_person_reads_it() {
    let values: [(&str, [&str; 3]); 39] = [
        ("note", ["Customer called about the bill.", "", ""]),
        ("int8", ["-5", "127", ""]),
        ("int64", ["-9223372036854775808", "9223372036854775807", ""]),
        ("uint8", ["0", "255", ""]),
        ("uint32", ["0", "4294967295", ""]),
        ("uint64", ["0", "18446744073709551615", ""]),
        ("half", ["1.5", "-2", ""]),
        ("float", ["0.1", "3", ""]),
        ("double", ["2.5", "1000", ""]),
        ("decimal", ["12.50", "-0.05", ""]),
        ("long_decimal", ["111111111111111111111111111111.125", "-1.000", ""]),
        ("bool", ["true", "false", ""]),
        ("day", ["2026-05-04", "1969-12-31", ""]),
        ("day64", ["2026-05-04", "2000-02-29", ""]),
        ("utc", ["2026-05-04T10:02:00Z", "2026-05-04T10:02:00.25Z", ""]),
        ("madrid", ["2026-05-04T10:02:00Z", "2026-05-04T10:02:00Z", ""]),
        ("local", ["2026-05-04 10:02:00", "2026-05-04 10:02:00.000005", ""]),
        ("local_seconds", ["2026-05-04 10:02:00", "2026-05-04 10:02:00", ""]),
        ("time", ["10:02:00", "23:59:59.5", ""]),
        ("time64", ["00:00:00", "10:02:00.000001", ""]),
        ("duration", ["95", "1.5", ""]),
        ("bytes", ["señal", "", ""]),
        ("fixed", ["abc", "xyz", ""]),
        ("large", ["grand", "été", ""]),
        ("view", ["short", "a text that is longer than twelve bytes", ""]),
        ("nothing", ["", "", ""]),
        ("code", ["red", "blue", ""]),
        ("tags", ["a; b", "", ""]),
        ("marks", ["1; 2", "3", ""]),
        ("comment.body", ["inner", "", ""]),
        ("comment.author.id", ["7", "", ""]),
        ("participants.0.name", ["Ana", "", "Cleo"]),
        ("participants.1.name", ["Ben", "", ""]),
        ("participants.0.role", ["agent", "", "lead"]),
        ("attributes.region", ["north", "", ""]),
        ("attributes.queue", ["sales", "care", ""]),
        ("attributes.vip", ["", "yes", ""]),
        ("matrix.0", ["1; 2", "", ""]),
        ("matrix.1", ["3", "", ""]),
    ];
    for name in ["columnar-types.parquet", "columnar-types.arrow"] {
        for (header, expected) in values {
            assert_eq!(column(name, header), expected, "{name}: {header}");
        }
    }
    assert_eq!(column("columnar-types.arrow", "run_ends"), ["twice", "twice", "once"]);
    assert_eq!(column("columnar-types.arrow", "interval"), ["P1M2DT3.5S", "95", ""]);
    let old = "columnar-types-int96.parquet";
    assert_eq!(column(old, "local"), ["2026-05-04 10:02:00", "2026-05-04 10:02:00.000005", ""]);
    assert_eq!((column(old, "decimal"), column(old, "tags")), (column(TYPES[0], "decimal"), column(TYPES[0], "tags")));
}

#[test]
fn lists_that_begin_and_end_anywhere_in_pages_are_read_whole() {
    let expected = read(&bytes("columnar-lists.arrow")).unwrap();
    assert_eq!(expected.1.len(), 200);
    let (headers, rows) = &expected;
    let cell = |row: usize, header: &str| {
        let at = headers.iter().position(|h| h == header).unwrap();
        rows[row].as_ref().unwrap().1[at].clone()
    };
    assert_eq!((cell(146, "who.5.name"), cell(146, "who.4.tags")), ("N146.5".into(), String::new()));
    assert_eq!((cell(145, "who.4.tags"), cell(101, "tags")), ("145; 4".into(), "t101; x".into()));
    assert_eq!(headers.len(), 14);
    for name in ["columnar-lists-v1.parquet", "columnar-lists-v2.parquet"] {
        let (names, rows) = read(&bytes(name)).unwrap();
        assert_eq!(names.iter().collect::<std::collections::BTreeSet<_>>(), headers.iter().collect(), "{name}");
        for (row, expected) in rows.iter().zip(&expected.1) {
            let told = |names: &[String], row: &ReadRow| {
                let (number, cells) = row.clone().unwrap();
                let cells: std::collections::BTreeMap<_, _> = names.iter().cloned().zip(cells).collect();
                (number, cells)
            };
            assert_eq!(told(&names, row), told(headers, expected), "{name}");
        }
        assert_eq!(rows.len(), 200, "{name}");
    }
}

/// Reads bytes that nobody vouches for; whatever comes of it, there is an end to it, and no message shows what a cell holds.
/// Answers how many rows there are where nothing is wrong.
fn survive(bytes: &[u8], what: &str) -> Option<usize> {
    let (headers, rows) = read(bytes).ok()?;
    assert!(rows.len() < 100_000, "{what}");
    for row in &rows {
        match row {
            Ok((_, cells)) => assert_eq!(cells.len(), headers.len(), "{what}"),
            Err(message) => assert!(!message.contains("factura") && message.len() < 400, "{what}: {message}"),
        }
    }
    rows.iter().all(Result::is_ok).then_some(rows.len())
}

#[test]
fn files_that_are_cut_off_are_told() {
    for name in NOTES.into_iter().chain(TYPES) {
        let whole = bytes(name);
        let rows = survive(&whole, name);
        assert!(rows.is_some_and(|rows| rows > 0), "{name}");
        for part in 0..40 {
            let length = whole.len() * part / 40;
            let read = survive(&whole[..length], &format!("{name} cut at {length}"));
            // A stream may end after any batch; behind the last batch of a file, nothing is missing.
            assert!(read.is_none() || read == rows || name.ends_with("arrows"), "{name} cut at {length}");
        }
    }
}

#[test]
fn files_with_bits_turned_over_never_panic() {
    let mut random = fastrand::Rng::with_seed(7);
    for name in NOTES.into_iter().chain(TYPES) {
        let whole = bytes(name);
        for turn in 0..60 {
            let mut broken = whole.clone();
            for _ in 0..=turn % 3 {
                let at = random.usize(..broken.len());
                broken[at] ^= 1 << random.u8(..8);
            }
            // Where sizes and counts stand, at the ends, most often.
            if turn % 2 == 0 {
                let at = if turn % 4 == 0 { random.usize(..200) } else { broken.len() - 1 - random.usize(..600) };
                broken[at] = [0, 0x7f, 0x80, 0xff][random.usize(..4)];
            }
            survive(&broken, &format!("{name}, turn {turn}"));
        }
    }
}

/// A Parquet file of that schema without rows.
fn empty(schema: &str) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut bytes = Vec::new();
    let properties = Arc::new(WriterProperties::builder().build());
    SerializedFileWriter::new(&mut bytes, schema, properties).unwrap().close().unwrap();
    bytes
}

#[test]
fn tables_that_are_too_wide_or_too_deep_are_refused() {
    let refused = |schema: String| read(&empty(&schema)).unwrap_err().to_string();
    let columns: String = (0..=limits::COLUMNS).map(|at| format!("optional int32 c{at};")).collect();
    assert!(refused(format!("message m {{ {columns} }}")).contains("more than 5000 columns"));
    let deep =
        (0..limits::DEPTH).fold("optional int32 a;".to_owned(), |inner, _| format!("optional group a {{ {inner} }}"));
    assert!(refused(format!("message m {{ {deep} }}")).contains("more than 64 groups inside each other"));
    let just = (0..limits::DEPTH - 1)
        .fold("optional int32 a;".to_owned(), |inner, _| format!("optional group a {{ {inner} }}"));
    let (headers, rows) = read(&empty(&format!("message m {{ {just} }}"))).unwrap();
    assert_eq!((headers.len(), rows.len()), (1, 0));
}

#[test]
fn small_files_that_stand_for_large_ones_are_refused_row_by_row() {
    for (name, wrong) in [
        ("columnar-bomb-page.parquet", "a page is longer than 256 MiB"),
        ("columnar-bomb-rows.parquet", "the row is longer than 16 MiB"),
        ("columnar-bomb-batch.arrow", "a batch is larger than 1 GiB once it is unpacked"),
    ] {
        let (_, rows) = read(&bytes(name)).unwrap();
        assert!(!rows.is_empty());
        for row in rows {
            let message = row.unwrap_err();
            assert!(message.contains(wrong) || message.contains("a value is longer than 16 MiB"), "{name}: {message}");
        }
    }
}

#[test]
fn other_files_are_not_taken_for_these() {
    for head in
        [&b"note_id,note\n1,x\n"[..], b"PK\x03\x04", b"PAR", b"\xff\xff\xff\xff", b"\xff\xfea\0b\0c\0d\0e\0f\0", b""]
    {
        assert!(!sniff_parquet(head) && !sniff_arrow(head), "{head:?}");
    }
    assert!(
        read(b"PAR1 is how this note begins").unwrap_err().to_string().contains("the end of a Parquet file is missing")
    );
    let mut encrypted = b"PARE".to_vec();
    encrypted.extend([0; 40]);
    encrypted.extend(b"PARE");
    assert!(read(&encrypted).unwrap_err().to_string().contains("encrypted"));
}
