//! Disputes and waivers: what people decided about findings, in a file that only grows.
//!
//! ```yaml
//! - {dispute: "17274dc59f850802", note: N-0003, rule: missing-reference, by: MTL-19, on: 2026-06-01, why: "…"}
//! - {accept: "17274dc59f850802", by: Lead, on: 2026-06-03, why: "…"}
//! - {waive: {finding: "865d0dacd8523366"}, owner: Lead, until: 2026-12-31, on: 2026-06-03, why: "…"}
//! - {waive: {rule: praise, agent: [A07], when: {channel: [chat]}}, owner: Lead, until: 2026-09-30, on: 2026-06-03, why: "…"}
//! ```
//!
//! Waivers may also stand in `acw.yaml`, for everybody who uses it; they become entries like those of the file.
//!
//! The last entry about a finding counts. Nothing is ever rewritten, so the file is its own record of who decided what.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::config::{Settings, WaiverSpec, Waivers};
use crate::model::{Category, Condition, Day, Decision, Finding, Note, Standing};
use crate::rules::{Rule, Rulebook};
use crate::yaml::{self, Fault, Placed, Source, nearest};

/// The file's usual name.
pub const FILE: &str = "acw-decisions.yaml";

/// One entry, as written. Exactly one of `dispute`, `accept`, `reject` and `waive` is given.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Fingerprint of a finding that is disputed.
    #[serde(default)]
    pub dispute: Option<Fingerprint>,
    /// Fingerprint of a finding whose dispute is accepted.
    #[serde(default)]
    pub accept: Option<Fingerprint>,
    /// Fingerprint of a finding whose dispute is rejected.
    #[serde(default)]
    pub reject: Option<Fingerprint>,
    /// What is waived.
    #[serde(default)]
    pub waive: Option<Waived>,
    /// The note, for people.
    #[serde(default)]
    pub note: Option<String>,
    /// The rule, for people.
    #[serde(default)]
    pub rule: Option<String>,
    /// The words found, masked, for people.
    #[serde(default)]
    pub words: Option<String>,
    /// Who disputes or decides.
    #[serde(default)]
    pub by: Option<String>,
    /// Who answers for a waiver.
    #[serde(default)]
    pub owner: Option<String>,
    /// Last day of a waiver.
    #[serde(default)]
    pub until: Option<Day>,
    /// When it was written; a waiver of the settings does not tell it.
    #[serde(deserialize_with = "told")]
    pub on: Option<Day>,
    /// Why.
    pub why: String,
    /// Where it stands, if in the settings: `acw.yaml:12`.
    #[serde(skip)]
    pub place: Option<String>,
}

/// A day that must be there.
fn told<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Day>, D::Error> {
    Day::deserialize(deserializer).map(Some)
}

impl Entry {
    /// The waiver of the settings as an entry.
    fn of(waiver: &WaiverSpec, place: String) -> Self {
        let waived = Waived {
            finding: None,
            rule: waiver.rule.clone(),
            category: waiver.category,
            agent: waiver.agents.0.clone(),
            note: waiver.notes.0.clone(),
            from: waiver.from,
            to: waiver.until,
            when: waiver.when.clone(),
        };
        Entry {
            dispute: None,
            accept: None,
            reject: None,
            waive: Some(waived),
            note: None,
            rule: None,
            words: None,
            by: None,
            owner: Some(waiver.owner.clone()),
            until: Some(waiver.expires),
            on: None,
            why: waiver.reason.clone(),
            place: Some(place),
        }
    }
}

/// What a waiver is for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waived {
    /// One finding.
    #[serde(default, skip_serializing)]
    pub finding: Option<Fingerprint>,
    /// Every finding of a rule …
    #[serde(default)]
    pub rule: Option<String>,
    /// … or of the rules of a category …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// … in notes of these agents; absent: of all.
    #[serde(default)]
    pub agent: Vec<String>,
    /// … with these identifiers; absent: with any.
    #[serde(default)]
    pub note: Vec<String>,
    /// … of contacts from this day on …
    #[serde(default)]
    pub from: Option<Day>,
    /// … up to this one; a note whose day is not known is in no period.
    #[serde(default)]
    pub to: Option<Day>,
    /// … and in such notes; absent: in all.
    #[serde(default)]
    pub when: Condition,
}

