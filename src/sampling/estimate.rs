//! What a sample says of all the notes that it was drawn from.

use std::collections::{BTreeMap, BTreeSet};

use super::SamplingError;
use super::reread::{Reread, reread};
use crate::audit::Options;
use crate::input::{Grid, InputError, Manifest, Vocabulary};
use crate::measure::{DesignEstimate, Figure, Unit, design_estimate};
use crate::model::sample::{Key, Kind};
use crate::model::{Answer, AuditedNote, Category, Critical, Period};
use crate::rules::Rulebook;
use crate::text::redact;

/// Who judged the drawn notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The rules.
    Rules,
    /// People, in filled sheets.
    Sheets,
}

/// The figures of some notes.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Which notes: values of the keys asked for; nothing for all.
    pub by: Vec<(Key, Option<String>)>,
    /// Drawn notes among them.
    pub notes: u64,
    /// Name and estimate, from 0 to 1, in the order of reports; `None` where no drawn note tells it.
    pub figures: Vec<(String, Option<DesignEstimate>)>,
}

/// Estimates from one sample, or from several of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimated {
    /// How the notes came about.
    pub kind: Kind,
    /// Who judged them.
    pub source: Source,
    /// Conditions that the notes meet, as written.
    pub conditions: Vec<String>,
    /// Notes that the samples were drawn from.
    pub population: u64,
    /// Notes drawn.
    pub drawn: u64,
    /// Notes replaced.
    pub replaced: u64,
    /// Confidence of the intervals, in per cent.
    pub confidence: u32,
    /// All notes first, then group by group.
    pub groups: Vec<Group>,
    /// What the reader of the figures should know.
    pub remarks: Vec<String>,
}

/// What is known of a drawn note.
struct Judged {
    unit: Unit,
    by: Vec<(Key, Option<String>)>,
    values: Vec<Option<f64>>,
}

/// Estimates from what the rules of now find in the drawn notes; each sample comes with how to read its export.
///
/// # Errors
/// A targeted sample, samples that must not be mixed, an export without the drawn notes.
pub fn by_rules(
    samples: &[(Manifest, Options)],
    by: &[Key],
    book: &Rulebook,
    confidence: u32,
) -> Result<Estimated, SamplingError> {
    let manifests: Vec<&Manifest> = samples.iter().map(|(manifest, _)| manifest).collect();
    check(&manifests)?;
    let mut remarks = Vec::new();
    let names: Vec<(String, Figure)> = names();
    let mut judged = Vec::new();
    for ((manifest, options), units) in samples.iter().zip(units(&manifests)) {
        let Reread { notes, same, read } = reread(manifest, options, book)?;
        if !same {
            remarks.push(format!(
                "{}: the export has changed since the draw ({} notes then, {read} now); the weights are those of the draw.",
                manifest.inputs.join(", "),
                manifest.read
            ));
        }
        judged.extend(notes.iter().zip(units).map(|(note, unit)| Judged {
            unit,
            by: by.iter().map(|key| (*key, key.of(&note.note, period(manifest)))).collect(),
            values: values(note, book),
        }));
    }
    let other_rules = |manifest: &&Manifest| manifest.rules.as_ref().is_some_and(|rules| *rules != book.hash);
    if manifests.iter().any(other_rules) {
        remarks.push("The rules have changed since the draw; the figures are by the rules of now.".into());
    }
    Ok(estimated(&manifests, Source::Rules, &names, &judged, by, confidence, remarks))
}

