//! From what reviewers said of notes to figures: the program against the reviewers, the reviewers among themselves, a
//! reviewer's drift, the notes to talk about, the rules to retire.
//!
//! Everywhere an error is either there or not: `n/a` counts as not there, for the program tells no difference either.

use std::collections::BTreeSet;

use super::agreement::{Bootstrap, Estimate, alpha_interval, kappa, pabak};
use super::drift::{Drift, Halves, drifts};
use super::retire::{Never, Retire, RuleFigures, never, retire, rules};
use super::weighted::{Figure, Unit, design_estimate};
use crate::model::{Answer, Criterion, ReviewedNote, Reviews};

/// How the figures are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct How {
    /// Intervals of alpha, and the confidence of every interval.
    pub bootstrap: Bootstrap,
    /// Precision in per cent under which the whole interval of a rule must lie for the rule to be up for retirement.
    pub retire_below: u32,
    /// Judged findings, or notes, below which nothing is said of a rule or a reviewer.
    pub min_judged: u64,
    /// How drift over time is looked for.
    pub halves: Halves,
    /// Whether the weights of the notes may stand for the population.
    pub population: bool,
}

/// What several reviewers say of one criterion of one note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Opinion {
    /// Reviewers who see the error.
    pub fail: u32,
    /// Reviewers who do not.
    pub other: u32,
}

impl Opinion {
    /// Of the answers given.
    pub fn of(answers: impl IntoIterator<Item = Option<Answer>>) -> Self {
        answers.into_iter().flatten().fold(Opinion::default(), |mut opinion, answer| {
            *(if answer == Answer::Fail { &mut opinion.fail } else { &mut opinion.other }) += 1;
            opinion
        })
    }

    /// Answers given.
    pub fn told(self) -> u32 {
        self.fail + self.other
    }

    /// What most say; `None` of nothing, and where as many say the one as the other.
    pub fn majority(self) -> Option<bool> {
        (self.fail != self.other).then_some(self.fail > self.other)
    }

    /// Whether as many say the one as the other.
    pub fn is_tie(self) -> bool {
        self.told() > 0 && self.fail == self.other
    }

    /// Share of the pairs of reviewers who disagree, 0 to 1.
    pub fn disagreement(self) -> f64 {
        let (told, pairs) = (self.told(), u64::from(self.fail) * u64::from(self.other));
        if told < 2 { 0.0 } else { 2.0 * pairs as f64 / (f64::from(told) * f64::from(told - 1)) }
    }
}

/// Notes by what the program and what most reviewers say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Confusion {
    /// Both see the error: true positives.
    pub both: u64,
    /// Only the program: false positives.
    pub only_tool: u64,
    /// Only the reviewers: false negatives.
    pub only_reviewers: u64,
    /// Neither: true negatives.
    pub neither: u64,
}

impl Confusion {
    /// Adds a note.
    pub fn add(&mut self, tool: bool, reviewers: bool) {
        *match (tool, reviewers) {
            (true, true) => &mut self.both,
            (true, false) => &mut self.only_tool,
            (false, true) => &mut self.only_reviewers,
            (false, false) => &mut self.neither,
        } += 1;
    }

    /// Notes.
    pub fn notes(&self) -> u64 {
        self.both + self.only_tool + self.only_reviewers + self.neither
    }

    /// Notes in which the program finds the error: what precision is a share of.
    pub fn found(&self) -> u64 {
        self.both + self.only_tool
    }

    /// Notes in which the reviewers see the error: what recall is a share of.
    pub fn errors(&self) -> u64 {
        self.both + self.only_reviewers
    }

    /// Harmonic mean of precision and recall, 0 to 1; `None` where neither sees an error.
    pub fn f1(&self) -> Option<f64> {
        let all = self.found() + self.errors();
        (all > 0).then(|| 2.0 * self.both as f64 / all as f64)
    }

    fn table(&self) -> [[u64; 2]; 2] {
        [[self.both, self.only_tool], [self.only_reviewers, self.neither]]
    }
}

