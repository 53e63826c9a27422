//! The reading pass that holds exports to a contract.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use jiff::civil::Date;

use super::{Clause, Contract, Limit, Verdict, Violation, Wanted};
use crate::input::{Columns, Export, Fields, InputError, Names, Options, Row, Sources, Vocabulary};
use crate::model::{Note, Role};
use crate::text::redact;
use crate::yaml::{did_you_mean, nearest};

/// Longest part of a value that is shown, in characters.
const LONGEST: usize = 40;
/// What is never shown: what agents wrote, and who the customers are.
const HIDDEN: [Role; 8] = [
    Role::Note,
    Role::Transcript,
    Role::Customer,
    Role::Reason,
    Role::Action,
    Role::Outcome,
    Role::NextStep,
    Role::Product,
];

impl Contract {
    /// Holds exports to the contract, whatever filter they are audited by; `each` gets what speaks against a clause, row by row, also
    /// where so many rows are allowed.
    ///
    /// # Errors
    /// An export that cannot be read at all.
    pub fn check(
        &self,
        sources: &Sources,
        (options, vocabulary): (&Options, &Vocabulary),
        today: Date,
        each: &mut dyn FnMut(&Violation),
    ) -> Result<Verdict, InputError> {
        let mut check = Check::new(self, vocabulary, today, each);
        for file in sources.files() {
            match sources.open(file, options, vocabulary) {
                Ok(export) => check.export(export)?,
                // Without a column for the notes it cannot be read, which is just what the contract is there to tell.
                Err(InputError::Columns { file, message, .. }) if !self.columns.is_empty() => {
                    check.against(Kind::Columns, Place::of_file(&file), message);
                }
                Err(InputError::Empty { .. }) if self.rows.min.is_some() => {}
                Err(error) => return Err(error),
            }
        }
        let inputs = sources.files().iter().map(|file| file.display().to_string()).collect();
        Ok(check.verdict(inputs))
    }
}

/// The clauses, in the order of the contract's keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Columns,
    Rows,
    Duplicates,
    Freshness,
    EmptyNotes,
    Unreadable,
    Values(Role),
}

/// Where something speaks against a clause.
struct Place<'p> {
    file: &'p str,
    line: Option<u64>,
    note: Option<&'p str>,
}

impl<'p> Place<'p> {
    fn of_file(file: &'p str) -> Self {
        Place { file, line: None, note: None }
    }

    fn of_note(note: &'p Note) -> Self {
        Place { file: &note.origin.file, line: Some(note.origin.line), note: Some(&note.id) }
    }
}

/// Where the values of a column are.
enum Found {
    Role(Role),
    At(usize),
    Nowhere,
}

impl Found {
    fn of(wanted: &Wanted, columns: &Columns, vocabulary: &Vocabulary) -> Self {
        match wanted {
            Wanted::Role(role) if columns.assignments.has(*role) => Found::Role(*role),
            Wanted::Role(_) => Found::Nowhere,
            Wanted::Header(header) => {
                let folded = vocabulary.header(header);
                let is = |known: &String| known == header || vocabulary.header(known) == folded;
                columns.headers.iter().position(is).map_or(Found::Nowhere, Found::At)
            }
        }
    }

    /// The value of a row; `None` where it is empty.
    fn value<'f>(&self, columns: &'f Columns, fields: &'f Fields, note: &'f Note) -> Option<Cow<'f, str>> {
        match self {
            Found::Role(Role::Note) => Some(Cow::Borrowed(note.text.trim())).filter(|text| !text.is_empty()),
            Found::Role(role) => columns.value(*role, fields),
            Found::At(at) => Some(Cow::Borrowed(fields.get(*at)?.trim())).filter(|value| !value.is_empty()),
            Found::Nowhere => None,
        }
    }
}

/// Values that are allowed in a column.
struct Allowed<'c> {
    role: Role,
    names: &'c [String],
    folded: Vec<String>,
    /// Values that were looked at, and whether they are allowed.
    known: HashMap<String, bool>,
}

/// Values that are remembered.
const KNOWN: usize = 10_000;

