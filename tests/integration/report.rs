//! `--report`: pages that are whole, self-contained and safe.

use std::fs;

use calamine::Data;

use crate::support::{Place, fixture, workbook};

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
        format!(
            "note_id,agent_id,agent_name,language,note\n1,\"../../let-out-by-a-name<b>\",\"<i>Eve</i>\",en,\"{evil}\"\n"
        ),
    );
    let done = place.acw(&["audit", "n.csv", "--report", "out"]);
    assert_eq!(done.code, 0, "{}", done.err);
    for (name, text) in pages(&place, "out") {
        for markup in ["<script>alert", "<img src=x", "<i>Eve", "name<b>"] {
            assert!(!text.contains(markup), "{name}: {markup}");
        }
        assert!(!name.contains('<') && !name.contains(".."), "{name}");
    }
    assert!(!place.path("../let-out-by-a-name").exists());
}

#[test]
fn quoted_mail_is_marked_on_the_pages() {
    let place = Place::new();
    let note = "\"An idiot called, told her the fee.\n\nOn Mon, May 4, 2026 at 10:02 AM Ana <ana@mail.example> wrote:\n> my bill <b>\"";
    place.write("n.csv", format!("note_id,agent_id,language,note\nN1,A1,en,{note}\n"));
    let done = place.acw(&["audit", "n.csv", "--report", "pages", "--locale", "en"]);
    assert_eq!(done.code, 0, "{}", done.err);
    let page = page_of(&place, "pages", "a1");
    let quoted = page.split("<span class=\"quoted\"").nth(1).expect("quoted mail is marked");
    assert!(
        quoted.contains("not counted as the agent’s words") && quoted.contains("&gt; my bill &lt;b&gt;</span>"),
        "{quoted}"
    );
    assert!(!page.split("<span class=\"quoted\"").next().unwrap_or_default().contains("my bill"));
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

/// The page of an agent by the start of its file name.
fn page_of(place: &Place, folder: &str, agent: &str) -> String {
    let pages = pages(place, folder);
    pages.into_iter().find(|(name, _)| name.starts_with(&format!("agent-{agent}"))).unwrap().1
}

#[test]
fn every_finding_shows_its_number_its_standing_and_the_command_that_disputes_it() {
    let place = Place::new();
    let header = "note_id,agent_id,agent_name,language,note";
    let notes = ["an idiot called", "another idiot called", "a third idiot called", "yet an idiot called"];
    let rows: Vec<String> =
        notes.iter().enumerate().map(|(n, note)| format!("{n},A,\"Eve O'Hara\",en,{note}")).collect();
    place.write("my notes.csv", format!("{header}\n{}\n", rows.join("\n")));
    let found = place.findings(&["my notes.csv"]);
    let mark = |note: &str| {
        let hit = found.iter().find(|f| f["note"] == note && f["rule"] == "too-thin").unwrap();
        hit["fingerprint"].as_str().unwrap().to_owned()
    };
    let (open, upheld, gone, waived) = (mark("0"), mark("1"), mark("2"), mark("3"));
    for mark in [&upheld, &gone] {
        let done = place.acw(&["dispute", "open", mark, "my notes.csv", "--by", "Eve", "--why", "it is a name"]);
        assert_eq!(done.code, 0, "{}", done.err);
    }
    place.acw(&["dispute", "reject", &upheld, "--by", "Lead", "--why", "no <b>name</b>"]);
    place.acw(&["dispute", "accept", &gone, "--by", "Lead", "--why", "agreed"]);
    place.acw(&[
        "dispute",
        "waive",
        "--finding",
        &waived,
        "--owner",
        "Lead",
        "--until",
        "2999-12-31",
        "--why",
        "pilot",
    ]);
    let done =
        place.acw(&["audit", "my notes.csv", "--report", "out", "--locale", "en", "--column", "agent_id=agent_id"]);
    assert_eq!(done.code, 0, "{}", done.err);
    let escaped = page_of(&place, "out", "a-");
    assert!(escaped.contains("no &lt;b&gt;name&lt;/b&gt;"), "the reason is text");
    let page = escaped.replace("&quot;", "\"").replace("&#x27;", "'").replace("&#x3D;", "=");
    for mark in [&open, &upheld, &gone, &waived] {
        assert!(page.contains(mark.as_str()), "{mark} is shown");
    }
    assert!(
        page.contains("Dispute rejected, counts") && page.contains("no &lt;b&gt;name&lt;/b&gt;"),
        "with the reason"
    );
    assert!(page.contains("Dispute accepted, does not count") && page.contains("until 2999-12-31"));
    // What can be disputed has the whole command, quoted for a shell; what is decided has none.
    let command =
        format!("acw dispute open {open} \"my notes.csv\" --by \"Eve O'Hara\" --why \"…\" --column agent_id=agent_id");
    assert!(page.contains(&command), "{}", page.split("acw dispute open").nth(1).unwrap_or("no command"));
    assert!(
        !page.contains(&format!("acw dispute open {upheld}")) && !page.contains(&format!("acw dispute open {gone}"))
    );
}

/// Notes of two months: the first full of insults, the second clean.
fn two_months(place: &Place, name: &str) {
    let mut rows = vec!["note_id,agent_id,agent_name,team,language,call_type,disposition,started_at,note".to_owned()];
    for n in 0..24 {
        let month = if n < 12 { 5 } else { 6 };
        let note = "Customer asked about the fee; explained it and she accepted.";
        let words = if n < 12 { "What an idiot. " } else { "" };
        let day = n % 12 + 1;
        rows.push(format!("N{n},A,Eve,T,en,inquiry,resolved,2026-{month:02}-{day:02}T10:00:00,\"{words}{note}\""));
    }
    place.write(name, rows.join("\n"));
}

#[test]
fn a_history_gives_the_pages_their_trend_and_tells_what_moved() {
    let place = Place::new();
    two_months(&place, "n.csv");
    let done = place.acw(&["audit", "n.csv", "--report", "out", "--locale", "en"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(
        pages(&place, "out").iter().all(|(_, text)| !text.contains("trend-line\" d")),
        "no trend without a history"
    );

    let done = place.acw(&["audit", "n.csv", "--report", "out", "--locale", "en", "--history", "h.db"]);
    assert_eq!(done.code, 0, "{}", done.err);
    for page in [page_of(&place, "out", "a-"), fs::read_to_string(place.path("out/index.html")).unwrap()] {
        assert!(page.contains("trend-line\" d=\"M"), "the chart");
        let moves = &page[page.find("id=\"moves\"").unwrap()..];
        let row = |name: &str| {
            let row = moves.split("<tr>").find(|row| row.contains(&format!(">{name}</th>"))).unwrap();
            row.split("</tr>").next().unwrap().to_owned()
        };
        // Twelve notes of twelve against none of twelve: Newcombe's interval leaves zero out.
        assert!(
            row("Disrespect").contains("moved-better") && row("Disrespect").contains("−100.0"),
            "{}",
            row("Disrespect")
        );
        assert!(row("Score").contains("moved-better"), "{}", row("Score"));
    }
    assert!(page_of(&place, "out", "a-").contains("acw history effect h.db"), "how to see whether it helped");
}

#[test]
fn notes_scored_again_by_other_rules_are_told_apart_in_the_trend() {
    let place = Place::new();
    two_months(&place, "n.csv");
    assert_eq!(place.acw(&["audit", "n.csv", "--history", "h.db"]).code, 0);
    place.write("acw.yaml", "scorecard: {sections: {disrespect: 2}}\n");
    let done = place.acw(&["audit", "n.csv", "--report", "out", "--locale", "en", "--history", "h.db"]);
    assert_eq!(done.code, 0, "{}", done.err);
    let page = fs::read_to_string(place.path("out/index.html")).unwrap();
    assert!(page.contains("first-line\" d=\"M"), "the scores of the time stand beside those of now");
    assert!(page.contains("<th scope=\"col\" class=\"num\">Scored again</th>"));
}

#[test]
fn a_colleagues_note_names_nobody() {
    let place = Place::new();
    let good = "Reason: Mrs Wilhelmina Featherstone asked why bill 83174402 is higher. Action: explained the meter reading of May and sent her the breakdown by e-mail. Outcome: resolved, she accepted.";
    // Notes that tell more, and would be shown first, name agents by what the team calls them.
    let signed = |id: &str| {
        format!(
            "{good} The second bill was explained as well, at length, so that she could accept both. {id} explained it."
        )
    };
    let rows = [
        format!("1,A,Ada Quill,en,Wilhelmina Featherstone,inquiry,resolved,\"{good}\""),
        format!("3,MAD-31,Cora Vane,en,Wilhelmina Featherstone,inquiry,resolved,\"{}\"", signed("mad-31")),
        format!("4,SEV-77,Dora Pym,en,Wilhelmina Featherstone,inquiry,resolved,\"{}\"", signed("MAD-31")),
        "2,B,Bo Reed,en,John Smithson,inquiry,resolved,\"Asked about the fee, the idiot. Explained it and he accepted.\"".to_owned(),
    ];
    place.write(
        "n.csv",
        format!("note_id,agent_id,agent_name,language,customer,call_type,disposition,note\n{}\n", rows.join("\n")),
    );
    let done = place.acw(&["audit", "n.csv", "--report", "out", "--locale", "en"]);
    assert_eq!(done.code, 0, "{}", done.err);
    let page = page_of(&place, "out", "b-");
    assert!(page.contains("How a colleague wrote it up") && page.contains("explained the meter reading"), "{page}");
    for name in ["Featherstone", "Wilhelmina", "Ada", "Quill", "83174402", "MAD-31", "mad-31"] {
        assert!(!page.contains(name), "{name}");
    }
}

#[test]
fn agreement_feedback_and_samples_have_pages_in_every_language() {
    let place = Place::new();
    let sample = fixture("exports/sample.csv");
    let draw = [
        "sample",
        "draw",
        &sample,
        "--size",
        "60",
        "--kind",
        "stratified",
        "--by",
        "team",
        "--seed",
        "2026",
        "--blind",
        "--out",
        "may",
    ];
    assert_eq!(place.acw(&draw).code, 0);
    let (ana, ben) = (fixture("story/ana.csv"), fixture("story/ben.csv"));
    for (locale, words) in [
        ("en", "Notes to talk about"),
        ("es", "Notas para comentar"),
        ("fr", "Notes à discuter"),
        ("zh", "值得讨论的小结"),
    ] {
        let args = [
            "agree",
            &sample,
            "--sheet",
            &ana,
            "--sheet",
            &ben,
            "--manifest",
            "may/manifest.json",
            "--report",
            "agree",
            "--locale",
            locale,
        ];
        let done = place.acw(&args);
        assert_eq!(done.code, 0, "{}", done.err);
        let page = fs::read_to_string(place.path("agree/agreement.html")).unwrap();
        assert!(page.contains(words) && page.contains("Ana"), "{locale}");
        let feedback = fixture("story/feedback.csv");
        let done = place.acw(&["feedback", &sample, "--feedback", &feedback, "--report", "fb", "--locale", locale]);
        assert_eq!(done.code, 0, "{}", done.err);
        assert!(fs::read_to_string(place.path("fb/feedback.html")).unwrap().contains("taxi route"), "{locale}");
        let done = place.acw(&["sample", "show", "may", &sample, "--report", "show", "--locale", locale]);
        assert_eq!(done.code, 0, "{}", done.err);
        let page = fs::read_to_string(place.path("show/examples.html")).unwrap();
        assert!(["Energy", "Insurance", "Telecom"].iter().all(|team| page.contains(team)), "{locale}");
        assert!(!page.contains("4539 "), "what is secret stays masked");
    }
    let done = place.acw(&["agree", &sample, "--sheet", &ana, "--report", "x", "--locale", "xx"]);
    assert_eq!(done.code, 2, "{}", done.err);
}

#[test]
fn pages_in_an_added_language_need_no_other_text() {
    let place = Place::new();
    let done = place.acw(&[
        "audit",
        &fixture("exports/sample.csv"),
        "--rules",
        &fixture("packs/portuguese"),
        "--report",
        "out",
        "--locale",
        "pt",
        "--history",
        "h.db",
    ]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(fs::read_to_string(place.path("out/index.html")).unwrap().contains("Relatório da equipe"));
}

/// What the page says the score would be without a habit is what it is once the rule is waived everywhere.
#[test]
fn the_gain_of_a_habit_is_what_waiving_its_rule_gives() {
    let place = Place::new();
    let sample = fixture("exports/sample.csv");
    let team = |folder: &str| fs::read_to_string(place.path(folder).join("index.html")).unwrap();
    let score = |page: &str| {
        let ring = page.split("class=\"ring-number\">").nth(1).unwrap();
        ring.split('<').next().unwrap().to_owned()
    };
    assert_eq!(place.acw(&["audit", &sample, "--report", "now", "--locale", "en"]).code, 0);
    let page = team("now");
    let habit = page.split("Next step is missing</h3>").nth(1).unwrap();
    let without = habit.split("Score without it</span> <b>").nth(1).unwrap().split('<').next().unwrap();
    assert_ne!(without, score(&page));
    let waive = ["dispute", "waive", "--rule", "missing-next-step", "--owner", "Lead", "--until", "2999-12-31"];
    assert_eq!(place.acw(&[&waive[..], &["--why", "pilot"]].concat()).code, 0);
    assert_eq!(place.acw(&["audit", &sample, "--report", "then", "--locale", "en"]).code, 0);
    assert_eq!(score(&team("then")), without);
}

#[test]
fn nobody_whom_only_a_capital_gives_away_stays_in_an_exercise_or_a_colleagues_note() {
    let place = Place::new();
    let filler = |n: usize| {
        format!(
            "{},A{},en,resolved,\"Asked about the bill of June, explained it and the customer accepted the fee.\"",
            100 + n,
            n % 9
        )
    };
    let mut rows: Vec<String> = (0..18).map(filler).collect();
    rows.push("1,A1,en,resolved,\"Marigold called about the bill, the idiot. Explained the fee to Marigold, spoke w. Tobias and J. Fotheringay.\"".into());
    rows.push("2,A2,en,resolved,\"David rang for his sister DORIS PENHALIGON. Explained the bill, the moron accepted. Hello [Firstname].\"".into());
    rows.push("3,A3,en,resolved,\"Explained The Monthly Bill To Clementine Hargreave And The Idiot Accepted The Credit Today.\"".into());
    rows.push("4,A4,en,resolved,\"Reason: Featherby asked why the bill of 5 May is higher. Action: explained the reading and sent Featherby the breakdown by e-mail. Outcome: resolved, accepted.\"".into());
    place.write("n.csv", format!("note_id,agent_id,language,disposition,note\n{}\n", rows.join("\n")));
    let done = place.acw(&["workshop", "n.csv", "--out", "w", "--locale", "en", "--size", "20"]);
    assert_eq!(done.code, 0, "{}", done.err);
    let shown = crate::support::text_of(&place.path("w/work-sheet.html"));
    assert!(shown.contains("about the bill, the") && shown.contains("[Firstname]"), "{shown}");
    assert_eq!(place.acw(&["audit", "n.csv", "--report", "out"]).code, 0);
    let colleagues: String =
        pages(&place, "out").into_iter().filter(|(name, _)| name.contains("agent-a1")).map(|(_, text)| text).collect();
    assert!(colleagues.contains("explained the reading"), "{colleagues}");
    let names =
        ["Marigold", "Tobias", "Fotheringay", "David", "DORIS", "PENHALIGON", "Clementine", "Hargreave", "Featherby"];
    for name in names {
        assert!(!shown.contains(name), "{name} in the work sheet");
    }
    assert!(!colleagues.contains("Featherby"));
}

#[test]
fn the_workbook_holds_the_figures_of_the_pages() {
    let place = Place::new();
    let sample = fixture("exports/sample.csv");
    let done = place.acw(&["audit", &sample, "--report", "out", "--format", "json", "--locale", "es"]);
    assert_eq!(done.code, 0, "{}", done.err);
    let json: serde_json::Value = serde_json::from_str(&done.out).unwrap();
    let tabs = workbook(&place.path("out/figures.xlsx"));
    let tab =
        |name: &str| &tabs.iter().find(|(tab, _)| tab == name).unwrap_or_else(|| panic!("{name} not in {tabs:?}")).1;
    let number = |cell: &Data| match cell {
        Data::Float(number) => *number,
        Data::DateTime(time) => time.as_f64(),
        other => panic!("no number: {other:?}"),
    };

    let overview = tab("Resumen");
    let row = |name: &str| overview.iter().find(|row| row[0] == Data::String(name.into())).unwrap();
    assert_eq!(number(&row("Puntuación")[1]), json["total"]["score"]["value"].as_f64().unwrap());
    let compliance = number(&row("Tasa de cumplimiento")[1]) * 100.0;
    assert!((compliance - json["total"]["compliance"]["value"].as_f64().unwrap()).abs() < 1e-9);

    let agents = tab("Agentes");
    let column = |name: &str| agents[0].iter().position(|head| *head == Data::String(name.into())).unwrap();
    assert_eq!(agents.len(), 13);
    for agent in json["agents"].as_array().unwrap() {
        let id = Data::String(agent["agent"].as_str().unwrap().into());
        let row = agents.iter().find(|row| row[0] == id).unwrap();
        assert_eq!(number(&row[column("Puntuación")]), agent["score"]["value"].as_f64().unwrap());
        assert_eq!(number(&row[column("Hallazgos")]), agent["findings"].as_f64().unwrap());
        let minutes = number(&row[column("Trabajo después de la llamada")]) * 86_400.0;
        assert!((minutes - agent["acw"]["mean_seconds"].as_f64().unwrap()).abs() < 1e-6);
    }
    let findings = tab("Hallazgos");
    assert_eq!(findings.len() as f64 - 1.0, json["total"]["findings"].as_f64().unwrap());
    assert!(crate::support::text_of(&place.path("out/index.html")).contains("href=\"figures.xlsx\""));
}

#[test]
fn text_of_an_export_is_never_a_formula_in_the_workbook() {
    let place = Place::new();
    place.write(
        "n.csv",
        "note_id,agent_id,team,language,note\n=1+1,\"=HYPERLINK(\"\"http://x\"\")\",@team,en,\"-idiot called\"\n",
    );
    assert_eq!(place.acw(&["audit", "n.csv", "--report", "out"]).code, 0);
    let tabs = workbook(&place.path("out/figures.xlsx"));
    let cells: Vec<&Data> = tabs.iter().flat_map(|(_, rows)| rows.iter().flatten()).collect();
    for text in ["=1+1", "=HYPERLINK(\"http://x\")", "@team"] {
        assert!(cells.contains(&&Data::String(text.into())), "{text}");
    }
    let mut file = zip::ZipArchive::new(fs::File::open(place.path("out/figures.xlsx")).unwrap()).unwrap();
    for index in 0..file.len() {
        let mut part = file.by_index(index).unwrap();
        let mut text = String::new();
        std::io::Read::read_to_string(&mut part, &mut text).unwrap();
        assert!(!text.contains("<f>"), "part {index} holds a formula");
    }
}
