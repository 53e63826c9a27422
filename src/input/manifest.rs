//! The manifest that lies beside a sheet: what was drawn, from what, how, and what each note stands for.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{InputError, Options};
use crate::model::sample::{Kind, Plan, SheetForm};

/// Largest manifest that is read, in bytes: a sample of half a million notes.
const LARGEST: u64 = 64 << 20;

/// A sample without its texts, as `acw sample draw` writes it; of a manifest that somebody else wrote, what must be there is the kind
/// and the notes.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Manifest {
    /// The file as the user named it; empty for one that is not read from a file.
    #[serde(skip)]
    pub file: String,
    /// Version of the program.
    #[serde(default)]
    pub acw: String,
    /// Hash of the rules in force at the draw.
    #[serde(default)]
    pub rules: Option<String>,
    /// How the notes came about.
    pub kind: Kind,
    /// Whether the plain picture of the sample is a fair picture of the population, stratum by stratum.
    #[serde(default)]
    pub representative: bool,
    /// What may be done with the sample.
    #[serde(default)]
    pub about: String,
    /// The seed.
    #[serde(default)]
    pub seed: u64,
    /// The exports as the user named them.
    #[serde(default)]
    pub inputs: Vec<String>,
    /// How they were read, so that nobody has to say it again.
    #[serde(default)]
    pub reading: Option<Options>,
    /// Names what they held: the same notes give the same, in any order; empty where it is not told.
    #[serde(default)]
    pub export: String,
    /// Notes that they held.
    #[serde(default)]
    pub read: u64,
    /// Notes that could be drawn.
    #[serde(default)]
    pub population: Option<u64>,
    /// Notes drawn.
    #[serde(default)]
    pub drawn: u64,
    /// What was asked for.
    #[serde(default)]
    pub plan: Option<Plan>,
    /// How the sheet is written.
    #[serde(default)]
    pub sheet: SheetForm,
    /// The strata; one, where none were asked for.
    #[serde(default)]
    pub strata: Vec<Stratum>,
    /// The notes, in the order of the sheet.
    pub notes: Vec<Drawn>,
    /// Notes that others stand in for.
    #[serde(default)]
    pub replaced: Vec<Replaced>,
}

/// A stratum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stratum {
    /// Its values by key; null where the export does not tell one.
    #[serde(default)]
    pub by: BTreeMap<String, Option<String>>,
    /// Its notes.
    #[serde(default)]
    pub population: u64,
    /// Those drawn.
    #[serde(default)]
    pub drawn: u64,
    /// Notes that each drawn one stands for; null where they differ or stand for none but themselves.
    #[serde(default)]
    pub weight: Option<f64>,
}

/// A drawn note.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Drawn {
    /// Its identifier.
    pub note: String,
    /// Which of several notes of that identifier, counted from 1.
    #[serde(default = "first", skip_serializing_if = "is_first")]
    pub nth: u32,
    /// Index of its stratum.
    #[serde(default)]
    pub stratum: usize,
    /// Notes of the population that it stands for, itself included: at least 1; `None` in targeted samples, or where nothing tells it.
    #[serde(default)]
    pub weight: Option<f64>,
    /// Why it was drawn, where not by chance alone.
    #[serde(default)]
    pub reason: Option<String>,
}

/// A note that another stands in for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaced {
    /// The note that was drawn.
    pub note: String,
    /// Which of several notes of that identifier, counted from 1.
    #[serde(default = "first", skip_serializing_if = "is_first")]
    pub nth: u32,
    /// Index of its stratum.
    #[serde(default)]
    pub stratum: usize,
    /// The note in its place.
    pub by: String,
    /// Why, in the words of who replaced it.
    #[serde(default)]
    pub why: String,
}

const fn first() -> u32 {
    1
}

const fn is_first(nth: &u32) -> bool {
    *nth == 1
}

impl Manifest {
    /// Reads a manifest. A note without a weight of its own has that of its stratum; in a random sample without any weight every
    /// note has the same share of the population, where that is told.
    ///
    /// # Errors
    /// A file that cannot be read, or is no manifest; a weight that is none.
    pub fn read(path: &Path) -> Result<Self, InputError> {
        let file = path.display().to_string();
        let unreadable = |message: String| InputError::Form {
            file: file.clone(),
            message,
            help: "name what `acw sample draw` wrote".into(),
        };
        let mut text = String::new();
        let read = std::fs::File::open(path).and_then(|opened| opened.take(LARGEST + 1).read_to_string(&mut text));
        if read.map_err(|error| unreadable(format!("cannot be read: {error}")))? as u64 > LARGEST {
            return Err(unreadable(format!("the file is larger than {} MiB", LARGEST >> 20)));
        }
        let manifest: Manifest = serde_json::from_str(text.trim_start_matches('\u{feff}'))
            .map_err(|error| broken(&file, &error.to_string()))?;
        Manifest { file, ..manifest }.weighed()
    }

