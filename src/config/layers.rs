//! Where settings come from, the later over the earlier: files that `acw.yaml` extends, `acw.yaml` itself, environment variables.
//!
//! Maps are laid over each other key by key; everything else, lists among it, is replaced. Paths in a file are relative to that file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::{CACHE, ConfigError, FILE, Spec};
use crate::files::folder_of;
use crate::yaml::{self, Source};

/// Names of environment variables that set something begin so: `ACW_TARGET`, `ACW_FIGURES__MIN_NOTES`.
pub const VARIABLE: &str = "ACW_";
/// Most files that extend each other.
const DEEPEST: usize = 10;
/// Settings that are paths.
const PATHS: [&[&str]; 6] =
    [&["rules"], &["decisions"], &["history"], &["history", "file"], &["history", "salt_file"], &["acw", "roster"]];
/// A folder with one of these is the top of a project: no configuration is looked for above it.
const TOPS: [&str; 3] = [".git", ".hg", ".svn"];

/// Settings as written, in layers.
#[derive(Debug, Clone, Default)]
pub struct Layers {
    /// What comes of all of them.
    pub(super) spec: Spec,
    /// The file that was named or found.
    pub(super) file: Option<PathBuf>,
    merged: Value,
    sources: Vec<Source>,
    /// Which source each value comes from, by its path: `figures.min_notes`.
    origins: BTreeMap<String, usize>,
    /// Variables that begin like settings and are none, with what may have been meant.
    strangers: Vec<(String, String)>,
}

/// A value in force and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// Its path: `figures.min_notes`.
    pub path: String,
    /// The value as JSON.
    pub value: Value,
    /// The file and line, or the variable.
    pub origin: String,
}

/// The file in force: the one that was named, or the first `acw.yaml` of the working folder and those above it, or else of the folder
/// of the first input and those above it. Nothing is looked for above a project's top (a folder with `.git`).
pub fn found(named: Option<&Path>, inputs: &[PathBuf]) -> Option<PathBuf> {
    let beside = || upwards(own_folder(inputs.first()?));
    named.map(Path::to_owned).or_else(|| upwards(Path::new("."))).or_else(beside)
}

/// The folder that an input is, or stands in; of standard input, the working folder.
fn own_folder(input: &Path) -> &Path {
    if input.is_dir() { input } else { folder_of(input) }
}

fn upwards(folder: &Path) -> Option<PathBuf> {
    // As the user would name it, where it lies in the folder itself; by its whole path above it.
    let own = if folder == Path::new(".") { PathBuf::from(FILE) } else { folder.join(FILE) };
    if own.is_file() {
        return Some(own);
    }
    let whole = std::path::absolute(folder).ok()?;
    let whole = whole.canonicalize().unwrap_or(whole);
    for folder in whole.ancestors() {
        let file = folder.join(FILE);
        if file.is_file() {
            return Some(file);
        }
        if TOPS.iter().any(|top| folder.join(top).exists()) {
            return None;
        }
    }
    None
}

impl Layers {
    /// Reads the file, what it extends, and the variables.
    ///
    /// # Errors
    /// A file that cannot be read, a fault in one of them, files that extend each other in a circle.
    pub fn read(
        file: Option<PathBuf>,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut layers = Layers { merged: Value::Object(Map::new()), ..Layers::default() };
        if let Some(file) = &file {
            layers.add_file(file, &mut Vec::new())?;
        }
        layers.file = file;
        let mut variables: Vec<(String, String)> = variables
            .into_iter()
            .filter(|(name, _)| name.starts_with(VARIABLE) && ![CACHE, "ACW_CONFIG"].contains(&name.as_str()))
            .collect();
        variables.sort();
        for (name, value) in variables {
            layers.add_variable(&name, &value)?;
        }
        // A layer alone is as it was read. Several were each read as a whole, so that what is laid together can be read too: as YAML, to
        // which JSON belongs, for a number may stand there for a name.
        if layers.sources.len() > 1 {
            let together = Source::new(layers.file.clone().unwrap_or_else(|| FILE.into()), layers.merged.to_string());
            layers.spec = together.parse().map_err(|fault| ConfigError::Fault(Box::new(fault)))?;
        }
        Ok(layers)
    }

