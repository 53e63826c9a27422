//! `acw columns` and the finding of columns.

use crate::support::{Place, fixture};

#[test]
fn real_export_shapes_are_understood_and_explained() {
    let place = Place::new();
    for (file, encoding, header) in [
        ("exports/genesys-es.csv", "UTF-8", "Observaciones"),
        ("exports/hotline-zh.csv", "gb18030", "处理描述"),
        ("exports/signalements-fr.tsv", "windows-1252", ""),
        ("exports/zendesk-en.jsonl", "UTF-8", "comment.body"),
    ] {
        let done = place.acw(&["columns", &fixture(file)]);
        assert_eq!(done.code, 0, "{file}: {}", done.err);
        assert!(done.out.contains(encoding), "{file}: {}", done.out);
        let note = done
            .out
            .lines()
            .find(|line| line.trim_start().starts_with("note "))
            .unwrap_or_else(|| panic!("{file}: {}", done.out));
        assert!(note.contains(header) && note.contains('('), "{note}");
    }
}

#[test]
fn a_missing_note_column_shows_headers_and_the_nearest_guess() {
    let place = Place::new();
    let done = place.acw(&["audit", &fixture("exports/no-note-column.csv")]);
    assert_eq!(done.code, 3);
    assert!(done.err.contains("no column holds the notes") && done.err.contains("Coments_"), "{}", done.err);
    assert!(done.err.contains("--column 'note=Coments_'"), "{}", done.err);
    let named = place.acw(&["audit", &fixture("exports/no-note-column.csv"), "--column", "note=Coments_"]);
    assert_eq!(named.code, 0, "{}", named.err);
}

#[test]
fn columns_come_from_flags_before_the_configuration() {
    let place = Place::new();
    place.write("n.csv", "a,b,c\nGil,first idiot,second\n");
    place.write("acw.yaml", "columns:\n  note: c\n  agent_name: a\n  language: '=en'\n");
    assert_eq!(place.findings(&["n.csv"]).iter().filter(|f| f["rule"] == "insult").count(), 0);
    let findings = place.findings(&["n.csv", "--column", "note=b"]);
    let insult = findings.iter().find(|f| f["rule"] == "insult").expect("the flag's column is read");
    assert_eq!(insult["agent"], "Gil");
}

#[test]
fn a_misspelt_role_or_header_is_answered_with_the_nearest() {
    let place = Place::new();
    place.write("n.csv", "note,agent\nx,y\n");
    let role = place.acw(&["columns", "n.csv", "--column", "nte=note"]);
    assert_eq!(role.code, 2);
    assert!(role.err.contains("did you mean `note`"), "{}", role.err);
    let header = place.acw(&["columns", "n.csv", "--column", "team=agnt"]);
    assert_eq!(header.code, 3);
    assert!(header.err.contains("did you mean `agent`"), "{}", header.err);
}
