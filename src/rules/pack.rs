//! Loads the packs: core, languages, and a folder of the user's laid over them.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

use super::{LanguageSpec, RuleFile, RuleSpec, RuleText, RulesError, Scorecard};
use crate::embed::Library;
use crate::text::Lexicon;
use crate::yaml::Source;

/// All rule files, parsed and merged, not yet compiled.
#[derive(Debug)]
pub struct Packs {
    /// Rules with the file each came from, in the order of the files' names.
    pub rules: Vec<(Arc<Source>, RuleSpec)>,
    /// Languages by code.
    pub languages: BTreeMap<String, LanguagePack>,
    /// Weights and target.
    pub scorecard: Scorecard,
    /// Header aliases that belong to no language: role to headers.
    pub columns: BTreeMap<String, Vec<String>>,
    /// Hash of every rule file's text, hexadecimal.
    pub hash: String,
}

/// One language as its folder has it.
#[derive(Debug)]
pub struct LanguagePack {
    /// What it says of itself.
    pub spec: LanguageSpec,
    /// Its word lists, laid over those of every language.
    pub lexicon: Lexicon,
    /// Texts by rule id, with their file.
    pub texts: Option<(Arc<Source>, BTreeMap<String, RuleText>)>,
    /// Header aliases: role to headers.
    pub columns: BTreeMap<String, Vec<String>>,
    /// Character variants to fold: traditional to simplified.
    pub variants: HashMap<char, char>,
    /// Who reads a note, by key.
    pub readers: BTreeMap<String, String>,
    /// What the pages say, by key, with its file; `None` where pages cannot be written in this language.
    pub wording: Option<(Arc<Source>, BTreeMap<String, String>)>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Variants {
    pairs: Vec<String>,
}

impl Packs {
    /// Loads the embedded packs, with the folder `overlay` laid over them.
    ///
    /// # Errors
    /// The first fault of a file, or the folder that cannot be read.
    pub fn load(overlay: Option<&Path>) -> Result<Self, RulesError> {
        let mut library = Library::embedded("rules");
        if let Some(folder) = overlay {
            library.overlay(folder).map_err(RulesError::Folder)?;
        }
        let sources: BTreeMap<&str, Arc<Source>> = library
            .below("")
            .filter(|(name, _)| name.ends_with(".yaml"))
            .map(|(name, file)| (name, Arc::new(Source::new(file.path.clone(), file.text.as_str()))))
            .collect();

        let mut rules: Vec<(Arc<Source>, RuleSpec)> = Vec::new();
        let mut core_lists = Lexicon::default();
        let mut columns = BTreeMap::new();
        let mut scorecard = None;
        for (name, source) in below(&sources, "core/") {
            match name {
                "scorecard.yaml" => scorecard = Some(source.parse::<Scorecard>()?),
                "columns.yaml" => columns = source.parse()?,
                _ if name.starts_with("words/") => core_lists.add(Arc::clone(source))?,
                _ => {
                    for rule in source.parse::<RuleFile>()?.rules {
                        check_rule(source, &rule, &rules)?;
                        rules.push((Arc::clone(source), rule));
                    }
                }
            }
        }
        let codes: Vec<String> = {
            let mut codes: Vec<String> =
                below(&sources, "lang/").filter_map(|(name, _)| Some(name.split_once('/')?.0.to_owned())).collect();
            codes.dedup();
            codes
        };
        let mut languages = BTreeMap::new();
        for code in codes {
            let pack = load_language(&sources, &code, &core_lists, &rules)?;
            languages.insert(code, pack);
        }
        check_wording(&languages)?;
        let Some(scorecard) = scorecard else {
            return Err(RulesError::Build("core/scorecard.yaml is missing".into()));
        };
        Ok(Packs { rules, languages, scorecard, columns, hash: hash(&sources) })
    }
}

fn below<'s>(
    sources: &'s BTreeMap<&'s str, Arc<Source>>,
    folder: &'s str,
) -> impl Iterator<Item = (&'s str, &'s Arc<Source>)> {
    sources.iter().filter_map(move |(name, source)| Some((name.strip_prefix(folder)?, source)))
}

