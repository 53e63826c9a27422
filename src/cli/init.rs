//! `acw init`: a commented `acw.yaml` to begin with, written after a look at an export.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;

use super::abbreviations::{self, Forms};
use super::flags::Bar;
use super::{Deciding, Failure, Reading, print};
use crate::audit::{self, Options};
use crate::config::{FILE, Layers, Settings, found};
use crate::files::{Readers, Whole};
use crate::input::{Columns, Days, Export, Place, Sources};
use crate::model::{AuditedNote, Dimension, Report, Role, Severity};
use crate::report::settings::{Allowed, Column, Contract, Draft, Form, Gate, Said, Seen, Told, Values, quoted};
use crate::rules::Rulebook;
use crate::text::cell;

/// Values of a column that are named in a comment.
const NAMED: usize = 12;
/// Values of a column up to which a contract could name all.
const ALLOWED: usize = 30;
/// Abbreviations that are proposed.
const FORMS: usize = 15;
/// Notes and agents that must have an abbreviation, so that nobody is known by it.
const SHARED: usize = 2;
/// Agents that must write a word before it is shown beside an abbreviation.
const USUAL: usize = 3;
/// Different words that are remembered; later ones are taken for rare.
const WORDS: usize = 200_000;
/// Different words of people that are remembered; where there are more, no word is shown.
const PEOPLE: usize = 1_000_000;

/// Flags of `acw init`.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// Exports to look at: files, folders, `-` for standard input
    #[arg(value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// File to write; `-` prints it
    #[arg(long, value_name = "FILE", default_value = FILE)]
    out: PathBuf,
    /// Write over a file that is there
    #[arg(long)]
    force: bool,
    /// Pack of rules (a folder) laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
}

impl Init {
    pub(super) fn run(self) -> Result<(), Failure> {
        let prints = self.out == Path::new("-");
        // Said before the work, not after it.
        if !prints && !self.force && self.out.exists() {
            return Err(self.there_already());
        }
        let mut draft = Draft { said: self.said(), ..Draft::default() };
        if !self.inputs.is_empty() {
            self.look(&mut draft)?;
        }
        let text = draft.text().map_err(|error| Failure::Output(error.to_string()))?;
        if prints {
            return print(&text);
        }
        // Found before any other from now on, where it is the working folder's.
        let hidden = found(None, &self.inputs).filter(|file| self.out == Path::new(FILE) && !same(file, &self.out));
        self.write(&text)?;
        if let Some(hidden) = hidden {
            let hidden = hidden.display();
            let _ = writeln!(
                io::stderr(),
                "acw: {hidden} is not in force here any more, as {FILE} is found before it\n  help: `extends: {hidden}` lays the one over the other"
            );
        }
        let next = match self.inputs.first() {
            Some(input) => format!("; next: acw check {}", input.display()),
            None => String::new(),
        };
        print(&format!("Written to {}{next}\n", self.out.display()))
    }

    fn there_already(&self) -> Failure {
        Failure::Output(format!(
            "{}: there is such a file already\n  help: write over it with --force, name another with --out, or print with --out -",
            self.out.display()
        ))
    }

