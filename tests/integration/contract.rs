//! An export that breaks the contract is refused before anything of it is scored, with a list of what is wrong.

use std::fs;

use serde_json::Value;

use crate::support::{Done, Place, fixture};

const EXPORT: &str = "note_id,agent_id,team,language,started_at,disposition,customer,note
n1,A1,North,en,2026-05-18,resolved,Ida Bell 600123456,Customer called about the bill and was told how it came about
n2,A2,South,en,2026-05-19,pending,Ida Bell 600123456,Refund promised by Friday
n3,A1,Nrth,es,2026-05-20,resolved,Ida Bell 600123456,Llamó por la factura
n1,A3,South,en,2026-05-20,,Ida Bell 600123456,
n5,A3,South,en,soon,resolved,Ida Bell 600123456,Sold the plan
n6,A3,South,one,field,too,many,in,this row
";

/// Audits the export under a contract on the 20th of May.
fn held(contract: &str, args: &[&str]) -> (Place, Done) {
    held_on("2026-05-20", contract, args)
}

fn held_on(day: &str, contract: &str, args: &[&str]) -> (Place, Done) {
    let place = Place::new();
    place.write("n.csv", EXPORT);
    place.write("acw.yaml", format!("contract:\n  {contract}\n"));
    let done = place.acw(&[&["audit", "n.csv", "--today", day], args].concat());
    (place, done)
}

#[test]
fn every_clause_is_kept_or_broken_with_the_rows_that_break_it() {
    for (kept, broken, said) in [
        (
            "columns: [note_id, note, {header: Customer}]",
            "columns: [note_id, call_type, {header: Costumer}]",
            &[
                "columns: 2 are not there",
                "n.csv: no column plays the part `call_type`",
                "there is no column `Costumer`; the nearest is `customer`",
            ][..],
        ),
        ("rows: {min: 6, max: 6}", "rows: {min: 7}", &["rows: 6 were read; at least 7 are asked for"]),
        ("rows: {max: 6}", "rows: {min: 1, max: 5}", &["rows: 6 were read; at least 1 and at most 5 are asked for"]),
        (
            "duplicates: {of: note_id, at_most: 20%}",
            "duplicates: {}",
            &[
                "duplicates: 1 of 5 rows repeat the note_id of an earlier one, at most 0 may",
                "n.csv:5: note n1: repeats the note_id of n.csv:2",
            ],
        ),
        (
            "duplicates: {of: note}",
            "duplicates: {of: customer, at_most: 3}",
            &["4 of 5 rows repeat the customer of an earlier one", "n.csv:3: note n2: repeats the customer of n.csv:2"],
        ),
        (
            "freshness: {newest_within: 1 day, oldest_within: 2 days, undated: 1}",
            "freshness: {newest_within: 1 day, oldest_within: 1 day, undated: 0}",
            &[
                "1 of 5 rows have no day that can be read, at most 0 may; 1 rows are older than 1 day before 2026-05-20",
                "n.csv:2: note n1: 2026-05-18 is too old",
                "n.csv:6: note n5: no day can be read from `soon`",
            ],
        ),
        (
            "empty_notes: 20%",
            "empty_notes: 19%",
            &["empty_notes: 1 of 5 notes are empty, at most 19% may", "n.csv:5: note n1: the note is empty"],
        ),
        (
            "unreadable: 1",
            "unreadable: 0",
            &["unreadable: 1 of 6 rows cannot be read, at most 0 may", "n.csv:7: the row has 9 fields, the header 8"],
        ),
        (
            "values: {language: [English, ES], disposition: [resolved, pending, \"\"]}",
            "values: {team: [North, South], disposition: [resolved, pending]}",
            &[
                "values.team: 1 of 5 rows hold none of: North, South",
                "n.csv:4: note n3: `Nrth` is not allowed; did you mean `North`?",
                "values.disposition: 1 of 5",
                "n.csv:5: note n1: the cell is empty",
            ],
        ),
    ] {
        let (_, done) = held(kept, &[]);
        assert_eq!(done.code, 0, "{kept}: {}", done.err);
        let (_, done) = held(broken, &[]);
        assert_eq!((done.code, done.out.as_str()), (6, ""), "{broken}: {}", done.err);
        for said in said.iter().chain(&["acw: n.csv: broken contract, nothing was scored", "--no-contract"]) {
            assert!(done.err.contains(said), "{broken}: {said}: {}", done.err);
        }
    }
}

