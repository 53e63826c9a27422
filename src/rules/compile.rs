//! From packs as written to rules that run.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::ops::Deref;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use rayon::prelude::*;

use super::pack::LanguagePack;
use super::spec::Script;
use super::{Packs, ProfileRule, RuleSpec, RuleText, RulesError, Scorecard, Shelf};
use crate::checks::{Check, Needs};
use crate::input::Vocabulary;
use crate::model::{Category, Condition, Critical, Element, Note, Role, Severity};
use crate::text::identify;
use crate::text::{
    Folder, Identifier, KeepScanner, KeptLexicon, KeptScanner, Lexicon, MailWords, Quotes, Scanner, ScannerBuilder,
    Speech, WordSet,
};
use crate::yaml::Source;

/// A rule in force.
#[derive(Debug)]
pub struct Rule {
    /// Unique name.
    pub id: String,
    /// Its family and section.
    pub category: Category,
    /// How much a finding matters.
    pub severity: Severity,
    /// Points that one finding costs, within its section.
    pub points: u32,
    /// For whom a failure is critical.
    pub critical: Option<Critical>,
    /// Most points that it can cost in one note, where it has a limit of its own.
    pub cap: Option<u32>,
    /// Whether a failure brings the note's score to zero.
    pub fatal: bool,
    /// Whether a failure keeps the note from counting as compliant.
    pub auto_fail: bool,
    /// Who else reads this part of the note.
    pub readers: Vec<String>,
    /// The kind of its check.
    pub kind: &'static str,
    /// When it applies.
    pub when: Condition,
    /// Texts by language code.
    pub texts: BTreeMap<String, RuleText>,
    /// Whether it is off where no profile switches it on.
    pub off: bool,
    /// The element that it asks a note for, where it is about one.
    pub element: Option<Element>,
    needs: Needs,
}

impl Rule {
    /// Its texts in that language; where it has none, those of another, which are better than nothing.
    pub fn text(&self, language: &str) -> Option<&RuleText> {
        self.texts.get(language).or_else(|| self.texts.values().next())
    }

    /// What it is called in that language; its identifier where it has no title.
    pub fn title(&self, language: &str) -> &str {
        self.text(language).map(|text| text.title.as_str()).filter(|title| !title.is_empty()).unwrap_or(&self.id)
    }

    /// Whether the text is its own general advice, in any language.
    pub fn is_advice(&self, text: &str) -> bool {
        self.texts.values().any(|own| own.better.as_deref() == Some(text))
    }
}

/// A profile in force.
#[derive(Debug)]
pub struct Profile {
    /// The name of its file.
    pub name: String,
    /// The notes that it is for.
    pub when: Condition,
    /// What it says, a rule, in the order of [`Rulebook::rules`].
    rules: Vec<ProfileRule>,
    /// Weights that are different for them.
    sections: BTreeMap<Category, u32>,
}

/// A language. What runs in it is made ready when it is first asked for: a run in one language need not pay for the others.
pub struct Language {
    /// ISO 639-1 code.
    pub code: String,
    /// English name.
    pub name: String,
    /// Its own name.
    pub native: String,
    /// Who reads a note, by key.
    pub readers: BTreeMap<String, String>,
    /// What the pages say, by key; empty where pages cannot be written in this language.
    pub wording: BTreeMap<String, String>,
    running: LazyLock<Running, Box<dyn FnOnce() -> Running + Send>>,
}

/// What runs in a language.
#[derive(Debug)]
pub struct Running {
    /// Finds the terms of every list in force.
    pub scanner: Scanner,
    /// How it reports other people's words.
    pub speech: Speech,
    /// A check a rule, in the order of [`Rulebook::rules`]; `None` where the language lacks the rule's lists.
    pub checks: Vec<Option<Box<dyn Check>>>,
}

impl Deref for Language {
    type Target = Running;

    fn deref(&self) -> &Running {
        &self.running
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Language").field("code", &self.code).finish_non_exhaustive()
    }
}

impl Language {
    /// Fewest and most words that its rules let a note have.
    pub fn word_limits(&self) -> (Option<usize>, Option<usize>) {
        let limits = self.checks.iter().flatten().map(|check| check.words());
        limits.fold((None, None), |(low, high), (min, max)| (low.or(min), high.or(max)))
    }
}

/// All rules in force, compiled for every language.
#[derive(Debug)]
pub struct Rulebook {
    /// The rules.
    pub rules: Vec<Rule>,
    /// The profiles, in the order in which they are tried.
    pub profiles: Vec<Profile>,
    /// The languages, by code.
    pub languages: Vec<Language>,
    /// Weights and target.
    pub scorecard: Scorecard,
    /// How text is folded.
    pub folder: Folder,
    /// Tells the language of a note.
    pub identifier: Identifier,
    /// Names of columns and of their values.
    pub vocabulary: Vocabulary,
    /// Hash of the rule files.
    pub hash: String,
}

