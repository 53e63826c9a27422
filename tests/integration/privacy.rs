//! Planted secrets are looked for in everything that is printed or written.

use std::path::Path;

use crate::support::{Place, text_of};

const SECRETS: [&str; 6] =
    ["4111 1111 1111 1111", "Maple!2291x", "GB29NWBK60161331926819", "11010519491231002X", "CVV9431", "737"];

#[test]
fn no_output_shows_a_secret() {
    let place = Place::new();
    place.write(
        "n.csv",
        "note_id,agent_id,language,disposition,note\n\
         1,A,en,resolved,\"Customer asked to pay. Card 4111 1111 1111 1111 CVV 737, password: Maple!2291x, IBAN GB29NWBK60161331926819. Paid, idiot.\"\n\
         2,A,zh,resolved,\"客户来电，身份证11010519491231002X，已处理，客户满意。\"\n\
         3,A,en,resolved,\"Customer asked to pay, CVV9431 taken, paid.\"\n",
    );
    let rules: Vec<String> =
        place.findings(&["n.csv"]).iter().map(|f| f["rule"].as_str().unwrap().to_owned()).collect();
    for rule in ["card-number", "security-code", "password", "bank-account", "national-id"] {
        assert!(rules.iter().any(|r| r == rule), "{rule} not in {rules:?}");
    }
    let mut outputs = Vec::new();
    for format in ["jsonl", "terminal"] {
        let done = place.acw(&["audit", "n.csv", "--format", format, "--report", "pages"]);
        assert_eq!(done.code, 0, "{}", done.err);
        outputs.push((format.to_owned(), done.out + &done.err));
        read_folder(&place.path("pages"), &mut outputs);
    }
    for (name, text) in outputs {
        for secret in SECRETS {
            // Three digits can stand in a page by chance; a CVV would stand beside its name.
            let shown = if secret == "737" { text.contains("CVV 737") } else { text.contains(secret) };
            assert!(!shown, "{secret} is shown in {name}");
        }
    }
}

#[test]
fn a_secret_whose_finding_is_waived_stays_masked() {
    let place = Place::new();
    place.write(
        "n.csv",
        "note_id,agent_id,language,note\n1,A,en,\"Cust locked out, password: Maple!2291x. Explained it.\"\n",
    );
    let waiver = "- {waive: {rule: password}, owner: Lead, until: 2999-12-31, on: 2026-06-03, why: pilot}\n";
    place.write("acw-decisions.yaml", waiver);
    assert!(place.findings(&["n.csv"]).iter().all(|f| f["rule"] != "password"), "the waiver is in force");
    let mut outputs = Vec::new();
    let runs: [&[&str]; 4] = [
        &["audit", "n.csv", "--report", "pages"],
        &["abbreviations", "n.csv", "--min", "1"],
        &["sample", "draw", "n.csv", "--size", "1", "--format", "csv", "--out", "sample"],
        &["sample", "show", "sample"],
    ];
    for run in runs {
        let done = place.acw(run);
        assert_eq!(done.code, 0, "{}", done.err);
        outputs.push((run[..2].join(" "), done.out));
    }
    read_folder(&place.path("pages"), &mut outputs);
    read_folder(&place.path("sample"), &mut outputs);
    let showing = outputs.iter().filter(|(_, text)| text.contains("locked out")).count();
    assert!(showing >= 3, "the note itself stands on its page, in the sheet and among the examples");
    for (name, text) in outputs {
        assert!(!text.contains("Maple"), "the password is shown in {name}");
    }
}

#[test]
fn notes_stand_in_full_only_where_it_was_asked_for() {
    let place = Place::new();
    place.write(
        "n.csv",
        "note_id,agent_id,language,disposition,note\n\
         1,A,en,resolved,\"Customer asked to pay. Card 4111 1111 1111 1111, password: Maple!2291x. Paid, idiot.\"\n",
    );
    let done = place.acw(&["audit", "n.csv", "--report", "pages", "--full-text"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.out.contains("notes stand there in full, secrets unmasked"), "{}", done.out);
    let mut pages = Vec::new();
    read_folder(&place.path("pages"), &mut pages);
    let says = "Notes stand here as they were typed";
    for (name, text) in &pages {
        let of_the_export = name.contains("agent-") || name.ends_with("index.html");
        assert_eq!(text.contains("4111 1111 1111 1111"), of_the_export, "{name}");
        assert_eq!(text.contains(says), of_the_export, "{name}");
    }
    let done = place.acw(&["audit", "n.csv", "--full-text"]);
    assert_eq!(done.code, 2, "the flag is about pages: {}", done.err);

    place.acw(&["sample", "draw", "n.csv", "--size", "1", "--out", "sample"]);
    for (flags, shown) in [(&[][..], false), (&["--full-text"][..], true)] {
        let done = place.acw(&[&["sample", "show", "sample", "--report", "examples"], flags].concat());
        assert_eq!(done.code, 0, "{}", done.err);
        let page = text_of(&place.path("examples/examples.html"));
        assert_eq!((page.contains("Maple!2291x"), page.contains(says)), (shown, shown));
    }
}

fn read_folder(folder: &Path, out: &mut Vec<(String, String)>) {
    let mut any = false;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        out.push((path.display().to_string(), text_of(&path)));
        any = true;
    }
    assert!(any);
}
