//! One template, one view model, one self-contained file.

use std::io;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use handlebars::{Context, Handlebars, Helper, HelperDef, RenderContext, RenderError, RenderErrorReason, ScopedJson};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::embed::Library;
use crate::report::wording::Wording;

/// Makes pages from the templates of `reports/`.
pub(super) struct Pages {
    templates: Handlebars<'static>,
    lang: String,
    css: String,
    library: Library,
    nav: Vec<Entry>,
    full_text: bool,
    filter: Option<String>,
}

/// A page that every page of the folder leads to.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Entry {
    /// The template of the page; pages whose template's name starts with it are below it.
    pub(super) template: &'static str,
    /// The file.
    pub(super) file: &'static str,
    /// What stands on the link.
    pub(super) title: String,
}

/// An entry as a page shows it.
#[derive(Serialize)]
struct Link<'p> {
    file: &'p str,
    title: &'p str,
    current: bool,
}

/// Templates of the pages that are learnt from, which have a sheet of their own behind the common one.
const LEARNING: [&str; 4] = ["spot-the-error", "work-sheet", "answer-key", "guide"];

/// What the scripts of several pages share, in front of each of them.
const COMMON: &str = "common.js";

/// The frame of a page.
const LAYOUT: &str = "layout";

/// What a page tells by itself, its own figures under `page`. It is made before its frame: a template that is included gets a copy of all
/// that the including one sees, and that would be the whole page each time.
#[derive(Serialize)]
struct Body<'p, T> {
    lang: &'p str,
    title: &'p str,
    full_text: bool,
    filter: Option<&'p str>,
    page: &'p T,
}

/// What stands around it on every page.
#[derive(Serialize)]
struct Frame<'p> {
    lang: &'p str,
    /// What the browser may do: run and show what stands in this file, and nothing else.
    policy: String,
    css: &'p str,
    script: &'p str,
    /// For the script, as JSON that no text in it can leave.
    data: Option<String>,
    title: &'p str,
    /// The template, by which the page's styles are told apart.
    here: &'p str,
    /// Whether the page shows no note of the export, but what is learnt from notes and rules.
    learning: bool,
    /// Whether notes stand on the page as they were typed.
    full_text: bool,
    /// The filter, where not all notes of the exports were audited.
    filter: Option<&'p str>,
    nav: Vec<Link<'p>>,
    /// What the page tells, as HTML.
    body: String,
}

impl Pages {
    /// Reads the templates.
    pub(super) fn new(library: Library, lang: &str, wording: &Wording, nav: Vec<Entry>) -> io::Result<Self> {
        let mut templates = Handlebars::new();
        templates.set_strict_mode(true);
        // Indented partials would add blanks to the text of notes.
        templates.set_prevent_indent(true);
        for (name, file) in library.files().filter(|(name, _)| name.ends_with(".hbs")) {
            let short = name.trim_start_matches("partials/").trim_end_matches(".hbs");
            templates
                .register_template_string(short, &file.text)
                .map_err(|error| io::Error::other(format!("{}: {error}", file.path.display())))?;
        }
        for (name, kind) in Say::ALL {
            templates.register_helper(name, Box::new(Sayer { kind, wording: wording.clone() }));
        }
        let css = plain(&library, "report.css")?;
        Ok(Pages { templates, lang: lang.to_owned(), css, library, nav, full_text: false, filter: None })
    }

    /// Says on every page that shows notes of the export that they stand there as they were typed.
    pub(super) fn in_full(self, full_text: bool) -> Self {
        Pages { full_text, ..self }
    }

    /// Says on every page with figures of a part of the exports by what filter they are.
    pub(super) fn of_part(self, filter: Option<String>) -> Self {
        Pages { filter, ..self }
    }

    /// The page of that template; `script` names a file of `reports/`, `data` is for that script.
    pub(super) fn render<T: Serialize>(
        &self,
        template: &str,
        title: &str,
        script: &str,
        data: Option<&Value>,
        page: &T,
    ) -> io::Result<String> {
        let script = plain(&self.library, COMMON)? + &plain(&self.library, script)?;
        let mut css = self.css.clone();
        let learning = LEARNING.iter().any(|name| template.starts_with(name));
        if learning {
            css.push_str(&plain(&self.library, "learning.css")?);
        }
        let current = |entry: &Entry| template.starts_with(entry.template);
        let nav = self.nav.iter().map(|e| Link { file: e.file, title: &e.title, current: current(e) }).collect();
        let (full_text, filter) = (self.full_text && !learning, self.filter.as_deref().filter(|_| !learning));
        let body = self.made(template, &Body { lang: &self.lang, title, full_text, filter, page })?;
        let frame = Frame {
            lang: &self.lang,
            policy: format!(
                "default-src 'none'; style-src '{}'; script-src '{}'; img-src data:; base-uri 'none'; form-action 'none'",
                fingerprint(&css),
                fingerprint(&script)
            ),
            css: &css,
            script: &script,
            data: data.map(harmless),
            title,
            here: template,
            learning,
            full_text,
            filter,
            nav,
            body,
        };
        self.made(LAYOUT, &frame)
    }