/// Estimates from what people marked in the drawn notes: of each criterion, the share of failures among the notes marked as failed or
/// passed. Notes that nobody marked count as if they were like the others of their stratum. Several marks of a note count in equal parts.
///
/// # Errors
/// A targeted sample, samples that must not be mixed, a sheet without note identifiers or without a mark, a cell that is no mark.
pub fn by_sheets(
    manifests: &[Manifest],
    sheets: &[Grid],
    by: &[Key],
    vocabulary: &Vocabulary,
    confidence: u32,
) -> Result<Estimated, SamplingError> {
    let manifests: Vec<&Manifest> = manifests.iter().collect();
    check(&manifests)?;
    let mut names: Vec<String> = Vec::new();
    // Marks by note and by its place among rows of that identifier, then by criterion.
    let mut marks: BTreeMap<(String, u32), Marked> = BTreeMap::new();
    for sheet in sheets {
        read_marks(sheet, vocabulary, &mut names, &mut marks)?;
    }
    let mut judged = Vec::new();
    let mut unmarked = 0u64;
    for (manifest, units) in manifests.iter().zip(units(&manifests)) {
        let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
        for (drawn, unit) in manifest.notes.iter().zip(units) {
            let nth = seen.entry(&drawn.note).or_default();
            *nth += 1;
            let marked = marks.get(&(drawn.note.clone(), *nth));
            let mut values: Vec<Option<f64>> =
                names.iter().map(|name| marked.and_then(|marked| marked.share(name))).collect();
            let judgements = || values.iter().flatten();
            unmarked += u64::from(judgements().next().is_none());
            let any = judgements().next().map(|_| judgements().copied().fold(0.0, f64::max));
            values.insert(0, any);
            let by = by.iter().map(|key| (*key, told(*key, marked, manifest, drawn.stratum))).collect();
            judged.push(Judged { unit, by, values });
        }
    }
    for (at, key) in by.iter().enumerate() {
        if judged.iter().all(|judged| judged.by[at].1.is_none()) {
            let name = key.name();
            return Err(SamplingError::Usage(format!(
                "--by {name}: neither the sheet nor the strata tell the {name}\n  help: group by what they tell, or stratify the draw by it"
            )));
        }
    }
    let mut remarks = Vec::new();
    if unmarked > 0 {
        remarks.push(format!(
            "{unmarked} of {} notes have no mark; the figures take them to be like the marked ones.",
            judged.len()
        ));
    }
    let shares = [("any error".to_owned(), Figure::Share)].into_iter();
    let names: Vec<_> = shares.chain(names.into_iter().map(|name| (name, Figure::Share))).collect();
    Ok(estimated(&manifests, Source::Sheets, &names, &judged, by, confidence, remarks))
}

/// Whether weights can speak for the population, and for one population at that.
fn check(manifests: &[&Manifest]) -> Result<(), SamplingError> {
    let refused = |message: String| Err(SamplingError::Usage(message));
    if manifests.iter().any(|manifest| manifest.kind == Kind::Targeted) {
        return refused(
            "a targeted sample says nothing of other notes, so nothing is estimated from it\n  help: draw one with --kind simple or \
             stratified for figures of all notes; read a targeted one note by note"
                .into(),
        );
    }
    let kinds: BTreeSet<&str> = manifests.iter().map(|manifest| manifest.kind.name()).collect();
    if kinds.len() > 1 {
        let kinds: Vec<&str> = kinds.into_iter().collect();
        return refused(format!(
            "the samples are of different kinds ({}), which are never averaged with each other\n  help: estimate from each on its own",
            kinds.join(", ")
        ));
    }
    let conditions: BTreeSet<Vec<String>> = manifests.iter().map(|manifest| conditions(manifest)).collect();
    if conditions.len() > 1 {
        return refused(
            "the samples were drawn under different conditions (--where)\n  help: estimate from each on its own".into(),
        );
    }
    let mut exports = BTreeSet::new();
    if manifests.iter().any(|manifest| !manifest.export.is_empty() && !exports.insert(&manifest.export)) {
        return refused(
            "two of the samples were drawn from the same export: together they would count its notes twice\n  help: draw one larger sample"
                .into(),
        );
    }
    let mut ids = BTreeSet::new();
    for manifest in manifests {
        let own: BTreeSet<&str> = manifest.notes.iter().map(|drawn| drawn.note.as_str()).collect();
        if let Some(twice) = own.iter().find(|id| ids.contains(*id)) {
            return refused(format!(
                "note {twice} is in two of the samples: together they would count it twice\n  help: estimate from each on its own"
            ));
        }
        ids.extend(own);
    }
    if manifests.iter().all(|manifest| manifest.notes.is_empty()) {
        return refused("the sample holds no note\n  help: draw it again".into());
    }
    Ok(())
}

