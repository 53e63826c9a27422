//! Agreement as a page: the program and the reviewers, the reviewers among themselves, their drift, and what to talk about.

use serde::Serialize;

use crate::measure::{Drift, Estimate, Talk};
use crate::model::{Answer, BasisPoints, Criterion};
use crate::report::agreement::Reviewed;
use crate::report::figures::Share;
use crate::report::wording::Wording;
use crate::rules::{Language, Rulebook};

/// The view model.
#[derive(Debug, Serialize)]
pub(super) struct AgreementPage {
    notes: usize,
    reviewers: Vec<Reviewer>,
    inputs: Vec<String>,
    criteria: Vec<CriterionRow>,
    rules: Vec<RuleRow>,
    among: Vec<AmongRow>,
    pairs: Vec<PairRow>,
    drifts: Vec<DriftRow>,
    comparisons: usize,
    /// Of these comparisons, how many chance alone would flag, in hundredths.
    by_chance: u32,
    least: u64,
    population: Vec<PopulationRow>,
    refusal: Option<String>,
    talk: Vec<TalkView>,
    retire: Vec<RetireRow>,
    retire_below: u32,
    never: Vec<NeverRow>,
    sample: Option<Sample>,
    remarks: Vec<Remark>,
    confidence: u32,
    seed: u64,
    resamples: usize,
    version: &'static str,
    rules_hash: String,
    unreadable: u64,
}

#[derive(Debug, Serialize)]
struct Reviewer {
    name: String,
    notes: usize,
}

/// How the notes were drawn.
#[derive(Debug, Serialize)]
struct Sample {
    kind: &'static str,
    population: Option<u64>,
    drawn: usize,
    not_judged: Option<usize>,
    replaced: usize,
    other_rules: bool,
}

/// A figure between −1 and 1 with its interval, and where it stands in a drawing that is 100 wide.
#[derive(Debug, Serialize)]
pub(super) struct Forest {
    value: f64,
    low: Option<f64>,
    high: Option<f64>,
    at: f64,
    from: f64,
    wide: f64,
    has_range: bool,
}

impl Forest {
    fn of(estimate: Option<Estimate>) -> Option<Self> {
        let estimate = estimate?;
        let place = |value: f64| ((value.clamp(-1.0, 1.0) + 1.0) * 500.0).round() / 10.0;
        let (low, high) = estimate.interval.unzip();
        let (from, to) = (place(low.unwrap_or(estimate.value)), place(high.unwrap_or(estimate.value)));
        let wide = ((to - from) * 10.0).round() / 10.0;
        let value = estimate.value;
        // The mark has a width of its own.
        let at = place(value).min(98.6);
        Some(Forest { value, low, high, at, from, wide, has_range: low.is_some() })
    }
}

/// A difference of shares in basis points with its interval.
#[derive(Debug, Serialize)]
struct Points {
    value: i64,
    low: Option<i64>,
    high: Option<i64>,
    has_range: bool,
}

impl Points {
    fn of(estimate: Estimate) -> Self {
        let points = |share: f64| (share * 10_000.0).round() as i64;
        Points {
            value: points(estimate.value),
            low: estimate.interval.map(|(low, _)| points(low)),
            high: estimate.interval.map(|(_, high)| points(high)),
            has_range: estimate.interval.is_some(),
        }
    }

    /// As a share of something, which has no sign.
    fn share(estimate: Estimate) -> Share {
        let points = Points::of(estimate);
        let whole = |points: i64| u32::try_from(points).unwrap_or(0);
        Share { share: Some(whole(points.value)), low: points.low.map(whole), high: points.high.map(whole) }
    }
}

#[derive(Debug, Serialize)]
struct CriterionRow {
    name: String,
    notes: u64,
    ties: u64,
    prevalence: Share,
    both: u64,
    only_tool: u64,
    only_reviewers: u64,
    precision: Share,
    recall: Share,
    f1: Option<f64>,
    kappa: Option<Forest>,
    pabak: Option<Forest>,
}

#[derive(Debug, Serialize)]
struct RuleRow {
    title: String,
    rule: String,
    by: String,
    judged: u64,
    confirmed: u64,
    precision: Share,
}

#[derive(Debug, Serialize)]
struct AmongRow {
    name: String,
    notes: u64,
    split: u64,
    agreement: u32,
    alpha: Option<Forest>,
}

#[derive(Debug, Serialize)]
struct PairRow {
    one: String,
    other: String,
    name: String,
    notes: u64,
    agreement: u32,
    kappa: Option<Forest>,
}

#[derive(Debug, Serialize)]
struct DriftRow {
    reviewer: String,
    /// `None`: all of them together.
    name: Option<String>,
    notes: u64,
    own: u32,
    others: u32,
    difference: Points,
    change: Option<Points>,
    /// The probability of McNemar's test.
    p: f64,
    tiny: bool,
    /// Keys of what is flagged.
    flags: Vec<&'static str>,
}

