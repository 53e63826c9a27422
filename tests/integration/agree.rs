//! Sheets that reviewers filled, joined to what the program finds.

use serde_json::Value;

use crate::support::{Done, Place};

/// An export of clean notes and of notes with an insult (`I`), by a pattern: note 1, 2, 3…
fn export(place: &Place, pattern: &str) {
    let mut text = String::from("note_id,agent_id,language,started_at,note\n");
    for (at, sign) in pattern.chars().enumerate() {
        let insult = if sign == 'I' { " Total moron." } else { "" };
        text += &format!(
            "N{:02},A1,en,2026-05-{:02},Customer asked about the bill of May and I explained it.{insult}\n",
            at + 1,
            at + 1
        );
    }
    place.write("n.csv", text);
}

/// A sheet of one criterion: one sign a note, `f`, `p`, `-`, or a dot for an empty cell.
fn sheet(criterion: &str, signs: &str) -> String {
    let mut text = format!("note_id,note,{criterion},reviewer,comment\n");
    for (at, sign) in signs.chars().enumerate() {
        let answer = match sign {
            'f' => "fail",
            'p' => "pass",
            '.' => "",
            other => &other.to_string(),
        };
        text += &format!("N{:02},Text,{answer},,\n", at + 1);
    }
    text
}

fn json(place: &Place, args: &[&str]) -> Value {
    let done = agree(place, &[args, &["--format", "json"]].concat());
    assert_eq!(done.code, 0, "{}", done.err);
    serde_json::from_str(&done.out).unwrap()
}

