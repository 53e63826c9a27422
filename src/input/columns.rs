//! Which column plays which part.

use std::collections::{BTreeMap, BTreeSet};

use super::preset::{Squeezed, recognised};
use super::values::{Clock, Unit};
use super::{DateOrder, Fields, Given, InputError, Options, Preset, PresetSpec, Vocabulary, Zone};
use crate::model::{Element, Role};
use crate::yaml::nearest;

/// The name that switches presets off.
const NO_PRESET: &str = "none";

/// Where a role's value comes from, and why it is thought so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The part.
    pub role: Role,
    /// Where its value stands.
    pub source: Place,
    /// Why.
    pub why: String,
}

/// Where the values of roles come from. Asked for many times a row, so that each role has its place.
#[derive(Debug, Clone, Default)]
pub struct Assignments([Option<Assignment>; Role::ALL.len()]);

impl Assignments {
    /// That of a role.
    pub fn get(&self, role: Role) -> Option<&Assignment> {
        self.0[role as usize].as_ref()
    }

    /// Whether a role has one.
    pub fn has(&self, role: Role) -> bool {
        self.get(role).is_some()
    }

    /// All there are.
    pub fn iter(&self) -> impl Iterator<Item = &Assignment> {
        self.0.iter().flatten()
    }

    fn set(&mut self, assignment: Assignment) {
        let role = assignment.role as usize;
        self.0[role] = Some(assignment);
    }
}

/// Where a value stands in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The same in every row.
    Constant(String),
    /// The first filled of these; each of one column, or of several that are joined with a space.
    Columns(Vec<Vec<usize>>),
    /// Columns that become one note of labelled lines.
    Parts(Vec<Part>),
}

/// A column that becomes labelled lines of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The first filled of these.
    pub columns: Vec<usize>,
    /// What it tells, which names it in the language of the note.
    pub element: Option<Element>,
    /// Its label, where one is given; absent, the header is.
    pub label: Option<String>,
}

/// The preset of an export.
#[derive(Debug, Clone)]
pub struct Recognised {
    /// Its name in flags and settings.
    pub id: String,
    /// Headers that told it; none where the user named it.
    pub told_by: Vec<String>,
    /// In what order such an export always writes days.
    pub(super) date_order: Option<DateOrder>,
    /// What it says.
    spec: PresetSpec,
}

impl std::ops::Deref for Recognised {
    type Target = PresetSpec;

    fn deref(&self) -> &PresetSpec {
        &self.spec
    }
}

/// The columns of an export.
#[derive(Debug, Clone)]
pub struct Columns {
    /// The headers, in order; of headers that are there twice, the second has ` (2)` behind it.
    pub headers: Vec<String>,
    /// The system that wrote the export, where it is known.
    pub preset: Option<Recognised>,
    /// What plays a part.
    pub assignments: Assignments,
    /// Headers that play none, with the nearest known one.
    pub unknown: Vec<(String, Option<String>)>,
    /// Units of bare numbers, column by column.
    pub(super) units: Vec<Unit>,
    /// What two numbers with a colon between are, column by column.
    pub(super) clocks: Vec<Clock>,
    /// Columns of moments in universal time.
    pub(super) utc: BTreeSet<usize>,
    /// Columns that list several values, of which the last counts.
    pub(super) last_of: BTreeSet<usize>,
    /// The columns of the note.
    pub(super) notes: Vec<usize>,
    /// Columns of notes that are items of one list (`comments.0.body`, `comments.1.body`), of which one is read.
    pub(super) listed_notes: Vec<usize>,
    /// Columns that say whether the export is whole, and the folded values that say it is not.
    pub(super) complete: Vec<(usize, Vec<String>)>,
    /// In what order the days of contacts are written, where it is known.
    pub(super) order: Option<DateOrder>,
    /// Where days are counted.
    pub(super) zone: Option<Zone>,
    /// Language of notes that state none.
    pub(super) language: Option<String>,
}

