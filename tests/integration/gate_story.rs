//! The life of a gate, told in one folder and through the binary: known errors, new ones, fixed ones, suppressed ones.

use crate::support::{Done, Place};

const GOOD: &str = "Customer called about a double charge on invoice 55-1001. Explained the refund, refunded 20 EUR. Resolved, customer agreed.";
const RUDE: &str = "Customer called about a double charge on invoice 55-1001. Explained the refund to this idiot, refunded 20 EUR. Resolved.";

/// Four notes, of which those are rude.
fn export(place: &Place, rude: &[u32]) {
    let mut text = String::from("note_id,agent_id,language,disposition,case_id,note\n");
    for id in 1..=4 {
        let note = if rude.contains(&id) { RUDE } else { GOOD };
        // An agent each, or the notes would be pasted paragraphs of one.
        text += &format!("{id},A{id},en,resolved,55-1001,\"{note}\"\n");
    }
    place.write("n.csv", text);
}

fn check(place: &Place, more: &[&str]) -> Done {
    place.acw(&[&["check", "n.csv"], more].concat())
}

#[test]
fn a_gate_lives_from_its_first_failure_to_an_expired_suppression() {
    let place = Place::new();
    place.write("acw.yaml", "gate: {notes: {disrespect: 0}}\n");
    let known = || std::fs::read_to_string(place.path("known.jsonl")).unwrap();
    let with = |more: &[&str]| check(&place, &[&["--baseline", "known.jsonl"], more].concat());

    export(&place, &[1]);
    let first = check(&place, &[]);
    assert!(first.code == 1 && first.out.contains("n.csv:2") && first.out.contains("Gate not met"), "{}", first.out);

    let grown = with(&["--grow-baseline"]);
    assert!(grown.code == 0 && known().contains("insult"), "{}{}", grown.out, grown.err);
    let passes = with(&[]);
    assert!(passes.code == 0 && passes.out.contains("1 known findings, 0 new, 0 fixed"), "{}", passes.out);

    export(&place, &[1, 3]);
    let caught = with(&[]);
    assert_eq!(caught.code, 1, "{}", caught.out);
    assert!(caught.out.contains("n.csv:4: critical disrespect/insult"), "the new one is named: {}", caught.out);
    assert!(!caught.out.contains("n.csv:2:"), "the known one is not: {}", caught.out);
    assert!(caught.out.contains("1 known findings, 1 new, 0 fixed"), "{}", caught.out);

    export(&place, &[]);
    let fixed = with(&[]);
    assert!(fixed.code == 0 && fixed.out.contains("fixed  insult in note 1"), "{}", fixed.out);
    let shrunk = with(&["--shrink-baseline"]);
    assert!(shrunk.code == 0 && !known().contains("insult"), "{}", known());

    export(&place, &[1]);
    let back = with(&[]);
    assert!(back.code == 1 && back.out.contains("n.csv:2: critical disrespect/insult"), "{}", back.out);

    let waived = place.acw(&[
        "dispute",
        "waive",
        "--rule",
        "insult",
        "--note",
        "1",
        "--owner",
        "QA lead",
        "--until",
        "2999-12-31",
        "--why",
        "quoted",
    ]);
    assert_eq!(waived.code, 0, "{}", waived.err);
    let silent = with(&[]);
    assert!(silent.code == 0 && !silent.out.contains("disrespect/insult"), "{}", silent.out);

    // Time goes by.
    let decisions = std::fs::read_to_string(place.path("acw-decisions.yaml")).unwrap();
    place.write("acw-decisions.yaml", decisions.replace("2999-12-31", "2020-12-31"));
    let expired = with(&[]);
    assert_eq!(expired.code, 1, "{}", expired.out);
    assert!(expired.out.contains("n.csv:2: critical disrespect/insult"), "{}", expired.out);
    assert!(expired.out.contains("2020-12-31"), "the expired waiver is told: {}", expired.out);
}
