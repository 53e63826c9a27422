//! What other departments say of the notes, beside the findings.

use serde_json::Value;

use crate::support::Place;

const NOTES: &str = "note_id,agent_id,language,channel,call_type,disposition,case_id,note\n\
    N-1,A1,en,phone,complaint,pending,CS-100200,Customer called about bill CS-100200. Explained the charge.\n\
    N-2,A2,en,phone,complaint,resolved,CS-100201,Customer called about bill CS-100201. Refunded 20 EUR. He confirmed it. Cust was pleasant.\n\
    N-3,A2,en,phone,support,resolved,,Refund of order requested by phone. Refund order placed and confirmed by the customer.\n";

fn feedback(place: &Place, rows: &str) -> Value {
    place.write("n.csv", NOTES);
    place.write("f.csv", format!("note_id,department,missing,needless,cost_minutes,comment\n{rows}"));
    let done = place.acw(&["feedback", "n.csv", "--feedback", "f.csv", "--format", "json", "--least", "1"]);
    assert_eq!(done.code, 0, "{}", done.err);
    serde_json::from_str(&done.out).unwrap()
}

#[test]
fn rework_is_counted_by_what_was_missing_and_weights_are_proposed() {
    let place = Place::new();
    let report = feedback(
        &place,
        "N-1,Back office,next_step,,12,chased twice\nN-1,Billing,next step,,0:18:00,\nN-3,Back office,reference,,10m,\nN-3,Stores,dealer code,,5,\nN-2,Billing,,bill history,,\nN-9,Billing,reason,,1,\n",
    );
    let first = &report["missing"][0];
    assert_eq!(
        (&first["what"], &first["remarks"], &first["found"]),
        (&"required:next_step".into(), &2.into(), &2.into())
    );
    assert_eq!(first["cost_seconds"], 1800);
    assert_eq!(report["missing"][2]["what"], "other: dealer code");
    assert_eq!(report["needless"]["bill history"], 1);
    assert_eq!(report["notes_not_in_exports"][0], "N-9");
    // 50 points of the two sections, shared 30 minutes to 10.
    let weights = report["proposed_weights"].as_array().unwrap();
    let of = |section: &str| weights.iter().find(|w| w["section"] == section).unwrap()["proposed"].clone();
    assert_eq!((of("required"), of("reference")), (38.into(), 13.into()));
    let unneeded: Vec<&str> =
        report["unneeded_rules"].as_array().unwrap().iter().filter_map(|r| r["rule"].as_str()).collect();
    assert!(unneeded.contains(&"unapproved-abbreviation") && !unneeded.contains(&"missing-next-step"), "{unneeded:?}");
}

#[test]
fn rows_that_say_nothing_are_listed_and_a_missing_column_is_named() {
    let place = Place::new();
    let report = feedback(&place, "N-1,Billing,,,3,\nN-1,Billing,reason,,soon,\n");
    let problems = report["problems"].as_array().unwrap();
    assert_eq!(problems.len(), 2);
    assert_eq!((&problems[0]["line"], &problems[1]["line"]), (&2.into(), &3.into()));
    assert_eq!(report["missing"][0]["remarks"], 1, "a remark without a readable cost still counts");
    place.write("f.csv", "note_id,department,missing\nN-1,Billing,reason\n");
    let done = place.acw(&["feedback", "n.csv", "--feedback", "f.csv"]);
    assert_eq!(done.code, 3);
    assert!(done.err.contains("`needless`") && done.err.contains("cost_minutes"), "{}", done.err);
}
