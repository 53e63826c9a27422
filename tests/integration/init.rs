//! A first `acw.yaml`: it says what was found and nothing of a person, loads, and the export it was made from passes.

use serde_json::Value;

use crate::support::{Done, Place, fixture};

/// Takes the `#` away from lines that begin with a key.
fn in_force(text: &str, wanted: impl Fn(&str) -> bool) -> String {
    let mut block = String::new();
    let line = |line: &str| {
        let Some(rest) = line.strip_prefix('#') else { return line.to_owned() };
        let nested = rest.starts_with("  ");
        if !nested {
            block = rest.split(':').next().unwrap_or_default().to_owned();
        }
        let key = nested || rest.starts_with(|c: char| c.is_ascii_lowercase());
        if key && wanted(&block) { rest.to_owned() } else { line.to_owned() }
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n") + "\n"
}

fn init(place: &Place, args: &[&str]) -> String {
    let done = place.acw(&[&["init"], args].concat());
    assert_eq!(done.code, 0, "{args:?}: {}", done.err);
    std::fs::read_to_string(place.path("acw.yaml")).unwrap()
}

fn check(place: &Place, input: &str) -> Done {
    let done = place.acw(&["check", input, "--quiet", "--today", "2026-07-01"]);
    let shown = place.acw(&["config", "show"]);
    assert_eq!(shown.code, 0, "{}", shown.err);
    done
}

#[test]
fn every_key_of_the_schema_is_mentioned_and_all_of_them_are_read() {
    let place = Place::new();
    let text = init(&place, &[]);
    let schema: Value = serde_json::from_str(&place.acw(&["config", "schema"]).out).unwrap();
    let mut keys: Vec<&str> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    for kind in schema["$defs"].as_object().unwrap().values() {
        keys.extend(kind["properties"].as_object().into_iter().flatten().map(|(key, _)| key.as_str()));
        let forms = kind["anyOf"].as_array().into_iter().flatten();
        keys.extend(
            forms.flat_map(|form| form["properties"].as_object().into_iter().flatten()).map(|(key, _)| key.as_str()),
        );
    }
    for key in keys {
        let said = |before: &str| text.contains(&format!("{before}{key}:"));
        assert!(["#", " ", "{"].into_iter().any(said), "{key}: {text}");
    }
    assert!(text.lines().all(|line| line.is_empty() || line.starts_with('#')), "nothing is in force: {text}");
    let all = in_force(&text, |_| true);
    let all = all.replace("../house.yaml", "house.yaml");
    place.write("house.yaml", "");
    place.write("acw.yaml", &all);
    let done = place.acw(&["config", "show"]);
    assert_eq!(done.code, 0, "{}{all}", done.err);
    assert!(done.out.contains("waivers:") && done.out.contains("gate.notes.sensitive"), "{}", done.out);
}

#[test]
fn the_export_that_was_looked_at_passes() {
    for (name, flags) in [
        ("sample.csv", &[][..]),
        ("genesys-es.csv", &[]),
        ("zendesk-en.jsonl", &[]),
        ("salesforce-report-fr.csv", &[]),
        ("hotline-zh.csv", &[]),
        ("vocalcom.tsv", &[]),
        ("broken-rows.csv", &[]),
        ("five9.csv", &["--language", "en", "--time-zone", "America/New_York"]),
    ] {
        let place = Place::new();
        let input = fixture(&format!("exports/{name}"));
        let text = init(&place, &[&[input.as_str()], flags].concat());
        let done = check(&place, &input);
        assert_eq!(done.code, 0, "{name}: {}{}{text}", done.out, done.err);
        // With the contract in force, too.
        place.write("acw.yaml", in_force(&text, |block| block == "contract"));
        let done = check(&place, &input);
        assert_eq!(done.code, 0, "{name}: {}{}{text}", done.out, done.err);
        assert!(place.acw(&["config", "show"]).out.contains("contract.columns"), "{name}");
        // And with everything that it proposes; what it only shows as an example is of another house.
        place.write("acw.yaml", in_force(&text, |block| ["contract", "approved"].contains(&block)));
        assert_eq!(check(&place, &input).code, 0, "{name}");
    }
}

#[test]
fn it_tells_what_was_found_and_keeps_what_the_user_had_to_say() {
    let place = Place::new();
    let text = init(&place, &[&fixture("exports/sample.csv")]);
    for said in ["notes of 12 agents", "- languages: ", "- teams: ", "- call types: ", "today ", "#approved:\n#  \""] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let genesys = place.acw(&["init", &fixture("exports/genesys-es.csv"), "--out", "-"]);
    assert!(genesys.out.contains("- found: genesys (") && genesys.out.contains("told by"), "{}", genesys.out);
    place.write(
        "n.csv",
        "who;said\nA;Customer called about bill 55-1001. Refunded 20 EUR. Resolved.\nA;Called again.\n",
    );
    let told = ["--column", "note=said", "--column", "agent_id=who", "--column", "language==en", "--delimiter", ";"];
    let done = place.acw(&[&["init", "n.csv", "--out", "x.yaml", "--encoding", "utf-8"], &told[..]].concat());
    assert_eq!(done.code, 0, "{}", done.err);
    let text = std::fs::read_to_string(place.path("x.yaml")).unwrap();
    for said in ["\n  note: \"said\"\n", "\n  language: \"=en\"\n", "\ndelimiter: \";\"\n", "\nencoding: \"utf-8\"\n"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let done = place.acw(&["check", "n.csv", "--config", "x.yaml"]);
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
}

#[test]
fn nobody_of_the_export_stands_in_it() {
    let place = Place::new();
    let mut rows = String::from("note_id,agent_id,agent_name,customer,language,note\n");
    for n in 0..30 {
        let agent = ["A1,Una Prewitt", "A2,Tom Lodge", "A3,Ida Kerr"][n % 3];
        rows += &format!(
            "N-{n},{agent},Orla Benn{n},en,\"Orla Benn{n} called abt cust acct 5500{n}1234, cust said zzyzx{n}. PIN 84{n}1, card 4111111111111111.\"\n"
        );
    }
    place.write("n.csv", rows);
    let text = init(&place, &["n.csv"]);
    assert!(text.contains("\"cust\"") || text.contains("\"abt\""), "{text}");
    for person in ["Orla", "Benn", "Una", "Prewitt", "Lodge", "Kerr", "zzyzx", "5500", "4111", "PIN 84"] {
        assert!(!text.contains(person), "{person}: {text}");
    }
    let sample = place.acw(&["init", &fixture("exports/sample.csv"), "--out", "-"]).out;
    let names = std::fs::read_to_string(fixture("exports/sample.csv")).unwrap();
    let header: Vec<&str> = names.lines().next().unwrap().split(',').collect();
    let at = header.iter().position(|header| *header == "agent_name").unwrap();
    for line in names.lines().skip(1).take(60) {
        if let Some(name) = line.split(',').nth(at).filter(|name| name.contains(' ') && !name.contains('"')) {
            assert!(!sample.contains(name), "{name}");
        }
    }
}

#[test]
fn a_file_that_is_there_stays_unless_forced() {
    let place = Place::new();
    place.write("acw.yaml", "target: 85\n");
    let done = place.acw(&["init"]);
    assert_eq!(done.code, 5);
    assert!(
        done.err.contains("acw.yaml: there is such a file already") && done.err.contains("--force"),
        "{}",
        done.err
    );
    assert_eq!(std::fs::read_to_string(place.path("acw.yaml")).unwrap(), "target: 85\n");
    let printed = place.acw(&["init", "--out", "-"]);
    assert!(printed.code == 0 && printed.out.starts_with("# Settings of acw"), "{}", printed.err);
    assert_eq!(place.acw(&["init", "--force"]).code, 0);
    assert!(std::fs::read_to_string(place.path("acw.yaml")).unwrap().starts_with("# Settings of acw"));
    std::fs::create_dir(place.path("sub")).unwrap();
    let done = place.acw(&["init", "--out", "sub/acw.yaml"]);
    assert!(done.code == 0 && done.err.is_empty(), "{}", done.err);
    assert_eq!(place.acw(&["init", "--out", "nowhere/acw.yaml"]).code, 5);
}

#[test]
fn a_file_that_it_hides_is_told() {
    let place = Place::new();
    place.write("exports/acw.yaml", "target: 85\n");
    place.write("exports/n.csv", std::fs::read(fixture("exports/genesys-en.csv")).unwrap());
    let done = place.acw(&["init", "exports/n.csv"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.err.contains("exports/acw.yaml is not in force here any more"), "{}", done.err);
    assert!(done.out.contains("next: acw check exports/n.csv"), "{}", done.out);
}

#[test]
fn a_contract_asks_for_columns_that_every_file_has() {
    let place = Place::new();
    let note = "\"Customer called about bill 55-1001. Refunded 20 EUR. Resolved.\"";
    place.write("e/a.csv", format!("note_id,agent_id,team,language,note\n1,A,North,en,{note}\n2,B,,en,{note}\n"));
    place.write("e/b.csv", format!("note_id,agent_id,language,note\n3,A,en,{note}\n4,B,en,{note}\n"));
    let text = init(&place, &["e"]);
    assert!(
        text.contains("\"a.csv\" and 1 more") && text.contains("columns: [note_id, agent_id, language, note]"),
        "{text}"
    );
    place.write("acw.yaml", in_force(&text, |block| block == "contract"));
    assert_eq!(check(&place, "e").code, 0);
}

#[test]
fn standard_input_is_looked_at_once() {
    let place = Place::new();
    let export = std::fs::read_to_string(fixture("exports/sample.csv")).unwrap();
    let done = place.acw_with(&["init", "-", "--out", "-"], &export, 2);
    assert!(done.code == 0 && done.out.contains("notes of 12 agents"), "{}", done.err);
}
