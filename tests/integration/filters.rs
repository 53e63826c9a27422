//! Filters and samples at reading: what they leave out is counted, and what is found does not depend on them.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::support::{Done, Place};

/// Every note has a finding, so that the findings name the notes that were audited.
const EXPORT: &str = "note_id,agent_id,agent_name,team,call_type,channel,started_at,talk_seconds,note
n1,A1,Ana Ruiz,North,complaint,phone,2026-05-01,120,The customer is an idiot and he called about his bill
n2,A1,Ana Ruiz,North,billing,chat,2026-05-02,30,An idiot
n3,A2,Ben Ode,South Shore,complaint,telephone,2026-05-03,,Caller was an idiot about the late delivery
n4,A2,Ben Ode,,billing,phone,,45,This idiot asked for his invoice again and again
n5,A3,,South Shore,sales,phone,2026-05-05,600,Sold the plan to this idiot who then cancelled
n6,A3,x,y,too,many,fields,in,this,row,of,the,export
";

fn place() -> Place {
    let place = Place::new();
    place.write("n.csv", EXPORT);
    place
}

/// The notes that were audited.
fn notes(place: &Place, args: &[&str]) -> BTreeSet<String> {
    let found = place.findings(&[&["n.csv", "--language", "en"], args].concat());
    found.iter().map(|finding| finding["note"].as_str().unwrap().to_owned()).collect()
}

fn audited(place: &Place, args: &[&str]) -> Done {
    place.acw(&[&["audit", "n.csv", "--language", "en"], args].concat())
}

fn run(place: &Place, args: &[&str]) -> Value {
    let done = audited(place, &[&["--format", "json"], args].concat());
    assert_eq!(done.code, 0, "{}", done.err);
    serde_json::from_str::<Value>(&done.out).unwrap()["run"].take()
}

#[test]
fn each_filter_takes_the_notes_it_names() {
    let place = place();
    for (args, taken) in [
        (&["--from", "2026-05-02", "--to", "2026-05-03"][..], "n2 n3"),
        (&["--team", "NORTH"], "n1 n2"),
        (&["--team", "south-shore"], "n3 n5"),
        (&["--team", "north", "--team", "South Shore"], "n1 n2 n3 n5"),
        (&["--agent", "a2"], "n3 n4"),
        (&["--agent", "Ana Ruiz", "--agent", "A3"], "n1 n2 n5"),
        (&["--call-type", "billing"], "n2 n4"),
        (&["--channel", "Phone"], "n1 n3 n4 n5"),
        (&["--min-words", "3"], "n1 n3 n4 n5"),
        (&["--min-chars", "47"], "n1 n4"),
        (&["--min-talk", "1:30"], "n1 n5"),
        (&["--min-talk", "45s", "--channel", "phone", "--to", "2026-05-31"], "n1 n5"),
    ] {
        let expected: BTreeSet<String> = taken.split(' ').map(str::to_owned).collect();
        assert_eq!(notes(&place, args), expected, "{args:?}");
    }
}

#[test]
fn what_is_left_out_is_counted_by_reason_in_every_output() {
    let place = place();
    let args = ["--from", "2026-05-02", "--min-talk", "40"];
    let told = run(&place, &args);
    let number = |key: &str| told[key].as_u64().unwrap();
    assert_eq!(["rows", "audited", "skipped", "rejected"].map(number), [6, 1, 4, 1]);
    assert_eq!(
        told["skipped_by"].to_string(),
        r#"[{"by":"day","notes":2,"unknown":1},{"by":"talk","notes":2,"unknown":1}]"#
    );
    assert_eq!(told["filter"].to_string(), r#"{"from":"2026-05-02","min_talk":"40"}"#);
    let done = audited(&place, &[&args[..], &["--report", "pages", "--locale", "en"]].concat());
    assert!(done.out.contains("Rows read: 6 = 1 audited + 4 skipped by the filter + 1 rejected."), "{}", done.out);
    let line = "Filter: from: 2026-05-02; min_talk: 40. Left out: 2 by day (1 tell none), 2 by talk (1 tell none).";
    assert!(done.out.contains(line), "{}", done.out);
    let page = fs::read_to_string(place.path("pages/index.html")).unwrap();
    assert!(page.replace("&#x3D;", "=").contains("6 = 1 audited + 4 left out by the filter + 1 rejected"));
    let pages = fs::read_dir(place.path("pages")).unwrap().map(|entry| entry.unwrap().path());
    let agents = pages.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("agent-"));
    let pages: Vec<_> = agents.chain([place.path("pages/index.html")]).collect();
    assert_eq!(pages.len(), 2);
    for page in pages {
        let page = fs::read_to_string(page).unwrap();
        assert!(page.contains("<code>from: 2026-05-02; min_talk: 40</code>"), "said on every page with figures");
    }
    let overview = &crate::support::workbook(&place.path("pages/figures.xlsx"))[0].1;
    let value = |name: &str| overview.iter().find(|row| row[0] == name).unwrap()[1].to_string();
    let names = ["Rows read", "Rows audited", "Rows left out by the filter", "Rows not readable"];
    assert_eq!(names.map(value), ["6", "1", "4", "1"]);
}

