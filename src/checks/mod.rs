//! What can be checked in a note. One file a kind; its first comment is the page that rule authors read.
//!
//! A check knows neither file format nor severity nor wording: it says where and what.

use std::fmt::Debug;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::{Element, Outcome, Span};
use crate::text::{Prepared, ScannerBuilder};
use crate::yaml::Fault;

mod clip;
mod corpus;
mod digits;

pub use corpus::{Corpus, Needs, Observed};

/// A compiled check, ready to run on notes of one language.
pub trait Check: Send + Sync + Debug {
    /// What the survey of the whole export must tell this check.
    fn needs(&self) -> Needs {
        Needs::NONE
    }

    /// The element that a note must tell by this check, where it is about one.
    fn element(&self) -> Option<Element> {
        None
    }

    /// The fewest and the most words that it lets a note have, where it is about that.
    fn words(&self) -> (Option<usize>, Option<usize>) {
        (None, None)
    }

    /// The short forms that it knows, where it is about those.
    fn glossary(&self) -> Option<Glossary> {
        None
    }

    /// Judges one note.
    fn check(&self, note: &Prepared<'_>, corpus: &Corpus) -> Outcome;
}

/// Short forms with what they mean, as their lists have them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Glossary {
    /// Approved forms, by list.
    pub approved: Vec<(String, Vec<(String, String)>)>,
    /// Forms that are not approved, with what to write instead.
    pub written_out: Vec<(String, String)>,
}

/// What a kind's compilation gives: `None` where the language lacks the lists that the check needs.
pub type Compiled = Result<Option<Box<dyn Check>>, Fault>;

/// As written in a rule → compiled for one language.
pub trait Compile {
    /// Compiles the check for the language of `lists`.
    ///
    /// # Errors
    /// A list entry that is not well written.
    fn compile(&self, lists: &mut ScannerBuilder<'_>) -> Compiled;

    /// What the survey of the whole export must tell it in any language.
    fn needs(&self) -> Needs {
        Needs::NONE
    }

    /// The element that a note must tell by it, where it is about one.
    fn element(&self) -> Option<Element> {
        None
    }

    /// What is wrong with the check itself, whatever the language.
    ///
    /// # Errors
    /// The fault in words.
    fn validate(&self) -> Result<(), String> {
        Ok(())
    }
}

/// Whose words count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Voice {
    /// Only the agent's own.
    #[default]
    Agent,
    /// Also quotations and reported speech.
    Any,
}

impl Voice {
    /// Whether what stands at a place counts.
    fn hears(self, note: &Prepared<'_>, place: Span) -> bool {
        match self {
            Voice::Agent => note.own_voice(place),
            Voice::Any => true,
        }
    }
}

/// The one list of kinds: the key in a rule's `check`, the file, and a line for `acw rules kinds`.
macro_rules! kinds {
    ($($key:literal $variant:ident $module:ident $about:literal;)*) => {
        /// A check as a rule writes it: a map with one key, the kind.
        #[derive(Debug, Clone, Deserialize, JsonSchema)]
        pub enum CheckSpec {
            $(
                #[doc = $about]
                #[serde(rename = $key)]
                $variant(Box<$module::Spec>),
            )*
        }

        impl CheckSpec {
            /// Kinds and what they check.
            pub const KINDS: &'static [(&'static str, &'static str)] = &[$(($key, $about)),*];

            /// The key of the kind.
            pub fn name(&self) -> &'static str {
                match self { $(CheckSpec::$variant(_) => $key),* }
            }

            /// The kind's specification.
            pub fn kind(&self) -> &dyn Compile {
                match self { $(CheckSpec::$variant(spec) => spec.as_ref()),* }
            }
        }
    };
}

// The `mod` lines stand outside of the macro, where rustfmt sees them.
mod abbreviation;
mod any;
mod capitals;
mod disposition;
mod element;
mod foreign_reference;
mod length;
mod number;
mod pasted;
mod placeholder;
mod reference;
mod reference_format;
mod secret;
mod words;

kinds! {
    "any" Any any "several checks as one rule";
    "words" Words words "words of lists in the agent's own voice";
    "abbreviation" Abbreviation abbreviation "shorthand that is not on the approved list";
    "placeholder" Placeholder placeholder "pieces of a prepared text left unfilled";
    "number" Number number "numbers that pass the check digits of a named scheme";
    "secret" Secret secret "a value behind words that announce a secret";
    "element" Element element "an element that the note must tell";
    "reference" Reference reference "a usable reference number where the note calls for one";
    "reference_format" ReferenceFormat reference_format "a reference of the wrong form or with a wrong check digit";
    "foreign_reference" ForeignReference foreign_reference "the reference of another customer's case";
    "pasted" Pasted pasted "the same paragraph in many notes of an agent";
    "disposition" Disposition disposition "text that contradicts the disposition";
    "length" Length length "too few or too many words";
    "capitals" Capitals capitals "a note typed in capitals";
}