    /// The file takes its name when it is whole.
    fn write(&self, text: &str) -> Result<(), Failure> {
        let write = || {
            let mut file = Whole::begin(&self.out, Readers::Usual)?;
            file.write_all(text.as_bytes())?;
            if self.force { file.finish() } else { file.finish_new() }
        };
        write().map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => self.there_already(),
            _ => Failure::Output(format!("{}: cannot be written: {error}", self.out.display())),
        })
    }

    /// What the user says for the exports to be read, which the file must say too.
    fn said(&self) -> Said {
        let Reading { columns, encoding, language, date_order, worksheet, delimiter, time_zone, preset, .. } =
            &self.reading;
        let quote = |text: &Option<String>| text.as_deref().map(quoted);
        let mut by_role: BTreeMap<Role, Vec<String>> = BTreeMap::new();
        for given in columns {
            let equals = if given.constant { "=" } else { "" };
            by_role.entry(given.role).or_default().push(quoted(&format!("{equals}{}", given.value)));
        }
        let told = |(role, values): (Role, Vec<String>)| {
            let value = if values.len() == 1 { values.concat() } else { format!("[{}]", values.join(", ")) };
            Told { role: role.name(), value }
        };
        Said {
            preset: quote(preset),
            columns: by_role.into_iter().map(told).collect(),
            language: quote(language),
            encoding: quote(encoding),
            date_order: date_order.map(|order| order.name().to_owned()),
            time_zone: time_zone.as_ref().map(|zone| quoted(zone.name())),
            worksheet: quote(worksheet),
            delimiter: delimiter.map(|delimiter| quoted(&String::from(delimiter))),
            rules: self.rules.as_ref().map(|rules| quoted(&self.beside(rules))),
        }
    }

    /// A path from the folder of the file that is written: the same, where that is the working folder.
    fn beside(&self, path: &Path) -> String {
        let here = self.out.parent().is_none_or(|folder| folder.as_os_str().is_empty() || folder == Path::new("."));
        let path = if here { path.to_owned() } else { std::path::absolute(path).unwrap_or_else(|_| path.to_owned()) };
        path.display().to_string()
    }

    /// Looks at the exports as `acw check` will, with nothing but what the user says here.
    fn look(&self, draft: &mut Draft) -> Result<(), Failure> {
        let mut settings = Settings::of(Layers::read(None, std::env::vars())?)?;
        settings.rules = self.rules.clone().or(settings.rules);
        settings.input = self.reading.over(&settings.input);
        let book = Rulebook::compile(settings.packs()?)?;
        let options = Options {
            inputs: self.inputs.clone(),
            input: settings.input.clone(),
            standards: settings.standards.clone(),
            decisions: Deciding { decisions: None }.load(&settings, &book)?,
            ..Options::default()
        };
        let sources = Sources::find(&self.inputs, true)?;
        let Some(first) = sources.files().first() else { return Ok(()) };
        let export = sources.open(first, &settings.input, &book.vocabulary)?;
        let seen = form(&export, sources.files().len());
        let mut roles = roles(&export.columns);
        drop(export);
        for file in &sources.files()[1..] {
            let others = self::roles(&sources.open(file, &settings.input, &book.vocabulary)?.columns);
            roles.retain(|role| others.contains(role));
        }
        let mut looked = Looked::default();
        let progress = Bar::new(false);
        let report = audit::run_opened(sources, &options, &book, &progress, &mut |note| {
            looked.note(note, &book);
            Ok(())
        });
        progress.finish();
        let report = report?;
        draft.contract = looked.contract(&roles, &report);
        draft.forms = looked.approvable(&book);
        draft.gate = Some(looked.gate(&report, book.scorecard.target));
        draft.seen = Some(figures(seen, &report));
        Ok(())
    }
}

/// What was understood of the first file.
fn form(export: &Export, files: usize) -> Seen {
    let headers = |headers: &[&str]| headers.iter().map(|header| quoted(header)).collect::<Vec<_>>().join(", ");
    let some = |all: Vec<&str>| {
        let shown = headers(&all[..all.len().min(NAMED)]);
        let more = all.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        (!all.is_empty()).then_some(shown + &more)
    };
    let columns = &export.columns;
    let preset = match &columns.preset {
        Some(preset) if preset.told_by.is_empty() => format!("{}, as asked for", preset.id),
        Some(preset) => {
            let told: Vec<&str> = preset.told_by.iter().map(String::as_str).collect();
            format!("{} ({}), told by {}", preset.id, preset.name, headers(&told))
        }
        None => "none of them; the columns are found by their headers".to_owned(),
    };
    let column = |role: Role| {
        let assignment = columns.assignments.get(role)?;
        let column = quoted(columns.shown(&assignment.source).trim_start_matches("← "));
        Some(Column { role: role.name(), column, why: quoted(&assignment.why).trim_matches('"').to_owned() })
    };
    let utc = columns.preset.as_ref().map(|preset| preset.utc.iter().map(String::as_str).collect());
    let (encoding, why) = &export.encoding;
    let file = Path::new(export.file.as_str()).file_name().map_or_else(|| "-".into(), |name| name.to_string_lossy());
    Seen {
        file: quoted(&file),
        more_files: files - 1,
        form: format!("{}, {}", export.format, quoted(&export.form).trim_matches('"')),
        encoding: format!("{encoding} ({why})"),
        preset,
        columns: Role::ALL.into_iter().filter_map(column).collect(),
        unused: some(columns.unknown.iter().map(|(header, _)| header.as_str()).collect()),
        order: export.days.as_ref().map(order),
        utc: utc.and_then(some),
        ..Seen::default()
    }
}

/// Roles that columns play.
fn roles(columns: &Columns) -> BTreeSet<Role> {
    let assigned = columns.assignments.iter().filter(|one| !matches!(one.source, Place::Constant(_)));
    assigned.map(|one| one.role).collect()
}

/// Whether two names mean one file.
fn same(one: &Path, other: &Path) -> bool {
    let whole = |path: &Path| std::path::absolute(path).map(|path| path.canonicalize().unwrap_or(path)).ok();
    whole(one) == whole(other)
}

/// How days are read, and why; without an example, which would be a cell of the export.
fn order(days: &Days) -> String {
    match days.order {
        Some(order) => format!("{order}: {}", cell::tame(&days.why)),
        None => format!("nothing decides it: {}; say it, or such notes are in no period", cell::tame(&days.why)),
    }
}

