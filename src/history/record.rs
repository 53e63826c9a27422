//! Keeps a run: notes are staged one by one in a temporary table, and come into the history in one short transaction at the end.
//!
//! So a run that is killed or fails has changed nothing, two runs at once wait for each other for that moment only, and memory stays
//! flat. SQLite's temporary tables stand in a file without a name that is gone with the process.

use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::{TransactionBehavior, named_params, params};

use super::error::Within;
use super::forget::{erase_log, prune};
use super::salt::Domain;
use super::select::count;
use super::{History, HistoryError};
use crate::measure::add_note;
use crate::model::{Age, AuditedNote, Critical, Note, Standards, Tally};

/// A rule as a history knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleInForce {
    /// Its id.
    pub id: String,
    /// For whom a failure is critical.
    pub critical: Option<Critical>,
}

/// What judges the notes of a run.
#[derive(Debug, Clone, Default)]
pub struct Judge {
    /// Version of the program.
    pub acw: String,
    /// Hash of the rule files.
    pub rules: String,
    /// Hash of what is changed of the rules in force, and of the scorecard.
    pub settings: String,
    /// Name of the scorecard's method.
    pub method: String,
    /// The rules in force, in the order of the findings' indexes.
    pub in_force: Vec<RuleInForce>,
    /// What the figures are held to, with the target in force.
    pub standards: Standards,
}

/// What a kept run brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kept {
    /// Number of the run in the history.
    pub run: i64,
    /// Number of its set of rules.
    pub ruleset: i64,
    /// Notes that the history did not know.
    pub added: u64,
    /// Notes that the same rules had scored before, now with this run's scores.
    pub replaced: u64,
    /// Notes that only other rules had scored before, kept beside.
    pub rescored: u64,
    /// Rows that were another one's note once more, of which the last counts.
    pub twice: u64,
    /// Notes without a language that has rules, which are not kept.
    pub unjudged: u64,
    /// Scores that were older than the retention.
    pub pruned: u64,
}

/// Takes a run's notes.
pub struct Recorder {
    history: History,
    judge: Judge,
    retention: Option<Age>,
    unjudged: u64,
}

/// What stands for the name of an input that is not kept.
const UNTOLD: &str = "(not kept)";

