//! From the fields of a row to a note.

use std::borrow::Cow;

use smol_str::SmolStr;

use super::columns::{Part, Place};
use super::stamp::{self, Reading};
use super::values::duration;
use super::vocabulary::Met;
use super::{Columns, Fields, Vocabulary};
use crate::model::{Note, Origin, Role};
use crate::text::cell;

/// Values that mean nothing, whatever the system.
const NOTHING: [&str; 5] = ["", "NULL", "null", "#N/A", "\\N"];
/// What stands before an address: it says how it is dialled, not whose it is.
const SCHEMES: [&str; 4] = ["tel:", "sip:", "sips:", "mailto:"];

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A note, also an empty one.
    Note,
    /// A total, or a line that stands below the rows.
    Footer,
    /// A contact without agent and note: nobody took it.
    Nobody,
}

impl Columns {
    fn is_nothing(&self, value: &str) -> bool {
        NOTHING.contains(&value) || self.preset.as_ref().is_some_and(|preset| preset.empty.iter().any(|e| e == value))
    }

    /// A cell without spaces around it; `None` where it holds nothing.
    fn cell<'f>(&self, column: usize, fields: &'f Fields) -> Option<&'f str> {
        let value = fields.get(column)?.trim();
        if self.last_of.contains(&column) {
            return value.rsplit(';').map(str::trim).find(|value| !self.is_nothing(value));
        }
        (!self.is_nothing(value)).then_some(value)
    }

    /// The value of a part, and the column that it is from.
    fn found<'f>(&'f self, role: Role, fields: &'f Fields) -> Option<(Cow<'f, str>, Option<usize>)> {
        match &self.assignments.get(role)?.source {
            Place::Constant(value) => (!value.is_empty()).then_some((Cow::Borrowed(value.as_str()), None)),
            Place::Columns(columns) => columns.iter().find_map(|joined| {
                let mut filled = joined.iter().filter_map(|column| Some((*column, self.cell(*column, fields)?)));
                let (column, first) = filled.next()?;
                let value = filled.fold(Cow::Borrowed(first), |value, (_, next)| Cow::Owned(format!("{value} {next}")));
                Some((value, Some(column)))
            }),
            Place::Parts(_) => None,
        }
    }

    /// The value of a part in a row; `None` where it is empty.
    pub(super) fn value<'f>(&'f self, role: Role, fields: &'f Fields) -> Option<Cow<'f, str>> {
        self.found(role, fields).map(|(value, _)| value)
    }

    /// The moment of the contact's start as written, and whether its column is of universal time.
    pub(super) fn start<'f>(&'f self, fields: &'f Fields) -> Option<(Cow<'f, str>, bool)> {
        let (value, column) = self.found(Role::StartedAt, fields)?;
        Some((value, column.is_some_and(|column| self.utc.contains(&column))))
    }

    /// What the row is.
    pub(super) fn kind(&self, fields: &Fields, vocabulary: &Vocabulary) -> Kind {
        let notes = &self.notes;
        if notes.is_empty() {
            return Kind::Note;
        }
        let mut filled = (0..fields.len()).filter_map(|column| Some((column, self.cell(column, fields)?)));
        let first = filled.next();
        let alone = fields.len() > 2 && filled.next().is_none();
        let noted = notes.iter().any(|column| self.cell(*column, fields).is_some());
        // A total may count the notes in their column.
        let is_figure = |cell: &str| cell.bytes().all(|byte| byte.is_ascii_digit() || b" .,".contains(&byte));
        let in_words =
            notes.iter().any(|column| self.cell(*column, fields).is_some_and(|cell| !is_figure(cell.trim())));
        if in_words && !alone {
            return Kind::Note;
        }
        let agents = [Role::AgentId, Role::AgentName];
        let taken: Vec<Option<usize>> =
            agents.iter().filter_map(|role| self.found(*role, fields)).map(|(_, column)| column).collect();
        // An agent may be called so, a total has none: but for the word itself, where the agents stand first.
        let more = self.preset.as_ref().map_or(&[][..], |preset| &preset.footers);
        let first = first.filter(|(column, _)| taken.iter().all(|taken| *taken == Some(*column)));
        if first.is_some_and(|(_, cell)| vocabulary.is_footer(cell, more)) {
            return Kind::Footer;
        }
        let told = |role: Role| !self.places(role).is_empty();
        if !noted && taken.is_empty() && agents.into_iter().any(told) { Kind::Nobody } else { Kind::Note }
    }

    /// The seconds of a part that is a duration; `None` where it is empty or none.
    pub(super) fn seconds(&self, role: Role, fields: &Fields, vocabulary: &Vocabulary) -> Option<u32> {
        let (value, column) = self.found(role, fields)?;
        let (unit, clock) = column.map(|column| (self.units[column], self.clocks[column])).unwrap_or_default();
        duration(&value, unit, clock, &vocabulary.units)
    }

    /// Of a row what a survey of the whole export asks for: whose it is, and the text.
    pub(super) fn surveyed(&self, fields: &Fields, vocabulary: &Vocabulary, met: &mut Met) -> Note {
        let language = self.language_of(fields, vocabulary, met);
        let cell = self.text(fields, language.as_deref(), vocabulary);
        let (text, exported) = vocabulary.text(&cell);
        let text = text.into_owned();
        let (case_id, customer) = (self.owned(Role::CaseId, fields), self.address(Role::Customer, fields, vocabulary));
        Note { agent: self.agent(fields, vocabulary), language, text, exported, case_id, customer, ..Note::default() }
    }

    fn owned(&self, role: Role, fields: &Fields) -> Option<SmolStr> {
        self.value(role, fields).map(|value| cell::tame(&value).into())
    }

    fn named(&self, role: Role, fields: &Fields, vocabulary: &Vocabulary) -> Option<SmolStr> {
        self.value(role, fields).map(|value| cell::tame(&vocabulary.text(&value).0).into())
    }

    fn address(&self, role: Role, fields: &Fields, vocabulary: &Vocabulary) -> Option<SmolStr> {
        self.named(role, fields, vocabulary).map(|value| bare(&value).into())
    }

    fn agent(&self, fields: &Fields, vocabulary: &Vocabulary) -> SmolStr {
        let id = self.value(Role::AgentId, fields).map(|value| bare(&value).into());
        id.or_else(|| self.address(Role::AgentName, fields, vocabulary)).unwrap_or(SmolStr::new_static("?"))
    }

    fn language_of(&self, fields: &Fields, vocabulary: &Vocabulary, met: &mut Met) -> Option<SmolStr> {
        let told = self.value(Role::Language, fields).and_then(|v| met.languages.of(&v, |v| vocabulary.language(v)));
        told.or_else(|| self.language.as_ref().map(SmolStr::from))
    }

    /// A row as a note.
    pub(super) fn note(&self, mut origin: Origin, fields: &Fields, vocabulary: &Vocabulary, met: &mut Met) -> Note {
        let given = |role: Role| self.value(role, fields);
        let owned = |role: Role| self.owned(role, fields);
        let named = |role: Role| self.named(role, fields, vocabulary);
        let address = |role: Role| self.address(role, fields, vocabulary);
        let time = |role: Role| self.seconds(role, fields, vocabulary);
        // An identifier that lost its digits is that of many notes.
        let id = owned(Role::NoteId).filter(|id| !lost_digits(id)).unwrap_or_else(|| origin.own_id().into());
        let elements = [Role::Reason, Role::Action, Role::Outcome, Role::NextStep, Role::Product]
            .into_iter()
            .filter_map(|role| Some((role, named(role)?.into())))
            .collect();
        let language = self.language_of(fields, vocabulary, met);
        let zone = self.zone.as_ref().map(|zone| &zone.0);
        let day = self
            .start(fields)
            .and_then(|(value, utc)| stamp::day(&value, Reading { order: self.order, utc, zone }, &vocabulary.dates));
        let cell = self.text(fields, language.as_deref(), vocabulary);
        let (text, exported) = vocabulary.text(&cell);
        let text = text.into_owned();
        // The one column that holds it.
        if let [column] = self.notes.as_slice() {
            origin.column = u32::try_from(column + 1).ok();
        }
        Note {
            id,
            origin,
            agent: self.agent(fields, vocabulary),
            agent_name: address(Role::AgentName),
            team: named(Role::Team),
            text,
            exported,
            language,
            channel: given(Role::Channel)
                .and_then(|v| met.channels.of(&v, |value| vocabulary.channel(&cell::tame(value)))),
            call_type: given(Role::CallType)
                .and_then(|v| met.call_types.of(&v, |value| vocabulary.call_type(&cell::tame(value)))),
            day,
            started_at: owned(Role::StartedAt),
            segment: named(Role::Segment),
            disposition: given(Role::Disposition)
                .map(|v| met.dispositions.of(&v, |value| vocabulary.disposition(value)))
                .unwrap_or_default(),
            case_id: owned(Role::CaseId),
            customer: address(Role::Customer),
            talk_seconds: time(Role::TalkSeconds),
            acw_seconds: time(Role::AcwSeconds),
            worked_seconds: time(Role::WorkedSeconds),
            elements,
        }
    }

    /// The note: as typed where one column has it, else a labelled line a column that is filled.
    fn text<'f>(&'f self, fields: &'f Fields, language: Option<&str>, vocabulary: &Vocabulary) -> Cow<'f, str> {
        let parts = match self.assignments.get(Role::Note).map(|assignment| &assignment.source) {
            Some(Place::Constant(value)) => return Cow::Borrowed(value),
            Some(Place::Columns(columns)) => {
                let filled = columns.iter().flatten().find(|column| self.cell(**column, fields).is_some());
                return Cow::Borrowed(filled.map_or("", |column| &fields[*column]));
            }
            Some(Place::Parts(parts)) => parts,
            None => return Cow::Borrowed(""),
        };
        let filled = |part: &Part| part.columns.iter().find_map(|column| self.cell(*column, fields));
        let filled: Vec<(&Part, &str)> = parts.iter().filter_map(|part| Some((part, filled(part)?))).collect();
        let told = || {
            let texts: Vec<&str> = filled.iter().map(|(_, text)| *text).collect();
            vocabulary.language_of(&texts.join("\n"))
        };
        // A header says only which of several it was.
        if let [(Part { element: None, label: None, .. }, text)] = filled.as_slice() {
            return Cow::Borrowed(text);
        }
        let named = filled.iter().any(|(part, _)| part.element.is_some());
        let language = language.or_else(|| told().filter(|_| named));
        let lines = filled.iter().map(|(part, text)| {
            let label = part.element.and_then(|element| vocabulary.label(language?, element));
            let header = || self.headers[part.columns[0]].as_str();
            format!("{}: {text}", part.label.as_deref().or(label).unwrap_or_else(header))
        });
        Cow::Owned(lines.collect::<Vec<_>>().join("\n"))
    }
}

