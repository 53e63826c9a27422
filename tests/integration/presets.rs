//! Exports of the known systems need no flag: each file of `fixtures/exports/` in the form in which its system writes it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::OnceLock;

use acw::input::{Options, Sources};
use acw::model::{Note, Problem};
use acw::rules::Rulebook;
use serde_json::Value;

use crate::support::{Place, fixture, root};

/// An export, and what is to be read of it.
struct Case {
    file: &'static str,
    preset: &'static str,
    /// Headers of the note, as `acw columns` shows them.
    note: &'static str,
    /// Of the first note: agent, day, seconds talked and of after-call work.
    first: (&'static str, &'static str, Option<u32>, Option<u32>),
    /// Notes, and rows that are none.
    rows: (usize, usize),
    /// What the remarks tell, a word each.
    remarks: &'static [&'static str],
}

const fn case(
    file: &'static str,
    preset: &'static str,
    note: &'static str,
    first: (&'static str, &'static str, Option<u32>, Option<u32>),
    rows: (usize, usize),
    remarks: &'static [&'static str],
) -> Case {
    Case { file, preset, note, first, rows, remarks }
}

const UTC: &str = "universal time";
const DAY: &str = "2026-05-04";

#[rustfmt::skip]
const CASES: &[Case] = &[
    case("aircall-v1.csv", "aircall", "comments", ("Maëlle Kerdoncuf", DAY, Some(180), None), (8, 0), &[]),
    case("aircall-v2.csv", "aircall", "comments", ("Nuria Casamayor", DAY, Some(180), None), (9, 0), &[]),
    case("aircall-v3.csv", "aircall", "Comments", ("Theo Maddox", DAY, Some(180), Some(74)), (8, 0), &[]),
    case("amazon-connect.jsonl", "amazon-connect", "Attributes.agentNotes", ("laura.bidart", DAY, Some(180), Some(74)), (7, 1), &[UTC]),
    case("avaya-cms.csv", "avaya-cms", "notes", ("4100", DAY, Some(180), Some(74)), (8, 0), &[]),
    case("bitrix.jsonl", "bitrix", "COMMENT", ("14", DAY, Some(180), None), (8, 0), &[]),
    case("cxone-download.csv", "cxone", "Agent_Notes", ("880", DAY, Some(180), Some(74)), (8, 0), &[]),
    case("cxone.csv", "cxone", "agentNotes; dispositionNotes", ("770", DAY, Some(180), Some(75)), (8, 0), &[]),
    case("five9-squeezed.csv", "five9", "COMMENTS", ("t.adeyemi@harlow.example", DAY, Some(180), Some(74)), (7, 1), &[]),
    case("five9.csv", "five9", "COMMENTS", ("t.adeyemi@harlow.example", DAY, Some(180), Some(74)), (7, 1), &[]),
    case("freshdesk.csv", "freshdesk", "Description; Resolution Note", ("Theo Maddox", DAY, None, Some(74)), (8, 0), &[]),
    case("freshservice.csv", "freshdesk", "Description; Resolution Note", ("Nuria Casamayor", DAY, None, Some(74)), (8, 0), &[]),
    case("genesys-api.jsonl", "genesys", "participants.2.wrapup.notes", ("u-300", DAY, None, Some(74)), (8, 0), &[UTC]),
    case("genesys-en.csv", "genesys", "Wrap-up Notes", ("Dana Whitfield", DAY, Some(180), Some(74)), (10, 0), &["not whole"]),
    case("genesys-es.csv", "genesys", "Observaciones", ("Pilar Montoro", "2026-05-11", Some(331), Some(79)), (14, 0), &[]),
    case("google-ccai.csv", "google-ccai", "Disposition Notes", ("880", DAY, Some(180), Some(74)), (8, 0), &[UTC]),
    case("hotline-12345.csv", "hotline", "内容描述; 处理描述", ("8051", DAY, Some(180), Some(74)), (10, 1), &["lost digits"]),
    case("hotline-zh.csv", "hotline", "处理描述", ("8021", "2026-05-18", Some(412), Some(96)), (16, 0), &[]),
    case("hubspot.csv", "hubspot", "hs_call_body", ("620", DAY, Some(180), None), (8, 0), &[UTC]),
    case("hubspot.jsonl", "hubspot", "properties.hs_call_body", ("5510", "2026-05-05", Some(180), None), (8, 0), &[UTC]),
    case("municipal-311.csv", "municipal-311", "closure_comments", ("?", DAY, None, None), (8, 0), &[]),
    case("netsuite.csv", "netsuite", "note", ("30", DAY, None, None), (8, 0), &[]),
    case("salesforce-case-comments.csv", "salesforce", "CommentBody", ("0055g00000Mn0AAD", DAY, None, None), (8, 0), &[UTC]),
    case("salesforce-dataloader.csv", "salesforce", "DESCRIPTION", ("0055g00000Mn0AAD", DAY, Some(180), None), (8, 0), &[UTC]),
    case("salesforce-report-es.csv", "salesforce", "Comentarios completos", ("Nuria Casamayor", DAY, Some(180), None), (8, 4), &[]),
    case("salesforce-report-fr.csv", "salesforce", "Commentaires", ("Maëlle Kerdoncuf", DAY, Some(180), None), (8, 2), &[]),
    case("signalements-fr.tsv", "signalements", "commentaire_signalisation", ("LBR", DAY, Some(384), Some(101)), (15, 0), &[]),
    case("signalements-quatre-notes.csv", "signalements", "commentaire_contact; commentaire_signalisation", ("FDI", DAY, None, None), (8, 0), &[]),
    case("switchboard.csv", "switchboard", "备注", ("8051", DAY, Some(180), Some(74)), (8, 0), &[]),
    case("talkdesk.csv", "talkdesk", "description", ("Nuria Casamayor", DAY, Some(180), Some(74)), (8, 0), &[UTC]),
    case("twilio-flex.csv", "twilio-flex", "conversation_notes", ("TPE-01", DAY, Some(180), Some(74)), (8, 0), &[]),
    case("vocalcom.tsv", "vocalcom", "Comments; Memo", ("100", DAY, Some(180), Some(74)), (8, 0), &[]),
    case("voximplant.csv", "voximplant", "COMMENT", ("op0", DAY, Some(180), Some(74)), (8, 0), &[]),
    case("zendesk-calls.jsonl", "zendesk", "agent_notes", ("3300", "2026-05-05", Some(180), Some(74)), (8, 0), &[UTC]),
    case("zendesk-en.jsonl", "zendesk", "comment.body", ("3101", "2026-05-18", Some(410), Some(95)), (18, 2), &[UTC]),
    case("zendesk-view-fr.csv", "zendesk", "Latest comment", ("Maëlle Kerdoncuf", DAY, None, None), (8, 0), &[]),
];