impl Waived {
    /// Whether it is for what a rule finds, whatever the finding.
    fn by_rule(&self) -> bool {
        self.rule.is_some() || self.category.is_some()
    }

    /// Whether it is for what this rule finds.
    fn covers(&self, rule: &Rule) -> bool {
        self.rule.as_deref() == Some(&rule.id) || self.category == Some(rule.category)
    }

    /// What it is for, in words.
    pub fn named(&self) -> String {
        match (&self.finding, &self.rule, self.category) {
            (Some(finding), ..) => finding.to_string(),
            (_, Some(rule), _) => format!("rule `{rule}`"),
            (.., Some(category)) => format!("category `{}`", category.name()),
            _ => "?".to_owned(),
        }
    }

    /// What it is for, and in which notes, in words.
    pub fn scope(&self) -> String {
        let mut out = self.named();
        for (what, names) in [("agent", &self.agent), ("note", &self.note)] {
            if !names.is_empty() {
                out.push_str(&format!(", {what} {}", names.join(" or ")));
            }
        }
        for (what, day) in [("contacts from", self.from), ("contacts up to", self.to)] {
            out.extend(day.map(|day| format!(", {what} {day}")));
        }
        if self.when != Condition::default() {
            out.push_str(&format!(", {}", self.when));
        }
        out
    }

    /// Whether the waiver of a rule is for a note audited in `language`.
    fn is_for(&self, note: &Note, language: &str) -> bool {
        let among = |wanted: &[String], value: &str| wanted.is_empty() || wanted.iter().any(|one| one == value);
        let after = self.from.is_none_or(|from| note.day.is_some_and(|day| day >= from.0));
        let before = self.to.is_none_or(|to| note.day.is_some_and(|day| day <= to.0));
        among(&self.agent, &note.agent)
            && among(&self.note, &note.id)
            && after
            && before
            && self.when.holds(note, language)
    }
}

/// A finding's fingerprint, sixteen hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub u64);

impl std::str::FromStr for Fingerprint {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = u64::from_str_radix(text, 16).ok().filter(|_| text.len() == 16);
        number.map(Fingerprint).ok_or_else(|| {
            format!("`{text}` is no fingerprint: sixteen hexadecimal digits, as --format jsonl shows them")
        })
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Why decisions cannot be used.
#[derive(Debug)]
pub enum DecisionsError {
    /// The file cannot be read.
    Io(PathBuf, std::io::Error),
    /// Something wrong in it, with its place.
    Fault(Box<Fault>),
}

impl fmt::Display for DecisionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DecisionsError::Io(path, error) => {
                write!(
                    f,
                    "{}: cannot be read: {error}\n  help: check the name and the right to read it",
                    path.display()
                )
            }
            DecisionsError::Fault(fault) => write!(f, "{fault}"),
        }
    }
}

impl std::error::Error for DecisionsError {}

/// The decisions in force on a day.
#[derive(Debug, Clone, Default)]
pub struct Decisions {
    findings: HashMap<u64, (Standing, Arc<Decision>)>,
    rules: Vec<Waived>,
    /// Of each waived rule, who decided it.
    waivers: Vec<Arc<Decision>>,
    /// Entries about a finding that is to be looked for, and expired waivers, for the remarks.
    told: Vec<(Option<u64>, String)>,
    expired: Vec<String>,
}

impl Decisions {
    /// The waivers of rules in force: they change what notes are held to, unlike what is decided about one finding.
    pub fn waived_rules(&self) -> &[Waived] {
        &self.rules
    }