impl Allowed<'_> {
    fn has(&mut self, value: &str, vocabulary: &Vocabulary) -> bool {
        if let Some(known) = self.known.get(value) {
            return *known;
        }
        let allowed = self.folded.contains(&folded(self.role, value, vocabulary));
        if self.known.len() < KNOWN {
            self.known.insert(value.to_owned(), allowed);
        }
        allowed
    }
}

/// A value in the spelling in which values are compared: folded, and in the field's words where the role has such.
fn folded(role: Role, value: &str, vocabulary: &Vocabulary) -> String {
    let told = match role {
        Role::Language => vocabulary.language(value),
        Role::Channel => vocabulary.channel(value),
        Role::CallType => vocabulary.call_type(value),
        _ => None,
    };
    vocabulary.header(told.as_deref().unwrap_or(value))
}

struct Check<'c> {
    contract: &'c Contract,
    vocabulary: &'c Vocabulary,
    today: Date,
    each: &'c mut dyn FnMut(&Violation),
    clauses: Vec<(Kind, Clause)>,
    allowed: Vec<Allowed<'c>>,
    files: Vec<String>,
    /// Where each value that must not be repeated stands first, by its hash.
    first: HashMap<u64, (u32, u64)>,
    hasher: RandomState,
    /// A clause for each file that lacks its column.
    missing: Vec<Kind>,
    rows: u64,
    notes: u64,
    keyed: u64,
    undated: u64,
    older: u64,
    later: u64,
    newest: Option<Date>,
}

impl<'c> Check<'c> {
    fn new(
        contract: &'c Contract,
        vocabulary: &'c Vocabulary,
        today: Date,
        each: &'c mut dyn FnMut(&Violation),
    ) -> Self {
        let has = [
            (Kind::Columns, !contract.columns.is_empty(), "columns"),
            (Kind::Rows, contract.rows != Default::default(), "rows"),
            (Kind::Duplicates, contract.duplicates.is_some(), "duplicates"),
            (Kind::Freshness, contract.freshness.is_some(), "freshness"),
            (Kind::EmptyNotes, contract.empty_notes.is_some(), "empty_notes"),
            (Kind::Unreadable, contract.unreadable.is_some(), "unreadable"),
        ];
        let mut clauses: Vec<(Kind, Clause)> =
            has.into_iter().filter(|(_, has, _)| *has).map(|(kind, _, name)| (kind, Clause::new(name))).collect();
        let mut allowed = Vec::new();
        for (role, Names(names)) in &contract.values {
            clauses.push((Kind::Values(*role), Clause::new(format!("values.{}", role.name()))));
            let folded = names.iter().map(|name| folded(*role, name, vocabulary)).collect();
            allowed.push(Allowed { role: *role, names, folded, known: HashMap::new() });
        }
        Check {
            contract,
            vocabulary,
            today,
            each,
            clauses,
            allowed,
            files: Vec::new(),
            first: HashMap::new(),
            hasher: RandomState::new(),
            missing: Vec::new(),
            rows: 0,
            notes: 0,
            keyed: 0,
            undated: 0,
            older: 0,
            later: 0,
            newest: None,
        }
    }

    /// Notes what speaks against a clause; nothing where the contract has no such clause.
    fn against(&mut self, kind: Kind, place: Place<'_>, message: String) {
        let Some((_, clause)) = self.clauses.iter_mut().find(|(known, _)| *known == kind) else { return };
        let violation = Violation {
            clause: clause.clause.clone(),
            file: place.file.to_owned(),
            line: place.line,
            note: place.note.map(plain),
            message,
        };
        (self.each)(&violation);
        clause.against(violation);
    }

