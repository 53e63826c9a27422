//! `acw.yaml` as written, all of it optional, and the settings that come of it and of the flags.

mod gate;
mod layers;
pub mod schema;
mod waiver;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::input::{self, Contract, DateOrder, Delimiter, Filter, Given, Headers, Seconds, Zone};
use crate::model::{Age, Period, Role, Standards, Targets};
use crate::rules::{Packs, RulesError, Scorecard, ScorecardSpec, Shelf};
use crate::yaml::{Fault, Source, did_you_mean, keyed, schema as schema_of};

pub use gate::{EachSpec, GateSpec, Limit, Limits};
pub use layers::{Layers, Stated, VARIABLE, found};
pub use waiver::{WaiverSpec, Waivers};

/// The file's name.
pub const FILE: &str = "acw.yaml";

/// `acw.yaml` as written.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Files under this one: what they say holds where this one says nothing; relative to this file.
    #[serde(default)]
    pub extends: Option<Extends>,
    /// Score, in per cent, from which a note counts as compliant.
    #[serde(default)]
    #[schemars(range(max = 100))]
    pub target: Option<u32>,
    /// Changes of the scorecard: method, weights of sections, points by severity.
    #[serde(default)]
    pub scorecard: ScorecardSpec,
    /// How sure a figure must be.
    #[serde(default)]
    pub figures: FiguresSpec,
    /// Targets of single figures.
    #[serde(default)]
    pub targets: Targets,
    /// After-call work.
    #[serde(default)]
    pub acw: AcwSpec,
    /// Pack of rules (a folder) laid over the built-in ones; relative to the file.
    #[serde(default)]
    pub rules: Option<PathBuf>,
    /// Code of the language of notes that state none; absent: it is told note by note.
    #[serde(default)]
    pub language: Option<String>,
    /// Encoding of the exports; absent: it is found.
    #[serde(default)]
    pub encoding: Option<String>,
    /// In what order days such as 03/04/2026 are written; absent: as each column tells.
    #[serde(default)]
    pub date_order: Option<DateOrder>,
    /// Worksheet of workbooks; absent: the first that has notes.
    #[serde(default)]
    pub worksheet: Option<String>,
    /// Delimiter of CSV files; absent: the one that fits most rows.
    #[serde(default)]
    pub delimiter: Option<Delimiter>,
    /// Where the contacts were: days are counted there, of moments that tell their offset; absent: as they are written.
    #[serde(default)]
    pub time_zone: Option<Zone>,
    /// Name of the preset by which exports are read, or `none`; absent: told by their headers.
    #[serde(default)]
    pub preset: Option<String>,
    /// Columns by role: a header, a list of them, or `=value` for a constant.
    #[serde(default)]
    #[schemars(schema_with = "keyed::<Role, Headers>")]
    pub columns: BTreeMap<Role, Headers>,
    /// Which notes of the exports are audited; absent: all.
    #[serde(default)]
    pub filter: Filter,
    /// What exports must be; absent: what they are.
    #[serde(default)]
    pub contract: Option<Contract>,
    /// File of disputes and waivers; relative to this file.
    #[serde(default)]
    pub decisions: Option<PathBuf>,
    /// Findings that do not count for a while, with who answers for it and why.
    #[serde(default)]
    pub waivers: Vec<WaiverSpec>,
    /// Ids of rules that are switched off.
    #[serde(default)]
    pub off: Vec<String>,
    /// Abbreviations that the company approves, with their meaning, in every language.
    #[serde(default)]
    pub approved: BTreeMap<String, String>,
    /// Where runs are kept: a file, or more about it; absent: nowhere.
    #[serde(default)]
    pub history: Option<HistorySpec>,
    /// What an export must reach; absent: the usual.
    #[serde(default)]
    pub gate: Option<GateSpec>,
}

impl Spec {
    /// With its paths relative to where a file in that folder is read from.
    fn within(mut self, folder: &Path) -> Self {
        let within = |path: Option<PathBuf>| path.map(|path| folder.join(path));
        self.rules = within(self.rules);
        self.decisions = within(self.decisions);
        self.acw.roster = within(self.acw.roster);
        self.history = self.history.map(|history| history.within(folder));
        self
    }
}