    fn add_file(&mut self, path: &Path, open: &mut Vec<PathBuf>) -> Result<(), ConfigError> {
        let text = yaml::read(path).map_err(|error| ConfigError::Io(path.to_owned(), error))?;
        let source = Source::new(path, text);
        let spec: Spec = if source.text.trim().is_empty() {
            Spec::default()
        } else {
            source.parse().map_err(|fault| ConfigError::Fault(Box::new(fault)))?
        };
        let name = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if open.contains(&name) || open.len() >= DEEPEST {
            let help = "let the files extend each other one way, ten deep at most";
            return Err(fault(&source, &["extends:"], "the files that are extended never end", help));
        }
        open.push(name);
        let folder = path.parent().unwrap_or(Path::new("."));
        for base in spec.extends.iter().flat_map(|extends| &extends.0) {
            let base = folder.join(base);
            if !base.is_file() {
                let message = format!("there is no file `{}`", base.display());
                return Err(fault(&source, &["extends:"], &message, "name a file, relative to this one"));
            }
            self.add_file(&base, open)?;
        }
        open.pop();
        let mut value: Value = source.parse().unwrap_or_default();
        if let Some(map) = value.as_object_mut() {
            map.remove("extends");
        }
        for path in PATHS {
            if let Some(Value::String(written)) = at(&mut value, path) {
                *written = folder.join(&*written).display().to_string();
            }
        }
        self.spec = spec.within(folder);
        self.add(source, value);
        Ok(())
    }

    fn add_variable(&mut self, name: &str, written: &str) -> Result<(), ConfigError> {
        let path: Vec<String> = name[VARIABLE.len()..].to_lowercase().split("__").map(str::to_owned).collect();
        let scalar: Value = Source::new(name, written).parse().unwrap_or_else(|_| Value::String(written.to_owned()));
        let scalar = if scalar.is_null() { Value::String(written.to_owned()) } else { scalar };
        let value = path.iter().rev().fold(scalar, |value, key| Value::Object(Map::from_iter([(key.clone(), value)])));
        let source = Source::new(format!("environment variable {name}"), value.to_string());
        match source.parse::<Spec>() {
            Ok(spec) => {
                self.spec = spec;
                self.add(source, value);
            }
            Err(fault) if fault.message.contains("unknown field") => self.strangers.push((name.to_owned(), fault.help)),
            Err(fault) => return Err(ConfigError::Fault(Box::new(fault))),
        }
        Ok(())
    }

    fn add(&mut self, source: Source, value: Value) {
        let index = self.sources.len();
        self.sources.push(source);
        let mut leaves = Vec::new();
        lay(&mut self.merged, value, "", &mut leaves);
        for leaf in leaves {
            let below = format!("{leaf}.");
            self.origins.retain(|path, _| !path.starts_with(&below) && !leaf.starts_with(&format!("{path}.")));
            self.origins.insert(leaf, index);
        }
    }

    /// The source of a value, to tell a fault of it in its place.
    pub(super) fn source(&self, path: &str) -> Source {
        let below = format!("{path}.");
        let index = self.origins.iter().find(|(known, _)| *known == path || known.starts_with(&below)).map(|(_, i)| *i);
        let unknown = || Source::new(self.file.clone().unwrap_or_else(|| FILE.into()), String::new());
        index.map_or_else(unknown, |index| self.sources[index].clone())
    }

    /// A fault of a value in its place.
    pub(super) fn fault(&self, path: &str, message: &str, help: &str) -> ConfigError {
        let source = self.source(path);
        ConfigError::Fault(Box::new(source.fault_at_keys(&path.split('.').collect::<Vec<_>>(), message, help)))
    }

    /// Every value that is set, with where it comes from.
    pub fn stated(&self) -> Vec<Stated> {
        let stated = self.origins.iter().filter_map(|(path, index)| {
            let mut merged = self.merged.clone();
            let split: Vec<&str> = path.split('.').collect();
            let value = at(&mut merged, &split)?.clone();
            let source = &self.sources[*index];
            let place = source.fault_at_keys(&split, "", "");
            let name = source.path.display();
            let origin = if source.path.is_file() { format!("{name}:{}", place.line) } else { name.to_string() };
            Some(Stated { path: path.clone(), value, origin })
        });
        stated.collect()
    }

    /// Variables that begin like settings and are none, with what may have been meant.
    pub fn strangers(&self) -> &[(String, String)] {
        &self.strangers
    }

    /// The file in force.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }
}

fn fault(source: &Source, needles: &[&str], message: &str, help: &str) -> ConfigError {
    ConfigError::Fault(Box::new(source.fault_at(needles, message, help)))
}

/// The value at a path.
fn at<'v>(value: &'v mut Value, path: &[&str]) -> Option<&'v mut Value> {
    path.iter().try_fold(value, |value, key| value.get_mut(*key))
}