    fn export(&mut self, mut export: Export) -> Result<(), InputError> {
        let rows = std::mem::replace(&mut export.rows, Box::new(std::iter::empty()));
        let file = export.file.to_string();
        self.files.push(file.clone());
        let contract = self.contract;
        for wanted in &contract.columns {
            if let Found::Nowhere = Found::of(wanted, &export.columns, self.vocabulary) {
                self.against(Kind::Columns, Place::of_file(&file), absent(wanted, &export.columns));
            }
        }
        let found = |wanted: &Wanted| Found::of(wanted, &export.columns, self.vocabulary);
        let key = contract.duplicates.as_ref().map(|duplicates| (found(&duplicates.of), &duplicates.of));
        let values: Vec<Found> = contract.values.keys().map(|role| found(&Wanted::Role(*role))).collect();
        let roles = contract.values.keys().copied();
        let mut missing: Vec<(Kind, Wanted)> = (roles.zip(&values))
            .filter(|(_, found)| matches!(found, Found::Nowhere))
            .map(|(role, _)| (Kind::Values(role), Wanted::Role(role)))
            .collect();
        if let Some((Found::Nowhere, of)) = &key {
            missing.push((Kind::Duplicates, (*of).clone()));
        }
        for (kind, wanted) in missing {
            self.missing.push(kind);
            self.against(kind, Place::of_file(&file), absent(&wanted, &export.columns));
        }
        for row in rows {
            let (note, fields) = match row {
                Row::Refused(error) => return Err(error),
                Row::Unreadable(rejected) => (Err(rejected), Fields::default()),
                Row::Fields(line, fields) => (export.note(line, &fields), fields),
            };
            self.rows = self.rows.saturating_add(note.as_ref().map_or_else(|rejected| rejected.rows, |_| 1));
            match note {
                Err(rejected) => {
                    let place = Place { file: &file, line: rejected.problem.line, note: None };
                    self.against(Kind::Unreadable, place, rejected.problem.message);
                }
                Ok(note) => {
                    self.note(&note);
                    let value = |found: &Found| found.value(&export.columns, &fields, &note);
                    if let Some((found, of)) = &key {
                        self.repeated(&note, value(found).as_deref(), of);
                    }
                    for (at, found) in values.iter().enumerate().filter(|(_, found)| !matches!(found, Found::Nowhere)) {
                        self.allowed(&note, at, value(found).as_deref().unwrap_or_default());
                    }
                }
            }
        }
        Ok(())
    }

    fn note(&mut self, note: &Note) {
        self.notes += 1;
        if note.text.trim().is_empty() {
            self.against(Kind::EmptyNotes, Place::of_note(note), "the note is empty".into());
        }
        let Some(freshness) = &self.contract.freshness else { return };
        let Some(day) = note.day else {
            self.undated += 1;
            if freshness.undated.is_some() {
                let value =
                    note.started_at.as_deref().map_or_else(|| "nothing".into(), |value| shown(Role::StartedAt, value));
                self.against(Kind::Freshness, Place::of_note(note), format!("no day can be read from {value}"));
            }
            return;
        };
        self.newest = self.newest.max(Some(day));
        if freshness.oldest_within.is_some_and(|age| day < age.before(self.today)) {
            self.older += 1;
            self.against(Kind::Freshness, Place::of_note(note), format!("{day} is too old"));
        }
        if freshness.newest_within.is_some() && self.today.tomorrow().is_ok_and(|tomorrow| day > tomorrow) {
            self.later += 1;
            self.against(Kind::Freshness, Place::of_note(note), format!("{day} is yet to come"));
        }
    }

    fn repeated(&mut self, note: &Note, value: Option<&str>, of: &Wanted) {
        let Some(value) = value else { return };
        self.keyed += 1;
        let here = (self.files.len() as u32 - 1, note.origin.line);
        let first = *self.first.entry(self.hasher.hash_one(value)).or_insert(here);
        if first != here {
            let file = &self.files[first.0 as usize];
            let message = format!("repeats the {of} of {file}:{}", first.1);
            self.against(Kind::Duplicates, Place::of_note(note), message);
        }
    }

    fn allowed(&mut self, note: &Note, at: usize, value: &str) {
        let vocabulary = self.vocabulary;
        let allowed = &mut self.allowed[at];
        let (role, names) = (allowed.role, allowed.names);
        if allowed.has(value, vocabulary) {
            return;
        }
        let message = if value.is_empty() {
            "the cell is empty".to_owned()
        } else {
            let near = if HIDDEN.contains(&role) {
                String::new()
            } else {
                did_you_mean(value, names.iter().map(String::as_str))
            };
            format!("{} is not allowed{near}", shown(role, value))
        };
        self.against(Kind::Values(role), Place::of_note(note), message);
    }