    /// Reads the entries of a file; none where there is no such file and `must_exist` is not set.
    ///
    /// # Errors
    /// A file that cannot be read or is not well written; a rule that does not exist.
    pub fn entries(path: &Path, must_exist: bool, book: &Rulebook) -> Result<Vec<Entry>, DecisionsError> {
        let text = match yaml::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !must_exist => return Ok(Vec::new()),
            Err(error) => return Err(DecisionsError::Io(path.to_owned(), error)),
        };
        if text.trim().is_empty() {
            return Ok(Vec::new());
        }
        let source = Source::new(path, text);
        let entries: Vec<Entry> = source.parse().map_err(|fault| DecisionsError::Fault(Box::new(fault)))?;
        for entry in &entries {
            if let Err((needle, message, help)) = check(entry, book) {
                return Err(DecisionsError::Fault(Box::new(source.fault_at(&[&needle], message, help))));
            }
        }
        Ok(entries)
    }

    /// The waivers of the settings as entries.
    ///
    /// # Errors
    /// A rule that does not exist.
    pub fn of_settings(settings: &Settings, book: &Rulebook) -> Result<Vec<Entry>, DecisionsError> {
        let Some(Waivers { list, source }) = &settings.waivers else { return Ok(Vec::new()) };
        let entry = |placed: &Placed<WaiverSpec>| {
            let waiver = &placed.value;
            if let Some((message, help)) = waiver.rule.as_ref().and_then(|rule| unknown(rule, book)) {
                let fault = source.fault_of_placed(placed, message, help);
                return Err(DecisionsError::Fault(Box::new(fault)));
            }
            Ok(Entry::of(waiver, format!("{}:{}", source.path.display(), placed.line)))
        };
        list.iter().map(entry).collect()
    }

    /// What the entries come to on a day.
    pub fn of(entries: &[Entry], today: Date) -> Self {
        let mut decisions = Decisions::default();
        let mut last: HashMap<u64, (Standing, String, Arc<Decision>)> = HashMap::new();
        for entry in entries {
            let name = || {
                let rule = entry.rule.as_deref().unwrap_or("?");
                format!("{rule} in note {}", entry.note.as_deref().unwrap_or("?"))
            };
            let standing = [
                (entry.dispute, Standing::Disputed),
                (entry.accept, Standing::Overturned),
                (entry.reject, Standing::Upheld),
                (entry.waive.as_ref().and_then(|waived| waived.finding), Standing::Waived),
            ];
            let decision = Arc::new(Decision {
                by: entry.by.as_ref().or(entry.owner.as_ref()).cloned().unwrap_or_default(),
                on: entry.on.map(|on| on.0),
                until: entry.until.map(|until| until.0),
                why: entry.why.clone(),
                place: entry.place.clone(),
            });
            let expired = entry.until.is_some_and(|until| until.0 < today);
            if expired {
                let what = match &entry.waive {
                    Some(waived) if waived.by_rule() => format!("of the {}", waived.named()),
                    Some(Waived { finding: Some(finding), .. }) if entry.note.is_none() => {
                        let known = last.get(&finding.0).map(|(_, name, _)| format!(" ({name})"));
                        format!("of finding {finding}{}", known.unwrap_or_default())
                    }
                    _ => format!("of {}", name()),
                };
                let before = entry.waive.as_ref().and_then(|waived| last.get(&waived.finding?.0)).is_some();
                let now = if before { "what was decided before holds again" } else { "it counts again" };
                decisions.expired.push(format!(
                    "the waiver {what} by {}{} expired on {}; {now}",
                    entry.owner.as_deref().unwrap_or("?"),
                    in_place(&decision),
                    entry.until.map(|until| until.0.to_string()).unwrap_or_default()
                ));
            }
            for (finding, standing) in standing {
                let Some(finding) = finding else { continue };
                // What was decided before a waiver that has expired holds again.
                if expired && last.contains_key(&finding.0) {
                    continue;
                }
                let standing = if expired { Standing::Counts } else { standing };
                let known = last.get(&finding.0).map(|(_, name, _)| name.clone());
                let name = if entry.note.is_some() { name() } else { known.unwrap_or_else(name) };
                last.insert(finding.0, (standing, name, decision.clone()));
            }
            if let Some(waived) = entry.waive.as_ref().filter(|waived| waived.by_rule() && !expired) {
                decisions.rules.push(waived.clone());
                decisions.waivers.push(decision);
            }
        }
        for (finding, (standing, name, decision)) in last {
            decisions.findings.insert(finding, (standing, decision));
            decisions.told.push((Some(finding), format!("{} ({name})", Fingerprint(finding))));
        }
        decisions.told.sort();
        decisions
    }

    /// Gives findings their standing, and takes those out that do not count.
    pub(super) fn apply(
        &self,
        findings: &mut Vec<Finding>,
        note: &Note,
        language: &str,
        rules: &[Rule],
    ) -> Vec<Finding> {
        if self.findings.is_empty() && self.rules.is_empty() {
            return Vec::new();
        }
        for finding in findings.iter_mut() {
            let rule = &rules[finding.rule];
            let waivers = self.rules.iter().zip(&self.waivers);
            let mut waivers = waivers.filter(|(waived, _)| waived.covers(rule) && waived.is_for(note, language));
            let decided = self.findings.get(&finding.fingerprint).filter(|(standing, _)| *standing != Standing::Counts);
            if let Some((standing, decision)) = decided {
                (finding.standing, finding.decision) = (*standing, Some(decision.clone()));
            } else if let Some((_, waiver)) = waivers.next() {
                (finding.standing, finding.decision) = (Standing::Waived, Some(waiver.clone()));
            }
        }
        findings.extract_if(.., |finding| !finding.standing.counts()).collect()
    }

    /// Expired waivers, waivers of rules that met nothing, and decisions about findings that were not met. `used` are the decisions
    /// that gave a finding its standing.
    pub(super) fn remarks(&self, met: &HashSet<u64>, used: &[Arc<Decision>]) -> Vec<String> {
        let idle = self
            .rules
            .iter()
            .zip(&self.waivers)
            .filter(|(_, decision)| !used.iter().any(|used| Arc::ptr_eq(used, decision)));
        let idle = idle.map(|(waived, decision)| {
            let (what, by, place) = (waived.named(), &decision.by, in_place(decision));
            format!("the waiver of the {what} by {by}{place} is for nothing that is found here")
        });
        let gone = self.told.iter().filter(|(finding, _)| {
            finding.is_none_or(|f| !met.contains(&f) && self.findings[&f].0 != Standing::Counts)
        });
        let gone = gone.map(|(_, name)| format!("a decision is about finding {name}, which is not found here"));
        self.expired.iter().cloned().chain(idle).chain(gone).collect()
    }
}