/// Lays one value over another; tells the paths of what is set.
fn lay(base: &mut Value, over: Value, path: &str, leaves: &mut Vec<String>) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) if !over.is_empty() => {
            for (key, value) in over {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                lay(base.entry(key).or_insert(Value::Null), value, &path, leaves);
            }
        }
        (base, Value::Object(over)) if !over.is_empty() => {
            *base = Value::Object(Map::new());
            lay(base, Value::Object(over), path, leaves);
        }
        (_, Value::Null) => {}
        (base, over) => {
            *base = over;
            if !path.is_empty() {
                leaves.push(path.to_owned());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(files: &[(&str, &str)], variables: &[(&str, &str)]) -> Result<Layers, String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            std::fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
            std::fs::write(folder.path().join(name), content).unwrap();
        }
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let path = folder.path().join(files[0].0);
        Layers::read(Some(path), variables).map_err(|error| error.to_string())
    }

    #[test]
    fn later_layers_lie_over_earlier_ones_key_by_key() {
        let alone =
            read(&[("acw.yaml", "rules: pack\ncontract: {duplicates: {of: note_id, at_most: 3}}\n")], &[]).unwrap();
        assert!(alone.spec.contract.is_some() && alone.spec.rules.as_ref().unwrap().parent() != Some(Path::new("")));
        let files = [
            (
                "a/acw.yaml",
                "extends: ../house.yaml\nfigures: {min_notes: 5}\noff: [praise]\ncontract: {unreadable: 3}\n",
            ),
            (
                "house.yaml",
                "target: 80\nfigures:\n  min_notes: 20\n  confidence: 90\nrules: pack\noff: [insult, gibberish]\n",
            ),
        ];
        let layers = read(&files, &[("ACW_TARGET", "85"), ("ACW_FIGURES__PERIOD", "week"), ("OTHER", "1")]).unwrap();
        let spec = &layers.spec;
        assert_eq!((spec.target, spec.figures.min_notes, spec.figures.confidence), (Some(85), Some(5), Some(90)));
        assert_eq!(spec.off, ["praise"]);
        assert!(spec.rules.as_ref().unwrap().ends_with("pack") && spec.rules.as_ref().unwrap() != Path::new("pack"));
        let origin = |path: &str| layers.stated().into_iter().find(|s| s.path == path).unwrap().origin;
        assert_eq!(origin("target"), "environment variable ACW_TARGET");
        assert_eq!(layers.stated().len(), 7, "{:?}", layers.stated());
    }

    #[test]
    fn faults_are_told_in_the_layer_that_has_them() {
        let circle = [("acw.yaml", "extends: b.yaml\n"), ("b.yaml", "extends: acw.yaml\n")];
        assert!(read(&circle, &[]).unwrap_err().contains("never end"));
        let missing = [("acw.yaml", "target: 90\nextends: house.yaml\n")];
        assert!(read(&missing, &[]).unwrap_err().contains("acw.yaml:2:1"));
        let fault = [("acw.yaml", "extends: b.yaml\n"), ("b.yaml", "tarket: 1\n")];
        assert!(read(&fault, &[]).unwrap_err().contains("b.yaml:1:1"));
        let variable = read(&[("acw.yaml", "")], &[("ACW_TARGET", "high")]).unwrap_err();
        assert!(variable.contains("environment variable ACW_TARGET"), "{variable}");
    }

    #[test]
    fn variables_that_are_no_setting_are_told_with_the_nearest() {
        let layers = read(&[("acw.yaml", "")], &[("ACW_TARGTE", "80")]).unwrap();
        assert_eq!(layers.strangers(), [("ACW_TARGTE".to_owned(), "did you mean `target`?".to_owned())]);
    }

    #[test]
    fn the_file_is_looked_for_upwards_to_the_top_of_the_project() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("project/exports/may");
        std::fs::create_dir_all(&deep).unwrap();
        std::fs::write(folder.path().join(FILE), "target: 1\n").unwrap();
        std::fs::create_dir(folder.path().join("project/.git")).unwrap();
        let input = deep.join("n.csv");
        assert_eq!(upwards(own_folder(&input)), None, "the one above the project is not its own");
        std::fs::write(folder.path().join("project").join(FILE), "target: 2\n").unwrap();
        assert!(upwards(own_folder(&input)).unwrap().ends_with("project/acw.yaml"));
        assert!(upwards(own_folder(&deep)).unwrap().ends_with("project/acw.yaml"), "a folder is an input too");
        assert_eq!((own_folder(Path::new("-")), own_folder(Path::new("n.csv"))), (Path::new("."), Path::new(".")));
    }
}