    fn verdict(mut self, inputs: Vec<String>) -> Verdict {
        for (kind, clause) in &mut self.clauses {
            let without = self.missing.iter().filter(|missing| *missing == kind).count() as u64;
            let against = clause.against - without;
            let mut limit = |limit: Limit, rows: u64, all: u64, what: &str| {
                let message = format!("{rows} of {all} {what}, at most {limit} may");
                clause.judge(limit.holds(rows, all), message);
            };
            match kind {
                Kind::Columns => {
                    let message =
                        if against == 0 { "all are there".to_owned() } else { format!("{against} are not there") };
                    clause.judge(against == 0, message);
                }
                Kind::Rows => {
                    let rows = self.contract.rows;
                    let kept =
                        rows.min.is_none_or(|min| self.rows >= min) && rows.max.is_none_or(|max| self.rows <= max);
                    let asked =
                        [rows.min.map(|min| format!("at least {min}")), rows.max.map(|max| format!("at most {max}"))];
                    let asked: Vec<String> = asked.into_iter().flatten().collect();
                    clause.judge(kept, format!("{} were read; {} are asked for", self.rows, asked.join(" and ")));
                }
                Kind::Duplicates => {
                    let Some(duplicates) = &self.contract.duplicates else { continue };
                    let what = format!("rows repeat the {} of an earlier one", duplicates.of);
                    limit(duplicates.at_most, against, self.keyed, &what);
                }
                Kind::Freshness => {
                    let Some(freshness) = &self.contract.freshness else { continue };
                    if let Some(most) = freshness.undated {
                        limit(most, self.undated, self.notes, "rows have no day that can be read");
                    }
                    match self.newest {
                        None => clause.judge(false, "no day can be read at all".into()),
                        Some(newest) => {
                            if let Some(age) = freshness.newest_within {
                                let kept = newest >= age.before(self.today);
                                clause.judge(
                                    kept,
                                    format!(
                                        "the newest day is {newest}; at most {age} before {} is asked for",
                                        self.today
                                    ),
                                );
                                if self.later > 0 {
                                    clause.judge(false, format!("{} rows are of days to come", self.later));
                                }
                            }
                            if let Some(age) = freshness.oldest_within {
                                let message = format!("{} rows are older than {age} before {}", self.older, self.today);
                                clause.judge(self.older == 0, message);
                            }
                        }
                    }
                }
                Kind::EmptyNotes => {
                    limit(self.contract.empty_notes.unwrap_or_default(), against, self.notes, "notes are empty")
                }
                Kind::Unreadable => {
                    limit(self.contract.unreadable.unwrap_or_default(), against, self.rows, "rows cannot be read")
                }
                Kind::Values(role) => {
                    let names = self.contract.values.get(role).map(|names| names.0.join(", ")).unwrap_or_default();
                    clause.judge(against == 0, format!("{against} of {} rows hold none of: {names}", self.notes));
                }
            }
            if without > 0 {
                clause.judge(false, format!("files without such a column: {without}"));
            }
        }
        let clauses: Vec<Clause> = self.clauses.into_iter().map(|(_, clause)| clause).collect();
        Verdict { kept: clauses.iter().all(|clause| clause.kept), inputs, rows: self.rows, clauses }
    }
}

/// What is said of a column that is not there.
fn absent(wanted: &Wanted, columns: &Columns) -> String {
    match wanted {
        Wanted::Role(role) => format!("no column plays the part `{}`", role.name()),
        Wanted::Header(header) => {
            let near = nearest(header, columns.headers.iter().map(String::as_str));
            let near = near.map_or_else(String::new, |near| format!("; the nearest is `{near}`"));
            format!("there is no column `{header}`{near}")
        }
    }
}

/// A value as it may be shown.
fn shown(role: Role, value: &str) -> String {
    if HIDDEN.contains(&role) {
        return "what stands there".into();
    }
    let masked = plain(&redact::note(value, &[]));
    match masked.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("`{}…`", &masked[..end]),
        None => format!("`{masked}`"),
    }
}

/// Without signs that steer a terminal.
fn plain(text: &str) -> String {
    text.replace(char::is_control, " ")
}
