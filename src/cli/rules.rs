//! `acw rules`: what there is, what it says, and whether it keeps its word.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};

use super::{Common, Failure, print};
use crate::checks::CheckSpec;
use crate::input::read_labelled;
use crate::model::Note;
use crate::rules::coverage::coverage;
use crate::rules::lint::lint;
use crate::rules::{Packs, Rulebook, examples, schema};
use crate::yaml::did_you_mean;

/// Subcommands of `acw rules`.
#[derive(Debug, Subcommand)]
pub(super) enum Rules {
    /// List the rules in force
    List(Common),
    /// Show a rule in every language
    Show(One),
    /// Run the examples of the rules
    Test(Several),
    /// Show which list entries and rules no example reaches
    Coverage(Coverage),
    /// Look for entries that can find nothing or nothing new, unused lists, rules without examples
    Lint(Common),
    /// Print a JSON Schema, for editors that complete and check rule files
    Schema(SchemaOf),
    /// Measure precision and recall on labelled notes (see fixtures/labelled/README.md)
    Measure(super::measure::Measure),
    /// List the kinds of checks
    Kinds,
}

/// A rule by id.
#[derive(Debug, Args)]
pub(super) struct One {
    /// Id of the rule
    id: String,
    #[command(flatten)]
    common: Common,
}

/// All rules, or one.
#[derive(Debug, Args)]
pub(super) struct Several {
    /// Id of the rule [default: all]
    id: Option<String>,
    #[command(flatten)]
    common: Common,
}

/// What coverage is measured on and how it is shown.
#[derive(Debug, Args)]
pub(super) struct Coverage {
    /// Labelled notes to count beside the examples, one JSON object a line
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print the entries of this list that nothing reaches
    #[arg(long, value_name = "NAME")]
    list: Option<String>,
    /// Only this language
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    #[command(flatten)]
    common: Common,
}

/// A kind of rule file.
#[derive(Debug, Args)]
pub(super) struct SchemaOf {
    /// Kind of rule file
    #[arg(default_value = "rules", value_parser = PossibleValuesParser::new(schema::KINDS.iter().map(|kind| kind.name)))]
    kind: String,
}

impl Rules {
    pub(super) fn run(self) -> Result<(), Failure> {
        let mut text = String::new();
        let result = match self {
            Rules::List(common) => {
                list(&Rulebook::compile(all_rules(&common)?)?, &off(&common)?, &mut text);
                Ok(())
            }
            Rules::Show(one) => show(&Rulebook::compile(all_rules(&one.common)?)?, &one.id, &mut text),
            Rules::Test(some) => test(&Rulebook::compile(all_rules(&some.common)?)?, some.id.as_deref(), &mut text),
            Rules::Coverage(asked) => asked.show(&mut text),
            Rules::Lint(common) => remarks(&common, &mut text),
            Rules::Schema(asked) => {
                let kind = schema::KINDS.iter().find(|kind| kind.name == asked.kind).unwrap_or(&schema::KINDS[0]);
                text = kind.json();
                Ok(())
            }
            Rules::Measure(measure) => {
                text = measure.table()?;
                Ok(())
            }
            Rules::Kinds => {
                for (kind, about) in CheckSpec::KINDS {
                    let _ = writeln!(text, "{kind:<14} {about}");
                }
                Ok(())
            }
        };
        print(&text)?;
        result
    }
}

pub(super) fn book(common: &Common) -> Result<Rulebook, Failure> {
    Ok(Rulebook::compile(common.settings(&[], None)?.packs()?)?)
}

/// The packs with every rule on.
fn all_rules(common: &Common) -> Result<Packs, Failure> {
    let mut packs = common.settings(&[], None)?.packs()?;
    packs.switch_all_on();
    Ok(packs)
}

/// Ids of the rules that are off.
fn off(common: &Common) -> Result<Vec<String>, Failure> {
    let packs = common.settings(&[], None)?.packs()?;
    let by_profile = |id: &String| packs.profiles.values().any(|(_, profile)| profile.rules.contains_key(id));
    Ok(packs
        .rules
        .iter()
        .filter(|(_, rule)| rule.off && !by_profile(&rule.id))
        .map(|(_, rule)| rule.id.clone())
        .collect())
}

fn list(book: &Rulebook, off: &[String], text: &mut String) {
    for (index, rule) in book.rules.iter().enumerate() {
        let languages: Vec<&str> =
            book.languages.iter().filter(|l| l.checks[index].is_some()).map(|l| l.code.as_str()).collect();
        let state = match (off.contains(&rule.id), rule.fatal) {
            (true, _) => " off",
            (false, true) => " fatal",
            (false, false) => "",
        };
        let _ = writeln!(
            text,
            "{:<26} {:<14} {:<9} {:>2} points{state:<6}  {}",
            rule.id,
            rule.category,
            rule.severity,
            rule.points,
            languages.join(" ")
        );
    }
}

