//! Disputes and waivers change the score, and are never lost.

use serde_json::Value;

use crate::support::Place;

const NOTES: &str = "note_id,agent_id,agent_name,customer,language,channel,call_type,disposition,case_id,note\n\
    N-1,A1,Una Prewitt,Orla Benn,en,phone,complaint,resolved,CS-100200,Customer Orla Benn called about bill CS-100200. The lovely lady got her refund of 20 EUR. She confirmed it.\n\
    N-2,A2,,,en,phone,complaint,resolved,CS-100201,Customer called about bill CS-100201. Refunded 20 EUR. He confirmed it.\n";

fn finding(place: &Place, export: &str) -> Value {
    let findings = place.findings(&[export]);
    findings.into_iter().find(|f| f["note"] == "N-1" && f["category"] == "judgement").expect("praise is found")
}

fn score(place: &Place) -> f64 {
    let done = place.acw(&["audit", "n.csv", "--format", "json"]);
    let report: Value = serde_json::from_str(&done.out).unwrap();
    report["agents"][0]["score"]["value"].as_f64().unwrap()
}

#[test]
fn a_fingerprint_survives_row_order_and_other_columns() {
    let place = Place::new();
    place.write("n.csv", NOTES);
    let lines: Vec<&str> = NOTES.lines().collect();
    place.write("turned.csv", format!("{}\n{}\n{}\n", lines[0], lines[2], lines[1]));
    place.write("more.csv", NOTES.replace(",channel,", ",channel_name,").replace(",phone,", ",voice,"));
    let first = finding(&place, "n.csv")["fingerprint"].clone();
    assert_eq!(first.as_str().unwrap().len(), 16);
    assert_eq!(finding(&place, "turned.csv")["fingerprint"], first);
    assert_eq!(finding(&place, "more.csv")["fingerprint"], first);
}

#[test]
fn an_accepted_dispute_changes_the_score_and_becomes_an_example_without_its_people() {
    let place = Place::new();
    place.write("n.csv", NOTES);
    let found = finding(&place, "n.csv");
    let (id, rule) = (found["fingerprint"].as_str().unwrap(), found["rule"].as_str().unwrap());
    let before = score(&place);

    let refused = place.acw(&["dispute", "accept", id, "--by", "Lead", "--why", "agreed"]);
    assert_eq!(refused.code, 2, "what is not disputed cannot be accepted");
    let opened =
        place.acw(&["dispute", "open", id, "n.csv", "--by", "A1", "--why", "she is the Lovely of the firm's name"]);
    assert_eq!(opened.code, 0, "{}", opened.err);
    assert_eq!(score(&place), before, "a dispute alone changes nothing");
    assert_eq!(finding(&place, "n.csv")["standing"], "disputed");

    let accepted =
        place.acw(&["dispute", "accept", id, "n.csv", "--by", "Lead", "--why", "agreed", "--as-example", "house"]);
    assert_eq!(accepted.code, 0, "{}", accepted.err);
    assert!(score(&place) > before);
    let said = place.acw(&["audit", "n.csv"]).out;
    assert!(said.contains("1 overturned"), "{said}");
    let example = std::fs::read_to_string(place.path(&format!("house/lang/en/examples/{rule}.yaml"))).unwrap();
    assert!(example.contains("lovely") && !example.contains("Benn") && !example.contains("100200"), "{example}");
    let test = place.acw(&["rules", "test", rule, "--rules", "house"]);
    assert_eq!(test.code, 1, "the rule does not spare it yet: {}", test.out);
    place.write("house/lang/en/words/house.yaml", "judgement_spared+: [lovely lady]\n");
    assert_eq!(place.acw(&["rules", "test", rule, "--rules", "house"]).code, 0);

    let rejected = place.acw(&["dispute", "reject", id, "--by", "Lead", "--why", "looked again"]);
    assert_eq!(rejected.code, 0, "{}", rejected.err);
    assert_eq!(score(&place), before, "the last word counts");
    let list = place.acw(&["dispute", "list"]).out;
    assert_eq!(list.lines().count(), 3, "nothing is rewritten: {list}");
}

