//! The same notes in every format, container, delimiter, line end and encoding are the same notes.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::path::PathBuf;
use std::sync::OnceLock;

use acw::input::{CONTAINERS, FORMATS, Options, Sources, formats_in_markdown};
use acw::model::{Note, Origin};
use acw::rules::{Packs, Rulebook};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use serde_json::{Value, json};
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::support::{Place, fixture, root};

fn book() -> &'static Rulebook {
    static BOOK: OnceLock<Rulebook> = OnceLock::new();
    BOOK.get_or_init(|| Rulebook::compile(Packs::load(None).unwrap()).unwrap())
}

/// The table of notes: header and rows.
fn table() -> &'static Vec<Vec<String>> {
    static TABLE: OnceLock<Vec<Vec<String>>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let file = fixture("exports/formats/notes.csv");
        let mut csv = csv::ReaderBuilder::new().has_headers(false).from_path(file).unwrap();
        csv.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
    })
}

/// The notes of files, without their names and lines, in their order.
fn notes(paths: &[PathBuf], options: &Options) -> Vec<Note> {
    let sources = Sources::find(paths, true).unwrap_or_else(|error| panic!("{error}"));
    let mut out = Vec::new();
    for file in sources.files() {
        let mut export = sources.open(file, options, &book().vocabulary).unwrap_or_else(|error| panic!("{error}"));
        for note in export.by_ref() {
            let note = note.unwrap_or_else(|problem| panic!("{problem:?}"));
            out.push(Note { origin: Origin::default(), ..note });
        }
        assert_eq!(export.refused, None);
    }
    out
}

fn expected() -> &'static Vec<Note> {
    static NOTES: OnceLock<Vec<Note>> = OnceLock::new();
    NOTES.get_or_init(|| {
        let notes = notes(&[fixture("exports/formats/notes.csv").into()], &Options::default());
        assert_eq!(notes.len(), 60);
        assert!(
            notes.iter().all(|note| note.day.is_some() && note.talk_seconds.is_some() && note.acw_seconds.is_some())
        );
        notes
    })
}

fn csv(delimiter: char, quote: char, end: &str) -> String {
    let mut text = String::new();
    for row in table() {
        let fields: Vec<String> = row
            .iter()
            .map(|field| format!("{quote}{}{quote}", field.replace(quote, &format!("{quote}{quote}"))))
            .collect();
        text += &(fields.join(&delimiter.to_string()) + end);
    }
    text
}

fn objects() -> Vec<Value> {
    let header = &table()[0];
    let object = |row: &Vec<String>| {
        let at = |name: &str| json!(row[header.iter().position(|column| column == name).unwrap()]);
        let mut object = json!({"agent": {"agent_id": at("agent_id"), "team": at("team")}, "tags": [{"n": 1}]});
        for (name, value) in header.iter().zip(row).filter(|(name, _)| !["agent_id", "team"].contains(&name.as_str())) {
            object[name] =
                value.parse::<u32>().ok().filter(|_| name == "acw_seconds").map_or(json!(value), |n| json!(n));
        }
        object
    };
    table().iter().skip(1).map(object).collect()
}

fn xlsx() -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    workbook.add_worksheet().set_name("Read me").unwrap().write(0, 0, "Notes of May").unwrap();
    let sheet = workbook.add_worksheet().set_name("Notes").unwrap();
    sheet.write(0, 0, "Calls of May").unwrap();
    let moment = rust_xlsxwriter::Format::new().set_num_format("dd/mm/yyyy hh:mm:ss");
    let clock = rust_xlsxwriter::Format::new().set_num_format("[h]:mm:ss");
    let header = &table()[0];
    for (row, cells) in table().iter().enumerate() {
        for (column, (cell, name)) in cells.iter().zip(header).enumerate() {
            let (at, column) = (row as u32 + 3, column as u16);
            match name.as_str() {
                _ if cell.is_empty() => {}
                "started_at" if row > 0 => {
                    let value = rust_xlsxwriter::ExcelDateTime::parse_from_str(cell).unwrap();
                    sheet.write_with_format(at, column, &value, &moment).unwrap();
                }
                "talk_seconds" if row > 0 => {
                    let seconds = cell.split(':').fold(0.0, |sum, part| sum * 60.0 + part.parse::<f64>().unwrap());
                    sheet.write_with_format(at, column, seconds / 86_400.0, &clock).unwrap();
                }
                "acw_seconds" if row > 0 => {
                    sheet.write(at, column, cell.parse::<u32>().unwrap()).unwrap();
                }
                _ => {
                    sheet.write(at, column, cell).unwrap();
                }
            }
        }
    }
    workbook.save_to_buffer().unwrap()
}

fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn ods() -> Vec<u8> {
    let escape = |text: &str| {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;").replace('\n', "</text:p><text:p>")
    };
    let string = |text: &str| {
        if text.is_empty() {
            return "<table:table-cell/>".to_owned();
        }
        format!("<table:table-cell office:value-type=\"string\"><text:p>{}</text:p></table:table-cell>", escape(text))
    };
    let header = &table()[0];
    let mut rows = String::new();
    for (at, cells) in table().iter().enumerate() {
        rows += "<table:table-row>\n ";
        for (cell, name) in cells.iter().zip(header) {
            match name.as_str() {
                "started_at" if at > 0 => {
                    let value = cell.replace(' ', "T");
                    let _ = write!(
                        rows,
                        "<table:table-cell office:value-type=\"date\" office:date-value=\"{value}\"><text:p>4 May</text:p></table:table-cell>"
                    );
                }
                "talk_seconds" if at > 0 => {
                    let parts: Vec<&str> = cell.split(':').collect();
                    let _ = write!(
                        rows,
                        "<table:table-cell office:value-type=\"time\" office:time-value=\"PT{:0>2}H{}M{}S\"/>",
                        parts[0], parts[1], parts[2]
                    );
                }
                "acw_seconds" if at > 0 => {
                    let _ = write!(
                        rows,
                        "<table:table-cell office:value-type=\"float\" office:value=\"{cell}\"><text:p>{cell},0</text:p></table:table-cell>"
                    );
                }
                _ => rows += &string(cell),
            }
        }
        rows += "<table:table-cell table:number-columns-repeated=\"1000\"/></table:table-row>\n";
    }
    let content = format!(
        "<?xml version=\"1.0\"?><office:document-content><office:body><office:spreadsheet>\
         <table:table table:name=\"Read me\"><table:table-row>{}</table:table-row></table:table>\
         <table:table table:name=\"Notes\"><table:table-row><table:table-cell table:number-columns-spanned=\"4\" \
         table:number-rows-spanned=\"1\"><text:p>Calls of May</text:p><office:annotation><text:p>a comment</text:p></office:annotation>\
         </table:table-cell><table:covered-table-cell table:number-columns-repeated=\"3\"/></table:table-row>\
         <table:table-row table:number-rows-repeated=\"2\"><table:table-cell/></table:table-row>{rows}\
         <table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell table:number-columns-repeated=\"1024\"/></table:table-row>\
         </table:table></office:spreadsheet></office:body></office:document-content>",
        string("Notes of May")
    );
    let mime = "application/vnd.oasis.opendocument.spreadsheet";
    zipped(&[("mimetype", mime.as_bytes()), ("content.xml", content.as_bytes()), ("META-INF/manifest.xml", b"<a/>")])
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The notes in each format; a format without an entry fails the test below.
fn in_format(name: &str) -> Vec<(&'static str, Vec<u8>)> {
    let lines: String = objects().iter().map(|object| format!("{object}\n")).collect();
    let read = |name: &str| std::fs::read(fixture(&format!("exports/formats/{name}"))).unwrap();
    match name {
        "CSV" => vec![("plain.csv", csv(',', '"', "\n").into_bytes())],
        "JSON lines" => vec![("lines.jsonl", lines.into_bytes())],
        "JSON" => {
            let all = objects();
            let pages = format!("{}\n{}", json!({"tickets": all[..30]}), json!({"tickets": all[30..]}));
            vec![
                ("array.json", json!(all).to_string().into_bytes()),
                ("pretty.json", serde_json::to_vec_pretty(&all).unwrap()),
                (
                    "entries.json",
                    json!({"count": 60, "agents": [{"x": 1}], "entries": all, "next": null}).to_string().into_bytes(),
                ),
                ("items.json", serde_json::to_vec_pretty(&json!({"data": {"items": all}})).unwrap()),
                ("pages.json", pages.replace("},{", "},\n{").into_bytes()),
                ("firehose.json", lines.replace('\n', "").into_bytes()),
            ]
        }
        "XLSX" => vec![("notes.xlsx", xlsx())],
        "ODS" => vec![("notes.ods", ods())],
        "XLS" => vec![("notes.xls", read("notes.xls"))],
        "XLSB" => vec![("notes.xlsb", read("notes.xlsb"))],
        "Parquet" => vec![("notes.parquet", read("notes.parquet"))],
        "Arrow IPC" => vec![("notes.arrow", read("notes.arrow")), ("notes.arrows", read("notes.arrows"))],
        other => panic!("no notes in {other}: add them"),
    }
}

#[test]
fn every_format_in_every_container_gives_the_same_notes() {
    let place = Place::new();
    for format in FORMATS {
        for (name, bytes) in in_format(format.name) {
            let mut files = vec![place.write(name, &bytes)];
            for container in CONTAINERS {
                let packed = match container.name {
                    "gzip" => gzip(&bytes),
                    "Zstandard" => compress_to_vec(bytes.as_slice(), CompressionLevel::Fastest),
                    "zip" => zipped(&[(name, &bytes), ("read.me", b"nothing")]),
                    other => panic!("nothing packed with {other}: add it"),
                };
                files.push(place.write(&format!("{name}.{}", container.endings[0]), packed));
            }
            for file in files {
                assert_eq!(&notes(std::slice::from_ref(&file), &Options::default()), expected(), "{}", file.display());
            }
        }
    }
    // Its content tells the format, not its name.
    for (name, bytes) in [("a.csv", xlsx()), ("b.xlsx", csv(';', '"', "\n").into_bytes()), ("c.txt", gzip(&ods()))] {
        assert_eq!(&notes(&[place.write(name, bytes)], &Options::default()), expected(), "{name}");
    }
}

#[test]
fn every_delimiter_quotation_mark_and_line_end_gives_the_same_notes() {
    let place = Place::new();
    for delimiter in [',', ';', '\t', '|', '^', '~', '\u{1f}'] {
        for quote in ['"', '\''] {
            for end in ["\n", "\r\n", "\r"] {
                for above in ["", "Calls of May\n\nGenerated at 2026-06-01\n", "sep=X\n"] {
                    let above = above.replace('\n', end).replace('X', &delimiter.to_string());
                    let file = place.write("n.csv", above.clone() + &csv(delimiter, quote, end));
                    let found = notes(&[file], &Options::default());
                    assert_eq!(&found, expected(), "{delimiter:?} {quote:?} {end:?} {above:?}");
                }
            }
        }
    }
}

#[test]
fn every_encoding_gives_the_same_notes() {
    let place = Place::new();
    for end in ["\n", "\r\n"] {
        let text = csv(';', '"', end);
        let wide = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        let (gb, _, lossy) = encoding_rs::GB18030.encode(&text);
        assert!(!lossy);
        for (name, bytes) in [
            ("mark", [b"\xef\xbb\xbf", text.as_bytes()].concat()),
            ("utf-16le", [vec![0xff, 0xfe], wide(u16::to_le_bytes)].concat()),
            ("utf-16be", [vec![0xfe, 0xff], wide(u16::to_be_bytes)].concat()),
            ("gb18030", gb.into_owned()),
        ] {
            let encoding = (name == "gb18030").then(|| name.to_owned());
            let options = Options { encoding, ..Options::default() };
            for (name, bytes) in [("n.csv", bytes.clone()), ("n.csv.gz", gzip(&bytes))] {
                assert_eq!(&notes(&[place.write(name, bytes)], &options), expected(), "{name} {end:?}");
            }
        }
    }
}

#[test]
fn folders_and_archives_are_searched_and_nothing_in_them_is_left_out() {
    let place = Place::new();
    let half = |rows: &[Vec<String>]| {
        let line = |row: &Vec<String>| {
            row.iter().map(|f| format!("\"{}\"", f.replace('"', "\"\""))).collect::<Vec<_>>().join(",")
        };
        let rows: Vec<String> = [&table()[..1], rows].concat().iter().map(line).collect();
        rows.join("\n").into_bytes()
    };
    let (first, second, third) = (half(&table()[1..21]), half(&table()[21..41]), half(&table()[41..]));
    place.write("in/a.csv.gz", gzip(&first));
    let inner = zipped(&[
        ("may/2.csv", &second),
        ("may/3.csv.zst", &compress_to_vec(third.as_slice(), CompressionLevel::Fastest)),
    ]);
    place.write("in/b.zip", inner);
    place.write("in/ignored.pdf", b"%PDF");
    assert_eq!(&notes(&[place.path("in")], &Options::default()), expected());
    let shown = place.acw(&["columns", "in"]);
    for line in ["in/a.csv.gz: CSV", "in/b.zip/may/2.csv: CSV", "in/b.zip/may/3.csv.zst: CSV, delimiter , in Zstandard"]
    {
        assert!(shown.out.contains(line), "{}", shown.out);
    }
}

#[test]
fn an_archive_on_standard_input_is_read_like_one_on_disk() {
    let place = Place::new();
    let line =
        |row: &Vec<String>| row.iter().map(|f| format!("\"{}\"", f.replace('"', "\"\""))).collect::<Vec<_>>().join(",");
    let part = |rows: &[Vec<String>]| [&table()[..1], rows].concat().iter().map(line).collect::<Vec<_>>().join("\n");
    let (first, second) = (part(&table()[1..31]), part(&table()[31..]));
    let zip =
        zipped(&[("./a/../1.csv", first.as_bytes()), ("a/2.2026-05.gz", &gzip(second.as_bytes())), ("b.pdf", b"%PDF")]);
    place.write("n.zip", &zip);
    let on_disk = place.acw(&["audit", "--format", "jsonl", "n.zip"]);
    let given = place.acw_bytes(&["audit", "--format", "jsonl", "-"], &zip);
    assert_eq!((given.code, given.out.as_str()), (0, on_disk.out.as_str()), "{}", given.err);
    assert!(given.out.lines().count() > 60);
    let shown = place.acw_bytes(&["columns", "-"], &zip);
    assert!(shown.out.contains("-/./a/../1.csv: CSV") && shown.out.contains("-/a/2.2026-05.gz: CSV"), "{}", shown.out);
    let empty = place.acw_bytes(&["audit", "-"], &zipped(&[("b.pdf", b"%PDF")]));
    assert!(empty.code == 3 && empty.err.contains("holds no export"), "{}", empty.err);
}

#[test]
fn shapes_of_json_lose_no_note_in_silence() {
    let place = Place::new();
    let rows: Vec<Value> = objects();
    let by_key: serde_json::Map<String, Value> =
        rows.iter().enumerate().map(|(at, row)| (format!("-N{at:03}"), row.clone())).collect();
    let sequence: String = rows.iter().map(|row| format!("\u{1e}{row}\n")).collect();
    for (name, text) in [
        ("keys.json", Value::Object(by_key.clone()).to_string()),
        ("deep.json", json!({"count": rows.len(), "data": {"notes": by_key}}).to_string()),
        ("comments.json", json!({"ticket_id": 7, "comments": rows}).to_string()),
        ("sequence.json", sequence),
    ] {
        assert_eq!(&notes(&[place.write(name, text)], &Options::default()), expected(), "{name}");
    }
    // Of several notes in one row one is read, and the run says so.
    let row = |at: usize| json!({"id": at, "agent_id": "A", "comments": [{"body": "Explained the bill."}, {"body": "Sent it."}]});
    place.write("list.jsonl", (1..=3).map(|at| row(at).to_string() + "\n").collect::<String>());
    let done = place.acw(&["audit", "list.jsonl"]);
    assert!(done.err.contains("3 rows hold further notes, such as `comments.1.body`"), "{}", done.err);
    assert!(done.err.contains("--column 'note=comments.0.body' --column 'note=comments.1.body'"), "{}", done.err);
    let joined =
        place.acw(&["audit", "list.jsonl", "--column", "note=comments.0.body", "--column", "note=comments.1.body"]);
    assert!(!joined.err.contains("further notes"), "{}", joined.err);
}

#[test]
fn rare_delimiters_and_backslashes_before_quotes_are_read() {
    let place = Place::new();
    for delimiter in [':', '#', '@', '!', '\u{1e}'] {
        let text: String = table()
            .iter()
            .map(|row| {
                let quoted: Vec<String> = row.iter().map(|f| format!("\"{}\"", f.replace('"', "\\\""))).collect();
                quoted.join(&delimiter.to_string()) + "\n"
            })
            .collect();
        assert_eq!(&notes(&[place.write("n.csv", text)], &Options::default()), expected(), "{delimiter:?}");
    }
}

#[test]
fn the_binary_finds_the_same_whatever_it_is_given() {
    let place = Place::new();
    let findings = |args: &[&str]| place.acw(&[&["audit", "--format", "jsonl"], args].concat());
    let notes = fixture("exports/formats/notes.csv");
    let expected = findings(&[&notes]);
    assert!(expected.code == 0 && expected.out.lines().count() > 60, "{}", expected.err);
    place.write("n.xlsx", xlsx());
    place.write("n.csv.gz", gzip(csv('^', '\'', "\r").as_bytes()));
    for file in ["n.xlsx", "n.csv.gz", &fixture("exports/formats/notes.xls"), &fixture("exports/formats/notes.xlsb")] {
        assert_eq!(findings(&[file]).out, expected.out, "{file}");
    }
    for bytes in [xlsx(), gzip(&ods()), json!(objects()).to_string().into_bytes(), zipped(&[("n.xlsx", &xlsx())])] {
        let done = place.acw_bytes(&["audit", "--format", "jsonl", "-"], &bytes);
        assert_eq!(done.out, expected.out, "{}", done.err);
    }
}

#[test]
fn worksheet_and_delimiter_are_asked_for_by_flag_and_configuration() {
    let place = Place::new();
    place.write("n.xlsx", xlsx());
    place.write("n.csv", "note_id;note;a,b\n1;x;y\n");
    let shown = |args: &[&str]| place.acw(&[&["columns"], args].concat());
    assert!(shown(&["n.xlsx"]).out.contains("worksheet `Notes`, header in row 4"));
    let wrong = shown(&["n.xlsx", "--worksheet", "Nots"]);
    assert!(wrong.code == 3 && wrong.err.contains("did you mean `Notes`"), "{}", wrong.err);
    assert!(shown(&["n.csv"]).out.contains("delimiter ;"));
    assert_eq!(shown(&["n.csv", "--delimiter", ","]).code, 3, "no note column with this one");
    assert_eq!(shown(&["n.csv", "--delimiter", "and"]).code, 2);
    place.write("acw.yaml", "delimiter: ','\nworksheet: Read me\n");
    assert!(shown(&["n.csv"]).code == 3 && shown(&["n.xlsx"]).code == 3);
    assert!(shown(&["n.csv", "--delimiter", ";"]).code == 0 && shown(&["n.xlsx", "--worksheet", "notes"]).code == 0);
}

#[test]
fn the_readme_has_the_list_of_formats_that_the_code_reads() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let (_, behind) = readme.split_once("<!-- formats: acw columns --formats -->\n").unwrap();
    let (table, _) = behind.split_once("<!-- end of formats -->").unwrap();
    assert_eq!(table.trim(), formats_in_markdown().trim(), "write it anew with `acw columns --formats`");
    assert_eq!(Place::new().acw(&["columns", "--formats"]).out, formats_in_markdown());
}
