//! `acw.yaml` as written, all of it optional, and the settings that come of it and of the flags.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::input::{self, Given};
use crate::model::Role;
use crate::rules::{Packs, RulesError};
use crate::yaml::{Fault, Source, nearest};

/// The file's name.
pub const FILE: &str = "acw.yaml";

/// `acw.yaml` as written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Score, in per cent, from which a note counts as compliant.
    #[serde(default)]
    pub target: Option<u32>,
    /// Pack of rules (a folder) laid over the built-in ones; relative to the file.
    #[serde(default)]
    pub rules: Option<PathBuf>,
    /// Code of the language of notes that state none; absent: it is told note by note.
    #[serde(default)]
    pub language: Option<String>,
    /// Encoding of the exports; absent: it is found.
    #[serde(default)]
    pub encoding: Option<String>,
    /// Columns by role: a header, or `=value` for a constant.
    #[serde(default)]
    pub columns: BTreeMap<Role, String>,
    /// Ids of rules that are switched off.
    #[serde(default)]
    pub off: Vec<String>,
    /// Abbreviations that the company approves, with their meaning, in every language.
    #[serde(default)]
    pub approved: BTreeMap<String, String>,
}

/// The settings of a run.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The file they come from, if any.
    pub source: Option<PathBuf>,
    /// Target in per cent, where set.
    pub target: Option<u32>,
    /// Folder of rules.
    pub rules: Option<PathBuf>,
    /// How to read exports.
    pub input: input::Options,
    /// Rules switched off.
    pub off: Vec<String>,
    /// Approved abbreviations of the company.
    pub approved: BTreeMap<String, String>,
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
    /// Reads the file named by the user, or `acw.yaml` of the working folder if it is there.
    ///
    /// # Errors
    /// A named file that cannot be read; a fault in the file.
    pub fn load(named: Option<&Path>) -> Result<Self, ConfigError> {
        let path = match named {
            Some(path) => path.to_owned(),
            None if Path::new(FILE).is_file() => PathBuf::from(FILE),
            None => return Ok(Settings::default()),
        };
        let text = std::fs::read_to_string(&path).map_err(|error| ConfigError::Io(path.clone(), error))?;
        let source = Source::new(path.clone(), text);
        let spec: Spec = source.parse().map_err(|fault| ConfigError::Fault(Box::new(fault)))?;
        if spec.target.is_some_and(|target| target > 100) {
            let fault = source.fault_at(&["target:"], "the target is a per cent", "give a number from 0 to 100");
            return Err(ConfigError::Fault(Box::new(fault)));
        }
        let folder = path.parent().unwrap_or(Path::new("."));
        let columns = spec
            .columns
            .iter()
            .map(|(role, value)| Given {
                role: *role,
                constant: value.starts_with('='),
                value: value.trim_start_matches('=').to_owned(),
            })
            .collect();
        Ok(Settings {
            target: spec.target,
            rules: spec.rules.map(|rules| folder.join(rules)),
            input: input::Options { encoding: spec.encoding, columns, language: spec.language },
            off: spec.off,
            approved: spec.approved,
            source: Some(path),
        })
    }

    /// The packs in force: the built-in ones, the user's folder, the rules switched off, the company's abbreviations.
    ///
    /// # Errors
    /// A fault of a rule file; a rule to be switched off that does not exist.
    pub fn packs(&self) -> Result<Packs, RulesError> {
        let mut packs = Packs::load(self.rules.as_deref())?;
        for id in &self.off {
            if !packs.switch_off(id) {
                let near = nearest(id, packs.rules.iter().map(|(_, r)| r.id.as_str()))
                    .map(|n| format!("; did you mean `{n}`?"));
                let message = format!("`off` names an unknown rule `{id}`{}", near.unwrap_or_default());
                return Err(RulesError::Build(message));
            }
        }
        for pack in packs.languages.values_mut() {
            pack.lexicon.add_meanings("approved_by_company", &self.approved);
        }
        if let Some(target) = self.target {
            packs.scorecard.target = target;
        }
        Ok(packs)
    }
}
