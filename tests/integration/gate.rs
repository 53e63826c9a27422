//! `acw check`: thresholds, exit codes, baseline, forms, the same bytes on any number of threads.

use serde_json::Value;

use crate::support::{Place, fixture};

/// Every format of the code's own list.
fn formats() -> Vec<&'static str> {
    acw::report::FORMATS.iter().map(|format| format.name).collect()
}

const HEADER: &str = "note_id,agent_id,team,language,disposition,case_id,note\n";
const GOOD: &str = "\"Customer called about a double charge on invoice 55-1001. Explained the refund, refunded 20 EUR. Resolved, customer agreed.\"";
const RUDE: &str = "\"Customer called about a double charge on invoice 55-1001. Explained the refund to this idiot, refunded 20 EUR. Resolved.\"";

/// An export: id, agent, team, note.
fn export(rows: &[(&str, &str, &str, &str)]) -> String {
    let rows = rows.iter().map(|(id, agent, team, note)| format!("{id},{agent},{team},en,resolved,55-1001,{note}\n"));
    HEADER.to_owned() + &rows.collect::<String>()
}

fn place() -> Place {
    let place = Place::new();
    place.write("n.csv", export(&[("1", "A", "North", GOOD), ("2", "A", "North", GOOD), ("3", "B", "South", RUDE)]));
    place
}

#[test]
fn conditions_are_met_warned_of_or_failed_with_reason_and_place() {
    let place = place();
    for (gate, code, said) in [
        ("{score: 1}", 0, "Gate met: 1 conditions, 0 fail, 0 warn."),
        ("{score: 100}", 1, "fails  score: "),
        ("{score: {fail: 1, warn: 100}}", 0, "warns  score: "),
        (
            "{notes: {disrespect: 0}}",
            1,
            "notes with an error of `disrespect`: 1 of 3 (33.3 %), wanted at most 0: n.csv:4 (note 3, B)",
        ),
        ("{notes: {disrespect: 1}}", 0, "Gate met"),
        ("{notes: {disrespect: 33.33%}}", 1, "wanted at most 33.3 %"),
        ("{notes: {disrespect: 34%}}", 0, "Gate met"),
        ("{notes: {insult: {fail: 50%, warn: 0}}}", 0, "warns  notes with an error of `insult`"),
        ("{notes: {critical: 3}}", 0, "Gate met"),
        ("{critical_for: {customer: 0}}", 1, "critical for customer: 1 of 3"),
        ("{compliance_rate: 60}", 0, "Gate met"),
        ("{compliance_rate: 70}", 1, "fails  compliance rate: 66.7 %, wanted at least 70.0 %"),
        ("{agents: {score: 99}}", 1, "agents with a mean score of 99.0 % or more: 1 of 2 (50.0 %), wanted all: B "),
        ("{agents: {score: 99, mostly: 75%}}", 1, "or more: 1 of 2 (50.0 %), wanted at least 75.0 %: B "),
        ("{agents: {score: {fail: 1, warn: 99}}}", 0, "warns  agents with a mean score of 99.0 % or more: 1 of 2"),
        ("{agents: {score: 99, mostly: 50%}}", 0, "Gate met"),
        ("{teams: {score: 99}}", 1, "teams with a mean score of 99.0 % or more: 1 of 2 (50.0 %), wanted all: South "),
        ("{unreadable: 0}", 0, "Gate met"),
    ] {
        place.write("acw.yaml", format!("figures: {{min_notes: 2}}\ngate: {gate}\n"));
        // With two notes asked for, B and South have too few; so it is lowered where they are meant.
        if gate.contains("agents") || gate.contains("teams") {
            place.write(
                "n.csv",
                export(&[
                    ("1", "A", "North", GOOD),
                    ("2", "A", "North", GOOD),
                    ("3", "B", "South", RUDE),
                    ("4", "B", "South", RUDE),
                ]),
            );
        }
        let done = place.acw(&["check", "n.csv"]);
        assert_eq!(done.code, code, "{gate}: {}{}", done.out, done.err);
        assert!(done.out.contains(said), "{gate}: {}", done.out);
        assert!(done.out.lines().last().unwrap().starts_with("Gate "), "the verdict is the last line");
    }
}

#[test]
fn few_notes_give_no_verdict_on_agents() {
    let place = place();
    place.write("acw.yaml", "figures: {min_notes: 2}\ngate: {agents: {score: 100}}\n");
    let done = place.acw(&["check", "n.csv"]);
    assert_eq!(done.code, 0, "B has one note: {}", done.out);
}

