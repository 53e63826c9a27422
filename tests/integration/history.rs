//! Runs that are kept: what is in the file and what is not, re-scores, trends, before and after, forgetting, migrations, two at
//! once, killed.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use assert_cmd::cargo::CommandCargoExt as _;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::Connection;
use serde_json::Value;

use crate::support::{Place, fixture, root};

const HEADER: &str =
    "note_id,agent_id,team,language,channel,call_type,started_at,disposition,customer,acw_seconds,note\n";
/// A note that loses nothing.
const CLEAN: &str = "Customer asked about opening hours. Explained them. Customer thanked us.";
/// A note that a fatal rule brings to zero.
const FATAL: &str = "Customer asked to pay invoice 4471. Took payment with card 4111 1111 1111 1111. Paid.";

/// A row of an export.
fn row(id: &str, agent: &str, team: &str, day: &str, note: &str) -> String {
    format!("{id},{agent},{team},en,phone,inquiry,{day},resolved,Wendell Q. Achterberg,60,{note}\n")
}

/// An export of one agent's notes on consecutive days: so many clean ones, then so many at zero.
fn export(prefix: &str, agent: &str, month: &str, clean: usize, fatal: usize) -> String {
    let rows = (0..clean + fatal).map(|at| {
        let note = if at < clean { CLEAN } else { FATAL };
        row(&format!("{prefix}{at}"), agent, "North", &format!("{month}-{:02}", at % 28 + 1), note)
    });
    HEADER.to_owned() + &rows.collect::<String>()
}

fn keep(place: &Place, input: &str, more: &[&str]) -> String {
    let done = place.acw(&[&["audit", input, "--history", "h.db"], more].concat());
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    done.out.lines().find(|line| line.starts_with("History: ")).expect("a line says what was kept").to_owned()
}

fn answer(place: &Place, args: &[&str]) -> Value {
    let done = place.acw(&[&["history"], args, &["--format", "json"]].concat());
    assert_eq!(done.code, 0, "{}", done.err);
    serde_json::from_str(&done.out).unwrap()
}

/// Everything in a history, table by table.
fn dump(file: &Path) -> Vec<String> {
    let connection = Connection::open(file).unwrap();
    let check: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    let broken: i64 =
        connection.query_row("SELECT COUNT(*) FROM pragma_foreign_key_check", [], |row| row.get(0)).unwrap();
    assert_eq!(broken, 0, "a row leads nowhere");
    let mut out = Vec::new();
    for table in ["meta", "rulesets", "runs", "rules", "notes", "failures"] {
        let mut statement = connection.prepare(&format!("SELECT * FROM {table} ORDER BY 1, 2")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let values = (0..columns).map(|at| format!("{:?}", row.get_ref(at).unwrap()));
            out.push(format!("{table}: {}", values.collect::<Vec<_>>().join(", ")));
        }
    }
    out
}

