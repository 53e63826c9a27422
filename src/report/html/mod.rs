//! Pages to read and to sit around: one for the team, one an agent, one to learn with.
//!
//! Every page is one file that needs no network and obeys its own content policy: styles and script stand in it and are
//! named there by their hash. Templates in `reports/` hold the form, `rules/lang/<code>/report.yaml` the words, and the
//! view models here the figures; text of notes reaches a page through Handlebars' escaping only.

mod agent;
mod agreement;
mod charts;
mod command;
mod excerpt;
mod exemplary;
mod feedback;
mod file_name;
mod guide;
mod lesson;
mod page;
mod samples;
mod spot;
mod team;
mod trend;

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::audit::Workspaces;
use crate::coach::Round;
use crate::embed::Library;
use crate::model::{AuditedNote, Report};
use crate::report::agreement::Reviewed;
use crate::report::figures::Compared;
use crate::report::folder::Folder;
pub use crate::report::folder::check;
use crate::report::tables;
use crate::report::wording::Wording;
use crate::rules::{Language, Rulebook};
use agent::AgentPage;
use agreement::AgreementPage;
use exemplary::{Praise, Praiser};
use feedback::FeedbackPage;
pub use feedback::Said;
use page::{Entry, Pages};
use samples::SamplesPage;
pub use samples::TeamNotes;
use spot::SpotPage;
use team::TeamPage;
pub use trend::{Course, Judged, Past, Point, Sides};

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The page to open.
    pub index: PathBuf,
    /// How many pages there are.
    pub pages: usize,
}

/// What pages show besides the run.
#[derive(Debug, Default)]
pub struct Extras<'a> {
    /// What the history tells, where one is kept.
    pub past: Option<&'a Past>,
    /// The file of the history, as a command names it.
    pub history: Option<String>,
    /// Flags that a command about the same export needs: columns, rules, decisions.
    pub flags: &'a [String],
    /// Whether the agents' and the team's pages show notes as they were typed, secrets and all.
    pub full_text: bool,
}

/// What the view models are made from.
struct Context<'a> {
    report: &'a Report,
    book: &'a Rulebook,
    language: &'a Language,
    wording: &'a Wording,
    /// What is told of the agents side by side.
    compared: &'a Compared,
    /// File name of each agent's page, in the order of the report.
    files: &'a [String],
}

/// Codes of the languages in which pages can be written.
pub fn locales(book: &Rulebook) -> Vec<&str> {
    book.languages.iter().filter(|l| !l.wording.is_empty()).map(|l| l.code.as_str()).collect()
}

/// The language of the pages where nobody asked for one: that of most notes.
pub fn usual_locale<'b>(report: &Report, book: &'b Rulebook) -> &'b str {
    let known = locales(book);
    let spoken = report.languages.iter().find_map(|(code, _)| known.iter().find(|k| **k == code.as_str()));
    spoken.or(known.first()).copied().unwrap_or("")
}

/// Writes the pages of a report to `dir`, whole or not at all.
///
/// # Errors
/// A folder that holds something else, a file that cannot be written, a template that is not well written.
pub fn write(report: &Report, book: &Rulebook, locale: &str, dir: &Path, extras: &Extras<'_>) -> io::Result<Written> {
    let language = spoken(book, locale)?;
    let wording = Wording::of(language);
    let files = file_name::of_agents(&report.agents);
    let compared = Compared::of(report);
    let context = Context { report, book, language, wording: &wording, compared: &compared, files: &files };
    let folder = Folder::start(dir)?;

    let round = Round::of_size(USUAL_SIZE, USUAL_SEED);
    let exercises = spot::exercises(&context, &round, false, &[]);
    let has_exercises = !exercises.is_empty();
    let mut nav = vec![entry(&wording, "index", "index.html", "team.title")];
    if has_exercises {
        nav.push(entry(&wording, "spot-the-error", EXERCISE, "spot.title"));
    }
    nav.push(entry(&wording, "guide", guide::FIRST, "guide.title"));
    let pages = Pages::new(Library::embedded("reports"), locale, &wording, nav)?;
    let pages = pages.in_full(extras.full_text).of_part(report.run.filter());
    let team = TeamPage::of(&context, extras);
    folder.write("index.html", &pages.render("index", &wording.or_key("team.title"), "report.js", None, &team)?)?;
    // It is large, and memory is needed for the others.
    drop(team);
    let figures = || {
        let figures = tables::workbook(report, book, language, &wording, extras.past, folder.scratch())?;
        folder.write(FIGURES, figures)
    };
    let (figures, agents) = rayon::join(figures, || write_agents(&context, extras, &pages, &folder));
    figures.and(agents)?;
    let mut written = 1 + report.agents.len();
    if has_exercises {
        let page = SpotPage::of(&context, &round, &exercises);
        write_exercise(&context, &pages, &page, &folder)?;
        written += 1;
    }
    written += guide::write(book, language, &wording, &pages, &folder)?;
    folder.finish(&format!("acw {} rules {}\n", report.run.version, report.run.rules_hash))?;
    Ok(Written { index: dir.join("index.html"), pages: written })
}