/// Whole JSON documents: an object with an array in it, objects without line ends.
#[rustfmt::skip]
const DOCUMENTS: &[Case] = &[
    case("aircall-api.json", "aircall", "comments.0.content", ("40", DAY, Some(331), None), (8, 0), &[UTC]),
    case("genesys-details.json", "genesys", "participants.2.sessions.0.segments.1.wrapUpNote", ("u-300", DAY, None, None), (8, 0), &[UTC]),
    case("amazon-connect.json", "amazon-connect", "Attributes.agentNotes", ("laura.bidart", DAY, Some(180), Some(74)), (7, 1), &[UTC]),
    case("talkdesk.json", "talkdesk", "description", ("Theo Maddox", DAY, Some(180), Some(74)), (8, 0), &[UTC]),
    case("zendesk.json", "zendesk", "comment.body", ("410", DAY, Some(180), Some(74)), (8, 0), &[UTC]),
];
/// Whether such documents are read.
const READS_DOCUMENTS: bool = true;

fn cases() -> impl Iterator<Item = &'static Case> {
    CASES.iter().chain(DOCUMENTS.iter().filter(|_| READS_DOCUMENTS))
}

fn book() -> &'static Rulebook {
    static BOOK: OnceLock<Rulebook> = OnceLock::new();
    BOOK.get_or_init(|| Rulebook::load(None).unwrap())
}