#[derive(Debug, Serialize)]
struct PopulationRow {
    name: String,
    prevalence: Option<Share>,
    precision: Option<Share>,
    recall: Option<Share>,
}

/// A note to talk about.
#[derive(Debug, Serialize)]
struct TalkView {
    note: String,
    text: String,
    criteria: Vec<TalkRow>,
    comments: Vec<(String, String)>,
}

#[derive(Debug, Serialize)]
struct TalkRow {
    name: String,
    /// Key of the answer, and who gave it.
    said: Vec<(&'static str, Vec<String>)>,
    /// What the program finds: rule and masked words.
    found: Vec<(String, String)>,
    audited: bool,
}

#[derive(Debug, Serialize)]
struct RetireRow {
    name: String,
    by: Option<String>,
    judged: u64,
    right: u64,
    precision: Share,
}

#[derive(Debug, Serialize)]
struct NeverRow {
    name: String,
    missed: usize,
    of: u64,
    notes: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Remark {
    place: String,
    message: String,
    help: String,
}

/// Names criteria and rules in the language of the page.
struct Names<'a> {
    book: &'a Rulebook,
    language: &'a Language,
    wording: &'a Wording,
}

impl Names<'_> {
    fn rule(&self, id: &str) -> String {
        let known = self.book.rule(id).map(|rule| self.book.rules[rule].title(&self.language.code));
        known.unwrap_or(id).to_owned()
    }

    fn criterion(&self, criterion: &Criterion) -> String {
        match criterion {
            Criterion::Category(category) => self.wording.or_key(&format!("category.{}", category.name())),
            Criterion::Element(element) => self.wording.or_key(&format!("element.{}", element.name())),
            Criterion::Rule(id) => self.rule(id),
        }
    }
}

impl AgreementPage {
    pub(super) fn of(shown: &Reviewed<'_>, book: &Rulebook, language: &Language, wording: &Wording) -> Self {
        let names = Names { book, language, wording };
        let (reviews, agreement, how) = (shown.reviews, shown.agreement, shown.how);
        let confidence = how.bootstrap.confidence;
        let name = |at: usize| names.criterion(&reviews.criteria[at]);
        let share = |part, whole| Share::of(part, whole, confidence);
        let judged = reviews.criteria.iter().zip(&agreement.criteria);
        let comparisons = shown.comparisons();
        AgreementPage {
            notes: reviews.notes.len(),
            reviewers: reviews
                .reviewers
                .iter()
                .enumerate()
                .map(|(at, name)| Reviewer { name: name.clone(), notes: shown.judged_by(at) })
                .collect(),
            inputs: shown.run.inputs.clone(),
            criteria: judged
                .clone()
                .filter(|(_, figures)| figures.answers != [0; 3])
                .map(|(criterion, figures)| {
                    let confusion = figures.confusion;
                    CriterionRow {
                        name: names.criterion(criterion),
                        notes: confusion.notes(),
                        ties: figures.ties,
                        prevalence: share(confusion.errors(), confusion.notes()),
                        both: confusion.both,
                        only_tool: confusion.only_tool,
                        only_reviewers: confusion.only_reviewers,
                        precision: share(confusion.both, confusion.found()),
                        recall: share(confusion.both, confusion.errors()),
                        f1: confusion.f1(),
                        kappa: Forest::of(figures.kappa),
                        pabak: Forest::of(figures.pabak),
                    }
                })
                .collect(),
            rules: agreement
                .rules
                .iter()
                .map(|rule| RuleRow {
                    title: names.rule(&rule.rule),
                    rule: rule.rule.clone(),
                    by: name(rule.criterion),
                    judged: rule.judged,
                    confirmed: rule.confirmed,
                    precision: share(rule.confirmed, rule.judged),
                })
                .collect(),
            among: judged
                .clone()
                .filter_map(|(criterion, figures)| {
                    let among = figures.among.as_ref()?;
                    Some(AmongRow {
                        name: names.criterion(criterion),
                        notes: among.notes,
                        split: among.split,
                        agreement: points(among.agreement),
                        alpha: Forest::of(among.alpha),
                    })
                })
                .collect(),
            pairs: agreement
                .pairs
                .iter()
                .map(|pair| PairRow {
                    one: reviews.reviewers[pair.reviewers.0].clone(),
                    other: reviews.reviewers[pair.reviewers.1].clone(),
                    name: name(pair.criterion),
                    notes: pair.notes,
                    agreement: points(pair.agreement),
                    kappa: Forest::of(pair.kappa),
                })
                .collect(),
            drifts: agreement
                .drifts
                .iter()
                .filter(|drift| drift.criterion.is_none() || drift.differs || drift.drifts)
                .map(|drift| drift_row(drift, reviews.reviewers[drift.reviewer].clone(), drift.criterion.map(name)))
                .collect(),
            comparisons,
            by_chance: comparisons as u32 * (100 - confidence),
            least: how.min_judged,
            population: judged
                .filter_map(|(criterion, figures)| {
                    let population = figures.population.filter(|_| shown.refusal.is_none())?;
                    population.prevalence?;
                    Some(PopulationRow {
                        name: names.criterion(criterion),
                        prevalence: population.prevalence.map(Points::share),
                        precision: population.precision.map(Points::share),
                        recall: population.recall.map(Points::share),
                    })
                })
                .collect(),
            refusal: shown.refusal.map(str::to_owned),
            talk: agreement.talk.iter().map(|talk| talk_view(shown, talk, &names)).collect(),
            retire: agreement
                .retire
                .iter()
                .map(|retire| RetireRow {
                    name: retire.by.map_or_else(
                        || criterion_named(&retire.name, book).map_or(retire.name.clone(), |c| names.criterion(&c)),
                        |_| names.rule(&retire.name),
                    ),
                    by: retire.by.map(name),
                    judged: retire.judged,
                    right: retire.right,
                    precision: share(retire.right, retire.judged),
                })
                .collect(),
            retire_below: how.retire_below,
            never: agreement
                .never
                .iter()
                .map(|never| NeverRow {
                    name: name(never.criterion),
                    missed: never.notes.len(),
                    of: agreement.criteria[never.criterion].confusion.notes(),
                    notes: never.notes.iter().map(|at| reviews.notes[*at].id.clone()).collect(),
                })
                .collect(),
            sample: shown.manifest.map(|manifest| Sample {
                kind: manifest.kind.name(),
                population: manifest.population,
                drawn: manifest.notes.len(),
                not_judged: shown.not_judged(),
                replaced: manifest.replaced.len(),
                other_rules: shown.same_rules() == Some(false),
            }),
            remarks: shown
                .remarks
                .iter()
                .map(|remark| Remark {
                    place: [
                        Some(remark.file.clone()),
                        remark.row.map(|row| row.to_string()),
                        remark.column.clone(),
                        remark.note.clone(),
                    ]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join(", "),
                    message: remark.message.clone(),
                    help: remark.help.clone(),
                })
                .collect(),
            confidence,
            seed: how.bootstrap.seed,
            resamples: how.bootstrap.resamples,
            version: shown.run.version,
            rules_hash: shown.run.rules_hash.clone(),
            unreadable: shown.unreadable,
        }
    }
}