fn unknown(book: &Rulebook, id: &str) -> Failure {
    let near = did_you_mean(id, book.rules.iter().map(|r| r.id.as_str()));
    Failure::Usage(format!("there is no rule `{id}`{near} (`acw rules list` shows them)"))
}

fn show(book: &Rulebook, id: &str, text: &mut String) -> Result<(), Failure> {
    let rule = &book.rules[book.rule(id).ok_or_else(|| unknown(book, id))?];
    let _ = writeln!(
        text,
        "{} ({}, {}, {} points{})",
        rule.id,
        rule.category,
        rule.severity,
        rule.points,
        if rule.fatal { ", fatal" } else { "" }
    );
    if let Some(critical) = rule.critical {
        let _ = writeln!(text, "critical for: {critical:?}");
    }
    for language in &book.languages {
        let Some(words) = rule.texts.get(&language.code) else { continue };
        let readers: Vec<&str> =
            rule.readers.iter().map(|key| language.readers.get(key).map_or(key.as_str(), String::as_str)).collect();
        let _ = writeln!(text, "\n[{}] {}\n  {}", language.code, words.title, words.message);
        if let Some(better) = &words.better {
            let _ = writeln!(text, "  better:       {better}");
        }
        let _ = writeln!(text, "  who reads it: {}", readers.join("; "));
        let _ = writeln!(
            text,
            "  customer:     {}\n  organisation: {}\n  agent:        {}",
            words.customer, words.organisation, words.agent
        );
        for example in &words.fires {
            let _ = writeln!(text, "  fires:  {}", example.note);
        }
        for example in &words.spares {
            let _ = writeln!(text, "  spares: {}", example.note);
        }
    }
    Ok(())
}

fn test(book: &Rulebook, id: Option<&str>, text: &mut String) -> Result<(), Failure> {
    if let Some(id) = id
        && book.rule(id).is_none()
    {
        return Err(unknown(book, id));
    }
    let summary = examples::run(book, id);
    for failure in &summary.failures {
        let what = if failure.should_fire {
            "must fire".to_owned()
        } else {
            format!("must not fire, found {:?}", failure.found)
        };
        let _ = writeln!(text, "{} [{}] {what}: {}", failure.rule, failure.language, failure.note);
    }
    let _ = writeln!(text, "{} examples, {} failed", summary.run, summary.failures.len());
    if summary.failures.is_empty() { Ok(()) } else { Err(Failure::Remarks) }
}

fn remarks(common: &Common, text: &mut String) -> Result<(), Failure> {
    let remarks = lint(all_rules(common)?)?;
    for remark in &remarks {
        let _ =
            writeln!(text, "{}:{}: {}\n  help: {}", remark.path.display(), remark.line, remark.message, remark.help);
    }
    let _ = writeln!(text, "{} remarks", remarks.len());
    if remarks.is_empty() { Ok(()) } else { Err(Failure::Remarks) }
}

impl Coverage {
    fn show(&self, text: &mut String) -> Result<(), Failure> {
        let book = Rulebook::compile(all_rules(&self.common)?)?;
        let mut more: BTreeMap<String, Vec<Note>> = BTreeMap::new();
        for file in &self.files {
            for labelled in read_labelled(file, &book.vocabulary)? {
                more.entry(labelled.note.language.as_deref().unwrap_or_default().to_owned())
                    .or_default()
                    .push(labelled.note);
            }
        }
        let wanted = |code: &str| self.language.as_deref().is_none_or(|only| only == code);
        let mut covered = coverage(&book, &more);
        let codes: Vec<String> = covered.iter().map(|language| language.language.clone()).collect();
        covered.retain(|language| wanted(&language.language));
        if covered.is_empty() {
            let (asked, codes) = (self.language.as_deref().unwrap_or_default(), codes.join(", "));
            return Err(Failure::Usage(format!(
                "--language {asked}: no rules in that language\n  help: use one of {codes}"
            )));
        }
        if let Some(name) = self.list.as_ref().filter(|name| covered.iter().all(|l| !l.lists.contains_key(*name))) {
            let near =
                did_you_mean(name, covered.iter().flat_map(|language| language.lists.keys().map(String::as_str)));
            return Err(Failure::Usage(format!("--list {name}: there is no such list{near}")));
        }
        for language in &covered {
            if let Some(name) = &self.list {
                for entry in language.lists.get(name).iter().flat_map(|list| &list.unreached) {
                    let _ = writeln!(text, "{}\t{name}\t{entry}", language.language);
                }
                continue;
            }
            let _ = writeln!(text, "[{}] {} notes", language.language, language.notes);
            for (name, list) in &language.lists {
                let reached = list.entries - list.unreached.len();
                let _ = writeln!(text, "  {name:<28} {reached:>5} of {:>5} entries reached", list.entries);
            }
            for rule in &language.silent_rules {
                let _ = writeln!(text, "  no note makes `{rule}` fire");
            }
        }
        Ok(())
    }
}
