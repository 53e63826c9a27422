//! From hits to findings: the only place where wording, severity, points and the masked excerpt are added.

use std::collections::HashMap;

use memchr::memchr;

use super::decisions::Decisions;
use super::fingerprint;
use crate::checks::{Check, Corpus};
use crate::measure::{Card, Loss, Stake, score};
use crate::model::{AuditedNote, Category, Element, Finding, Hit, Note, Outcome, Score, Span};
use crate::rules::{NotApplicable, Rule, Rulebook};
use crate::text::prepared::Workspace;
use crate::text::{Prepared, redact};

/// A thread's buffers: a workspace a language and, behind those of all languages, one a language for notes with quoted mail.
pub type Workspaces = HashMap<usize, Workspace>;

/// Longest excerpt in characters.
const LONGEST_EXCERPT: usize = 120;

/// Audits one note in the language of that index; without a language nothing is judged.
///
/// `corpus` is what a survey of the whole export told; an empty one where there was none.
pub fn audit_note(
    note: Note,
    language: Option<usize>,
    book: &Rulebook,
    corpus: &Corpus,
    workspaces: &mut Workspaces,
) -> AuditedNote {
    let mut audited = AuditedNote { note, ..AuditedNote::default() };
    audit_decided(&mut audited, language, book, corpus, &Decisions::default(), workspaces);
    audited
}

/// The same in place, where people have decided about findings: a note is moved as seldom as can be.
pub(super) fn audit_decided(
    audited: &mut AuditedNote,
    language: Option<usize>,
    book: &Rulebook,
    corpus: &Corpus,
    decisions: &Decisions,
    workspaces: &mut Workspaces,
) {
    let Some(index) = language else { return };
    let note = &audited.note;
    let language = &book.languages[index];
    // Quoted mail is rare, and then most of a note is.
    let mut beside = (!note.quoted().is_empty()).then(|| {
        workspaces.remove(&(index + book.languages.len())).unwrap_or_else(|| Workspace::new(&language.scanner))
    });
    let workspace = workspaces.entry(index).or_insert_with(|| Workspace::new(&language.scanner));
    let prepared = workspace.prepare(note, &book.folder, &language.scanner, &language.speech);
    let whole =
        beside.as_mut().map(|whole| whole.prepare_whole(note, &book.folder, &language.scanner, &language.speech));
    let mut stakes = Vec::with_capacity(book.rules.len());
    let mut findings = Vec::new();
    let mut grave = Vec::new();
    let pass = book.scorecard.not_applicable == NotApplicable::Pass;
    let profile = book.profile(note, &language.code);
    for (at, (rule, check)) in book.rules.iter().zip(&language.checks).enumerate() {
        let Some(points) = book.points(at, profile) else { continue };
        let applies = rule.when.holds(note, &language.code);
        let check = check.as_ref().filter(|_| applies);
        let outcome = check.map(|check| judged(&**check, rule.category, &prepared, whole.as_ref(), corpus));
        let judged = outcome.as_ref().is_some_and(|outcome| !matches!(outcome, Outcome::NotApplicable(_)));
        if judged || pass {
            stakes.push(Stake { category: rule.category, rule: at, points, critical: rule.critical.is_some() });
        }
        if let Some(Outcome::Fail(hits)) = outcome {
            if rule.fatal || rule.auto_fail {
                grave.push(at);
            }
            findings.extend(hits.into_iter().map(|hit| finding(at, rule, &language.code, note, hit)));
        }
    }
    drop(whole);
    if let Some(whole) = beside {
        workspaces.insert(index + book.languages.len(), whole);
    }
    settle(&mut findings);
    fingerprint::mark(&mut findings, note, &book.rules);
    let set_aside = decisions.apply(&mut findings, note, &language.code, &book.rules);
    // A grave failure counts even where another finding tells the same words, but not where all of it was set aside.
    grave.retain(|rule| findings.iter().any(|f| f.rule == *rule) || !set_aside.iter().any(|f| f.rule == *rule));
    let fatal = grave.iter().any(|rule| book.rules[*rule].fatal);
    let auto_fail = grave.iter().any(|rule| book.rules[*rule].auto_fail);
    let mut losses: Vec<Loss<'_>> = findings
        .iter_mut()
        .map(|f| Loss {
            category: f.category,
            rule: f.rule,
            points: book.points(f.rule, profile).unwrap_or_default(),
            lost: &mut f.points_lost,
        })
        .collect();
    let card = Card {
        method: book.scorecard.method,
        weight: &|category| book.weight(category, profile),
        cap: &|rule| book.cap(rule, profile),
    };
    let score = Score { fatal, auto_fail, ..score(&card, &stakes, &mut losses) };
    for first in 0..findings.len() {
        let rule = findings[first].rule;
        if findings[..first].iter().any(|f| f.rule == rule) {
            continue;
        }
        let fatal = grave.iter().any(|other| *other != rule && book.rules[*other].fatal);
        let points = |rule| book.points(rule, profile).unwrap_or_default();
        let other = Score { fatal, ..without(rule, &findings, &card, &stakes, points) };
        let (now, then) = (score.value().unwrap_or_default(), other.value().unwrap_or_default());
        findings[first].gain = then.0.saturating_sub(now.0);
    }
    audited.language = Some(language.code.as_str().into());
    audited.score = score;
    audited.findings = findings;
    audited.set_aside = set_aside;
}