/// The criterion of a name as it stands in a sheet's header.
fn criterion_named(name: &str, book: &Rulebook) -> Option<Criterion> {
    Criterion::of_header(name, |id| book.rule(id).is_some())
}

fn points(share: f64) -> u32 {
    BasisPoints((share.clamp(0.0, 1.0) * 10_000.0).round() as u32).0
}

fn drift_row(drift: &Drift, reviewer: String, name: Option<String>) -> DriftRow {
    let mut flags = Vec::new();
    if drift.differs {
        flags.push(if drift.difference.value > 0.0 { "stricter" } else { "milder" });
    }
    if let Some(change) = drift.change.filter(|_| drift.drifts) {
        flags.push(if change.value > 0.0 { "becoming_stricter" } else { "becoming_milder" });
    }
    DriftRow {
        reviewer,
        name,
        notes: drift.notes,
        own: points(drift.own),
        others: points(drift.others),
        difference: Points::of(drift.difference),
        change: drift.change.map(Points::of),
        p: drift.test.p,
        tiny: drift.test.p < 0.005,
        flags,
    }
}

fn talk_view(shown: &Reviewed<'_>, talk: &Talk, names: &Names<'_>) -> TalkView {
    let reviews = shown.reviews;
    let note = &reviews.notes[talk.note];
    let row = |criterion: &usize| {
        let own = &reviews.criteria[*criterion];
        let said = Answer::ALL.into_iter().filter_map(|answer| {
            let who = note.answers[*criterion].iter().zip(&reviews.reviewers).filter(|(a, _)| **a == Some(answer));
            let who: Vec<String> = who.map(|(_, name)| name.clone()).collect();
            (!who.is_empty()).then_some((answer_key(answer), who))
        });
        let found = note.findings.iter().flatten().filter(|found| own.covers(found));
        TalkRow {
            name: names.criterion(own),
            said: said.collect(),
            found: found.map(|found| (names.rule(&found.rule), found.excerpt.clone())).collect(),
            audited: note.findings.is_some(),
        }
    };
    TalkView {
        note: note.id.clone(),
        text: note.text.clone(),
        criteria: talk.criteria.iter().map(row).collect(),
        comments: note.comments.iter().map(|(at, text)| (reviews.reviewers[*at].clone(), text.clone())).collect(),
    }
}

/// Key of an answer's name.
const fn answer_key(answer: Answer) -> &'static str {
    match answer {
        Answer::Fail => "fail",
        Answer::Pass => "pass",
        Answer::NotApplicable => "not_applicable",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coefficient_stands_between_its_ends_and_never_outside_of_the_drawing() {
        let forest = Forest::of(Some(Estimate { value: 0.5, interval: Some((-0.2, 1.3)) })).unwrap();
        assert_eq!((forest.at, forest.from, forest.wide), (75.0, 40.0, 60.0));
        assert!(Forest::of(None).is_none());
    }
}
