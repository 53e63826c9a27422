//! `acw columns` and the finding of columns.

use serde_json::Value;

use crate::support::{Place, fixture};

#[test]
fn real_export_shapes_are_understood_and_explained() {
    let place = Place::new();
    for (file, encoding, header) in [
        ("exports/genesys-es.csv", "UTF-8", "Observaciones"),
        ("exports/hotline-zh.csv", "gb18030", "处理描述"),
        ("exports/signalements-fr.tsv", "windows-1252", ""),
        ("exports/zendesk-en.jsonl", "UTF-8", "comment.body"),
    ] {
        let done = place.acw(&["columns", &fixture(file)]);
        assert_eq!(done.code, 0, "{file}: {}", done.err);
        assert!(done.out.contains(encoding), "{file}: {}", done.out);
        let note = done
            .out
            .lines()
            .find(|line| line.trim_start().starts_with("note "))
            .unwrap_or_else(|| panic!("{file}: {}", done.out));
        assert!(note.contains(header) && note.contains('('), "{note}");
    }
}

#[test]
fn a_missing_note_column_shows_headers_and_the_nearest_guess() {
    let place = Place::new();
    let done = place.acw(&["audit", &fixture("exports/no-note-column.csv")]);
    assert_eq!(done.code, 3);
    assert!(done.err.contains("no column holds the notes") && done.err.contains("Coments_"), "{}", done.err);
    assert!(done.err.contains("--column 'note=Coments_'"), "{}", done.err);
    let named = place.acw(&["audit", &fixture("exports/no-note-column.csv"), "--column", "note=Coments_"]);
    assert_eq!(named.code, 0, "{}", named.err);
}

#[test]
fn columns_come_from_flags_before_the_configuration() {
    let place = Place::new();
    place.write("n.csv", "a,b,c\nGil,first idiot,second\n");
    place.write("acw.yaml", "columns:\n  note: c\n  agent_name: a\n  language: '=en'\n");
    assert_eq!(place.findings(&["n.csv"]).iter().filter(|f| f["rule"] == "insult").count(), 0);
    let findings = place.findings(&["n.csv", "--column", "note=b"]);
    let insult = findings.iter().find(|f| f["rule"] == "insult").expect("the flag's column is read");
    assert_eq!(insult["agent"], "Gil");
}

#[test]
fn a_misspelt_role_or_header_is_answered_with_the_nearest() {
    let place = Place::new();
    place.write("n.csv", "note,agent\nx,y\n");
    let role = place.acw(&["columns", "n.csv", "--column", "nte=note"]);
    assert_eq!(role.code, 2);
    assert!(role.err.contains("did you mean `note`"), "{}", role.err);
    let header = place.acw(&["columns", "n.csv", "--column", "team=agnt"]);
    assert_eq!(header.code, 3);
    assert!(header.err.contains("did you mean `agent`"), "{}", header.err);
}

/// An export of one note a day.
fn dated(days: &[&str]) -> String {
    let mut out = String::from("note_id,agent_id,language,date,acw,note\n");
    for (at, day) in days.iter().enumerate() {
        out += &format!("N{at},A,en,{day},60,Customer asked about the bill and I explained it.\n");
    }
    out
}

fn audited(place: &Place, args: &[&str]) -> Value {
    let done = place.acw(&[&["audit", "--format", "json"], args].concat());
    assert_eq!(done.code, 0, "{}", done.err);
    serde_json::from_str(&done.out).unwrap()
}

/// Periods of the run, with their notes.
fn periods(report: &Value) -> Vec<(String, u64)> {
    let periods = report["groups"]["period"].as_array().into_iter().flatten();
    periods.map(|p| (p["period"].as_str().unwrap().to_owned(), p["notes"].as_u64().unwrap())).collect()
}

#[test]
fn days_are_read_as_their_whole_column_tells() {
    let place = Place::new();
    // No two rows in the order of their days, and only the last of many rows can be read in one order alone.
    let mut days: Vec<&str> = ["03/04/2026", "01/05/2026", "02/04/2026"].into_iter().cycle().take(1_200).collect();
    days.push("4/25/2026");
    place.write("n.csv", dated(&days));
    let shown = place.acw(&["columns", "n.csv"]);
    let line = shown.out.lines().find(|line| line.contains("started_at")).unwrap();
    assert!(line.contains("03/04/2026 is month/day/year: 1 of 1201 days can be read in no other order"), "{line}");
    let report = audited(&place, &["n.csv"]);
    let months = [("2026-01", 400), ("2026-02", 400), ("2026-03", 400), ("2026-04", 1)];
    assert_eq!(periods(&report), months.map(|(month, notes)| (month.to_owned(), notes)));
    let problem = &report["problems"][0];
    assert!(
        problem["message"].as_str().unwrap().contains("days such as 03/04/2026 are read as month/day/year"),
        "{problem}"
    );
    assert!(problem["help"].as_str().unwrap().contains("--date-order"), "{problem}");
    let said = place.acw(&["audit", "n.csv"]);
    assert!(said.err.contains("column `date`: days such as 03/04/2026 are read as month/day/year"), "{}", said.err);
    // What can be read only once is known by its first rows.
    let shown = place.acw_with(&["columns", "-"], &dated(&days), 2).out;
    assert!(shown.contains("03/04/2026 leaves doubt: nothing in the column decides"), "{shown}");
}