#[test]
fn exit_codes_tell_what_happened() {
    let place = place();
    place.write("broken.yaml", "gate: {scor: 1}\n");
    place.write("unknown.yaml", "gate:\n  notes:\n    disrespct: 0\n");
    for (args, code, said) in [
        (&["check", "n.csv", "--min-score", "0"][..], 0, ""),
        (&["check", "n.csv", "--min-score", "100"], 1, ""),
        (&["check", "n.csv", "--min-score", "100", "--exit-zero"], 0, ""),
        (&["check", "n.csv", "--fail-on", "minor"], 1, ""),
        (&["check", "n.csv", "--fail-on", "loud"], 2, "is no severity"),
        (&["check"], 2, ""),
        (&["check", "n.csv", "--format", "sarf"], 2, "did you mean `sarif`"),
        (&["check", "n.csv", "--format", "csv", "--format", "json"], 2, "only one format"),
        (&["check", "missing.csv"], 3, "missing.csv"),
        (&["check", "n.csv", "--config", "broken.yaml"], 4, "did you mean `score`"),
        (&["check", "n.csv", "--config", "unknown.yaml"], 4, "unknown.yaml:3:5"),
        (&["check", "n.csv", "--format", "json=n.csv/x"], 5, "cannot be written"),
    ] {
        let done = place.acw(args);
        assert_eq!(done.code, code, "{args:?}: {}{}", done.out, done.err);
        assert!(done.err.contains(said), "{args:?}: {}", done.err);
    }
    let help = place.acw(&["check", "n.csv", "--config", "unknown.yaml"]).err;
    assert!(help.contains("did you mean `disrespect`"), "{help}");
}

#[test]
fn a_baseline_is_written_kept_and_shrinks() {
    let place = place();
    place.write("acw.yaml", "gate: {notes: {disrespect: 0}}\n");
    assert_eq!(place.acw(&["check", "n.csv", "--baseline", "b.jsonl"]).code, 3, "there is none yet");
    let first = place.acw(&["check", "n.csv", "--baseline", "b.jsonl", "--grow-baseline"]);
    assert_eq!(first.code, 0, "{}{}", first.out, first.err);
    let again = place.acw(&["check", "n.csv", "--baseline", "b.jsonl"]);
    assert_eq!(again.code, 0, "{}", again.out);
    assert!(again.out.contains("0 findings in 0 of 3 notes"), "{}", again.out);
    let known = std::fs::read_to_string(place.path("b.jsonl")).unwrap();
    assert!(!known.contains("idiot"), "no words of notes: {known}");

    // A new error in another order of rows is caught, and alone.
    place.write("n.csv", export(&[("3", "B", "South", RUDE), ("2", "A", "North", RUDE), ("1", "A", "North", GOOD)]));
    let caught = place.acw(&["check", "n.csv", "--baseline", "b.jsonl"]);
    assert_eq!(caught.code, 1, "{}", caught.out);
    assert!(caught.out.contains("(note 2, A)") && !caught.out.contains("(note 3, B)"), "{}", caught.out);
    assert_eq!(std::fs::read_to_string(place.path("b.jsonl")).unwrap(), known, "nothing grows unasked");
    let shrunk = place.acw(&["check", "n.csv", "--baseline", "b.jsonl", "--shrink-baseline"]);
    assert_eq!(shrunk.code, 1);
    assert_eq!(std::fs::read_to_string(place.path("b.jsonl")).unwrap(), known, "and nothing new comes in by shrinking");

    // What is fixed is told, and leaves the file when asked.
    place.write("n.csv", export(&[("1", "A", "North", GOOD), ("2", "A", "North", GOOD), ("3", "B", "South", GOOD)]));
    let fixed = place.acw(&["check", "n.csv", "--baseline", "b.jsonl"]);
    assert!(fixed.out.contains("fixed  insult in note 3") && fixed.code == 0, "{}", fixed.out);
    place.acw(&["check", "n.csv", "--baseline", "b.jsonl", "--shrink-baseline"]);
    assert!(!std::fs::read_to_string(place.path("b.jsonl")).unwrap().contains("insult"));
    place.write("n.csv", export(&[("3", "B", "South", RUDE)]));
    assert_eq!(place.acw(&["check", "n.csv", "--baseline", "b.jsonl"]).code, 1, "it does not come back as known");
}

#[test]
fn a_baseline_keeps_what_is_not_in_this_export() {
    let place = place();
    place.acw(&["check", "n.csv", "--baseline", "b.jsonl", "--grow-baseline"]);
    place.write("other.csv", export(&[("9", "A", "North", GOOD)]));
    let done = place.acw(&["check", "other.csv", "--baseline", "b.jsonl", "--shrink-baseline"]);
    assert!(done.out.contains("of notes that are not in these inputs"), "{}", done.out);
    assert_eq!(place.acw(&["check", "n.csv", "--baseline", "b.jsonl", "--fail-on", "minor"]).code, 0);
}

