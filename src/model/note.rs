//! A call note and where it came from.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::{Exported, Span};

/// Where a note stands in the user's files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// The file as the user named it, `-` for standard input.
    pub file: SmolStr,
    /// The line (of a text file) on which the row starts, counted from 1 with the header.
    pub line: u64,
    /// The number of the note's column, counted from 1; `None` where no single column holds it.
    pub column: Option<u32>,
}

impl Origin {
    /// Identifier of a note whose export has none.
    pub fn own_id(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }
}

/// What the agent chose in the outcome drop-down of the export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// Nothing was chosen, or the export has no such column.
    #[default]
    #[serde(alias = "")]
    Empty,
    /// Solved within the contact.
    Resolved,
    /// Left open with us.
    Pending,
    /// Handed to another team.
    Escalated,
    /// A value that no language pack knows; it is kept as text beside this.
    Other,
}

impl Disposition {
    /// The name in rules and outputs; nothing where nothing was chosen.
    pub const fn name(self) -> &'static str {
        match self {
            Disposition::Empty => "",
            Disposition::Resolved => "resolved",
            Disposition::Pending => "pending",
            Disposition::Escalated => "escalated",
            Disposition::Other => "other",
        }
    }
}

/// The part a column plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Identifier of the note or interaction.
    NoteId,
    /// Identifier of the agent.
    AgentId,
    /// Name of the agent.
    AgentName,
    /// Team, group or queue owner.
    Team,
    /// Language of the note.
    Language,
    /// Phone, chat, e-mail…
    Channel,
    /// Reason class of the contact: complaint, sales…
    CallType,
    /// Start of the contact.
    StartedAt,
    /// End of the contact.
    EndedAt,
    /// Outcome as chosen in a drop-down.
    Disposition,
    /// Case, ticket or order number.
    CaseId,
    /// Customer's name or number.
    Customer,
    /// Time talked, seconds.
    TalkSeconds,
    /// After-call work, seconds.
    AcwSeconds,
    /// Time on hold, seconds.
    HoldSeconds,
    /// Time that the agent worked (logged in) on the day of the contact, seconds.
    WorkedSeconds,
    /// The note itself.
    Note,
    /// Transcript of the contact.
    Transcript,
    /// Product of interest, as a field of its own.
    Product,
    /// Reason for the contact, as a field of its own.
    Reason,
    /// What the agent did, as a field of its own.
    Action,
    /// How it ended, as a field of its own.
    Outcome,
    /// Next step, as a field of its own.
    NextStep,
    /// Customer segment.
    Segment,
    /// Region or country.
    Region,
}

impl Role {
    /// Every role, in the order in which they are shown.
    pub const ALL: [Role; 25] = [
        Role::NoteId,
        Role::AgentId,
        Role::AgentName,
        Role::Team,
        Role::Language,
        Role::Channel,
        Role::CallType,
        Role::StartedAt,
        Role::EndedAt,
        Role::Disposition,
        Role::CaseId,
        Role::Customer,
        Role::TalkSeconds,
        Role::AcwSeconds,
        Role::HoldSeconds,
        Role::WorkedSeconds,
        Role::Note,
        Role::Transcript,
        Role::Product,
        Role::Reason,
        Role::Action,
        Role::Outcome,
        Role::NextStep,
        Role::Segment,
        Role::Region,
    ];

    /// The name in flags, configuration and packs (`note_id`).
    pub fn name(self) -> &'static str {
        match self {
            Role::NoteId => "note_id",
            Role::AgentId => "agent_id",
            Role::AgentName => "agent_name",
            Role::Team => "team",
            Role::Language => "language",
            Role::Channel => "channel",
            Role::CallType => "call_type",
            Role::StartedAt => "started_at",
            Role::EndedAt => "ended_at",
            Role::Disposition => "disposition",
            Role::CaseId => "case_id",
            Role::Customer => "customer",
            Role::TalkSeconds => "talk_seconds",
            Role::AcwSeconds => "acw_seconds",
            Role::HoldSeconds => "hold_seconds",
            Role::WorkedSeconds => "worked_seconds",
            Role::Note => "note",
            Role::Transcript => "transcript",
            Role::Product => "product",
            Role::Reason => "reason",
            Role::Action => "action",
            Role::Outcome => "outcome",
            Role::NextStep => "next_step",
            Role::Segment => "segment",
            Role::Region => "region",
        }
    }

    /// The role of that name.
    pub fn from_name(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// One call note with what the export tells about its contact.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Note {
    /// Identifier from the export, or `file:line` where it has none.
    pub id: SmolStr,
    /// Where the row stands.
    pub origin: Origin,
    /// Agent's identifier; the name where the export has no identifier.
    pub agent: SmolStr,
    /// Agent's name, where the export tells it.
    pub agent_name: Option<SmolStr>,
    /// Team, where the export tells it.
    pub team: Option<SmolStr>,
    /// Language code that the export states (`es`), lower case, region cut off.
    pub language: Option<SmolStr>,
    /// Channel in the field's words: `phone`, `chat`, `email`, or as written where unknown.
    pub channel: Option<SmolStr>,
    /// Call type in the field's words: `complaint`, `sales`…, or as written where unknown.
    pub call_type: Option<SmolStr>,
    /// Start of the contact as written in the export.
    pub started_at: Option<SmolStr>,
    /// Day of the contact, where the export tells it in a form that leaves no doubt.
    pub day: Option<jiff::civil::Date>,
    /// Customer segment, as written.
    pub segment: Option<SmolStr>,
    /// Outcome chosen in the drop-down.
    pub disposition: Disposition,
    /// Reference column, as written; `None` where empty.
    pub case_id: Option<SmolStr>,
    /// Customer's name or number, as written.
    pub customer: Option<SmolStr>,
    /// Talk time in seconds; `None` where the export does not tell it (which is not zero).
    pub talk_seconds: Option<u32>,
    /// After-call work in seconds; `None` where the export does not tell it (which is not zero).
    pub acw_seconds: Option<u32>,
    /// Time that the agent worked on the day of the contact, in seconds, where the export has such a column.
    pub worked_seconds: Option<u32>,
    /// The note as it is audited: as typed, without the markup of the system that it was exported from.
    pub text: String,
    /// What was different in the cell that it was exported as; `None` where nothing was.
    pub exported: Option<Box<Exported>>,
    /// Filled columns of the required elements (reason, action, outcome, next step, product).
    pub elements: Vec<(Role, String)>,
}

impl Note {
    /// Quoted mail, in bytes of the text, in order.
    pub fn quoted(&self) -> &[Span] {
        self.exported.as_ref().map_or(&[], |exported| &exported.quoted)
    }

    /// The text without quoted mail: what the agent wrote.
    pub fn own_text(&self) -> Cow<'_, str> {
        if self.quoted().is_empty() {
            return Cow::Borrowed(&self.text);
        }
        let mut own = String::with_capacity(self.text.len());
        let mut at = 0;
        for span in self.quoted() {
            own.push_str(&self.text[at..span.start]);
            at = span.end;
        }
        own.push_str(&self.text[at..]);
        Cow::Owned(own)
    }

    /// A place of the text in Unicode code points of the cell as exported, as outputs promise it.
    pub fn place(&self, span: Span) -> (usize, usize) {
        let (start, end) = span.code_points(&self.text);
        let places = self.exported.as_ref().and_then(|exported| exported.places.as_ref());
        places.map_or((start, end), |places| places.in_cell(start, end))
    }
}