    fn made(&self, template: &str, of: &impl Serialize) -> io::Result<String> {
        let failed = |error| io::Error::other(format!("reports/{template}.hbs: {error}"));
        self.templates.render(template, of).map_err(failed)
    }
}

/// A file of the library with line ends as browsers see them, which is what they hash.
fn plain(library: &Library, name: &str) -> io::Result<String> {
    let file = library.get(name).ok_or_else(|| io::Error::other(format!("reports/{name} is missing")))?;
    Ok(file.text.replace("\r\n", "\n"))
}

fn fingerprint(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text.as_bytes())))
}

/// JSON in which no note can end the script element or start a comment.
fn harmless(data: &Value) -> String {
    let mut out = String::new();
    for c in data.to_string().chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", c as u32)),
            _ => out.push(c),
        }
    }
    out
}

/// What a helper of the templates says.
#[derive(Clone, Copy)]
enum Say {
    /// `{{t "key" name=value}}`: a text; several arguments make one key.
    Text,
    /// `{{n "key" 3}}`: a text that depends on a number.
    Count,
    /// `{{num 1234}}`
    Number,
    /// `{{pct 8750}}`, from hundredths of a per cent.
    Percent,
    /// `{{pct0 8750}}`, without a decimal.
    Whole,
    /// `{{score 8750}}`: 87.5
    Score,
    /// `{{clock 125}}`: 2:05
    Clock,
    /// `{{term "channel" value}}`: the language's word for a value, or the value.
    Term,
    /// `{{width 8750}}`: 87.5 for SVG, whatever the language.
    Width,
    /// `{{signed -150}}`: −1.5, a difference of scores or of per cent.
    Signed,
    /// `{{coef 0.62}}`: 0.62, a coefficient.
    Coefficient,
}

impl Say {
    const ALL: [(&'static str, Say); 11] = [
        ("t", Say::Text),
        ("n", Say::Count),
        ("num", Say::Number),
        ("pct", Say::Percent),
        ("pct0", Say::Whole),
        ("score", Say::Score),
        ("clock", Say::Clock),
        ("term", Say::Term),
        ("width", Say::Width),
        ("signed", Say::Signed),
        ("coef", Say::Coefficient),
    ];
}

/// What stands where a figure does not exist.
const NOTHING: &str = "–";

struct Sayer {
    kind: Say,
    wording: Wording,
}

impl HelperDef for Sayer {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        let param = |at: usize| helper.param(at).map_or(&Value::Null, |p| p.value());
        let missing = |key: &str| RenderErrorReason::Other(format!("there is no text `{key}` in report.yaml"));
        let first = param(0).as_u64();
        let said = match self.kind {
            Say::Text => {
                let key: String = helper.params().iter().map(|p| said(p.value())).collect();
                let mut text = self.wording.text(&key).ok_or_else(|| missing(&key))?.to_owned();
                for (name, value) in helper.hash() {
                    let value = match value.value() {
                        Value::Number(number) => self.wording.number(number.as_u64().unwrap_or(0)),
                        other => said(other),
                    };
                    text = text.replace(&format!("{{{name}}}"), &value);
                }
                text
            }
            Say::Count => {
                let key = said(param(0));
                self.wording.count(&key, param(1).as_u64().unwrap_or(0)).ok_or_else(|| missing(&key))?
            }
            Say::Term => self.wording.term(&said(param(0)), &said(param(1))),
            Say::Number => first.map_or(NOTHING.into(), |n| self.wording.number(n)),
            Say::Percent => first.map_or(NOTHING.into(), |n| self.wording.percent(n, true)),
            Say::Whole => first.map_or(NOTHING.into(), |n| self.wording.percent(n, false)),
            Say::Score => first.map_or(NOTHING.into(), |n| self.wording.score(n)),
            Say::Clock => first.map_or(NOTHING.into(), |n| self.wording.clock(n)),
            Say::Signed => param(0).as_i64().map_or(NOTHING.into(), |n| self.wording.signed(n)),
            Say::Coefficient => param(0).as_f64().map_or(NOTHING.into(), |n| self.wording.coefficient(n)),
            Say::Width => first.map_or("0".into(), |n| format!("{}.{:02}", n / 100, n % 100)),
        };
        Ok(ScopedJson::Derived(Value::String(said)))
    }
}

fn said(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_for_a_script_cannot_leave_it() {
        let text = harmless(&json!({"note": "</script><!-- \u{2028} &"}));
        assert!(!text.contains(['<', '>', '&', '\u{2028}']), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["note"], "</script><!-- \u{2028} &");
    }
}