fn conditions(manifest: &Manifest) -> Vec<String> {
    manifest.plan.iter().flat_map(|plan| &plan.conditions).map(ToString::to_string).collect()
}

fn period(manifest: &Manifest) -> Period {
    manifest.plan.as_ref().map(|plan| plan.period).unwrap_or_default()
}

/// Weights and strata of each manifest's notes; the strata of several are all different ones.
fn units(manifests: &[&Manifest]) -> Vec<Vec<Unit>> {
    let mut first = 0;
    let of = |manifest: &&Manifest| {
        let units = manifest.notes.iter().map(|drawn| Unit {
            stratum: first + drawn.stratum,
            // Of kinds that are weighed, the manifest's reader has seen to it that every note has a weight.
            weight: drawn.weight.unwrap_or(1.0),
        });
        let units = units.collect();
        first += manifest.strata.len();
        units
    };
    manifests.iter().map(of).collect()
}

fn estimated(
    manifests: &[&Manifest],
    source: Source,
    names: &[(String, Figure)],
    judged: &[Judged],
    by: &[Key],
    confidence: u32,
    remarks: Vec<String>,
) -> Estimated {
    let units: Vec<Unit> = judged.iter().map(|judged| judged.unit).collect();
    let group = |of: Option<&Vec<(Key, Option<String>)>>| {
        let inside = |at: usize| of.is_none_or(|by| judged[at].by == *by);
        let figures = names.iter().enumerate().map(|(figure, (name, form))| {
            let value = |at: usize| judged[at].values[figure].filter(|_| inside(at));
            (name.clone(), design_estimate(&units, value, *form, confidence))
        });
        Group {
            by: of.cloned().unwrap_or_default(),
            notes: (0..judged.len()).filter(|at| inside(*at)).count() as u64,
            figures: figures.collect(),
        }
    };
    let values: BTreeSet<&Vec<(Key, Option<String>)>> =
        judged.iter().map(|judged| &judged.by).filter(|_| !by.is_empty()).collect();
    Estimated {
        kind: manifests.first().map_or(Kind::Random, |manifest| manifest.kind),
        source,
        conditions: manifests.first().map_or_else(Vec::new, |manifest| conditions(manifest)),
        population: manifests.iter().filter_map(|manifest| manifest.population).sum(),
        drawn: manifests.iter().map(|manifest| manifest.notes.len() as u64).sum(),
        replaced: manifests.iter().map(|manifest| manifest.replaced.len() as u64).sum(),
        confidence,
        groups: std::iter::once(group(None)).chain(values.into_iter().map(|by| group(Some(by)))).collect(),
        remarks,
    }
}

/// Failures critical for somebody, and the name of the share of notes without one (COPC's error accuracy).
const ACCURACIES: [(Option<Critical>, &str); 4] = [
    (Some(Critical::Customer), "accuracy: customer"),
    (Some(Critical::Business), "accuracy: business"),
    (Some(Critical::Compliance), "accuracy: compliance"),
    (None, "accuracy: non-critical"),
];

/// What is estimated from the rules' findings, in the order of [`values`].
fn names() -> Vec<(String, Figure)> {
    let mut names = vec![
        ("score".to_owned(), Figure::Mean),
        ("compliant".to_owned(), Figure::Share),
        ("critical score".to_owned(), Figure::Mean),
    ];
    names.extend(ACCURACIES.map(|(_, name)| (name.to_owned(), Figure::Share)));
    names.extend(Category::ALL.map(|category| (format!("error: {category}"), Figure::Share)));
    names
}

/// The figures of one note; `None` for what it does not tell, such as the score of a note in which no rule applied.
fn values(note: &AuditedNote, book: &Rulebook) -> Vec<Option<f64>> {
    let share = |yes: bool| Some(f64::from(u8::from(yes)));
    let audited = note.language.is_some();
    let failed = |critical| note.findings.iter().any(|finding| book.rules[finding.rule].critical == critical);
    let erred = |category| note.findings.iter().any(|finding| finding.category == category);
    let mut values = vec![
        note.score.value().map(|score| f64::from(score.0) / 10_000.0),
        note.score.complies(book.scorecard.target).and_then(share),
        note.score.critical_value().map(|score| f64::from(score.0) / 10_000.0),
    ];
    values.extend(ACCURACIES.map(|(critical, _)| share(!failed(critical)).filter(|_| audited)));
    values.extend(Category::ALL.map(|category| share(erred(category)).filter(|_| audited)));
    values
}

