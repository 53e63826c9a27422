//! `acw workshop` and `acw guide`: what is learnt from, and what must never be seen in it.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::support::{Place, fixture, root};

const PAGES: [&str; 3] = ["spot-the-error.html", "work-sheet.html", "answer-key.html"];

fn page(place: &Place, name: &str) -> String {
    fs::read_to_string(place.path(name)).unwrap()
}

/// What the script of the exercise reads.
fn data(place: &Place, folder: &str) -> Value {
    let text = page(place, &format!("{folder}/spot-the-error.html"));
    let from = text.find("id=\"data\">").unwrap() + "id=\"data\">".len();
    let end = from + text[from..].find("</script>").unwrap();
    serde_json::from_str(&text[from..end]).unwrap()
}

fn workshop(place: &Place, folder: &str, more: &[&str]) -> Value {
    let sample = fixture("exports/sample.csv");
    let done = place.acw(&[&["workshop", &sample, "--out", folder], more].concat());
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(PAGES.iter().all(|name| done.out.contains(name)), "{}", done.out);
    data(place, folder)
}

fn exercises(data: &Value) -> &Vec<Value> {
    data["exercises"].as_array().unwrap()
}

#[test]
fn the_same_seed_gives_the_same_files_and_another_gives_others() {
    let place = Place::new();
    let first = workshop(&place, "a", &["--locale", "en", "--seed", "7"]);
    workshop(&place, "b", &["--locale", "en", "--seed", "7"]);
    for name in PAGES {
        assert_eq!(page(&place, &format!("a/{name}")), page(&place, &format!("b/{name}")), "{name}");
    }
    let other = workshop(&place, "c", &["--locale", "en", "--seed", "8"]);
    assert_ne!(first["exercises"], other["exercises"]);
    assert_ne!(first["set"], other["set"]);
}

#[test]
fn category_level_size_and_language_choose_the_notes() {
    let place = Place::new();
    let judged = workshop(&place, "a", &["--locale", "es", "--category", "judgement", "--size", "6", "--clean", "2"]);
    let clean = |e: &&Value| e["findings"].as_array().unwrap().is_empty();
    assert_eq!(exercises(&judged).iter().filter(clean).count(), 2);
    assert_eq!(exercises(&judged).len(), 6);
    for exercise in exercises(&judged).iter().filter(|e| !clean(e)) {
        let findings = exercise["findings"].as_array().unwrap();
        assert!(findings.iter().any(|f| f["lesson"]["category"] == "judgement"), "{exercise}");
        assert_eq!(exercise["lang"], "es");
        assert!(!exercise["model"].as_array().unwrap().is_empty());
    }
    for level in ["blatant", "plain", "subtle"] {
        let data = workshop(&place, level, &["--locale", "fr", "--level", level, "--size", "5"]);
        let mut faulty = exercises(&data).iter().filter(|e| !clean(e)).peekable();
        assert!(faulty.peek().is_some(), "{level}");
        assert!(faulty.all(|e| e["level"] == level), "{level}");
    }
    let mixed = workshop(&place, "mixed", &["--locale", "fr", "--size", "16"]);
    let levels: Vec<&str> = exercises(&mixed).iter().filter_map(|e| e["level"].as_str()).collect();
    let rank = |level: &&&str| ["blatant", "plain", "subtle"].iter().position(|l| *l == **level);
    assert!(levels.iter().collect::<Vec<_>>().is_sorted_by_key(rank), "{levels:?}");
    assert_eq!(levels.iter().collect::<std::collections::BTreeSet<_>>().len(), 3, "{levels:?}");
}

#[test]
fn a_team_gets_its_own_notes_and_an_unknown_one_is_refused_with_the_known() {
    let place = Place::new();
    let row = |n: usize, team: &str, thing: &str| {
        format!(
            "{n},A{n},{team},en,inquiry,resolved,Customer was very rude about the {thing} on page {n}. Explained the {thing} and she accepted it.\n"
        )
    };
    let rows: String =
        (1..5).map(|n| row(n, "North", "kettle")).chain((5..9).map(|n| row(n, "South", "ladder"))).collect();
    place.write("n.csv", format!("note_id,agent_id,team,language,call_type,disposition,note\n{rows}"));
    let done = place.acw(&["workshop", "n.csv", "--out", "out", "--team", "South", "--size", "3"]);
    assert_eq!(done.code, 0, "{}", done.err);
    let text = page(&place, "out/spot-the-error.html");
    assert!(text.contains("ladder") && !text.contains("kettle"));
    let done = place.acw(&["workshop", "n.csv", "--out", "out2", "--team", "East"]);
    assert_eq!(done.code, 2);
    assert!(done.err.contains("North, South"), "{}", done.err);
    assert!(!place.path("out2").exists());
}