/// The notes of an export, the rows that are none, and the remarks.
fn read(file: &str, options: &Options) -> (Vec<Note>, Vec<Problem>, Vec<Problem>) {
    let path = PathBuf::from(fixture(&format!("exports/{file}")));
    let sources = Sources::find(std::slice::from_ref(&path), false).unwrap();
    let export = sources.open(&path, options, &book().vocabulary).unwrap_or_else(|error| panic!("{error}"));
    let (mut notes, mut problems) = (Vec::new(), Vec::new());
    for row in export {
        match row {
            Ok(note) => notes.push(note),
            Err(rejected) => problems.push(rejected.problem),
        }
    }
    (notes, problems, sources.remarks())
}

#[test]
fn each_export_is_read_without_a_flag() {
    for case in cases() {
        let (notes, problems, remarks) = read(case.file, &Options::default());
        assert_eq!((notes.len(), problems.len()), case.rows, "{}: {problems:?}", case.file);
        let first = &notes[0];
        let day = first.day.map(|day| day.to_string()).unwrap_or_default();
        let read = (first.agent.as_str(), day.as_str(), first.talk_seconds, first.acw_seconds);
        assert_eq!(read, case.first, "{}", case.file);
        assert_eq!(remarks.len(), case.remarks.len(), "{}: {remarks:?}", case.file);
        for (remark, word) in remarks.iter().zip(case.remarks) {
            assert!(remark.message.contains(word), "{}: {}", case.file, remark.message);
        }
        assert!(notes.iter().all(|note| note.day.is_some()), "{}: days", case.file);
        assert!(notes.iter().filter(|note| note.text.is_empty()).count() <= 1, "{}: texts", case.file);
    }
}

#[test]
fn columns_tells_the_system_and_what_told_it() {
    let place = Place::new();
    let files: Vec<String> = cases().map(|case| fixture(&format!("exports/{}", case.file))).collect();
    let mut args = vec!["columns"];
    args.extend(files.iter().map(String::as_str));
    let done = place.acw(&args);
    assert_eq!(done.code, 0, "{}", done.err);
    for case in cases() {
        let (_, shown) = done.out.split_once(&format!("exports/{}:", case.file)).unwrap();
        let line = |name: &str| shown.lines().find(|line| line.starts_with(&format!("  {name:<13} "))).unwrap();
        let preset = line("preset");
        assert!(preset.contains(&format!("{}: ", case.preset)) && preset.contains("(told by "), "{preset}");
        assert!(line("note").contains(&format!("← {}  (", case.note)), "{}: {}", case.file, line("note"));
    }
}

#[test]
fn every_preset_has_an_export_and_every_export_of_a_system_a_preset() {
    let known: BTreeSet<&str> = book().vocabulary.presets().iter().map(|preset| preset.id.as_str()).collect();
    let tried: BTreeSet<&str> = CASES.iter().map(|case| case.preset).collect();
    assert_eq!(known, tried);
    let own = ["sample.csv", "broken-rows.csv", "no-note-column.csv", "freshservice.csv"];
    for entry in std::fs::read_dir(root().join("fixtures/exports")).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_file() && !own.contains(&name.as_str()) {
            assert!(known.iter().any(|preset| name.starts_with(preset)), "{name} has no preset");
            assert!(CASES.iter().chain(DOCUMENTS).any(|case| case.file == name), "{name} is not read by any test");
        }
    }
}

#[test]
fn an_audit_finds_what_is_wrong_in_each_export() {
    let place = Place::new();
    let files: Vec<String> = CASES.iter().map(|case| fixture(&format!("exports/{}", case.file))).collect();
    let done = place.acw(
        &[&["audit", "--format", "json"], files.iter().map(String::as_str).collect::<Vec<_>>().as_slice()].concat(),
    );
    assert_eq!(done.code, 0, "{}", done.err);
    let report: Value = serde_json::from_str(&done.out).unwrap();
    let notes: usize = CASES.iter().map(|case| case.rows.0).sum();
    assert_eq!(report["total"]["notes"], notes);
    for category in ["required", "sensitive", "judgement", "abbreviation"] {
        assert!(report["total"]["categories"][category]["findings"].as_u64() > Some(5), "{category}");
    }
}

