//! `acw audit`: the contract of the JSON lines, the table, scores, order and threads.

use serde_json::Value;

use crate::support::{Place, fixture};

const HEADER: &str = "note_id,agent_id,language,channel,call_type,disposition,case_id,note\n";

#[test]
fn a_finding_is_a_line_with_the_promised_keys_and_places_in_code_points() {
    let place = Place::new();
    place.write("n.csv", format!("{HEADER}es-1,A07,es,phone,complaint,resolved,C-1042,\"¡Señal caída! Clte llama muy alterado por cobro doble, se explica el cargo y acepta.\"\n"));
    let findings = place.findings(&["n.csv"]);
    let judgement = findings.iter().find(|f| f["category"] == "judgement").expect("the judgement is found");
    for key in
        ["note", "agent", "rule", "category", "severity", "start", "end", "element", "text", "message", "suggestion"]
    {
        assert!(judgement.get(key).is_some(), "{key} is missing in {judgement}");
    }
    assert_eq!(judgement["note"], "es-1");
    assert_eq!(judgement["agent"], "A07");
    let text = judgement["text"].as_str().unwrap();
    assert!(text.starts_with("muy alterado"), "{text}");
    let note: Vec<char> = "¡Señal caída! Clte llama muy alterado por cobro doble".chars().collect();
    let (start, end) = (judgement["start"].as_u64().unwrap() as usize, judgement["end"].as_u64().unwrap() as usize);
    assert_eq!(note[start..end].iter().collect::<String>(), text);
    assert!(judgement["element"].is_null());
}

#[test]
fn every_category_of_the_contract_is_found_in_every_language() {
    let place = Place::new();
    let notes = [
        (
            "es",
            "idiota",
            "muy grosero",
            "clte",
            "[NOMBRE]",
            "El caso sigue sin resolver y el cliente queda a la espera de respuesta.",
        ),
        ("en", "idiot", "very rude", "cust", "[NAME]", "Not fixed yet, customer still waiting for a call back."),
        (
            "fr",
            "imbécile",
            "très impoli",
            "clt",
            "[NOM]",
            "Le problème n'est pas résolu, le client attend toujours une réponse.",
        ),
        ("zh", "白痴", "态度恶劣", "kh", "[姓名]", "问题尚未解决，客户仍在等待回复。"),
    ];
    for (language, insult, judgement, short, slot, open) in notes {
        let file = format!("{language}.csv");
        place.write(
            &file,
            format!("{HEADER}1,A,{language},phone,complaint,resolved,,\"{short} {insult}, {judgement}. {slot} 4111 1111 1111 1111. {open}\"\n"),
        );
        let found: Vec<String> =
            place.findings(&[&file]).iter().map(|f| f["category"].as_str().unwrap().to_owned()).collect();
        for category in
            ["required", "abbreviation", "disrespect", "judgement", "template", "sensitive", "contradiction"]
        {
            assert!(found.iter().any(|c| c == category), "{language}: no {category} in {found:?}");
        }
    }
}

#[test]
fn one_thread_or_many_give_the_same_bytes() {
    let place = Place::new();
    let sample = fixture("exports/sample.csv");
    for format in ["jsonl", "terminal"] {
        let run = |threads| place.acw_with(&["audit", &sample, "--format", format], "", threads).out;
        assert_eq!(run(1), run(4), "{format}");
    }
}

#[test]
fn the_table_lists_every_agent_worst_first_without_colour_when_piped() {
    let place = Place::new();
    let done = place.acw(&["audit", &fixture("exports/sample.csv")]);
    assert_eq!(done.code, 0);
    assert!(!done.out.contains('\u{1b}'));
    let scores: Vec<f64> = done
        .out
        .lines()
        .filter_map(|line| line.split_once(" [")?.0.rsplit(' ').next()?.parse().ok())
        .take(12)
        .collect();
    assert_eq!(scores.len(), 12, "{}", done.out);
    assert!(scores.is_sorted(), "{scores:?}");
}