    /// Why it is of no use, for a message.
    pub fn broken(&self, fault: &str) -> InputError {
        broken(&self.file, fault)
    }

    /// Gives notes the weights that stand elsewhere in the manifest.
    fn weighed(mut self) -> Result<Self, InputError> {
        for drawn in &mut self.notes {
            drawn.weight = drawn.weight.or_else(|| self.strata.get(drawn.stratum)?.weight);
        }
        if self.kind == Kind::Random && self.notes.iter().all(|drawn| drawn.weight.is_none()) {
            let share = self.population.map(|population| population as f64 / self.notes.len() as f64);
            self.notes.iter_mut().for_each(|drawn| drawn.weight = share.filter(|share| *share >= 1.0));
        }
        let stands = |weight: f64| weight.is_finite() && weight >= 1.0;
        match self.notes.iter().find(|drawn| drawn.weight.is_some_and(|weight| !stands(weight))) {
            Some(drawn) => {
                let note = &drawn.note;
                Err(self.broken(&format!("note {note}: a weight is a number from 1, for a note stands for itself")))
            }
            None => Ok(self),
        }
    }

    /// The manifest as it is written.
    ///
    /// # Errors
    /// A number that JSON cannot hold.
    pub fn text(&self) -> io::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// Why figures of the sample must not be given for the population; `None` where they may.
    ///
    /// A sample that looked for errors has more of them than the population; only different weights, one for every note, undo
    /// that.
    pub fn refusal(&self) -> Option<String> {
        let kind = self.kind.name();
        let weights = || self.notes.iter().map(|note| note.weight);
        let weighted = !self.notes.is_empty() && weights().all(|weight| weight.is_some());
        let (least, most) = weights()
            .flatten()
            .fold((f64::INFINITY, 0.0f64), |(least, most), weight| (least.min(weight), most.max(weight)));
        let biased = match self.kind {
            Kind::Random | Kind::Stratified => !self.representative,
            Kind::RiskBased => !self.representative && most <= least,
            Kind::Targeted => true,
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

fn broken(file: &str, fault: &str) -> InputError {
    InputError::Form {
        file: file.to_owned(),
        message: format!("no manifest of a sample: {fault}"),
        help:
            "leave the file as `acw sample draw` wrote it, or draw the sample again: the same call draws the same notes"
                .into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Manifest, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("manifest.json");
        std::fs::write(&path, text).unwrap();
        Manifest::read(&path).map_err(|error| error.to_string())
    }

    fn refused(text: &str) -> bool {
        read(text).unwrap().refusal().is_some()
    }

    fn weights(manifest: &Manifest) -> Vec<Option<f64>> {
        manifest.notes.iter().map(|drawn| drawn.weight).collect()
    }

    #[test]
    fn weights_come_from_notes_strata_or_the_kind() {
        let stratified = read(
            r#"{"kind": "stratified", "representative": true, "strata": [{"by": {"team": "A"}, "population": 40, "drawn": 2, "weight": 20}],
                "notes": [{"note": "1", "stratum": 0, "weight": null}, {"note": "2", "stratum": 0, "weight": 5.5}]}"#,
        )
        .unwrap();
        assert_eq!(weights(&stratified), [Some(20.0), Some(5.5)]);
        let random = r#""kind": "random", "representative": true, "notes": [{"note": "1"}, {"note": "2"}]"#;
        let told = read(&format!("{{\"population\": 9, {random}}}")).unwrap();
        assert_eq!((weights(&told), told.refusal()), (vec![Some(4.5); 2], None));
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

    #[test]
    fn how_an_export_was_read_comes_back_as_it_was_written() {
        let columns = vec!["language==es".parse().unwrap(), "note=Observaciones".parse().unwrap()];
        let reading = Options { encoding: Some("windows-1252".into()), columns, ..Options::default() };
        let written = Manifest { reading: Some(reading.clone()), ..Manifest::default() };
        let back = read(&written.text().unwrap()).unwrap();
        assert_eq!(back.reading, Some(reading));
        assert!(written.text().unwrap().contains(r#""language": "=es""#));
        assert_eq!(read(r#"{"kind": "random", "notes": []}"#).unwrap().reading, None);
    }
}
