//! What rule owners do with their rules: lint, coverage, schemas, packs, profiles, proposals.

use serde_json::Value;

use crate::support::{Place, fixture, root};

#[test]
fn the_built_in_rules_are_well_formed_and_no_entry_is_idle() {
    let done = Place::new().acw(&["rules", "lint"]);
    assert_eq!(done.code, 0, "{}", done.out);
}

#[test]
fn lint_tells_what_finds_nothing_new_and_what_nobody_asks_for() {
    let place = Place::new();
    place.write("p/lang/en/words/house.yaml", "insults+: ['(big )?twerpish', twerpish]\nforgotten: [x]\n");
    let done = place.acw(&["rules", "lint", "--rules", "p"]);
    assert_eq!(done.code, 1);
    assert!(done.out.contains("`twerpish` finds nothing that `(big )?twerpish` does not"), "{}", done.out);
    assert!(done.out.contains("no rule and no list asks for `forgotten`"), "{}", done.out);
    assert!(done.out.contains("house.yaml:2:"), "{}", done.out);
}

#[test]
fn coverage_shows_entries_that_no_example_reaches() {
    let place = Place::new();
    place.write("p/lang/en/words/house.yaml", "insults+: [twerpish]\n");
    let done = place.acw(&["rules", "coverage", "--rules", "p", "--language", "en", "--list", "insults"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.out.lines().any(|line| line == "en\tinsults\ttwerpish"), "{}", done.out);
    let done = place.acw(&["rules", "coverage", "--language", "en"]);
    assert!(done.out.contains("entries reached") && !done.out.contains("no note makes"), "{}", done.out);
}

/// Rewrites the schemas where the environment says `SNAPSHOTS=overwrite`.
#[test]
fn the_schemas_of_rule_files_and_settings_are_in_step_with_the_types_that_read_them() {
    for kind in ["rules", "words", "texts", "language", "profile", "scorecard", "preset", "pack", "config"] {
        let asked = if kind == "config" { vec!["config", "schema"] } else { vec!["rules", "schema", kind] };
        let printed = Place::new().acw(&asked).out;
        let file = root().join(format!("rules/schema/{kind}.json"));
        if std::env::var("SNAPSHOTS").as_deref() == Ok("overwrite") {
            std::fs::write(&file, &printed).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&file).unwrap(), printed, "run the tests with SNAPSHOTS=overwrite");
        let schema: Value = serde_json::from_str(&printed).unwrap();
        assert!(schema["$schema"].as_str().is_some_and(|s| s.contains("2020-12")), "{kind}");
    }
}

#[test]
fn the_example_pack_adds_takes_weighs_and_switches() {
    let notes = fixture("packs/meridian/notes.csv");
    let pack = fixture("packs/meridian");
    let place = Place::new();
    let found = |args: &[&str]| -> Vec<(String, String, u64)> {
        let text = |f: &Value, key: &str| f[key].as_str().unwrap().to_owned();
        let findings = place.findings(args).into_iter();
        findings.map(|f| (text(&f, "note"), text(&f, "rule"), f["points"].as_u64().unwrap())).collect()
    };
    let has = |found: &[(String, String, u64)], note: &str, rule: &str| {
        found.iter().find(|f| f.0 == note && f.1 == rule).map(|f| f.2)
    };
    let (plain, packed) = (found(&[&notes]), found(&[&notes, "--rules", &pack]));
    // Approved by the company; its reference has a wrong check digit; its old product; no talk about praise.
    assert!(has(&plain, "M-1", "unapproved-abbreviation").is_some());
    assert_eq!(has(&packed, "M-1", "unapproved-abbreviation"), None);
    assert_eq!((has(&plain, "M-2", "malformed-reference"), has(&packed, "M-1", "malformed-reference")), (None, None));
    assert_eq!(has(&packed, "M-2", "malformed-reference"), Some(10));
    assert_eq!((has(&plain, "M-3", "retired-product"), has(&packed, "M-3", "retired-product")), (None, Some(2)));
    assert_eq!(
        (has(&plain, "M-4", "missing-next-step"), has(&packed, "M-4", "missing-next-step")),
        (Some(10), Some(20))
    );
    assert!(has(&plain, "M-6", "praise").is_some() && has(&packed, "M-6", "praise").is_none());
    let tested = place.acw(&["rules", "test", "--rules", &pack]);
    assert_eq!(tested.code, 0, "{}", tested.out);
}

#[test]
fn packs_extend_packs_and_their_faults_have_a_place() {
    let place = Place::new();
    place.write("n.csv", "note_id,language,note\n1,en,Cust and rep spoke about the bill of May. Explained it.\n");
    place.write("group/lang/en/words/w.yaml", "approved+: {cust: customer}\n");
    place.write("site/pack.yaml", "extends: [../group]\n");
    place.write("site/lang/en/words/w.yaml", "approved+: {rep: representative}\n");
    place.write("group/pack.yaml", "extends: [built-in]\n");
    let shorthand = |rules: &str| {
        place.findings(&["n.csv", "--rules", rules]).iter().filter(|f| f["category"] == "abbreviation").count()
    };
    assert_eq!((shorthand("group"), shorthand("site")), (1, 0));
    let fault = |yaml: &str| {
        place.write("bad/pack.yaml", yaml);
        let done = place.acw(&["rules", "list", "--rules", "bad"]);
        assert_eq!(done.code, 4, "{}", done.out);
        done.err
    };
    assert!(fault("extends: [../nowhere]\n").contains("`../nowhere` is no folder of rules"));
    assert!(fault("extends: [../bad]\n").contains("extends this pack itself"));
    assert!(fault("change: {praize: {off: true}}\n").contains("did you mean `praise`?"));
    assert!(fault("change:\n  praise: {of: true}\n").contains("did you mean `off`?"));
    assert!(fault("extends: []\n").contains("no rules or no languages"));
    place.write("bad/pack.yaml", "");
    place.write("bad/lang/en/words/a.yaml", "mine: [a]\n");
    place.write("bad/lang/en/words/b.yaml", "mine: [b]\n");
    let done = place.acw(&["rules", "list", "--rules", "bad"]);
    assert!(done.err.contains("the list `mine` is also in"), "{}", done.err);
}

