//! Guides that follow from the rules in force: what a good note has, which abbreviations are approved, better wordings,
//! prepared sentences with their blanks.

use std::io;

use serde::Serialize;

use super::excerpt::{self, Piece};
use super::exemplary::HANDY;
use super::lesson::Lesson;
use super::page::Pages;
use crate::audit::{Workspaces, audit_note};
use crate::checks::Corpus;
use crate::coach;
use crate::model::{AuditedNote, Category, Disposition, Element, Finding, Note, Outcome};
use crate::report::folder::Folder;
use crate::report::wording::Wording;
use crate::rules::{Language, Rule, Rulebook, examples};
use crate::text::prepared::Workspace;
use crate::text::redact;

/// The guide to begin with.
pub(super) const FIRST: &str = "guide.html";
/// Every guide: template, file, key of its title.
const GUIDES: [(&str, &str, &str); 4] = [
    ("guide", FIRST, "guide.style"),
    ("guide-abbreviations", "guide-abbreviations.html", "guide.abbreviations"),
    ("guide-wording", "guide-wording.html", "guide.wording"),
    ("guide-snippets", "guide-snippets.html", "guide.snippets"),
];
/// Examples of a rule that are looked at for words that it finds.
const EXAMPLES: usize = 8;
/// Words that are shown of them.
const WORDS_SHOWN: usize = 6;

/// What a note tells, in the order in which it is best told; what is no element is the reference, which belongs to what was
/// done.
fn order() -> impl Iterator<Item = Option<Element>> {
    Element::TOLD.into_iter().flat_map(|element| {
        let reference = (element == Element::Outcome).then_some(None);
        [Some(Some(element)), reference].into_iter().flatten()
    })
}

/// What every guide knows of the others.
#[derive(Serialize)]
struct Guide<T> {
    guides: Vec<Other>,
    #[serde(flatten)]
    page: T,
}

#[derive(Serialize)]
struct Other {
    file: &'static str,
    title: String,
    current: bool,
}

/// Writes the four guides; how many there are.
pub(super) fn write(
    book: &Rulebook,
    language: &Language,
    wording: &Wording,
    pages: &Pages,
    folder: &Folder,
) -> io::Result<usize> {
    let making = Making { book, language, wording };
    let asked = making.asked();
    making.write(pages, folder, 0, making.style(&asked))?;
    making.write(pages, folder, 1, making.abbreviations())?;
    making.write(pages, folder, 2, making.better_wording())?;
    making.write(pages, folder, 3, making.snippets(&asked))?;
    Ok(GUIDES.len())
}

struct Making<'b> {
    book: &'b Rulebook,
    language: &'b Language,
    wording: &'b Wording,
}

/// When a note of a call type must tell something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Asked {
    Always,
    WhenOpen,
    No,
}

/// What notes of each call type must tell.
struct Matrix {
    call_types: Vec<String>,
    /// By [`order`], then by call type.
    rows: Vec<Vec<Asked>>,
}

#[derive(Serialize)]
struct StylePage {
    target: u32,
    fewest: Option<usize>,
    most: Option<usize>,
    call_types: Vec<String>,
    rows: Vec<Row>,
    groups: Vec<Group>,
    readers: Vec<String>,
}

/// What must be told: key of its name, and when, a call type.
#[derive(Serialize)]
struct Row {
    name: String,
    cells: Vec<Asked>,
}

#[derive(Serialize)]
struct Group {
    category: Category,
    rules: Vec<Lesson>,
}

#[derive(Serialize)]
struct AbbreviationsPage {
    approved: usize,
    groups: Vec<Forms>,
    written_out: Vec<(String, String)>,
}

/// Forms of a list; those without a meaning explain themselves.
#[derive(Serialize)]
struct Forms {
    title: String,
    explained: Vec<(String, String)>,
    plain: Vec<String>,
}

#[derive(Serialize)]
struct WordingPage {
    groups: Vec<Better>,
}

#[derive(Serialize)]
struct Better {
    category: Category,
    rules: Vec<Instead>,
}

#[derive(Serialize)]
struct Instead {
    lesson: Lesson,
    /// Words that the rule finds, with what to write instead where it knows that.
    words: Vec<(String, Option<String>)>,
    example: Vec<Piece>,
    fine: Option<String>,
}

#[derive(Serialize)]
struct SnippetsPage {
    parts: Vec<Part>,
    call_types: Vec<Whole>,
}

/// One prepared sentence.
#[derive(Serialize)]
struct Part {
    name: String,
    pieces: Vec<coach::Piece>,
    text: String,
    example: String,
}

/// A whole note of a call type.
#[derive(Serialize)]
struct Whole {
    /// The call types whose notes are made so.
    call_types: Vec<String>,
    parts: Vec<Sentence>,
    text: String,
}

#[derive(Serialize)]
struct Sentence {
    pieces: Vec<coach::Piece>,
    when_open: bool,
}

/// Key below `element.`, `guide.tells.` and `snippet.` of what must be told.
fn name(told: Option<Element>) -> &'static str {
    told.map_or("reference", Element::name)
}

