//! `acw rules`: list, show, test.

use std::fmt::Write as _;
use std::io::Write as _;

use clap::{Args, Subcommand};

use super::{Common, Failure};
use crate::checks::CheckSpec;
use crate::rules::{Rulebook, examples};
use crate::yaml::nearest;

/// Subcommands of `acw rules`.
#[derive(Debug, Subcommand)]
pub(super) enum Rules {
    /// List the rules in force
    List(Common),
    /// Show a rule in every language
    Show(One),
    /// Run the examples of the rules
    Test(Several),
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

impl Rules {
    pub(super) fn run(self) -> Result<(), Failure> {
        let mut text = String::new();
        let result = match self {
            Rules::List(common) => {
                list(&book(&common)?, &mut text);
                Ok(())
            }
            Rules::Show(one) => show(&book(&one.common)?, &one.id, &mut text),
            Rules::Test(some) => test(&book(&some.common)?, some.id.as_deref(), &mut text),
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
        std::io::stdout().write_all(text.as_bytes()).map_err(|e| Failure::writing(&e))?;
        result
    }
}

pub(super) fn book(common: &Common) -> Result<Rulebook, Failure> {
    Ok(Rulebook::compile(common.settings(None)?.packs()?)?)
}

fn list(book: &Rulebook, text: &mut String) {
    for (index, rule) in book.rules.iter().enumerate() {
        let languages: Vec<&str> =
            book.languages.iter().filter(|l| l.checks[index].is_some()).map(|l| l.code.as_str()).collect();
        let fatal = if rule.fatal { " fatal" } else { "" };
        let _ = writeln!(
            text,
            "{:<26} {:<14} {:<9} {:>2} points{fatal:<6}  {}",
            rule.id,
            rule.category,
            rule.severity,
            rule.points,
            languages.join(" ")
        );
    }
}

fn unknown(book: &Rulebook, id: &str) -> Failure {
    let near = nearest(id, book.rules.iter().map(|r| r.id.as_str()))
        .map(|n| format!("; did you mean `{n}`?"))
        .unwrap_or_default();
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
    if summary.failures.is_empty() { Ok(()) } else { Err(Failure::Examples) }
}
