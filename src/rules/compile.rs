//! From packs as written to rules that run.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::pack::LanguagePack;
use super::spec::Script;
use super::{Packs, ProfileRule, RuleSpec, RuleText, RulesError, Scorecard};
use crate::checks::{Check, Needs};
use crate::input::Vocabulary;
use crate::model::{Category, Condition, Critical, Element, Note, Role, Severity};
use crate::text::identify;
use crate::text::{Folder, Identifier, KeepScanner, KeptLexicon, KeptScanner, Lexicon, MailWords, Scanner, ScannerBuilder, Speech};
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
    /// When it applies.
    pub when: Condition,
    /// Texts by language code.
    pub texts: BTreeMap<String, RuleText>,
    /// Whether it is off where no profile switches it on.
    pub off: bool,
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

/// A language ready to run.
#[derive(Debug)]
pub struct Language {
    /// ISO 639-1 code.
    pub code: String,
    /// English name.
    pub name: String,
    /// Its own name.
    pub native: String,
    /// Finds the terms of every list in force.
    pub scanner: Scanner,
    /// How it reports other people's words.
    pub speech: Speech,
    /// A check a rule, in the order of [`Rulebook::rules`]; `None` where the language lacks the rule's lists.
    pub checks: Vec<Option<Box<dyn Check>>>,
    /// Who reads a note, by key.
    pub readers: BTreeMap<String, String>,
    /// What the pages say, by key; empty where pages cannot be written in this language.
    pub wording: BTreeMap<String, String>,
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
        let compiling = Compiling { packs: &packs, in_force: &in_force, folder: &folder };
        let lexicons = packs.languages.par_iter().map(|(code, pack)| compiling.language(code, pack)).collect::<Vec<_>>();
        // Of several faults, always the first language's is shown.
        let compiled = lexicons.into_iter().collect::<Result<Vec<_>, _>>()?;
        let (languages, mail): (Vec<_>, Vec<_>) = compiled.into_iter().unzip();
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
        let checks = self.languages.iter().flat_map(|language| language.checks.iter().flatten());
        checks.fold(Needs::NONE, |needs, check| needs.or(check.needs()))
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

    /// The element that the rule of that index asks a note for, where it is about one.
    pub fn element(&self, rule: usize) -> Option<Element> {
        self.languages.iter().filter_map(|language| language.checks[rule].as_ref()).find_map(|check| check.element())
    }

    /// Index of the rule of that id.
    pub fn rule(&self, id: &str) -> Option<usize> {
        self.rules.iter().position(|rule| rule.id == id)
    }
}

/// What the languages are compiled from.
struct Compiling<'p> {
    packs: &'p Packs,
    in_force: &'p [&'p (Arc<Source>, RuleSpec)],
    folder: &'p Folder,
}

impl Compiling<'_> {
    /// The rules in force for one language, and its words of mail; its lists as they were kept, where they were.
    fn language(&self, code: &str, pack: &LanguagePack) -> Result<(Language, MailWords), RulesError> {
        let Some(shelf) = &self.packs.shelf else {
            let lexicon = self.lexicon(pack)?;
            return self.with(code, pack, &lexicon, ScannerBuilder::new(&lexicon, self.folder));
        };
        let file = shelf.file(code, &self.told(code, pack));
        if let Some((lexicon, scanner)) = shelf.read::<(KeptLexicon, KeptScanner)>(&file) {
            let lexicon = lexicon.into();
            return self.with(code, pack, &lexicon, ScannerBuilder::again(&lexicon, self.folder, scanner));
        }
        let lexicon = self.lexicon(pack)?;
        let mut done = self.with(code, pack, &lexicon, ScannerBuilder::new(&lexicon, self.folder))?;
        done.0.scanner.settle();
        shelf.write(&file, &(lexicon.keep(), KeepScanner::of(&done.0.scanner)));
        Ok(done)
    }

    /// All that a language's lists follow from: the rule files, the rules in force, what the house approves.
    fn told(&self, code: &str, pack: &LanguagePack) -> Vec<String> {
        let rules = self.in_force.iter().map(|(_, rule)| rule.id.clone());
        let meanings = pack.meanings.iter().flat_map(|(list, entries)| {
            let count = entries.len().to_string();
            let entries = entries.iter().flat_map(|(form, meaning)| [form.clone(), meaning.clone()]);
            [list.clone(), count].into_iter().chain(entries)
        });
        [self.packs.hash.clone(), code.to_owned()].into_iter().chain(rules).chain([String::new()]).chain(meanings).collect()
    }

    fn lexicon(&self, pack: &LanguagePack) -> Result<Lexicon, RulesError> {
        self.packs.check_list_names()?;
        Ok(pack.lexicon()?)
    }

    fn with(
        &self,
        code: &str,
        pack: &LanguagePack,
        lexicon: &Lexicon,
        mut builder: ScannerBuilder<'_>,
    ) -> Result<(Language, MailWords), RulesError> {
        let mut checks = Vec::with_capacity(self.in_force.len());
        for (source, rule) in self.in_force {
            let check = rule.check.kind().compile(&mut builder)?;
            let has_texts = pack.texts.contains_key(&rule.id) || rule.texts.contains_key(code);
            if check.is_some() && !has_texts {
                let fault = source.fault_at(
                    &[&format!("id: {}", rule.id)],
                    format!("the rule `{}` has no texts in `{code}`", rule.id),
                    format!("add them to rules/lang/{code}/texts.yaml"),
                );
                return Err(fault.into());
            }
            checks.push(check);
        }
        let speech = speech(pack, lexicon, &mut builder, self.folder)?;
        let words = |list: &str| lexicon.entries(list).map(|(_, entry)| entry.to_owned()).collect();
        let mail = MailWords {
            wrote: words("mail_wrote"),
            original: words("mail_original"),
            from: words("mail_from"),
            header: words("mail_header"),
        };
        let language = Language {
            code: code.to_owned(),
            name: pack.spec.name.clone(),
            native: pack.spec.native.clone(),
            scanner: builder.build(),
            speech,
            checks,
            readers: pack.readers.clone(),
            wording: pack.wording.as_ref().map(|(_, texts)| texts.clone()).unwrap_or_default(),
        };
        Ok((language, mail))
    }
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
    let mut dotted: BTreeSet<String> =
        lexicon.words("approved", folder).into_iter().filter(|form| form.ends_with('.')).collect();
    dotted.extend(
        lexicon
            .words("honorifics", folder)
            .into_iter()
            .map(|form| if form.ends_with('.') { form } else { form + "." }),
    );
    Ok(Speech {
        quotes,
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