impl Making<'_> {
    fn write<T: Serialize>(&self, pages: &Pages, folder: &Folder, which: usize, page: T) -> io::Result<()> {
        let (template, file, title) = GUIDES[which];
        let other = |(index, (_, file, title)): (usize, &(&str, &'static str, &str))| Other {
            file,
            title: self.wording.or_key(title),
            current: index == which,
        };
        let guide = Guide { guides: GUIDES.iter().enumerate().map(other).collect(), page };
        folder.write(file, &pages.render(template, &self.wording.or_key(title), "guide.js", None, &guide)?)
    }

    /// Asks the rules themselves, with a note that tells nothing.
    fn asked(&self) -> Matrix {
        let mut call_types: Vec<String> = self.wording.below("call_type.").into_keys().collect();
        call_types.sort_by_key(|key| (key == "other", key.clone()));
        let mut workspace = Workspace::new(&self.language.scanner);
        let mut row = |told: Option<Element>| {
            let mut cell = |call_type: &String| {
                let mut fails = |disposition| self.is_asked(told, call_type, disposition, &mut workspace);
                if fails(Disposition::Empty) || fails(Disposition::Resolved) {
                    Asked::Always
                } else if fails(Disposition::Pending) || fails(Disposition::Escalated) {
                    Asked::WhenOpen
                } else {
                    Asked::No
                }
            };
            call_types.iter().map(&mut cell).collect()
        };
        let rows = order().map(&mut row).collect();
        Matrix { call_types, rows }
    }

    /// Whether some rule misses it in a note of that kind.
    fn is_asked(
        &self,
        told: Option<Element>,
        call_type: &str,
        disposition: Disposition,
        workspace: &mut Workspace,
    ) -> bool {
        let note = Note { text: "-".to_owned(), call_type: Some(call_type.into()), disposition, ..Note::default() };
        let prepared = workspace.prepare(&note, &self.book.folder, &self.language.scanner, &self.language.speech);
        self.language.checks.iter().enumerate().any(|(rule, check)| {
            let about = match told {
                Some(element) => self.book.rules[rule].element == Some(element),
                None => self.book.rules[rule].category == Category::Reference,
            };
            about
                && self.book.applies(rule, &note, &self.language.code)
                && check.as_ref().is_some_and(|check| {
                    !check.needs().any() && matches!(check.check(&prepared, &Corpus::default()), Outcome::Fail(_))
                })
        })
    }

    /// The rules that run in the language, with their index.
    fn rules(&self) -> impl Iterator<Item = (usize, &Rule)> {
        let runs = |(index, rule): &(usize, &Rule)| {
            self.language.checks[*index].is_some() && rule.texts.contains_key(&self.language.code)
        };
        self.book.rules.iter().enumerate().filter(runs)
    }

    fn style(&self, asked: &Matrix) -> StylePage {
        let (fewest, most) = self.language.word_limits();
        let rows = order()
            .zip(&asked.rows)
            .filter(|(_, cells)| cells.iter().any(|cell| *cell != Asked::No))
            .map(|(told, cells)| Row { name: name(told).to_owned(), cells: cells.clone() })
            .collect();
        let mut readers: Vec<String> = Vec::new();
        for key in self.rules().flat_map(|(_, rule)| &rule.readers) {
            let reader = self.language.readers.get(key).unwrap_or(key);
            if !readers.contains(reader) {
                readers.push(reader.clone());
            }
        }
        StylePage {
            target: self.book.scorecard.target,
            fewest,
            most,
            call_types: asked.call_types.clone(),
            rows,
            groups: self
                .by_category(|_, rule| Some(Lesson::of(rule, self.language)))
                .into_iter()
                .map(|(category, rules)| Group { category, rules })
                .collect(),
            readers,
        }
    }

    /// What `make` makes of the rules, by category; a category with nothing is left out.
    fn by_category<T>(&self, mut make: impl FnMut(usize, &Rule) -> Option<T>) -> Vec<(Category, Vec<T>)> {
        let mut out = Vec::new();
        for category in Category::ALL {
            let rules: Vec<T> = self
                .rules()
                .filter(|(_, rule)| rule.category == category)
                .filter_map(|(index, rule)| make(index, rule))
                .collect();
            if !rules.is_empty() {
                out.push((category, rules));
            }
        }
        out
    }

    fn abbreviations(&self) -> AbbreviationsPage {
        let glossaries: Vec<_> = self.language.checks.iter().flatten().filter_map(|check| check.glossary()).collect();
        let mut groups = Vec::new();
        for (list, forms) in glossaries.iter().flat_map(|glossary| &glossary.approved) {
            let title = self.wording.text(&format!("list.{list}")).unwrap_or(list).to_owned();
            let explained = forms.iter().filter(|(_, meaning)| !meaning.is_empty()).cloned();
            let plain = forms.iter().filter(|(_, meaning)| meaning.is_empty()).map(|(form, _)| form.clone());
            let group = Forms { title, explained: sorted(explained), plain: plain.collect() };
            if !(group.explained.is_empty() && group.plain.is_empty()) {
                groups.push(group);
            }
        }
        AbbreviationsPage {
            approved: groups.iter().map(|group| group.explained.len() + group.plain.len()).sum(),
            groups,
            written_out: sorted(glossaries.into_iter().flat_map(|glossary| glossary.written_out)),
        }
    }

    fn better_wording(&self) -> WordingPage {
        let mut workspaces = Workspaces::new();
        let groups = self.by_category(|index, rule| self.instead(index, rule, &mut workspaces));
        WordingPage { groups: groups.into_iter().map(|(category, rules)| Better { category, rules }).collect() }
    }

    /// What a rule finds in its own examples, and what it says instead.
    fn instead(&self, index: usize, rule: &Rule, workspaces: &mut Workspaces) -> Option<Instead> {
        let lesson = Lesson::of(rule, self.language);
        let text = rule.texts.get(&self.language.code)?;
        let own = self.book.language(&self.language.code);
        let mut words: Vec<(String, Option<String>)> = Vec::new();
        let mut example = Vec::new();
        for written in text.fires.iter().take(EXAMPLES) {
            let note = examples::note_of(written, self.book.call_type_of(index));
            let audited = audit_note(note, own, self.book, &Corpus::default(), workspaces);
            let found: Vec<&Finding> = audited.findings.iter().filter(|f| f.rule == index).collect();
            for finding in found.iter().filter(|finding| finding.span.is_some()) {
                let better = finding.suggestion.clone().filter(|better| lesson.better.as_ref() != Some(better));
                if words.len() < WORDS_SHOWN && !words.iter().any(|(known, _)| *known == finding.excerpt) {
                    words.push((finding.excerpt.clone(), better));
                }
            }
            // A note that is found too long would fill a page.
            let handy = written.note.chars().count() <= HANDY;
            if example.is_empty() && !found.is_empty() && handy {
                example = excerpt::pieces(&audited, &found, &|_| lesson.title.clone(), false);
            }
        }
        let fine = text.spares.first().map(|written| self.masked(&written.note, index, workspaces));
        (lesson.better.is_some() || !words.is_empty()).then_some(Instead { lesson, words, example, fine })
    }

    /// An example that the rule lets pass, secrets masked as everywhere.
    fn masked(&self, text: &str, index: usize, workspaces: &mut Workspaces) -> String {
        let note =
            Note { text: text.to_owned(), call_type: self.book.call_type_of(index).map(Into::into), ..Note::default() };
        let own = self.book.language(&self.language.code);
        let audited: AuditedNote = audit_note(note, own, self.book, &Corpus::default(), workspaces);
        redact::note(&audited.note.text, &audited.secrets())
    }

    fn snippets(&self, asked: &Matrix) -> SnippetsPage {
        let snippet = |told| self.wording.text(&format!("snippet.{}", name(told))).unwrap_or("");
        let wanted: Vec<Option<Element>> = order()
            .zip(&asked.rows)
            .filter(|(_, cells)| cells.iter().any(|cell| *cell != Asked::No))
            .map(|(told, _)| told)
            .collect();
        let parts = wanted.iter().map(|told| Part {
            name: name(*told).to_owned(),
            pieces: coach::blanks(snippet(*told)),
            text: snippet(*told).to_owned(),
            example: self.wording.or_key(&format!("snippet.{}.example", name(*told))),
        });
        let call_types = asked.call_types.iter().enumerate().map(|(at, call_type)| {
            let asked_here = |told: &Option<Element>| {
                let row = order().position(|other| other == *told)?;
                Some(asked.rows[row][at]).filter(|cell| *cell != Asked::No)
            };
            let told: Vec<(Option<Element>, Asked)> =
                wanted.iter().filter_map(|told| Some((*told, asked_here(told)?))).collect();
            Whole {
                call_types: vec![call_type.clone()],
                text: told.iter().map(|(told, _)| snippet(*told)).collect::<Vec<_>>().join("\n"),
                parts: told
                    .into_iter()
                    .map(|(told, when)| Sentence {
                        pieces: coach::blanks(snippet(told)),
                        when_open: when == Asked::WhenOpen,
                    })
                    .collect(),
            }
        });
        SnippetsPage { parts: parts.collect(), call_types: alike_together(call_types.collect()) }
    }
}

/// Call types whose notes are alike stand together.
fn alike_together(wholes: Vec<Whole>) -> Vec<Whole> {
    let mut out: Vec<Whole> = Vec::new();
    let open = |whole: &Whole| whole.parts.iter().map(|part| part.when_open).collect::<Vec<_>>();
    for whole in wholes {
        match out.iter_mut().find(|other| other.text == whole.text && open(other) == open(&whole)) {
            Some(other) => other.call_types.extend(whole.call_types),
            None => out.push(whole),
        }
    }
    out
}

fn sorted(forms: impl Iterator<Item = (String, String)>) -> Vec<(String, String)> {
    let mut forms: Vec<(String, String)> = forms.collect();
    forms.sort_by_key(|(form, _)| (form.to_lowercase(), form.clone()));
    forms.dedup_by(|a, b| a.0 == b.0);
    forms
}
