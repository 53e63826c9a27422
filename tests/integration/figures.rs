//! Figures as people defend them: scorecards, intervals, times.

use serde_json::Value;

use crate::support::{Place, fixture};

fn report(place: &Place, args: &[&str]) -> Value {
    let done = place.acw(&[&["audit", "--format", "json"], args].concat());
    assert_eq!(done.code, 0, "{}", done.err);
    serde_json::from_str(&done.out).unwrap()
}

/// A note that has nothing against it, and one with an insult (a critical finding of 20 points).
const GOOD: &str = "Customer called about invoice 884120. Explained the charge. He confirmed that it is clear.";
const BAD: &str =
    "Customer called about invoice 884120, what an idiot. Explained the charge. He confirmed that it is clear.";

fn notes(rows: &[(&str, &str, &str, &str)]) -> String {
    let mut out = String::from("note_id,agent_id,language,call_type,disposition,case_id,acw,started_at,note\n");
    for (index, (agent, call_type, acw, note)) in rows.iter().enumerate() {
        out += &format!("N{index},{agent},en,{call_type},resolved,884120,{acw},2026-05-{:02},{note}\n", index % 28 + 1);
    }
    out.replace(", what", " – what").replace(", so", " so")
}

#[test]
fn the_four_accuracies_stand_beside_every_figure_with_their_intervals() {
    let report = report(&Place::new(), &[&fixture("exports/sample.csv")]);
    let groups =
        report["groups"]["team"].as_array().unwrap().iter().chain(report["groups"]["period"].as_array().unwrap());
    for figures in report["agents"].as_array().unwrap().iter().chain(groups).chain([&report["total"]]) {
        for kind in ["customer", "business", "compliance", "other"] {
            let accuracy = &figures["accuracy"][kind];
            let (low, value, high) = (&accuracy["low"], &accuracy["value"], &accuracy["high"]);
            assert!(low.as_f64() <= value.as_f64() && value.as_f64() <= high.as_f64(), "{accuracy}");
        }
    }
}

#[test]
fn few_notes_get_no_place_and_no_verdict() {
    let place = Place::new();
    let rows: Vec<_> = (0..24)
        .map(|n| (if n < 20 { "A" } else { "B" }, "inquiry", "60", if n % 7 == 6 { BAD } else { GOOD }))
        .collect();
    place.write("n.csv", notes(&rows));
    let few = report(&place, &["n.csv"]);
    let of = |report: &Value, agent: usize, key: &str| report["agents"][agent][key].clone();
    assert_eq!(of(&few, 0, "places"), serde_json::json!([1, 1]));
    assert_eq!((of(&few, 1, "places"), of(&few, 1, "verdict")), (Value::Null, "too_few".into()));
    place.write("acw.yaml", "figures: {min_notes: 4, confidence: 90}\n");
    let lower = report(&place, &["n.csv"]);
    assert_ne!(of(&lower, 1, "verdict"), "too_few");
    assert!(of(&lower, 0, "score")["low"].as_f64() > of(&few, 0, "score")["low"].as_f64(), "90 % is narrower");
}

