//! Which column plays which part.

use std::collections::BTreeMap;

use super::values::{Unit, day, duration};
use super::{DateOrder, InputError, Vocabulary};
use crate::model::{Note, Origin, Role};
use crate::text::cell;
use crate::yaml::{did_you_mean, nearest};

/// A column that the user names: `note=Observaciones`, or a constant with two signs: `language==es`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The part.
    pub role: Role,
    /// The header, or the constant.
    pub value: String,
    /// Whether `value` stands for every row.
    pub constant: bool,
}

impl Given {
    /// Of a role's value in settings: a header, or `=value` for a constant.
    pub fn of(role: Role, value: &str) -> Self {
        Given { role, constant: value.starts_with('='), value: value.trim_start_matches('=').trim().to_owned() }
    }

    /// The role's value as settings write it.
    fn setting(&self) -> String {
        if self.constant { format!("={}", self.value) } else { self.value.clone() }
    }
}

/// Columns as a map from roles to headers, as settings and manifests have them.
pub(super) mod by_role {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{Given, Role};

    pub(in crate::input) fn serialize<S: Serializer>(columns: &[Given], serializer: S) -> Result<S::Ok, S::Error> {
        let map: BTreeMap<Role, String> = columns.iter().map(|given| (given.role, given.setting())).collect();
        map.serialize(serializer)
    }

    pub(in crate::input) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Given>, D::Error> {
        let map = BTreeMap::<Role, String>::deserialize(deserializer)?;
        Ok(map.iter().map(|(role, value)| Given::of(*role, value)).collect())
    }
}

impl std::str::FromStr for Given {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((role, value)) = text.split_once('=') else {
            return Err("write ROLE=HEADER, or ROLE==VALUE for a constant".into());
        };
        let Some(known) = Role::from_name(role.trim()) else {
            let names: Vec<&str> = Role::ALL.iter().map(|r| r.name()).collect();
            let near = did_you_mean(role, names.iter().copied());
            return Err(format!("`{role}` is no role{near} (roles: {})", names.join(", ")));
        };
        Ok(Given::of(known, value))
    }
}

/// Where a role's value comes from, and why it is thought so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The part.
    pub role: Role,
    /// Index of the header; `None` for a constant.
    pub column: Option<usize>,
    /// The constant.
    pub constant: Option<String>,
    /// Why.
    pub why: String,
}

/// The columns of an export.
#[derive(Debug, Clone)]
pub struct Columns {
    /// The headers, in order.
    pub headers: Vec<String>,
    /// What plays a part.
    pub assignments: BTreeMap<Role, Assignment>,
    /// Headers that play none, with the nearest known one.
    pub unknown: Vec<(String, Option<String>)>,
    units: BTreeMap<Role, Unit>,
    /// In what order the days of contacts are written, where it is known.
    pub(super) order: Option<DateOrder>,
}

