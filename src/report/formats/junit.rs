//! JUnit XML as CI servers read it: a suite an export, a case a note, a failure a finding, an error a row that cannot be read.
//!
//! The counts stand before the cases, so a suite is kept in a file of its own until it is whole.

use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};

use quick_xml::escape::escape;

use super::{Writer, place};
use crate::model::{AuditedNote, GateLevel, Report};
use crate::report::gate;
use crate::rules::Rulebook;

/// Gathers the suites.
#[derive(Default)]
pub(super) struct Suites {
    suites: Vec<Suite>,
}

/// The cases of an export.
struct Suite {
    name: String,
    cases: BufWriter<File>,
    tests: u64,
    failures: u64,
    skipped: u64,
}

impl Writer for Suites {
    fn note(&mut self, note: &AuditedNote, book: &Rulebook, _: &mut dyn Write) -> io::Result<()> {
        let name = place::path(&note.note);
        if self.suites.last().is_none_or(|suite| suite.name != name) {
            let cases = BufWriter::new(tempfile::tempfile()?);
            self.suites.push(Suite { name, cases, tests: 0, failures: 0, skipped: 0 });
        }
        match self.suites.last_mut() {
            Some(suite) => suite.case(note, book),
            None => Ok(()),
        }
    }

    fn finish(&mut self, report: &Report, _: &Rulebook, out: &mut dyn Write) -> io::Result<()> {
        let sum = |of: fn(&Suite) -> u64| self.suites.iter().map(of).sum::<u64>();
        let (tests, failures) = (sum(|s| s.tests), sum(|s| s.failures));
        let unread: Vec<_> = report.problems.iter().filter(|problem| problem.rejected).collect();
        let errors = unread.len() as u64;
        let conditions = report.gate.as_ref().map_or(&[][..], |verdict| &verdict.conditions);
        let failing = conditions.iter().filter(|condition| condition.level == Some(GateLevel::Fail)).count() as u64;
        out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")?;
        writeln!(
            out,
            "<testsuites name=\"acw\" tests=\"{}\" failures=\"{}\" errors=\"{errors}\" time=\"0\">",
            tests + errors + conditions.len() as u64,
            failures + failing,
        )?;
        for suite in &mut self.suites {
            suite.write(out)?;
        }
        if errors > 0 {
            writeln!(
                out,
                "<testsuite name=\"rows\" tests=\"{errors}\" failures=\"0\" errors=\"{errors}\" skipped=\"0\" time=\"0\">"
            )?;
            for problem in unread {
                let place = problem.line.map_or_else(String::new, |line| format!(":{line}"));
                writeln!(
                    out,
                    "<testcase name=\"{}{place}\" classname=\"{}\" time=\"0\"><error message=\"{}\" type=\"row\">{}</error></testcase>",
                    xml(&problem.file),
                    xml(&problem.file),
                    xml(&problem.message),
                    xml(&problem.help)
                )?;
            }
            out.write_all(b"</testsuite>\n")?;
        }
        if !conditions.is_empty() {
            let all = conditions.len();
            writeln!(
                out,
                "<testsuite name=\"gate\" tests=\"{all}\" failures=\"{failing}\" errors=\"0\" skipped=\"0\" time=\"0\">"
            )?;
            for condition in conditions {
                let text = xml(&gate::sentence(condition));
                write!(out, "<testcase name=\"{}\" classname=\"gate\" time=\"0\">", xml(&condition.key))?;
                match condition.level {
                    Some(GateLevel::Fail) => write!(out, "<failure message=\"{text}\" type=\"gate\"/>")?,
                    Some(GateLevel::Warn) => write!(out, "<system-out>{text}</system-out>")?,
                    None => {}
                }
                out.write_all(b"</testcase>\n")?;
            }
            out.write_all(b"</testsuite>\n")?;
        }
        out.write_all(b"</testsuites>\n")
    }
}

impl Suite {
    fn case(&mut self, note: &AuditedNote, book: &Rulebook) -> io::Result<()> {
        self.tests += 1;
        let out = &mut self.cases;
        let (id, agent) = (xml(&note.note.id), xml(&note.note.agent));
        write!(
            out,
            "<testcase name=\"{id}\" classname=\"{agent}\" file=\"{}\" line=\"{}\" time=\"0\"",
            xml(&self.name),
            note.note.origin.line
        )?;
        if note.language.is_none() {
            self.skipped += 1;
            return out.write_all(b"><skipped message=\"its language has no rules or cannot be told\"/></testcase>\n");
        }
        if note.findings.is_empty() {
            return out.write_all(b"/>\n");
        }
        self.failures += 1;
        out.write_all(b">")?;
        // Servers show one failure a case: the first names the worst rule, all stand in its text.
        let worst = note.findings.iter().max_by_key(|finding| (finding.severity, finding.points_lost));
        if let Some(worst) = worst {
            let text = note.findings.iter().map(|finding| {
                format!(
                    "{} {}/{}: {}",
                    finding.severity,
                    finding.category,
                    book.rules[finding.rule].id,
                    place::sentence(note, finding, book)
                )
            });
            write!(
                out,
                "<failure message=\"{}\" type=\"{}\">{}</failure>",
                xml(&place::sentence(note, worst, book)),
                xml(&book.rules[worst.rule].id),
                xml(&text.collect::<Vec<_>>().join("\n"))
            )?;
        }
        out.write_all(b"</testcase>\n")
    }

    fn write(&mut self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "<testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" time=\"0\">",
            xml(&self.name),
            self.tests,
            self.failures,
            self.skipped
        )?;
        self.cases.flush()?;
        let file = self.cases.get_mut();
        file.rewind()?;
        io::copy(file, out)?;
        out.write_all(b"</testsuite>\n")
    }
}

/// Text of an attribute or an element: escaped, and without the signs that XML 1.0 forbids (section 2.2 of the standard).
fn xml(text: &str) -> String {
    let allowed =
        |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    let clean: String = text.chars().map(|c| if allowed(c) { c } else { '\u{fffd}' }).collect();
    escape(clean.as_str()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_that_xml_forbids_are_replaced_and_others_escaped() {
        assert_eq!(xml("a\u{0}b<\"&\u{ffff}é"), "a\u{fffd}b&lt;&quot;&amp;\u{fffd}é");
    }
}