impl Rulebook {
    /// Loads and compiles the built-in pack and, where one is named, the user's over it.
    ///
    /// # Errors
    /// The first fault of a rule file, with its place.
    pub fn load(folder: Option<&Path>) -> Result<Self, RulesError> {
        Self::compile(Packs::load(folder)?)
    }

    /// Compiles packs.
    ///
    /// # Errors
    /// The first list entry or rule that is not well written.
    pub fn compile(packs: Packs) -> Result<Self, RulesError> {
        let mut variants = HashMap::new();
        for pack in packs.languages.values() {
            variants.extend(&pack.variants);
        }
        let folder = Folder::new(variants);
        let switched_on = |id: &str| {
            packs.profiles.values().any(|(_, profile)| profile.rules.get(id).is_some_and(|r| r.off == Some(false)))
        };
        let in_force: Vec<_> = packs.rules.iter().filter(|(_, rule)| !rule.off || switched_on(&rule.id)).collect();

        // The languages know nothing of each other: each is compiled on a core of its own.
        let compiling = Arc::new(Compiling {
            hash: packs.hash.clone(),
            in_force: in_force.iter().map(|(source, rule)| (Arc::clone(source), rule.clone())).collect(),
            folder: folder.clone(),
        });
        let of_language = |(code, pack): (&String, &LanguagePack)| compiling.language(code, pack, &packs);
        let languages = packs.languages.par_iter().map(of_language).collect::<Vec<_>>();
        // Of several faults, always the first language's is shown.
        let languages = languages.into_iter().collect::<Result<Vec<_>, _>>()?;
        let mail = packs.languages.values().map(mail_words).collect::<Result<Vec<_>, _>>()?;
        let identifier = Identifier::new(&speakers(&packs, &folder));
        let vocabulary = vocabulary(&packs, mail, &folder, &identifier);
        let profiles = packs
            .profiles
            .iter()
            .map(|(name, (_, profile))| Profile {
                name: name.clone(),
                when: profile.when.clone(),
                rules: in_force
                    .iter()
                    .map(|(_, rule)| profile.rules.get(&rule.id).copied().unwrap_or_default())
                    .collect(),
                sections: profile.sections.clone(),
            })
            .collect();
        let rules = in_force
            .into_iter()
            .map(|(_, spec)| {
                let mut texts = spec.texts.clone();
                for (code, pack) in &packs.languages {
                    if let Some(text) = pack.texts.get(&spec.id) {
                        texts.entry(code.clone()).or_insert_with(|| text.clone());
                    }
                }
                Rule {
                    id: spec.id.clone(),
                    category: spec.category,
                    severity: spec.severity,
                    points: spec.points.unwrap_or_else(|| packs.scorecard.points_of(spec.severity)),
                    cap: spec.cap,
                    critical: spec.critical,
                    fatal: spec.fatal,
                    auto_fail: spec.auto_fail,
                    readers: spec.readers.clone(),
                    when: spec.when.clone(),
                    texts,
                    off: spec.off,
                    element: spec.check.kind().element(),
                    kind: spec.check.name(),
                    needs: spec.check.kind().needs(),
                }
            })
            .collect();
        Ok(Rulebook {
            rules,
            profiles,
            languages,
            scorecard: packs.scorecard,
            folder,
            identifier,
            vocabulary,
            hash: packs.hash,
        })
    }

    /// Index of the language of that code.
    pub fn language(&self, code: &str) -> Option<usize> {
        self.languages.iter().position(|language| language.code == code)
    }

    /// A call type for which the rule of that index runs, where it does not run for all.
    pub fn call_type_of(&self, rule: usize) -> Option<&String> {
        let profile = self.profiles.iter().find(|profile| profile.rules[rule].off == Some(false));
        let by_profile = profile.filter(|_| self.rules[rule].off).and_then(|profile| profile.when.call_type.first());
        self.rules[rule].when.call_type.first().or(by_profile)
    }

    /// Whether the rule of that index is judged in a note audited in `language`.
    pub fn applies(&self, rule: usize, note: &Note, language: &str) -> bool {
        self.points(rule, self.profile(note, language)).is_some() && self.rules[rule].when.holds(note, language)
    }

    /// What the checks in force need of a survey of the whole export.
    pub fn needs(&self) -> Needs {
        self.rules.iter().fold(Needs::NONE, |needs, rule| needs.or(rule.needs))
    }