impl Columns {
    /// Finds the parts: what the user names first, then what the preset of the system says, then known headers.
    ///
    /// # Errors
    /// A header or preset named by the user that is not there; no column for `needed`, the part without which the file is of no use.
    pub fn find(
        file: &str,
        headers: &[String],
        options: &Options,
        vocabulary: &Vocabulary,
        needed: Role,
    ) -> Result<Self, InputError> {
        let headers = distinct(headers);
        let squeezed = Squeezed::new(&headers, vocabulary);
        let error = |message: String, help: String| InputError::Columns {
            file: file.to_owned(),
            message,
            headers: headers.clone(),
            help,
        };
        let language = options.language.as_ref().map(|asked| {
            vocabulary.language_asked_for(asked).map_err(|help| InputError::Form {
                file: file.to_owned(),
                message: format!("there are no rules for the language `{asked}` that its notes are said to be in"),
                help: format!("{help}, or leave `language` out: it is told note by note"),
            })
        });
        let language = language.transpose()?;
        let preset = match (&options.preset, needed) {
            (_, role) if role != Role::Note => None,
            (None, _) => recognised(&squeezed, vocabulary).map(|(preset, sign, told)| {
                let told_by = told.into_iter().map(|column| headers[column].clone()).collect();
                Recognised { id: preset.id.clone(), told_by, date_order: sign.date_order, spec: preset.spec.clone() }
            }),
            (Some(name), _) => named(name, vocabulary).map_err(|(message, help)| error(message, help))?,
        };
        let mut parts = Parts { headers: &headers, squeezed: &squeezed, vocabulary, taken: BTreeSet::new() };
        let mut assignments = Assignments::default();
        for role in Role::ALL {
            let given: Vec<&Given> = options.columns.iter().filter(|given| given.role == role).collect();
            if let Some(source) = parts.given(role, &given).map_err(|(message, help)| error(message, help))? {
                let constant = matches!(source, Place::Constant(_));
                let why = if constant { "constant, as asked for" } else { "as asked for" };
                assignments.set(Assignment { role, source, why: why.into() });
            }
        }
        let mut unused = BTreeSet::new();
        if let Some(preset) = &preset {
            unused = preset.unused.iter().flat_map(|header| squeezed.find(header, vocabulary)).collect();
            for role in Role::ALL.into_iter().filter(|role| !assignments.has(*role)).collect::<Vec<_>>() {
                if let Some(source) = parts.of_preset(role, preset) {
                    let why = format!("as {} has it", preset.name);
                    assignments.set(Assignment { role, source, why });
                }
            }
        }
        parts.guess(&mut assignments, &unused);
        if !assignments.has(needed) {
            return Err(match needed {
                Role::Note => error("no column holds the notes".into(), note_help(&headers, vocabulary)),
                role => error(
                    format!("no column plays the part `{}`", role.name()),
                    format!("name its header `{}`", role.name()),
                ),
            });
        }
        let taken = parts.taken;
        let unknown =
            headers.iter().enumerate().filter(|(column, _)| !taken.contains(column)).map(|(column, header)| {
                let guess =
                    guess(header, vocabulary).filter(|(role, _)| !unused.contains(&column) && !assignments.has(*role));
                (header.clone(), guess.map(|(role, _)| role.name().to_owned()))
            });
        let unknown = unknown.collect();
        let of_preset = |list: fn(&PresetSpec) -> &[String]| -> BTreeSet<usize> {
            let wanted = preset.iter().flat_map(|preset| list(preset));
            wanted.flat_map(|header| squeezed.find(header, vocabulary)).collect()
        };
        let mut units: Vec<Unit> = headers.iter().map(|header| vocabulary.unit(header).unwrap_or_default()).collect();
        for (header, unit) in preset.iter().flat_map(|preset| &preset.units) {
            squeezed.find(header, vocabulary).into_iter().for_each(|column| units[column] = *unit);
        }
        let mut utc = of_preset(|preset| &preset.utc);
        let says_utc = |header: &String| vocabulary.header(header).split(' ').any(|word| matches!(word, "utc" | "gmt"));
        utc.extend((0..headers.len()).filter(|column| says_utc(&headers[*column])));
        let complete = preset.iter().filter_map(|preset| preset.complete.as_ref()).flat_map(|complete| {
            let no: Vec<String> = complete.no.iter().map(|value| vocabulary.header(value)).collect();
            let columns = complete.columns.iter().flat_map(|header| squeezed.find(header, vocabulary));
            columns.map(move |column| (column, no.clone())).collect::<Vec<_>>()
        });
        Ok(Columns {
            notes: places(&assignments, Role::Note),
            listed_notes: listed(&headers, assignments.get(Role::Note)),
            complete: complete.collect(),
            last_of: of_preset(|preset| &preset.last_of),
            clocks: clocks(&headers, &assignments, vocabulary),
            units,
            utc,
            unknown,
            assignments,
            preset,
            order: None,
            zone: options.time_zone.clone(),
            language,
            headers,
        })
    }

