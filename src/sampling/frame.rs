//! The sampling frame: of every note that can be drawn, its number, its stratum and what its findings cost, and no text.

use std::collections::HashMap;

use super::SamplingError;
use super::identity::{Identities, number};
use crate::audit::{self, Options, Progress};
use crate::input::InputError;
use crate::measure::{Share, variance};
use crate::model::sample::{Kind, Plan};
use crate::model::{AuditedNote, Note, Scores};
use crate::rules::Rulebook;

/// A note that can be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Member {
    /// Its random number.
    pub(super) number: u64,
    /// Its place among the notes of the export that can be read, from 0.
    pub(super) row: u64,
    /// Index of its stratum.
    pub(super) stratum: u32,
    /// Points that its findings cost, in audited frames: all that it could earn, where a fatal rule failed.
    pub(super) cost: u32,
}

impl Member {
    /// To what its chance is proportional in a risk-based sample: what its findings cost, and the floor.
    pub(super) fn size(&self, plan: &Plan) -> u64 {
        u64::from(self.cost) + u64::from(plan.floor)
    }
}

/// A stratum.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Cell {
    /// Values of the plan's keys; `None` where the export does not tell one.
    pub(super) values: Vec<Option<String>>,
    /// Notes in it.
    pub(super) population: u64,
    /// The scores of those that have one.
    pub(super) scores: Scores,
}

impl Cell {
    /// What allocation must know.
    pub(super) fn share(&self) -> Share {
        Share { population: self.population, deviation: variance(&self.scores).map_or(0.0, f64::sqrt) }
    }
}

/// All notes that can be drawn.
#[derive(Debug, Default)]
pub(super) struct Frame {
    /// The notes, in the order of the export.
    pub(super) members: Vec<Member>,
    /// The strata, in the order of their values.
    pub(super) strata: Vec<Cell>,
    /// Names the export.
    pub(super) export: String,
    /// Notes of the export, drawable or not.
    pub(super) read: u64,
    /// Rows that could not be read.
    pub(super) unreadable: u64,
    /// Notes that the filter left out.
    pub(super) skipped: u64,
}

/// Reads the export once.
///
/// # Errors
/// An export that cannot be read or holds no note that meets the plan's conditions.
pub(super) fn frame(
    plan: &Plan,
    options: &Options,
    book: &Rulebook,
    progress: &dyn Progress,
) -> Result<Frame, SamplingError> {
    let mut building =
        Building { plan, book, identities: Identities::default(), cells: HashMap::new(), frame: Frame::default() };
    let (unreadable, skipped) = if plan.needs_audit() {
        let report = audit::run(options, book, progress, &mut |note| {
            building.add(&note.note, Some(note));
            Ok(())
        })?;
        (report.run.rejected, report.run.skipped())
    } else {
        let picked = audit::pick(options, book, &mut |note| {
            building.add(note, None);
            progress.rows(building.frame.read);
            false
        })?;
        (picked.unreadable, picked.skipped)
    };
    let mut frame = building.finish();
    (frame.unreadable, frame.skipped) = (unreadable, skipped);
    if frame.read == 0 {
        return Err(InputError::Empty { file: options.named().join(", ") }.into());
    }
    frame.check(plan)?;
    Ok(frame)
}

impl Frame {
    fn check(&self, plan: &Plan) -> Result<(), SamplingError> {
        if self.members.is_empty() {
            return Err(SamplingError::Usage(format!(
                "none of the {} notes meets {}\n  help: `acw audit` shows agents, teams and rules; `acw columns` what was read",
                self.read,
                plan.target()
            )));
        }
        for (at, key) in plan.by.iter().enumerate() {
            if self.strata.iter().all(|cell| cell.values[at].is_none()) {
                let name = key.name();
                return Err(SamplingError::Usage(format!(
                    "--by {name}: the export tells no {name}\n  help: look with `acw columns`, and name the column with --column"
                )));
            }
        }
        Ok(())
    }
}

struct Building<'p> {
    plan: &'p Plan,
    book: &'p Rulebook,
    identities: Identities,
    cells: HashMap<Vec<Option<String>>, u32>,
    frame: Frame,
}

impl Building<'_> {
    fn add(&mut self, note: &Note, audited: Option<&AuditedNote>) {
        let plan = self.plan;
        let nth = self.identities.next(note);
        let row = self.frame.read;
        self.frame.read += 1;
        if !plan.conditions.iter().all(|clause| clause.holds(note, audited, self.book, plan.period)) {
            return;
        }
        let values: Vec<Option<String>> = plan.by.iter().map(|key| key.of(note, plan.period)).collect();
        let cells = &mut self.frame.strata;
        let stratum = *self.cells.entry(values).or_insert_with_key(|values| {
            cells.push(Cell { values: values.clone(), ..Cell::default() });
            (cells.len() - 1) as u32
        });
        let cell = &mut cells[stratum as usize];
        cell.population += 1;
        if let Some(score) = audited.and_then(|audited| audited.score.value()) {
            cell.scores.add(score);
        }
        let cost = audited.filter(|_| plan.kind == Kind::RiskBased).map_or(0, cost);
        self.frame.members.push(Member { number: number(plan.seed, &note.id, nth), row, stratum, cost });
    }

    /// Brings the strata into the order of their values, whatever the order of the rows.
    fn finish(mut self) -> Frame {
        let mut order: Vec<usize> = (0..self.frame.strata.len()).collect();
        order.sort_by(|a, b| self.frame.strata[*a].values.cmp(&self.frame.strata[*b].values));
        let mut place = vec![0u32; order.len()];
        for (new, old) in order.iter().enumerate() {
            place[*old] = new as u32;
        }
        for member in &mut self.frame.members {
            member.stratum = place[member.stratum as usize];
        }
        self.frame.strata.sort_by(|a, b| a.values.cmp(&b.values));
        self.frame.export = self.identities.export();
        self.frame
    }
}

/// What a note's findings cost: the points lost, or all that it could earn where nothing of it counts any more.
pub(super) fn cost(note: &AuditedNote) -> u32 {
    let score = note.score;
    if score.fatal || score.auto_fail { score.possible } else { score.possible - score.earned }
}
