//! Loads the packs and merges them, the lower first: rules by id, word lists and texts by name.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use memchr::memmem;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::layers::{self, Layer};
use super::scorecard::ScorecardSpec;
use super::{
    Examples, LanguageSpec, ProfileSpec, RuleChange, RuleFile, RuleSpec, RuleText, RulesError, Scorecard, Shelf,
};
use crate::input::{Preset, PresetSpec};
use crate::text::Lexicon;
use crate::yaml::{Fault, Source, nearest};

/// All rule files, parsed and merged, not yet compiled.
#[derive(Debug, Default)]
pub struct Packs {
    /// Rules with the file each came from, in the order of the packs and of the files' names.
    pub rules: Vec<(Arc<Source>, RuleSpec)>,
    /// Profiles by the name of their file, which is their order.
    pub profiles: BTreeMap<String, (Arc<Source>, ProfileSpec)>,
    /// Languages by code.
    pub languages: BTreeMap<String, LanguagePack>,
    /// Weights and target.
    pub scorecard: Scorecard,
    /// Header aliases that belong to no language: role to headers.
    pub columns: BTreeMap<String, Vec<String>>,
    /// How exports of known systems are read, by the names of their files.
    pub presets: Vec<Preset>,
    /// Hash of every rule file's text, hexadecimal.
    pub hash: String,
    /// Where compiled word lists and what the files of languages say are kept between runs; absent: nowhere.
    pub shelf: Option<Shelf>,
    /// Of each pack, its files of word lists by folder.
    words: Vec<BTreeMap<String, Vec<Arc<Source>>>>,
}

/// One language as its folders have it.
#[derive(Debug)]
pub struct LanguagePack {
    /// What it says of itself.
    pub spec: LanguageSpec,
    /// Its files of word lists, those of every language first, the later laid over the earlier.
    words: Vec<Arc<Source>>,
    /// Lists of forms and meanings that come from no file.
    pub meanings: BTreeMap<String, BTreeMap<String, String>>,
    /// Texts by rule id.
    pub texts: BTreeMap<String, RuleText>,
    /// Examples beside those of the texts, by rule id, with the file each came from.
    examples: Vec<(Arc<Source>, BTreeMap<String, Examples>)>,
    /// Header aliases: role to headers.
    pub columns: BTreeMap<String, Vec<String>>,
    /// Character variants to fold: traditional to simplified.
    pub variants: HashMap<char, char>,
    /// Who reads a note, by key.
    pub readers: BTreeMap<String, String>,
    /// What the pages say, by key, with its last file; `None` where pages cannot be written in this language.
    pub wording: Option<(Arc<Source>, BTreeMap<String, String>)>,
}

impl LanguagePack {
    /// What of it is needed to compile it.
    pub(super) fn to_compile(&self) -> LanguagePack {
        LanguagePack { meanings: self.meanings.clone(), ..LanguagePack::new(self.spec.clone(), self.words.clone()) }
    }

    /// A language of which nothing else is known yet.
    fn new(spec: LanguageSpec, words: Vec<Arc<Source>>) -> Self {
        LanguagePack {
            spec,
            words,
            meanings: BTreeMap::new(),
            texts: BTreeMap::new(),
            examples: Vec::new(),
            columns: BTreeMap::new(),
            variants: HashMap::new(),
            readers: BTreeMap::new(),
            wording: None,
        }
    }

    /// The word lists of the files in which lists have such names, which is quicker than all of them.
    ///
    /// # Errors
    /// The first thing in these files that is no list.
    pub(super) fn lexicon_with(&self, names: &str) -> Result<Lexicon, Fault> {
        let mut lexicon = Lexicon::default();
        let finder = memmem::Finder::new(names);
        for source in self.words.iter().filter(|source| finder.find(source.text.as_bytes()).is_some()) {
            lexicon.add(Arc::clone(source))?;
        }
        Ok(lexicon)
    }