#[test]
fn where_nothing_fits_nothing_is_written_and_the_remedy_is_told() {
    let place = Place::new();
    place.write(
        "n.csv",
        "note_id,agent_id,language,note\n1,A,en,Customer asked for the opening hours of the shop. Told her: 9 to 5.\n",
    );
    let done = place.acw(&["workshop", "n.csv", "--out", "out", "--category", "disrespect"]);
    assert_eq!(done.code, 3, "{}", done.out);
    assert!(done.err.contains("--category"), "{}", done.err);
    assert!(!place.path("out").exists());
    for wrong in [["--size", "0"], ["--level", "hard"], ["--locale", "xx"], ["--clean", "12"]] {
        let done = place.acw(&[&["workshop", "n.csv", "--out", "out"][..], &wrong].concat());
        assert_eq!(done.code, 2, "{wrong:?}: {}", done.err);
    }
}

#[test]
fn planted_names_and_numbers_are_in_no_page() {
    let place = Place::new();
    let names = [
        ("Wilhelmina Featherstone", "Featherstone"),
        ("Bartholomew Quillfeather", "QUILLFEATHER"),
        ("Íñigo Zárate-Bustamante", "zarate"),
        ("Oluwaseun Adebayo", "Oluwaseun Adebayo"),
        ("Siobhán Ó Murchadha", "Murchadha"),
    ];
    let mut rows = String::new();
    for (n, (customer, spelt)) in names.iter().enumerate() {
        rows += &format!(
            "{n},Thaddeus Pumphrey,en,\"{customer}\",complaint,resolved,83174{n}02,\"{spelt} was very rude about bill 8317440{n}, tel 0791 155 52{n}4, mail {n}.secret@private-mail.example.org. Agent Pumphrey explained it; colleague Persephone Blackwater agreed. Card 4111 1111 1111 1111 was read out. He accepted.\"\n",
        );
    }
    rows += "9,Persephone Blackwater,en,Nobody Else,inquiry,resolved,,\"I think he only wants a discount on the new kettle, told him the price of it twice.\"\n";
    place.write("n.csv", format!("note_id,agent_id,language,customer,call_type,disposition,case_id,note\n{rows}"));
    let done = place.acw(&["workshop", "n.csv", "--out", "out", "--locale", "en", "--size", "6", "--clean", "0"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(exercises(&data(&place, "out")).len() >= 3, "{}", done.err);
    for name in PAGES {
        let text = page(&place, &format!("out/{name}"));
        let folded = text.to_lowercase();
        for planted in [
            "featherstone",
            "wilhelmina",
            "quillfeather",
            "bartholomew",
            "zarate",
            "zárate",
            "bustamante",
            "adebayo",
            "oluwaseun",
            "murchadha",
            "pumphrey",
            "thaddeus",
            "blackwater",
            "persephone",
            "private-mail",
        ] {
            assert!(!folded.contains(planted), "{name} shows {planted}");
        }
        for number in ["8317440", "83174", "0791 155", "4111 1111", "41111111"] {
            assert!(!text.contains(number), "{name} shows {number}");
        }
    }
}

#[test]
fn the_sheet_gives_nothing_away_and_the_key_tells_everything() {
    let place = Place::new();
    let data = workshop(&place, "out", &["--locale", "en"]);
    let (sheet, key) = (page(&place, "out/work-sheet.html"), page(&place, "out/answer-key.html"));
    let set = data["set"].as_str().unwrap();
    assert!(sheet.contains(set) && key.contains(set));
    let escaped = |text: &str| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;")
            .replace('\'', "&#x27;")
            .replace('`', "&#x60;")
            .replace('=', "&#x3D;")
    };
    for finding in exercises(&data).iter().flat_map(|e| e["findings"].as_array().unwrap()) {
        let message = escaped(finding["message"].as_str().unwrap());
        assert!(key.contains(&message), "{message}");
        assert!(!sheet.contains(&message), "{message}");
        for reason in ["customer", "organisation", "agent"] {
            assert!(key.contains(&escaped(finding["lesson"][reason].as_str().unwrap())), "{reason}");
        }
    }
    assert!(!page(&place, "out/spot-the-error.html").contains("answer-key.html"), "no way to the answers");
}

#[test]
fn a_guide_follows_the_rules_in_force() {
    let place = Place::new();
    let pack = fixture("packs/meridian");
    place.write("acw.yaml", "approved:\n  QBR: quarterly business review\n");
    for (folder, more) in [("plain", vec![]), ("house", vec!["--rules", pack.as_str()])] {
        let done = place.acw(&[&["guide", "--out", folder, "--locale", "en"], &more[..]].concat());
        assert_eq!(done.code, 0, "{}", done.err);
        assert!(done.out.contains("guide.html"), "{}", done.out);
    }
    let abbreviations = |folder: &str| page(&place, &format!("{folder}/guide-abbreviations.html"));
    for folder in ["plain", "house"] {
        assert!(abbreviations(folder).contains("quarterly business review"), "{folder}");
        assert!(abbreviations(folder).contains("after-call work"), "{folder}");
    }
    assert!(abbreviations("house").contains("network terminating equipment"));
    assert!(!abbreviations("plain").contains("network terminating equipment"));
    // `cust` is approved by the pack, so nobody is told to write it out.
    let written_out = |folder: &str| abbreviations(folder).contains("<s>cust</s>");
    assert!(written_out("plain") && !written_out("house"));
    let wording = |folder: &str| page(&place, &format!("{folder}/guide-wording.html"));
    assert!(wording("house").contains("→ MeriFibre 300") && !wording("plain").contains("MeriFibre"));
    let style = |folder: &str| page(&place, &format!("{folder}/guide.html"));
    assert!(style("house").contains("92 points") && style("plain").contains("90 points"));
    let done = place.acw(&["guide", "--out", "out", "--locale", "xx"]);
    assert_eq!(done.code, 2, "{}", done.err);
}

#[test]
fn sales_must_tell_more_than_other_calls() {
    let place = Place::new();
    assert_eq!(place.acw(&["guide", "--out", "out", "--locale", "en"]).code, 0);
    let text = page(&place, "out/guide-snippets.html");
    // Call types whose notes are made alike share an article; its heading names them.
    let whole = |of: &str| {
        let named = |article: &&str| article.split("</h3>").next().is_some_and(|heading| heading.contains(of));
        text.split("<article").skip(1).find(named).unwrap_or_else(|| panic!("{of}")).to_owned()
    };
    assert!(whole("Sales").contains("Budget:"));
    assert!(!whole("Complaint").contains("Budget:"));
}

#[test]
fn the_report_leads_to_the_guides() {
    let place = Place::new();
    assert_eq!(place.acw(&["audit", &fixture("exports/sample.csv"), "--report", "out", "--locale", "fr"]).code, 0);
    assert!(page(&place, "out/index.html").contains("href=\"guide.html\""));
    assert!(page(&place, "out/guide.html").contains("href=\"index.html\""));
}

/// `snippet.*.example` of a language, and the snippets themselves.
fn snippets(file: &str) -> (BTreeMap<String, String>, Vec<String>) {
    let text = fs::read_to_string(root().join(file)).unwrap();
    let mut examples = BTreeMap::new();
    let mut blanks = Vec::new();
    for line in text.lines().filter_map(|line| line.strip_prefix("snippet.")) {
        let (key, value) = line.split_once(": ").unwrap();
        let value = value.trim_matches('"').to_owned();
        match key.strip_suffix(".example") {
            Some(name) => {
                examples.insert(name.to_owned(), value);
            }
            None => blanks.push(value),
        }
    }
    (examples, blanks)
}

#[test]
fn what_the_snippet_book_shows_as_filled_in_is_a_note_without_a_finding_and_an_empty_blank_is_found() {
    let place = Place::new();
    let portuguese = fixture("packs/portuguese");
    for (code, file, rules) in [
        ("en", "rules/lang/en/report.yaml", None),
        ("es", "rules/lang/es/report.yaml", None),
        ("fr", "rules/lang/fr/report.yaml", None),
        ("zh", "rules/lang/zh/report.yaml", None),
        ("pt", "fixtures/packs/portuguese/lang/pt/report.yaml", Some(portuguese.as_str())),
    ] {
        let (examples, blanks) = snippets(file);
        let order =
            ["reason", "product", "budget", "source", "action", "outcome", "reference", "documents", "next_step"];
        let note: Vec<&str> = order.iter().map(|name| examples[*name].as_str()).collect();
        let row = |id: usize, call_type: &str, outcome: &str, note: &str| {
            format!("{id},A{id},{code},{call_type},{outcome},\"{note}\"\n")
        };
        let plain: Vec<&str> = ["reason", "action", "outcome", "reference", "next_step"]
            .iter()
            .map(|name| examples[*name].as_str())
            .collect();
        let mut rows = row(1, "sales", "pending", &note.join(" ")) + &row(2, "complaint", "pending", &plain.join(" "));
        for (index, blank) in blanks.iter().enumerate() {
            rows += &row(10 + index, "sales", "pending", &format!("{blank} {}", note.join(" ")));
        }
        place.write("n.csv", format!("note_id,agent_id,language,call_type,disposition,note\n{rows}"));
        let more = rules.map_or(vec![], |rules| vec!["--rules", rules]);
        let findings = place.findings(&[&["n.csv"], &more[..]].concat());
        let of = |id: usize| {
            let id = id.to_string();
            findings.iter().filter(|f| f["note"] == id.as_str()).collect::<Vec<_>>()
        };
        assert!(of(1).is_empty() && of(2).is_empty(), "{code}: {:?} {:?}", of(1), of(2));
        for (index, blank) in blanks.iter().enumerate() {
            assert!(of(10 + index).iter().any(|f| f["rule"] == "placeholder"), "{code}: {blank}");
        }
    }
}
