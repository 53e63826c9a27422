//! The forms that programs read have published schemas, in step with the types, and say their version.

use serde_json::Value;

use crate::support::{Place, fixture, root};

fn printed(kind: &str) -> String {
    let done = Place::new().acw(&["schema", kind]);
    assert_eq!(done.code, 0, "{}", done.err);
    done.out
}

/// Rewrites the files where the environment says `SNAPSHOTS=overwrite`.
#[test]
fn the_schemas_are_in_step_with_the_types_that_are_written() {
    for kind in acw::report::schema::KINDS {
        let (printed, file) = (printed(kind.name), root().join(format!("reports/schema/{}.json", kind.name)));
        if std::env::var("SNAPSHOTS").as_deref() == Ok("overwrite") {
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, &printed).unwrap();
        }
        assert_eq!(
            std::fs::read_to_string(&file).unwrap_or_default(),
            printed,
            "run the tests with SNAPSHOTS=overwrite"
        );
    }
}

/// Node validates the outputs against the schemas (`tests/formats`); here, that no key of the first version went.
#[test]
fn no_key_was_renamed_or_removed() {
    let place = Place::new();
    let sample = fixture("exports/sample.csv");
    let line = place.findings(&[&sample]).swap_remove(0);
    let keys: Vec<&str> = line.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "note",
            "agent",
            "rule",
            "category",
            "severity",
            "start",
            "end",
            "element",
            "text",
            "message",
            "suggestion",
            "points",
            "fingerprint",
            "standing",
            "schema"
        ]
    );
    assert_eq!(line["schema"], "acw.finding/v1");
    let report: Value = serde_json::from_str(&place.acw(&["check", &sample, "--format", "json"]).out).unwrap();
    assert_eq!(report["schema"], "acw.report/v1");
    for (of, keys) in [
        (
            &report,
            &[
                "schema",
                "run",
                "total",
                "agents",
                "groups",
                "acw",
                "problems",
                "problems_left_out",
                "gate",
                "decisions",
            ][..],
        ),
        (
            &report["run"],
            &[
                "version",
                "rules",
                "inputs",
                "rows",
                "audited",
                "skipped",
                "rejected",
                "filter",
                "skipped_by",
                "target",
                "confidence",
                "min_notes",
                "period",
            ],
        ),
        (
            &report["total"],
            &[
                "notes",
                "scored",
                "score",
                "verdict",
                "compliance",
                "critical_score",
                "accuracy",
                "findings",
                "clean",
                "fatal",
                "auto_failed",
                "acw",
                "mean_talk_seconds",
                "categories",
                "rules",
                "worked_seconds",
                "acw_percent",
            ],
        ),
        (
            &report["agents"][0],
            &["notes", "score", "rules", "agent", "name", "team", "places", "like_for_like", "time"],
        ),
        (&report["groups"]["team"][0], &["notes", "score", "rules", "team", "worked_seconds", "acw_percent"]),
        (&report["gate"], &["passed", "usual", "conditions"]),
        (
            &report["gate"]["conditions"][0],
            &["condition", "level", "figure", "part", "bound", "fail", "warn", "names", "places"],
        ),
        (&report["decisions"], &["disputed", "upheld", "overturned", "waived", "remarks"]),
    ] {
        for key in keys {
            assert!(of.get(key).is_some(), "{key} in {of}");
        }
    }
    let accuracy: Vec<&str> = report["total"]["accuracy"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(accuracy, ["customer", "business", "compliance", "other"]);
}