#[test]
fn a_scorecard_is_configured_in_the_file() {
    let place = Place::new();
    place.write("n.csv", notes(&[("A", "inquiry", "60", GOOD), ("A", "inquiry", "60", BAD)]));
    let score = |config: &str| {
        place.write("acw.yaml", config);
        let report = report(&place, &["n.csv"]);
        (report["total"]["score"]["value"].as_f64().unwrap(), report["total"]["compliance"]["value"].as_f64().unwrap())
    };
    let (usual, _) = score("");
    assert!(score("scorecard: {sections: {disrespect: 2}}").0 > usual, "a lighter section");
    assert!(
        score("scorecard: {method: weighted}").0 > usual,
        "one rule of a section costs its share of the section, not all of it"
    );
    assert!(score("scorecard: {not_applicable: pass}").0 > usual, "what does not apply counts as pass");
    place.write("pack/pack.yaml", "name: t\nextends: [built-in]\nchange: {insult: {cap: 1}}\n");
    assert!(score("rules: pack").0 > usual, "a rule costs its cap at most");
    place.write("pack/pack.yaml", "name: t\nextends: [built-in]\nchange: {insult: {cap: 1, auto_fail: true}}\n");
    assert_eq!(score("rules: pack").1, 50.0, "an auto-fail keeps the number and costs the compliance");
    place.write("pack/pack.yaml", "name: t\nextends: [built-in]\nchange: {insult: {fatal: true}}\n");
    assert_eq!(score("rules: pack").0, 50.0, "a fatal failure is zero");
    place.write("pack/pack.yaml", "name: t\nextends: [built-in]\n");
    place.write("pack/profiles/inquiry.yaml", "when: {call_type: [inquiry]}\nsections: {disrespect: 2}\n");
    assert!(score("rules: pack").0 > usual, "a profile weighs sections for its call type");
}

#[test]
fn times_are_told_apart_and_held_to_their_limit() {
    let place = Place::new();
    let long = "00:08:00";
    let rows = [
        ("A", "inquiry", "00:01:00", GOOD),
        ("A", "inquiry", "70", GOOD),
        ("A", "inquiry", "1m20s", GOOD),
        ("A", "inquiry", "PT1M30S", BAD),
        ("B", "inquiry", "0", GOOD),
        ("B", "inquiry", "", GOOD),
        ("B", "inquiry", long, "ok"),
        ("B", "complaint", "5m", GOOD),
    ];
    place.write("n.csv", notes(&rows));
    place.write("roster.csv", "agent_id,worked_seconds\nA,1:00:00\nB,2h\n");
    place.write(
        "acw.yaml",
        "acw: {limit: 1m15s, limits: {complaint: '6:00'}, roster: roster.csv}\nfigures: {min_notes: 5}\n",
    );
    let report = report(&place, &["n.csv"]);
    let (a, b) = (&report["agents"][0], &report["agents"][1]);
    assert_eq!(a["acw"]["seconds"], 300);
    assert_eq!((&b["acw"]["zero"], &b["acw"]["missing"]), (&1.into(), &1.into()));
    assert_eq!(a["acw"]["over_limit"]["value"], 50.0, "80 and 90 seconds of four");
    assert_eq!(b["acw"]["over_limit"]["value"].as_f64().unwrap().round(), 33.0, "a complaint has its own limit");
    assert_eq!(a["time"]["acw_percent"], 8.33, "300 of 3,600 seconds");
    assert_eq!(b["time"]["worked_seconds"], 7200);
    assert_eq!(b["time"]["unusually_long"], 1);
    let month = &report["groups"]["period"][0];
    assert_eq!(
        (&month["period"], &month["acw_percent"]),
        (&"2026-05".into(), &Value::Null),
        "a roster without days tells no period"
    );
    place.write("roster.csv", "agent_id,date,worked_seconds\nA,2026-05-04,1:00:00\nB,2026-05-05,2h\nC,2026-05-05,8h\n");
    let daily = self::report(&place, &["n.csv"]);
    // 300 and 780 seconds of three hours; nobody of the export is called C.
    assert_eq!(daily["groups"]["period"][0]["acw_percent"], 10.0);
    assert_eq!((&daily["total"]["acw_percent"], &daily["total"]["worked_seconds"]), (&10.0.into(), &10_800.into()));
    // Nobody works for a call type: of the same three hours, 300 seconds of complaints and 780 of inquiries.
    for report in [&report, &daily] {
        let types = report["groups"]["call_type"].as_array().unwrap().iter();
        let parts: Vec<_> = types.map(|kind| (kind["acw_percent"].as_f64(), kind["worked_seconds"].as_u64())).collect();
        assert_eq!(parts, [(Some(2.78), Some(10_800)), (Some(7.22), Some(10_800))]);
    }
    let said = place.acw(&["audit", "n.csv", "--report", "out"]).out;
    let row = said.lines().find(|line| line.contains("inquiry ")).unwrap();
    assert!(row.contains("7.2 %") && said.contains("The rows add up to the share of everybody"), "{said}");
    let index = std::fs::read_to_string(place.path("out/index.html")).unwrap();
    let row = index.split("<tr").find(|row| row.contains("<th scope=\"row\">Inquiry<")).unwrap();
    assert!(row.contains(">7.2%<") && index.contains("The rows add up to the share of everybody"), "{row}");
    assert_eq!((&a["time"]["fast_good"], &a["time"]["slow_poor"]), (&2.into(), &1.into()));
    let question = &report["acw"]["questions"][0];
    assert_eq!(
        (&question["note"], &question["acw_seconds"], &question["words"]),
        (&"N6".into(), &480.into(), &1.into())
    );
    assert_eq!(report["acw"]["questions"].as_array().unwrap().len(), 1);
}

