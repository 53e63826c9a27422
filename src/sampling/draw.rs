//! The draw: the lowest numbers of each stratum, or the lowest places where chances differ.

use std::collections::HashMap;

use super::SamplingError;
use super::frame::{Frame, Member, frame};
use super::identity::{Identities, unit};
use crate::audit::{self, Options, Progress};
use crate::input::{Drawn, InputError, Manifest, Stratum};
use crate::measure::{Chances, Share, allocate};
use crate::model::AuditedNote;
use crate::model::sample::{Kind, Plan, SheetForm, Size};
use crate::rules::Rulebook;

/// A drawn sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// What was drawn, from what, and how.
    pub manifest: Manifest,
    /// The notes, audited, in the order of the manifest: one of chance.
    pub notes: Vec<AuditedNote>,
    /// Rows that could not be read and therefore not drawn.
    pub unreadable: u64,
    /// Notes that the filter left out.
    pub skipped: u64,
}

/// Draws a sample from exports, which are read twice.
///
/// # Errors
/// A plan that makes no sense for these notes; an export that cannot be read.
pub fn draw(
    plan: &Plan,
    form: SheetForm,
    options: &Options,
    book: &Rulebook,
    progress: &dyn Progress,
) -> Result<Sample, SamplingError> {
    plan.check(book).map_err(SamplingError::Usage)?;
    let frame = frame(plan, options, book, progress)?;
    let sizes = sizes(plan, &frame)?;
    let order = order(plan, &frame, sizes.iter().sum());
    let mut chosen: Vec<(Member, Choice)> = Vec::new();
    for (stratum, members) in order.members.iter().enumerate() {
        let drawn = members.iter().take(sizes[stratum] as usize);
        chosen.extend(drawn.map(|member| (*member, order.choice(plan, &frame, member, sizes[stratum]))));
    }
    // By number, so that the order of a sheet tells nothing of its notes.
    chosen.sort_by_key(|(member, _)| (member.number, member.row));
    let (notes, nths) = fetch(&chosen, options, book)?;
    let strata = frame.strata.iter().zip(&sizes).map(|(cell, drawn)| Stratum {
        by: plan.by.iter().map(|key| key.name().to_owned()).zip(cell.values.iter().cloned()).collect(),
        population: cell.population,
        drawn: *drawn,
        // Elsewhere the notes of a stratum do not all stand for as many.
        weight: plan.kind.representative().then(|| cell.population as f64 / *drawn as f64),
    });
    let drawn = notes.iter().zip(&nths).zip(&chosen).map(|((note, nth), (member, choice))| Drawn {
        note: note.note.id.to_string(),
        nth: *nth,
        stratum: member.stratum as usize,
        weight: choice.weight,
        reason: choice.reason.clone(),
    });
    let manifest = Manifest {
        file: String::new(),
        acw: env!("CARGO_PKG_VERSION").into(),
        rules: Some(book.hash.clone()),
        kind: plan.kind,
        representative: plan.kind.representative(),
        about: plan.kind.about().into(),
        seed: plan.seed,
        inputs: options.named(),
        reading: Some(options.input.clone()),
        export: frame.export.clone(),
        read: frame.read,
        population: Some(frame.members.len() as u64),
        drawn: chosen.len() as u64,
        plan: Some(plan.clone()),
        sheet: form,
        strata: strata.collect(),
        notes: drawn.collect(),
        replaced: Vec::new(),
    };
    Ok(Sample { manifest, notes, unreadable: frame.unreadable, skipped: frame.skipped })
}

/// How many notes of each stratum.
fn sizes(plan: &Plan, frame: &Frame) -> Result<Vec<u64>, SamplingError> {
    let population = frame.members.len() as u64;
    let all = match plan.size {
        Size::All => population,
        Size::Notes(notes) => notes,
        Size::Share(share) => ((population as f64 * share / 100.0 - 1e-9).ceil() as u64).clamp(1, population),
        Size::PerStratum(notes) => return Ok(frame.strata.iter().map(|cell| cell.population.min(notes)).collect()),
    };
    if all > population {
        return Err(SamplingError::Usage(format!(
            "--size {all}: there are {population} notes to draw from\n  help: ask for fewer, or audit them all with `acw audit`"
        )));
    }
    let shares: Vec<Share> = frame.strata.iter().map(|cell| cell.share()).collect();
    allocate(all, &shares, plan.allocation).ok_or_else(|| {
        SamplingError::Usage(format!(
            "{all} notes cannot stand for {} strata, each of which needs one\n  help: ask for at least {} notes, or for fewer keys \
             after --by",
            shares.len(),
            shares.len()
        ))
    })
}

