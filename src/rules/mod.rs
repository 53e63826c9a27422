//! Rules: as written in the packs, and compiled for every language.

mod compile;
pub mod coverage;
pub mod examples;
mod layers;
pub mod lint;
mod pack;
pub mod schema;
mod scorecard;
mod shelf;
mod spec;

pub use compile::{Language, Rule, Rulebook};
pub use layers::PackSpec;
pub use pack::Packs;
pub use scorecard::{NotApplicable, Scorecard, ScorecardSpec};
pub use shelf::Shelf;
pub use spec::{Example, Examples, LanguageSpec, ProfileRule, ProfileSpec, RuleChange, RuleFile, RuleSpec, RuleText};

/// Why the rules cannot be used.
#[derive(Debug)]
pub enum RulesError {
    /// Something wrong in a rule file, with its place.
    Fault(Box<crate::yaml::Fault>),
    /// The folder of the user's rules cannot be read.
    Folder(std::io::Error),
    /// The rules are right one by one and cannot be built together.
    Build(String),
    /// The settings ask for something that the rules do not have.
    Settings(String),
}

impl std::fmt::Display for RulesError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            RulesError::Fault(fault) => write!(f, "{fault}"),
            RulesError::Folder(error) => write!(
                f,
                "cannot read the folder of rules: {error}\n  help: name a folder with core/ or lang/ in it, with --rules or `rules:` in acw.yaml"
            ),
            RulesError::Build(message) => write!(f, "the word lists cannot be built: {message}"),
            RulesError::Settings(message) => write!(f, "{message}"),
        }
    }
}

impl std::error::Error for RulesError {}

impl From<crate::yaml::Fault> for RulesError {
    fn from(fault: crate::yaml::Fault) -> Self {
        RulesError::Fault(Box::new(fault))
    }
}