/// The figures of a run, beside what was understood of its form.
fn figures(seen: Seen, report: &Report) -> Seen {
    let notes = report.total.notes;
    let share = |part: u64| format!("{:.1} %", part as f64 * 100.0 / notes.max(1) as f64);
    let languages: Vec<String> =
        report.languages.iter().map(|(code, part)| format!("{code} {}", share(*part))).collect();
    let groups = [(Dimension::Team, "teams"), (Dimension::CallType, "call types"), (Dimension::Channel, "channels")];
    let group = |(dimension, name): (Dimension, &str)| {
        let mut all: Vec<(u64, &str)> =
            report.group(dimension).iter().map(|group| (group.tally.notes, group.value.as_str())).collect();
        all.sort_by_key(|(notes, value)| (std::cmp::Reverse(*notes), *value));
        let mut shown: Vec<String> =
            all.iter().take(NAMED).map(|(notes, value)| format!("{} {notes}", quoted(value))).collect();
        if let Some(more) = all.len().checked_sub(NAMED).filter(|more| *more > 0) {
            shown.push(format!("and {more} more"));
        }
        (!all.is_empty()).then(|| Values { name: name.to_owned(), values: shown.join(", ") })
    };
    Seen {
        rows: report.run.rows,
        rejected: report.run.rejected,
        notes,
        agents: report.agents.len(),
        days: report.days.map(|(first, last)| format!("{first} to {last}")),
        languages: languages.join(", "),
        groups: groups.into_iter().filter_map(group).collect(),
        score: report.total.score().map(|score| format!("{:.1}", f64::from(score.0) / 100.0)),
        ..seen
    }
}

/// What is gathered of the notes.
#[derive(Default)]
struct Looked {
    forms: Forms,
    words: Words,
    /// Notes with a critical finding.
    criticals: u64,
    /// Hashes of the identifiers, and how many repeat another.
    ids: HashSet<u64>,
    repeated: u64,
    undated: u64,
    empty: u64,
    /// Values of some columns; the empty one among them.
    values: BTreeMap<Role, BTreeSet<String>>,
}

impl Looked {
    fn note(&mut self, audited: &AuditedNote, book: &Rulebook) {
        abbreviations::collect(audited, book, &mut self.forms);
        self.words.read(audited, book);
        self.criticals += u64::from(audited.findings.iter().any(|finding| finding.severity == Severity::Critical));
        let note = &audited.note;
        self.repeated += u64::from(!self.ids.insert(hash(&note.id)));
        self.undated += u64::from(note.day.is_none());
        self.empty += u64::from(note.text.trim().is_empty());
        for (role, value) in [(Role::Language, &note.language), (Role::Team, &note.team)] {
            let values = self.values.entry(role).or_default();
            // One more than are ever named, to know that there are too many.
            if values.len() <= ALLOWED {
                values.insert(value.as_ref().map(ToString::to_string).unwrap_or_default());
            }
        }
    }

    /// A contract that this export keeps, with some room.
    fn contract(&self, roles: &BTreeSet<Role>, report: &Report) -> Contract {
        let rows = report.run.rows;
        let found = |role: Role| roles.contains(&role);
        let named: Vec<&str> = roles.iter().map(|role| role.name()).collect();
        let allowed = |(role, values): (&Role, &BTreeSet<String>)| {
            let unknown = *role == Role::Language && values.contains("");
            let named: Vec<String> = values.iter().map(|value| quoted(value)).collect();
            let all = found(*role) && !unknown && values.len() <= ALLOWED;
            all.then(|| Allowed { role: role.name(), values: format!("[{}]", named.join(", ")) })
        };
        Contract {
            columns: format!("[{}]", named.join(", ")),
            min: rows / 2,
            max: rows.saturating_mul(4),
            repeated: found(Role::NoteId).then(|| room(self.repeated, rows)),
            undated: found(Role::StartedAt).then(|| room(self.undated + report.run.rejected, rows)),
            empty: room(self.empty + report.run.rejected, rows),
            unreadable: room(report.run.rejected, rows),
            values: self.values.iter().filter_map(allowed).collect(),
        }
    }

    /// A gate that this export passes.
    fn gate(&self, report: &Report, target: u32) -> Gate {
        // A whole per cent below, and what is behind the point.
        let score = report.total.score().map(|score| score.0.saturating_sub(100) / 100);
        let unreadable = room(report.run.rejected, report.run.rows);
        Gate {
            score,
            target: Some(target).filter(|target| score.is_some_and(|score| *target > score)),
            critical: room(self.criticals, report.total.notes),
            criticals: self.criticals,
            unreadable: if unreadable == "0" { "1%".into() } else { unreadable },
        }
    }