/// A file, or a list of files of which the later lie over the earlier.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extends(pub Vec<PathBuf>);

schema_of!(Extends, "Extends", {
    "description": "A file, or a list of files of which the later lie over the earlier.",
    "type": ["string", "array"],
    "items": { "type": "string" },
});

impl<'de> Deserialize<'de> for Extends {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FileOrFiles;
        impl<'de> serde::de::Visitor<'de> for FileOrFiles {
            type Value = Extends;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a file or a list of files")
            }

            fn visit_str<E: serde::de::Error>(self, file: &str) -> Result<Extends, E> {
                Ok(Extends(vec![file.into()]))
            }

            fn visit_seq<S: serde::de::SeqAccess<'de>>(self, mut files: S) -> Result<Extends, S::Error> {
                let mut out = Vec::new();
                while let Some(file) = files.next_element::<PathBuf>()? {
                    out.push(file);
                }
                Ok(Extends(out))
            }
        }
        deserializer.deserialize_any(FileOrFiles)
    }
}

/// Where and how runs are kept, as written; a path alone is the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistorySpec {
    /// The file; relative to this file.
    pub file: PathBuf,
    /// Whether agents stand in it under pseudonyms.
    pub pseudonyms: bool,
    /// The file of the salt; relative to this file; absent: the history's name and `.salt`.
    pub salt_file: Option<PathBuf>,
    /// How old a note may get in it; absent: as old as it likes.
    pub retention: Option<Age>,
}

schema_of!(HistorySpec, "History", generator => {
    "description": "Where and how runs are kept; a path alone is the file.",
    "anyOf": [
        { "type": "string" },
        {
            "type": "object",
            "properties": {
                "file": { "description": "The file; relative to this file.", "type": "string" },
                "pseudonyms": {
                    "description": "Whether agents stand in it under pseudonyms.", "type": "boolean", "default": false,
                },
                "salt_file": {
                    "description": "The file of the salt; relative to this file; absent: the history's name and `.salt`.",
                    "type": ["string", "null"],
                },
                "retention": {
                    "description": "How old a note may get in it; absent: as old as it likes.",
                    "anyOf": [generator.subschema_for::<Age>(), { "type": "null" }],
                },
            },
            "required": ["file"],
            "additionalProperties": false,
        },
    ],
});

impl HistorySpec {
    fn within(self, folder: &Path) -> Self {
        HistorySpec { file: folder.join(self.file), salt_file: self.salt_file.map(|salt| folder.join(salt)), ..self }
    }
}

impl<'de> Deserialize<'de> for HistorySpec {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Keys {
            file: PathBuf,
            #[serde(default)]
            pseudonyms: bool,
            #[serde(default)]
            salt_file: Option<PathBuf>,
            #[serde(default)]
            retention: Option<Age>,
        }
        struct FileOrKeys;
        impl<'de> serde::de::Visitor<'de> for FileOrKeys {
            type Value = HistorySpec;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a file, or `{file, pseudonyms, salt_file, retention}`")
            }

            fn visit_str<E: serde::de::Error>(self, file: &str) -> Result<HistorySpec, E> {
                Ok(HistorySpec { file: file.into(), pseudonyms: false, salt_file: None, retention: None })
            }

            fn visit_map<M: serde::de::MapAccess<'de>>(self, map: M) -> Result<HistorySpec, M::Error> {
                let keys = Keys::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                let Keys { file, pseudonyms, salt_file, retention } = keys;
                Ok(HistorySpec { file, pseudonyms, salt_file, retention })
            }
        }
        deserializer.deserialize_any(FileOrKeys)
    }
}

/// How sure a figure must be, as written.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FiguresSpec {
    /// Scored notes below which nobody gets a place or a verdict.
    #[serde(default)]
    pub min_notes: Option<u64>,
    /// Confidence of every interval, in per cent.
    #[serde(default)]
    #[schemars(range(min = 50, max = 99))]
    pub confidence: Option<u32>,
    /// Length of the periods that figures are given for.
    #[serde(default)]
    pub period: Option<Period>,
}

