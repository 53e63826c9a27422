//! JSON Schemas of the rule files, from the types that read them, so that editors complete and check what is written.

use std::collections::BTreeMap;

use schemars::{Schema, schema_for};

use super::{LanguageSpec, PackSpec, ProfileSpec, RuleFile, RuleText, ScorecardSpec};
use crate::input::PresetSpec;
use crate::text::WordFile;

/// A kind of rule file.
pub struct Kind {
    /// Its name, which is also the name of its schema's file.
    pub name: &'static str,
    /// Where such files stand in a pack.
    pub files: &'static str,
    schema: fn() -> Schema,
}

/// The one list of kinds.
pub const KINDS: &[Kind] = &[
    Kind { name: "rules", files: "core/*.yaml", schema: || schema_for!(RuleFile) },
    Kind { name: "words", files: "core/words/*.yaml, lang/*/words/*.yaml", schema: || schema_for!(WordFile) },
    Kind { name: "texts", files: "lang/*/texts.yaml", schema: || schema_for!(BTreeMap<String, RuleText>) },
    Kind { name: "language", files: "lang/*/language.yaml", schema: || schema_for!(LanguageSpec) },
    Kind { name: "profile", files: "profiles/*.yaml", schema: || schema_for!(ProfileSpec) },
    Kind { name: "scorecard", files: "core/scorecard.yaml", schema: || schema_for!(ScorecardSpec) },
    Kind { name: "preset", files: "presets/*.yaml", schema: || schema_for!(PresetSpec) },
    Kind { name: "pack", files: "pack.yaml", schema: || schema_for!(PackSpec) },
];

impl Kind {
    /// The schema as JSON text (draft 2020-12), ending in a line end.
    pub fn json(&self) -> String {
        printed((self.schema)(), &format!("acw {} ({})", self.name, self.files))
    }
}

/// A schema as JSON text, ending in a line end.
pub fn printed(mut schema: Schema, title: &str) -> String {
    schema.insert("title".into(), title.into());
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}