#[test]
fn a_profile_decides_which_rules_apply_to_a_kind_of_contact() {
    let place = Place::new();
    let note = "Customer asked about the new plan. Explained it and he will think about it.";
    place.write("n.csv", format!("note_id,language,call_type,note\n1,en,sales,{note}\n2,en,inquiry,{note}\n"));
    let findings = place.findings(&["n.csv"]);
    let budget = |id: &str| findings.iter().any(|f| f["note"] == id && f["rule"] == "missing-budget");
    assert!(budget("1") && !budget("2"));
    // What the configuration switches off, no profile switches on.
    place.write("acw.yaml", "off: [missing-budget]\n");
    assert!(place.findings(&["n.csv"]).iter().all(|f| f["rule"] != "missing-budget"));
}

#[test]
fn a_fifth_language_is_a_folder_of_yaml() {
    let pack = fixture("packs/portuguese");
    let place = Place::new();
    let done = place.acw(&["rules", "test", "--rules", &pack]);
    assert_eq!(done.code, 0, "{}", done.out);
    place.write("n.csv", "note_id,language,note\n1,pt,\"Cliente pediu segunda via da fatura de maio. Idiota, não leu o e-mail. Enviada por e-mail.\"\n");
    let findings = place.findings(&["n.csv", "--rules", &pack]);
    assert!(findings.iter().any(|f| f["category"] == "disrespect" && f["text"] == "Idiota"), "{findings:?}");
}

#[test]
fn the_same_paragraph_in_many_notes_of_an_agent_is_found_also_on_standard_input() {
    let place = Place::new();
    let pasted = "Customer called about the service. Explained the terms of the contract in full. Customer agreed and thanked us.";
    let own = "Customer called about the bill of May. Explained the fee of 3 EUR for order 55-2201. Customer agreed and thanked us.";
    let mut export = String::from("note_id,agent_id,language,note\n");
    for (id, agent, note) in [(1, "A", pasted), (2, "A", own), (3, "A", pasted), (4, "A", pasted), (5, "B", pasted)] {
        export += &format!("{id},{agent},en,{note}\n");
    }
    let done = place.acw_with(&["audit", "-", "--format", "jsonl"], &export, 2);
    assert_eq!(done.code, 0, "{}", done.err);
    let found: Vec<Value> = done.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let pasted: Vec<&Value> = found.iter().filter(|f| f["rule"] == "pasted-paragraph").map(|f| &f["note"]).collect();
    assert_eq!(pasted, ["1", "3", "4"]);
    place.write("n.csv", &export);
    let file = place.acw_with(&["audit", "n.csv", "--format", "jsonl"], "", 1);
    assert_eq!(file.out, done.out);
}

#[test]
fn unapproved_forms_are_proposed_by_frequency_with_masked_examples() {
    let place = Place::new();
    let mut export = String::from("note_id,agent_id,language,note\n");
    for id in 0..3 {
        export += &format!("{id},A{id},en,Cust gave card 4111 1111 1111 1111 and asked about the bill.\n");
    }
    place.write("n.csv", &export);
    let done = place.acw(&["abbreviations", "n.csv"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.out.contains("\"cust\": \"customer\"  # 3 notes, 3 agents"), "{}", done.out);
    assert!(!done.out.contains("4111 1111"), "{}", done.out);
    place.write("acw.yaml", &done.out);
    let findings = place.findings(&["n.csv"]);
    assert!(findings.iter().all(|f| f["category"] != "abbreviation"), "the proposal can be taken as it is");
}

#[test]
fn a_slip_of_the_finger_hides_no_insult_and_makes_none() {
    let place = Place::new();
    place.write("n.csv", "note_id,language,note\n1,en,This idoit called about the bill. Explained it.\n2,en,Panel is beeping. Explained the idioms of it.\n");
    let findings = place.findings(&["n.csv"]);
    let insulted: Vec<&Value> = findings.iter().filter(|f| f["category"] == "disrespect").map(|f| &f["note"]).collect();
    assert_eq!(insulted, ["1"]);
}

#[test]
fn a_rule_whose_lists_are_misspelt_fails_its_own_examples() {
    let place = Place::new();
    let rule = |list: &str| {
        format!(
            "rules:\n  - id: x-rule\n    category: judgement\n    severity: minor\n    points: 1\n    readers: [legal]\n    check: {{words: {{lists: [{list}]}}}}\n    texts:\n      en: {{title: T, message: M, customer: C, organisation: O, agent: A, fires: [Lifetime warranty given.], spares: [No.]}}\n"
        )
    };
    place.write("p/lang/en/words/x.yaml", "warranty_promises: [lifetime warranty]\n");
    for (list, code, said) in
        [("warranty_promises", 0, "2 examples, 0 failed"), ("warranty_promisses", 1, "x-rule [en] must fire")]
    {
        place.write("p/core/x.yaml", rule(list));
        let done = place.acw(&["rules", "test", "x-rule", "--rules", "p"]);
        assert!(done.code == code && done.out.contains(said), "{list}: {}{}", done.out, done.err);
    }
}