fn agree(place: &Place, args: &[&str]) -> Done {
    place.acw(&[&["agree", "n.csv"], args].concat())
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

#[test]
fn the_tool_is_measured_against_one_reviewer() {
    let place = Place::new();
    export(&place, "IIIIIIII............");
    place.write("ana.csv", sheet("disrespect", "ffffffppfffppppppppp"));
    let done = json(&place, &["--sheet", "ana.csv"]);
    let figures = &done["criteria"][0];
    assert_eq!(figures["criterion"], "disrespect");
    let counts =
        ["true_positives", "false_positives", "false_negatives", "true_negatives"].map(|key| number(&figures[key]));
    assert_eq!(counts, [6.0, 2.0, 3.0, 9.0]);
    // scikit-learn 1.9 gives kappa 0.489796, precision 0.75, recall 0.666667, F1 0.705882; statsmodels 0.15 the Wilson interval.
    assert_eq!((number(&figures["precision"]["value"]), number(&figures["recall"]["value"])), (75.0, 66.67));
    assert_eq!((number(&figures["precision"]["low"]), number(&figures["precision"]["high"])), (40.93, 92.85));
    assert_eq!((number(&figures["f1"]), number(&figures["kappa"]["value"])), (0.7059, 0.4898));
    assert_eq!((number(&figures["pabak"]["value"]), number(&figures["prevalence"]["value"])), (0.5, 45.0));
    assert!(figures["among_reviewers"].is_null() && done["drift"]["reviewers"].as_array().unwrap().is_empty());
    assert_eq!(done["reviewers"][0]["reviewer"], "ana");
    // The rule below the category, confirmed by it.
    let rule = done["rules"].as_array().unwrap().iter().find(|rule| rule["rule"] == "insult").unwrap();
    assert_eq!((&rule["judged"], &rule["confirmed"]), (&Value::from(8), &Value::from(6)));
}

#[test]
fn reviewers_are_measured_against_each_other_and_their_notes_are_talked_about() {
    let place = Place::new();
    export(&place, "II..........");
    place.write("ana.csv", sheet("disrespect", "ffppppppffpp").replacen(",,\n", ",,rude word in 2026\n", 1));
    place.write("ben.csv", sheet("disrespect", "ffpppppppfp."));
    place.write("cleo.csv", sheet("disrespect", "pfpppppppp-."));
    let args = ["--sheet", "ana.csv", "--sheet", "ben.csv", "--sheet", "cleo.csv"];
    let done = json(&place, &args);
    let among = &done["criteria"][0]["among_reviewers"];
    assert_eq!(
        (number(&among["notes"]), number(&among["split"]), number(&among["only_applicability_differs"])),
        (11.0, 3.0, 1.0)
    );
    // The Python package krippendorff 0.9, nominal, of these three rows (n/a as pass).
    assert_eq!(number(&among["alpha"]["value"]), 0.52);
    assert_eq!(number(&among["agreement"]), 81.82);
    let pair = &among["pairs"][0];
    assert_eq!(pair["reviewers"], serde_json::json!(["ana", "ben"]));
    // scikit-learn 1.9, cohen_kappa_score of ana and ben on the eleven notes of both.
    assert_eq!(number(&pair["kappa"]["value"]), 0.7925);
    let talk = done["talk"].as_array().unwrap();
    assert_eq!(talk.iter().map(|talk| talk["note"].as_str().unwrap()).collect::<Vec<_>>(), ["N01", "N09", "N10"]);
    assert_eq!(talk[0]["criteria"][0]["answers"], serde_json::json!({"ana": "fail", "ben": "fail", "cleo": "pass"}));
    assert_eq!(talk[0]["criteria"][0]["tool"][0]["rule"], "insult");
    assert_eq!(talk[0]["comments"][0]["comment"], "rude word in 2026");
    let table = agree(&place, &args).out;
    assert!(table.contains("fail ana, ben; pass cleo; the tool finds insult “Total moron”"), "{table}");
    assert!(table.contains("alpha: bootstrap over notes, seed 1, 2000 draws"), "{table}");
    // Neither the order of the sheets nor the number of threads changes a figure; the seed changes the interval alone.
    let turned = json(&place, &["--sheet", "cleo.csv", "--sheet", "ben.csv", "--sheet", "ana.csv"]);
    assert_eq!(turned["criteria"][0]["kappa"], done["criteria"][0]["kappa"]);
    assert_eq!(turned["criteria"][0]["among_reviewers"]["alpha"], among["alpha"]);
    let seeded = json(&place, &[&args[..], &["--seed", "9"]].concat());
    let alpha = &seeded["criteria"][0]["among_reviewers"]["alpha"];
    assert!(alpha["value"] == among["alpha"]["value"] && alpha != &among["alpha"]);
}

#[test]
fn a_strict_reviewer_is_flagged_and_a_fair_one_is_not() {
    let place = Place::new();
    export(&place, "........................");
    place.write("strict.csv", sheet("judgement", "fpfpfpfpfpfpfpfpfpfpfpfp"));
    place.write("ben.csv", sheet("judgement", "pppppppppppppppppppppppp"));
    place.write("cleo.csv", sheet("judgement", "ppppppppppppppppppppppfp"));
    let done = json(&place, &["--sheet", "strict.csv", "--sheet", "ben.csv", "--sheet", "cleo.csv"]);
    let of = |reviewer: &str| {
        let drifts = done["drift"]["reviewers"].as_array().unwrap();
        drifts.iter().find(|d| d["reviewer"] == reviewer && d["criterion"] == "judgement").unwrap().clone()
    };
    let strict = of("strict");
    assert_eq!((&strict["differs"], &strict["drifts"]), (&Value::from(true), &Value::from(false)));
    // The note on which the two others disagree tells nothing; of 23, eleven are seen by the strict one alone: 2 · 0.5^11.
    assert_eq!((number(&strict["notes"]), number(&strict["stricter"]), number(&strict["milder"])), (23.0, 11.0, 0.0));
    assert_eq!(number(&strict["mcnemar"]["p"]), 0.000_977);
    assert_eq!(of("cleo")["differs"], false);
    // Later half by the start of the contacts: the sheet turned upside down changes nothing.
    let mut lines: Vec<String> = sheet("judgement", "ffffffffffffpppppppppppp").lines().map(str::to_owned).collect();
    lines[1..].reverse();
    place.write("strict.csv", lines.join("\n") + "\n");
    let change = |order: &str| {
        let done = json(&place, &["--sheet", "strict.csv", "--sheet", "ben.csv", "--drift-by", order]);
        number(&done["drift"]["reviewers"][0]["change"]["value"])
    };
    assert_eq!((change("rows"), change("started-at")), (100.0, -100.0));
}

#[test]
fn rules_are_proposed_to_be_retired_and_errors_that_are_never_found_named() {
    let place = Place::new();
    export(&place, "IIIIIIIIIIIIIIII....");
    place.write("ana.csv", sheet("disrespect", "ffpppppppppppppppppp"));
    let done = json(&place, &["--sheet", "ana.csv"]);
    let retired: Vec<&str> = done["retire"].as_array().unwrap().iter().map(|r| r["name"].as_str().unwrap()).collect();
    assert_eq!(retired, ["disrespect", "insult"]);
    let strict = json(&place, &["--sheet", "ana.csv", "--retire-below", "20"]);
    assert!(strict["retire"].as_array().unwrap().is_empty());
    place.write("ana.csv", sheet("insult", "ffffffffffffffffpppp"));
    let done = json(&place, &["--sheet", "ana.csv"]);
    assert!(done["rules"].as_array().unwrap().is_empty(), "the rule is judged itself");
    assert_eq!(done["criteria"][0]["true_positives"], 16);
    place.write("ana.csv", sheet("too-thin", "fppfpppppppppppppppp"));
    let done = json(&place, &["--sheet", "ana.csv"]);
    assert_eq!(
        done["never_found"],
        serde_json::json!([{"criterion": "too-thin", "missed": 2, "notes": ["N01", "N04"]}])
    );
    assert!(agree(&place, &["--sheet", "ana.csv"]).out.contains("too-thin: missed in 2 of 20 judged notes (N01, N04)"));
}

#[test]
fn sheets_come_as_a_workbook_or_in_any_encoding_with_answers_in_four_languages() {
    let place = Place::new();
    export(&place, "I.......");
    let answers = ["sí", "NON", "否", "x", "0", "N/A", "oui", "是"];
    let mut workbook = rust_xlsxwriter::Workbook::new();
    workbook.add_worksheet().write_string(0, 0, "How to fill this in").unwrap();
    let second = workbook.add_worksheet();
    for (column, header) in ["note_id", "reference", "note", "disrespect", "reviewer"].iter().enumerate() {
        second.write_string(3, column as u16, *header).unwrap();
    }
    // A stray cell far away costs nothing.
    second.write_string(900_000, 16_000, "stray").unwrap();
    for (at, answer) in answers.iter().enumerate() {
        let row = at as u32 + 4;
        second.write_string(row, 0, format!("N{:02}", at + 1)).unwrap();
        if *answer == "0" {
            second.write_number(row, 3, 0.0).unwrap();
        } else {
            second.write_string(row, 3, *answer).unwrap();
        }
        second.write_string(row, 4, "Ana").unwrap();
    }
    second.write_string(12, 0, "N99").unwrap();
    second.write_string(12, 3, "fail").unwrap();
    workbook.save(place.path("ana.xlsx")).unwrap();
    let done = json(&place, &["--sheet", "ana.xlsx"]);
    assert_eq!(done["criteria"][0]["answers"], serde_json::json!({"fail": 4, "pass": 3, "not_applicable": 1}));
    let remarks = done["remarks"]["list"].as_array().unwrap();
    assert_eq!(
        (remarks.len(), &remarks[0]["kind"], &remarks[0]["row"]),
        (1, &Value::from("not_in_export"), &Value::from(13))
    );

    let (latin, _, _) = encoding_rs::WINDOWS_1252
        .encode("note_id;note;disrespect;reviewer\nN01;Llamó;sí;Begoña\nN02;Llamó;no;Begoña\n");
    place.write("b.csv", latin);
    let done = json(&place, &["--sheet", "b.csv"]);
    assert_eq!(
        (&done["reviewers"][0]["reviewer"], &done["criteria"][0]["true_positives"]),
        (&Value::from("Begoña"), &Value::from(1))
    );
}

#[test]
fn nothing_of_a_sheet_is_lost_silently() {
    let place = Place::new();
    export(&place, "I.");
    place.write(
        "ana.csv",
        "note_id,note,disrespect,mood,reviewer\nN01,T,fail,,Ana\nN01,T,pass,,ana\nN02,T,perhaps,good,Ana\nN77,T,fail,,Ana\n,T,fail,,Ana\n",
    );
    let done = agree(&place, &["--sheet", "ana.csv"]);
    assert_eq!(done.code, 0, "{}", done.err);
    for told in [
        "ana.csv, row 1, column `mood`: ",
        "ana.csv, row 3, column `disrespect`, note N01: ana said `fail` before and says `pass` now",
        "ana.csv, row 4, column `disrespect`, note N02: `perhaps` is no answer",
        "ana.csv, row 5, note N77: the note does not stand in the export",
        "ana.csv, row 6: the row names no note",
    ] {
        assert!(done.err.contains(told), "{told}\n{}", done.err);
    }
    assert_eq!(done.err.matches("  help: ").count(), 5);
    let counts = json(&place, &["--sheet", "ana.csv"])["remarks"]["counts"].clone();
    let expected = serde_json::json!({"unknown_answer": 1, "unknown_column": 1, "no_note": 1, "answered_twice": 1, "not_in_export": 1});
    assert_eq!(counts, expected);
}

#[test]
fn sheets_that_cannot_be_used_end_with_the_code_of_the_input() {
    let place = Place::new();
    export(&place, "I.");
    let refused = |content: &[u8], args: &[&str]| {
        place.write("s.csv", content);
        let done = agree(&place, &[&["--sheet", "s.csv"], args].concat());
        assert_eq!((done.code, done.out.as_str()), (3, ""), "{}", done.err);
        done.err
    };
    assert!(refused(b"note_id,mood\nN01,fail\n", &[]).contains("no column is a criterion"));
    assert!(refused(b"note_id,disrespect\nN77,fail\n", &[]).contains("no row with an answer is a note of the export"));
    assert!(refused(b"PK\x03\x04\0\0\0", &[]).contains("the workbook cannot be read"));
    place.write("m.json", "{\"kind\": \"lucky\"}");
    assert!(
        refused(b"note_id,disrespect\nN01,fail\n", &["--manifest", "m.json"])
            .contains("m.json: no manifest of a sample")
    );
}

#[test]
fn a_manifest_gives_weights_and_a_biased_sample_is_refused() {
    let place = Place::new();
    export(&place, "II..");
    place.write("ana.csv", sheet("disrespect", "fppf"));
    let manifest = |kind: &str, representative: bool, weights: [&str; 5]| {
        let notes: Vec<String> = weights
            .iter()
            .enumerate()
            .map(|(at, w)| format!(r#"{{"note": "N{:02}", "weight": {w}}}"#, at + 1))
            .collect();
        let text = format!(
            r#"{{"acw": "0", "rules": "old", "kind": "{kind}", "representative": {representative}, "notes": [{}]}}"#,
            notes.join(", ")
        );
        place.write("manifest.json", text);
        json(&place, &["--sheet", "ana.csv", "--manifest", "manifest.json"])
    };
    let done = manifest("stratified", true, ["10", "10", "30", "50", "50"]);
    let population = &done["criteria"][0]["population"];
    // By hand: (10 + 50) of 100 notes have the error, 10 of the 20 found are right, 10 of the 60 with an error are found.
    let values = ["prevalence", "precision", "recall"].map(|key| number(&population[key]["value"]));
    assert_eq!(values, [60.0, 50.0, 16.67]);
    assert_eq!(
        (&done["run"]["sample"]["not_judged"], &done["run"]["sample"]["same_rules"]),
        (&Value::from(1), &Value::from(false))
    );
    let done = manifest("risk_based", false, ["1"; 5]);
    assert!(done["criteria"][0]["population"].is_null());
    assert!(done["run"]["population_refused"].as_str().unwrap().contains("the sample is risk_based"));
    let table = agree(&place, &["--sheet", "ana.csv"]).out;
    assert!(table.contains("No figures of the population: no --manifest tells"), "{table}");
}

#[test]
fn nothing_secret_leaves_with_the_notes_to_talk_about() {
    let place = Place::new();
    place.write(
        "n.csv",
        "note_id,language,note\n1,en,Customer paid with card 4111 1111 1111 1111 for the bill.\n2,en,Customer asked about the bill. Word of the day is Maple22.\n",
    );
    for (name, answers) in [("ana", ["fail", "fail"]), ("ben", ["pass", "pass"])] {
        let rows: String = (0..2)
            .map(|at| format!("{},T,{},{name},card 4111 1111 1111 1111 and Maple22\n", at + 1, answers[at]))
            .collect();
        place.write(&format!("{name}.csv"), format!("note_id,note,sensitive,reviewer,comment\n{rows}"));
    }
    let args = ["--sheet", "ana.csv", "--sheet", "ben.csv"];
    let table = agree(&place, &args).out;
    let object = json(&place, &args).to_string();
    for text in [&table, &object] {
        assert!(!text.contains("4111 1111") && !text.contains("Maple22"), "{text}");
    }
    assert!(table.contains("•••• •••• •••• 1111") && table.contains("not shown"), "{table}");
}