#[test]
fn a_waiver_holds_until_its_day_and_an_expired_one_is_told() {
    let place = Place::new();
    place.write("n.csv", NOTES);
    let rule = finding(&place, "n.csv")["rule"].as_str().unwrap().to_owned();
    let before = score(&place);
    let waive = |until: &str| {
        let done = place.acw(&[
            "dispute", "waive", "--rule", &rule, "--agent", "A1", "--owner", "Lead", "--until", until, "--why", "pilot",
        ]);
        assert_eq!(done.code, 0, "{}", done.err);
    };
    place.write(
        "acw-decisions.yaml",
        format!("- {{waive: {{rule: {rule}}}, owner: Lead, until: 2020-01-31, on: 2020-01-01, why: pilot}}\n"),
    );
    assert_eq!(score(&place), before);
    assert!(place.acw(&["audit", "n.csv"]).out.contains("expired on 2020-01-31"));
    waive("2999-12-31");
    assert!(score(&place) > before);
}

#[test]
fn a_decision_that_meets_nothing_and_a_broken_file_are_told() {
    let place = Place::new();
    place.write("n.csv", NOTES);
    place.write(
        "d.yaml",
        "- {dispute: \"00000000000000aa\", note: N-9, rule: insult, by: A1, on: 2026-06-01, why: gone}\n",
    );
    let done = place.acw(&["audit", "n.csv", "--decisions", "d.yaml"]);
    assert!(done.out.contains("insult in note N-9"), "{}", done.out);
    for (text, told) in [
        ("- {waive: {rule: insullt}, owner: L, until: 2026-06-01, on: 2026-06-01, why: x}\n", "did you mean `insult`?"),
        ("- {waive: {rule: insult}, on: 2026-06-01, why: x}\n", "an owner and an end"),
        ("- {dispute: \"aa\", by: L, on: 2026-06-01, why: x}\n", "no fingerprint"),
        ("- {on: 2026-06-01, why: x}\n", "decides one thing"),
    ] {
        place.write("d.yaml", text);
        let done = place.acw(&["audit", "n.csv", "--decisions", "d.yaml"]);
        assert_eq!(done.code, 4, "{text}");
        assert!(done.err.contains(told) && done.err.contains("d.yaml:1"), "{}", done.err);
    }
    assert_eq!(place.acw(&["audit", "n.csv", "--decisions", "absent.yaml"]).code, 4);
}

#[test]
fn waivers_of_the_settings_do_what_those_of_the_file_do() {
    let place = Place::new();
    place.write("n.csv", NOTES);
    let found = finding(&place, "n.csv");
    let (rule, before) = (found["rule"].as_str().unwrap().to_owned(), score(&place));
    let waive = |what: &str, expires: &str| {
        let waiver = format!("  - {{{what}, reason: pilot, owner: Lead, expires: {expires}}}\n");
        place.write("acw.yaml", format!("target: 90\nwaivers:\n{waiver}"));
    };
    for what in [
        format!("rule: {rule}"),
        format!("rule: {rule}, agents: A1, notes: [N-1]"),
        format!("category: {}", found["category"].as_str().unwrap()),
    ] {
        waive(&what, "2999-12-31");
        assert!(score(&place) > before, "{what}");
        let said = place.acw(&["audit", "n.csv"]).out;
        assert!(said.contains("1 waived") && !said.contains("nothing that is found here"), "{what}: {said}");
    }
    // Idle and expired ones are told with their place, by `acw check` too.
    for (what, expires, said) in [
        (format!("rule: {rule}, agents: [A2]"), "2999-12-31", "by Lead (acw.yaml:3) is for nothing that is found here"),
        (format!("rule: {rule}, from: 2026-05-01"), "2999-12-31", "is for nothing that is found here"),
        (format!("rule: {rule}"), "2020-01-31", "by Lead (acw.yaml:3) expired on 2020-01-31; it counts again"),
        ("category: judgement".to_owned(), "2020-01-31", "the waiver of the category `judgement` by Lead"),
    ] {
        waive(&what, expires);
        assert_eq!(score(&place), before, "{what}");
        for command in ["audit", "check"] {
            let done = place.acw(&[command, "n.csv"]);
            assert!(done.out.contains(said), "{command}, {what}: {}", done.out);
        }
    }
    let list = place.acw(&["dispute", "list"]).out;
    assert!(list.starts_with("acw.yaml:3  waived    category judgement until 2020-01-31  Lead: pilot"), "{list}");
    waive("rule: insullt", "2999-12-31");
    let done = place.acw(&["check", "n.csv"]);
    assert!(
        done.code == 4 && done.err.contains("acw.yaml:3:") && done.err.contains("did you mean `insult`?"),
        "{}",
        done.err
    );
}

