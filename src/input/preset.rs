//! Presets: how the exports of known systems are read, told by their headers (`rules/presets/*.yaml`).
//!
//! Headers are compared without case, accents, signs and spaces, for some tools take the spaces out (`AFTERCALLWORKTIME`). A `*` in
//! one stands for the number of an entry (`participants.*.wrapup.notes`); of several entries, the last one that is filled counts.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::values::Unit;
use super::{DateOrder, Vocabulary};
use crate::model::{Element, Role};

/// A preset as written.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PresetSpec {
    /// The system, for people.
    pub name: String,
    /// A page about its exports.
    #[serde(default)]
    pub page: Option<String>,
    /// Headers that tell it: one entry a generation or language of the export, of which any is enough.
    pub told_by: Vec<Sign>,
    /// Headers by the part they play, the likeliest first: of those that are there, the first that is filled counts, row by row.
    /// `A + B` joins two with a space.
    #[serde(default)]
    pub columns: BTreeMap<Role, Vec<String>>,
    /// The columns of the note; where an export has several of them, they become one note of labelled lines.
    #[serde(default)]
    pub note: Vec<NotePart>,
    /// Units of bare numbers, by header.
    #[serde(default)]
    pub units: BTreeMap<String, Unit>,
    /// Headers of moments in universal time, where the values do not say it.
    #[serde(default)]
    pub utc: Vec<String>,
    /// Values that mean nothing, besides those of every export.
    #[serde(default)]
    pub empty: Vec<String>,
    /// Headers whose cells list several values with `;` between, of which the last counts.
    #[serde(default)]
    pub last_of: Vec<String>,
    /// Headers of the system's own bookkeeping, which play no part.
    #[serde(default)]
    pub unused: Vec<String>,
    /// Where the export says whether it is whole.
    #[serde(default)]
    pub complete: Option<Complete>,
    /// How lines begin that stand below the rows, besides those of the languages.
    #[serde(default)]
    pub footers: Vec<String>,
}

/// Headers that tell a preset.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sign {
    /// All of these are there.
    #[serde(default)]
    pub must: Vec<String>,
    /// And so many of `some`; absent: one, where `some` is given.
    #[serde(default)]
    pub least: Option<usize>,
    /// Of which some are there.
    #[serde(default)]
    pub some: Vec<String>,
    /// In what order such an export always writes days; absent: as each column tells.
    #[serde(default)]
    pub date_order: Option<DateOrder>,
}

/// A column of the note.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotePart {
    /// The header.
    pub column: String,
    /// What it tells, which gives its label in the language of the note.
    #[serde(default, rename = "as")]
    pub element: Option<Element>,
    /// Its label; absent: that of `as`, or the header.
    #[serde(default)]
    pub label: Option<String>,
}

/// Where an export says whether it is whole.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Complete {
    /// The headers.
    pub columns: Vec<String>,
    /// Values of an export that is not whole.
    pub no: Vec<String>,
}

/// A preset by its name in flags and settings.
#[derive(Debug, Clone)]
pub struct Preset {
    /// The name of its file.
    pub id: String,
    /// What it says.
    pub spec: PresetSpec,
}

/// Headers in the form in which they are compared.
pub(super) struct Squeezed(Vec<String>);

impl Squeezed {
    pub(super) fn new(headers: &[String], vocabulary: &Vocabulary) -> Self {
        Squeezed(headers.iter().map(|header| vocabulary.squeezed(header)).collect())
    }

    /// The columns that a header of a preset means; those of a `*` from the last entry to the first.
    pub(super) fn find(&self, wanted: &str, vocabulary: &Vocabulary) -> Vec<usize> {
        let pieces: Vec<String> = wanted.split('*').map(|piece| vocabulary.squeezed(piece)).collect();
        let mut found: Vec<(Vec<u32>, usize)> = self
            .0
            .iter()
            .enumerate()
            .filter_map(|(column, header)| Some((numbers(&pieces, header)?, column)))
            .collect();
        found.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        if pieces.len() == 1 {
            found.truncate(1);
        }
        found.into_iter().map(|(_, column)| column).collect()
    }
}

