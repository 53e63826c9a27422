//! A commented `acw.yaml` to begin with, from the template of `reports/`.

use std::io;

use handlebars::Handlebars;
use serde::Serialize;

use crate::embed::Library;
use crate::text::cell;

/// The template.
const TEMPLATE: &str = "settings.hbs";

/// What is known before anybody wrote settings. Everything of an export stands in it as [`quoted`] or is a number.
#[derive(Debug, Default, Serialize)]
pub struct Draft {
    /// What the export looked like; `None` where none was looked at.
    pub seen: Option<Seen>,
    /// What the user had to say so that it could be read: it is in force.
    pub said: Said,
    /// What a contract could ask for.
    pub contract: Contract,
    /// Frequent abbreviations that nobody approved.
    pub forms: Vec<Form>,
    /// What the gate can ask for; `None` where no export was looked at.
    pub gate: Option<Gate>,
}

/// What an export looked like, for comments.
#[derive(Debug, Default, Serialize)]
pub struct Seen {
    /// Name of the first file.
    pub file: String,
    /// Further files.
    pub more_files: usize,
    /// Its form.
    pub form: String,
    /// Its encoding, and why it is thought so.
    pub encoding: String,
    /// The system that wrote it.
    pub preset: String,
    /// Columns that play a part.
    pub columns: Vec<Column>,
    /// Headers that play none.
    pub unused: Option<String>,
    /// How days are written, and why it is thought so.
    pub order: Option<String>,
    /// Headers of moments in universal time.
    pub utc: Option<String>,
    /// Rows.
    pub rows: u64,
    /// Rows that cannot be read.
    pub rejected: u64,
    /// Notes.
    pub notes: u64,
    /// Agents.
    pub agents: usize,
    /// First and last day.
    pub days: Option<String>,
    /// Languages with their shares.
    pub languages: String,
    /// Teams, call types, channels with their notes.
    pub groups: Vec<Values>,
    /// Mean score in per cent.
    pub score: Option<String>,
}

/// A column and what it is thought to be.
#[derive(Debug, Serialize)]
pub struct Column {
    /// The part it plays.
    pub role: &'static str,
    /// Its header.
    pub column: String,
    /// Why.
    pub why: String,
}

/// Values of a kind, on one line.
#[derive(Debug, Serialize)]
pub struct Values {
    /// What they are.
    pub name: String,
    /// The values.
    pub values: String,
}

/// What the user had to say, as YAML.
#[derive(Debug, Default, Serialize)]
#[allow(missing_docs)] // They are the keys of acw.yaml.
pub struct Said {
    pub preset: Option<String>,
    pub columns: Vec<Told>,
    pub language: Option<String>,
    pub encoding: Option<String>,
    pub date_order: Option<String>,
    pub time_zone: Option<String>,
    pub worksheet: Option<String>,
    pub delimiter: Option<String>,
    pub rules: Option<String>,
}

/// Columns of a role, as YAML.
#[derive(Debug, Serialize)]
pub struct Told {
    /// The role.
    pub role: &'static str,
    /// Header, constant or list.
    pub value: String,
}

/// What a contract could ask for, as YAML.
#[derive(Debug, Serialize)]
pub struct Contract {
    /// The list of roles.
    pub columns: String,
    /// Fewest rows.
    pub min: u64,
    /// Most rows.
    pub max: u64,
    /// Rows that may repeat another; `None` where notes have no identifier.
    pub repeated: Option<String>,
    /// Rows without a day; `None` where notes have none.
    pub undated: Option<String>,
    /// Notes without text.
    pub empty: String,
    /// Rows that cannot be read.
    pub unreadable: String,
    /// Values that columns may have.
    pub values: Vec<Allowed>,
}

/// Values that a column may have, as YAML.
#[derive(Debug, Serialize)]
pub struct Allowed {
    /// Its role.
    pub role: &'static str,
    /// The list.
    pub values: String,
}

impl Default for Contract {
    fn default() -> Self {
        let values = [("language", "[es, en]"), ("team", "[Energy, Telecom]")];
        Contract {
            columns: "[note_id, agent_id, note, {header: Cost centre}]".into(),
            min: 500,
            max: 2_000_000,
            repeated: Some("0".into()),
            undated: Some("1%".into()),
            empty: "2%".into(),
            unreadable: "0".into(),
            values: values.map(|(role, values)| Allowed { role, values: values.into() }).into(),
        }
    }
}

/// An abbreviation that could be approved.
#[derive(Debug, Serialize)]
pub struct Form {
    /// The abbreviation.
    pub form: String,
    /// Its meaning, where one is known.
    pub meaning: String,
    /// Code of the language.
    pub language: String,
    /// Notes that have it.
    pub notes: usize,
    /// Words around it, without those that could tell a person.
    pub example: String,
}

/// What the gate can ask for.
#[derive(Debug, Serialize)]
pub struct Gate {
    /// Lowest mean score; `None` where nothing has a score.
    pub score: Option<u32>,
    /// The target, where it lies above that.
    pub target: Option<u32>,
    /// Most notes with a critical finding.
    pub critical: String,
    /// Such notes today.
    pub criticals: u64,
    /// Most rows that cannot be read.
    pub unreadable: String,
}

impl Draft {
    /// The file.
    ///
    /// # Errors
    /// A template that is broken.
    pub fn text(&self) -> io::Result<String> {
        let library = Library::embedded("reports");
        let template = library.get(TEMPLATE).map(|file| &*file.text).unwrap_or_default();
        let mut templates = Handlebars::new();
        // Nothing of it is HTML.
        templates.register_escape_fn(handlebars::no_escape);
        templates.render_template(template, self).map_err(io::Error::other)
    }
}

/// A scalar of YAML that nothing in it can break: it stays on its line and steers no terminal.
pub fn quoted(text: &str) -> String {
    serde_json::Value::from(cell::tame(text)).to_string()
}
