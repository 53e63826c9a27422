//! JSON Schemas of what programs read, from the types that are written.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;

use super::formats::jsonl;
use super::json;

/// A form that programs read.
pub struct Kind {
    /// Its name, which is also the name of its schema's file.
    pub name: &'static str,
    /// What writes it.
    pub about: &'static str,
    schema: fn() -> Schema,
}

/// The one list of them.
pub const KINDS: &[Kind] = &[
    Kind { name: "report", about: "acw audit|check --format json", schema: of::<json::Whole<'static>> },
    Kind { name: "finding", about: "a line of acw audit|check --format jsonl", schema: of::<jsonl::Line<'static>> },
];

/// Draft 7, which validators of every age know; what is written, so that each key that is always there is required.
fn of<T: schemars::JsonSchema>() -> Schema {
    // Formats such as `uint` are schemars' own; strict validators refuse a schema with them.
    let plain = RecursiveTransform(|schema: &mut Schema| {
        schema.remove("format");
    });
    let settings = SchemaSettings::draft07().for_serialize().with_transform(plain);
    settings.into_generator().into_root_schema_for::<T>()
}

impl Kind {
    /// The schema as JSON text, ending in a line end.
    pub fn json(&self) -> String {
        let mut schema = (self.schema)();
        schema.insert("$id".into(), format!("urn:acw:{}:v1", self.name).into());
        schema.insert("title".into(), format!("acw {} ({})", self.name, self.about).into());
        serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
    }
}
