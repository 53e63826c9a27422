//! The manifest that lies beside a sheet: how its notes were drawn.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::{InputError, io_error};

/// How the notes of a sheet were chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SampleKind {
    /// Every note equally likely.
    Random,
    /// So many of each stratum.
    Stratified,
    /// Likelier, the more speaks for an error.
    RiskBased,
    /// Named ones.
    Targeted,
}

impl SampleKind {
    /// The name in manifests and outputs.
    pub const fn name(self) -> &'static str {
        match self {
            SampleKind::Random => "random",
            SampleKind::Stratified => "stratified",
            SampleKind::RiskBased => "risk_based",
            SampleKind::Targeted => "targeted",
        }
    }
}

/// A drawn note.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DrawnNote {
    /// Index of its stratum.
    pub stratum: usize,
    /// How many notes of the population it stands for, itself included: at least 1; `None` where nothing tells it.
    pub weight: Option<f64>,
}

/// A manifest, as far as the sheet's figures need it.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    /// The file as the user named it.
    pub file: String,
    /// Hash of the rules under which the sample was drawn.
    pub rules: Option<String>,
    /// How it was drawn.
    pub kind: SampleKind,
    /// Whether figures of it stand for the population.
    pub representative: bool,
    /// Notes of the population.
    pub population: Option<u64>,
    /// The drawn notes, by identifier.
    pub notes: BTreeMap<String, DrawnNote>,
    /// Notes that were replaced by others.
    pub replaced: u64,
}

#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    rules: Option<String>,
    kind: SampleKind,
    #[serde(default)]
    representative: bool,
    #[serde(default)]
    population: Option<u64>,
    #[serde(default)]
    strata: Vec<Stratum>,
    notes: Vec<Drawn>,
    #[serde(default)]
    replaced: Vec<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Stratum {
    #[serde(default)]
    weight: Option<f64>,
}

#[derive(Deserialize)]
struct Drawn {
    note: String,
    #[serde(default)]
    stratum: Option<usize>,
    #[serde(default)]
    weight: Option<f64>,
}

/// Reads a manifest. A note without a weight of its own has that of its stratum; in a random sample without any weight every
/// note has the same share of the population, where that is told.
///
/// # Errors
/// A file that cannot be read, or is no manifest; a weight that is none.
pub fn read_manifest(path: &Path) -> Result<Manifest, InputError> {
    let text = std::fs::read_to_string(path).map_err(|error| io_error(path, &error))?;
    let fault = |message: String| InputError::Form {
        file: path.display().to_string(),
        message,
        help: "give the manifest that was written beside the sheet, as it was written".into(),
    };
    let written: Written = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|e| fault(format!("no manifest of a sample: {e}")))?;
    let mut notes = BTreeMap::new();
    for drawn in &written.notes {
        let stratum = drawn.stratum.unwrap_or_default();
        let weight = drawn.weight.or_else(|| written.strata.get(stratum)?.weight);
        if weight.is_some_and(|weight| !(weight.is_finite() && weight >= 1.0)) {
            return Err(fault(format!(
                "note {}: a weight is a number from 1, for a note stands for itself",
                drawn.note
            )));
        }
        notes.insert(drawn.note.clone(), DrawnNote { stratum, weight });
    }
    if written.kind == SampleKind::Random && notes.values().all(|note| note.weight.is_none()) {
        let share = written.population.map(|population| population as f64 / notes.len() as f64);
        notes.values_mut().for_each(|note| note.weight = share.filter(|share| *share >= 1.0));
    }
    Ok(Manifest {
        file: path.display().to_string(),
        rules: written.rules,
        kind: written.kind,
        representative: written.representative,
        population: written.population,
        notes,
        replaced: written.replaced.len() as u64,
    })
}

impl Manifest {
    /// Why figures of the sample must not be given for the population; `None` where they may.
    ///
    /// A sample that looked for errors has more of them than the population; only different weights, one for every note, undo
    /// that.
    pub fn refusal(&self) -> Option<String> {
        let kind = self.kind.name();
        let weights = || self.notes.values().map(|note| note.weight);
        let weighted = !self.notes.is_empty() && weights().all(|weight| weight.is_some());
        let (least, most) = weights()
            .flatten()
            .fold((f64::INFINITY, 0.0f64), |(least, most), weight| (least.min(weight), most.max(weight)));
        let biased = match self.kind {
            SampleKind::Random | SampleKind::Stratified => !self.representative,
            SampleKind::RiskBased => !self.representative && most <= least,
            SampleKind::Targeted => true,
        };
        if biased {
            Some(format!(
                "the sample is {kind} and not representative: it says nothing of how frequent errors are elsewhere"
            ))
        } else if !weighted {
            Some(format!("the sample is {kind}, and its manifest gives no weight for some of its notes"))
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Manifest, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("manifest.json");
        std::fs::write(&path, text).unwrap();
        read_manifest(&path).map_err(|error| error.to_string())
    }

    fn refused(text: &str) -> bool {
        read(text).unwrap().refusal().is_some()
    }

    #[test]
    fn weights_come_from_notes_strata_or_the_kind() {
        let stratified = read(
            r#"{"kind": "stratified", "representative": true, "strata": [{"by": {"team": "A"}, "population": 40, "drawn": 2, "weight": 20}],
                "notes": [{"note": "1", "stratum": 0, "weight": null}, {"note": "2", "stratum": 0, "weight": 5.5}]}"#,
        )
        .unwrap();
        assert_eq!((stratified.notes["1"].weight, stratified.notes["2"].weight), (Some(20.0), Some(5.5)));
        let random = r#""kind": "random", "representative": true, "notes": [{"note": "1"}, {"note": "2"}]"#;
        let told = read(&format!("{{\"population\": 9, {random}}}")).unwrap();
        assert_eq!((told.notes["1"].weight, told.refusal()), (Some(4.5), None));
        assert!(refused(&format!("{{{random}}}")), "nothing tells what a note stands for");
    }

    #[test]
    fn a_biased_sample_is_refused_unless_it_is_weighted() {
        let of = |kind: &str, weights: [&str; 2]| {
            refused(&format!(
                r#"{{"kind": "{kind}", "notes": [{{"note": "1", "weight": {}}}, {{"note": "2", "weight": {}}}]}}"#,
                weights[0], weights[1]
            ))
        };
        assert!(of("risk_based", ["null", "null"]) && of("risk_based", ["1", "1"]) && of("risk_based", ["1", "null"]));
        assert!(!of("risk_based", ["1.5", "20"]));
        assert!(of("targeted", ["1.5", "20"]) && of("random", ["2", "2"]), "not said to be representative");
    }

    #[test]
    fn faults_have_a_place_and_a_remedy() {
        let error = read("{\"kind\": \"random\",\n \"notes\": 3}").unwrap_err();
        assert!(error.contains("manifest.json") && error.contains("line 2") && error.contains("help:"), "{error}");
        assert!(read(r#"{"kind": "lucky", "notes": []}"#).is_err());
        assert!(read(r#"{"kind": "random", "notes": [{"note": "1", "weight": 0}]}"#).unwrap_err().contains("note 1"));
    }
}