/// Writes the page of each agent.
fn write_agents(context: &Context<'_>, extras: &Extras<'_>, pages: &Pages, folder: &Folder) -> io::Result<()> {
    let Context { report, book, files, .. } = context;
    let mut kept: HashMap<&str, Vec<&AuditedNote>> = HashMap::new();
    for note in &report.kept {
        kept.entry(&note.note.agent).or_default().push(note);
    }
    let praiser = Praiser::new(context);
    // A part a thread: what a workspace learns of a language is worth more than an even load.
    let part = report.agents.len().div_ceil(rayon::current_num_threads()).max(1);
    let parts = report.agents.par_chunks(part).zip(files.par_chunks(part));
    parts.try_for_each(|(agents, files)| {
        let mut workspaces = Workspaces::new();
        agents.iter().zip(files).try_for_each(|(agent, file)| {
            let notes = kept.get(agent.agent.as_str()).map_or(&[][..], Vec::as_slice);
            let mut praise = |note: &AuditedNote| Praise::of_note(book, note, &mut workspaces);
            let page = AgentPage::of(context, extras, &praiser, &mut praise, (agent, notes));
            folder.write(file, &pages.render("agent", &page.label, "report.js", None, &page)?)
        })
    })
}

/// Writes one page that stands alone to `dir`.
fn write_alone<T: serde::Serialize>(
    (name, locale, wording): (&str, &str, &Wording),
    about: &str,
    dir: &Path,
    page: &T,
    full_text: bool,
) -> io::Result<PathBuf> {
    let pages = Pages::new(Library::embedded("reports"), locale, wording, Vec::new())?.in_full(full_text);
    let folder = Folder::start(dir)?;
    let title = wording.or_key(&format!("{name}.title"));
    let file = format!("{name}.html");
    folder.write(&file, &pages.render(name, &title, "report.js", None, page)?)?;
    folder.finish(about)?;
    Ok(dir.join(file))
}

/// Writes the page of what reviewers said beside the findings, `agreement.html`.
///
/// # Errors
/// Those of [`write`].
pub fn write_agreement(shown: &Reviewed<'_>, book: &Rulebook, locale: &str, dir: &Path) -> io::Result<PathBuf> {
    let language = spoken(book, locale)?;
    let wording = Wording::of(language);
    let page = AgreementPage::of(shown, book, language, &wording);
    let about = format!("acw {} rules {}\n", shown.run.version, shown.run.rules_hash);
    write_alone(("agreement", locale, &wording), &about, dir, &page, false)
}

/// Writes the page of what departments said of the notes, `feedback.html`.
///
/// # Errors
/// Those of [`write`].
pub fn write_feedback(said: &Said, book: &Rulebook, locale: &str, dir: &Path) -> io::Result<PathBuf> {
    let language = spoken(book, locale)?;
    let wording = Wording::of(language);
    let page = FeedbackPage::of(said, book, language, &wording);
    write_alone(("feedback", locale, &wording), &format!("acw {}\n", env!("CARGO_PKG_VERSION")), dir, &page, false)
}

/// Writes the page of the good, the typical and the bad notes of each team, `examples.html`; `about` tells of the sample,
/// with `full_text` notes stand there as they were typed.
///
/// # Errors
/// Those of [`write`].
pub fn write_samples(
    teams: &[TeamNotes<'_>],
    (about, full_text): (&str, bool),
    book: &Rulebook,
    locale: &str,
    dir: &Path,
) -> io::Result<PathBuf> {
    let language = spoken(book, locale)?;
    let wording = Wording::of(language);
    let page = SamplesPage::of(teams, (about, full_text), book, language);
    write_alone(("examples", locale, &wording), &format!("acw {}\n", env!("CARGO_PKG_VERSION")), dir, &page, full_text)
}

/// Which notes a workshop is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workshop {
    /// How many notes of which kind.
    pub round: Round,
    /// Teams from whose notes they are taken; empty: all.
    pub teams: Vec<String>,
    /// Whether notes in other languages than the pages' are left out, however few there are.
    pub only_own: bool,
}

/// What a workshop came out as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The page to open.
    pub exercise: PathBuf,
    /// The sheet to print.
    pub sheet: PathBuf,
    /// Its answer key.
    pub key: PathBuf,
    /// Notes with something to find, and clean ones.
    pub faulty: usize,
    /// Clean notes.
    pub decoys: usize,
}