#[test]
fn every_lost_point_has_a_finding_and_rules_that_do_not_apply_cost_nothing() {
    let place = Place::new();
    place.write("n.csv", format!("{HEADER}1,A,en,phone,inquiry,resolved,C-1,Customer asked about opening hours. Explained them. Customer thanked us.\n"));
    let findings = place.findings(&["n.csv"]);
    assert!(findings.is_empty(), "{findings:?}");
    let table = place.acw(&["audit", "n.csv"]).out;
    assert!(table.contains("100.0 %"), "{table}");
}

#[test]
fn a_fatal_rule_brings_the_note_to_zero() {
    let place = Place::new();
    place.write("n.csv", format!("{HEADER}1,A,en,phone,payment,resolved,C-1,Customer asked to pay invoice 4471. Took payment with card 4111 1111 1111 1111. Paid.\n"));
    let table = place.acw(&["audit", "n.csv"]).out;
    assert!(table.contains(" 0.0 %"), "{table}");
}

#[test]
fn json_lines_and_csv_of_the_same_notes_give_the_same_findings() {
    let place = Place::new();
    let text = "Cust was very rude, called about bill 4471, explained it, he accepted.";
    place.write("n.csv", format!("{HEADER}1,A,en,phone,complaint,resolved,,\"{text}\"\n"));
    let object = serde_json::json!({"note_id": "1", "agent_id": "A", "language": "en", "channel": "phone", "call_type": "complaint", "disposition": "resolved", "note": text});
    place.write("n.jsonl", format!("{object}\n"));
    assert_eq!(place.findings(&["n.csv"]), place.findings(&["n.jsonl"]));
}

#[test]
fn folders_and_standard_input_are_read() {
    let place = Place::new();
    let row = "1,A,en,phone,other,resolved,,Total idiot called about a bill and hung up.\n";
    place.write("in/a.csv", format!("{HEADER}{row}"));
    place.write("in/b.csv", format!("{HEADER}{row}"));
    let insults = |findings: &[Value]| findings.iter().filter(|f| f["rule"] == "insult").count();
    assert_eq!(insults(&place.findings(&["in"])), 2);
    let done = place.acw_with(&["audit", "-", "--format", "jsonl"], &format!("{HEADER}{row}"), 2);
    assert_eq!(done.out.matches("\"rule\":\"insult\"").count(), 1, "{}", done.err);
}

#[test]
fn notes_without_a_language_column_have_theirs_identified() {
    let place = Place::new();
    place.write("n.csv", "id,agent,note\n1,A,El cliente es un idiota y llama por la factura\n2,A,The customer is an idiot who called about the bill\n3,A,Le client est un imbécile qui appelle pour la facture\n4,A,这个客户是白痴，来电咨询账单\n");
    let mut notes: Vec<String> = place
        .findings(&["n.csv"])
        .iter()
        .filter(|f| f["rule"] == "insult")
        .map(|f| f["note"].as_str().unwrap().to_owned())
        .collect();
    notes.dedup();
    assert_eq!(notes, ["1", "2", "3", "4"]);
}

#[test]
fn attributed_and_quoted_insults_are_spared() {
    let place = Place::new();
    let spared = [
        ("en", "Customer said the technician was an idiot."),
        ("es", "El cliente dice que el técnico es un \"\"idiota\"\"."),
        ("fr", "Le client dit que le technicien est un « imbécile »."),
        ("zh", "客户表示师傅是“白痴”。"),
    ];
    for (at, (language, note)) in spared.iter().enumerate() {
        let file = format!("{at}.csv");
        place.write(&file, format!("{HEADER}{at},A,{language},phone,complaint,resolved,C-1,\"{note}\"\n"));
        assert!(place.findings(&[&file]).iter().all(|f| f["category"] != "disrespect"), "{note}");
    }
}