#[test]
fn an_old_export_one_from_the_future_and_one_without_days_are_not_fresh() {
    for (today, said) in [
        ("2026-05-25", "the newest day is 2026-05-20; at most 3 days before 2026-05-25 is asked for"),
        ("2026-05-17", "3 rows are of days to come"),
    ] {
        let (_, done) = held_on(today, "freshness: {newest_within: 3 days}", &[]);
        assert_eq!(done.code, 6, "{}", done.err);
        assert!(done.err.contains(said), "{}", done.err);
    }
    let place = Place::new();
    place.write("n.csv", "note\nfine\n");
    place.write("acw.yaml", "contract:\n  freshness: {oldest_within: 3 days}\n");
    let done = place.acw(&["audit", "n.csv"]);
    assert_eq!(done.code, 6);
    assert!(done.err.contains("no day can be read at all"), "{}", done.err);
}

#[test]
fn nothing_is_written_and_no_note_or_customer_shown_where_a_contract_is_broken() {
    let contract =
        "values: {customer: [nobody], note: [nothing], agent_id: [\"600123456\"]}\n  duplicates: {of: customer}";
    let args = ["--report", "pages", "--history", "history.db", "--rejects", "rejects.jsonl"];
    let (place, done) = held(contract, &args);
    assert_eq!((done.code, done.out.as_str()), (6, ""), "{}", done.err);
    assert_eq!(fs::read_dir(place.path("")).unwrap().count(), 2, "the export and acw.yaml");
    assert!(
        !done.err.contains("Ida") && !done.err.contains("bill") && !done.err.contains("kept in the history"),
        "{}",
        done.err
    );
    assert!(done.err.contains("n.csv:2: note n1: what stands there is not allowed"), "{}", done.err);
    let (place, done) = held(contract, &[&args[..], &["--no-contract"]].concat());
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.err.contains("the contract is not looked at, as --no-contract asks for"), "{}", done.err);
    assert!(place.path("pages/index.html").exists() && place.path("history.db").exists());
}

#[test]
fn a_contract_is_about_all_of_the_export_whatever_the_filter_and_from_standard_input_too() {
    let (place, done) = held("rows: {min: 6}\nfilter: {team: North}", &[]);
    assert_eq!(done.code, 0, "{}", done.err);
    let piped = |contract: &str| {
        place.write("acw.yaml", format!("contract: {contract}\n"));
        place.acw_with(&["audit", "-"], EXPORT, 2)
    };
    assert_eq!(piped("{rows: {min: 6}}").code, 0);
    assert_eq!(piped("{rows: {min: 7}}").code, 6);
    // Several files: rows and duplicates are those of all.
    place.write("more/a.csv", "note_id,note\nx,fine\n");
    place.write("more/b.csv", "note_id,note\ny,fine\nx,fine\n");
    place.write("acw.yaml", "contract: {rows: {min: 3}, duplicates: {of: note_id}}\n");
    let done = place.acw(&["audit", "more", "--language", "en"]);
    assert_eq!(done.code, 6, "{}", done.err);
    assert!(done.err.contains("more/b.csv:3: note x: repeats the note_id of more/a.csv:2"), "{}", done.err);
    assert!(!done.err.contains("rows:"), "{}", done.err);
}

#[test]
fn a_file_without_its_note_column_or_without_rows_breaks_the_contract() {
    let place = Place::new();
    place.write("acw.yaml", "contract:\n  columns: [note]\n  rows: {min: 1}\n");
    place.write("empty.csv", "");
    place.write("header.csv", "note,agent_id\n");
    for (file, said) in [
        (fixture("exports/no-note-column.csv"), "no column holds the notes"),
        ("empty.csv".to_owned(), "rows: 0 were read; at least 1 are asked for"),
        ("header.csv".to_owned(), "rows: 0 were read"),
    ] {
        let done = place.acw(&["audit", &file]);
        assert_eq!(done.code, 6, "{}", done.err);
        assert!(done.err.contains(said), "{}", done.err);
    }
    assert_eq!(place.acw(&["audit", "absent.csv"]).code, 3);
}