impl Columns {
    /// Finds the parts: what the user names first, then known headers.
    ///
    /// # Errors
    /// A header named by the user that is not there; no column for `needed`, the part without which the file is of no use.
    pub fn find(
        file: &str,
        headers: &[String],
        given: &[Given],
        vocabulary: &Vocabulary,
        needed: Role,
    ) -> Result<Self, InputError> {
        let mut assignments: BTreeMap<Role, Assignment> = BTreeMap::new();
        let error = |message: String, help: String| InputError::Columns {
            file: file.to_owned(),
            message,
            headers: headers.to_vec(),
            help,
        };
        for given in given {
            let assignment = if given.constant {
                Assignment {
                    role: given.role,
                    column: None,
                    constant: Some(given.value.clone()),
                    why: "constant, as asked for".into(),
                }
            } else {
                let wanted = vocabulary.header(&given.value);
                let Some(column) = headers.iter().position(|h| *h == given.value || vocabulary.header(h) == wanted)
                else {
                    let near = nearest(&given.value, headers.iter().map(String::as_str));
                    let help =
                        near.map_or("name one of the headers found".to_owned(), |n| format!("did you mean `{n}`?"));
                    return Err(error(format!("there is no column `{}`", given.value), help));
                };
                Assignment { role: given.role, column: Some(column), constant: None, why: "as asked for".into() }
            };
            assignments.insert(given.role, assignment);
        }
        // The likeliest header of each role; a header plays one part.
        let mut best: BTreeMap<Role, (usize, usize, String)> = BTreeMap::new();
        for (column, header) in headers.iter().enumerate() {
            if assignments.values().any(|a| a.column == Some(column)) {
                continue;
            }
            let Some(alias) = vocabulary.column(header) else { continue };
            if assignments.contains_key(&alias.role) {
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
            assignments.insert(role, Assignment { role, column: Some(column), constant: None, why });
        }
        if !assignments.contains_key(&needed) {
            return Err(match needed {
                Role::Note => error("no column holds the notes".into(), note_help(headers, vocabulary)),
                role => error(
                    format!("no column plays the part `{}`", role.name()),
                    format!("name its header `{}`", role.name()),
                ),
            });
        }
        let unknown = headers
            .iter()
            .enumerate()
            .filter(|(column, _)| !assignments.values().any(|a| a.column == Some(*column)))
            .map(|(_, header)| (header.clone(), guess(header, vocabulary).map(|(role, _)| role.name().to_owned())))
            .collect();
        let units = assignments
            .iter()
            .filter_map(|(role, a)| Some((*role, Unit::of_header(&vocabulary.header(&headers[a.column?])))))
            .collect();
        Ok(Columns { headers: headers.to_vec(), assignments, unknown, units, order: None })
    }

    /// Index of the column of a part; `None` where it is a constant or not there.
    pub(super) fn place(&self, role: Role) -> Option<usize> {
        self.assignments.get(&role)?.column
    }

    /// A row as a note.
    pub fn note(&self, origin: Origin, fields: &[String], vocabulary: &Vocabulary) -> Note {
        let raw = |role: Role| -> Option<&str> {
            let assignment = self.assignments.get(&role)?;
            match (&assignment.constant, assignment.column) {
                (Some(value), _) => Some(value.as_str()),
                (None, Some(column)) => fields.get(column).map(String::as_str),
                (None, None) => None,
            }
        };
        let given = |role: Role| raw(role).map(str::trim).filter(|v| !v.is_empty() && *v != "NULL" && *v != "#N/A");
        let owned = |role: Role| given(role).map(|value| cell::tame(value).into_owned());
        let time = |role: Role| duration(given(role)?, self.units.get(&role).copied().unwrap_or_default());
        let id = owned(Role::NoteId).unwrap_or_else(|| origin.own_id());
        let agent_name = owned(Role::AgentName);
        let elements = [Role::Reason, Role::Action, Role::Outcome, Role::NextStep, Role::Product]
            .into_iter()
            .filter_map(|role| Some((role, owned(role)?)))
            .collect();
        Note {
            id,
            origin,
            agent: owned(Role::AgentId).or_else(|| agent_name.clone()).unwrap_or_else(|| "?".to_owned()),
            agent_name,
            team: owned(Role::Team),
            language: given(Role::Language).and_then(|v| vocabulary.language(v)),
            channel: given(Role::Channel).and_then(|v| vocabulary.channel(&cell::tame(v))),
            call_type: given(Role::CallType).and_then(|v| vocabulary.call_type(&cell::tame(v))),
            day: given(Role::StartedAt).and_then(|value| day(value, self.order)),
            started_at: owned(Role::StartedAt),
            segment: owned(Role::Segment),
            disposition: given(Role::Disposition).map(|v| vocabulary.disposition(v)).unwrap_or_default(),
            case_id: owned(Role::CaseId),
            customer: owned(Role::Customer),
            talk_seconds: time(Role::TalkSeconds),
            acw_seconds: time(Role::AcwSeconds),
            worked_seconds: time(Role::WorkedSeconds),
            text: raw(Role::Note).unwrap_or("").to_owned(),
            elements,
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
            (likeness > 0.75).then_some((likeness, header))
        })
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    match near.first() {
        Some((_, header)) => {
            let others: Vec<String> = near.iter().take(3).map(|(_, h)| format!("`{h}`")).collect();
            format!("nearest: {}; name it with --column 'note={header}'", others.join(", "))
        }
        None => "name the column with --column note=HEADER".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Disposition;
    use crate::text::Folder;

    fn vocabulary() -> Vocabulary {
        let mut vocabulary = Vocabulary::new(Folder::default());
        vocabulary.add_columns(Role::Note, "es", &["observaciones".into(), "comentarios".into()]);
        vocabulary.add_columns(Role::AcwSeconds, "core", &["acw time".into()]);
        vocabulary.add_dispositions(Disposition::Pending, &["pendiente".into()]);
        vocabulary
    }

    fn strings(items: &[&str]) -> Vec<String> {
        items.iter().map(|s| (*s).to_owned()).collect()
    }

    #[test]
    fn known_headers_flags_and_constants_find_their_parts() {
        let headers = strings(&["Comentarios", "Observaciones", "ACW_Time", "estado"]);
        let given = ["disposition=Estado".parse().unwrap(), "language==es".parse().unwrap()];
        let columns = Columns::find("x", &headers, &given, &vocabulary(), Role::Note).unwrap();
        assert_eq!(columns.assignments[&Role::Note].column, Some(1));
        let note = columns.note(
            Origin { file: "x".into(), line: 2 },
            &strings(&["c", "hola", "00:01:05", "Pendiente"]),
            &vocabulary(),
        );
        assert_eq!((note.text.as_str(), note.id.as_str(), note.acw_seconds), ("hola", "x:2", Some(65)));
        assert_eq!((note.disposition, note.language.as_deref()), (Disposition::Pending, Some("es")));
    }

    #[test]
    fn a_missing_note_column_shows_headers_and_the_nearest() {
        let error = Columns::find("x", &strings(&["id", "Observacones"]), &[], &vocabulary(), Role::Note)
            .unwrap_err()
            .to_string();
        assert!(error.contains("id | Observacones") && error.contains("note=Observacones"), "{error}");
        assert!("nte=x".parse::<Given>().unwrap_err().contains("did you mean `note`"));
    }
}