/// The notes of each stratum in the order in which they are drawn: a sample takes the first ones, a replacement the next.
pub(super) struct Order {
    pub(super) members: Vec<Vec<Member>>,
    chances: Option<Chances>,
}

/// What the manifest says of a drawn note.
pub(super) struct Choice {
    pub(super) weight: Option<f64>,
    pub(super) reason: Option<String>,
}

/// Orders the notes for a sample of so many.
pub(super) fn order(plan: &Plan, frame: &Frame, notes: u64) -> Order {
    let mut members = vec![Vec::new(); frame.strata.len()];
    for member in &frame.members {
        members[member.stratum as usize].push(*member);
    }
    let sizes = || frame.members.iter().map(|member| member.size(plan));
    let chances = (plan.kind == Kind::RiskBased).then(|| Chances::of(notes, sizes()));
    for stratum in &mut members {
        stratum.sort_unstable_by_key(|member: &Member| (member.number, member.row));
        if let Some(chances) = &chances {
            let place = |member: &Member| chances.place(member.size(plan), unit(member.number));
            // Stable: equal places (of certain notes) stay in the order of chance.
            stratum.sort_by(|a, b| place(a).total_cmp(&place(b)));
        }
    }
    Order { members, chances }
}

impl Order {
    /// What is to be said of a note of a stratum of which so many are drawn.
    pub(super) fn choice(&self, plan: &Plan, frame: &Frame, member: &Member, drawn: u64) -> Choice {
        match plan.kind {
            Kind::Random | Kind::Stratified => {
                let population = frame.strata[member.stratum as usize].population;
                Choice { weight: Some(population as f64 / drawn as f64), reason: None }
            }
            Kind::RiskBased => {
                let chance = self.chances.map(|chances| chances.chance(member.size(plan)));
                let reason = format!("findings cost {} points", member.cost);
                Choice { weight: chance.map(|chance| 1.0 / chance), reason: Some(reason) }
            }
            Kind::Targeted => Choice { weight: None, reason: Some(plan.target()) },
        }
    }
}