#[test]
fn the_traps_of_single_systems_are_read_right() {
    let by_default = |file: &str| read(file, &Options::default()).0;
    let notes = by_default("genesys-en.csv");
    assert_eq!(notes[4].agent, "Marcus Oyelaran", "of several users, the last one handled the contact");
    assert_eq!(notes[0].customer.as_deref(), Some("+12025550100"), "without `tel:`");
    let notes = by_default("aircall-v2.csv");
    assert_eq!(notes[3].day.unwrap().to_string(), "2026-05-13", "the local day, where universal time is a day behind");
    let notes = by_default("cxone.csv");
    assert_eq!(notes[0].agent_name.as_deref(), Some("Solenne Abgrall"));
    assert!(
        notes[1].text.starts_with("agentNotes: ") && notes[1].text.contains("\ndispositionNotes: Traité"),
        "{}",
        notes[1].text
    );
    assert!(!notes[0].text.contains("agentNotes"), "one of the two columns is the note as typed");
    let notes = by_default("vocalcom.tsv");
    assert_eq!((notes[3].case_id.as_deref(), notes[5].text.as_str()), (None, ""), "NULL is nothing");
    let notes = by_default("salesforce-dataloader.csv");
    assert!(notes[0].case_id.is_some());
    assert!(notes.iter().any(|note| note.case_id.is_none() && note.text.contains('\n')), "#N/A, and lines in quotes");
    let notes = by_default("freshdesk.csv");
    assert!(
        notes[0].text.starts_with("Reason: Customer asks: ") && notes[0].text.contains("\nAction: "),
        "{}",
        notes[0].text
    );
    let notes = by_default("freshservice.csv");
    assert!(notes[0].text.starts_with("Motivo: Avisa") && notes[0].text.contains("\nGestión: "), "{}", notes[0].text);
    let notes = by_default("hotline-12345.csv");
    assert!(
        notes[0].text.starts_with("来电原因: 反映账单") && notes[0].text.contains("\n处理过程: "),
        "{}",
        notes[0].text
    );
    assert!(notes[2].id.contains("hotline-12345.csv:"), "an identifier that lost its digits is none: {}", notes[2].id);
}

#[test]
fn a_time_zone_moves_moments_to_the_day_of_the_contact() {
    let place = Place::new();
    let export = fixture("exports/amazon-connect.jsonl");
    place.write("acw.yaml", "figures: {period: day}\n");
    let days = |args: &[&str]| -> Vec<String> {
        let done = place.acw(&[&["audit", &export, "--format", "json"], args].concat());
        assert_eq!(done.code, 0, "{}", done.err);
        let report: Value = serde_json::from_str(&done.out).unwrap();
        let periods = report["groups"]["period"].as_array().unwrap();
        periods.iter().map(|period| period["period"].as_str().unwrap().to_owned()).collect()
    };
    let third = |days: Vec<String>| days[2].clone();
    assert_eq!(third(days(&[])), "2026-05-10", "22:30 in universal time");
    assert_eq!(third(days(&["--time-zone", "Europe/Madrid"])), "2026-05-11");
    place.write("acw.yaml", "figures: {period: day}\ntime_zone: Europe/Madrid\n");
    assert_eq!(third(days(&[])), "2026-05-11");
    let zoned = place.acw(&["audit", &export]);
    assert!(!zoned.err.contains(UTC), "{}", zoned.err);
    assert_eq!(place.acw(&["columns", &export, "--time-zone", "Europe/Madird"]).code, 2);
    place.write("acw.yaml", "time_zone: Mars/Olympus\n");
    let broken = place.acw(&["columns", &export]);
    assert!(broken.code == 4 && broken.err.contains("acw.yaml:1"), "{}", broken.err);
}