/// The reviewers among themselves on one criterion.
#[derive(Debug, Clone, PartialEq)]
pub struct Among {
    /// Notes that at least two of them judged.
    pub notes: u64,
    /// Notes on which they do not all say the same.
    pub split: u64,
    /// Notes on which they differ in nothing but whether the criterion applies.
    pub applicability: u64,
    /// Share of the pairs of answers that are alike, 0 to 1.
    pub agreement: f64,
    /// Krippendorff's alpha.
    pub alpha: Option<Estimate>,
}

/// What a weighted sample tells of the population.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Population {
    /// Share of the notes with the error.
    pub prevalence: Option<Estimate>,
    /// Share of the program's findings that are right.
    pub precision: Option<Estimate>,
    /// Share of the errors that the program finds.
    pub recall: Option<Estimate>,
}

/// One criterion.
#[derive(Debug, Clone, PartialEq)]
pub struct CriterionFigures {
    /// Answers given: fail, pass, n/a.
    pub answers: [u64; 3],
    /// Notes on which as many reviewers say the one as the other; they count for nothing but talk.
    pub ties: u64,
    /// Notes that reviewers judged and the program did not.
    pub not_audited: u64,
    /// The program against the majority.
    pub confusion: Confusion,
    /// Cohen's kappa of the program and the majority.
    pub kappa: Option<Estimate>,
    /// The same, adjusted for prevalence.
    pub pabak: Option<Estimate>,
    /// The population; `None` where the sample cannot stand for it.
    pub population: Option<Population>,
    /// The reviewers among themselves; `None` where no note has two answers.
    pub among: Option<Among>,
}

/// Two reviewers on one criterion.
#[derive(Debug, Clone, PartialEq)]
pub struct PairFigures {
    /// The reviewers.
    pub reviewers: (usize, usize),
    /// The criterion.
    pub criterion: usize,
    /// Notes that both judged.
    pub notes: u64,
    /// Share on which they agree, 0 to 1.
    pub agreement: f64,
    /// Cohen's kappa.
    pub kappa: Option<Estimate>,
    /// The same, adjusted for prevalence.
    pub pabak: Option<Estimate>,
}

/// A note on which reviewers disagree.
#[derive(Debug, Clone, PartialEq)]
pub struct Talk {
    /// Index of the note.
    pub note: usize,
    /// Criteria on which they disagree, most first.
    pub criteria: Vec<usize>,
    /// Sum over them of the share of pairs that disagree.
    pub disagreement: f64,
}

/// All figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// By criterion, in the order of [`Reviews::criteria`].
    pub criteria: Vec<CriterionFigures>,
    /// By pair of reviewers and criterion.
    pub pairs: Vec<PairFigures>,
    /// By reviewer: all criteria together, then one by one.
    pub drifts: Vec<Drift>,
    /// Most disagreement first.
    pub talk: Vec<Talk>,
    /// Rules under their category or element, by id.
    pub rules: Vec<RuleFigures>,
    /// Least precise first.
    pub retire: Vec<Retire>,
    /// Most missed first.
    pub never: Vec<Never>,
}

/// Makes the figures.
pub fn agreement(reviews: &Reviews, how: How) -> Agreement {
    let criteria: Vec<CriterionFigures> = (0..reviews.criteria.len()).map(|c| criterion(reviews, c, how)).collect();
    let rules = rules(reviews);
    let retire = retire(reviews, &criteria, &rules, how);
    Agreement {
        pairs: pairs(reviews, how),
        drifts: drifts(reviews, how),
        talk: talk(reviews),
        never: never(reviews, &criteria),
        criteria,
        rules,
        retire,
    }
}

/// What the reviewers say of one criterion of a note.
pub(super) fn opinion(note: &ReviewedNote, criterion: usize) -> Opinion {
    Opinion::of(note.answers[criterion].iter().copied())
}

/// Whether the program finds an error of the criterion; `None` where it did not judge the note.
pub(super) fn finds(note: &ReviewedNote, criterion: &Criterion) -> Option<bool> {
    note.findings.as_ref().map(|findings| findings.iter().any(|found| criterion.covers(found)))
}