/// An address without what says how it is dialled.
fn bare(value: &str) -> &str {
    let scheme = |scheme: &&str| value.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    SCHEMES.iter().find(|candidate| scheme(candidate)).map_or(value, |scheme| value[scheme.len()..].trim_start())
}

/// Whether a spreadsheet made a long number of an identifier and rounded it: `2.0240101E+13`.
pub(super) fn lost_digits(value: &str) -> bool {
    let Some((number, power)) = value.split_once(['E', 'e']) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let whole = number.split_once(['.', ',']).map_or(digits(number), |(one, more)| one.len() == 1 && digits(more));
    whole && number.starts_with(|c: char| c.is_ascii_digit()) && power.strip_prefix('+').is_some_and(digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{Given, Options, Preset, PresetSpec};
    use crate::model::{Disposition, Element};
    use crate::text::Folder;

    fn vocabulary() -> Vocabulary {
        let mut vocabulary = Vocabulary::new(Folder::default());
        vocabulary.add_columns(Role::Note, "es", &["observaciones".into(), "comentarios".into()]);
        vocabulary.add_columns(Role::AcwSeconds, "core", &["acw time".into()]);
        vocabulary.add_dispositions(Disposition::Pending, &["pendiente".into()]);
        vocabulary.add_footers(&["total".into()]);
        vocabulary
    }

    fn strings(items: &[&str]) -> Vec<String> {
        items.iter().map(|s| (*s).to_owned()).collect()
    }

    fn columns(headers: &[&str], given: &[&str], vocabulary: &Vocabulary) -> Columns {
        let columns: Vec<Given> = given.iter().map(|given| given.parse().unwrap()).collect();
        let options = Options { columns, ..Options::default() };
        Columns::find("x", &strings(headers), &options, vocabulary, Role::Note).unwrap()
    }

    fn note(columns: &Columns, fields: &[&str], vocabulary: &Vocabulary) -> Note {
        columns.note(
            Origin { file: "x".into(), line: 2, column: None },
            &fields.iter().collect(),
            vocabulary,
            &mut Met::default(),
        )
    }

    #[test]
    fn known_headers_flags_and_constants_find_their_parts() {
        let vocabulary = vocabulary();
        let headers = ["Comentarios", "Observaciones", "ACW_Time", "estado"];
        let columns = columns(&headers, &["disposition=Estado", "language==es"], &vocabulary);
        let note = note(&columns, &["c", "hola", "00:01:05", "Pendiente"], &vocabulary);
        assert_eq!((note.text.as_str(), note.id.as_str(), note.acw_seconds), ("hola", "x:2", Some(65)));
        assert_eq!((note.disposition, note.language.as_deref()), (Disposition::Pending, Some("es")));
    }

    #[test]
    fn columns_that_are_named_several_times_are_joined_or_tried_in_turn() {
        let vocabulary = vocabulary();
        let headers = ["First", "Last", "Asked", "Done", "Case", "Ticket"];
        let given =
            ["agent_name=First", "agent_name=Last", "note=Asked", "note=Done", "case_id=Case", "case_id=Ticket"];
        let columns = columns(&headers, &given, &vocabulary);
        let one = note(&columns, &["Ana", "Ruiz", "a bill", " sent it\n", "NULL", "T-1"], &vocabulary);
        assert_eq!(one.agent, "Ana Ruiz");
        assert_eq!(one.text, "Asked: a bill\nDone: sent it");
        assert_eq!(one.case_id.as_deref(), Some("T-1"));
        assert_eq!(note(&columns, &["", "Ruiz", "", "sent it", "", ""], &vocabulary).text, "sent it");
    }

    #[test]
    fn a_preset_joins_labels_picks_the_last_and_knows_units() {
        let mut vocabulary = vocabulary();
        vocabulary.add_labels("es", &[(Element::Reason, "Motivo".to_owned())].into());
        let yaml = "{name: S, told_by: [{must: [users]}], last_of: [users], empty: ['-'], units: {acw: ms}, \
                    columns: {agent_name: [users], acw_seconds: [acw], customer: [ani]}, \
                    note: [{column: asked, as: reason}, {column: done}]}";
        let spec: PresetSpec = crate::yaml::Source::new("p", yaml).parse().unwrap();
        vocabulary.add_preset(Preset { id: "s".into(), spec });
        let columns = columns(&["Users", "Asked", "Done", "ACW", "ANI"], &["language==es"], &vocabulary);
        assert_eq!(columns.preset.as_ref().unwrap().told_by, ["Users"]);
        let one = note(&columns, &["Queue; Ana Ruiz;", "una factura", "-", "1500", "tel:+34600"], &vocabulary);
        assert_eq!((one.agent.as_str(), one.text.as_str()), ("Ana Ruiz", "Motivo: una factura"));
        assert_eq!((one.acw_seconds, one.customer.as_deref()), (Some(2), Some("+34600")));
    }

    #[test]
    fn totals_and_contacts_that_nobody_took_are_no_notes() {
        let vocabulary = vocabulary();
        let columns = columns(&["id", "agent_id", "note"], &[], &vocabulary);
        for (fields, kind) in [
            (["1", "A", ""], Kind::Note),
            (["1", "", "Total refund."], Kind::Note),
            (["Total", "", ""], Kind::Footer),
            (["", "", "Total 12"], Kind::Footer),
            (["", "Total", ""], Kind::Footer),
            (["Total Energy", "A", ""], Kind::Note),
            (["", "", "Totally lost."], Kind::Note),
            (["1", "", ""], Kind::Nobody),
        ] {
            assert_eq!(columns.kind(&fields.iter().collect(), &vocabulary), kind, "{fields:?}");
        }
    }

    #[test]
    fn rounded_identifiers_are_told() {
        assert!(lost_digits("2.0240101E+13") && lost_digits("2,02E+13") && lost_digits("2E+13"));
        assert!(!lost_digits("E-12") && !lost_digits("A1E+3") && !lost_digits("12345") && !lost_digits("12.5E+3"));
    }
}