    /// Abbreviations that several agents write and nobody approved.
    fn approvable(&self, book: &Rulebook) -> Vec<Form> {
        let mut all: Vec<_> =
            self.forms.iter().flat_map(|(code, forms)| forms.iter().map(move |(n, f)| (code, n, f))).collect();
        all.retain(|(_, _, form)| form.notes >= SHARED && form.agents.len() >= SHARED);
        all.sort_by_key(|(code, name, form)| (std::cmp::Reverse(form.notes), (*name).clone(), (*code).clone()));
        let mut known = BTreeSet::new();
        // One entry stands for all languages.
        all.retain(|(_, name, _)| known.insert((*name).clone()));
        let form = |(code, name, form): (&String, &String, &abbreviations::Form)| Form {
            form: quoted(name),
            meaning: quoted(form.meaning.as_deref().unwrap_or("?")),
            language: code.clone(),
            notes: form.notes,
            example: quoted(&self.words.usual(&form.example, name, book)),
        };
        all.into_iter().take(FORMS).map(form).collect()
    }
}

/// At most such a part: what there is today with a per cent of room, or none.
fn room(part: u64, of: u64) -> String {
    match (part * 100).checked_div(of) {
        None | Some(0) if part == 0 => "0".to_owned(),
        share => format!("{}%", (share.unwrap_or(0) + 2).min(100)),
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Which words are everybody's: those that several agents write, and that are no name or number of a person of the export.
#[derive(Default)]
struct Words {
    /// Of each word, hashes of the first agents that write it.
    agents: HashMap<String, Vec<u64>>,
    people: HashSet<String>,
}

impl Words {
    fn read(&mut self, audited: &AuditedNote, book: &Rulebook) {
        let note = &audited.note;
        let agent = hash(&note.agent);
        for word in words(&book.folder.fold_str(&note.text)) {
            if let Some(agents) = self.agents.get_mut(word) {
                if agents.len() < USUAL && !agents.contains(&agent) {
                    agents.push(agent);
                }
            } else if self.agents.len() < WORDS {
                self.agents.insert(word.to_owned(), vec![agent]);
            }
        }
        for person in [Some(&note.agent), note.agent_name.as_ref(), note.customer.as_ref()].into_iter().flatten() {
            let folded = book.folder.fold_str(person);
            for word in words(&folded) {
                if self.people.len() < PEOPLE && !self.people.contains(word) {
                    self.people.insert(word.to_owned());
                }
            }
        }
    }

    /// The words around an abbreviation without those that could tell a person.
    fn usual(&self, example: &str, form: &str, book: &Rulebook) -> String {
        const LEFT_OUT: &str = "…";
        let is_usual = |word: &str| {
            let numbers = word.chars().any(char::is_numeric);
            let agents = self.agents.get(word).map_or(0, Vec::len);
            !numbers && agents >= USUAL && self.people.len() < PEOPLE && !self.people.contains(word)
        };
        let mut shown: Vec<&str> = Vec::new();
        let mut whole = false;
        for token in example.split_whitespace() {
            let folded = book.folder.fold_str(token);
            let bare = |text: &str| text.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
            let is_form = bare(&folded) == bare(form);
            whole |= is_form;
            let (mut all, mut any) = (true, false);
            for word in words(&folded) {
                (all, any) = (all && is_usual(word), true);
            }
            let kept = is_form || (all && any);
            match shown.last() {
                _ if kept => shown.push(token),
                Some(&LEFT_OUT) => {}
                _ => shown.push(LEFT_OUT),
            }
        }
        if whole { shown.join(" ") } else { format!("{LEFT_OUT} {form} {LEFT_OUT}") }
    }
}

/// Runs of letters and digits.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Note;

    #[test]
    fn what_is_proposed_leaves_room() {
        assert_eq!(
            (room(0, 0), room(0, 10), room(1, 1_000), room(1, 3)),
            ("0".into(), "0".into(), "2%".into(), "35%".into())
        );
        assert_eq!(room(3, 3), "100%");
    }

    #[test]
    fn only_words_of_everybody_stand_beside_an_abbreviation() {
        let book = Rulebook::load(None).unwrap();
        let mut words = Words::default();
        for agent in ["A", "B", "C"] {
            let text = format!("The cust called about Ana and ref 12 with maria {agent}x").to_owned();
            let note = Note { agent: agent.into(), customer: Some("Maria Ruiz".into()), text, ..Note::default() };
            words.read(&AuditedNote { note, ..AuditedNote::default() }, &book);
        }
        let example = "…he cust called about maria, ref 12 with zoe…";
        assert_eq!(words.usual(example, "cust", &book), "… cust called about … ref … with …");
        assert_eq!(words.usual("客户投诉", "诉", &book), "… 诉 …");
    }
}