fn criterion(reviews: &Reviews, index: usize, how: How) -> CriterionFigures {
    let mut answers = [0; 3];
    let (mut ties, mut not_audited, mut confusion) = (0, 0, Confusion::default());
    for note in &reviews.notes {
        for answer in note.answers[index].iter().flatten() {
            answers[Answer::ALL.iter().position(|a| a == answer).unwrap_or(0)] += 1;
        }
        let opinion = opinion(note, index);
        ties += u64::from(opinion.is_tie());
        match (opinion.majority(), finds(note, &reviews.criteria[index])) {
            (Some(reviewers), Some(tool)) => confusion.add(tool, reviewers),
            (Some(_), None) => not_audited += 1,
            (None, _) => {}
        }
    }
    let confidence = how.bootstrap.confidence;
    CriterionFigures {
        answers,
        ties,
        not_audited,
        confusion,
        kappa: kappa(&confusion.table(), confidence),
        pabak: pabak(&confusion.table(), confidence),
        population: how.population.then(|| population(reviews, index, confidence)),
        among: among(reviews, index, how.bootstrap),
    }
}

fn population(reviews: &Reviews, index: usize, confidence: u32) -> Population {
    let mut units = Vec::new();
    // Whether most reviewers see the error, and whether the program does.
    let mut said: Vec<(Option<bool>, Option<bool>)> = Vec::new();
    for note in &reviews.notes {
        let Some(weight) = note.weight else { continue };
        units.push(Unit { stratum: note.stratum, weight });
        said.push((opinion(note, index).majority(), finds(note, &reviews.criteria[index])));
    }
    let share = |counts: &dyn Fn(Option<bool>, Option<bool>) -> Option<bool>| {
        let value = |unit: usize| counts(said[unit].0, said[unit].1).map(|counts| f64::from(u8::from(counts)));
        let estimate = design_estimate(&units, value, Figure::Share, confidence)?;
        Some(Estimate { value: estimate.value, interval: estimate.interval })
    };
    Population {
        prevalence: share(&|error, _| error),
        precision: share(&|error, found| error.filter(|_| found == Some(true))),
        recall: share(&|error, found| found.filter(|_| error == Some(true))),
    }
}

fn among(reviews: &Reviews, index: usize, how: Bootstrap) -> Option<Among> {
    let mut units = Vec::new();
    let (mut split, mut applicability) = (0, 0);
    let (mut alike, mut all) = (0, 0);
    for note in &reviews.notes {
        let opinion = opinion(note, index);
        let told = u64::from(opinion.told());
        if told < 2 {
            continue;
        }
        let apart = u64::from(opinion.fail) * u64::from(opinion.other);
        split += u64::from(apart > 0);
        let distinct: BTreeSet<Answer> = note.answers[index].iter().flatten().copied().collect();
        applicability += u64::from(apart == 0 && distinct.len() > 1);
        all += told * (told - 1) / 2;
        alike += told * (told - 1) / 2 - apart;
        units.push([opinion.fail, opinion.other]);
    }
    (!units.is_empty()).then(|| Among {
        notes: units.len() as u64,
        split,
        applicability,
        agreement: alike as f64 / all as f64,
        alpha: alpha_interval(&units, how),
    })
}

fn pairs(reviews: &Reviews, how: How) -> Vec<PairFigures> {
    let confidence = how.bootstrap.confidence;
    let mut out = Vec::new();
    let count = reviews.reviewers.len();
    for one in 0..count {
        for other in one + 1..count {
            for criterion in 0..reviews.criteria.len() {
                let mut confusion = Confusion::default();
                for note in &reviews.notes {
                    let answers = &note.answers[criterion];
                    if let (Some(a), Some(b)) = (answers[one], answers[other]) {
                        confusion.add(a == Answer::Fail, b == Answer::Fail);
                    }
                }
                if confusion.notes() == 0 {
                    continue;
                }
                out.push(PairFigures {
                    reviewers: (one, other),
                    criterion,
                    notes: confusion.notes(),
                    agreement: (confusion.both + confusion.neither) as f64 / confusion.notes() as f64,
                    kappa: kappa(&confusion.table(), confidence),
                    pabak: pabak(&confusion.table(), confidence),
                });
            }
        }
    }
    out
}