/// Behind the name of who decided, where it stands, if that is told.
fn in_place(decision: &Decision) -> String {
    decision.place.as_ref().map(|place| format!(" ({place})")).unwrap_or_default()
}

/// What to say of a rule that does not exist, and what to do.
fn unknown(rule: &str, book: &Rulebook) -> Option<(String, String)> {
    if book.rule(rule).is_some() {
        return None;
    }
    let near = nearest(rule, book.rules.iter().map(|rule| rule.id.as_str()));
    let help = near.map_or("see `acw rules list`".to_owned(), |near| format!("did you mean `{near}`?"));
    Some((format!("there is no rule `{rule}` in force"), help))
}

/// What is wrong with an entry: where, what, and what to do.
fn check(entry: &Entry, book: &Rulebook) -> Result<(), (String, String, String)> {
    let given = [entry.dispute.is_some(), entry.accept.is_some(), entry.reject.is_some(), entry.waive.is_some()];
    let place = || format!("why: {}", entry.why);
    if given.iter().filter(|given| **given).count() != 1 {
        let help = "give one of `dispute`, `accept`, `reject`, `waive`";
        return Err((entry.why.clone(), "an entry decides one thing".into(), help.into()));
    }
    let Some(waived) = &entry.waive else {
        return match &entry.by {
            Some(by) if !by.trim().is_empty() => Ok(()),
            _ => Err((place(), "nobody stands behind the entry".into(), "name who in `by`".into())),
        };
    };
    let given = [waived.finding.is_some(), waived.rule.is_some(), waived.category.is_some()];
    if given.iter().filter(|given| **given).count() != 1 {
        let message = "a waiver is for one finding, for a rule or for a category";
        return Err((place(), message.into(), "give one of `finding`, `rule` and `category`".into()));
    }
    if entry.owner.as_ref().is_none_or(|owner| owner.trim().is_empty()) || entry.until.is_none() {
        let help = "name who answers for it in `owner` and its last day in `until`";
        return Err((place(), "a waiver has an owner and an end".into(), help.into()));
    }
    if entry.why.trim().is_empty() {
        return Err((place(), "a waiver has a reason".into(), "give it in `why`".into()));
    }
    match waived.rule.as_ref().and_then(|rule| Some((rule, unknown(rule, book)?))) {
        Some((rule, (message, help))) => Err((format!("rule: {rule}"), message, help)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_waiver_may_be_for_notes_and_for_a_period() {
        let text = "- {waive: {rule: praise, note: [N-1], from: 2026-05-01, to: 2026-05-31}, owner: L, until: 2026-12-31, on: 2026-06-01, why: w}";
        let decisions = decisions(text, "2026-06-01");
        let is_for = |id: &str, day: Option<Date>| {
            decisions.rules[0].is_for(&Note { id: id.into(), day, ..Note::default() }, "en")
        };
        let day = |month, day| Some(jiff::civil::date(2026, month, day));
        assert!(is_for("N-1", day(5, 1)) && is_for("N-1", day(5, 31)));
        assert!(
            !is_for("N-2", day(5, 1))
                && !is_for("N-1", day(6, 1))
                && !is_for("N-1", day(4, 30))
                && !is_for("N-1", None)
        );
    }

    fn decisions(entries: &str, today: &str) -> Decisions {
        let entries: Vec<Entry> = Source::new("d.yaml", entries).parse().unwrap();
        Decisions::of(&entries, today.parse().unwrap())
    }

    #[test]
    fn the_last_entry_about_a_finding_counts() {
        let text = r#"
- {dispute: "00000000000000aa", note: N-1, rule: insult, by: A07, on: 2026-06-01, why: quoted}
- {dispute: "00000000000000bb", note: N-2, rule: insult, by: A07, on: 2026-06-01, why: name}
- {accept: "00000000000000aa", by: Lead, on: 2026-06-02, why: agreed}
- {reject: "00000000000000bb", by: Lead, on: 2026-06-02, why: it is none}
"#;
        let decisions = decisions(text, "2026-06-03");
        assert_eq!(decisions.findings[&0xaa].0, Standing::Overturned);
        assert_eq!(decisions.findings[&0xbb].0, Standing::Upheld);
        let remarks = decisions.remarks(&HashSet::from([0xaa]), &[]);
        assert_eq!(
            remarks,
            ["a decision is about finding 00000000000000bb (insult in note N-2), which is not found here"]
        );
    }

    #[test]
    fn an_expired_waiver_counts_again_and_is_told() {
        let text = r#"
- {waive: {finding: "00000000000000aa"}, owner: Lead, until: 2026-06-30, on: 2026-06-01, why: pilot, note: N-1, rule: praise}
- {waive: {rule: praise, agent: [A07]}, owner: Lead, until: 2026-06-30, on: 2026-06-01, why: pilot}
"#;
        let within = decisions(text, "2026-06-30");
        assert_eq!((within.findings[&0xaa].0, within.rules.len(), within.expired.len()), (Standing::Waived, 1, 0));
        let idle = within.remarks(&HashSet::from([0xaa]), &[]);
        assert!(idle.len() == 1 && idle[0].contains("nothing that is found here"), "{idle:?}");
        assert!(within.remarks(&HashSet::from([0xaa]), &within.waivers).is_empty());
        let after = decisions(text, "2026-07-01");
        assert_eq!((after.findings[&0xaa].0, after.rules.len(), after.expired.len()), (Standing::Counts, 0, 2));
        let before = r#"
- {dispute: "00000000000000aa", note: N-1, rule: praise, by: A07, on: 2026-06-01, why: quoted}
- {accept: "00000000000000aa", by: Lead, on: 2026-06-02, why: agreed}
- {waive: {finding: "00000000000000aa"}, owner: Lead, until: 2026-06-30, on: 2026-06-03, why: pilot}
"#;
        let after_both = decisions(before, "2026-07-01");
        assert_eq!(after_both.findings[&0xaa].0, Standing::Overturned);
        assert!(after_both.expired[0].contains("00000000000000aa (praise in note N-1)"), "{:?}", after_both.expired);
        assert!(after.remarks(&HashSet::new(), &[])[0].contains("expired on 2026-06-30"));
    }
}