#[test]
fn a_roster_or_limit_that_cannot_be_read_names_its_place() {
    let place = Place::new();
    place.write("n.csv", notes(&[("A", "inquiry", "60", GOOD)]));
    place.write("roster.csv", "agent_id,worked_seconds\nA,soon\n");
    let done = place.acw(&["audit", "n.csv", "--roster", "roster.csv"]);
    assert_eq!(done.code, 3);
    assert!(done.err.contains("roster.csv:2"), "{}", done.err);
    place.write("roster.csv", "agent_id,hours\nA,8\n");
    assert!(place.acw(&["audit", "n.csv", "--roster", "roster.csv"]).err.contains("worked_seconds"));
    for (config, told) in [
        ("acw: {limit: soon}\n", "such as `95`"),
        ("figures: {confidence: 100}\n", "50 to 99"),
        ("scorecard: {method: best}\n", "acw.yaml:1"),
    ] {
        place.write("acw.yaml", config);
        let done = place.acw(&["audit", "n.csv"]);
        assert_eq!(done.code, 4, "{config}");
        assert!(done.err.contains(told), "{}", done.err);
    }
}

#[test]
fn targets_of_the_configuration_stand_beside_their_figures() {
    let place = Place::new();
    place.write(
        "acw.yaml",
        "targets: {compliance_rate: 85, customer: 95, business: 60, compliance: 92, acw_seconds: 90, acw_percent: 15}\n",
    );
    let sample = fixture("exports/sample.csv");
    let report = report(&place, &[&sample]);
    let total = &report["total"];
    assert_eq!((&total["compliance"]["target"], &total["accuracy"]["customer"]["target"]), (&85.into(), &95.into()));
    assert_eq!((&total["acw"]["target_seconds"], &total["accuracy"]["other"]["target"]), (&90.into(), &Value::Null));
    let said = place.acw(&["audit", &sample]).out;
    let line = said.lines().find(|line| line.starts_with("Error accuracy")).unwrap();
    assert!(line.contains("(target 95: missed)") && line.contains("(target 60: reached)"), "{line}");
    assert!(said.contains("(target 1:30)"), "{said}");
}

#[test]
fn a_mix_of_hard_calls_is_shown() {
    let report = report(&Place::new(), &[&fixture("exports/sample.csv")]);
    for agent in report["agents"].as_array().unwrap() {
        let mix = &agent["like_for_like"];
        let (expected, difference) = (mix["expected"].as_f64().unwrap(), mix["difference"].as_f64().unwrap());
        assert!((expected + difference - agent["score"]["value"].as_f64().unwrap()).abs() < 0.02, "{agent}");
    }
}

/// A question of an evaluation form: it fails where the note has the word that is its id.
struct Asked {
    id: &'static str,
    category: &'static str,
    points: u32,
    /// More of the rule, as YAML: `critical: customer`.
    more: &'static str,
}