#[test]
fn the_gate_and_the_settings_in_a_history_heed_waivers_of_the_settings() {
    let place = Place::new();
    place.write("n.csv", NOTES);
    let gate = "gate: {notes: {judgement: 0}}\n";
    place.write("acw.yaml", gate);
    assert_eq!(place.acw(&["check", "n.csv"]).code, 1);
    let keep = || assert_eq!(place.acw(&["audit", "n.csv", "--history", "h.db", "--quiet"]).code, 0);
    keep();
    let waiver = "waivers: [{category: judgement, reason: pilot, owner: Lead, expires: 2999-12-31}]\n";
    place.write("acw.yaml", format!("{gate}{waiver}"));
    let done = place.acw(&["check", "n.csv"]);
    assert_eq!(done.code, 0, "{}", done.out);
    let grown = place.acw(&["check", "n.csv", "--baseline", "known.jsonl", "--grow-baseline"]);
    assert_eq!(grown.code, 0, "{}", grown.err);
    let known = std::fs::read_to_string(place.path("known.jsonl")).unwrap();
    assert!(!known.contains("judgement"), "what is waived is not known besides: {known}");
    keep();
    let runs = place.acw(&["history", "runs", "h.db", "--format", "json"]).out;
    let runs: Value = serde_json::from_str(&runs).unwrap();
    let judged: Vec<&Value> = runs["runs"].as_array().unwrap().iter().map(|run| &run["ruleset"]["settings"]).collect();
    assert!(judged.len() == 2 && judged[0] != judged[1], "{judged:?}");
}

/// What nobody stands behind would make the file one that no command reads any more.
#[test]
fn a_decision_without_a_name_or_a_reason_is_not_written() {
    let place = Place::new();
    place.write("n.csv", NOTES);
    let found = finding(&place, "n.csv");
    let (id, rule) = (found["fingerprint"].as_str().unwrap(), found["rule"].as_str().unwrap());
    for args in [
        &["dispute", "open", id, "n.csv", "--by", " ", "--why", "w"][..],
        &["dispute", "open", id, "n.csv", "--by", "A1", "--why", ""],
        &["dispute", "waive", "--rule", rule, "--owner", "", "--until", "2099-01-01", "--why", "w"],
        &["dispute", "waive", "--rule", rule, "--owner", "Lead", "--until", "2099-01-01", "--why", " "],
        &["dispute", "waive", "--rule", rule, "--owner", "Lead", "--until", "2020-01-01", "--why", "w"],
    ] {
        assert_eq!(place.acw(args).code, 2, "{args:?}");
    }
    assert!(!place.path("acw-decisions.yaml").exists());
    let waive =
        ["dispute", "waive", "--rule", rule, "--note", "N-1", "--owner", "Lead", "--until", "2099-01-01", "--why", "w"];
    assert_eq!(place.acw(&waive).code, 0);
    let listed = place.acw(&["dispute", "list"]).out;
    assert!(listed.contains(&format!("rule {rule}, note N-1 until 2099-01-01")), "{listed}");
}

/// The settings may name the file before there is anything to decide.
#[test]
fn a_file_of_decisions_that_the_settings_name_need_not_be_there_yet() {
    let place = Place::new();
    place.write("n.csv", NOTES);
    place.write("acw.yaml", "decisions: d.yaml\n");
    let done = place.acw(&["audit", "n.csv"]);
    assert!(done.code == 0 && done.err.contains("d.yaml: there is no such file yet"), "{}", done.err);
    let named = place.acw(&["audit", "n.csv", "--decisions", "e.yaml"]);
    assert_eq!(named.code, 4, "{}", named.err);
}