#[test]
fn another_run_is_compared_with() {
    let place = place();
    place.acw(&["check", "n.csv", "--format", "jsonl=before.jsonl"]);
    place.write("n.csv", export(&[("1", "A", "North", RUDE), ("3", "B", "South", GOOD)]));
    let done = place.acw(&["check", "n.csv", "--diff", "before.jsonl"]);
    assert!(done.out.contains("(note 1, A)") && done.out.contains("fixed  insult in note 3"), "{}", done.out);
    place.write("no.jsonl", "{}\n");
    let wrong = place.acw(&["check", "n.csv", "--diff", "no.jsonl"]);
    assert!(wrong.code == 3 && wrong.err.contains("line 1"), "{}", wrong.err);
}

#[test]
fn every_format_goes_into_its_file_with_the_same_bytes_on_any_number_of_threads() {
    let place = Place::new();
    let sample = fixture("exports/sample.csv");
    let of = |threads: usize| {
        let mut args = vec!["check".to_owned(), sample.clone()];
        for format in formats() {
            args.extend(["--format".to_owned(), format!("{format}=out{threads}/{format}")]);
        }
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let done = place.acw_with(&args, "", threads);
        assert_eq!(done.code, 1, "{}{}", done.out, done.err);
        assert!(done.out.ends_with("acw.yaml.\n"), "the verdict alone: {}", done.out);
        let read = |format: &&str| std::fs::read_to_string(place.path(&format!("out{threads}/{format}"))).unwrap();
        formats().iter().map(read).collect::<Vec<_>>()
    };
    let one = of(1);
    assert!(one == of(3), "the same bytes");
    let text = |name: &str| &one[formats().iter().position(|format| *format == name).unwrap()];
    let findings = text("jsonl").lines().count();
    assert!(findings > 100);
    let count = |needle: &str, text: &str| text.matches(needle).count();
    assert_eq!(text("concise").lines().count(), findings + 1);
    assert_eq!(csv::Reader::from_reader(text("csv").as_bytes()).records().flatten().count(), findings);
    let sarif: Value = serde_json::from_str(text("sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), findings);
    let first = &sarif["runs"][0]["results"][0];
    assert_eq!(first["properties"]["column"], 14, "the number of the cell, which is no place on the line");
    assert!(first["locations"][0]["physicalLocation"]["region"]["startColumn"].is_null());
    let gitlab: Value = serde_json::from_str(text("gitlab")).unwrap();
    assert_eq!(gitlab.as_array().unwrap().len(), findings);
    assert_eq!(count("##vso[task.logissue", text("azure")), findings + 1);
    assert_eq!(count("##teamcity[inspection typeId", text("teamcity")), findings);
    assert_eq!(text("github").lines().count(), findings + 1);
    assert_eq!(count("<testcase ", text("junit")), 300 + 2);
    assert!(text("markdown").contains("**Gate not met.**"));
    let json: Value = serde_json::from_str(text("json")).unwrap();
    assert_eq!(json["gate"]["passed"], false);
    assert_eq!(json["gate"]["conditions"][1]["places"][0]["line"], 20);
    let by_rule: usize =
        text("statistics").lines().filter_map(|l| l.split_whitespace().next()?.parse::<usize>().ok()).sum();
    assert_eq!(by_rule, findings);
}

#[test]
fn the_help_names_every_format() {
    let place = Place::new();
    for command in ["audit", "check"] {
        let help = place.acw(&[command, "--help"]).out.split_whitespace().collect::<Vec<_>>().join(" ");
        for format in formats() {
            assert!(help.contains(format), "{command}: {format}");
        }
    }
}

#[test]
fn no_format_shows_a_secret() {
    let place = Place::new();
    place.write(
        "n.csv",
        "note_id,agent_id,language,disposition,note\n\
         1,A,en,resolved,\"Customer asked to pay. Card 4111 1111 1111 1111 CVV 737, password: Maple!2291x, IBAN GB29NWBK60161331926819. Paid.\"\n",
    );
    for format in formats() {
        for command in ["audit", "check"] {
            let done = place.acw(&[command, "n.csv", "--format", format]);
            let text = done.out + &done.err;
            for secret in ["4111 1111 1111 1111", "41111111", "CVV 737", "Maple!2291x", "NWBK60161331926819"] {
                assert!(!text.contains(secret), "{command} {format} shows {secret}");
            }
        }
    }
}

#[test]
fn hostile_names_stay_inside_their_form() {
    let place = Place::new();
    place.write(
        "a]b;c,d.csv",
        "note_id,agent_id,language,note\n\
         \"1::error file=x::y\",\"A'|[]\n##teamcity[x]\",en,\"The customer is an idiot.\"\n\
         \"=1+1\",\"<b>&\u{1}\",en,\"The customer is an idiot.\"\n",
    );
    let of = |format: &str| place.acw(&["check", "a]b;c,d.csv", "--format", format]).out;
    assert!(of("github").lines().all(|line| line.starts_with("::")), "{}", of("github"));
    assert!(
        of("teamcity").lines().all(|line| line.starts_with("##teamcity[") && line.ends_with(']')),
        "{}",
        of("teamcity")
    );
    assert!(of("azure").lines().all(|line| line.starts_with("##vso[task.logissue type=")), "{}", of("azure"));
    assert!(of("csv").contains("'=1+1,"), "{}", of("csv"));
    let junit = of("junit");
    assert!(junit.contains("&lt;b&gt;&amp;\u{fffd}") && !junit.contains('\u{1}'), "{junit}");
}

#[test]
fn junit_tells_rejected_rows_from_remarks() {
    let place = Place::new();
    // One row that cannot be read, one note in a language without rules.
    place.write(
        "n.csv",
        format!("{HEADER}1,A,North,en,resolved,55-1001,{GOOD}\n2,A\n3,A,North,pl,resolved,55-1001,{GOOD}\n"),
    );
    let junit = place.acw(&["check", "n.csv", "--format", "junit"]).out;
    assert!(junit.contains("errors=\"1\"") && junit.contains("<testcase name=\"n.csv:3\""), "{junit}");
    let json: Value = serde_json::from_str(&place.acw(&["check", "n.csv", "--format", "json"]).out).unwrap();
    let rejected: Vec<_> = json["problems"].as_array().unwrap().iter().map(|p| (&p["line"], &p["rejected"])).collect();
    assert!(
        rejected.contains(&(&3.into(), &true.into())) && rejected.contains(&(&4.into(), &false.into())),
        "{rejected:?}"
    );
}

#[test]
fn completions_and_manual_pages_are_made() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let done = place.acw(&["completions", shell]);
        assert!(done.code == 0 && done.out.contains("check"), "{shell}: {}", done.err);
    }
    assert_eq!(place.acw(&["man", "--out", "man"]).code, 0);
    assert!(std::fs::read_to_string(place.path("man/acw-check.1")).unwrap().contains("baseline"));
}