    /// Its word lists as written.
    ///
    /// # Errors
    /// The first thing in the files that is no list.
    pub fn lexicon(&self) -> Result<Lexicon, Fault> {
        let mut lexicon = Lexicon::default();
        for source in &self.words {
            lexicon.add(Arc::clone(source))?;
        }
        for (name, entries) in &self.meanings {
            lexicon.add_meanings(name, entries);
        }
        Ok(lexicon)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Variants {
    pairs: Vec<String>,
}

impl Packs {
    /// Loads the built-in pack and, where a folder is named, what it extends and the folder itself.
    ///
    /// # Errors
    /// The first fault of a file, or the folder that cannot be read.
    pub fn load(folder: Option<&Path>) -> Result<Self, RulesError> {
        Packs::load_kept(folder, None)
    }

    /// The same; what the languages' files say is taken from the shelf, where it was kept.
    ///
    /// # Errors
    /// As [`Packs::load`].
    pub fn load_kept(folder: Option<&Path>, shelf: Option<Shelf>) -> Result<Self, RulesError> {
        let layers = layers::stack(folder)?;
        let mut packs = Packs { hash: hash(&layers), ..Packs::default() };
        let mut core_words = Vec::new();
        for layer in &layers {
            packs.lay_core(layer, &mut core_words)?;
        }
        // A list of every language stands below those of one, whichever pack it comes from.
        packs.lay_languages(&layers, &core_words, shelf.as_ref())?;
        packs.shelf = shelf;
        packs.words = layers.into_iter().map(words_by_folder).collect();
        packs.lay_examples()?;
        check_wording(&packs.languages)?;
        packs.check_profiles()?;
        if packs.rules.is_empty() || packs.languages.is_empty() {
            return Err(RulesError::Build(
                "there are no rules or no languages; a pack that stands alone (`extends: []`) brings its own".into(),
            ));
        }
        Ok(packs)
    }

    /// Switches a rule off everywhere, also in profiles; whether there is such a rule.
    pub fn switch_off(&mut self, id: &str) -> bool {
        for (_, profile) in self.profiles.values_mut() {
            profile.rules.remove(id);
        }
        let rule = self.rules.iter_mut().find(|(_, rule)| rule.id == id);
        rule.map(|(_, rule)| rule.off = true).is_some()
    }

    /// Switches on what is off and what no profile switches on: a rule that is off must keep its word too, for somebody
    /// will switch it on.
    pub fn switch_all_on(&mut self) {
        for (_, rule) in &mut self.rules {
            let by_profile = |(_, profile): &(Arc<Source>, ProfileSpec)| {
                profile.rules.get(&rule.id).is_some_and(|said| said.off == Some(false))
            };
            rule.off &= self.profiles.values().any(by_profile);
        }
    }

    fn lay_core(&mut self, layer: &Layer, core_words: &mut Vec<Arc<Source>>) -> Result<(), RulesError> {
        let below = self.rules.len();
        for (name, source) in below_folder(layer, "core/") {
            match name {
                "scorecard.yaml" => self.scorecard.lay(source.parse::<ScorecardSpec>()?),
                "columns.yaml" => extend_lists(&mut self.columns, source.parse()?),
                _ if name.starts_with("words/") => core_words.push(Arc::clone(source)),
                _ => {
                    for rule in source.parse::<RuleFile>()?.rules {
                        check_rule(source, &rule, &self.rules[below..])?;
                        match self.rules[..below].iter_mut().find(|(_, known)| known.id == rule.id) {
                            Some(known) => *known = (Arc::clone(source), rule),
                            None => self.rules.push((Arc::clone(source), rule)),
                        }
                    }
                }
            }
        }
        for (name, source) in below_folder(layer, "presets/") {
            let id = name.trim_end_matches(".yaml").to_owned();
            let spec = source.parse::<PresetSpec>()?;
            self.presets.retain(|preset| preset.id != id);
            self.presets.push(Preset { id, spec });
        }
        for (name, source) in below_folder(layer, "profiles/") {
            let name = name.trim_end_matches(".yaml").to_owned();
            self.profiles.insert(name, (Arc::clone(source), source.parse()?));
        }
        if let Some((source, spec)) = &layer.spec {
            for (id, change) in &spec.change {
                self.change(id, change, source)?;
            }
        }
        Ok(())
    }

    /// A list that two files of one folder of a pack define: the later would silently win.
    ///
    /// # Errors
    /// The first of them.
    pub(super) fn check_list_names(&self) -> Result<(), RulesError> {
        for sources in self.words.iter().flat_map(BTreeMap::values) {
            let mut seen: HashMap<&str, &Arc<Source>> = HashMap::new();
            for source in sources {
                // The names stand at the start of their lines: the files are long, and reading them twice would double the start.
                let lines = source.text.lines().filter(|line| line.starts_with(|c: char| c.is_alphanumeric()));
                for list in lines.filter_map(|line| line.split_once(':')).map(|(list, _)| list) {
                    if list.ends_with(['+', '-']) {
                        continue;
                    }
                    // In one file it is a key twice, which the file's own reading tells.
                    if let Some(other) = seen.insert(list, source).filter(|other| !Arc::ptr_eq(other, source)) {
                        let message = format!("the list `{list}` is also in {}", other.path.display());
                        let help = "give one of the two another name, or write `name+:` to add to it";
                        return Err(source.fault_at(&[&format!("{list}:")], message, help).into());
                    }
                }
            }
        }
        Ok(())
    }

    fn change(&mut self, id: &str, change: &RuleChange, source: &Source) -> Result<(), RulesError> {
        let Some((_, rule)) = self.rules.iter_mut().find(|(_, rule)| rule.id == id) else {
            return Err(self.unknown(id, &["change:", &format!("{id}:")], source));
        };
        change.apply(rule);
        rule.check.kind().validate().map_err(|message| {
            source.fault_at(
                &["change:", &format!("{id}:")],
                format!("in rule `{id}`: {message}"),
                "see rules/README.md for the kinds of checks",
            )
        })?;
        Ok(())
    }

    /// The fault of a file that names a rule that is not there.
    fn unknown(&self, id: &str, place: &[&str], source: &Source) -> RulesError {
        let near = nearest(id, self.rules.iter().map(|(_, rule)| rule.id.as_str()));
        let help = near.map_or("remove it, or add the rule".to_owned(), |near| format!("did you mean `{near}`?"));
        source.fault_at(place, format!("there is no rule `{id}`"), help).into()
    }

    /// Adds the examples of `examples/` to those of the texts, once all texts are known.
    fn lay_examples(&mut self) -> Result<(), RulesError> {
        for code in self.languages.keys().cloned().collect::<Vec<_>>() {
            let files =
                self.languages.get_mut(&code).map(|pack| std::mem::take(&mut pack.examples)).unwrap_or_default();
            for (source, examples) in files {
                for (id, examples) in examples {
                    let own = self
                        .rules
                        .iter_mut()
                        .find(|(_, rule)| rule.id == id)
                        .and_then(|(_, rule)| rule.texts.get_mut(&code));
                    let laid = match own {
                        Some(text) => Some(text),
                        None => self.languages.get_mut(&code).and_then(|pack| pack.texts.get_mut(&id)),
                    };
                    let Some(text) = laid else {
                        return Err(self.unknown(&id, &[&format!("{id}:")], &source));
                    };
                    text.fires.extend(examples.fires);
                    text.spares.extend(examples.spares);
                }
            }
        }
        Ok(())
    }

    fn check_profiles(&self) -> Result<(), RulesError> {
        for (source, profile) in self.profiles.values() {
            for id in profile.rules.keys() {
                if !self.rules.iter().any(|(_, rule)| rule.id == *id) {
                    return Err(self.unknown(id, &["rules:", &format!("{id}:")], source));
                }
            }
        }
        Ok(())
    }

    fn lay_languages(
        &mut self,
        layers: &[Layer],
        core_words: &[Arc<Source>],
        shelf: Option<&Shelf>,
    ) -> Result<(), RulesError> {
        let files: Vec<_> = layers.iter().map(language_files).collect();
        let digests = layers.iter().flat_map(|layer| &layer.digests);
        let told: Vec<&String> = digests.flat_map(|(name, digest)| [name, digest]).collect();
        let kept = shelf.map(|shelf| (shelf, shelf.file("texts", &told)));
        let read = kept.as_ref().and_then(|(shelf, file)| shelf.read::<Vec<Vec<LanguageFile>>>(file));
        let of_these =
            |read: &Vec<Vec<LanguageFile>>| read.iter().map(Vec::len).eq(files.iter().map(|files| files.len()));
        if let Some(read) = read.filter(of_these) {
            for ((layer, files), read) in layers.iter().zip(files).zip(read) {
                self.lay_files(layer, files, read.into_iter().map(Ok), core_words)?;
            }
            return Ok(());
        }
        let mut fresh = Vec::new();
        for (layer, files) in layers.iter().zip(files) {
            // Files know nothing of each other: they are read on all cores, and laid one after the other.
            let read: Vec<_> = files.par_iter().map(|(_, file, source)| LanguageFile::read(file, source)).collect();
            fresh.push(read.iter().flatten().cloned().collect::<Vec<LanguageFile>>());
            self.lay_files(layer, files, read, core_words)?;
        }
        if let Some((shelf, file)) = kept {
            shelf.write(&file, &fresh);
        }
        Ok(())
    }

    /// Lays the files of a pack's languages, as they were read, over what is there.
    fn lay_files(
        &mut self,
        layer: &Layer,
        files: Vec<(&str, &str, &Arc<Source>)>,
        read: impl IntoIterator<Item = Result<LanguageFile, RulesError>>,
        core_words: &[Arc<Source>],
    ) -> Result<(), RulesError> {
        for ((code, _, source), read) in files.into_iter().zip(read) {
            if !self.languages.contains_key(code) {
                let Some(own) = layer.sources.get(&format!("lang/{code}/language.yaml")) else {
                    let known: Vec<&str> = self.languages.keys().map(String::as_str).collect();
                    let help = format!("languages below are {}; a new one needs language.yaml", known.join(", "));
                    return Err(source
                        .fault_at(&[], format!("the folder lang/{code} has no language.yaml"), help)
                        .into());
                };
                let pack = LanguagePack::new(own.parse()?, core_words.to_vec());
                self.languages.insert(code.to_owned(), pack);
            }
            self.lay_language_file(code, read?, source)?;
        }
        Ok(())
    }

    fn lay_language_file(&mut self, code: &str, file: LanguageFile, source: &Arc<Source>) -> Result<(), RulesError> {
        if let LanguageFile::Texts(texts) = &file
            && let Some(id) = texts.keys().find(|id| !self.rules.iter().any(|(_, rule)| rule.id == **id))
        {
            return Err(self.unknown(id, &[&format!("{id}:")], source));
        }
        let Some(pack) = self.languages.get_mut(code) else { return Ok(()) };
        match file {
            LanguageFile::Spec(spec) => pack.spec = *spec,
            LanguageFile::Texts(texts) => pack.texts.extend(texts),
            LanguageFile::Columns(columns) => extend_lists(&mut pack.columns, columns),
            LanguageFile::Readers(readers) => pack.readers.extend(readers),
            LanguageFile::Wording(texts) => {
                let mut wording = pack.wording.take().map(|(_, wording)| wording).unwrap_or_default();
                wording.extend(texts);
                pack.wording = Some((Arc::clone(source), wording));
            }
            LanguageFile::Variants(pairs) => pack.variants.extend(pairs),
            LanguageFile::Examples(examples) => pack.examples.push((Arc::clone(source), examples)),
            LanguageFile::Words => pack.words.push(Arc::clone(source)),
            LanguageFile::Other => {}
        }
        Ok(())
    }
}

/// A file of a language's folder, by its name.
#[derive(Clone, Serialize, Deserialize)]
enum LanguageFile {
    Spec(Box<LanguageSpec>),
    Texts(BTreeMap<String, RuleText>),
    Columns(BTreeMap<String, Vec<String>>),
    Readers(BTreeMap<String, String>),
    Wording(BTreeMap<String, String>),
    Variants(HashMap<char, char>),
    Examples(BTreeMap<String, Examples>),
    /// Read when lists are compiled.
    Words,
    Other,
}

impl LanguageFile {
    fn read(file: &str, source: &Arc<Source>) -> Result<Self, RulesError> {
        Ok(match file {
            "language.yaml" => LanguageFile::Spec(Box::new(source.parse()?)),
            "columns.yaml" => LanguageFile::Columns(source.parse()?),
            "readers.yaml" => LanguageFile::Readers(source.parse()?),
            "report.yaml" => LanguageFile::Wording(source.parse()?),
            "traditional.yaml" => LanguageFile::Variants(variants(source)?),
            "texts.yaml" => LanguageFile::Texts(source.parse()?),
            _ if file.starts_with("texts/") => LanguageFile::Texts(source.parse()?),
            _ if file.starts_with("examples/") => LanguageFile::Examples(source.parse()?),
            _ if file.starts_with("words/") => LanguageFile::Words,
            _ => LanguageFile::Other,
        })
    }
}

/// The files of a pack's languages: code, name in the language's folder, text.
fn language_files(layer: &Layer) -> Vec<(&str, &str, &Arc<Source>)> {
    below_folder(layer, "lang/")
        .filter_map(|(name, source)| name.split_once('/').map(|(code, file)| (code, file, source)))
        .collect()
}

/// The files of word lists of a pack, folder by folder.
fn words_by_folder(layer: Layer) -> BTreeMap<String, Vec<Arc<Source>>> {
    let mut out: BTreeMap<String, Vec<Arc<Source>>> = BTreeMap::new();
    for (name, source) in layer.sources {
        if let Some((folder, _)) = name.rsplit_once('/').filter(|(folder, _)| format!("{folder}/").contains("/words/"))
        {
            out.entry(folder.to_owned()).or_default().push(source);
        }
    }
    out
}

/// The files of a folder of a pack, by name relative to it.
fn below_folder<'l>(layer: &'l Layer, folder: &'l str) -> impl Iterator<Item = (&'l str, &'l Arc<Source>)> {
    layer.sources.iter().filter_map(move |(name, source)| Some((name.strip_prefix(folder)?, source)))
}

/// Adds the aliases of a later file to those that are there.
fn extend_lists(lists: &mut BTreeMap<String, Vec<String>>, more: BTreeMap<String, Vec<String>>) {
    for (key, entries) in more {
        lists.entry(key).or_default().extend(entries);
    }
}

/// A text that one language's pages have and another's lack would be found only when that page is written.
fn check_wording(languages: &BTreeMap<String, LanguagePack>) -> Result<(), RulesError> {
    let files: Vec<_> = languages.values().filter_map(|pack| pack.wording.as_ref()).collect();
    for (source, wording) in &files {
        for (other, texts) in &files {
            if let Some(key) = texts.keys().find(|key| !wording.contains_key(*key)) {
                let near = nearest(key, wording.keys().map(String::as_str).filter(|k| !texts.contains_key(*k)));
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

/// Of names and texts, in the order of packs and names: the same rules give the same hash on any machine.
fn hash(layers: &[Layer]) -> String {
    let mut hash = Sha256::new();
    // Examples do not change what a rule finds.
    let told = layers.iter().flat_map(|layer| &layer.digests).filter(|(name, _)| !name.contains("/examples/"));
    told.for_each(|(name, digest)| hash.update(format!("{name}\0{digest}\0")));
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_kept_of_the_texts_says_the_same_and_follows_the_files() {
        let (house, kept) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let texts = house.path().join("lang/en/readers.yaml");
        fs::create_dir_all(texts.parent().unwrap()).unwrap();
        fs::write(&texts, "next-agent: whoever comes next\n").unwrap();
        let load = || Packs::load_kept(Some(house.path()), Some(Shelf::new(kept.path()))).unwrap();
        let said = |packs: &Packs| {
            let one = |pack: &LanguagePack| {
                format!(
                    "{:?} {:?} {:?} {:?}",
                    pack.spec,
                    pack.texts,
                    pack.columns,
                    pack.wording.as_ref().map(|(_, w)| w)
                )
            };
            packs.languages.values().map(one).collect::<Vec<_>>()
        };
        let afresh = Packs::load(Some(house.path())).unwrap();
        assert_eq!(said(&load()), said(&afresh));
        let files = || fs::read_dir(kept.path()).unwrap().count();
        assert_eq!(files(), 1, "kept once");
        let again = load();
        assert_eq!((said(&again), files()), (said(&afresh), 1));
        assert_eq!(again.languages["en"].readers["next-agent"], "whoever comes next");
        // What stands in the kept file is what is told.
        let (shelf, file) =
            (Shelf::new(kept.path()), fs::read_dir(kept.path()).unwrap().next().unwrap().unwrap().path());
        let mut read: Vec<Vec<LanguageFile>> = shelf.read(&file).unwrap();
        for one in read.iter_mut().flatten() {
            if let LanguageFile::Readers(readers) = one {
                readers.insert("next-agent".into(), "as it was kept".into());
            }
        }
        shelf.write(&file, &read);
        assert_eq!(load().languages["en"].readers["next-agent"], "as it was kept");
        fs::write(&texts, "next-agent: a colleague\n").unwrap();
        assert_eq!(load().languages["en"].readers["next-agent"], "a colleague");
        for file in fs::read_dir(kept.path()).unwrap() {
            fs::write(file.unwrap().path(), "damaged").unwrap();
        }
        assert_eq!(load().languages["en"].readers["next-agent"], "a colleague");
    }
}
