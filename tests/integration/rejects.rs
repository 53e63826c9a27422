//! A row that cannot be read comes back as it stands in the file, with the reason; counts add up everywhere.

use std::fs;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use encoding_rs::Encoding;
use serde_json::Value;

use crate::support::{Done, Place, fixture, workbook};

/// Rows of which the third, a record of two lines, and the last but one have a field too many.
const TEXT: &str = "note_id;agent_id;note\r\nn1;A1;Señor llamó por la factura, se explicó el cargo y quedó conforme\r\n\
    n2;\"A2\";\"dos\nlíneas de más\";ñandú\r\nn3;A1;Consulta resuelta, sin seguimiento\r\nn4;A1;x;y;z\r\nn5;A2;Se envía duplicado por correo\r\n";
const BROKEN: [&str; 2] = ["n2;\"A2\";\"dos\nlíneas de más\";ñandú", "n4;A1;x;y;z"];

fn encoded(text: &str, label: &str) -> Vec<u8> {
    match label {
        "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf-16be" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        label => Encoding::for_label(label.as_bytes()).unwrap().encode(text).0.into_owned(),
    }
}

fn lines(place: &Place, name: &str) -> Vec<Value> {
    fs::read_to_string(place.path(name)).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The bytes of a line of the rejects file.
fn bytes(line: &Value) -> Vec<u8> {
    match line["bytes"].as_str() {
        Some(bytes) => BASE64_STANDARD.decode(bytes).unwrap(),
        None => line["text"].as_str().unwrap().as_bytes().to_vec(),
    }
}

fn audited(place: &Place, args: &[&str]) -> Done {
    let done = place.acw(&[&["audit", "--quiet", "--rejects", "rejects.jsonl"], args].concat());
    assert_eq!(done.code, 0, "{}", done.err);
    done
}

#[test]
fn rejected_rows_hold_the_bytes_of_the_file_in_every_encoding() {
    let place = Place::new();
    for (label, mark) in [
        ("utf-8", &b""[..]),
        ("utf-8", b"\xef\xbb\xbf"),
        ("windows-1252", b""),
        ("gb18030", b""),
        ("utf-16le", b"\xff\xfe"),
        ("utf-16be", b"\xfe\xff"),
    ] {
        place.write("n.csv", [mark, &encoded(TEXT, label)].concat());
        audited(&place, &["n.csv", "--encoding", label]);
        let lines = lines(&place, "rejects.jsonl");
        assert_eq!(lines.len(), 2, "{label}");
        for (line, broken) in lines.iter().zip(BROKEN) {
            assert_eq!(bytes(line), encoded(broken, label), "{label}");
            assert_eq!((line["text"].as_str(), line["file"].as_str()), (Some(broken), Some("n.csv")), "{label}");
            assert!(line["reason"].as_str().unwrap().contains("fields, the header 3"), "{line}");
            assert!(line["help"].as_str().unwrap().contains("quotation mark"), "{line}");
        }
        let places = lines.iter().map(|line| line["line"].as_u64().unwrap());
        assert_eq!(places.collect::<Vec<_>>(), [3, 6], "{label}");
        assert_eq!(lines[0]["encoding"].as_str().unwrap().to_lowercase(), label);
        assert_eq!(lines[0].get("bytes").is_some(), label != "utf-8", "{label}");
    }
}

#[test]
fn json_lines_bytes_that_are_no_text_and_hint_lines_come_back_too() {
    let place = Place::new();
    place.write("n.jsonl", "{\"note\": \"ok\"}\n\n{\"note\": \"cut\n[1]\n{\"note\": \"ok\"}\n");
    audited(&place, &["n.jsonl", "--language", "en"]);
    let lines_of = |line: &Value| (line["line"].as_u64(), line["text"].as_str().map(str::to_owned));
    let found: Vec<_> = lines(&place, "rejects.jsonl").iter().map(lines_of).collect();
    assert_eq!(found, [(Some(3), Some("{\"note\": \"cut".into())), (Some(4), Some("[1]".into()))]);

    let mut rows = String::from("note_id,note\n").into_bytes();
    (0..40_000).for_each(|at| rows.extend(format!("{at},a note about a bill\n").into_bytes()));
    rows.extend(b"bad,caf\xe9\nlast,fine\n");
    place.write("late.csv", rows);
    audited(&place, &["late.csv", "--language", "en", "--encoding", "utf-8"]);
    let late = lines(&place, "rejects.jsonl");
    assert_eq!(bytes(&late[0]), b"bad,caf\xe9");
    assert!(late[0].get("text").is_none());

    place.write("hint.csv", "sep=;\nnote_id;note\n1;x;y\n2;fine\n3;\"open\n4;fine\n");
    audited(&place, &["hint.csv", "--language", "en"]);
    let hint = lines(&place, "rejects.jsonl");
    assert_eq!(hint[0]["text"], "1;x;y");
    assert_eq!(
        (hint.len(), hint[1]["text"].as_str()),
        (2, Some("3;\"open\n4;fine")),
        "the last quoted field swallowed the rest"
    );
}

#[test]
fn the_file_has_all_of_them_for_its_owner_alone_and_only_where_asked_for() {
    let place = Place::new();
    let rows: String = (0..1_500).map(|at| format!("{at},x,y,z\n")).collect();
    place.write("n.csv", format!("note_id,note\n{rows}ok,a note about a bill\n"));
    audited(&place, &["n.csv", "--language", "en"]);
    let all = lines(&place, "rejects.jsonl");
    assert_eq!((all.len(), all[1_499]["text"].as_str()), (1_500, Some("1499,x,y,z")));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(place.path("rejects.jsonl")).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let done = place.acw(&["audit", "n.csv", "--language", "en", "--rejects", "no/such/folder.jsonl"]);
    assert_eq!(done.code, 5, "{}", done.err);
    assert!(done.err.contains("no/such/folder.jsonl"), "{}", done.err);
    let elsewhere = Place::new();
    elsewhere.write("n.csv", "note_id,note\n1,x,y\n2,fine\n");
    assert_eq!(elsewhere.acw(&["audit", "n.csv", "--language", "en"]).code, 0);
    assert_eq!(fs::read_dir(elsewhere.path("")).unwrap().count(), 1);
    // Nothing is rejected: the file is there, and empty.
    elsewhere.write("n.csv", "note_id,note\n2,fine\n");
    audited(&elsewhere, &["n.csv", "--language", "en"]);
    assert!(lines(&elsewhere, "rejects.jsonl").is_empty());
}

#[test]
fn an_export_is_never_written_over() {
    let place = Place::new();
    place.write("exports/n.csv", "note_id,note\n1,x,y\n2,fine\n");
    let done = place.acw(&["audit", "exports", "--language", "en", "--rejects", "exports/../exports/n.csv"]);
    assert_eq!((done.code, done.out.as_str()), (5, ""), "{}", done.err);
    assert!(done.err.contains("n.csv is one of the exports") && done.err.contains("help:"), "{}", done.err);
    assert!(fs::read_to_string(place.path("exports/n.csv")).unwrap().contains("1,x,y"));
}

#[test]
fn a_total_that_counts_the_notes_is_no_note() {
    let place = Place::new();
    place.write("n.csv", "ID,Agente,Observaciones\n1,Ana,Se explicó el cargo de la factura\n2,Ana,5\nTotal,,2\n3,,7\n");
    let done = place.acw(&["audit", "n.csv", "--language", "es"]);
    assert!(done.out.contains("Rows read: 4 = 3 audited + 1 rejected"), "{}", done.out);
    assert!(done.err.contains("n.csv:4: the row is no note: it begins as a total does"), "{}", done.err);
}

#[test]
fn no_output_is_written_over_an_export_and_a_device_stays_one() {
    let place = Place::new();
    let export = "note_id,agent_id,language,note\n1,A,en,Explained the bill.\n";
    place.write("n.csv", export);
    for command in ["audit", "check"] {
        let done = place.acw(&[command, "n.csv", "--format", "csv=./n.csv"]);
        assert_eq!(done.code, 5, "{}", done.err);
        assert!(done.err.contains("n.csv is one of the exports") && done.err.contains("--format"), "{}", done.err);
        assert_eq!(fs::read_to_string(place.path("n.csv")).unwrap(), export);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::{FileTypeExt, symlink};
        // A link to a device, so that nothing of the machine is lost where this fails.
        symlink("/dev/full", place.path("full")).unwrap();
        let done = place.acw(&["audit", "n.csv", "--format", "csv=full"]);
        assert!(done.code == 5 && done.err.contains("No space left"), "{} {}", done.code, done.err);
        assert!(fs::symlink_metadata(place.path("full")).unwrap().is_symlink());
        assert!(fs::metadata("/dev/full").unwrap().file_type().is_char_device());
        // And a link to a file stays a link.
        place.write("target.csv", "older\n");
        symlink("target.csv", place.path("link.csv")).unwrap();
        assert_eq!(place.acw(&["audit", "n.csv", "--format", "csv=link.csv"]).code, 0);
        assert!(fs::symlink_metadata(place.path("link.csv")).unwrap().is_symlink());
        assert!(fs::read_to_string(place.path("target.csv")).unwrap().starts_with("note,"));
    }
}

#[test]
fn a_run_that_fails_leaves_the_older_file_whole() {
    let place = Place::new();
    place.write("rejects.jsonl", "older\n");
    place.write("header.csv", "note_id,note\n");
    let done = place.acw(&["audit", "header.csv", "--rejects", "rejects.jsonl"]);
    assert_eq!(done.code, 3);
    assert_eq!(fs::read_to_string(place.path("rejects.jsonl")).unwrap(), "older\n");
    assert_eq!(fs::read_dir(place.path("")).unwrap().count(), 2, "and nothing beside it");
}

#[test]
fn other_subcommands_write_it_too() {
    let place = Place::new();
    let export = fixture("exports/broken-rows.csv");
    for args in [
        &["sample", "draw", &export, "--size", "2", "--out", "drawn"][..],
        &["abbreviations", &export],
        &["workshop", &export, "--out", "workshop", "--size", "1", "--clean", "0"],
    ] {
        let done = place.acw(&[args, &["--rejects", "rejects.jsonl"]].concat());
        assert_eq!(done.code, 0, "{}", done.err);
        assert_eq!(lines(&place, "rejects.jsonl").len(), 3, "{args:?}");
        fs::remove_file(place.path("rejects.jsonl")).unwrap();
    }
}

/// The numbers of a text.
fn told(text: &str) -> Vec<u64> {
    let numbers = text.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok());
    numbers.collect()
}

