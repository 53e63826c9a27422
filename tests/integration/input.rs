//! The same notes in every delimiter and encoding give the same findings.

use crate::support::Place;

const ROWS: [[&str; 4]; 3] = [
    ["n1", "A1", "es", "El señor llamó furioso; «pésimo» servicio, según él. Técnico idiota, se agenda visita."],
    ["n2", "A2", "fr", "Cliente très impolie à l’accueil, dossier clos ; prélèvement expliqué."],
    ["n3", "A1", "en", "Cust called about bill, \"explained\" it. Was very rude, as always."],
];

fn table(delimiter: char) -> String {
    let quote = |field: &str| format!("\"{}\"", field.replace('"', "\"\""));
    let mut text = ["note_id", "agent_id", "language", "note"].join(&delimiter.to_string()) + "\r\n";
    for row in ROWS {
        let fields: Vec<String> = row.iter().map(|f| quote(f)).collect();
        text += &(fields.join(&delimiter.to_string()) + "\r\n");
    }
    text
}

#[test]
fn delimiters_and_encodings_do_not_change_the_findings() {
    let place = Place::new();
    place.write("plain.csv", table(','));
    let expected = place.findings(&["plain.csv"]);
    assert!(expected.len() >= 5, "{expected:?}");
    let mut variants: Vec<(String, Vec<u8>)> = Vec::new();
    for (name, delimiter) in [("semicolon", ';'), ("tab", '\t'), ("pipe", '|')] {
        variants.push((name.into(), table(delimiter).into_bytes()));
    }
    variants.push(("bom".into(), [b"\xef\xbb\xbf", table(',').as_bytes()].concat()));
    variants.push(("sep".into(), format!("sep=;\r\n{}", table(';')).into_bytes()));
    variants.push(("latin".into(), encoding_rs::WINDOWS_1252.encode(&table(';')).0.into_owned()));
    let wide = |bytes: fn(u16) -> [u8; 2]| table('\t').encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    variants.push(("utf16le".into(), [vec![0xff, 0xfe], wide(u16::to_le_bytes)].concat()));
    variants.push(("utf16be".into(), [vec![0xfe, 0xff], wide(u16::to_be_bytes)].concat()));
    variants.push(("utf16-without-mark".into(), wide(u16::to_le_bytes)));
    for (name, bytes) in variants {
        let file = format!("{name}.csv");
        place.write(&file, bytes);
        assert_eq!(place.findings(&[&file]), expected, "{name}");
    }
}

#[test]
fn a_row_that_is_not_utf_8_is_rejected_alone() {
    let place = Place::new();
    let mut bytes = String::from("note_id,note\n").into_bytes();
    // Letters that are valid UTF-8 tell that the file is.
    for at in 0..40_000 {
        bytes.extend(format!("{at},a note about the bill of a café\n").into_bytes());
    }
    bytes.extend(b"bad,caf\xe9\nlast,an idiot called\n");
    place.write("n.csv", bytes);
    let done = place.acw(&["audit", "n.csv", "--language", "en"]);
    assert_eq!(done.code, 0);
    assert!(done.err.contains("not valid UTF-8") && done.err.contains("--encoding"), "{}", done.err);
    assert!(done.out.contains("Rows read: 40002 = 40001 audited + 1 rejected."), "{}", done.out);
}

#[test]
fn the_text_of_one_note_is_no_table() {
    let place = Place::new();
    let text = "Cust rang, \"bill\" ,;\nand was rude.\n";
    let one = |args: &[&str], text: &[u8]| {
        place.acw_bytes(&[&["check", "-", "--one-note", "--format", "jsonl"], args].concat(), text)
    };
    let done = one(&["--language", "en"], text.as_bytes());
    assert_eq!(done.code, 1, "{}", done.err);
    let findings: Vec<serde_json::Value> = done.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let rude = findings.iter().find(|finding| finding["rule"] == "character").unwrap();
    let (start, end) = (rude["start"].as_u64().unwrap() as usize, rude["end"].as_u64().unwrap() as usize);
    assert!(text[start..end].contains("rude"), "{rude}");
    let latin = one(&["--column", "call_type==complaint"], b"El cliente fue muy grosero, se le inform\xf3 del cargo");
    assert!(latin.out.contains("muy grosero") && latin.code == 1, "{}{}", latin.out, latin.err);
    let table = place.acw_bytes(&["check", "-"], text.as_bytes());
    assert!(table.code == 3 && table.err.contains("--one-note"), "{}", table.err);
    assert_eq!(one(&[], b"").code, 3);
}