/// What people said of one note.
#[derive(Default)]
struct Marked {
    /// Failures and judgements by criterion.
    marks: BTreeMap<String, (u32, u32)>,
    /// What the sheet tells of the note, by header.
    told: BTreeMap<&'static str, String>,
}

impl Marked {
    fn share(&self, criterion: &str) -> Option<f64> {
        self.marks.get(criterion).filter(|(_, of)| *of > 0).map(|(failed, of)| f64::from(*failed) / f64::from(*of))
    }
}

/// Headers of a sheet that tell the value of a key.
const TELLING: [(Key, &str); 5] = [
    (Key::Agent, "agent_id"),
    (Key::Language, "language"),
    (Key::Channel, "channel"),
    (Key::CallType, "call_type"),
    (Key::Disposition, "disposition"),
];

/// The value of a key: as the sheet tells it, or the stratum.
fn told(key: Key, marked: Option<&Marked>, manifest: &Manifest, stratum: usize) -> Option<String> {
    let by_stratum = manifest.strata[stratum].by.get(key.name()).cloned().flatten();
    let header = TELLING.iter().find(|(known, _)| *known == key).map(|(_, header)| *header);
    by_stratum.or_else(|| header.and_then(|header| marked?.told.get(header)).filter(|value| !value.is_empty()).cloned())
}

/// Longest part of a cell that a message repeats, in characters: people type into the wrong column.
const LONGEST_CELL: usize = 40;

fn read_marks(
    sheet: &Grid,
    vocabulary: &Vocabulary,
    names: &mut Vec<String>,
    marks: &mut BTreeMap<(String, u32), Marked>,
) -> Result<(), SamplingError> {
    let fault = |message: String, help: &str| {
        SamplingError::Input(InputError::Form { file: sheet.file.clone(), message, help: help.into() })
    };
    let id = sheet.column("note_id").ok_or_else(|| {
        fault("the sheet has no column note_id".into(), "give the sheet that `acw sample draw` wrote")
    })?;
    // Criteria stand between the note and its reviewer.
    let note = sheet.column("note").unwrap_or(id);
    let reviewer = sheet.column("reviewer").unwrap_or(sheet.headers.len());
    let criteria = || (note + 1..reviewer).filter(|at| !sheet.headers[*at].is_empty());
    for at in criteria().filter(|at| !names.contains(&sheet.headers[*at])).collect::<Vec<_>>() {
        names.push(sheet.headers[at].clone());
    }
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    let mut any = false;
    for row in &sheet.rows {
        let nth = seen.entry(&row[id]).or_default();
        *nth += 1;
        let marked = marks.entry((row[id].clone(), *nth)).or_default();
        for (_, header) in TELLING {
            if let Some(at) = sheet.column(header) {
                marked.told.insert(header, row[at].clone());
            }
        }
        for at in criteria().filter(|at| !row[*at].trim().is_empty()) {
            let name = &sheet.headers[at];
            let Some(answer) = vocabulary.answer(row[at].trim()) else {
                let cell: String = redact::note(&row[at], &[]).chars().take(LONGEST_CELL).collect();
                let message = format!("note {}, {name}: `{cell}` is no mark", row[id]);
                return Err(fault(message, "write fail, pass or n/a, or leave the cell empty"));
            };
            any = true;
            let (failed, of) = marked.marks.entry(name.clone()).or_default();
            *failed += u32::from(answer == Answer::Fail);
            *of += u32::from(answer != Answer::NotApplicable);
        }
    }
    if !any {
        return Err(fault(
            "the sheet holds no mark".into(),
            "fill it, or leave out --sheet to estimate from the rules",
        ));
    }
    Ok(())
}