/// Writes a pack that holds nothing but a form, and settings that use it.
fn form(place: &Place, questions: &[Asked], scorecard: &str) {
    let mut rules = String::from("rules:\n");
    let (mut words, mut texts) = (String::new(), String::new());
    for Asked { id, category, points, more } in questions {
        rules += &format!(
            "  - {{id: {id}, category: {category}, severity: minor, points: {points}, readers: [], {more} check: {{words: {{lists: [{id}]}}}}}}\n"
        );
        words += &format!("{id}: [{id}]\n");
        texts += &format!(
            "{id}: {{title: {id}, message: m, customer: c, organisation: o, agent: a, fires: [{id}], spares: [nothing]}}\n"
        );
    }
    place.write("form/pack.yaml", "name: Form\nextends: []\n");
    place.write("form/core/rules.yaml", rules);
    place.write("form/core/scorecard.yaml", scorecard);
    place.write(
        "form/lang/en/language.yaml",
        "{code: en, name: English, native: English, script: latin, quotes: [], dispositions: {}, call_types: {}, channels: {}}\n",
    );
    place.write("form/lang/en/words/words.yaml", words);
    place.write("form/lang/en/texts.yaml", texts);
    place.write("acw.yaml", "rules: form\n");
}

/// Zendesk QA, "Understanding Zendesk QA Reviews dashboard calculations": reviews of 100, 9.91, 63.96, 90.99 and 0 % have an IQS of
/// 52.97 %. The scorecard is one that gives these reviews: weights of 100, 10 and 1 (of 111), and a critical category that makes the
/// score zero.
#[test]
fn zendesk_qa_iqs_of_the_published_five_reviews() {
    let place = Place::new();
    let questions = [
        Asked { id: "solution", category: "judgement", points: 60, more: "" },
        Asked { id: "empathy", category: "judgement", points: 40, more: "" },
        Asked { id: "process", category: "abbreviation", points: 5, more: "" },
        Asked { id: "grammar", category: "style", points: 5, more: "" },
        Asked { id: "privacy", category: "sensitive", points: 5, more: "fatal: true," },
    ];
    form(
        &place,
        &questions,
        "{target: 90, method: weighted, sections: {judgement: 100, abbreviation: 10, style: 1}}\n",
    );
    place.write(
        "n.csv",
        "note_id,agent_id,language,note\n1,R1,en,nothing to say\n2,R2,en,solution and empathy\n3,R3,en,empathy\n4,R4,en,process\n5,R5,en,privacy\n",
    );
    let report = report(&place, &["n.csv"]);
    let reviews: Vec<f64> =
        report["agents"].as_array().unwrap().iter().map(|review| review["score"]["value"].as_f64().unwrap()).collect();
    assert_eq!(reviews, [100.0, 9.91, 63.96, 90.99, 0.0]);
    assert_eq!(report["total"]["score"]["value"], 52.97);
    assert!(place.acw(&["audit", "n.csv"]).out.contains("5 notes by 5 agents: score 53.0 "));
}