#[test]
fn first_readings_hold_exports_to_the_contract_and_later_ones_do_not() {
    let (place, _) = held("rows: {min: 7}", &[]);
    for args in [
        &["sample", "draw", "n.csv", "--size", "2", "--out", "drawn"][..],
        &["workshop", "n.csv", "--out", "workshop"],
        &["abbreviations", "n.csv"],
    ] {
        let done = place.acw(args);
        assert_eq!((done.code, done.out.as_str()), (6, ""), "{args:?}: {}", done.err);
    }
    let drawn = place.acw(&["sample", "draw", "n.csv", "--size", "2", "--out", "drawn", "--no-contract"]);
    assert_eq!(drawn.code, 0, "{}", drawn.err);
    assert_eq!(place.acw(&["sample", "show", "drawn"]).code, 0);
}

#[test]
fn the_subcommand_holds_exports_to_the_contract_and_lists_every_row() {
    let place = Place::new();
    let rows: String = (0..30).map(|at| format!("n{at},T{},fine\n", at % 2)).collect();
    place.write("n.csv", format!("note_id,team,note\n{rows}"));
    place.write("acw.yaml", "contract:\n  rows: {min: 5}\n  values: {team: [T0]}\n  empty_notes: 1\n");
    let done = place.acw(&["contract", "n.csv"]);
    assert_eq!(done.code, 6, "{}", done.err);
    assert!(done.out.contains("rows: kept: 30 were read") && done.out.contains("and 10 more"), "{}", done.out);
    assert!(done.out.ends_with("The contract is broken: 1 of 3 clauses, 30 rows read.\n") && done.err.is_empty());
    let json: Value = serde_json::from_str(&place.acw(&["contract", "n.csv", "--format", "json"]).out).unwrap();
    let team = &json["clauses"][2];
    assert_eq!(
        (json["kept"].as_bool(), team["clause"].as_str(), team["against"].as_u64()),
        (Some(false), Some("values.team"), Some(15))
    );
    let done = place.acw(&["contract", "n.csv", "--format", "jsonl"]);
    let lines: Vec<Value> = done.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((done.code, lines.len()), (6, 15));
    assert_eq!(
        lines[0].to_string(),
        r#"{"clause":"values.team","file":"n.csv","line":3,"note":"n1","message":"`T1` is not allowed"}"#
    );
    // What no row breaks stands in the list too.
    place.write("acw.yaml", "contract:\n  rows: {min: 31}\n");
    let done = place.acw(&["contract", "n.csv", "--format", "jsonl"]);
    assert_eq!(
        (done.code, done.out.as_str()),
        (
            6,
            "{\"clause\":\"rows\",\"file\":\"n.csv\",\"line\":null,\"note\":null,\"message\":\"30 were read; at least 31 are asked for\"}\n"
        )
    );
    place.write("acw.yaml", "contract:\n  values: {team: [T0, t1]}\n");
    let done = place.acw(&["contract", "n.csv"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.out.contains("The contract is kept: 1 clauses, 30 rows read."), "{}", done.out);
    assert_eq!(place.acw(&["contract", "n.csv", "--format", "jsonl"]).out, "");
    fs::remove_file(place.path("acw.yaml")).unwrap();
    let done = place.acw(&["contract", "n.csv"]);
    assert_eq!(done.code, 2);
    assert!(done.err.contains("there is no contract"), "{}", done.err);
}

#[test]
fn faults_of_a_contract_have_their_place() {
    for (contract, said) in [
        ("column: [note]", "acw.yaml:2:3:"),
        (
            "columns: [notes]",
            "acw.yaml:2:13: `notes` is no role; did you mean `note`?; a header is written {header: notes}",
        ),
        ("rows: {min: 9, max: 8}", "acw.yaml:2:3: no export has more rows than `max` and fewer than `min`"),
        ("unreadable: some", "acw.yaml:2:15: `some` is no number of rows and no share; write `3` or `2%`"),
    ] {
        let (_, done) = held(contract, &[]);
        assert_eq!(done.code, 4, "{contract}: {}", done.err);
        assert!(done.err.contains(said), "{contract}: {}", done.err);
    }
}