#[test]
fn the_order_of_rows_tells_the_order_of_days() {
    let place = Place::new();
    let days = ["05/03/2026", "09/03/2026", "12/03/2026", "01/04/2026", "06/04/2026", "10/04/2026"];
    place.write("n.csv", dated(&days));
    assert_eq!(periods(&audited(&place, &["n.csv"])), [("2026-03".to_owned(), 3), ("2026-04".to_owned(), 3)]);
    let shown = place.acw(&["columns", "n.csv"]).out;
    assert!(
        shown.contains("05/03/2026 is day/month/year: only so do the rows stand in the order of their days"),
        "{shown}"
    );
}

#[test]
fn days_that_nothing_decides_are_in_no_period_until_somebody_says_it() {
    let place = Place::new();
    place.write("n.csv", dated(&["03/04/2026", "2026-04-05", "01/02/2026"]));
    let report = audited(&place, &["n.csv"]);
    assert_eq!(periods(&report), [("2026-04".to_owned(), 1)]);
    let problem = &report["problems"][0];
    let message = problem["message"].as_str().unwrap();
    assert!(message.starts_with("2 notes are in no period") && message.contains("03/04/2026"), "{message}");
    assert!(problem["help"].as_str().unwrap().contains("`date_order: dmy`"), "{problem}");
    assert_eq!(report["total"]["notes"], 3, "they count everywhere else");
    place.write("acw.yaml", "date_order: dmy\n");
    let report = audited(&place, &["n.csv"]);
    assert_eq!(periods(&report), [("2026-02".to_owned(), 1), ("2026-04".to_owned(), 2)]);
    assert_eq!(report["problems"], serde_json::json!([]));
    let flag = audited(&place, &["n.csv", "--date-order", "mdy"]);
    let months = ["2026-01", "2026-03", "2026-04"].map(|month| (month.to_owned(), 1));
    assert_eq!(periods(&flag), months);
    assert!(place.acw(&["columns", "n.csv"]).out.contains("days are day/month/year: as asked for"));
    // An order under which a day cannot be read leaves it out, and says so.
    place.write("n.csv", dated(&["03/04/2026", "25/04/2026"]));
    let wrong = audited(&place, &["n.csv", "--date-order", "mdy"]);
    assert_eq!(periods(&wrong), [("2026-03".to_owned(), 1)]);
    assert!(wrong["problems"][0]["message"].as_str().unwrap().starts_with("1 notes are in no period"), "{wrong}");
    assert_eq!(place.acw(&["audit", "n.csv", "--date-order", "ddmm"]).code, 2);
    place.write("acw.yaml", "date_order: ddmm\n");
    let broken = place.acw(&["audit", "n.csv"]);
    assert!(broken.code == 4 && broken.err.contains("acw.yaml:1"), "{}", broken.err);
}

#[test]
fn days_that_speak_for_both_orders_decide_nothing() {
    let place = Place::new();
    place.write("n.csv", dated(&["03/04/2026", "25/04/2026", "04/26/2026"]));
    let report = audited(&place, &["n.csv"]);
    assert_eq!(periods(&report), [("2026-04".to_owned(), 2)], "those that leave no doubt by themselves");
    let message = report["problems"][0]["message"].as_str().unwrap();
    assert!(message.contains("1 cannot be month/day/year, and 1 cannot be day/month/year"), "{message}");
}

#[test]
fn the_other_exports_of_a_run_tell_what_one_cannot() {
    let place = Place::new();
    place.write("exports/01.csv", dated(&["01/04/2026", "01/04/2026"]));
    place.write("exports/02.csv", dated(&["13/04/2026", "12/04/2026"]));
    place.write("exports/03.csv", dated(&["2026-04-09"]));
    assert_eq!(periods(&audited(&place, &["exports"])), [("2026-04".to_owned(), 5)]);
    let shown = place.acw(&["columns", "exports"]).out;
    assert!(shown.contains("01/04/2026 is day/month/year: so are those of the other exports"), "{shown}");
    place.write("exports/03.csv", dated(&["4/25/2026", "05/04/2026"]));
    let shown = place.acw(&["columns", "exports"]).out;
    assert!(shown.contains("01/04/2026 leaves doubt"), "{shown}");
}

#[test]
fn days_of_a_roster_that_leave_doubt_stop_the_run_until_somebody_says_it() {
    let place = Place::new();
    place.write("n.csv", dated(&["2026-04-03"]));
    place.write("roster.csv", "agent_id,date,worked_seconds\nA,03/04/2026,1:00:00\n");
    let done = place.acw(&["audit", "n.csv", "--roster", "roster.csv"]);
    assert_eq!(done.code, 3);
    assert!(
        done.err.contains("roster.csv") && done.err.contains("03/04/2026") && done.err.contains("--date-order"),
        "{}",
        done.err
    );
    let report = audited(&place, &["n.csv", "--roster", "roster.csv", "--date-order", "dmy"]);
    assert_eq!(report["groups"]["period"][0]["acw_percent"], 1.67, "60 of 3,600 seconds");
    place.write("roster.csv", "agent_id,date,worked_seconds\nA,03/04/2026,1:00:00\nA,13/04/2026,1:00:00\n");
    let report = audited(&place, &["n.csv", "--roster", "roster.csv"]);
    assert_eq!(report["groups"]["period"][0]["acw_percent"], 0.83);
}
