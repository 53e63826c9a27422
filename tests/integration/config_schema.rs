//! The schema of `acw.yaml` and what `acw` reads are of one mind.

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;

use crate::support::{Place, root};

struct Schema {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Schema {
    fn printed() -> Self {
        let printed: Value = serde_json::from_str(&Place::new().acw(&["config", "schema"]).out).unwrap();
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.add_resource("acw.json", printed).unwrap();
        let index = compiler.compile("acw.json", &mut schemas).unwrap();
        Schema { schemas, index }
    }

    /// What the schema has against settings.
    fn against(&self, yaml: &str) -> Option<String> {
        let value: Value = acw::yaml::Source::new("acw.yaml", yaml).parse().unwrap();
        self.schemas.validate(&value, self.index).err().map(|error| error.to_string())
    }
}

/// Whether `acw` reads settings; otherwise, what it has against them.
fn read(place: &Place, yaml: &str) -> Option<String> {
    place.write("acw.yaml", yaml);
    let done = place.acw(&["config", "show"]);
    (done.code != 0).then_some(done.err)
}

/// The example of the README.
fn example() -> String {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let (_, from) = readme.split_once("\n    target: 90 ").unwrap();
    let (block, _) = from.split_once("\n`acw config schema`").unwrap();
    format!("target: 90 {}", block.replace("\n    ", "\n"))
}

#[test]
fn what_is_read_is_valid() {
    let (schema, place) = (Schema::printed(), Place::new());
    let example = example();
    assert!(example.contains("waivers:") && example.contains("gate:"), "{example}");
    place.write("house.yaml", "");
    for yaml in [
        example.as_str(),
        "target: 0\n",
        "extends: [house.yaml]\nrules:\nfilter: {team: 7, take: 1/20, min_talk: 1:30}\n",
        "history: history.db\ndelimiter: tab\ndate_order: ymd\nencoding: mac-roman\n",
        "columns: {note: [Asked, Done], language: =es}\npreset: none\n",
        "acw: {limit: 95, limits: {sales: 2 min}, spread: 3.5, thin_words: 5}\n",
        "gate: {score: 80, compliance_rate: 70%, agents: {score: {warn: 75.5}, mostly: 90%}, unreadable: 0}\n",
        "contract: {columns: [note, {header: Cost centre}], unreadable: 2.5%, freshness: {newest_within: 2w}, duplicates: {}}\n",
        "scorecard: {method: points, severities: {major: 4}, sections: {required: 50}}\n",
        "waivers:\n- {category: length, when: {channel: [chat]}, reason: r, owner: o, expires: 2026-12-31}\n",
    ] {
        assert_eq!(read(&place, yaml), None, "{yaml}");
        assert_eq!(schema.against(yaml), None, "{yaml}");
    }
}

#[test]
fn what_is_refused_is_not_valid() {
    let (schema, place) = (Schema::printed(), Place::new());
    for yaml in [
        "tarket: 90\n",
        "target: 101\n",
        "target: high\n",
        "figures: {confidence: 10}\n",
        "figures: {period: year}\n",
        "acw: {limit: soon}\n",
        "columns: {nota: Observaciones}\n",
        "delimiter: ab\n",
        "date_order: myd\n",
        "filter: {from: yesterday}\n",
        "filter: {take: 0%}\n",
        "history: {pseudonyms: true}\n",
        "gate: {score: {}}\n",
        "gate: {score: high}\n",
        "gate: {critical_for: {nobody: 0}}\n",
        "contract: {columns: [agnet_id]}\n",
        "contract: {empty_notes: some}\n",
        "contract: {freshness: {newest_within: soon}}\n",
        "scorecard: {method: guess}\n",
        "scorecard: {sections: {requird: 50}}\n",
        "waivers: [{rule: praise, reason: r, owner: o}]\n",
        "waivers: [{reason: r, owner: o, expires: 2026-12-31}]\n",
        "waivers: [{rule: a, category: length, reason: r, owner: o, expires: 2026-12-31}]\n",
    ] {
        assert!(read(&place, yaml).is_some(), "{yaml}");
        // The library of schemas does not count in shares: what is no share at all is refused by its form, 0% by `acw` alone.
        if yaml != "filter: {take: 0%}\n" {
            assert!(schema.against(yaml).is_some(), "{yaml}");
        }
    }
}

#[test]
fn every_key_has_a_description() {
    let printed: Value = serde_json::from_str(&Place::new().acw(&["config", "schema"]).out).unwrap();
    let described = |value: &Value| value["description"].as_str().is_some_and(|text| !text.trim().is_empty());
    for (key, value) in printed["properties"].as_object().unwrap() {
        assert!(described(value), "{key}");
    }
    for (name, value) in printed["$defs"].as_object().unwrap() {
        assert!(described(value), "{name}");
        for (key, value) in value["properties"].as_object().into_iter().flatten() {
            assert!(described(value), "{name}.{key}");
        }
    }
}
