//! `--report`: pages that are whole, self-contained and safe.

use std::fs;

use crate::support::{Place, fixture};

fn pages(place: &Place, folder: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for entry in fs::read_dir(place.path(folder)).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "html") {
            out.push((path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap()));
        }
    }
    out.sort();
    out
}

#[test]
fn a_team_page_a_page_per_agent_and_an_exercise_are_written() {
    let place = Place::new();
    let done = place.acw(&["audit", &fixture("exports/sample.csv"), "--report", "out"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.out.contains("out/index.html"), "{}", done.out);
    let pages = pages(&place, "out");
    let names: Vec<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
    assert!(names.contains(&"index.html") && names.contains(&"spot-the-error.html"), "{names:?}");
    assert_eq!(names.iter().filter(|n| n.starts_with("agent-")).count(), 12, "{names:?}");
    for (name, text) in &pages {
        assert!(text.contains("Content-Security-Policy"), "{name}");
        for outside in ["src=\"http", "href=\"http", "url(http", "@import"] {
            assert!(!text.contains(outside), "{name} reaches for {outside}");
        }
    }
}

#[test]
fn a_note_cannot_become_markup() {
    let place = Place::new();
    let evil = "<script>alert(1)</script><img src=x onerror=alert(2)> {{name}} idiot \u{202e}abc 😀 '\"\"";
    place.write(
        "n.csv",
        format!("note_id,agent_id,agent_name,language,note\n1,\"../../x<b>\",\"<i>Eve</i>\",en,\"{evil}\"\n"),
    );
    let done = place.acw(&["audit", "n.csv", "--report", "out"]);
    assert_eq!(done.code, 0, "{}", done.err);
    for (name, text) in pages(&place, "out") {
        for markup in ["<script>alert", "<img src=x", "<i>Eve", "x<b>"] {
            assert!(!text.contains(markup), "{name}: {markup}");
        }
        assert!(!name.contains('<') && !name.contains(".."), "{name}");
    }
    assert!(!place.path("../x").exists());
}

#[test]
fn agents_with_alike_names_have_pages_of_their_own() {
    let place = Place::new();
    place.write("n.csv", "note_id,agent_id,language,note\n1,A/1,en,an idiot called\n2,A 1,en,an idiot called\n3,a-1,en,an idiot called\n");
    assert_eq!(place.acw(&["audit", "n.csv", "--report", "out"]).code, 0);
    assert_eq!(pages(&place, "out").iter().filter(|(name, _)| name.starts_with("agent-")).count(), 3);
}

#[test]
fn an_old_report_is_replaced_whole_and_a_foreign_folder_is_left_alone() {
    let place = Place::new();
    place.write("n.csv", "note_id,agent_id,language,note\n1,A,en,an idiot called\n");
    place.write("m.csv", "note_id,agent_id,language,note\n1,B,en,an idiot called\n");
    assert_eq!(place.acw(&["audit", "n.csv", "--report", "out"]).code, 0);
    assert_eq!(place.acw(&["audit", "m.csv", "--report", "out"]).code, 0);
    assert_eq!(pages(&place, "out").iter().filter(|(name, _)| name.starts_with("agent-")).count(), 1);
    place.write("mine/letter.txt", "keep me");
    let done = place.acw(&["audit", "n.csv", "--report", "mine"]);
    assert_eq!(done.code, 5, "{}", done.err);
    assert_eq!(fs::read_to_string(place.path("mine/letter.txt")).unwrap(), "keep me");
}

#[test]
fn who_has_few_notes_gets_no_colour() {
    let place = Place::new();
    let row = |n: usize, agent: &str, team: &str, kind: &str| {
        format!("{n},{agent},{team},{kind},en,2026-0{}-05,an idiot called\n", 4 + usize::from(n == 0))
    };
    let few = row(0, "Few", "Small", "sales");
    let many = (1..13).map(|n| row(n, "Many", "Large", "complaint")).collect::<String>();
    place.write("n.csv", format!("note_id,agent_id,team,call_type,language,started_at,note\n{few}{many}"));
    assert_eq!(place.acw(&["audit", "n.csv", "--report", "out"]).code, 0);
    let index = fs::read_to_string(place.path("out/index.html")).unwrap();
    let row = |name: &str| index.split("<tr").find(|row| row.contains(&format!(">{name}<")) && row.contains("chip "));
    // Agents and teams have a bar beside the chip, both of one colour; call types and periods a chip.
    for (name, tone) in [("Few", "none"), ("Small", "none"), ("Many", "poor"), ("Large", "poor")] {
        let row = row(name).unwrap();
        assert!(row.contains(&format!("chip tone-{tone}")) && row.contains(&format!("bar-fill tone-{tone}")), "{row}");
        assert_eq!(row.matches("tone-").count(), 2, "{row}");
    }
    for (value, tone) in [("Sales", "none"), ("2026-05", "none"), ("Complaint", "poor"), ("2026-04", "poor")] {
        let row = row(value).unwrap();
        assert!(row.contains(&format!("chip tone-{tone}")), "{row}");
    }
    let ring = |file: &str| {
        let page = fs::read_to_string(place.path(file)).unwrap();
        page.lines().find(|line| line.contains("class=\"ring ")).unwrap().to_owned()
    };
    assert!(ring("out/index.html").contains("ring tone-poor"));
    let page = pages(&place, "out").into_iter().find(|(_, text)| text.contains("<h1>Few</h1>")).unwrap().0;
    assert!(ring(&format!("out/{page}")).contains("ring tone-none"));
}

#[test]
fn a_failed_run_leaves_no_report_behind() {
    let place = Place::new();
    assert_eq!(place.acw(&["audit", "absent.csv", "--report", "out"]).code, 3);
    assert!(!place.path("out").exists());
    let left: Vec<_> = fs::read_dir(place.path(".")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn the_exercise_shows_no_customer_of_the_export() {
    let place = Place::new();
    place.write(
        "n.csv",
        "note_id,agent_id,language,customer,call_type,disposition,note\n1,A,en,Wilhelmina Featherstone,complaint,resolved,Mrs Featherstone was very rude about bill 83174402. Explained it and she accepted.\n",
    );
    assert_eq!(place.acw(&["audit", "n.csv", "--report", "out"]).code, 0);
    let exercise = fs::read_to_string(place.path("out/spot-the-error.html")).unwrap();
    assert!(!exercise.contains("Featherstone") && !exercise.contains("83174402"));
    assert!(exercise.contains("rude"));
}