    /// The profile of a note audited in `language`; `None` where none is for it.
    pub fn profile(&self, note: &Note, language: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.when.holds(note, language))
    }

    /// Points that a finding of the rule of that index costs under a profile; `None` where the rule is off.
    pub fn points(&self, rule: usize, profile: Option<&Profile>) -> Option<u32> {
        let said = profile.map(|profile| profile.rules[rule]).unwrap_or_default();
        let own = &self.rules[rule];
        (!said.off.unwrap_or(own.off)).then(|| said.points.unwrap_or(own.points))
    }

    /// Most points that the rule of that index can cost in one note under a profile, where it has a limit of its own.
    pub fn cap(&self, rule: usize, profile: Option<&Profile>) -> Option<u32> {
        profile.and_then(|profile| profile.rules[rule].cap).or(self.rules[rule].cap)
    }

    /// Weight of a category under a profile.
    pub fn weight(&self, category: Category, profile: Option<&Profile>) -> u32 {
        let said = profile.and_then(|profile| profile.sections.get(&category));
        said.copied().unwrap_or_else(|| self.scorecard.weight(category))
    }

    /// Index of the rule of that id.
    pub fn rule(&self, id: &str) -> Option<usize> {
        self.rules.iter().position(|rule| rule.id == id)
    }
}

/// What the languages are compiled from, beside their packs.
struct Compiling {
    hash: String,
    in_force: Vec<(Arc<Source>, RuleSpec)>,
    folder: Folder,
}

impl Compiling {
    /// A language; with lists that were kept once it is known to compile, and waits until it is asked for.
    fn language(self: &Arc<Self>, code: &str, pack: &LanguagePack, packs: &Packs) -> Result<Language, RulesError> {
        let running: LazyLock<Running, Box<dyn FnOnce() -> Running + Send>> = match &packs.shelf {
            Some(shelf) => {
                let file = shelf.file(code, &self.told(code, pack));
                if shelf.has(&file) {
                    let (compiling, shelf, pack) = (Arc::clone(self), shelf.clone(), pack.to_compile());
                    LazyLock::new(Box::new(move || compiling.kept(&pack, &shelf, &file)))
                } else {
                    packs.check_list_names()?;
                    let running = self.afresh(Some(code), pack, Some((shelf, &file)))?;
                    LazyLock::new(Box::new(move || running))
                }
            }
            None => {
                packs.check_list_names()?;
                let running = self.afresh(Some(code), pack, None)?;
                LazyLock::new(Box::new(move || running))
            }
        };
        Ok(Language {
            code: code.to_owned(),
            name: pack.spec.name.clone(),
            native: pack.spec.native.clone(),
            readers: pack.readers.clone(),
            wording: pack.wording.as_ref().map(|(_, texts)| texts.clone()).unwrap_or_default(),
            running,
        })
    }

    /// All that a language's lists follow from: the rule files, the rules in force, what the house approves.
    fn told(&self, code: &str, pack: &LanguagePack) -> Vec<String> {
        let rules = self.in_force.iter().map(|(_, rule)| rule.id.clone());
        let meanings = pack.meanings.iter().flat_map(|(list, entries)| {
            let count = entries.len().to_string();
            let entries = entries.iter().flat_map(|(form, meaning)| [form.clone(), meaning.clone()]);
            [list.clone(), count].into_iter().chain(entries)
        });
        [self.hash.clone(), code.to_owned()].into_iter().chain(rules).chain([String::new()]).chain(meanings).collect()
    }

    /// From the lists as they were kept; where they are gone meanwhile, from those that were written, which compiled then.
    fn kept(&self, pack: &LanguagePack, shelf: &Shelf, file: &Path) -> Running {
        if let Some((lexicon, scanner)) = shelf.read::<(KeptLexicon, KeptScanner)>(file) {
            let lexicon = lexicon.into();
            if let Ok(running) = self.with(pack, &lexicon, ScannerBuilder::again(&lexicon, &self.folder, scanner)) {
                return running;
            }
        }
        self.afresh(None, pack, Some((shelf, file))).expect("lists are kept only once they have compiled")
    }

    /// From the lists as they are written; kept, where a shelf is given. Where `told_in` names the language, every rule must have texts in it.
    fn afresh(
        &self,
        told_in: Option<&str>,
        pack: &LanguagePack,
        keep: Option<(&Shelf, &Path)>,
    ) -> Result<Running, RulesError> {
        let lexicon = pack.lexicon()?;
        let mut running = self.with(pack, &lexicon, ScannerBuilder::new(&lexicon, &self.folder))?;
        for ((source, rule), check) in self.in_force.iter().zip(&running.checks) {
            let untold = |code: &&str| !pack.texts.contains_key(&rule.id) && !rule.texts.contains_key(*code);
            if let Some(code) = told_in.filter(untold).filter(|_| check.is_some()) {
                let fault = source.fault_at(
                    &[&format!("id: {}", rule.id)],
                    format!("the rule `{}` has no texts in `{code}`", rule.id),
                    format!("add them to rules/lang/{code}/texts.yaml"),
                );
                return Err(fault.into());
            }
        }
        if let Some((shelf, file)) = keep {
            running.scanner.settle();
            shelf.write(file, &(lexicon.keep(), KeepScanner::of(&running.scanner)));
        }
        Ok(running)
    }

