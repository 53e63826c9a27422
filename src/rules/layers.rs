//! Which packs lie over each other: the built-in one at the bottom, then what a folder extends, then the folder.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{RuleChange, RulesError};
use crate::embed::Library;
use crate::yaml::Source;

/// The file in which a pack says what it is.
const FILE: &str = "pack.yaml";
/// Where the files of a pack stand.
const FOLDERS: [&str; 4] = ["core/", "lang/", "presets/", "profiles/"];
/// The name of the pack inside the binary, for `extends`.
const BUILT_IN: &str = "built-in";
/// Deepest chain of packs that extend each other.
const MOST_PACKS: usize = 16;

/// `pack.yaml` as written, all of it optional.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackSpec {
    /// Whose rules these are, for people.
    #[serde(default)]
    pub name: Option<String>,
    /// What lies below, lowest first: `built-in`, or folders relative to this one; `[]` for nothing. Absent: `[built-in]`.
    #[serde(default)]
    pub extends: Option<Vec<String>>,
    /// What is changed of the rules below, by id.
    #[serde(default)]
    pub change: BTreeMap<String, RuleChange>,
}

/// One pack of the stack.
#[derive(Debug)]
pub(super) struct Layer {
    /// What it says of itself, with its file.
    pub(super) spec: Option<(Arc<Source>, PackSpec)>,
    /// Its YAML files by name relative to its folder.
    pub(super) sources: BTreeMap<String, Arc<Source>>,
    /// SHA-256 of each of them.
    pub(super) digests: BTreeMap<String, String>,
}

/// The packs from the lowest to the folder itself; the built-in one alone, where no folder is named.
pub(super) fn stack(folder: Option<&Path>) -> Result<Vec<Layer>, RulesError> {
    let mut layers = Vec::new();
    match folder {
        None => layers.push(layer(&Library::embedded("rules"))?),
        Some(folder) => push(folder, &mut Followed::default(), &mut layers)?,
    }
    Ok(layers)
}

/// The packs that are pushed already, and those whose own `extends` is being followed.
#[derive(Debug, Default)]
struct Followed {
    done: Vec<PathBuf>,
    open: Vec<PathBuf>,
}

/// Pushes what `folder` extends, then `folder`; each pack once, where it is first asked for.
fn push(folder: &Path, followed: &mut Followed, layers: &mut Vec<Layer>) -> Result<(), RulesError> {
    let place = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    if followed.done.contains(&place) {
        return Ok(());
    }
    let own = layer(&Library::folder(folder).map_err(RulesError::Folder)?)?;
    // Nothing in it would be said of a folder that was named by mistake.
    if !own.sources.keys().any(|name| name == FILE || FOLDERS.iter().any(|folder| name.starts_with(folder))) {
        let message = format!(
            "{}: there are no rules in it; a pack has {FILE}, or YAML files in core/, lang/, presets/ or profiles/",
            folder.display()
        );
        return Err(RulesError::Folder(io::Error::new(io::ErrorKind::NotFound, message)));
    }
    followed.open.push(place.clone());
    let extends = own.spec.as_ref().and_then(|(_, spec)| spec.extends.clone());
    for below in extends.unwrap_or_else(|| vec![BUILT_IN.to_owned()]) {
        if below == BUILT_IN {
            if !followed.done.iter().any(|done| done == Path::new(BUILT_IN)) {
                followed.done.push(BUILT_IN.into());
                layers.push(layer(&Library::embedded("rules"))?);
            }
            continue;
        }
        let path = folder.join(&below);
        let fault = |message: String, help: &str| match &own.spec {
            Some((source, _)) => source.fault_at(&["extends:", &below], message, help).into(),
            None => RulesError::Build(message),
        };
        if !path.is_dir() {
            return Err(fault(
                format!("`{below}` is no folder of rules"),
                "name a folder relative to this file, or `built-in`",
            ));
        }
        if followed.open.len() > MOST_PACKS {
            return Err(fault(format!("packs extend packs {MOST_PACKS} deep"), "join some of them"));
        }
        if followed.open.contains(&path.canonicalize().unwrap_or_else(|_| path.clone())) {
            return Err(fault(format!("`{below}` extends this pack itself"), "take one of the two `extends` out"));
        }
        push(&path, followed, layers)?;
    }
    followed.open.pop();
    followed.done.push(place);
    layers.push(own);
    Ok(())
}

fn layer(library: &Library) -> Result<Layer, RulesError> {
    let files = || library.files().filter(|(name, _)| name.ends_with(".yaml"));
    let sources: BTreeMap<String, Arc<Source>> = files()
        .map(|(name, file)| (name.to_owned(), Arc::new(Source::of(file.path.clone(), file.text.clone()))))
        .collect();
    let digests = files().map(|(name, file)| (name.to_owned(), file.digest.to_string())).collect();
    let spec = match sources.get(FILE) {
        Some(source) => Some((Arc::clone(source), source.parse()?)),
        None => None,
    };
    Ok(Layer { spec, sources, digests })
}
