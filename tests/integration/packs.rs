//! Rules as people use them: their examples, their texts, a folder laid over them.

use crate::support::Place;

#[test]
fn every_example_of_every_rule_holds() {
    let done = Place::new().acw(&["rules", "test"]);
    assert_eq!(done.code, 0, "{}", done.out);
}

#[test]
fn every_rule_speaks_four_languages_and_says_its_consequences() {
    let place = Place::new();
    let list = place.acw(&["rules", "list"]).out;
    let ids: Vec<&str> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(ids.len() >= 30, "{list}");
    for id in ids {
        let shown = place.acw(&["rules", "show", id]).out;
        for language in ["[en]", "[es]", "[fr]", "[zh]"] {
            assert!(shown.contains(language), "{id} has nothing in {language}");
        }
        assert_eq!(shown.matches("who reads it:").count(), 4, "{id}");
        assert_eq!(shown.matches("organisation:").count(), 4, "{id}");
    }
}

#[test]
fn a_folder_adds_a_rule_and_the_configuration_switches_one_off() {
    let place = Place::new();
    place.write("n.csv", "note_id,language,note\n1,en,Customer asked about the zeppelin tour. Idiot called twice.\n");
    place.write("rules/core/house.yaml", "rules:\n  - id: zeppelin\n    category: style\n    severity: minor\n    points: 1\n    readers: [sales]\n    when: {language: [en]}\n    check: {words: {lists: [zeppelins]}}\n    texts:\n      en: {title: Zeppelin, message: 'Say airship, not {text}', customer: a, organisation: b, agent: c, fires: [a zeppelin], spares: [an airship]}\n");
    place.write("rules/lang/en/words/house.yaml", "zeppelins: ['zeppelin*=> airship', 'zeppelin => airship']\n");
    place.write("acw.yaml", "rules: rules\noff: [insult]\n");
    let findings = place.findings(&["n.csv"]);
    let zeppelin = findings.iter().find(|f| f["rule"] == "zeppelin").expect("the rule of the folder runs");
    assert_eq!(zeppelin["message"], "Say airship, not zeppelin");
    assert!(findings.iter().all(|f| f["rule"] != "insult"), "{findings:?}");
    place.write("acw.yaml", "off: [insullt]\n");
    let done = place.acw(&["audit", "n.csv"]);
    assert_eq!(done.code, 4);
    assert!(done.err.contains("did you mean `insult`?"), "{}", done.err);
}

#[test]
fn approved_abbreviations_of_the_company_are_spared() {
    let place = Place::new();
    place.write("n.csv", "note_id,language,note\n1,en,Cust called about the bill. Explained it and cust accepted.\n");
    let count = || place.findings(&["n.csv"]).iter().filter(|f| f["category"] == "abbreviation").count();
    assert_eq!(count(), 2);
    place.write("acw.yaml", "approved: {cust: customer}\n");
    assert_eq!(count(), 0);
}

#[test]
fn explain_tells_what_each_hit_saw_and_why_a_rule_did_not_apply() {
    let place = Place::new();
    let done =
        place.acw(&["explain", "--language", "en", "Customer said he was an idiot. Total moron, called about a bill."]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.out.contains("not the agent's words: he was an idiot."), "{}", done.out);
    assert!(done.out.contains("insult") && done.out.contains("FAILS: ") && done.out.contains("moron"), "{}", done.out);
    assert!(done.out.contains("does not apply"), "{}", done.out);
}

#[test]
fn labelled_notes_are_measured_and_a_fault_in_them_is_named() {
    let place = Place::new();
    let good = r#"{"id": "1", "lang": "en", "disposition": "resolved", "note": "Customer asked about the bill, explained it. Total ⟦disrespect:moron⟧."}"#;
    let missed = r#"{"id": "2", "lang": "en", "disposition": "resolved", "note": "Customer asked about the bill, explained ⟦disrespect:it⟧."}"#;
    place.write("labelled.jsonl", format!("{good}\n{missed}\n"));
    let done = place.acw(&["rules", "measure", "labelled.jsonl"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.out.contains("| disrespect    | 1.00 0.50 0.67 (2) |"), "{}", done.out);
    place.write("broken.jsonl", format!("{good}\n{{\"id\": \"3\", \"lang\": \"en\", \"note\": \"a ⟦mood:b⟧\"}}\n"));
    let done = place.acw(&["rules", "measure", "broken.jsonl"]);
    assert_eq!(done.code, 3);
    assert!(done.err.contains("broken.jsonl:2: `mood` is no category"), "{}", done.err);
}

#[test]
fn a_folder_without_rules_is_told_and_not_passed_over() {
    let place = Place::new();
    place.write("empty/notes.yaml", "a: b\n");
    place.write("n.csv", "note_id,agent_id,note\n1,a,x\n");
    let done = place.acw(&["audit", "n.csv", "--rules", "empty"]);
    assert!(done.code == 4 && done.err.contains("there are no rules in it"), "{}", done.err);
}
