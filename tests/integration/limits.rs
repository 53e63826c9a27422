//! Harmful exports: each has a limit, a message that says what to do, and costs no more memory than the limit allows.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::process::Command;

use zip::write::{SimpleFileOptions, ZipWriter};

use crate::support::{Done, Place};

/// Most memory of a run, in KiB of address space.
const MEMORY: u32 = 3 << 20;

/// Audits a file within limits of memory.
fn audit(place: &Place, file: &str) -> Done {
    let limited = format!("ulimit -v {MEMORY}; exec \"$0\" \"$@\"");
    let output = Command::new("sh")
        .args(["-c", &limited])
        .arg(assert_cmd::cargo::cargo_bin("acw"))
        .args(["audit", "--language", "en", file])
        .current_dir(place.path(""))
        .env_clear()
        .env("RAYON_NUM_THREADS", "2")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Done { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

/// A file is refused with exit code 3, and the message says so.
fn refused(name: &str, bytes: &[u8], message: &str) {
    let place = Place::new();
    place.write(name, bytes);
    let done = audit(&place, name);
    let start: String = done.err.chars().take(600).collect();
    assert_eq!(done.code, 3, "{name}: {start}");
    assert!(done.err.contains(message) && done.err.contains("help: ") && done.err.contains(name), "{name}: {start}");
    assert!(done.err.len() < 2_000, "{name}: {start}");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let best = SimpleFileOptions::default().compression_level(Some(9));
    for (name, bytes) in members {
        zip.start_file(*name, best).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A workbook of one worksheet with this inside.
fn workbook(inside: &str) -> Vec<u8> {
    let sheet = format!("<worksheet><sheetData>{inside}</sheetData></worksheet>");
    let relation = |id: &str, kind: &str, target: &str| {
        format!(
            "<Relationships><Relationship Id=\"{id}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}\" \
             Target=\"{target}\"/></Relationships>"
        )
    };
    zipped(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", relation("r1", "officeDocument", "xl/workbook.xml").as_bytes()),
        ("xl/workbook.xml", b"<workbook><sheets><sheet name=\"A\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"),
        ("xl/_rels/workbook.xml.rels", relation("r1", "worksheet", "worksheets/sheet1.xml").as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

/// Letters that hardly shrink.
fn noise(length: usize) -> String {
    let mut state = 7_u32;
    let mut letter = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'a' + (state >> 24) as u8 % 26)
    };
    (0..length).map(|_| letter()).collect()
}

#[test]
fn bombs_are_refused_when_they_grow() {
    let rows =
        format!("note_id,note\n{}", "1,aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n".repeat(700_000));
    let message = "grows to more than 200 times its size";
    refused("b.csv.gz", &gzip(rows.as_bytes()), message);
    refused("b.csv.zst", &zstd(rows.as_bytes()), message);
    refused("b.zip", &zipped(&[("b.csv", rows.as_bytes())]), message);
    refused("b.xlsx", &workbook(&" ".repeat(40 << 20)), message);
    refused("b.csv.gz", &gzip(&gzip(&gzip(b"note\nx\n"))), "packed more than 2 times");
}

#[test]
fn archives_with_too_many_or_locked_members_are_refused() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..=10_000 {
        zip.start_file(format!("{number}.csv"), SimpleFileOptions::default()).unwrap();
    }
    refused("many.zip", &zip.finish().unwrap().into_inner(), "more than 10000 members");
    let mut locked = zipped(&[("a.csv", b"note\nx\n")]);
    let at = locked.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    locked[at + 8] |= 1;
    refused("locked.zip", &locked, "needs a password");
    refused("none.zip", &zipped(&[("read.me", b"x")]), "holds no export");
}

#[test]
fn endless_rows_and_cells_are_refused() {
    let long = noise(17 << 20);
    refused("quote.csv", format!("note_id,note\n1,x\n2,\"{long}").as_bytes(), "a row is longer than 16 MiB");
    refused("line.csv", long.as_bytes(), "a row is longer than 16 MiB");
    refused("line.jsonl", format!("{{\"note\":\"{long}\"}}\n{{\n").as_bytes(), "longer than 16 MiB");
    refused("object.json", format!("[{{\"note\":\"{long}\"}}]").as_bytes(), "longer than 16 MiB");
    let cell = format!("<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>{long}</t></is></c></row>");
    refused("cell.xlsx", &workbook(&cell), "longer than 16 MiB");
}

#[test]
fn too_many_columns_are_refused() {
    refused("c.csv", format!("note{}\n", ",a".repeat(1_000_000)).as_bytes(), "1000001 columns");
    let mut cells = String::from("<row r=\"1\">");
    for _ in 0..6_000 {
        let _ = write!(cells, "<c t=\"inlineStr\"><is><t>{}</t></is></c>", &noise(30)[..9]);
    }
    refused("c.xlsx", &workbook(&(cells + "</row>")), "more than 5000 filled cells");
}

#[test]
fn deep_json_is_refused_or_left_out_alone() {
    let deep = format!("{{\"note\":{}1{}}}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    refused("d.jsonl", format!("{deep}\n").as_bytes(), "recursion limit");
    refused("d.json", format!("[{deep}]").as_bytes(), "recursion limit");
    refused("open.json", "[".repeat(1_000_000).as_bytes(), "ends before");
    let place = Place::new();
    place.write("d.json", format!("[{{\"note\":\"An idiot called.\"}},{deep},{{\"note\":\"Bill explained.\"}}]"));
    let done = audit(&place, "d.json");
    assert!(done.code == 0 && done.out.contains("Rows read: 3 = 2 audited + 1 rejected."), "{}{}", done.out, done.err);
}

#[test]
fn what_only_looks_like_an_export_is_told() {
    refused("page.xls", b"<html><table><tr><td>note</td></tr></table></html>", "this is HTML or XML");
    refused(
        "text.docx",
        &zipped(&[("[Content_Types].xml", b"x"), ("word/document.xml", b"x")]),
        "a kind that is not read",
    );
    refused("cut.xlsx", &workbook("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>")[..400], "cannot be read");
    refused("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and nothing else", "cannot be read");
    // A compound file with one stream: an encrypted workbook.
    let mut locked = vec![0_u8; 512];
    locked[..8].copy_from_slice(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    locked[30] = 9;
    locked[44] = 1;
    locked[48] = 1;
    locked[60..64].fill(0xfe);
    locked[68..72].copy_from_slice(&[0xfe, 0xff, 0xff, 0xff]);
    locked[76..512].fill(0xff);
    locked[76..80].fill(0);
    let table: Vec<u8> =
        [0xffff_fffd_u32, 0xffff_fffe].into_iter().chain([0xffff_ffff; 126]).flat_map(u32::to_le_bytes).collect();
    let entry = |name: &str| {
        let mut entry = vec![0_u8; 128];
        name.encode_utf16()
            .enumerate()
            .for_each(|(at, unit)| entry[2 * at..2 * at + 2].copy_from_slice(&unit.to_le_bytes()));
        entry[116..120].fill(0xfe);
        entry
    };
    locked.extend([table, entry("Root Entry"), entry("EncryptedPackage"), vec![0; 256]].concat());
    refused("locked.xlsx", &locked, "needs a password");
}

#[test]
fn a_container_that_is_cut_short_is_read_as_far_as_it_goes() {
    let rows: String = (0..20_000).map(|n| format!("{n},{}\n", &noise(40 + n % 7)[n % 7..])).collect();
    let packed = gzip(format!("note_id,note\n{rows}").as_bytes());
    let place = Place::new();
    place.write("n.csv.gz", &packed[..packed.len() / 2]);
    let done = audit(&place, "n.csv.gz");
    assert!(done.code == 0 && done.err.contains("reading stopped here"), "{}", done.err);
}
