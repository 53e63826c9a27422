//! Parquet and Arrow files give what the same notes give as CSV; broken ones and bombs are told.

use assert_cmd::Command;

use crate::support::{Place, fixture};

fn path(name: &str) -> String {
    fixture(&format!("exports/formats/{name}"))
}

#[test]
fn every_form_gives_the_findings_of_the_same_notes_as_csv() {
    let place = Place::new();
    let findings = |file: &str| place.findings(&[file]);
    let expected = findings(&path("columnar-notes.csv"));
    assert!(expected.len() >= 5, "{expected:?}");
    for name in [
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
    ] {
        assert_eq!(findings(&path(name)), expected, "{name}");
    }
}

#[test]
fn columns_are_told_whatever_the_name_of_the_file() {
    let place = Place::new();
    for (fixture, name, form) in [
        ("columnar-types.parquet", "may.dat", "Parquet, 3 rows in 1 row group"),
        ("columnar-types.arrow", "may.txt", "Arrow IPC, file of batches"),
    ] {
        place.write(name, std::fs::read(path(fixture)).unwrap());
        let done = place.acw(&["columns", name]);
        assert_eq!(done.code, 0, "{}", done.err);
        for said in [form, "note          ← note", "comment.author.id", "participants.0.name", "attributes.vip"] {
            assert!(done.out.contains(said), "{name}: {said}: {}", done.out);
        }
    }
}

#[test]
fn a_file_that_is_cut_off_is_refused_or_its_rows_are_listed() {
    let place = Place::new();
    let bytes = std::fs::read(path("columnar-notes-zstd.parquet")).unwrap();
    place.write("cut.parquet", &bytes[..bytes.len() - 20]);
    let done = place.acw(&["audit", "cut.parquet"]);
    assert_eq!(done.code, 3);
    assert!(done.err.contains("the end of a Parquet file is missing") && done.err.contains("help: "), "{}", done.err);
    assert!(!done.err.contains("panicked") && done.out.is_empty(), "{}{}", done.err, done.out);

    // Notes of the second row group are broken: the rows of the first are audited.
    let mut broken = bytes;
    broken[1_800..1_990].fill(0xff);
    place.write("broken.parquet", &broken);
    let done = place.acw(&["audit", "broken.parquet"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(
        done.err.contains("broken.parquet:6: rows 6 to 8 cannot be read: row group 2: column `note`"),
        "{}",
        done.err
    );
    assert!(!done.err.contains("panicked"), "{}", done.err);
    // All rows of the range count, in the run and in the file of rejected rows.
    assert!(done.out.contains("Rows read: 8 = 5 audited + 3 rejected"), "{}", done.out);
    place.acw(&["audit", "broken.parquet", "--rejects", "rejects.jsonl"]);
    let rejects = std::fs::read_to_string(place.path("rejects.jsonl")).unwrap();
    assert!(rejects.lines().count() == 1 && rejects.contains("\"line\":6,\"rows\":3"), "{rejects}");

    let bytes = std::fs::read(path("columnar-notes.arrow")).unwrap();
    place.write("cut.arrow", &bytes[..bytes.len() / 2]);
    let done = place.acw(&["audit", "cut.arrow"]);
    assert!(done.err.contains("the file ends early"), "{}", done.err);
}

/// Runs the binary with so little memory that unpacking what the files stand for would end it.
#[test]
#[cfg(target_os = "linux")]
fn small_files_that_stand_for_large_ones_stay_within_bounds() {
    for (name, said) in [
        ("columnar-bomb-page.parquet", "a page is longer than 256 MiB"),
        ("columnar-bomb-rows.parquet", "a value is longer than 16 MiB"),
        ("columnar-bomb-batch.arrow", "a batch is larger than 1 GiB once it is unpacked"),
    ] {
        // In KiB; the allocator reserves 1 GiB of addresses that it does not use.
        let limited = format!("ulimit -v 1600000; exec \"$0\" audit --language en {}", path(name));
        let binary = assert_cmd::cargo::cargo_bin("acw");
        let output =
            Command::new("sh").args(["-c", &limited]).arg(binary).env("RAYON_NUM_THREADS", "1").output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{name}: {err}");
        assert!(err.contains(said), "{name}: {err}");
    }
}