/// What after-call work is held to, as written.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AcwSpec {
    /// Longest time within the limit.
    #[serde(default)]
    pub limit: Option<Seconds>,
    /// The same for single call types.
    #[serde(default)]
    pub limits: BTreeMap<String, Seconds>,
    /// Modified z-score from which a time is an outlier of its call type.
    #[serde(default)]
    #[schemars(range(min = 0.5, max = 100.0))]
    pub spread: Option<f64>,
    /// Words below which a note is thin beside long after-call work.
    #[serde(default)]
    pub thin_words: Option<usize>,
    /// File with the time that agents worked; relative to this file.
    #[serde(default)]
    pub roster: Option<PathBuf>,
}

/// The settings of a run.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The file they come from, if any.
    pub source: Option<PathBuf>,
    /// Target in per cent, where set.
    pub target: Option<u32>,
    /// Changes of the scorecard.
    pub scorecard: ScorecardSpec,
    /// What figures are held to; the target is the scorecard's.
    pub standards: Standards,
    /// File with the time that agents worked.
    pub roster: Option<PathBuf>,
    /// Folder of rules.
    pub rules: Option<PathBuf>,
    /// How to read exports.
    pub input: input::Options,
    /// What exports must be.
    pub contract: Option<Contract>,
    /// File of disputes and waivers.
    pub decisions: Option<PathBuf>,
    /// Findings that do not count for a while, as the file has them.
    pub waivers: Option<Waivers>,
    /// Rules switched off.
    pub off: Vec<String>,
    /// Approved abbreviations of the company.
    pub approved: BTreeMap<String, String>,
    /// Where runs are kept, if anywhere.
    pub history: Option<HistorySpec>,
    /// What an export must reach, where set, and the file that says so.
    pub gate: Option<(GateSpec, Source)>,
}

/// Why the configuration cannot be used.
#[derive(Debug)]
pub enum ConfigError {
    /// The file cannot be read.
    Io(PathBuf, std::io::Error),
    /// Something wrong in it, with its place.
    Fault(Box<Fault>),
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConfigError::Io(path, error) => {
                write!(f, "{}: cannot be read: {error}\n  help: check the name after --config", path.display())
            }
            ConfigError::Fault(fault) => write!(f, "{fault}"),
        }
    }
}

impl std::error::Error for ConfigError {}

impl Settings {
    /// Reads the file named by the user, or the one found from the working folder or else from the inputs, what it extends, and the
    /// environment.
    ///
    /// # Errors
    /// A file that cannot be read; a fault in one of the files or variables.
    pub fn load(named: Option<&Path>, inputs: &[PathBuf]) -> Result<Self, ConfigError> {
        Settings::of(Layers::read(found(named, inputs), std::env::vars())?)
    }

    /// The settings that come of the layers.
    ///
    /// # Errors
    /// A value that is none of its kind.
    pub fn of(layers: Layers) -> Result<Self, ConfigError> {
        let spec = layers.spec.clone();
        if spec.target.is_some_and(|target| target > 100) {
            return Err(layers.fault("target", "the target is a per cent", "give a number from 0 to 100"));
        }
        if spec.contract.as_ref().is_some_and(Contract::impossible) {
            let message = "no export has more rows than `max` and fewer than `min`";
            return Err(layers.fault("contract.rows", message, "change one of the two"));
        }
        if spec.filter.is_impossible() {
            let message = "no day is on or behind `from` and on or before `to`";
            return Err(layers.fault("filter.from", message, "change one of the two"));
        }
        let standards = standards(&spec, &layers)?;
        let columns = Given::all(&spec.columns);
        Ok(Settings {
            target: spec.target,
            scorecard: spec.scorecard,
            standards,
            roster: spec.acw.roster,
            rules: spec.rules,
            input: input::Options {
                encoding: spec.encoding,
                columns,
                language: spec.language,
                date_order: spec.date_order,
                worksheet: spec.worksheet,
                delimiter: spec.delimiter,
                time_zone: spec.time_zone,
                preset: spec.preset,
                filter: spec.filter,
                ..input::Options::default()
            },
            contract: spec.contract,
            decisions: spec.decisions,
            waivers: Waivers::of(&spec.waivers, || layers.source("waivers"))?,
            off: spec.off,
            approved: spec.approved,
            history: spec.history,
            gate: spec.gate.map(|gate| (gate, layers.source("gate"))),
            source: layers.file().map(Path::to_owned),
        })
    }