#[test]
fn counts_add_up_in_every_output() {
    let place = Place::new();
    let export = fixture("exports/broken-rows.csv");
    let done = place.acw(&["audit", &export, "--report", "pages", "--locale", "en"]);
    let line = done.out.lines().find(|line| line.contains("Rows read")).unwrap();
    assert_eq!(told(line.split_once("Rows read").unwrap().1), [10, 7, 3], "{line}");
    let json: Value = serde_json::from_str(&place.acw(&["audit", &export, "--format", "json"]).out).unwrap();
    let run = |key: &str| json["run"][key].as_u64().unwrap();
    assert_eq!([run("rows"), run("audited"), run("skipped"), run("rejected")], [10, 7, 0, 3]);
    let page = fs::read_to_string(place.path("pages/index.html")).unwrap();
    let making = page.split_once("Rows read</dt>").unwrap().1.split_once("</dd>").unwrap().0;
    assert_eq!(told(&making.replace("&#x3D;", "=")), [10, 7, 3], "{making}");
    let tabs = workbook(&place.path("pages/figures.xlsx"));
    let value = |name: &str| {
        let row = tabs[0].1.iter().find(|row| row[0] == name).unwrap_or_else(|| panic!("{name}"));
        row[1].to_string()
    };
    assert_eq!([value("Rows read"), value("Rows not readable")], ["10", "3"]);
}