#[test]
fn a_preset_is_forced_switched_off_or_brought_by_a_pack() {
    let place = Place::new();
    let genesys = fixture("exports/genesys-en.csv");
    let shown = |args: &[&str]| place.acw(&[&["columns"], args].concat());
    let off = shown(&[&genesys, "--preset", "none"]);
    assert!(off.out.contains("preset        none") && !off.out.contains("not whole"), "{}", off.out);
    place.write("n.csv", "Users,Total ACW,Notes\nQueue; Ana,1500,Customer asked about the bill.\n");
    let forced = shown(&["n.csv", "--preset", "genesys"]);
    assert!(forced.out.contains("genesys: Genesys Cloud (as asked for)"), "{}", forced.out);
    let named = shown(&["n.csv", "--preset", "genesis"]);
    assert!(named.code == 3 && named.err.contains("did you mean `genesys`?"), "{}", named.err);
    place.write("acw.yaml", "preset: genesys\ncolumns: {agent_name: Notes}\n");
    let own = shown(&["n.csv", "--column", "note=Users"]);
    assert!(own.out.contains("agent_name    ← Notes") && own.out.contains("note          ← Users"), "{}", own.out);
    std::fs::remove_file(place.path("acw.yaml")).unwrap();
    let preset = "name: Ours\ntold_by: [{must: [Wer, Was]}]\ncolumns: {agent_name: [Wer]}\nnote: [{column: Was}]\n";
    place.write("pack/presets/ours.yaml", preset);
    place.write("m.csv", "Wer,Was,Note\nAna,Customer asked about the bill.,x\n");
    let ours = shown(&["m.csv", "--rules", "pack"]);
    assert!(
        ours.out.contains("ours: Ours (told by Wer | Was)") && ours.out.contains("note          ← Was"),
        "{}",
        ours.out
    );
    place.write("pack/presets/ours.yaml", "name: Ours\ntold_by: [{mus: [Wer]}]\n");
    let broken = shown(&["m.csv", "--rules", "pack"]);
    assert!(
        broken.code == 4 && broken.err.contains("ours.yaml:2") && broken.err.contains("did you mean `must`?"),
        "{}",
        broken.err
    );
}

#[test]
fn several_columns_of_a_note_become_one_of_labelled_lines() {
    let place = Place::new();
    place.write(
        "n.csv",
        "id,Agent,Wish,Work\n1,Gil,He is an idiot about his bill,\n2,Gil,Asks about the bill,Idiot told to wait\n",
    );
    let found = |args: &[&str]| -> Vec<(String, u64)> {
        let findings = place.findings(&[&["n.csv"], args].concat());
        let insults = findings.iter().filter(|finding| finding["rule"] == "insult");
        insults.map(|f| (f["note"].as_str().unwrap().to_owned(), f["start"].as_u64().unwrap())).collect()
    };
    // Places are those of the joined note: `Wish: Asks about the bill` and a line end stand before `Work: `.
    let joined = [("1".to_owned(), 0), ("2".to_owned(), 32)];
    assert_eq!(found(&["--column", "note=Wish", "--column", "note=Work", "--language", "en"]), joined);
    place.write("acw.yaml", "columns: {note: [Wish, Work]}\nlanguage: en\n");
    assert_eq!(found(&[]), joined);
    assert!(place.acw(&["columns", "n.csv"]).out.contains("note          ← Wish; Work"));
}

#[test]
fn headers_that_are_there_twice_and_durations_with_a_unit_are_understood() {
    let place = Place::new();
    place.write(
        "n.csv",
        "note,Comments,Comments,ACW (min),worked time\nCustomer asked about the bill.,a,b,\"1,5\",8:00\n",
    );
    let done = place.acw(&["audit", "n.csv", "--format", "json", "--column", "agent_name=Comments (2)"]);
    assert_eq!(done.code, 0, "{}", done.err);
    let report: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(report["agents"][0]["agent"], "b");
    assert_eq!((&report["total"]["acw"]["seconds"], &report["total"]["worked_seconds"]), (&90.into(), &28_800.into()));
}

/// Rewrites the table where the environment says `SNAPSHOTS=overwrite`.
#[test]
fn the_readme_lists_the_presets() {
    let (start, end) = ("<!-- presets -->\n", "<!-- /presets -->");
    let listed = Place::new().acw(&["columns", "--presets"]).out;
    let path = root().join("rules/presets/README.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(start).unwrap();
    let (table, after) = rest.split_once(end).unwrap();
    if std::env::var("SNAPSHOTS").as_deref() == Ok("overwrite") {
        std::fs::write(&path, format!("{before}{start}{listed}{end}{after}")).unwrap();
        return;
    }
    assert_eq!(table, listed, "run the tests with SNAPSHOTS=overwrite");
}