    fn with(
        &self,
        pack: &LanguagePack,
        lexicon: &Lexicon,
        mut builder: ScannerBuilder<'_>,
    ) -> Result<Running, RulesError> {
        let mut checks = Vec::with_capacity(self.in_force.len());
        for (_, rule) in &self.in_force {
            checks.push(rule.check.kind().compile(&mut builder)?);
        }
        let speech = speech(pack, lexicon, &mut builder, &self.folder)?;
        Ok(Running { scanner: builder.build(), speech, checks })
    }
}

/// What mail programs write around quoted mail in a language.
fn mail_words(pack: &LanguagePack) -> Result<MailWords, RulesError> {
    let lexicon = pack.lexicon_with("mail_")?;
    let words = |list: &str| lexicon.entries(list).map(|(_, entry)| entry.to_owned()).collect();
    Ok(MailWords {
        wrote: words("mail_wrote"),
        original: words("mail_original"),
        from: words("mail_from"),
        header: words("mail_header"),
    })
}

fn speech(
    pack: &LanguagePack,
    lexicon: &Lexicon,
    builder: &mut ScannerBuilder<'_>,
    folder: &Folder,
) -> Result<Speech, RulesError> {
    let quotes = pack
        .spec
        .quotes
        .iter()
        .filter_map(|pair| {
            let mut marks = pair.chars().filter(|c| !c.is_whitespace());
            Some((marks.next()?, marks.next_back()?))
        })
        .collect();
    let mut dotted: WordSet = lexicon.words("approved", folder).filter(|form| form.ends_with('.')).collect();
    dotted.extend(lexicon.words("honorifics", folder).map(|form| if form.ends_with('.') { form } else { form + "." }));
    Ok(Speech {
        quotes: Quotes::new(quotes),
        attribution: builder.list("attribution")?,
        attribution_behind: builder.list("attribution_behind")?,
        resumes: builder.list("resumes")?,
        dotted,
        joined: pack.spec.script == Script::Han,
    })
}

fn speakers(packs: &Packs, folder: &Folder) -> Vec<identify::Profile> {
    packs
        .languages
        .iter()
        .map(|(code, pack)| identify::Profile {
            code: code.clone(),
            han: pack.spec.script == Script::Han,
            markers: pack.spec.markers.split_whitespace().map(|word| folder.fold_str(word)).collect(),
        })
        .collect()
}

fn vocabulary(packs: &Packs, mail: Vec<MailWords>, folder: &Folder, identifier: &Identifier) -> Vocabulary {
    let mut vocabulary = Vocabulary::new(folder.clone());
    for (code, pack) in &packs.languages {
        vocabulary.add_language(code, &[&pack.spec.name, &pack.spec.native]);
        for (disposition, words) in &pack.spec.dispositions {
            vocabulary.add_dispositions(*disposition, words);
        }
        for (answer, words) in &pack.spec.answers {
            vocabulary.add_answers(*answer, words);
        }
        vocabulary.add_call_types(&pack.spec.call_types);
        vocabulary.add_channels(&pack.spec.channels);
        vocabulary.add_months(&pack.spec.months);
        vocabulary.add_halves(&pack.spec.halves.first, &pack.spec.halves.second);
        pack.spec.units.iter().for_each(|(unit, words)| vocabulary.add_unit(*unit, words));
        vocabulary.add_footers(&pack.spec.footers);
        vocabulary.add_labels(code, &pack.spec.labels);
    }
    // Mail is often quoted in another language than the note is written in.
    let mut all = MailWords::default();
    for own in mail {
        all.wrote.extend(own.wrote);
        all.original.extend(own.original);
        all.from.extend(own.from);
        all.header.extend(own.header);
    }
    vocabulary.know_mail(&all);
    packs.presets.iter().for_each(|preset| vocabulary.add_preset(preset.clone()));
    vocabulary.identify_by(packs.languages.keys().cloned().collect(), identifier.clone());
    let columns =
        packs.languages.iter().map(|(code, pack)| (code.as_str(), &pack.columns)).chain([("core", &packs.columns)]);
    for (origin, columns) in columns {
        for (role, aliases) in columns {
            if let Some(role) = Role::from_name(role) {
                vocabulary.add_columns(role, origin, aliases);
            }
        }
    }
    vocabulary
}