const STAGE: &str = "
    CREATE TEMP TABLE staged (
        id INTEGER PRIMARY KEY, key BLOB NOT NULL, day TEXT, agent TEXT NOT NULL, team TEXT, call_type TEXT, channel TEXT,
        customer BLOB, score INTEGER, compliant INTEGER, critical INTEGER NOT NULL, acw_seconds INTEGER
    );
    CREATE TEMP TABLE staged_failures (
        staged INTEGER NOT NULL, rule INTEGER NOT NULL, findings INTEGER NOT NULL, points INTEGER NOT NULL
    );
    CREATE TEMP TABLE staged_rules (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
    CREATE TEMP TABLE alike (key BLOB PRIMARY KEY, seen INTEGER NOT NULL) WITHOUT ROWID;
    BEGIN";

/// Staged notes; those of them that the history knows; those that the same rules have scored.
const KNOWN: &str = "
    SELECT COUNT(*), SUM(EXISTS (SELECT 1 FROM notes n WHERE n.key = s.key)),
           SUM(EXISTS (SELECT 1 FROM notes n WHERE n.key = s.key AND n.ruleset = ?1))
    FROM staged s";

/// What stands in the history of staged notes: known notes of the same rules get new values and keep their first run; a
/// note without a day of its own keeps that of its first run.
const KEEP: &str = "
    INSERT INTO notes (run, first_run, ruleset, key, day, dated, agent, team, call_type, channel, customer, score, compliant,
                       critical, acw_seconds)
    SELECT :run, :run, :ruleset, s.key,
           COALESCE(s.day, (SELECT o.day FROM notes o WHERE o.key = s.key ORDER BY o.first_run LIMIT 1), :today),
           s.day IS NOT NULL, s.agent, s.team, s.call_type, s.channel, s.customer, s.score, s.compliant, s.critical,
           s.acw_seconds
    FROM staged s WHERE true ORDER BY s.key
    ON CONFLICT (key, ruleset) DO UPDATE SET
        run = excluded.run, day = excluded.day, dated = excluded.dated, agent = excluded.agent, team = excluded.team,
        call_type = excluded.call_type, channel = excluded.channel, customer = excluded.customer, score = excluded.score,
        compliant = excluded.compliant, critical = excluded.critical, acw_seconds = excluded.acw_seconds";

const KEEP_FAILURES: &str = "
    INSERT INTO failures (note, rule, findings, points)
    SELECT n.id, r.id, f.findings, f.points
    FROM staged_failures f
    CROSS JOIN staged s ON s.id = f.staged
    CROSS JOIN staged_rules t ON t.id = f.rule
    CROSS JOIN rules r ON r.name = t.name
    CROSS JOIN notes n ON n.key = s.key AND n.ruleset = ?1";

/// Numbers a set of rules that the history does not know. Not by way of a conflict: that would skip a number each time.
const RULESET: &str = "
    INSERT INTO rulesets (acw, rules, settings, target, method, in_force) SELECT ?1, ?2, ?3, ?4, ?5, ?6
    WHERE NOT EXISTS (SELECT 1 FROM rulesets WHERE acw = ?1 AND rules = ?2 AND settings = ?3)";
const RULESET_ID: &str = "SELECT id FROM rulesets WHERE acw = ?1 AND rules = ?2 AND settings = ?3";

impl Recorder {
    /// Makes ready to take notes. Scores older than `retention`, where given, go with the run that is kept.
    ///
    /// # Errors
    /// The temporary tables cannot be made.
    pub fn new(history: History, judge: Judge, retention: Option<Age>) -> Result<Self, HistoryError> {
        history.salt()?;
        history.connection.execute_batch(STAGE).within(&history.file)?;
        Ok(Recorder { history, judge, retention, unjudged: 0 })
    }

    /// Takes a note.
    ///
    /// # Errors
    /// The temporary file cannot be written.
    pub fn note(&mut self, note: &AuditedNote) -> Result<(), HistoryError> {
        if note.language.is_none() {
            self.unjudged += 1;
            return Ok(());
        }
        let key = self.key(&note.note)?;
        let mut tally = Tally::default();
        add_note(&mut tally, note, &self.judge.standards, |rule| self.judge.in_force.get(rule)?.critical);
        let critical = tally.critical_notes.iter().enumerate().fold(0, |bits, (bit, notes)| bits | (notes << bit));
        let agent = self.history.stands_as(&note.note.agent)?;
        let salt = self.history.salt()?;
        let customer = note.note.customer.as_deref().filter(|c| !c.trim().is_empty()).map(|c| salt.customer(c));
        let connection = &self.history.connection;
        let values = params![
            key,
            note.note.day.map(|day| day.to_string()),
            agent,
            note.note.team.as_deref(),
            note.note.call_type.as_deref(),
            note.note.channel.as_deref(),
            customer,
            note.score.value().map(|value| value.0),
            note.score.complies(self.judge.standards.target),
            critical as i64,
            note.note.acw_seconds,
        ];
        let stage = || {
            let sql = "INSERT INTO staged VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
            let staged = connection.prepare_cached(sql)?.insert(values)?;
            let mut failure = connection.prepare_cached("INSERT INTO staged_failures VALUES (?1, ?2, ?3, ?4)")?;
            for (rule, failed) in &tally.rules {
                failure.execute(params![staged, *rule as i64, failed.findings as i64, failed.points as i64])?;
            }
            Ok(())
        };
        stage().within(&self.history.file)
    }

    /// By what a note is known again: identifier, agent and start, for identifiers may start anew in every export; without an
    /// identifier agent, start and text, counted where they are alike.
    fn key(&self, note: &Note) -> Result<[u8; 16], HistoryError> {
        let salt = self.history.salt()?;
        let start = note.day.map_or_else(
            || note.started_at.as_ref().map(ToString::to_string).unwrap_or_default(),
            |day| day.to_string(),
        );
        if note.id != note.origin.own_id() {
            return Ok(salt.hash(Domain::Note, &["id", &note.id, &note.agent, &start]));
        }
        let start = note.started_at.as_deref().unwrap_or("");
        let base = salt.hash(Domain::Note, &["text", &note.agent, start, &note.text]);
        let sql = "INSERT INTO alike VALUES (?1, 0) ON CONFLICT DO UPDATE SET seen = seen + 1 RETURNING seen";
        let seen = self.history.connection.prepare_cached(sql).and_then(|mut s| s.query_row([base], |row| row.get(0)));
        let seen: i64 = seen.within(&self.history.file)?;
        Ok(salt.hash(Domain::Note, &["text", &note.agent, start, &note.text, &seen.to_string()]))
    }

    /// Brings everything staged into the history, or nothing.
    ///
    /// Of the inputs the file names are kept, without their folders; not where agents stand under pseudonyms, for files are often
    /// named after people.
    ///
    /// # Errors
    /// The history cannot be written, or another process does not let go of it.
    pub fn keep(mut self, inputs: &[String]) -> Result<Kept, HistoryError> {
        let file = self.history.file.clone();
        let kept = self.commit(inputs).within(&file)?;
        if kept.pruned > 0 {
            // Nobody waits for this one: what is old goes from the log now, or with the last process that lets go of the file.
            let _ = erase_log(&self.history.connection);
        }
        Ok(kept)
    }

    fn commit(&mut self, inputs: &[String]) -> rusqlite::Result<Kept> {
        let now = Timestamp::now();
        let today = now.to_zoned(TimeZone::UTC).date();
        let connection = &mut self.history.connection;
        let judge = &self.judge;
        let mut kept = Kept { unjudged: self.unjudged, ..Kept::default() };
        {
            let mut rule = connection.prepare("INSERT INTO staged_rules VALUES (?1, ?2)")?;
            for (index, in_force) in judge.in_force.iter().enumerate() {
                rule.execute(params![index as i64, in_force.id])?;
            }
        }
        connection.execute("CREATE INDEX temp.staged_key ON staged (key)", [])?;
        let last = "DELETE FROM staged WHERE id NOT IN (SELECT MAX(id) FROM staged GROUP BY key)";
        kept.twice = connection.execute(last, [])? as u64;
        connection.execute_batch("COMMIT")?;

        let keep = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let names: Vec<&str> = judge.in_force.iter().map(|rule| rule.id.as_str()).collect();
        let ruleset = params![
            judge.acw,
            judge.rules,
            judge.settings,
            judge.standards.target,
            judge.method,
            serde_json::Value::from(names).to_string()
        ];
        keep.execute(RULESET, ruleset)?;
        let known = [&judge.acw, &judge.rules, &judge.settings];
        kept.ruleset = keep.query_row(RULESET_ID, known, |row| row.get(0))?;
        let (notes, known, same) =
            keep.query_row(KNOWN, [kept.ruleset], |row| Ok((count(row, 0)?, count(row, 1)?, count(row, 2)?)))?;
        (kept.added, kept.replaced, kept.rescored) = (notes - known, same, known - same);
        kept.run = keep
            .prepare(
                "INSERT INTO runs (at, ruleset, inputs, added, replaced, rescored) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .insert(params![
                Timestamp::from_second(now.as_second()).unwrap_or(now).to_string(),
                kept.ruleset,
                file_names(inputs, self.history.pseudonyms),
                kept.added as i64,
                kept.replaced as i64,
                kept.rescored as i64
            ])?;
        keep.execute("INSERT INTO rules (name) SELECT name FROM staged_rules WHERE true ON CONFLICT DO NOTHING", [])?;
        let values = named_params! {":run": kept.run, ":ruleset": kept.ruleset, ":today": today.to_string()};
        keep.execute(KEEP, values)?;
        // Of the notes that were replaced.
        keep.execute("DELETE FROM failures WHERE note IN (SELECT id FROM notes WHERE run = ?1)", [kept.run])?;
        keep.execute(KEEP_FAILURES, [kept.ruleset])?;
        if let Some(retention) = self.retention {
            kept.pruned = prune(&keep, retention.before(today))?.scores;
        }
        keep.commit()?;
        Ok(kept)
    }
}

/// The file names alone, as a JSON array: folders tell more of the user's machine than anybody needs.
fn file_names(inputs: &[String], pseudonyms: bool) -> String {
    let name =
        |input: &String| Path::new(input).file_name().map_or(input.clone(), |n| n.to_string_lossy().into_owned());
    let told = |input: &String| if pseudonyms { UNTOLD.to_owned() } else { name(input) };
    serde_json::Value::from(inputs.iter().map(told).collect::<Vec<_>>()).to_string()
}