fn load_language(
    sources: &BTreeMap<&str, Arc<Source>>,
    code: &str,
    core_lists: &Lexicon,
    rules: &[(Arc<Source>, RuleSpec)],
) -> Result<LanguagePack, RulesError> {
    let folder = format!("lang/{code}/");
    let mut pack = LanguagePack {
        spec: match sources.get(format!("{folder}language.yaml").as_str()) {
            Some(source) => source.parse()?,
            None => return Err(RulesError::Build(format!("rules/{folder} has no language.yaml"))),
        },
        lexicon: core_lists.clone(),
        texts: None,
        columns: BTreeMap::new(),
        variants: HashMap::new(),
        readers: BTreeMap::new(),
        wording: None,
    };
    for (name, source) in below(sources, &folder) {
        match name {
            "columns.yaml" => pack.columns = source.parse()?,
            "readers.yaml" => pack.readers = source.parse()?,
            "report.yaml" => pack.wording = Some((Arc::clone(source), source.parse()?)),
            "traditional.yaml" => pack.variants = variants(source)?,
            "texts.yaml" => {
                let texts: BTreeMap<String, RuleText> = source.parse()?;
                for id in texts.keys() {
                    if !rules.iter().any(|(_, rule)| rule.id == *id) {
                        let near = crate::yaml::nearest(id, rules.iter().map(|(_, r)| r.id.as_str()));
                        let help =
                            near.map_or("remove it, or add the rule".to_owned(), |n| format!("did you mean `{n}`?"));
                        return Err(source
                            .fault_at(&[&format!("{id}:")], format!("texts for an unknown rule `{id}`"), help)
                            .into());
                    }
                }
                pack.texts = Some((Arc::clone(source), texts));
            }
            _ if name.starts_with("words/") => pack.lexicon.add(Arc::clone(source))?,
            _ => {}
        }
    }
    Ok(pack)
}

/// A text that one language's pages have and another's lack would be found only when that page is written.
fn check_wording(languages: &BTreeMap<String, LanguagePack>) -> Result<(), RulesError> {
    let files: Vec<_> = languages.values().filter_map(|pack| pack.wording.as_ref()).collect();
    for (source, wording) in &files {
        for (other, texts) in &files {
            if let Some(key) = texts.keys().find(|key| !wording.contains_key(*key)) {
                let near =
                    crate::yaml::nearest(key, wording.keys().map(String::as_str).filter(|k| !texts.contains_key(*k)));
                let help = match near {
                    Some(near) => format!("`{near}` stands here and not there: one of the two is misspelt"),
                    None => format!("add it; {} has it", other.path.display()),
                };
                let place = near.map(|near| format!("{near}:"));
                let place: Vec<&str> = place.iter().map(String::as_str).collect();
                return Err(source.fault_at(&place, format!("the text `{key}` is missing"), help).into());
            }
        }
    }
    Ok(())
}

fn variants(source: &Arc<Source>) -> Result<HashMap<char, char>, RulesError> {
    let mut out = HashMap::new();
    for pair in source.parse::<Variants>()?.pairs {
        let halves = pair.split_once(' ').filter(|(from, to)| from.chars().count() == to.chars().count());
        let Some((from, to)) = halves else {
            return Err(source
                .fault_at(
                    &[&pair],
                    "the two halves are not equally long",
                    "write as many simplified as traditional characters",
                )
                .into());
        };
        out.extend(from.chars().zip(to.chars()).filter(|(from, to)| from != to));
    }
    Ok(out)
}

/// What must be true of a rule whatever the language.
fn check_rule(source: &Arc<Source>, rule: &RuleSpec, earlier: &[(Arc<Source>, RuleSpec)]) -> Result<(), RulesError> {
    let place = [format!("id: {}", rule.id)];
    let place: Vec<&str> = place.iter().map(String::as_str).collect();
    let well_named =
        !rule.id.is_empty() && rule.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !well_named {
        return Err(source
            .fault_at(&place, format!("`{}` is no rule id", rule.id), "use small letters, digits and hyphens")
            .into());
    }
    if earlier.iter().any(|(_, other)| other.id == rule.id) {
        return Err(source
            .fault_at(&place, format!("the rule `{}` is there twice", rule.id), "give one of the two another id")
            .into());
    }
    if let Err(message) = rule.check.kind().validate() {
        return Err(source
            .fault_at(
                &place,
                format!("in rule `{}`: {message}", rule.id),
                "see rules/README.md for the kinds of checks",
            )
            .into());
    }
    Ok(())
}

/// FNV-1a over names and texts, in the order of the names: the same rules give the same hash on any machine.
fn hash(sources: &BTreeMap<&str, Arc<Source>>) -> String {
    let mut state: u64 = 0xcbf2_9ce4_8422_2325;
    for (name, source) in sources {
        for byte in name.bytes().chain([0]).chain(source.text.bytes()).chain([0]) {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    format!("{state:016x}")
}