/// Reads the export again for the notes of these rows, given and returned in the order of the sheet, each with its number among
/// notes of the same identifier.
pub(super) fn fetch(
    chosen: &[(Member, Choice)],
    options: &Options,
    book: &Rulebook,
) -> Result<(Vec<AuditedNote>, Vec<u32>), SamplingError> {
    let mut wanted: HashMap<u64, usize> = chosen.iter().enumerate().map(|(at, (member, _))| (member.row, at)).collect();
    let (mut row, mut identities, mut places) = (0u64, Identities::default(), Vec::with_capacity(chosen.len()));
    let picked = audit::pick(options, book, &mut |note| {
        let nth = identities.next(note);
        let place = wanted.remove(&row);
        row += 1;
        places.extend(place.map(|place| (place, nth)));
        place.is_some()
    })?;
    if !wanted.is_empty() {
        return Err(InputError::Form {
            file: options.named().join(", "),
            message: "the export changed while it was read".into(),
            help: "draw again when nobody writes to it".into(),
        }
        .into());
    }
    let mut placed: Vec<_> = places.into_iter().zip(picked.notes).collect();
    placed.sort_by_key(|((place, _), _)| *place);
    Ok(placed.into_iter().map(|((_, nth), note)| (note, nth)).unzip())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::Period;
    use crate::model::sample::Key;
    use crate::sampling::frame::Cell;
    use crate::sampling::identity::number;

    fn plan(kind: Kind, size: Size, seed: u64) -> Plan {
        let by = if kind == Kind::Stratified { vec![Key::Team] } else { Vec::new() };
        let allocation = Default::default();
        Plan { kind, size, by, allocation, conditions: Vec::new(), period: Period::Month, floor: 5, seed }
    }

    /// Notes with a stratum and a cost each.
    fn framed(notes: &[(u32, u32)], seed: u64) -> Frame {
        let strata = 1 + notes.iter().map(|(stratum, _)| *stratum).max().unwrap_or(0);
        let member = |(row, (stratum, cost)): (usize, &(u32, u32))| Member {
            number: number(seed, &format!("N-{row}"), 1),
            row: row as u64,
            stratum: *stratum,
            cost: *cost,
        };
        let cell = |stratum| Cell {
            values: vec![Some(format!("{stratum}"))],
            population: notes.iter().filter(|note| note.0 == stratum).count() as u64,
            ..Cell::default()
        };
        Frame {
            members: notes.iter().enumerate().map(member).collect(),
            strata: (0..strata).map(cell).collect(),
            read: notes.len() as u64,
            ..Frame::default()
        }
    }

    /// Rows and weights of what is drawn.
    fn drawn(plan: &Plan, frame: &Frame) -> Vec<(u64, f64)> {
        let sizes = sizes(plan, frame).unwrap();
        let order = order(plan, frame, sizes.iter().sum());
        let of = |stratum: usize| {
            let members = order.members[stratum].iter().take(sizes[stratum] as usize);
            members.map(move |m| (m.row, m)).collect::<Vec<_>>()
        };
        (0..sizes.len())
            .flat_map(|stratum| of(stratum).into_iter().map(move |(row, member)| (row, member, stratum)))
            .map(|(row, member, stratum)| {
                (row, order.choice(plan, frame, member, sizes[stratum]).weight.unwrap_or_default())
            })
            .collect()
    }

    /// How often each note is drawn over many seeds, against the chance that its weight claims: within four standard errors of a
    /// binomial share, and within five in the worst note.
    fn as_claimed(kind: Kind, notes: &[(u32, u32)], size: u64) {
        const SEEDS: u64 = 4_000;
        let mut times = vec![0u64; notes.len()];
        let mut claimed = vec![0.0f64; notes.len()];
        for seed in 0..SEEDS {
            for (row, weight) in drawn(&plan(kind, Size::Notes(size), seed), &framed(notes, seed)) {
                times[row as usize] += 1;
                claimed[row as usize] = 1.0 / weight;
            }
        }
        let away = times.iter().zip(&claimed).map(|(times, chance)| {
            let error = (chance * (1.0 - chance) / SEEDS as f64).sqrt();
            (*times as f64 / SEEDS as f64 - chance).abs() / error.max(1e-9)
        });
        let worst = away.fold(0.0, f64::max);
        assert!(worst < 5.0, "{kind:?}: {worst}");
    }

    #[test]
    fn every_note_is_drawn_as_often_as_its_weight_claims() {
        let notes: Vec<(u32, u32)> = (0..60).map(|at| (u32::from(at % 5 == 0), [0, 0, 3, 8, 30][at % 5])).collect();
        as_claimed(Kind::Random, &notes.iter().map(|note| (0, note.1)).collect::<Vec<_>>(), 12);
        as_claimed(Kind::Stratified, &notes, 12);
        as_claimed(Kind::RiskBased, &notes.iter().map(|note| (0, note.1)).collect::<Vec<_>>(), 12);
    }

    #[test]
    fn what_costs_much_is_certain_to_be_drawn() {
        let mut notes = vec![(0, 0); 100];
        notes[17] = (0, 5_000);
        for seed in 0..20 {
            let drawn = drawn(&plan(Kind::RiskBased, Size::Notes(5), seed), &framed(&notes, seed));
            assert!(drawn.contains(&(17, 1.0)) && drawn.len() == 5, "{drawn:?}");
        }
    }

    proptest! {
        #[test]
        fn weights_of_a_stratified_sample_sum_to_the_population(
            notes in prop::collection::vec((0u32..6, 0u32..40), 6..200),
            part in 0.0f64..=1.0,
            seed: u64,
        ) {
            // Strata are numbered without gaps.
            let used: Vec<u32> = { let mut all: Vec<u32> = notes.iter().map(|n| n.0).collect(); all.sort(); all.dedup(); all };
            let notes: Vec<(u32, u32)> =
                notes.iter().map(|(s, c)| (used.iter().position(|u| u == s).unwrap() as u32, *c)).collect();
            let size = used.len() as u64 + ((notes.len() - used.len()) as f64 * part) as u64;
            let drawn = drawn(&plan(Kind::Stratified, Size::Notes(size), seed), &framed(&notes, seed));
            prop_assert_eq!(drawn.len() as u64, size);
            let weights: f64 = drawn.iter().map(|(_, weight)| weight).sum();
            prop_assert!((weights - notes.len() as f64).abs() < 1e-6);
            let mut rows: Vec<u64> = drawn.iter().map(|(row, _)| *row).collect();
            rows.sort_unstable();
            rows.dedup();
            prop_assert_eq!(rows.len() as u64, size);
        }
    }
}