    /// The columns of a part; none where it is a constant or not there.
    pub(super) fn places(&self, role: Role) -> Vec<usize> {
        places(&self.assignments, role)
    }

    /// The header of a part's first column; `None` where it is a constant or not there.
    pub(super) fn header(&self, role: Role) -> Option<String> {
        self.places(role).first().map(|column| self.headers[*column].clone())
    }

    /// Looks at rows for columns of hours and minutes that are none: a day has 24 hours, and three numbers have seconds.
    pub(super) fn settle_clocks<'r>(&mut self, rows: impl Iterator<Item = &'r Fields>) {
        for fields in rows {
            for (value, clock) in fields.iter().zip(&mut self.clocks).filter(|(_, clock)| **clock == Clock::Hours) {
                let numbers: Vec<&str> = value.trim().split(':').collect();
                let over = numbers.len() == 2 && numbers[0].parse::<u32>().is_ok_and(|hours| hours > 24);
                if over || numbers.len() == 3 {
                    *clock = Clock::Minutes;
                }
            }
        }
    }

    /// Whether two numbers with a colon between are hours and minutes in the columns of a part.
    pub fn in_hours(&self, role: Role) -> bool {
        self.places(role).iter().any(|column| self.clocks[*column] == Clock::Hours)
    }

    /// Where a part's value stands, for people: `← Agent, else Owner`.
    pub fn shown(&self, source: &Place) -> String {
        let named = |columns: &[usize], between: &str| {
            let names: Vec<&str> = columns.iter().map(|column| self.headers[*column].as_str()).collect();
            names.join(between)
        };
        match source {
            Place::Constant(value) => format!("= {value}"),
            Place::Columns(columns) => {
                let columns: Vec<String> = columns.iter().map(|columns| named(columns, " + ")).collect();
                format!("← {}", columns.join(", else "))
            }
            Place::Parts(parts) => {
                let parts: Vec<String> = parts.iter().map(|part| named(&part.columns, ", else ")).collect();
                format!("← {}", parts.join("; "))
            }
        }
    }
}

fn places(assignments: &Assignments, role: Role) -> Vec<usize> {
    match assignments.get(role).map(|assignment| &assignment.source) {
        Some(Place::Columns(columns)) => columns.concat(),
        Some(Place::Parts(parts)) => parts.iter().flat_map(|part| part.columns.clone()).collect(),
        _ => Vec::new(),
    }
}

/// The columns that differ from one of the note in the numbers of their path alone; none where several columns make the note.
fn listed(headers: &[String], note: Option<&Assignment>) -> Vec<usize> {
    let Some(Place::Columns(columns)) = note.map(|note| &note.source) else { return Vec::new() };
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let bare = |header: &str| -> Option<Vec<String>> {
        let parts = || header.split('.');
        parts().any(number).then(|| parts().filter(|part| !number(part)).map(str::to_owned).collect())
    };
    let read: Vec<_> = columns.iter().flatten().filter_map(|column| bare(&headers[*column])).collect();
    let alike = |(_, header): &(usize, &String)| bare(header).is_some_and(|bare| read.contains(&bare));
    if read.is_empty() { Vec::new() } else { headers.iter().enumerate().filter(alike).map(|(at, _)| at).collect() }
}

/// The headers, of which none is there twice or empty.
fn distinct(headers: &[String]) -> Vec<String> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut out = Vec::with_capacity(headers.len());
    for (column, header) in headers.iter().enumerate() {
        let times = seen.entry(header).and_modify(|times| *times += 1).or_insert(1);
        out.push(match (header.as_str(), *times) {
            ("", _) => format!("({})", column + 1),
            (header, 1) => header.to_owned(),
            (header, times) => format!("{header} ({times})"),
        });
    }
    out
}