#[test]
fn compiled_lists_are_kept_and_made_again_where_they_are_damaged() {
    let place = Place::new();
    place.write("n.csv", "note_id,agent_id,language,note\n1,a,en,Caller was rude\n2,b,es,El cliente fue grosero\n");
    let folder = place.path("kept");
    let kept = |folder: &std::path::Path| {
        let env = [("ACW_CACHE_DIR", folder.to_str().unwrap())];
        place.acw_env(&["audit", "n.csv", "--format", "jsonl"], &env)
    };
    let plain = place.acw_env(&["audit", "n.csv", "--format", "jsonl"], &[("ACW_CACHE_DIR", "")]);
    assert!(!folder.exists());
    let first = kept(&folder);
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 5, "the lists of four languages, and the texts");
    let second = kept(&folder);
    for file in &files {
        let bytes = std::fs::read(file).unwrap();
        std::fs::write(file, &bytes[..bytes.len() / 2]).unwrap();
    }
    let damaged = kept(&folder);
    let unwritable = kept(&place.path("n.csv").join("below"));
    for done in [&first, &second, &damaged, &unwritable] {
        assert_eq!((done.code, &done.out), (0, &plain.out), "{}", done.err);
    }
    assert!(std::fs::metadata(&files[0]).unwrap().len() > 100_000, "it was made again");
}

#[test]
fn a_language_is_named_as_people_name_it_and_one_without_rules_is_refused() {
    let place = Place::new();
    place.write("n.csv", "note_id,note\n1,\"Customer was rude, an idiot called about the bill.\"\n");
    let expected = place.findings(&["n.csv", "--language", "en"]);
    assert!(!expected.is_empty());
    for name in ["EN", "en-GB", "English"] {
        assert_eq!(place.findings(&["n.csv", "--language", name]), expected, "{name}");
    }
    for args in [&["check", "n.csv", "--language", "xx"][..], &["audit", "n.csv", "--language", "Klingon"]] {
        let done = place.acw(args);
        assert!(done.code == 3 && done.err.contains("give one of en, es, fr, zh"), "{}", done.err);
    }
}

#[test]
fn a_folder_is_read_with_the_folders_in_it_and_a_file_once() {
    let place = Place::new();
    let row = |id: &str| format!("note_id,language,note\n{id},en,Customer asked about the bill.\n");
    place.write("exports/2026/05/may.csv", row("5"));
    place.write("exports/june.csv", row("6"));
    place.write("exports/~$june.csv", "locked");
    place.write("exports/.hidden/old.csv", row("0"));
    let rows = |args: &[&str]| {
        let done = place.acw(&[&["audit"], args].concat());
        assert_eq!(done.code, 0, "{}", done.err);
        (done.out.lines().find(|line| line.contains("Rows read: ")).unwrap().to_owned(), done.err)
    };
    assert!(rows(&["exports"]).0.contains("Rows read: 2 = 2 audited"));
    // What the program wrote itself is no export, though figures.xlsx is a workbook.
    place.acw(&["audit", "exports", "--report", "exports/pages", "-q"]);
    assert!(place.path("exports/pages/index.html").is_file());
    let all = rows(&["exports", "exports/june.csv", "./exports/2026/../june.csv"]);
    assert!(all.0.contains("Rows read: 2 = 2 audited") && !all.1.contains("count twice"), "{all:?}");
    place.write("exports/copy.csv", row("6"));
    let copied = rows(&["exports"]);
    assert!(copied.0.contains("Rows read: 3") && copied.1.contains("the very bytes of exports/copy.csv"), "{copied:?}");
}
