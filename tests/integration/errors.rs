//! One clear message with the place and the remedy, an exit code of its own, and nothing half done.

use crate::support::{Place, fixture};

#[test]
fn inputs_that_cannot_be_read_say_why_and_exit_with_3() {
    let place = Place::new();
    place.write("empty.csv", "");
    place.write("header.csv", "note,agent\n");
    place.write("zip.csv", b"PK\x03\x04\0\0\0\0\x08\0");
    place.write("program.csv", b"\x7fELF\x02\x01\x01\0\0\0\0\0");
    place.write("array.json", "[1, 2]");
    std::fs::create_dir(place.path("nothing")).unwrap();
    for (input, said) in [
        ("absent.csv", "absent.csv: cannot be read"),
        ("empty.csv", "holds no rows"),
        ("header.csv", "holds no rows"),
        ("zip.csv", "cannot be read: invalid Zip archive"),
        ("program.csv", "zero bytes"),
        ("array.json", "no object"),
        ("nothing", "holds no export"),
    ] {
        let done = place.acw(&["audit", input]);
        assert_eq!(done.code, 3, "{input}: {}", done.err);
        assert!(done.err.contains(said) && done.err.contains("help:"), "{input}: {}", done.err);
        assert!(done.out.is_empty(), "{input}: {}", done.out);
    }
}

#[test]
fn an_unknown_encoding_is_refused() {
    let place = Place::new();
    place.write("n.csv", "note\nx\n");
    let done = place.acw(&["audit", "n.csv", "--encoding", "klingon"]);
    assert_eq!(done.code, 3);
    assert!(done.err.contains("klingon"), "{}", done.err);
}

#[test]
fn faults_of_rule_files_show_path_line_column_text_and_remedy() {
    let place = Place::new();
    place.write("n.csv", "note\nx\n");
    for (name, text, line, said) in [
        (
            "core/mine.yaml",
            "rules:\n  - id: mine\n    category: judgement\n    severty: major\n",
            4,
            "did you mean `severity`?",
        ),
        ("core/mine.yaml", "rules:\n  - id: mine\n    category: judgment\n", 3, "did you mean `judgement`?"),
        ("lang/en/words/mine.yaml", "mine:\n  - a (b\n", 2, "not closed"),
        ("lang/en/words/mine.yaml", "mine:\n  - <insolts> x\n", 2, "did you mean `<insults>`"),
        (
            "lang/en/texts.yaml",
            "insullt:\n  title: x\n  message: x\n  customer: x\n  organisation: x\n  agent: x\n  fires: []\n  spares: []\n",
            1,
            "did you mean `insult`?",
        ),
    ] {
        let folder = Place::new();
        folder.write(&format!("rules/{name}"), text);
        // The list must be asked for, or nobody would see its fault.
        if text.starts_with("mine:") {
            folder.write("rules/core/mine.yaml", "rules:\n  - id: mine\n    category: judgement\n    severity: minor\n    points: 1\n    readers: []\n    check: {words: {lists: [mine]}}\n");
        }
        let rules = folder.path("rules").display().to_string();
        let done = place.acw(&["audit", "n.csv", "--rules", &rules]);
        assert_eq!(done.code, 4, "{name}: {}{}", done.out, done.err);
        assert!(done.err.contains(&format!("{name}:{line}:")), "{name}: {}", done.err);
        assert!(done.err.contains(said), "{name}: {}", done.err);
        assert!(done.err.contains(text.lines().nth(line - 1).unwrap()), "{name}: {}", done.err);
    }
}

#[test]
fn an_unknown_key_of_the_configuration_is_an_error_with_the_nearest() {
    let place = Place::new();
    place.write("n.csv", "note\nx\n");
    place.write("acw.yaml", "targett: 80\n");
    let done = place.acw(&["audit", "n.csv"]);
    assert_eq!(done.code, 4);
    assert!(done.err.contains("acw.yaml:1:1") && done.err.contains("did you mean `target`?"), "{}", done.err);
}

#[test]
fn rows_that_cannot_be_read_are_counted_and_listed_and_the_rest_goes_on() {
    let place = Place::new();
    let done = place.acw(&["audit", &fixture("exports/broken-rows.csv")]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.out.contains("Rows read: 10 = 7 audited + 3 rejected."), "{}", done.out);
    assert!(done.err.contains("broken-rows.csv:12: the row has a quotation mark that is never closed"), "{}", done.err);
    assert_eq!(done.err.matches("fields, the header").count(), 2, "{}", done.err);
    let lines = place.acw(&["audit", &fixture("exports/zendesk-en.jsonl")]);
    assert!(lines.out.contains("Rows read: 20 = 18 audited + 2 rejected."), "{}", lines.out);
    assert!(lines.err.contains(":8: no valid JSON") && lines.err.contains(":15: no valid JSON"), "{}", lines.err);
}

#[test]
fn wrong_usage_exits_with_2() {
    let place = Place::new();
    assert_eq!(place.acw(&["audit"]).code, 2);
    assert_eq!(place.acw(&["audit", "x.csv", "--format", "nope"]).code, 2);
    assert_eq!(place.acw(&["rules", "show", "insullt"]).code, 2);
}