/// Genesys Cloud Resource Center, "Evaluation form scoring": group 1 (weight 40) of two 1-point questions, one of them answered no, and
/// group 2 (weight 20) of one, answered yes, give 60 %. The critical score is the points of the critical questions over all of theirs;
/// what is not applicable shows zero of zero points; a fatal question answered badly leaves nothing.
#[test]
fn genesys_evaluation_and_critical_score() {
    let place = Place::new();
    let questions = [
        Asked { id: "greeting", category: "judgement", points: 1, more: "" },
        Asked { id: "identity", category: "judgement", points: 1, more: "critical: compliance," },
        Asked {
            id: "recap",
            category: "style",
            points: 1,
            more: "critical: customer, when: {not_call_type: [short]},",
        },
        Asked { id: "threat", category: "sensitive", points: 1, more: "fatal: true," },
    ];
    form(&place, &questions, "{target: 90, method: scaled, sections: {judgement: 40, style: 20}}\n");
    place.write(
        "n.csv",
        "note_id,agent_id,language,call_type,note\n1,A,en,long,identity\n2,B,en,short,identity\n3,C,en,long,threat\n4,D,en,long,greeting\n",
    );
    let report = report(&place, &["n.csv"]);
    let of = |agent: usize, key: &str| report["agents"][agent][key]["value"].as_f64().unwrap();
    let both = |agent: usize| (of(agent, "score"), of(agent, "critical_score"));
    assert_eq!(both(0), (60.0, 50.0), "the published form");
    assert_eq!(both(1), (50.0, 0.0), "group 2 is not applicable");
    assert_eq!(both(2), (0.0, 0.0), "a fatal failure");
    assert_eq!(both(3), (60.0, 100.0), "nothing critical failed");
    assert_eq!(report["total"]["critical_score"]["value"], 37.5, "(50 + 0 + 0 + 100) / 4");
}

#[test]
fn the_critical_score_stands_beside_the_score_and_has_a_target() {
    let place = Place::new();
    let rows: Vec<_> = (0..24).map(|n| ("A", "inquiry", "60", if n % 2 == 1 { BAD } else { GOOD })).collect();
    place.write("n.csv", notes(&rows));
    place.write("acw.yaml", "targets: {critical_score: 99}\n");
    let report = report(&place, &["n.csv"]);
    let total = &report["total"]["critical_score"];
    // Every second note fails one critical rule; the others keep all of them.
    let bad = 100.0 - 2.0 * (100.0 - total["value"].as_f64().unwrap());
    assert!((1.0..99.0).contains(&bad), "{bad}");
    assert!(total["low"].as_f64() < total["value"].as_f64() && total["target"] == 99, "{total}");
    let said = place.acw(&["audit", "n.csv", "--report", "out"]).out;
    let line = said.lines().find(|line| line.starts_with("Critical score")).unwrap();
    assert!(line.contains("(target 99: missed)"), "{line}");
    for page in std::fs::read_dir(place.path("out")).unwrap().map(|page| page.unwrap().path()) {
        if page.extension().is_none_or(|e| e != "html") {
            continue;
        }
        let text = std::fs::read_to_string(&page).unwrap();
        let name = page.file_name().unwrap().to_string_lossy().into_owned();
        let expected = name == "index.html" || name.starts_with("agent-");
        assert_eq!(text.contains("Critical score"), expected, "{name}");
    }
}

#[test]
fn without_critical_rules_there_is_no_critical_score() {
    let place = Place::new();
    form(
        &place,
        &[Asked { id: "greeting", category: "judgement", points: 1, more: "" }],
        "{target: 90, sections: {judgement: 40}}\n",
    );
    place.write("n.csv", "note_id,agent_id,language,note\n1,A,en,greeting\n");
    assert!(report(&place, &["n.csv"])["total"]["critical_score"]["value"].is_null());
    assert!(!place.acw(&["audit", "n.csv"]).out.contains("Critical score"));
}

/// A note in a language without rules is neither right nor wrong.
#[test]
fn shares_are_of_the_notes_that_were_judged() {
    let place = Place::new();
    let foreign = "Der Kunde ruft wegen der Rechnung an und wartet auf einen Rückruf.";
    let all = notes(&[("A", "other", "60", BAD), ("A", "other", "60", BAD), ("A", "other", "60", foreign)]);
    place.write("n.csv", all.replace("N2,A,en,", "N2,A,de,"));
    let total = report(&place, &["n.csv"])["total"].clone();
    assert_eq!((&total["notes"], &total["scored"], &total["clean"]), (&3.into(), &2.into(), &0.into()));
    assert_eq!(total["accuracy"]["customer"]["value"], 0.0, "{total}");
}
