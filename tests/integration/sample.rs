//! Samples: drawn again the same, weighed, written for people to fill, read back.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};
use std::path::Path;

use calamine::{Data, Reader, Xlsx};
use serde_json::Value;

use crate::support::{Place, fixture};

const SAMPLE: &str = "exports/sample.csv";

/// Runs `acw sample …` and expects success.
fn sample(place: &Place, args: &[&str]) -> String {
    let done = place.acw(&[&["sample"], args].concat());
    assert_eq!(done.code, 0, "{args:?}: {}", done.err);
    done.out
}

/// Runs `acw sample …` and expects a refusal with this code; gives what was said.
fn refused(place: &Place, code: i32, args: &[&str]) -> String {
    let done = place.acw(&[&["sample"], args].concat());
    assert_eq!(done.code, code, "{args:?}: {}{}", done.out, done.err);
    assert!(done.err.contains("help:"), "{}", done.err);
    done.err
}

fn manifest(place: &Place, dir: &str) -> Value {
    let text = std::fs::read_to_string(place.path(dir).join("manifest.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn ids(manifest: &Value) -> Vec<String> {
    manifest["notes"].as_array().unwrap().iter().map(|n| n["note"].as_str().unwrap().to_owned()).collect()
}

fn csv_rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut csv = csv::Reader::from_path(path).unwrap();
    csv.deserialize().collect::<Result<_, _>>().unwrap()
}

fn xlsx_rows(path: &Path) -> (String, Vec<Vec<Data>>) {
    let mut workbook: Xlsx<_> = calamine::open_workbook(path).unwrap();
    let tab = workbook.sheet_names()[0].clone();
    let range = workbook.worksheet_range_at(0).unwrap().unwrap();
    (tab, range.rows().map(<[Data]>::to_vec).collect())
}

/// A file inside a workbook.
fn part(path: &Path, name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(std::fs::read(path).unwrap())).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// An export of notes by two agents of two teams; every third note insults.
fn export(rows: usize) -> String {
    let mut out = String::from("note_id,agent_id,agent_name,team,language,call_type,note\n");
    for row in 0..rows {
        let (agent, name, team) = if row % 2 == 0 { ("A1", "Ada Moss", "North") } else { ("B2", "Bo Lind", "South") };
        let rude = if row % 3 == 0 { " Customer is an idiot." } else { "" };
        out += &format!(
            "N{row:03},{agent},{name},{team},en,inquiry,Customer asked about bill {row}. Explained the fee of {row} EUR. Resolved.{rude}\n"
        );
    }
    out
}

#[test]
fn sizes_are_told_with_their_formula() {
    let place = Place::new();
    let many = sample(&place, &["size"]);
    assert!(many.starts_with("385 notes:") && many.contains("= 384.15"), "{many}");
    let few = sample(&place, &["size", "--population", "1000"]);
    assert!(few.starts_with("278 notes of 1000:") && few.contains("= 277.73, rounded up"), "{few}");
    assert_eq!(place.acw(&["sample", "size", "--margin", "0"]).code, 2);
    assert_eq!(place.acw(&["sample", "size", "--population", "0"]).code, 2);
}

#[test]
fn the_same_call_gives_the_same_bytes_on_any_number_of_threads() {
    let place = Place::new();
    let export = fixture(SAMPLE);
    for kind in [&["--kind", "simple"][..], &["--kind", "stratified", "--by", "agent"], &["--kind", "risk"]] {
        let name = kind[1];
        for (dir, threads) in [(format!("{name}-1"), 1), (format!("{name}-2"), 4)] {
            let args = [&["sample", "draw", &export, "--size", "40", "--seed", "7", "--out", &dir], kind].concat();
            let done = place.acw_with(&args, "", threads);
            assert_eq!(done.code, 0, "{}", done.err);
        }
        for file in ["manifest.json", "sheet.csv", "sheet.xlsx"] {
            let read = |dir: &str| std::fs::read(place.path(&format!("{name}-{dir}")).join(file)).unwrap();
            assert!(read("1") == read("2"), "{name}: {file}");
        }
    }
    sample(&place, &["draw", &export, "--size", "40", "--seed", "8", "--out", "other"]);
    assert_ne!(ids(&manifest(&place, "simple-1")), ids(&manifest(&place, "other")));
}

#[test]
fn the_order_of_rows_decides_nothing() {
    let place = Place::new();
    let text = export(60);
    let (head, rows) = text.split_once('\n').unwrap();
    let backwards: Vec<&str> = rows.lines().rev().collect();
    place.write("n.csv", &text);
    place.write("b.csv", format!("{head}\n{}\n", backwards.join("\n")));
    for (file, dir) in [("n.csv", "n"), ("b.csv", "b")] {
        sample(&place, &["draw", file, "--size", "12", "--kind", "stratified", "--by", "team", "--out", dir]);
    }
    assert_eq!(ids(&manifest(&place, "n")), ids(&manifest(&place, "b")));
    assert_eq!(manifest(&place, "n")["export"], manifest(&place, "b")["export"]);
}

#[test]
fn strata_are_all_drawn_from_and_their_weights_sum_to_the_population() {
    let place = Place::new();
    let out = sample(
        &place,
        &[
            "draw",
            &fixture(SAMPLE),
            "--size",
            "60",
            "--kind",
            "stratified",
            "--by",
            "team,channel,period",
            "--out",
            "s",
        ],
    );
    assert!(out.starts_with("Stratified random sample:") && out.contains("60 of 300 notes"), "{out}");
    let m = manifest(&place, "s");
    assert_eq!((&m["kind"], &m["representative"], &m["drawn"]), (&"stratified".into(), &true.into(), &60.into()));
    let number = |value: &Value| value.as_f64().unwrap();
    let weights: f64 = m["notes"].as_array().unwrap().iter().map(|note| number(&note["weight"])).sum();
    assert!((weights - number(&m["population"])).abs() < 1e-6, "{weights}");
    let strata = m["strata"].as_array().unwrap();
    assert!(strata.len() > 3);
    for (at, stratum) in strata.iter().enumerate() {
        let keys: Vec<&String> = stratum["by"].as_object().unwrap().keys().collect();
        assert_eq!(keys, ["channel", "period", "team"]);
        let drawn = m["notes"].as_array().unwrap().iter().filter(|note| note["stratum"] == at).count();
        assert!(drawn > 0 && stratum["drawn"] == drawn, "{stratum}");
        assert!((number(&stratum["weight"]) - number(&stratum["population"]) / drawn as f64).abs() < 1e-9);
    }
    let unique: BTreeSet<String> = ids(&m).into_iter().collect();
    assert_eq!(unique.len(), 60);
}

#[test]
fn allocations_and_shares_are_as_asked_for() {
    let place = Place::new();
    place.write("n.csv", export(61) + "N900,C3,Cy Roe,West,en,inquiry,Customer asked about a bill. Explained it.\n");
    let drawn = |dir: &str| {
        let strata = manifest(&place, dir)["strata"].as_array().unwrap().clone();
        strata
            .iter()
            .map(|s| (s["by"]["team"].as_str().unwrap().to_owned(), s["drawn"].as_u64().unwrap()))
            .collect::<Vec<_>>()
    };
    let teams = |north, south, west| vec![("North".into(), north), ("South".into(), south), ("West".into(), west)];
    let stratified = ["draw", "n.csv", "--kind", "stratified", "--by", "team"];
    sample(&place, &[&stratified[..], &["--per-stratum", "5", "--out", "each"]].concat());
    assert_eq!(drawn("each"), teams(5, 5, 1));
    sample(&place, &[&stratified[..], &["--size", "21", "--allocation", "equal", "--out", "equal"]].concat());
    assert_eq!(drawn("equal"), teams(10, 10, 1));
    sample(&place, &[&stratified[..], &["--share", "50", "--out", "half"]].concat());
    assert_eq!(drawn("half"), teams(15, 15, 1));
    // Insults stand in every third note of both teams, and West has one note that can differ from nothing.
    sample(&place, &[&stratified[..], &["--size", "13", "--allocation", "neyman", "--out", "neyman"]].concat());
    assert_eq!(drawn("neyman"), teams(6, 6, 1));
    assert!(refused(&place, 2, &[&stratified[..], &["--size", "2", "--out", "x"]].concat()).contains("3 strata"));
    assert!(refused(&place, 2, &["draw", "n.csv", "--size", "63", "--out", "x"]).contains("62 notes to draw from"));
    assert!(refused(&place, 2, &["draw", "n.csv", "--out", "x"]).contains("how many notes?"));
    let error =
        refused(&place, 2, &["draw", "n.csv", "--kind", "stratified", "--by", "channel", "--size", "9", "--out", "x"]);
    assert!(error.contains("the export tells no channel"), "{error}");
    assert!(!place.path("x").exists());
}

#[test]
fn the_sheet_has_the_columns_of_the_contract_and_every_cell_is_text() {
    let place = Place::new();
    place.write(
        "n.csv",
        "note_id,agent_id,language,channel,call_type,disposition,case_id,started_at,note\n\
         1,A,en,phone,inquiry,resolved,=1+1,2026-05-04T08:00:00,\"=HYPERLINK(\"\"http://x.example\"\",\"\"y\"\")\"\n\
         +2,A,en,phone,sales,resolved,CS-1,2026-05-04T08:00:00,\"@SUM(A1) asked.\nExplained, \"\"again\"\".\"\n",
    );
    sample(&place, &["draw", "n.csv", "--size", "2", "--out", "s"]);
    let (tab, rows) = xlsx_rows(&place.path("s/sheet.xlsx"));
    assert_eq!(tab, "random");
    let headers: Vec<String> = rows[0].iter().map(ToString::to_string).collect();
    let told =
        ["note_id", "agent_id", "language", "channel", "call_type", "disposition", "reference", "started_at", "note"];
    assert_eq!(headers[..9], told);
    assert_eq!(headers[headers.len() - 2..], ["reviewer", "comment"]);
    let criteria = &headers[9..headers.len() - 2];
    for criterion in ["required:reason", "required:budget", "reference", "judgement", "disrespect", "sensitive"] {
        assert!(criteria.iter().any(|c| c == criterion), "{criterion} is not among {criteria:?}");
    }
    let mut workbook: Xlsx<_> = calamine::open_workbook(place.path("s/sheet.xlsx")).unwrap();
    assert!(workbook.worksheet_formula(&tab).unwrap().is_empty());
    let formula = "=HYPERLINK(\"http://x.example\",\"y\")";
    assert!(rows.iter().any(|row| row[8] == Data::String(formula.into()) && row[0] == Data::String("1".into())));
    let csv = std::fs::read_to_string(place.path("s/sheet.csv")).unwrap();
    assert!(csv.contains("\"'=HYPERLINK(") && csv.contains("\n'+2,") && csv.contains(",'=1+1,"), "{csv}");
    assert!(csv.contains("\"'@SUM(A1) asked.\nExplained, \"\"again\"\".\""), "{csv}");
    // What calamine does not tell: the header stays in view, marks come from a list, one a criterion.
    let xml = part(&place.path("s/sheet.xlsx"), "xl/worksheets/sheet1.xml");
    assert!(xml.contains("ySplit=\"1\"") && xml.contains("state=\"frozen\""), "{xml}");
    assert!(xml.contains("<formula1>\"fail,pass,n/a\"</formula1>"), "{xml}");
    let column = |at: usize| ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J"][at];
    assert!(xml.contains(&format!("sqref=\"{}2:", column(9))), "{xml}");
    assert!(xml.contains("<autoFilter"), "{xml}");
    assert!(part(&place.path("s/sheet.xlsx"), "xl/styles.xml").contains("wrapText=\"1\""));
}

#[test]
fn a_criterion_can_be_a_rule_and_no_criterion_stands_for_nothing() {
    let place = Place::new();
    place.write("n.csv", export(9));
    sample(&place, &["draw", "n.csv", "--size", "3", "--criteria", "rules", "--format", "csv", "--out", "s"]);
    assert!(!place.path("s/sheet.xlsx").exists());
    let headers = csv::Reader::from_path(place.path("s/sheet.csv")).unwrap().headers().unwrap().clone();
    assert!(headers.iter().any(|h| h == "insult") && headers.iter().any(|h| h == "missing-reason"), "{headers:?}");
    // Only sales calls tell a budget, and there are none.
    assert!(headers.iter().all(|h| h != "missing-budget"), "{headers:?}");
}

#[test]
fn what_leaves_the_program_is_masked_and_a_blind_sheet_names_nobody() {
    let place = Place::new();
    place.write(
        "n.csv",
        "note_id,agent_id,agent_name,team,language,case_id,note\n\
         1,MNL-15,Grace Ocampo,North,en,20260504001,\"Card 4111 1111 1111 1111, password: Maple!2291x, call 600123456. Grace will call back.\"\n",
    );
    for (dir, blind) in [("open", None), ("blind", Some("--blind"))] {
        let args: Vec<&str> = ["draw", "n.csv", "--size", "1", "--out", dir].into_iter().chain(blind).collect();
        sample(&place, &args);
        let (_, rows) = xlsx_rows(&place.path(dir).join("sheet.xlsx"));
        let workbook: String = rows[1].iter().map(|cell| format!("{cell}\n")).collect();
        let mut outputs = vec![workbook, std::fs::read_to_string(place.path(dir).join("sheet.csv")).unwrap()];
        outputs.push(std::fs::read_to_string(place.path(dir).join("manifest.json")).unwrap());
        outputs.push(sample(&place, &["show", dir]));
        outputs.push(sample(&place, &["show", dir, "--format", "json"]));
        for (at, text) in outputs.iter().enumerate() {
            for secret in ["4111 1111", "Maple!2291x", "600123", "20260504"] {
                assert!(!text.contains(secret), "{dir} {at}: {secret} in {text}");
            }
            // The first two are the sheet.
            if at < 2 {
                for name in ["MNL-15", "Grace"] {
                    assert_eq!(text.contains(name), blind.is_none(), "{dir} {at}: {name} in {text}");
                }
            }
        }
    }
}

#[test]
fn a_risk_based_sample_prefers_what_costs_more_and_says_so() {
    let place = Place::new();
    place.write("n.csv", export(120));
    let out = sample(&place, &["draw", "n.csv", "--size", "30", "--kind", "risk", "--seed", "3", "--out", "s"]);
    assert!(out.contains("biased on purpose") && out.contains("Never average it with a random sample"), "{out}");
    let m = manifest(&place, "s");
    assert_eq!((&m["kind"], &m["representative"], &m["drawn"]), (&"risk_based".into(), &false.into(), &30.into()));
    let rude = |note: &Value| note["note"].as_str().unwrap()[1..].parse::<u32>().unwrap() % 3 == 0;
    let notes = m["notes"].as_array().unwrap();
    let (bad, good): (Vec<&Value>, Vec<&Value>) = notes.iter().partition(|note| rude(note));
    assert!(bad.len() > good.len(), "{} of 30 are insults, of which there is one in three", bad.len());
    assert!(bad[0]["weight"].as_f64() < good[0]["weight"].as_f64());
    assert!(bad[0]["reason"].as_str().unwrap().starts_with("findings cost "));
    assert!(m["strata"][0]["weight"].is_null());
    // Weighed, the third that insults is found again; the plain share of the sample is far from it.
    let json: Value = serde_json::from_str(&sample(&place, &["estimate", "s", "--format", "json"])).unwrap();
    let share = &json["groups"][0]["figures"]["error: disrespect"];
    assert!(share["low"].as_f64().unwrap() < 33.3 && share["high"].as_f64().unwrap() > 33.4, "{share}");
    assert!(
        (share["value"].as_f64().unwrap() - 33.3).abs() < (bad.len() as f64 / 30.0 * 100.0 - 33.3).abs(),
        "{share}"
    );
    assert_eq!(json["representative"], false);
    assert!(refused(&place, 2, &["show", "s"]).contains("nothing of it is typical"));
    let (tab, _) = xlsx_rows(&place.path("s/sheet.xlsx"));
    assert_eq!(tab, "risk_based (biased)");
}

#[test]
fn a_targeted_sample_holds_what_was_looked_for_and_estimates_nothing() {
    let place = Place::new();
    place.write("n.csv", export(30));
    sample(
        &place,
        &["draw", "n.csv", "--kind", "targeted", "--where", "rule=insult", "--where", "team=north", "--out", "t"],
    );
    let m = manifest(&place, "t");
    let mut drawn = ids(&m);
    drawn.sort();
    assert_eq!(drawn, ["N000", "N006", "N012", "N018", "N024"]);
    assert_eq!((&m["kind"], &m["representative"]), (&"targeted".into(), &false.into()));
    assert!(m["notes"].as_array().unwrap().iter().all(|note| note["weight"].is_null()));
    assert_eq!(m["notes"][0]["reason"], "rule=insult and team=north");
    sample(&place, &["draw", "n.csv", "--kind", "targeted", "--where", "score=..99", "--size", "2", "--out", "low"]);
    assert_eq!(manifest(&place, "low")["drawn"], 2);
    sample(&place, &["draw", "n.csv", "--kind", "targeted", "--where", "note=N003,N004", "--out", "named"]);
    assert_eq!(manifest(&place, "named")["drawn"], 2);
    assert!(refused(&place, 2, &["estimate", "t"]).contains("says nothing of other notes"));
    for (condition, said) in [
        ("rule=insullt", "did you mean `insult`?"),
        ("category=disrespct", "did you mean `disrespect`?"),
        ("agent=Z9", "none of the 30 notes meets agent=Z9"),
    ] {
        let error = refused(&place, 2, &["draw", "n.csv", "--kind", "targeted", "--where", condition, "--out", "x"]);
        assert!(error.contains(said), "{error}");
    }
    let error = refused(&place, 2, &["draw", "n.csv", "--size", "5", "--where", "rule=insult", "--out", "x"]);
    assert!(error.contains("no fair picture") && error.contains("--kind targeted"), "{error}");
}

#[test]
fn a_condition_on_columns_makes_a_population_of_its_own() {
    let place = Place::new();
    place.write("n.csv", export(60));
    let out = sample(&place, &["draw", "n.csv", "--size", "10", "--where", "agent=A1", "--out", "s"]);
    assert!(out.contains("10 of 30 notes") && out.contains("60 notes in all, drawn from those with agent=A1"), "{out}");
    assert!(csv_rows(&place.path("s/sheet.csv")).iter().all(|row| row["agent_id"] == "A1"));
    assert!(sample(&place, &["estimate", "s"]).contains("only notes with agent=A1"));
}

#[test]
fn samples_of_different_kinds_or_of_one_export_are_never_mixed() {
    let place = Place::new();
    place.write("may.csv", export(40));
    place.write("june.csv", export(40).replace("\nN", "\nJ"));
    sample(&place, &["draw", "may.csv", "--size", "10", "--out", "may"]);
    sample(&place, &["draw", "may.csv", "--size", "10", "--seed", "2", "--out", "again"]);
    sample(&place, &["draw", "june.csv", "--size", "20", "--out", "june"]);
    sample(&place, &["draw", "june.csv", "--size", "10", "--kind", "risk", "--out", "risk"]);
    assert!(
        refused(&place, 2, &["estimate", "may", "--also", "risk"]).contains("different kinds (random, risk_based)")
    );
    assert!(refused(&place, 2, &["estimate", "may", "--also", "again"]).contains("twice"));
    let json: Value =
        serde_json::from_str(&sample(&place, &["estimate", "may", "--also", "june", "--format", "json"])).unwrap();
    assert_eq!((&json["population"], &json["drawn"]), (&80.into(), &30.into()));
    assert_eq!(json["groups"][0]["figures"]["score"]["stands_for"], 80.0);
}

#[test]
fn a_change_of_the_rules_is_told_once_whatever_else_changed() {
    let place = Place::new();
    for (name, letter) in [("may", "N"), ("june", "J")] {
        let text = |rows| export(rows).replace("\nN", &format!("\n{letter}"));
        place.write(&format!("{name}.csv"), text(40));
        sample(&place, &["draw", &format!("{name}.csv"), "--size", "10", "--out", name]);
        // Drawn by other rules, from an export that has grown since.
        let mut drawn = manifest(&place, name);
        drawn["rules"] = "0123456789abcdef".into();
        place.write(&format!("{name}/manifest.json"), drawn.to_string());
        place.write(&format!("{name}.csv"), text(41));
    }
    let text = sample(&place, &["estimate", "may", "--also", "june"]);
    let told = |what: &str| text.matches(what).count();
    assert_eq!((told("The rules have changed"), told("the export has changed")), (1, 2), "{text}");
}

#[test]
fn a_sample_of_all_notes_says_what_the_audit_says() {
    let place = Place::new();
    let export = fixture(SAMPLE);
    sample(&place, &["draw", &export, "--share", "100", "--out", "all", "--format", "csv"]);
    let json: Value =
        serde_json::from_str(&sample(&place, &["estimate", "all", "--by", "team", "--format", "json"])).unwrap();
    let audit: Value = serde_json::from_str(&place.acw(&["audit", &export, "--format", "json"]).out).unwrap();
    let near = |value: &Value, expected: &Value| {
        let (value, expected) = (value.as_f64().unwrap(), expected.as_f64().unwrap());
        assert!((value - expected).abs() < 0.006, "{value} is not {expected}");
    };
    let figures = &json["groups"][0]["figures"];
    near(&figures["score"]["value"], &audit["total"]["score"]["value"]);
    near(&figures["compliant"]["value"], &audit["total"]["compliance"]["value"]);
    near(&figures["critical score"]["value"], &audit["total"]["critical_score"]["value"]);
    assert_eq!(figures["score"]["low"], figures["score"]["high"]);
    for kind in ["customer", "business", "compliance"] {
        near(&figures[format!("accuracy: {kind}")]["value"], &audit["total"]["accuracy"][kind]["value"]);
    }
    let judged = audit["total"]["categories"]["judgement"]["notes"].as_f64().unwrap() / 3.0;
    near(&figures["error: judgement"]["value"], &judged.into());
    let teams = audit["groups"]["team"].as_array().unwrap();
    assert_eq!(json["groups"].as_array().unwrap().len(), 1 + teams.len());
    for (group, team) in json["groups"].as_array().unwrap()[1..].iter().zip(teams) {
        assert_eq!(group["by"]["team"], team["team"]);
        near(&group["figures"]["score"]["value"], &team["score"]["value"]);
    }
}

#[test]
fn what_reviewers_fill_is_weighed() {
    let place = Place::new();
    place.write("n.csv", export(45) + "N900,C3,Cy Roe,West,en,inquiry,Customer asked about a bill. Explained it.\n");
    sample(&place, &["draw", "n.csv", "--kind", "stratified", "--by", "team", "--per-stratum", "4", "--out", "s"]);
    let fill = |row: &BTreeMap<String, String>, name: &str| match (name, row["agent_id"].as_str()) {
        ("disrespect", "A1") => "FAIL".to_owned(),
        ("disrespect", _) => "ok".to_owned(),
        ("judgement", _) => "n/a".to_owned(),
        _ => row[name].clone(),
    };
    let write = |name: &str, fill: &dyn Fn(&BTreeMap<String, String>, &str) -> String| {
        let path = place.path("s/sheet.csv");
        let headers = csv::Reader::from_path(&path).unwrap().headers().unwrap().clone();
        let mut out = csv::Writer::from_writer(Vec::new());
        out.write_record(&headers).unwrap();
        for row in csv_rows(&path) {
            out.write_record(headers.iter().map(|header| fill(&row, header))).unwrap();
        }
        // As spreadsheets save it: without delimiters behind the last filled cell.
        let text = String::from_utf8(out.into_inner().unwrap()).unwrap();
        let short: Vec<&str> = text.lines().map(|line| line.trim_end_matches(',')).collect();
        place.write(name, short.join("\n") + "\n");
    };
    write("filled.csv", &fill);
    let json: Value = serde_json::from_str(&sample(
        &place,
        &["estimate", "s", "--sheet", "filled.csv", "--by", "team,agent", "--format", "json"],
    ))
    .unwrap();
    assert_eq!(json["judged_by"], "reviewers");
    // By hand: of 46 notes 23 are North's, all failed; in the sample it is 4 of 9.
    let figures = &json["groups"][0]["figures"];
    assert_eq!(figures["disrespect"]["value"], 50.0);
    assert_eq!(figures["any error"]["value"], 50.0);
    assert!(figures["judgement"].is_null() && figures["reference"].is_null());
    assert_eq!(json["groups"][1]["by"]["team"], "North");
    assert_eq!(json["groups"][1]["figures"]["disrespect"]["value"], 100.0);
    // Half a sheet: what nobody marked is said, and taken to be like the rest of its stratum.
    write("half.csv", &|row, name| {
        let skipped = name == "disrespect" && row["agent_id"] == "C3";
        if skipped || name == "judgement" { String::new() } else { fill(row, name) }
    });
    let text = sample(&place, &["estimate", "s", "--sheet", "half.csv"]);
    assert!(text.contains("1 of 9 notes have no mark"), "{text}");
    // 23 of the 45 that the marked ones stand for.
    assert!(text.contains("disrespect") && text.contains("51.1 ["), "{text}");
    write("odd.csv", &|row, name| if name == "disrespect" { "perhaps".into() } else { row[name].clone() });
    assert!(refused(&place, 3, &["estimate", "s", "--sheet", "odd.csv"]).contains("`perhaps` is no mark"));
    assert!(refused(&place, 3, &["estimate", "s", "--sheet", "s/sheet.xlsx"]).contains("the sheet holds no mark"));
}

#[test]
fn a_filled_sheet_and_its_manifest_are_what_agree_reads() {
    let place = Place::new();
    place.write("n.csv", export(45));
    sample(
        &place,
        &["draw", "n.csv", "--kind", "stratified", "--by", "team", "--per-stratum", "9", "--blind", "--out", "s"],
    );
    let path = place.path("s/sheet.csv");
    let headers = csv::Reader::from_path(&path).unwrap().headers().unwrap().clone();
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(&headers).unwrap();
    let mut failed = 0.0;
    for row in csv_rows(&path) {
        let rude = row["note"].contains("idiot");
        let weight = if row["note_id"][1..].parse::<u32>().unwrap() % 2 == 0 { 23.0 } else { 22.0 } / 9.0;
        failed += if rude { weight } else { 0.0 };
        let fill = |name: &str| match name {
            "disrespect" => if rude { "sí" } else { "non" }.to_owned(),
            _ => row[name].clone(),
        };
        out.write_record(headers.iter().map(fill)).unwrap();
    }
    place.write("ana.csv", out.into_inner().unwrap());
    let args = ["agree", "n.csv", "--sheet", "ana.csv", "--manifest", "s/manifest.json", "--format", "json"];
    let done = place.acw(&args);
    assert_eq!(done.code, 0, "{}", done.err);
    let agreed: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(agreed["run"]["sample"]["same_rules"], true, "{}", agreed["run"]);
    assert_eq!((&agreed["run"]["sample"]["drawn"], &agreed["run"]["notes"]), (&18.into(), &18.into()));
    let criteria = agreed["criteria"].as_array().unwrap();
    let disrespect = criteria.iter().find(|c| c["criterion"] == "disrespect").unwrap();
    let prevalence = disrespect["population"]["prevalence"]["value"].as_f64().unwrap();
    let estimated: Value =
        serde_json::from_str(&sample(&place, &["estimate", "s", "--sheet", "ana.csv", "--format", "json"])).unwrap();
    let share = estimated["groups"][0]["figures"]["disrespect"]["value"].as_f64().unwrap();
    assert!((share - failed / 45.0 * 100.0).abs() < 1e-3 && (share - prevalence).abs() < 0.006, "{share} {prevalence}");
}

#[test]
fn the_manifest_remembers_how_the_export_was_read() {
    let place = Place::new();
    // Nothing of this is found without being told: headers that no system writes, Windows-1252, a language that notes do not state.
    let mut text = String::from("nr;wer;gruppe;blah\n");
    for row in 0..30 {
        let team = if row % 2 == 0 { "Nord" } else { "S\u{fc}d" };
        text += &format!("N{row:02};A{};{team};Customer asked about bill {row}. Resolved. What an idiot.\n", row % 3);
    }
    place.write("n.csv", text.chars().map(|c| c as u8).collect::<Vec<u8>>());
    let flags = [
        "--column",
        "note_id=nr",
        "--column",
        "agent_id=wer",
        "--column",
        "team=gruppe",
        "--column",
        "note=blah",
        "--encoding",
        "windows-1252",
        "--language",
        "en",
        "--date-order",
        "dmy",
    ];
    let draw = ["draw", "n.csv", "--kind", "stratified", "--by", "team", "--per-stratum", "5", "--out", "s"];
    sample(&place, &[&draw[..], &flags].concat());
    let told = manifest(&place, "s")["reading"].clone();
    assert_eq!(told["date_order"], "dmy");
    assert_eq!(
        (&told["columns"]["note"], &told["encoding"], &told["language"]),
        (&"blah".into(), &"windows-1252".into(), &"en".into())
    );
    assert!(sample(&place, &["show", "s"]).contains("S\u{fc}d: 5 notes"));
    assert!(sample(&place, &["estimate", "s", "--by", "team"]).contains("team S\u{fc}d (5 drawn)"));
    let note = ids(&manifest(&place, "s"))[0].clone();
    sample(&place, &["replace", "s", &note, "--why", "empty"]);
    let headers = csv::Reader::from_path(place.path("s/sheet.csv")).unwrap().headers().unwrap().clone();
    let mut filled = csv::Writer::from_writer(Vec::new());
    filled.write_record(&headers).unwrap();
    for row in csv_rows(&place.path("s/sheet.csv")) {
        let cell = |name: &str| if name == "disrespect" { "fail".to_owned() } else { row[name].clone() };
        filled.write_record(headers.iter().map(cell)).unwrap();
    }
    place.write("ana.csv", filled.into_inner().unwrap());
    let agree = ["agree", "n.csv", "--sheet", "ana.csv", "--manifest", "s/manifest.json", "--format", "json"];
    let done = place.acw(&agree);
    assert_eq!(done.code, 0, "{}", done.err);
    let agreed: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(agreed["run"]["notes"], 10, "{}", done.err);
    // A flag comes before what is remembered.
    let other = refused(&place, 3, &["show", "s", "--column", "note=blabla"]);
    assert!(other.contains("there is no column `blabla`"), "{other}");
    // A manifest that tells nothing of it, as older ones: it must be said again.
    let text = std::fs::read_to_string(place.path("s/manifest.json")).unwrap();
    let mut old: Value = serde_json::from_str(&text).unwrap();
    old.as_object_mut().unwrap().remove("reading");
    place.write("old/manifest.json", old.to_string());
    refused(&place, 3, &["show", "old"]);
    assert!(sample(&place, &[&["show", "old"][..], &flags].concat()).contains("S\u{fc}d: 5 notes"));
}

#[test]
fn a_replaced_note_is_on_record_and_reviewers_lose_nothing() {
    let place = Place::new();
    place.write("n.csv", export(40));
    sample(&place, &["draw", "n.csv", "--kind", "stratified", "--by", "team", "--per-stratum", "3", "--out", "s"]);
    let before = manifest(&place, "s");
    let old = ids(&before)[2].clone();
    // A reviewer has begun, and has added a column.
    let path = place.path("s/sheet.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    let kept = ids(&before)[0].clone();
    let filled: Vec<String> = text
        .lines()
        .enumerate()
        .map(|(at, line)| match at {
            0 => format!("{line},mood"),
            _ if line.starts_with(&kept) => format!("{},Ann,\"well, told\",calm", line.strip_suffix(",,").unwrap()),
            _ => format!("{line},"),
        })
        .collect();
    std::fs::write(&path, filled.join("\n") + "\n").unwrap();
    let out = sample(&place, &["replace", "s", &old, "--why", "customer 600123456 withdrew"]);
    let after = manifest(&place, "s");
    let new = ids(&after)[2].clone();
    assert!(new != old && out.contains(&format!("Note {old} is replaced by {new}")), "{out}");
    let record = &after["replaced"][0];
    assert_eq!((&record["note"], &record["by"]), (&old.as_str().into(), &new.as_str().into()));
    assert!(
        record["why"].as_str().unwrap().ends_with("withdrew") && !record["why"].as_str().unwrap().contains("600123")
    );
    assert_eq!(before["notes"][2]["stratum"], after["notes"][2]["stratum"]);
    assert_eq!(before["notes"][2]["weight"], after["notes"][2]["weight"]);
    assert_eq!((&before["drawn"], &before["strata"]), (&after["drawn"], &after["strata"]));
    let rows = csv_rows(&path);
    let row = rows.iter().find(|row| row["note_id"] == kept).unwrap();
    assert_eq!(
        (row["reviewer"].as_str(), row["comment"].as_str(), row["mood"].as_str()),
        ("Ann", "well, told", "calm")
    );
    assert!(rows.iter().any(|row| row["note_id"] == new) && rows.iter().all(|row| row["note_id"] != old));
    let (_, rows) = xlsx_rows(&place.path("s/sheet.xlsx"));
    assert!(rows.iter().any(|row| row[0] == Data::String(new.clone())) && rows.len() == 7);
    // The next replacement is another note again, and the estimate tells both.
    sample(&place, &["replace", "s", &new, "n.csv", "--why", "empty"]);
    assert!(![&old, &new].contains(&&ids(&manifest(&place, "s"))[2]));
    assert!(sample(&place, &["estimate", "s"]).contains("6 notes drawn of 40, judged by the rules; 2 replaced."));
    assert!(refused(&place, 2, &["replace", "s", &old, "--why", "x"]).contains("it was replaced by"));
    assert!(refused(&place, 2, &["replace", "s", "N9999", "--why", "x"]).contains("is not in the sample"));
    assert_eq!(place.acw(&["sample", "replace", "s", &kept]).code, 2, "no replacement without a reason");
    place.write("n.csv", export(41));
    assert!(refused(&place, 2, &["replace", "s", &kept, "--why", "x"]).contains("the export has changed"));
    assert!(sample(&place, &["estimate", "s"]).contains("40 notes then, 41 now"));
}

#[test]
fn a_stratum_that_is_drawn_empty_has_no_replacement() {
    let place = Place::new();
    place.write("n.csv", export(6));
    sample(&place, &["draw", "n.csv", "--share", "100", "--out", "s"]);
    let error = refused(&place, 2, &["replace", "s", "N001", "--why", "x"]);
    assert!(error.contains("all 6 notes of its stratum are drawn"), "{error}");
}

#[test]
fn a_risk_based_replacement_brings_its_own_weight() {
    let place = Place::new();
    place.write("n.csv", export(40));
    sample(&place, &["draw", "n.csv", "--kind", "risk", "--size", "8", "--out", "s"]);
    let before = manifest(&place, "s");
    sample(&place, &["replace", "s", &ids(&before)[0], "--why", "no access"]);
    let after = manifest(&place, "s");
    assert!(!ids(&before).contains(&ids(&after)[0]));
    assert!(after["notes"][0]["weight"].as_f64().unwrap() >= 1.0);
    place.write("acw.yaml", "off: [insult]\n");
    let error = refused(&place, 2, &["replace", "s", &ids(&after)[1], "--why", "x"]);
    assert!(error.contains("what the rules find has changed since the draw"), "{error}");
}

#[test]
fn each_team_shows_its_good_its_typical_and_its_bad() {
    let place = Place::new();
    place.write("n.csv", export(60));
    sample(&place, &["draw", "n.csv", "--size", "24", "--kind", "stratified", "--by", "team", "--out", "s"]);
    let json: Value = serde_json::from_str(&sample(&place, &["show", "s", "--format", "json"])).unwrap();
    let teams = json["teams"].as_array().unwrap();
    assert_eq!(teams.iter().map(|team| team["team"].as_str().unwrap()).collect::<Vec<_>>(), ["North", "South"]);
    for team in teams {
        let (good, typical, bad) = (&team["good"][0], &team["typical"][0], &team["bad"][0]);
        let score = |example: &Value| example["score"].as_f64().unwrap();
        assert!(score(good) >= 90.0 && score(bad) < score(good), "{team:#}");
        assert!((score(typical) - team["median"].as_f64().unwrap()).abs() < 1e-9, "{team:#}");
        assert!(bad["text"].as_str().unwrap().contains("idiot") && !good["text"].as_str().unwrap().contains("idiot"));
        assert!(!bad["findings"].as_array().unwrap().is_empty());
    }
    let text = sample(&place, &["show", "s", "--each", "2"]);
    assert_eq!(text.matches("\n  bad: ").count(), 4, "{text}");
}

#[test]
fn nothing_of_anybody_is_written_over_and_faults_are_named() {
    let place = Place::new();
    place.write("n.csv", export(10));
    place.write("work/filled.xlsx", "x");
    let error = refused(&place, 5, &["draw", "n.csv", "--size", "3", "--out", "work"]);
    assert!(error.contains("holds other files"), "{error}");
    sample(&place, &["draw", "n.csv", "--size", "3", "--out", "s"]);
    refused(&place, 5, &["draw", "n.csv", "--size", "3", "--out", "s"]);
    assert!(refused(&place, 2, &["draw", "-", "--size", "3", "--out", "x"]).contains("standard input only once"));
    assert!(refused(&place, 3, &["estimate", "nowhere"]).contains("manifest.json: cannot be read"));
    let text = std::fs::read_to_string(place.path("s/manifest.json")).unwrap();
    place.write("broken/manifest.json", text.replace("\"stratum\": 0", "\"stratum\": 7"));
    assert!(refused(&place, 3, &["estimate", "broken"]).contains("in stratum 7, which is not there"));
    place.write("other.csv", export(10).replace("\nN", "\nJ"));
    assert!(refused(&place, 3, &["estimate", "s", "other.csv"]).contains("is not in the export"));
    place.write("empty.csv", "note,agent\n");
    refused(&place, 3, &["draw", "empty.csv", "--size", "3", "--out", "x"]);
    for entry in std::fs::read_dir(place.path(".")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(!name.starts_with(".acw-sample"), "{name} is left");
    }
}

#[test]
fn identifiers_that_repeat_are_notes_of_their_own() {
    let place = Place::new();
    let mut text = String::from("note_id,language,note\n");
    for row in 0..20 {
        text += &format!("same,en,Customer asked about bill {row}. Explained it.\n");
    }
    place.write("n.csv", text);
    sample(&place, &["draw", "n.csv", "--size", "10", "--out", "s"]);
    let rows = csv_rows(&place.path("s/sheet.csv"));
    let notes: BTreeSet<&String> = rows.iter().map(|row| &row["note"]).collect();
    assert_eq!(notes.len(), 10, "{notes:?}");
    assert!(sample(&place, &["estimate", "s"]).contains("10 notes drawn of 20"));
}