fn talk(reviews: &Reviews) -> Vec<Talk> {
    let mut out: Vec<Talk> = Vec::new();
    for (index, note) in reviews.notes.iter().enumerate() {
        let mut apart: Vec<(usize, f64)> = (0..reviews.criteria.len())
            .map(|c| (c, opinion(note, c).disagreement()))
            .filter(|(_, disagreement)| *disagreement > 0.0)
            .collect();
        if apart.is_empty() {
            continue;
        }
        apart.sort_by(|a, b| b.1.total_cmp(&a.1));
        out.push(Talk {
            note: index,
            disagreement: apart.iter().map(|(_, disagreement)| disagreement).sum(),
            criteria: apart.into_iter().map(|(criterion, _)| criterion).collect(),
        });
    }
    out.sort_by(|a, b| b.disagreement.total_cmp(&a.disagreement));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BasisPoints, Category, Found};

    const HOW: How = How {
        bootstrap: Bootstrap { seed: 1, resamples: 200, confidence: 95 },
        retire_below: 50,
        min_judged: 10,
        halves: Halves::Rows,
        population: false,
    };

    fn found(rule: &str) -> Found {
        Found { rule: rule.into(), category: Category::Judgement, element: None, excerpt: String::new() }
    }

    /// Notes of one criterion, `judgement`: whether the program finds it, and a sign a reviewer: `f`, `p`, `n`, or a blank.
    fn reviews(notes: &[(bool, &str)]) -> Reviews {
        let answer = |sign| match sign {
            'f' => Some(Answer::Fail),
            'p' => Some(Answer::Pass),
            'n' => Some(Answer::NotApplicable),
            _ => None,
        };
        let reviewers = notes.first().map_or(0, |(_, signs)| signs.len());
        Reviews {
            reviewers: (0..reviewers).map(|r| format!("R{r}")).collect(),
            criteria: vec![Criterion::Category(Category::Judgement)],
            notes: notes
                .iter()
                .enumerate()
                .map(|(at, (tool, signs))| ReviewedNote {
                    id: at.to_string(),
                    findings: Some(if *tool { vec![found("hedge"), found("hedge")] } else { vec![] }),
                    answers: vec![signs.chars().map(answer).collect()],
                    rows: vec![Some(at); reviewers],
                    ..ReviewedNote::default()
                })
                .collect(),
        }
    }

    #[test]
    fn the_majority_counts_and_a_tie_is_talked_about() {
        let reviews =
            reviews(&[(true, "ffp"), (true, "pnp"), (false, "fff"), (false, "p  "), (true, "fp "), (false, "   ")]);
        let agreement = agreement(&reviews, HOW);
        let figures = &agreement.criteria[0];
        assert_eq!(figures.confusion, Confusion { both: 1, only_tool: 1, only_reviewers: 1, neither: 1 });
        assert_eq!((figures.ties, figures.answers), (1, [6, 5, 1]));
        assert_eq!((figures.confusion.f1(), figures.kappa.map(|k| k.value)), (Some(0.5), Some(0.0)));
        let talked: Vec<usize> = agreement.talk.iter().map(|talk| talk.note).collect();
        assert_eq!(talked, [4, 0], "the tie before the two against one");
        let among = figures.among.as_ref().unwrap();
        // Pairs: 1 of 3, 3 of 3, 3 of 3, 0 of 1 are alike; `n` beside `p` differs in applicability only.
        assert_eq!((among.notes, among.split, among.applicability, among.agreement), (4, 2, 1, 0.7));
    }

    /// scikit-learn 1.9 on the 20 values of each: kappa of program and reviewers 0.4898, F1 0.7059.
    #[test]
    fn the_figures_are_those_of_scikit_learn() {
        let notes: Vec<(bool, &str)> = [(true, "f", 6), (true, "p", 2), (false, "f", 3), (false, "p", 9)]
            .iter()
            .flat_map(|(tool, sign, times)| std::iter::repeat_n((*tool, *sign), *times))
            .collect();
        let figures = &agreement(&reviews(&notes), HOW).criteria[0];
        assert!((figures.kappa.unwrap().value - 0.489_795_918_367).abs() < 1e-9, "{:?}", figures.kappa);
        assert!((figures.confusion.f1().unwrap() - 0.705_882_352_941).abs() < 1e-9);
        assert_eq!(figures.among, None);
    }

    #[test]
    fn a_rule_is_retired_on_enough_evidence_only() {
        let of = |right: usize, wrong: usize| {
            let notes = [vec![(true, "f"); right], vec![(true, "p"); wrong]].concat();
            agreement(&reviews(&notes), HOW).retire
        };
        // statsmodels: 2 of 20 has its Wilson interval up to 30.1 %, 7 of 20 up to 56.7 %.
        let retired = of(2, 18);
        assert_eq!(retired.iter().map(|r| r.name.as_str()).collect::<Vec<_>>(), ["hedge", "judgement"]);
        assert_eq!((retired[0].judged, retired[0].right, retired[0].interval.high), (20, 2, BasisPoints(3_010)));
        assert!(of(7, 13).is_empty() && of(0, 9).is_empty());
    }

    #[test]
    fn what_is_never_found_is_told_with_its_notes() {
        let agreement = agreement(&reviews(&[(false, "f"), (false, "p"), (false, "f")]), HOW);
        assert_eq!(agreement.never, [Never { criterion: 0, notes: vec![0, 2] }]);
        assert!(super::agreement(&reviews(&[(false, "f"), (true, "p")]), HOW).never.is_empty());
    }

    #[test]
    fn a_reviewer_who_differs_or_drifts_is_flagged_and_a_handful_of_notes_flags_nobody() {
        let flags = |notes: &[(bool, &str)]| {
            let drifts = agreement(&reviews(notes), HOW).drifts;
            let of = |r: usize| drifts.iter().find(|d| d.reviewer == r && d.criterion == Some(0)).cloned().unwrap();
            (of(0).differs, of(0).drifts, of(0))
        };
        let strict = [vec![(false, "fpp"); 12], vec![(false, "ppp"); 18]].concat();
        let (differs, _, drift) = flags(&strict);
        assert!(differs, "{drift:?}");
        assert_eq!((drift.own, drift.others, drift.stricter, drift.milder), (0.4, 0.0, 12, 0));
        assert!(flags(&strict).1, "all of it in the first half");
        let even: Vec<_> = (0..30).map(|i| (false, if i % 5 < 2 { "fpp" } else { "ppp" })).collect();
        let (differs, drifts, _) = flags(&even);
        assert!(differs && !drifts);
        assert!(!flags(&[(false, "fpp"); 9]).0, "nine notes are too few");
        let fair: Vec<_> = (0..30).map(|i| (false, ["fpp", "pff", "fff", "ppp"][i % 4])).collect();
        let (differs, drifts, _) = flags(&fair);
        assert!(!differs && !drifts);
    }

    #[test]
    fn weights_speak_for_the_population_only_where_they_may() {
        let mut reviews = reviews(&[(true, "f"), (false, "p"), (false, "f"), (false, "p")]);
        for (note, weight) in reviews.notes.iter_mut().zip([10.0, 10.0, 30.0, 50.0]) {
            note.weight = Some(weight);
        }
        assert_eq!(agreement(&reviews, HOW).criteria[0].population, None);
        let population = agreement(&reviews, How { population: true, ..HOW }).criteria[0].population.unwrap();
        assert_eq!(population.prevalence.map(|e| e.value), Some(0.4));
        assert_eq!(
            (population.precision.map(|e| e.value), population.recall.map(|e| e.value)),
            (Some(1.0), Some(0.25))
        );
    }
}