#[test]
fn names_that_no_note_has_are_said_with_the_nearest_and_nothing_left_is_an_error() {
    let place = place();
    let done = audited(&place, &["--team", "North", "--team", "South Shor", "--agent", "A1", "--agent", "Zoe"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(
        done.err.contains("team `South Shor`, which no note has\n  help: did you mean `South Shore`?"),
        "{}",
        done.err
    );
    assert!(
        done.err.contains("agent `Zoe`, which no note has\n  help: there are A1, A2, A3, Ana Ruiz, Ben Ode"),
        "{}",
        done.err
    );
    for command in [&["audit"][..], &["sample", "draw", "--size", "1", "--out", "drawn"]] {
        let done = place.acw(&[command, &["n.csv", "--team", "Nort"]].concat());
        assert_eq!((done.code, done.out.as_str()), (3, ""), "{}", done.err);
        assert!(done.err.contains("leaves out all 5 notes: 5 by team (1 tell none)"), "{}", done.err);
        assert!(done.err.contains("did you mean `North`?"), "{}", done.err);
    }
}

#[test]
fn days_that_leave_doubt_are_said_where_a_filter_needs_them() {
    let place = Place::new();
    place.write("n.csv", "note_id,started_at,note\n1,03/04/2026,fine\n2,2026-04-03,fine\n3,05/04/2026,fine\n");
    let done = place.acw(&["audit", "n.csv", "--language", "en", "--from", "2026-01-01"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.out.contains("Left out: 2 by day (2 tell none)."), "{}", done.out);
    assert!(
        done.err.contains("days such as 03/04/2026 leave doubt") && done.err.contains("--date-order"),
        "{}",
        done.err
    );
    let done = place.acw(&["audit", "n.csv", "--language", "en", "--from", "2026-04-04", "--date-order", "dmy"]);
    assert!(done.out.contains("Rows read: 3 = 1 audited + 2 skipped by the filter + 0 rejected."), "{}", done.out);
}

#[test]
fn settings_filter_too_and_flags_go_over_them() {
    let place = place();
    place.write("acw.yaml", "filter:\n  team: South Shore\n  channel: [phone, chat]\n");
    let names = |args: &[&str]| notes(&place, args).into_iter().collect::<Vec<_>>().join(" ");
    assert_eq!(names(&[]), "n3 n5");
    assert_eq!(names(&["--team", "North", "--channel", "chat"]), "n2");
    assert_eq!(names(&["--no-filter"]), "n1 n2 n3 n4 n5");
    assert_eq!(names(&["--no-filter", "--call-type", "sales"]), "n5");
    for (text, fault, help) in [
        ("filter:\n  from: 2026-13-01\n", "acw.yaml:2:9: `2026-13-01` is no day; write 2026-06-01", ""),
        ("filter:\n  teem: North\n", "acw.yaml:2:3:", "did you mean `team`?"),
        ("filter:\n  take: 200%\n", "acw.yaml:2:9: `200%` is no share of notes", ""),
        ("filter:\n  min_talk: long\n", "acw.yaml:2:3:", "such as `95`, `1:35` or `1m35s`"),
    ] {
        place.write("acw.yaml", text);
        let done = audited(&place, &[]);
        assert_eq!(done.code, 4, "{text}: {}", done.err);
        assert!(done.err.contains(fault) && done.err.contains(help), "{text}: {}", done.err);
    }
    fs::remove_file(place.path("acw.yaml")).unwrap();
    assert_eq!(audited(&place, &["--from", "01/02/2026"]).code, 2);
}

#[test]
fn findings_do_not_depend_on_the_filter() {
    let place = Place::new();
    let pasted = "Customer called about the bill of May and was told how every charge on it came about in detail";
    let rows: String = (0..12).map(|at| format!("n{at},A{},T{},{pasted}\n", at % 3, at % 2)).collect();
    place.write("n.csv", format!("note_id,agent_id,team,note\n{rows}"));
    let all = place.findings(&["n.csv", "--language", "en"]);
    assert!(all.iter().any(|finding| finding["rule"] == "pasted-paragraph"), "{all:?}");
    let own: Vec<&Value> = all.iter().filter(|finding| finding["note"] == "n4").collect();
    let filtered = place.findings(&["n.csv", "--language", "en", "--team", "T0", "--agent", "A1"]);
    let filtered: Vec<&Value> = filtered.iter().filter(|finding| finding["note"] == "n4").collect();
    assert_eq!(filtered, own);
}

#[test]
fn a_part_taken_at_reading_is_the_same_in_any_order() {
    let place = Place::new();
    let mut rows: Vec<String> = (0..400).map(|at| format!("n{at},A1,an idiot called about a bill\n")).collect();
    let mut taken = |name: &str, args: &[&str]| {
        rows.reverse();
        place.write(name, format!("note_id,agent_id,note\n{}", rows.concat()));
        let found = place.findings(&[&[name, "--language", "en"], args].concat());
        found.iter().map(|finding| finding["note"].as_str().unwrap().to_owned()).collect::<BTreeSet<String>>()
    };
    let first = taken("a.csv", &["--take", "10%"]);
    assert!((20..65).contains(&first.len()), "{}", first.len());
    assert_eq!(taken("b.csv", &["--take", "1/10"]), first);
    assert_ne!(taken("b.csv", &["--take", "10%", "--take-seed", "2"]), first);
    assert!(taken("b.csv", &["--take", "30%"]).is_superset(&first));
}

#[test]
fn a_sample_remembers_by_what_filter_its_export_was_read() {
    let place = place();
    let draw =
        ["sample", "draw", "n.csv", "--language", "en", "--size", "2", "--out", "drawn", "--team", "South Shore"];
    let done = place.acw(&draw);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(
        done.out.contains("2 of 2 notes") && done.out.contains("3 notes were left out by the filter"),
        "{}",
        done.out
    );
    let manifest: Value =
        serde_json::from_str(&fs::read_to_string(place.path("drawn/manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest["reading"]["filter"]["team"][0], "South Shore");
    // As it was read for the draw, without being told again.
    let shown = place.acw(&["sample", "show", "drawn", "--format", "json"]);
    assert_eq!(shown.code, 0, "{}", shown.err);
    assert!(!shown.err.contains("changed"), "{}", shown.err);
}

#[test]
fn a_dispute_finds_a_finding_that_the_filter_leaves_out() {
    let place = place();
    let finding = place.findings(&["n.csv", "--language", "en"]).remove(0);
    place.write("acw.yaml", "filter: {team: South Shore}\nlanguage: en\n");
    let fingerprint = finding["fingerprint"].as_str().unwrap();
    let done = place.acw(&["dispute", "open", fingerprint, "n.csv", "--by", "Ana", "--why", "he said so"]);
    assert_eq!(done.code, 0, "{}", done.err);
}

#[test]
fn a_filter_that_no_day_is_in_is_no_filter() {
    let place = Place::new();
    place.write("n.csv", "note_id,agent_id,note\n1,a,x\n");
    let flags = place.acw(&["audit", "n.csv", "--from", "2026-06-01", "--to", "2026-05-01"]);
    assert!(flags.code == 2 && flags.err.contains("wrong way round"), "{}", flags.err);
    place.write("acw.yaml", "target: 90\nfilter: {from: 2026-06-01, to: 2026-05-01}\n");
    let file = place.acw(&["audit", "n.csv"]);
    assert!(file.code == 4 && file.err.contains("acw.yaml:2:"), "{}", file.err);
}
