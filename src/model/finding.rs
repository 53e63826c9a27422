//! Findings: what a rule has against a note.

use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Span;

/// The families of rules. The first eight are the contract of the JSON lines; the others are further ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// An element that every note of its kind must tell is missing.
    Required,
    /// Shorthand that is not on the approved list.
    Abbreviation,
    /// The agent's own words insult, mock, demean, stereotype or swear.
    Disrespect,
    /// Opinion, guess or evaluation in the agent's own voice.
    Judgement,
    /// A case, order or payment is told without a usable number.
    Reference,
    /// A prepared paragraph left unfilled.
    Template,
    /// Card, password, account or identity number in clear.
    Sensitive,
    /// Disposition and text say opposite things.
    Contradiction,
    /// Too thin or rambling.
    Length,
    /// Form of the text, such as all capitals.
    Style,
}

impl Category {
    /// Every category, in the order of reports.
    pub const ALL: [Category; 10] = [
        Category::Required,
        Category::Reference,
        Category::Contradiction,
        Category::Sensitive,
        Category::Disrespect,
        Category::Judgement,
        Category::Abbreviation,
        Category::Template,
        Category::Length,
        Category::Style,
    ];

    /// The name in rules and outputs.
    pub const fn name(self) -> &'static str {
        match self {
            Category::Required => "required",
            Category::Abbreviation => "abbreviation",
            Category::Disrespect => "disrespect",
            Category::Judgement => "judgement",
            Category::Reference => "reference",
            Category::Template => "template",
            Category::Sensitive => "sensitive",
            Category::Contradiction => "contradiction",
            Category::Length => "length",
            Category::Style => "style",
        }
    }

    /// Position in [`Category::ALL`].
    pub const fn index(self) -> usize {
        const PLACES: [usize; Category::ALL.len()] = {
            let (mut places, mut at) = ([0; Category::ALL.len()], 0);
            while at < places.len() {
                places[Category::ALL[at] as usize] = at;
                at += 1;
            }
            places
        };
        PLACES[self as usize]
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// How much a finding matters to the reader of the note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth a word in coaching.
    Minor,
    /// Costs somebody time or clarity.
    Major,
    /// Harms the customer, the business or compliance.
    Critical,
}

impl Severity {
    /// Every severity, mildest first.
    pub const ALL: [Severity; 3] = [Severity::Minor, Severity::Major, Severity::Critical];

    /// The name in rules and outputs.
    pub const fn name(self) -> &'static str {
        match self {
            Severity::Minor => "minor",
            Severity::Major => "major",
            Severity::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// For whom a failure is critical, after COPC's error types; absent means non-critical.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Critical {
    /// The customer: a wrong answer, lost dignity, a second call.
    Customer,
    /// The business: cost, rework, lost sale.
    Business,
    /// Law, regulation or card-industry standard.
    Compliance,
}

/// What a complete note tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Element {
    /// Why the customer made contact.
    Reason,
    /// What the agent did or explained.
    Action,
    /// Resolved or not.
    Outcome,
    /// Who does what by when, where something is open.
    NextStep,
    /// Product of interest (sales).
    Product,
    /// Budget (sales).
    Budget,
    /// How the prospect heard of the company (sales).
    Source,
    /// Purchase documents (sales).
    Documents,
}

impl Element {
    /// Every element, in the order of reports.
    pub const ALL: [Element; 8] = [
        Element::Reason,
        Element::Action,
        Element::Outcome,
        Element::NextStep,
        Element::Product,
        Element::Budget,
        Element::Source,
        Element::Documents,
    ];

    /// Those that notes of every call type are asked for.
    pub const CORE: [Element; 4] = [Element::Reason, Element::Action, Element::Outcome, Element::NextStep];

    /// Every element, in the order in which a note is best told.
    pub const TOLD: [Element; 8] = [
        Element::Reason,
        Element::Product,
        Element::Budget,
        Element::Source,
        Element::Action,
        Element::Outcome,
        Element::Documents,
        Element::NextStep,
    ];

    /// The element of that name.
    pub fn from_name(name: &str) -> Option<Element> {
        Element::ALL.into_iter().find(|element| element.name() == name)
    }

    /// The name in rules and outputs.
    pub const fn name(self) -> &'static str {
        match self {
            Element::Reason => "reason",
            Element::Action => "action",
            Element::Outcome => "outcome",
            Element::NextStep => "next_step",
            Element::Product => "product",
            Element::Budget => "budget",
            Element::Source => "source",
            Element::Documents => "documents",
        }
    }
}

/// What people decided about a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Nothing: it counts.
    #[default]
    Counts,
    /// It is disputed and not decided; it counts.
    Disputed,
    /// A dispute was rejected; it counts.
    Upheld,
    /// A dispute was accepted; it does not count.
    Overturned,
    /// It is waived; it does not count until the waiver expires.
    Waived,
}

impl Standing {
    /// Whether the finding costs points.
    pub const fn counts(self) -> bool {
        matches!(self, Standing::Counts | Standing::Disputed | Standing::Upheld)
    }

    /// The name in outputs.
    pub const fn name(self) -> &'static str {
        match self {
            Standing::Counts => "counts",
            Standing::Disputed => "disputed",
            Standing::Upheld => "upheld",
            Standing::Overturned => "overturned",
            Standing::Waived => "waived",
        }
    }
}

/// Who decided about a finding, when, why and, of a waiver, until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Who stands behind it: of a waiver, its owner.
    pub by: String,
    /// The day on which it was written; a waiver of the settings tells none.
    pub on: Option<Date>,
    /// The last day of a waiver.
    pub until: Option<Date>,
    /// The reason, as written.
    pub why: String,
    /// Where it stands, of a waiver of the settings: `acw.yaml:12`.
    pub place: Option<String>,
}

/// One failure of one rule in one note, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Index of the rule in the run's list of rules.
    pub rule: usize,
    /// Family of the rule.
    pub category: Category,
    /// How much it matters.
    pub severity: Severity,
    /// Where; `None` where it is about the whole note.
    pub span: Option<Span>,
    /// The element that is missing, for category `required`.
    pub element: Option<Element>,
    /// The words found, masked where the rule is about secrets; empty for the whole note.
    pub excerpt: String,
    /// What is wrong, in the note's language.
    pub message: String,
    /// A better wording, where there is one.
    pub suggestion: Option<String>,
    /// Names the finding across runs: the same for the same words under the same rule in the same note, whatever the order of
    /// rows and findings; made from masked words.
    pub fingerprint: u64,
    /// What people decided about it.
    pub standing: Standing,
    /// The decision that gave it its standing; `None` where nobody decided.
    pub decision: Option<Arc<Decision>>,
    /// Points of the note's score lost to this finding (0 where a cap was reached before).
    pub points_lost: u32,
    /// By how many basis points the note would score higher if its rule had found nothing in it; stands with the rule's first
    /// finding in the note, 0 with the others.
    pub gain: u32,
}

#[cfg(test)]
impl Finding {
    /// A finding about the whole note, for tests.
    pub(crate) fn of(rule: usize, category: Category, severity: Severity, points_lost: u32) -> Self {
        Finding {
            rule,
            category,
            severity,
            span: None,
            element: None,
            excerpt: String::new(),
            message: String::new(),
            suggestion: None,
            fingerprint: 0,
            standing: Standing::default(),
            decision: None,
            points_lost,
            gain: 0,
        }
    }
}