/// A pipeline must not turn green because the export is broken or in another language than anybody thought.
#[test]
fn a_gate_that_nothing_was_held_against_is_not_met() {
    let place = Place::new();
    place.write("broken.csv", "note_id,agent_id,note\n1,A,x,y,z\n2,B,x,y\n");
    place.write(
        "foreign.csv",
        HEADER.to_owned() + "1,A,North,de,resolved,55-1001,Der Kunde ruft wegen der Rechnung an.\n",
    );
    for (export, said) in [("broken.csv", "judged: 0, wanted at least 1"), ("foreign.csv", "judged: 0 of 1 (0.0 %)")] {
        for flags in [&["-q"][..], &["--min-score", "1"]] {
            let done = place.acw(&[&["check", export], flags].concat());
            assert!(done.code == 1 && done.out.contains(said), "{export} {flags:?}: {}{}", done.out, done.err);
        }
    }
    assert!(place.acw(&["check", "foreign.csv"]).err.contains("there are no rules for its language `de`"));
    place.write("acw.yaml", "gate: {agents: {score: 90}, teams: {score: 90}, score: 90.5}\n");
    let done = place.acw(&["check", "foreign.csv", "--format", "json"]);
    assert_eq!(done.code, 1);
    let verdict: Value = serde_json::from_str(&done.out).unwrap();
    let last = verdict["gate"]["conditions"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["condition"], &last["level"]), (&"judged".into(), &"fail".into()));
}

#[test]
fn two_formats_have_two_files_that_others_may_read_as_the_mask_says() {
    let place = place();
    let twice = place.acw(&["check", "n.csv", "--format", "json=x", "--format", "csv=x"]);
    assert!(twice.code == 2 && twice.err.contains("two formats cannot go into x"), "{}", twice.err);
    let unnamed = place.acw(&["check", "n.csv", "--format", "json="]);
    assert!(unnamed.code == 2 && unnamed.err.contains("name a file behind `=`"), "{}", unnamed.err);
    place.acw(&["check", "n.csv", "--format", "csv=out/f.csv"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |name: &str| std::fs::metadata(place.path(name)).unwrap().permissions().mode();
        assert_eq!(mode("out/f.csv"), mode("n.csv"));
    }
}