/// The bytes of a history and of its log.
fn bytes(place: &Place) -> Vec<u8> {
    ["h.db", "h.db-wal", "h.db-shm"].iter().filter_map(|name| std::fs::read(place.path(name)).ok()).flatten().collect()
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

#[test]
fn nothing_is_kept_unless_asked() {
    let place = Place::new();
    place.write("n.csv", export("n", "A01", "2026-05", 2, 0));
    assert_eq!(place.acw(&["audit", "n.csv"]).code, 0);
    let files: Vec<_> = std::fs::read_dir(place.path("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(files, ["n.csv"]);
    let done = place.acw(&["audit", "n.csv", "--pseudonyms"]);
    assert_eq!(done.code, 2, "{}", done.err);
}

#[test]
fn the_file_holds_no_text_and_no_customer() {
    let place = Place::new();
    place.write("n.csv", export("note-id-", "A01", "2026-05", 2, 1));
    keep(&place, "n.csv", &[]);
    let bytes = bytes(&place);
    for absent in ["opening hours", "4111", "Achterberg", "Wendell", "note-id-", "wendell"] {
        assert!(!holds(&bytes, absent.as_bytes()), "{absent} stands in the file");
    }
    assert!(holds(&bytes, b"A01"), "the agent does, without pseudonyms");
}

/// By hand and by SciPy and statsmodels: six notes at 100 and two at 0 are 75 on average, Student's t 36.30 to 113.70, cut at 100,
/// 6 of 8 by Wilson 40.93 to 92.85; nine and one are 90, 67.38 to 112.62, and 9 of 10 59.58 to 98.21.
#[test]
fn a_trend_gives_means_shares_and_intervals_a_period() {
    let place = Place::new();
    place.write("may.csv", export("m", "A01", "2026-05", 6, 2));
    place.write("june.csv", export("j", "A02", "2026-06", 9, 1));
    keep(&place, "may.csv", &[]);
    keep(&place, "june.csv", &[]);
    let trend = answer(&place, &["trend", "h.db"]);
    let lines = trend["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 2, "{trend}");
    let figure = |line: usize, name: &str| {
        let f = &lines[line][name];
        [&f["value"], &f["low"], &f["high"]].map(|v| v.as_f64().unwrap())
    };
    assert_eq!((&lines[0]["period"], &lines[1]["period"]), (&"2026-05".into(), &"2026-06".into()));
    assert_eq!((&lines[0]["notes"], &lines[1]["notes"]), (&8.into(), &10.into()));
    assert_eq!((figure(0, "score"), figure(1, "score")), ([75.0, 36.3, 100.0], [90.0, 67.38, 100.0]));
    assert_eq!((figure(0, "compliance"), figure(1, "compliance")), ([75.0, 40.93, 92.85], [90.0, 59.58, 98.21]));
    // A card number is critical for compliance.
    assert_eq!(lines[0]["accuracy"]["compliance"]["value"], 75.0);
    assert_eq!(lines[0]["acw_mean_seconds"], 60);
    assert_eq!((&lines[1]["rules_changed"], &trend["rescored"]), (&false.into(), &0.into()));

    let by_agent = answer(&place, &["trend", "h.db", "--by", "agent", "--period", "week"]);
    let first = &by_agent["lines"][0];
    assert_eq!((&first["agent"], &first["period"], &first["notes"]), (&"A01".into(), &"2026-W18".into(), &3.into()));
    let by_rule = answer(&place, &["trend", "h.db", "--by", "rule"]);
    let card = by_rule["lines"].as_array().unwrap().iter().filter(|line| line["rule"] == "card-number");
    let card: Vec<_> = card.map(|line| (line["failing"].clone(), line["notes"].clone())).collect();
    assert_eq!(card, [(2.into(), 8.into()), (1.into(), 10.into())]);
    let table = place.acw(&["history", "trend", "h.db", "--by", "team"]).out;
    assert!(table.contains("North") && table.contains("75.0 [36–100]") && table.contains("75.0 [41–93]"), "{table}");
}

#[test]
fn the_same_notes_by_the_same_rules_count_once() {
    let place = Place::new();
    place.write("n.csv", export("n", "A01", "2026-05", 4, 0));
    assert!(keep(&place, "n.csv", &[]).contains("run 1 by R1 keeps 4 new notes, 0 scored before by the same rules"));
    place.write("n.csv", export("n", "A01", "2026-05", 3, 3));
    assert!(keep(&place, "n.csv", &[]).contains("run 2 by R1 keeps 2 new notes, 4 scored before by the same rules"));
    let trend = answer(&place, &["trend", "h.db"]);
    assert_eq!(trend["lines"][0]["notes"], 6);
    assert_eq!(trend["lines"][0]["score"]["value"], 50.0, "the corrected notes count: {trend}");
    let by_rule = answer(&place, &["trend", "h.db", "--by", "rule"]);
    let card = by_rule["lines"].as_array().unwrap().iter().find(|line| line["rule"] == "card-number").unwrap();
    assert_eq!(card["findings"], 3, "{card}");
}

#[test]
fn identifiers_that_start_anew_in_every_export_are_other_notes() {
    let place = Place::new();
    place.write("may.csv", export("", "A01", "2026-05", 3, 0));
    place.write("june.csv", export("", "A01", "2026-06", 3, 0));
    keep(&place, "may.csv", &[]);
    assert!(keep(&place, "june.csv", &[]).contains("3 new notes"));
    // Without identifiers, notes that are alike are told apart by their number, and known again.
    let alike = format!("agent_id,language,note\n{}", format!("A01,en,{CLEAN}\n").repeat(3));
    place.write("alike.csv", alike);
    assert!(keep(&place, "alike.csv", &[]).contains("3 new notes"));
    assert!(keep(&place, "alike.csv", &[]).contains("0 new notes, 3 scored before"));
    // The same row twice in a run is one note.
    place.write("twice.csv", format!("{HEADER}{0}{0}", row("t", "A01", "North", "2026-07-01", CLEAN)));
    assert!(keep(&place, "twice.csv", &[]).contains("1 new notes"));
    let undated = answer(&place, &["trend", "h.db"]);
    assert_eq!(undated["undated"], 3);
}

#[test]
fn a_change_of_the_rules_is_told_from_a_change_of_the_people() {
    let place = Place::new();
    place.write("may.csv", export("m", "A01", "2026-05", 6, 4));
    place.write("june.csv", export("j", "A01", "2026-06", 6, 4));
    keep(&place, "may.csv", &[]);
    // The house switches off what costs these notes everything: the same people, other rules.
    place.write("acw.yaml", "off: [card-number]\n");
    assert!(keep(&place, "june.csv", &[]).contains("by R2 keeps 10 new notes"));
    let trend = answer(&place, &["trend", "h.db"]);
    assert_eq!(trend["lines"][0]["rulesets"], serde_json::json!([1]));
    assert_eq!(
        (&trend["lines"][1]["rulesets"], &trend["lines"][1]["rules_changed"]),
        (&serde_json::json!([2]), &true.into())
    );
    assert!(trend["lines"][1]["score"]["value"].as_f64() > trend["lines"][0]["score"]["value"].as_f64());
    let table = place.acw(&["history", "trend", "h.db"]).out;
    assert!(table.contains("R2 (rules changed)") && table.contains("may be the rules', not the people's"), "{table}");
    // Neither does before and after take the rules for the people; the rule that is off has no line where it was off.
    let effect = answer(&place, &["effect", "h.db", "--date", "2026-06-01"]);
    assert_eq!(effect["verdict"], "rules_changed");
    let by_rule = answer(&place, &["trend", "h.db", "--by", "rule"]);
    let card = by_rule["lines"].as_array().unwrap().iter().filter(|line| line["rule"] == "card-number");
    assert_eq!(card.map(|line| line["period"].clone()).collect::<Vec<_>>(), ["2026-05"]);

    // The old notes by the new rules: re-scored, not new.
    assert!(
        keep(&place, "may.csv", &[])
            .contains("0 new notes, 0 scored before by the same rules (replaced), 10 by others only")
    );
    let trend = answer(&place, &["trend", "h.db"]);
    assert_eq!((&trend["rescored"], &trend["lines"][1]["rules_changed"]), (&10.into(), &false.into()));
    assert_eq!(trend["lines"][0]["score"], trend["lines"][1]["score"], "the people are as they were");
    let sets = trend["rulesets"].as_array().unwrap();
    let counts: Vec<_> = sets.iter().map(|set| (set["scored"].clone(), set["shown"].clone())).collect();
    assert_eq!(counts, [(10.into(), 0.into()), (20.into(), 20.into())]);
    assert_eq!(sets[0]["rules"], sets[1]["rules"]);
    assert_ne!(sets[0]["settings"], sets[1]["settings"]);
    let first = answer(&place, &["trend", "h.db", "--as-scored"]);
    assert_eq!(first["lines"][1]["rules_changed"], true);
    assert_eq!(first["lines"][0]["score"]["value"], 60.0);
    let effect = answer(&place, &["effect", "h.db", "--date", "2026-06-01"]);
    assert_eq!((&effect["verdict"], &effect["before"]["notes"]), (&"open".into(), &10.into()));
    let runs = answer(&place, &["runs", "h.db"]);
    let kept: Vec<_> = runs["runs"].as_array().unwrap().iter().map(|run| (&run["new"], &run["rescored"])).collect();
    assert_eq!(kept, [(&10.into(), &0.into()), (&10.into(), &0.into()), (&0.into(), &10.into())]);
}

#[test]
fn a_waived_rule_is_other_rules_and_a_decided_finding_a_correction() {
    let place = Place::new();
    place.write("n.csv", export("n", "A01", "2026-05", 3, 1));
    assert!(keep(&place, "n.csv", &[]).contains("run 1 by R1"));
    let findings = place.findings(&["n.csv"]);
    let card = findings.iter().find(|finding| finding["rule"] == "card-number").unwrap();
    let decision = |what: &str| format!("- {{{what}, on: 2026-05-30, why: a test number}}\n");
    place.write("acw-decisions.yaml", decision(&format!("accept: {}, by: Lead", card["fingerprint"])));
    let line = keep(&place, "n.csv", &[]);
    assert!(line.contains("run 2 by R1") && line.contains("4 scored before by the same rules"), "{line}");
    assert_eq!(answer(&place, &["trend", "h.db"])["lines"][0]["accuracy"]["compliance"]["value"], 100.0);
    place.write("acw-decisions.yaml", decision("waive: {rule: card-number}, owner: Lead, until: 9999-12-30"));
    let line = keep(&place, "n.csv", &[]);
    assert!(line.contains("run 3 by R2") && line.contains("4 by others only"), "{line}");
}

/// Newcombe's interval by statsmodels 0.15, `confint_proportions_2indep(24, 25, 10, 20, method="newcomb")`: 0.2061 to 0.6634.
#[test]
fn before_and_after_are_compared_with_intervals() {
    let place = Place::new();
    let notes = [
        export("a", "A01", "2026-05", 10, 10),
        export("b", "A01", "2026-06", 24, 1),
        export("c", "A02", "2026-05", 15, 5),
        export("d", "A02", "2026-06", 15, 5),
    ];
    for (at, notes) in notes.iter().enumerate() {
        place.write(&format!("in/{at}.csv"), notes);
    }
    keep(&place, "in", &[]);
    let ask = |agent: &str| answer(&place, &["effect", "h.db", "--date", "2026-06-01", "--agent", agent]);
    let effect = ask("A01");
    assert_eq!((&effect["verdict"], &effect["score"]["value"]), (&"better".into(), &46.0.into()));
    let compliance = &effect["compliance"];
    let interval = (compliance["value"].as_f64(), compliance["low"].as_f64(), compliance["high"].as_f64());
    assert_eq!(interval, (Some(46.0), Some(20.61), Some(66.34)));
    assert_eq!((&effect["before"]["notes"], &effect["after"]["notes"]), (&20.into(), &25.into()));
    let card = effect["rules"].as_array().unwrap().iter().find(|rule| rule["rule"] == "card-number").unwrap();
    assert_eq!((&card["difference"]["low"], &card["difference"]["high"]), (&(-66.34).into(), &(-20.61).into()));
    assert_eq!(effect["others"]["score"]["value"], 0.0);
    assert_eq!(effect["others"]["beside"]["value"], 46.0);
    assert_eq!(ask("A02")["verdict"], "open");
    let early = answer(&place, &["effect", "h.db", "--date", "2026-06-01", "--window", "5d", "--agent", "A01"]);
    assert_eq!(
        (&early["verdict"], &early["before"]["notes"], &early["after"]["notes"]),
        (&"too_few".into(), &0.into(), &5.into())
    );
    let text = place.acw(&["history", "effect", "h.db", "--date", "2026-06-01", "--agent", "A01"]).out;
    assert!(text.contains("Verdict: better") && text.contains("+46.0 [+20.6 to +66.3]"), "{text}");
    let done = place.acw(&["history", "effect", "h.db", "--date", "2026-06-01", "--agent", "A011"]);
    assert_eq!(done.code, 3);
    assert!(done.err.contains("did you mean `A01`?"), "{}", done.err);
}

#[test]
fn notes_that_only_other_rules_scored_are_left_out_side_by_side() {
    let place = Place::new();
    place.write("may.csv", export("m", "A01", "2026-05", 6, 4));
    place.write("june.csv", export("j", "A01", "2026-06", 6, 4));
    // Three notes before and two after that the later rules never see.
    place.write("once.csv", export("b", "A01", "2026-05", 3, 0) + &export("a", "A01", "2026-06", 2, 0)[HEADER.len()..]);
    for input in ["once.csv", "may.csv"] {
        keep(&place, input, &[]);
    }
    place.write("acw.yaml", "off: [card-number]\n");
    for input in ["may.csv", "june.csv"] {
        keep(&place, input, &[]);
    }
    let effect = answer(&place, &["effect", "h.db", "--date", "2026-06-01"]);
    assert_eq!(effect["rulesets"].as_array().unwrap().len(), 1, "{effect}");
    let side = |side: &str| (effect[side]["notes"].as_u64().unwrap(), effect[side]["left_out"].as_u64().unwrap());
    assert_eq!((side("before"), side("after")), ((10, 3), (10, 2)));
    let text = place.acw(&["history", "effect", "h.db", "--date", "2026-06-01"]).out;
    assert!(text.contains("3 notes before, 2 after"), "{text}");
}

#[test]
fn another_mix_of_calls_is_not_taken_for_another_quality() {
    let place = Place::new();
    // Complaints go wrong half the time and inquiries never, before and after; only their numbers change.
    let mut notes = HEADER.to_owned();
    let mut add = |month: &str, kind: &str, clean: usize, fatal: usize| {
        for at in 0..clean + fatal {
            let note = if at < clean { CLEAN } else { FATAL };
            let id = format!("{month}{kind}{at}");
            let row = row(&id, "A01", "North", &format!("{month}-{:02}", at % 28 + 1), note);
            notes.push_str(&row.replace(",inquiry,", &format!(",{kind},")));
        }
    };
    add("2026-05", "billing", 20, 20);
    add("2026-05", "inquiry", 5, 0);
    add("2026-06", "billing", 5, 5);
    add("2026-06", "inquiry", 40, 0);
    place.write("n.csv", notes);
    keep(&place, "n.csv", &[]);
    let effect = answer(&place, &["effect", "h.db", "--date", "2026-06-01"]);
    assert!(effect["score"]["low"].as_f64() > Some(0.0), "{effect}");
    assert_eq!((&effect["like_for_like"]["value"], &effect["verdict"]), (&0.0.into(), &"mix".into()));
    // 40 of 45 were of the first type, now 10 of 50.
    assert_eq!(effect["mix_moved"], 68.89);
}

#[test]
fn what_is_forgotten_leaves_no_byte() {
    let place = Place::new();
    let name = "ZZQ-Grace.Ocampo";
    place.write("ocampo_zzq-grace_may.csv", export("m", name, "2026-05", 3, 1));
    place.write("other.csv", export("o", "A02", "2026-05", 3, 1).replace("Wendell Q. Achterberg", "Inés Paz"));
    keep(&place, "ocampo_zzq-grace_may.csv", &[]);
    keep(&place, "other.csv", &[]);
    place.write("acw.yaml", "off: [card-number]\n");
    keep(&place, "ocampo_zzq-grace_may.csv", &[]);
    let before = bytes(&place);
    assert!(holds(&before, name.as_bytes()) && holds(&before, b"ocampo_zzq"), "or the test could not fail");
    // A reader that holds the file open keeps the log from going away with the last writer.
    let reader = Connection::open(place.path("h.db")).unwrap();
    let notes =
        |of: &str| reader.query_row("SELECT COUNT(*) FROM notes WHERE agent = ?1", [of], |row| row.get::<_, i64>(0));
    assert_eq!(notes(name).unwrap(), 8);
    let done = place.acw(&["forget", "h.db", "--agent", name]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.out.contains("Erased: 4 notes with 8 scores, and 2 names of inputs"), "{}", done.out);
    assert!(place.path("h.db-wal").exists(), "or its bytes were not looked at");
    let after = bytes(&place);
    assert!(!holds(&after, name.as_bytes()) && !holds(&after, b"ocampo_zzq") && !holds(&after, b"Ocampo"));
    assert_eq!((notes(name).unwrap(), notes("A02").unwrap()), (0, 4));
    assert_eq!(place.acw(&["forget", "h.db", "--agent", name]).code, 3, "nobody of that name is no success");

    let hash: Vec<u8> = reader.query_row("SELECT customer FROM notes LIMIT 1", [], |row| row.get(0)).unwrap();
    assert!(holds(&bytes(&place), &hash));
    let done = place.acw(&["forget", "h.db", "--customer", "inés  PAZ"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(!holds(&bytes(&place), &hash));
    assert_eq!(notes("A02").unwrap(), 0);
    drop(reader);
    dump(&place.path("h.db"));
    assert_eq!(place.acw(&["forget", "h.db"]).code, 2);
}

#[test]
fn pseudonyms_need_the_salt() {
    let place = Place::new();
    place.write("ZZQ-15.csv", export("n", "ZZQ-15", "2026-05", 3, 1));
    keep(&place, "ZZQ-15.csv", &["--pseudonyms"]);
    // What was decided once stays, also where the flag is forgotten.
    place.write("m.csv", export("m", "ZZQ-15", "2026-06", 3, 1));
    keep(&place, "m.csv", &[]);
    assert!(!holds(&bytes(&place), b"ZZQ-15"));
    let lines = answer(&place, &["trend", "h.db", "--by", "agent"]);
    let pseudonym = lines["lines"][0]["agent"].as_str().unwrap().to_owned();
    assert_eq!(lines["lines"][1]["agent"], pseudonym, "one agent stays one");
    for asked in ["ZZQ-15", &pseudonym] {
        let trend = answer(&place, &["trend", "h.db", "--agent", asked]);
        assert_eq!(trend["lines"][0]["notes"], 4);
    }
    let salt = std::fs::read(place.path("h.db.salt")).unwrap();
    place.write("other.salt", "another salt that is long enough");
    let done = place.acw(&["history", "trend", "h.db", "--salt-file", "other.salt"]);
    assert_eq!(done.code, 3);
    assert!(done.err.contains("not the salt of h.db"), "{}", done.err);
    std::fs::remove_file(place.path("h.db.salt")).unwrap();
    assert_eq!(place.acw(&["history", "trend", "h.db"]).code, 0, "without a name nobody needs it");
    for args in [
        vec!["history", "trend", "h.db", "--agent", "ZZQ-15"],
        vec!["forget", "h.db", "--agent", "ZZQ-15"],
        vec!["audit", "m.csv", "--history", "h.db"],
    ] {
        let done = place.acw(&args);
        assert_eq!(done.code, 3, "{args:?}");
        assert!(done.err.contains("h.db.salt: the salt of the history is not there"), "{}", done.err);
    }
    place.write("elsewhere", salt);
    assert_eq!(place.acw(&["forget", "h.db", "--agent", "ZZQ-15", "--salt-file", "elsewhere"]).code, 0);
    assert!(!holds(&bytes(&place), pseudonym.as_bytes()));
}

#[test]
fn a_history_in_clear_does_not_go_on_with_pseudonyms() {
    let place = Place::new();
    place.write("n.csv", export("n", "A01", "2026-05", 1, 0));
    keep(&place, "n.csv", &[]);
    let done = place.acw(&["audit", "n.csv", "--history", "h.db", "--pseudonyms"]);
    assert_eq!(done.code, 3);
    assert!(done.err.contains("start a new file"), "{}", done.err);
}

#[test]
fn the_configuration_keeps_runs_and_lets_old_notes_go() {
    let place = Place::new();
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let day = |months: i32| today.checked_sub(jiff::Span::new().months(months)).unwrap().to_string();
    let note = |id: &str, months| row(id, "A01", "North", &day(months), CLEAN);
    place.write("n.csv", format!("{HEADER}{}{}{}", note("a", 1), note("b", 12), note("c", 14)));
    place.write("acw.yaml", "history: {file: kept/h.db, pseudonyms: true, salt_file: my.salt, retention: 13 months}\n");
    place.write("kept/here", "");
    let done = place.acw(&["audit", "n.csv"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(
        done.out.contains("3 new notes") && done.out.contains("; 1 scores older than the retention erased"),
        "{}",
        done.out
    );
    assert!(place.path("my.salt").exists());
    let notes = || {
        let trend = answer(&place, &["trend"]);
        trend["lines"].as_array().unwrap().iter().map(|line| line["notes"].as_u64().unwrap()).sum::<u64>()
    };
    assert_eq!(notes(), 2);
    assert_eq!(place.acw(&["history", "prune"]).code, 0);
    assert_eq!(notes(), 2);
    let done = place.acw(&["history", "prune", "--older-than", "6m"]);
    assert!(done.out.contains("Erased: 1 scores"), "{}{}", done.out, done.err);
    assert_eq!(notes(), 1);
    let before = dump(&place.path("kept/h.db"));
    assert_eq!(place.acw(&["audit", "n.csv", "--no-history"]).code, 0);
    assert_eq!(dump(&place.path("kept/h.db")), before);

    place.write("acw.yaml", "history: h.db\n");
    assert!(place.acw(&["audit", "n.csv"]).out.contains("History: run 1"));
    for (text, said) in [
        ("history: {file: h.db, retension: 13m}\n", "did you mean `retention`?"),
        ("history: {file: h.db, retention: 13}\n", "acw.yaml:1:"),
        ("history: {file: h.db, retention: 13 moons}\n", "`13 moons` is no length of time"),
    ] {
        place.write("acw.yaml", text);
        let done = place.acw(&["audit", "n.csv"]);
        assert_eq!(done.code, 4, "{text}");
        assert!(done.err.contains(said), "{}", done.err);
    }
}

#[test]
fn the_salt_of_the_configuration_is_that_of_its_history_alone() {
    let place = Place::new();
    place.write("n.csv", export("n", "A01", "2026-05", 2, 0));
    place.write("acw.yaml", "history: {file: kept/h.db, pseudonyms: true, salt_file: my.salt}\n");
    place.write("kept/here", "");
    // The first run, by another name of the same file that is not there yet.
    assert_eq!(place.acw(&["audit", "n.csv", "--history", "./kept/../kept/h.db"]).code, 0);
    assert!(place.path("my.salt").exists() && !place.path("kept/h.db.salt").exists());
    assert_eq!(place.acw(&["audit", "n.csv", "--history", "other.db"]).code, 0);
    assert!(place.path("other.db.salt").exists(), "another history has a salt of its own");
    let of = |history: &[&str]| answer(&place, &[&["trend"], history, &["--agent", "A01", "--by", "agent"]].concat());
    let agent = |history: &[&str]| of(history)["lines"][0]["agent"].as_str().unwrap().to_owned();
    assert_eq!(agent(&[]), agent(&["kept/../kept/h.db"]));
    assert_eq!(agent(&[]), agent(&["kept/h.db", "--salt-file", "my.salt"]));
    assert_ne!(agent(&[]), agent(&["other.db"]));
    let done = place.acw(&["forget", "other.db", "--agent", "A01"]);
    assert_eq!(done.code, 0, "{}", done.err);
}

#[test]
fn files_that_are_no_history_are_refused_and_left_alone() {
    let place = Place::new();
    place.write("n.csv", export("n", "A01", "2026-05", 1, 0));
    place.write("text.db", "this is no database at all, however long it may be\n".repeat(40));
    Connection::open(place.path("foreign.db"))
        .unwrap()
        .execute_batch("CREATE TABLE t (x); INSERT INTO t VALUES (1)")
        .unwrap();
    Connection::open(place.path("newer.db"))
        .unwrap()
        .execute_batch("CREATE TABLE t (x); PRAGMA application_id = 1633908584; PRAGMA user_version = 99")
        .unwrap();
    for (file, said) in
        [("text.db", "this is no history"), ("foreign.db", "of another program"), ("newer.db", "update acw")]
    {
        let before = std::fs::read(place.path(file)).unwrap();
        for args in [vec!["history", "runs", file], vec!["audit", "n.csv", "--history", file]] {
            let done = place.acw(&args);
            assert_eq!(done.code, 3, "{args:?}");
            assert!(done.err.contains(said) && done.err.contains("help:") && done.out.is_empty(), "{}", done.err);
        }
        assert_eq!(std::fs::read(place.path(file)).unwrap(), before, "{file}");
    }
    let done = place.acw(&["history", "trend", "absent.db"]);
    assert!(done.code == 3 && done.err.contains("there is no history") && !place.path("absent.db").exists());
    assert_eq!(place.acw(&["history", "trend"]).code, 2);
    let done = place.acw(&["audit", "n.csv", "--history", "n.csv/folder/h.db"]);
    assert_eq!(done.code, 5, "{}", done.err);
}

#[test]
fn every_earlier_form_is_migrated_with_what_is_in_it() {
    // Of every form but today's there is a file as that form left it.
    let today = std::fs::read_dir(root().join("src/history/migrations")).unwrap().count();
    for form in 1..today {
        let place = Place::new();
        let sql = std::fs::read_to_string(fixture(&format!("history/v{form}.sql"))).unwrap();
        let old = Connection::open(place.path("h.db")).unwrap();
        old.execute_batch(&sql).unwrap();
        assert_eq!(old.query_row("PRAGMA user_version", [], |row| row.get::<_, u32>(0)).unwrap() as usize, form);
        drop(old);
        std::fs::copy(fixture(&format!("history/v{form}.salt")), place.path("h.db.salt")).unwrap();
        let trend = answer(&place, &["trend", "h.db"]);
        let lines = trend["lines"].as_array().unwrap();
        // May: 90 (the last score of its note) and 97 (by the same rules, so the first is gone); June: 100.
        let told: Vec<_> = lines.iter().map(|line| (&line["notes"], &line["score"]["value"])).collect();
        assert_eq!(told, [(&2.into(), &93.5.into()), (&1.into(), &100.0.into())], "form {form}: {trend}");
        assert_eq!(trend["rescored"], 1);
        let first = answer(&place, &["trend", "h.db", "--as-scored"]);
        assert_eq!(first["lines"][0]["score"]["value"], 88.5);
        let by_rule = answer(&place, &["trend", "h.db", "--by", "rule"]);
        assert_eq!(by_rule["lines"][0]["points"], 10, "{by_rule}");
        let runs = answer(&place, &["runs", "h.db"]);
        let sets: Vec<_> = runs["runs"].as_array().unwrap().iter().map(|run| run["ruleset"]["rules"].clone()).collect();
        assert_eq!(sets, ["aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb", "aaaaaaaaaaaaaaaa"]);
        // It goes on: a run of today comes in, somebody goes out.
        place.write("n.csv", export("n", "A03", "2026-07", 3, 1));
        assert!(keep(&place, "n.csv", &[]).contains("run 4 by R3 keeps 4 new notes"));
        assert_eq!(place.acw(&["forget", "h.db", "--agent", "A01"]).code, 0);
        let rows = dump(&place.path("h.db"));
        assert_eq!(rows.iter().filter(|row| row.starts_with("notes:")).count(), 5, "{rows:#?}");
    }
}

/// `acw audit INPUT --history h.db`, started and not waited for.
fn start(place: &Place, input: &str) -> Child {
    let mut command = Command::cargo_bin("acw").unwrap();
    command.current_dir(place.path("")).env_clear().env("RAYON_NUM_THREADS", "1");
    command.args(["audit", input, "--history", "h.db", "--format", "json"]);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn runs_at_once_all_come_in() {
    let place = Place::new();
    for at in 0..4 {
        place.write(&format!("{at}.csv"), export(&format!("n{at}-"), &format!("A0{at}"), "2026-05", 300, 20));
    }
    // A new file, then one that is there, by the same four and their re-scores.
    for round in 1..=2 {
        let running: Vec<Child> = (0..4).map(|at| start(&place, &format!("{at}.csv"))).collect();
        for child in running {
            let done = child.wait_with_output().unwrap();
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        }
        let rows = dump(&place.path("h.db"));
        let count = |table: &str| rows.iter().filter(|row| row.starts_with(table)).count();
        assert_eq!((count("notes:"), count("runs:"), count("rulesets:")), (4 * 320, 4 * round, 1));
    }
}

#[test]
fn a_killed_run_leaves_the_history_as_it_was() {
    let place = Place::new();
    place.write("n.csv", export("n", "A01", "2026-05", 5, 1));
    keep(&place, "n.csv", &[]);
    let before = dump(&place.path("h.db"));
    place.write("big.csv", export("b", "A02", "2026-05", 17_000, 3_000));

    // While notes are read: most of them are in, and more could come.
    let mut child = start(&place, "-");
    let mut rows = child.stdin.take().unwrap();
    rows.write_all(&std::fs::read(place.path("big.csv")).unwrap()).unwrap();
    child.kill().unwrap();
    assert!(!child.wait().unwrap().success(), "it was done before it was killed");
    drop(rows);
    assert_eq!(dump(&place.path("h.db")), before);

    // While they come into the file: the log grows before the transaction is through.
    let log = place.path("h.db-wal");
    let mut torn = false;
    for _ in 0..10 {
        let mut child = start(&place, "big.csv");
        while std::fs::metadata(&log).map_or(0, |log| log.len()) == 0 && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_micros(300));
        }
        let half_done = child.try_wait().unwrap().is_none();
        child.kill().unwrap();
        child.wait().unwrap();
        let after = dump(&place.path("h.db"));
        torn = half_done && after == before;
        if torn {
            break;
        }
        // Too late: then all of it is there, and nothing between. Once more, from the start.
        assert_eq!(after.iter().filter(|row| row.starts_with("notes:")).count(), 20_006);
        assert_eq!(place.acw(&["forget", "h.db", "--agent", "A02"]).code, 0);
        let runs = "DELETE FROM runs WHERE id > 1";
        Connection::open(place.path("h.db")).unwrap().execute_batch(runs).unwrap();
    }
    assert!(torn, "never killed in the middle");
    // And the next one is kept.
    assert!(keep(&place, "n.csv", &[]).contains("6 scored before by the same rules"));
}

#[test]
fn a_reader_who_goes_away_does_not_take_the_run_along() {
    let place = Place::new();
    // More findings than a pipe holds: the run cannot end before its reader.
    place.write("n.csv", export("n", "A01", "2026-05", 100, 3_000));
    for (round, format) in ["jsonl", "json", "terminal"].into_iter().enumerate() {
        let history = format!("{format}.db");
        let mut command = Command::cargo_bin("acw").unwrap();
        command.current_dir(place.path("")).env_clear();
        command.args(["audit", "n.csv", "--history", &history, "--report", format, "--format", format]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut reader = BufReader::new(child.stdout.take().unwrap());
        if round == 0 {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            assert!(line.starts_with("{\"note\":"), "{line}");
            assert!(child.try_wait().unwrap().is_none(), "it ended while somebody listened");
        }
        drop(reader);
        let done = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success() && !said.contains("nothing of it is kept"), "{format}: {said}");
        let runs = answer(&place, &["runs", &history]);
        assert_eq!((&runs["runs"][0]["new"], &runs["runs"][0]["left"]), (&3_100.into(), &3_100.into()), "{format}");
        assert!(place.path(format).join("index.html").exists(), "{format}: no pages");
    }
    // Where nothing but the lines was asked for, nobody goes on for nobody.
    let mut command = Command::cargo_bin("acw").unwrap();
    command.current_dir(place.path("")).env_clear().args(["audit", "n.csv", "--format", "jsonl"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let done = child.wait_with_output().unwrap();
    assert!(done.status.success() && done.stderr.is_empty(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn half_a_run_is_not_kept() {
    let place = Place::new();
    place.write("n.csv", format!("{}not,enough\n", export("n", "A01", "2026-05", 2, 0)));
    // Of two inputs the second cannot be read: nothing of the first is kept.
    place.write("zeros.csv", [0; 64]);
    let done = place.acw(&["audit", "n.csv", "zeros.csv", "--history", "h.db"]);
    assert_eq!(done.code, 3);
    assert!(done.err.contains("nothing of it is kept"), "{}", done.err);
    assert!(dump(&place.path("h.db")).iter().all(|row| row.starts_with("meta:")));
    assert!(keep(&place, "n.csv", &[]).contains("2 new notes"));
}