/// What a check finds in what the agent wrote, where `whole` holds quoted mail too.
///
/// Secrets are looked for in both: they lie in the open whoever wrote them. Why the customer made contact, and a number, are told to
/// whoever reads the note even if the quoted mail alone tells them. What was done, how it ended and what comes next is the agent's
/// to tell.
pub fn judged(
    check: &dyn Check,
    category: Category,
    own: &Prepared<'_>,
    whole: Option<&Prepared<'_>>,
    corpus: &Corpus,
) -> Outcome {
    let Some(whole) = whole else { return check.check(own, corpus) };
    if category == Category::Sensitive {
        return check.check(whole, corpus);
    }
    let told = category == Category::Reference || check.element() == Some(Element::Reason);
    match check.check(own, corpus) {
        Outcome::Fail(_) if told && check.check(whole, corpus) == Outcome::Pass => Outcome::Pass,
        outcome => outcome,
    }
}

/// The score that the note would have if a rule had found nothing in it.
fn without(
    rule: usize,
    findings: &[Finding],
    card: &Card<'_>,
    stakes: &[Stake],
    points: impl Fn(usize) -> u32,
) -> Score {
    let others: Vec<&Finding> = findings.iter().filter(|f| f.rule != rule).collect();
    let mut lost = vec![0; others.len()];
    let mut losses: Vec<Loss<'_>> = others
        .iter()
        .zip(&mut lost)
        .map(|(f, lost)| Loss { category: f.category, rule: f.rule, points: points(f.rule), lost })
        .collect();
    score(card, stakes, &mut losses)
}

/// The rules that a note of that language was held to and kept, by index; those that only the whole export can judge are not
/// among them.
pub fn kept_rules(note: &Note, language: usize, book: &Rulebook, workspaces: &mut Workspaces) -> Vec<usize> {
    let code = &book.languages[language].code;
    let language_of = &book.languages[language];
    let workspace = workspaces.entry(language).or_insert_with(|| Workspace::new(&language_of.scanner));
    let prepared = workspace.prepare(note, &book.folder, &language_of.scanner, &language_of.speech);
    let profile = book.profile(note, code);
    let kept = |at: &usize| {
        let alone = language_of.checks[*at].as_ref().filter(|check| !check.needs().any());
        book.points(*at, profile).is_some()
            && book.rules[*at].when.holds(note, code)
            && alone.is_some_and(|check| check.check(&prepared, &Corpus::default()) == Outcome::Pass)
    };
    (0..book.rules.len()).filter(kept).collect()
}

fn finding(at: usize, rule: &Rule, language: &str, note: &Note, hit: Hit) -> Finding {
    let excerpt = hit.span.map_or(String::new(), |span| {
        let words = span.of(&note.text);
        let masked =
            if rule.category == Category::Sensitive { redact::secret(words) } else { redact::note(words, &[]) };
        shorten(masked)
    });
    let text = rule.texts.get(language);
    Finding {
        rule: at,
        category: rule.category,
        severity: rule.severity,
        span: hit.span,
        element: hit.element,
        message: text.map_or(String::new(), |t| message(&t.message, &excerpt)),
        suggestion: hit.better.or_else(|| text.and_then(|t| t.better.clone())),
        excerpt,
        fingerprint: 0,
        standing: crate::model::Standing::default(),
        decision: None,
        points_lost: 0,
        gain: 0,
    }
}

/// The message of a finding: the wording, with the excerpt where it has a place for one. Most findings are of something that is
/// missing, and theirs have none, which a look for one sign tells.
fn message(wording: &str, excerpt: &str) -> String {
    match memchr(b'{', wording.as_bytes()) {
        Some(_) => wording.replace("{text}", excerpt),
        None => wording.to_owned(),
    }
}

fn shorten(text: String) -> String {
    match text.char_indices().nth(LONGEST_EXCERPT) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// Orders findings by place and lets one error be one finding: where two span findings overlap, the graver family stays
/// (an insult is no judgement, a masked swear word no abbreviation); of one family the longer, then the milder rule: kind words
/// are praise though a wider rule finds them too.
fn settle(findings: &mut Vec<Finding>) {
    let rank = |f: &Finding| match f.category {
        Category::Sensitive => 0,
        Category::Template => 1,
        Category::Disrespect => 2,
        Category::Judgement => 3,
        _ => 4,
    };
    let length = |f: &Finding| f.span.map_or(0, |s| s.end - s.start);
    findings.sort_by_key(|f| (rank(f), std::cmp::Reverse(length(f)), f.span, f.severity, f.rule));
    let mut kept: Vec<Finding> = Vec::with_capacity(findings.len());
    for finding in findings.drain(..) {
        let told = finding.span.is_some_and(|span| {
            kept.iter().any(|k| k.span.is_some_and(|s| tells(k.category, s, finding.category, span)))
        });
        if !told {
            kept.push(finding);
        }
    }
    kept.sort_by_key(|a| (a.span, a.rule));
    *findings = kept;
}

/// Whether a finding kept already tells what another would: both are about wording and share words, most of the other's
/// (any, of a judgement that shares words with an insult).
fn tells(kept: Category, place: Span, other: Category, span: Span) -> bool {
    use Category::{Abbreviation, Disrespect, Judgement, Sensitive, Template};
    let wording = |c| matches!(c, Sensitive | Template | Disrespect | Judgement | Abbreviation);
    let shared = place.end.min(span.end).saturating_sub(place.start.max(span.start));
    let insulting = kept == Disrespect && other == Judgement;
    let most = match (kept, other) {
        // `wtf` is a swear word written short; `cust` in `cust was rude` is an error of its own.
        (Disrespect | Judgement, Abbreviation) => shared * 2 >= place.end - place.start,
        (_, Abbreviation) => true,
        _ => kept == other || insulting || shared * 2 >= span.end - span.start,
    };
    wording(kept) && wording(other) && shared > 0 && most
}