/// The numbers that stand for the stars between the pieces, where the header is made of them.
fn numbers(pieces: &[String], header: &str) -> Option<Vec<u32>> {
    let (first, others) = pieces.split_first()?;
    let mut rest = header.strip_prefix(first.as_str())?;
    let mut numbers = Vec::new();
    for piece in others {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        numbers.push(rest[..digits].parse().ok()?);
        rest = rest[digits..].strip_prefix(piece.as_str())?;
    }
    rest.is_empty().then_some(numbers)
}

impl Preset {
    /// Whether the headers tell this system: how many of them it knows, the sign, and the columns that told it.
    fn told(&self, headers: &Squeezed, vocabulary: &Vocabulary) -> Option<(usize, &Sign, Vec<usize>)> {
        let there = |wanted: &String| headers.find(wanted, vocabulary).first().copied();
        let (sign, told) = self.spec.told_by.iter().find_map(|sign| {
            let mut told: Vec<usize> = sign.must.iter().map(there).collect::<Option<_>>()?;
            let mut some: Vec<usize> = sign.some.iter().filter_map(there).collect();
            // `assignee_id` and `assignee.id` are one.
            some.sort_unstable();
            some.dedup();
            let least = sign.least.unwrap_or(usize::from(!sign.some.is_empty()));
            told.extend(&some);
            (some.len() >= least && !told.is_empty()).then_some((sign, told))
        })?;
        let joined = self.spec.columns.values().flatten().flat_map(|header| header.split(" + "));
        let known = joined.chain(self.spec.note.iter().map(|part| part.column.as_str()));
        let known = known.filter(|header| !headers.find(header, vocabulary).is_empty()).count();
        Some((known + told.len(), sign, told))
    }
}

/// The preset whose system the headers tell, and those of them that told it. Of several, the one that knows most of the headers.
pub(super) fn recognised<'v>(
    headers: &Squeezed,
    vocabulary: &'v Vocabulary,
) -> Option<(&'v Preset, &'v Sign, Vec<usize>)> {
    let mut best: Option<(usize, &Preset, &Sign, Vec<usize>)> = None;
    for preset in vocabulary.presets() {
        if let Some((known, sign, told)) = preset.told(headers, vocabulary)
            && best.as_ref().is_none_or(|(most, ..)| known > *most)
        {
            best = Some((known, preset, sign, told));
        }
    }
    best.map(|(_, preset, sign, told)| (preset, sign, told))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Folder;

    fn preset(id: &str, told_by: Vec<Sign>) -> Preset {
        Preset { id: id.into(), spec: PresetSpec { name: id.into(), told_by, ..PresetSpec::default() } }
    }

    fn strings(items: &[&str]) -> Vec<String> {
        items.iter().map(|s| (*s).to_owned()).collect()
    }

    #[test]
    fn headers_are_found_in_any_spelling_and_entries_from_the_last() {
        let vocabulary = Vocabulary::new(Folder::default());
        let headers = ["AFTERCALLWORKTIME", "p.0.notes", "p.12.notes", "p.2.notes", "p.x.notes"];
        let headers = Squeezed::new(&strings(&headers), &vocabulary);
        assert_eq!(headers.find("After call work time", &vocabulary), [0]);
        assert_eq!(headers.find("p.*.notes", &vocabulary), [2, 3, 1]);
        assert!(headers.find("after call", &vocabulary).is_empty());
    }

    #[test]
    fn a_system_is_told_by_what_must_be_there_and_enough_of_the_rest() {
        let mut vocabulary = Vocabulary::new(Folder::default());
        let sign = |must: &[&str], least, some: &[&str]| Sign {
            must: strings(must),
            least,
            some: strings(some),
            date_order: None,
        };
        vocabulary.add_preset(preset("small", vec![sign(&["call id"], None, &[])]));
        vocabulary.add_preset(preset("large", vec![sign(&["call id"], Some(2), &["line", "via", "tags"])]));
        let told = |headers: &[&str]| {
            let headers = Squeezed::new(&strings(headers), &vocabulary);
            recognised(&headers, &vocabulary).map(|(preset, _, told)| (preset.id.clone(), told))
        };
        assert_eq!(told(&["Call ID", "via", "line"]), Some(("large".into(), vec![0, 1, 2])));
        assert_eq!(told(&["Call ID", "via"]), Some(("small".into(), vec![0])));
        assert_eq!(told(&["via", "line", "tags"]), None);
    }
}