/// The preset that the user names, or none.
fn named(name: &str, vocabulary: &Vocabulary) -> Result<Option<Recognised>, (String, String)> {
    if name == NO_PRESET {
        return Ok(None);
    }
    let wanted = vocabulary.header(name);
    let known = |preset: &&Preset| preset.id == name || vocabulary.header(&preset.spec.name) == wanted;
    match vocabulary.presets().iter().find(known) {
        Some(preset) => {
            let (id, spec) = (preset.id.clone(), preset.spec.clone());
            Ok(Some(Recognised { id, told_by: Vec::new(), date_order: None, spec }))
        }
        None => {
            let ids: Vec<&str> = vocabulary.presets().iter().map(|preset| preset.id.as_str()).collect();
            let help = match nearest(name, ids.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("use one of {}, or `{NO_PRESET}`", ids.join(", ")),
            };
            Err((format!("there is no preset `{name}`"), help))
        }
    }
}

/// What two numbers with a colon between are: minutes and seconds, but of the time worked in a day, and where the header says
/// `hh:mm`.
fn clocks(headers: &[String], assignments: &Assignments, vocabulary: &Vocabulary) -> Vec<Clock> {
    let worked = assignments.get(Role::WorkedSeconds).map(|assignment| &assignment.source);
    let hours = |(column, header): (usize, &String)| {
        let worked = matches!(worked, Some(Place::Columns(columns)) if columns.iter().any(|c| c.contains(&column)));
        let header = vocabulary.header(header);
        let seconds = header.ends_with(" ss");
        if !seconds && (worked || header.ends_with("hh mm")) { Clock::Hours } else { Clock::Minutes }
    };
    headers.iter().enumerate().map(hours).collect()
}

/// Gives parts to columns.
struct Parts<'c> {
    headers: &'c [String],
    squeezed: &'c Squeezed,
    vocabulary: &'c Vocabulary,
    /// Columns that play a part already.
    taken: BTreeSet<usize>,
}

impl Parts<'_> {
    /// What the user says of a part: of several columns, those of the note become labelled lines, those of the agent's name are
    /// joined, and of any other part the first filled counts.
    fn given(&mut self, role: Role, given: &[&Given]) -> Result<Option<Place>, (String, String)> {
        if let Some(constant) = given.iter().rev().find(|given| given.constant) {
            return Ok(Some(Place::Constant(constant.value.clone())));
        }
        let mut columns = Vec::new();
        for given in given {
            let wanted = self.vocabulary.header(&given.value);
            let exact = self.headers.iter().position(|header| *header == given.value);
            let folded = || self.headers.iter().position(|header| self.vocabulary.header(header) == wanted);
            let Some(column) = exact.or_else(folded) else {
                let near = nearest(&given.value, self.headers.iter().map(String::as_str));
                let help = near.map_or("name one of the headers found".to_owned(), |n| format!("did you mean `{n}`?"));
                return Err((format!("there is no column `{}`", given.value), help));
            };
            columns.push(column);
        }
        self.taken.extend(&columns);
        Ok(match (role, columns.len()) {
            (_, 0) => None,
            (Role::Note, 2..) => {
                let part = |column: usize| Part { columns: vec![column], element: None, label: None };
                Some(Place::Parts(columns.into_iter().map(part).collect()))
            }
            (Role::AgentName, _) => Some(Place::Columns(vec![columns])),
            _ => Some(Place::Columns(columns.into_iter().map(|column| vec![column]).collect())),
        })
    }

    /// The columns of a header of a preset that play no part yet.
    fn free(&self, header: &str) -> Vec<usize> {
        let mut columns = self.squeezed.find(header, self.vocabulary);
        columns.retain(|column| !self.taken.contains(column));
        columns
    }

    /// What the preset says of a part.
    fn of_preset(&mut self, role: Role, preset: &PresetSpec) -> Option<Place> {
        let mut parts = Vec::new();
        for part in preset.note.iter().filter(|_| role == Role::Note) {
            let columns = self.free(&part.column);
            if !columns.is_empty() {
                self.taken.extend(&columns);
                parts.push(Part { columns, element: part.element, label: part.label.clone() });
            }
        }
        match parts.as_slice() {
            [] => {}
            [part] => return Some(Place::Columns(part.columns.iter().map(|column| vec![*column]).collect())),
            _ => return Some(Place::Parts(parts)),
        }
        let mut columns = Vec::new();
        for header in preset.columns.get(&role)? {
            if header.contains(" + ") {
                let joined: Vec<usize> =
                    header.split(" + ").filter_map(|header| self.free(header).first().copied()).collect();
                columns.extend(Some(joined).filter(|joined| !joined.is_empty()));
            } else {
                columns.extend(self.free(header).into_iter().map(|column| vec![column]));
            }
        }
        // Two spellings of one header.
        let mut seen = BTreeSet::new();
        columns.retain(|columns| seen.insert(columns.clone()));
        self.taken.extend(columns.concat());
        (!columns.is_empty()).then_some(Place::Columns(columns))
    }

    /// The likeliest header of each role that has none yet; a header plays one part.
    fn guess(&mut self, assignments: &mut Assignments, unused: &BTreeSet<usize>) {
        let mut best: BTreeMap<Role, (usize, usize, String)> = BTreeMap::new();
        for (column, header) in self.headers.iter().enumerate() {
            if self.taken.contains(&column) || unused.contains(&column) {
                continue;
            }
            let Some(alias) = self.vocabulary.column(header) else { continue };
            if assignments.has(alias.role) {
                continue;
            }
            let better = best.get(&alias.role).is_none_or(|(rank, ..)| alias.rank < *rank);
            if better {
                let why = match alias.origin.as_str() {
                    "acw" => "the role's own name".to_owned(),
                    "core" => "known header of a contact-centre system".to_owned(),
                    code => format!("known header in `{code}`"),
                };
                best.insert(alias.role, (alias.rank, column, why));
            }
        }
        for (role, (_, column, why)) in best {
            self.taken.insert(column);
            assignments.set(Assignment { role, source: Place::Columns(vec![vec![column]]), why });
        }
    }
}