    /// The packs in force: the built-in ones, the user's folder, the rules switched off, the company's abbreviations.
    ///
    /// # Errors
    /// A fault of a rule file; a rule to be switched off that does not exist.
    pub fn packs(&self) -> Result<Packs, RulesError> {
        let mut packs = Packs::load_kept(self.rules.as_deref(), shelf())?;
        for id in &self.off {
            if !packs.switch_off(id) {
                let near = did_you_mean(id, packs.rules.iter().map(|(_, r)| r.id.as_str()));
                let message =
                    format!("{FILE}: `off` names an unknown rule `{id}`{near}\n  help: `acw rules list` shows them");
                return Err(RulesError::Settings(message));
            }
        }
        for pack in packs.languages.values_mut() {
            pack.meanings.insert("approved_by_company".to_owned(), self.approved.clone());
        }
        packs.scorecard.lay(self.scorecard.clone());
        if let Some(target) = self.target {
            packs.scorecard.target = target;
        }
        Ok(packs)
    }

    /// Hash of what judges beside the rule files: rules switched off or waived, abbreviations approved, and the scorecard in force
    /// with its target. With the hash of the files it tells whether two runs held notes to the same; hexadecimal.
    pub fn hash(&self, scorecard: &Scorecard, waived: &BTreeSet<String>) -> String {
        let off: BTreeSet<&String> = self.off.iter().collect();
        let judging =
            serde_json::json!({"off": off, "waived": waived, "approved": self.approved, "scorecard": scorecard});
        let digest = Sha256::digest(judging.to_string());
        digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Names the folder of compiled word lists; empty: they are not kept.
pub const CACHE: &str = "ACW_CACHE_DIR";

/// Where compiled word lists are kept: where the variable says, or in the user's folder of things that can be made again.
fn shelf() -> Option<Shelf> {
    match std::env::var_os(CACHE) {
        Some(folder) => (!folder.is_empty()).then(|| Shelf::new(folder)),
        None => Some(Shelf::new(dirs::cache_dir()?.join("acw"))),
    }
}

/// The standards of the file over the usual ones.
fn standards(spec: &Spec, layers: &Layers) -> Result<Standards, ConfigError> {
    let fault = |path: &str, message: &str, help: &str| Err(layers.fault(path, message, help));
    let usual = Standards::default();
    let confidence = spec.figures.confidence.unwrap_or(usual.confidence);
    if !(50..=99).contains(&confidence) {
        return fault(
            "figures.confidence",
            "the confidence of an interval is a per cent",
            "give a number from 50 to 99; 95 is usual",
        );
    }
    let spread = spec.acw.spread.unwrap_or(f64::from(usual.acw_spread) / 100.0);
    if !(0.5..=100.0).contains(&spread) {
        return fault("acw.spread", "the spread is a modified z-score", "give a number from 0.5 to 100; 3.5 is usual");
    }
    Ok(Standards {
        targets: spec.targets,
        min_notes: spec.figures.min_notes.unwrap_or(usual.min_notes).max(2),
        confidence,
        period: spec.figures.period.unwrap_or_default(),
        acw_limit: spec.acw.limit.map(|limit| limit.0),
        acw_limits: spec.acw.limits.iter().map(|(kind, limit)| (kind.clone(), limit.0)).collect(),
        acw_spread: (spread * 100.0).round() as u32,
        thin_words: spec.acw.thin_words.unwrap_or(usual.thin_words),
        ..usual
    })
}