/// Writes a workshop to `dir`: the exercise, a work sheet, its answer key. `None`, and nothing is written, where no note fits.
///
/// # Errors
/// As [`write`].
pub fn write_workshop(
    report: &Report,
    book: &Rulebook,
    locale: &str,
    dir: &Path,
    workshop: &Workshop,
) -> io::Result<Option<Made>> {
    let language = spoken(book, locale)?;
    let wording = Wording::of(language);
    let files = file_name::of_agents(&report.agents);
    let compared = Compared::of(report);
    let context = Context { report, book, language, wording: &wording, compared: &compared, files: &files };
    let exercises = spot::exercises(&context, &workshop.round, workshop.only_own, &workshop.teams);
    if !exercises.iter().any(|exercise| exercise.level.is_some()) {
        return Ok(None);
    }
    let folder = Folder::start(dir)?;
    // The sheet and the key stand for themselves: whoever has the exercise open is not led to the answers.
    let nav = vec![entry(&wording, "spot-the-error", EXERCISE, "spot.title")];
    let pages = Pages::new(Library::embedded("reports"), locale, &wording, nav)?;
    let page = SpotPage::of(&context, &workshop.round, &exercises);
    write_exercise(&context, &pages, &page, &folder)?;
    for (template, file, title) in [("work-sheet", SHEET, "sheet.title"), ("answer-key", KEY, "key.title")] {
        folder.write(file, &pages.render(template, &wording.or_key(title), "guide.js", None, &page)?)?;
    }
    folder.finish(&format!("acw {} rules {}\n", report.run.version, report.run.rules_hash))?;
    let faulty = exercises.iter().filter(|exercise| exercise.level.is_some()).count();
    Ok(Some(Made {
        exercise: dir.join(EXERCISE),
        sheet: dir.join(SHEET),
        key: dir.join(KEY),
        faulty,
        decoys: exercises.len() - faulty,
    }))
}

/// Writes the guides that follow from the rules to `dir`.
///
/// # Errors
/// As [`write`].
pub fn write_guide(book: &Rulebook, locale: &str, dir: &Path) -> io::Result<Written> {
    let language = spoken(book, locale)?;
    let wording = Wording::of(language);
    let folder = Folder::start(dir)?;
    let nav = vec![entry(&wording, "guide", guide::FIRST, "guide.title")];
    let pages = Pages::new(Library::embedded("reports"), locale, &wording, nav)?;
    let written = guide::write(book, language, &wording, &pages, &folder)?;
    folder.finish(&format!("acw {} rules {}\n", env!("CARGO_PKG_VERSION"), book.hash))?;
    Ok(Written { index: dir.join(guide::FIRST), pages: written })
}

/// The workbook of the figures, which the team page links to.
const FIGURES: &str = "figures.xlsx";
const EXERCISE: &str = "spot-the-error.html";
const SHEET: &str = "work-sheet.html";
const KEY: &str = "answer-key.html";

/// Notes of the report's own round, and its seed.
const USUAL_SIZE: usize = 16;
const USUAL_SEED: u64 = 1;

fn entry(wording: &Wording, template: &'static str, file: &'static str, title: &str) -> Entry {
    Entry { template, file, title: wording.or_key(title) }
}

/// The language of that code, if pages can be written in it.
fn spoken<'b>(book: &'b Rulebook, locale: &str) -> io::Result<&'b Language> {
    book.language(locale)
        .map(|index| &book.languages[index])
        .filter(|language| !language.wording.is_empty())
        .ok_or_else(|| io::Error::other(format!("there is no rules/lang/{locale}/report.yaml")))
}

fn write_exercise(context: &Context<'_>, pages: &Pages, page: &SpotPage, folder: &Folder) -> io::Result<()> {
    let title = context.wording.or_key("spot.title");
    let html = pages.render("spot-the-error", &title, "exercise.js", Some(&page.data(context)), page)?;
    folder.write(EXERCISE, &html)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Packs;

    /// What stands between `before` and the next character that is not part of a key.
    fn keys<'t>(text: &'t str, before: &'t str) -> impl Iterator<Item = &'t str> {
        text.split(before).skip(1).map(|rest| {
            let end = rest.find(|c: char| !(c.is_ascii_lowercase() || c == '.' || c == '_')).unwrap_or(rest.len());
            &rest[..end]
        })
    }

    #[test]
    fn every_text_that_a_template_or_script_asks_for_is_there() {
        let packs = Packs::load(None).unwrap();
        let (_, texts) = packs.languages["en"].wording.as_ref().unwrap();
        let library = Library::embedded("reports");
        let mut asked = 0;
        for (name, file) in library.files() {
            for (before, behind) in [("t \"", ""), ("n \"", ".one"), ("(say.", ""), (" say.", "")] {
                let script = before.contains("say");
                for key in keys(&file.text, before).filter(|key| !key.is_empty() && script == name.ends_with(".js")) {
                    let key = if script { format!("play.{key}") } else { format!("{key}{behind}") };
                    // A key that ends in a full stop is completed by a value.
                    let known =
                        texts.contains_key(&key) || texts.keys().any(|k| key.ends_with('.') && k.starts_with(&key));
                    assert!(known, "{name}: {key}");
                    asked += 1;
                }
            }
        }
        assert!(asked > 150, "{asked}");
    }

    #[test]
    fn a_missing_text_is_told_with_file_and_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lang/fr");
        std::fs::create_dir_all(&path).unwrap();
        let library = Library::embedded("rules");
        let text = &library.get("lang/fr/report.yaml").unwrap().text;
        std::fs::write(path.join("report.yaml"), text.replace("team.title:", "team.titel:")).unwrap();
        let error = Packs::load(Some(folder.path())).unwrap_err().to_string();
        assert!(error.contains("`team.title` is missing") || error.contains("`team.titel` is missing"), "{error}");
        assert!(error.contains("report.yaml"), "{error}");
    }
}