/// The known header nearest to an unknown one, and how near.
fn guess(header: &str, vocabulary: &Vocabulary) -> Option<(Role, f64)> {
    let wanted = vocabulary.header(header);
    Role::ALL
        .into_iter()
        .flat_map(|role| vocabulary.headers_of(role).map(move |known| (role, known)))
        .map(|(role, known)| (role, strsim::jaro_winkler(&wanted, known)))
        .filter(|(_, likeness)| *likeness >= 0.9)
        .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
}

fn note_help(headers: &[String], vocabulary: &Vocabulary) -> String {
    let mut near: Vec<(f64, &String)> = headers
        .iter()
        .filter_map(|header| {
            let wanted = vocabulary.header(header);
            let likeness =
                vocabulary.headers_of(Role::Note).map(|known| strsim::jaro_winkler(&wanted, known)).fold(0.0, f64::max);
            // A slip in the header of another part: `agent_nme`.
            let other = guess(header, vocabulary).is_some_and(|(role, near)| role != Role::Note && near > likeness);
            (likeness > 0.75 && !other).then_some((likeness, header))
        })
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    match near.first() {
        Some((_, header)) => {
            let others: Vec<String> = near.iter().take(3).map(|(_, h)| format!("`{h}`")).collect();
            format!("nearest: {}; name it with --column 'note={header}'", others.join(", "))
        }
        None => "name the column with --column note=HEADER; where this is the text of one note, say --one-note".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Folder;

    fn strings(items: &[&str]) -> Vec<String> {
        items.iter().map(|s| (*s).to_owned()).collect()
    }

    #[test]
    fn a_missing_note_column_shows_headers_and_the_nearest() {
        let mut vocabulary = Vocabulary::new(Folder::default());
        vocabulary.add_columns(Role::Note, "es", &["observaciones".into()]);
        let found =
            |headers: &[&str]| Columns::find("x", &strings(headers), &Options::default(), &vocabulary, Role::Note);
        let error = found(&["id", "Observacones"]).unwrap_err().to_string();
        assert!(error.contains("id | Observacones") && error.contains("note=Observacones"), "{error}");
    }

    #[test]
    fn headers_that_are_there_twice_or_empty_can_be_named() {
        assert_eq!(distinct(&strings(&["a", "", "a", "a"])), ["a", "(2)", "a (2)", "a (3)"]);
    }
}
