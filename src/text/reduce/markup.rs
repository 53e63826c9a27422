//! Markup of the systems that notes are exported from: HTML, entities, and the escapes of workbooks.

use std::sync::OnceLock;

use regex::{Captures, Regex};

use super::draft::{Draft, Sign, Walk, place};

/// Elements that stand on lines of their own.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "html",
    "legend",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "optgroup",
    "option",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "tfoot",
    "thead",
    "tr",
    "ul",
];
/// Elements whose content is no text of the note.
const HIDDEN: &[&str] = &["head", "noscript", "script", "style", "svg", "template", "title"];
/// Elements inside lines.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "area", "audio", "b", "base", "bdi", "bdo", "big", "br", "button", "canvas", "cite",
    "code", "col", "colgroup", "data", "datalist", "del", "dfn", "em", "embed", "font", "i", "iframe", "img", "input",
    "ins", "kbd", "label", "link", "map", "mark", "math", "meta", "meter", "nobr", "object", "output", "param",
    "picture", "progress", "q", "rp", "rt", "ruby", "s", "samp", "select", "small", "source", "span", "strike",
    "strong", "sub", "sup", "td", "textarea", "th", "time", "track", "tt", "u", "var", "video", "wbr",
];
/// Elements that have no end and that nobody types by chance.
const SINGLE: &[&str] = &["br", "hr", "img", "wbr"];

/// How often text that was escaped more than once is read again.
const ROUNDS: usize = 3;

/// What is found in a text: a comment or declaration, a tag (its slash, name and attributes), an entity, or a character of a workbook
/// written by its number.
fn marks() -> &'static Regex {
    static MARKS: OnceLock<Regex> = OnceLock::new();
    const VALUE: &str = r#"(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+))?"#;
    let pattern = format!(
        r#"(?is)(?<comment><!--)|(?<declared><!doctype\b[^<>]*>|<\?xml\b[^<>]*\?>|<!\[(?:if|endif)[^<>]*\]>)|<(?<close>/?)(?<name>[a-z][a-z0-9]*(?:[:-][a-z0-9:-]*)?)(?<attributes>(?:\s+[^\s"'<>/=]+{VALUE}(?:\s*[^\s"'<>/=]+{VALUE})*)?)\s*/?>|(?<entity>&(?:\#[0-9]{{1,7}}|\#x[0-9a-f]{{1,6}}|[a-z][a-z0-9]{{1,31}});)|_x(?<number>[0-9a-f]{{4}})_"#
    );
    MARKS.get_or_init(|| Regex::new(&pattern).expect("the expression is constant"))
}

/// A tag that was cut off with the end of the cell.
fn cut() -> &'static Regex {
    static CUT: OnceLock<Regex> = OnceLock::new();
    let pattern = r"(?i)<(?:/?(?<name>[a-z][a-z0-9]*)(?:\s[^<>]*)?|/?|!--[^>]*)$";
    CUT.get_or_init(|| Regex::new(pattern).expect("the expression is constant"))
}

/// Reduces markup to text.
pub(super) fn reduce(draft: &mut Draft) {
    for _ in 0..ROUNDS {
        let text = draft.text();
        if !marks().is_match(&text) {
            return;
        }
        let form = Form::of(&text);
        let before = draft.signs.len();
        draft.signs = if form.html { Page::read(draft, &text, form) } else { plain(draft, &text) };
        // What was escaped twice, or HTML that was escaped as a whole, is read again; what HTML itself holds is text.
        if form.html || draft.signs.len() == before {
            return;
        }
    }
}

fn known(name: &str) -> bool {
    [BLOCKS, HIDDEN, INLINE].iter().any(|names| is_one_of(names, name))
}

fn is_one_of(names: &[&str], name: &str) -> bool {
    names.iter().any(|own| own.eq_ignore_ascii_case(name))
}

/// What a text is.
#[derive(Debug, Clone, Copy, Default)]
struct Form {
    /// HTML beyond doubt: a known element with its end, one that has none, an attribute in quotes, or a declaration.
    html: bool,
    /// Whether line ends are written as elements, so that those of the text mean nothing.
    lines: bool,
}

impl Form {
    fn of(text: &str) -> Self {
        let mut form = Form::default();
        let mut open: Vec<&str> = Vec::new();
        let ended = text.rfind("-->").unwrap_or(0);
        for found in marks().captures_iter(text) {
            let Some(name) = found.name("name").map(|name| name.as_str()) else {
                let comment = found.name("comment").is_some_and(|comment| comment.end() <= ended);
                form.html |= comment || found.name("declared").is_some();
                continue;
            };
            if !known(name) {
                continue;
            }
            let closes = &found["close"] == "/";
            let attributes = found["attributes"].contains(['"', '\'']);
            let again = open.iter().any(|other| other.eq_ignore_ascii_case(name));
            // The second of two paragraphs ends the first.
            let ends = is_one_of(&["p", "li", "div", "tr", "td", "dt", "dd", "option"], name);
            form.html |= attributes || is_one_of(SINGLE, name) || again && (closes || ends);
            form.lines |= name.eq_ignore_ascii_case("br") || is_one_of(BLOCKS, name);
            if !closes && !again {
                open.push(name);
            }
        }
        form
    }
}

/// The character, or characters, that an entity or an escape stands for; `None` where it stands for none.
fn meant(found: &Captures<'_>) -> Option<String> {
    if let Some(number) = found.name("number") {
        let c = u32::from_str_radix(number.as_str(), 16).ok().and_then(char::from_u32)?;
        // Other characters are not written so but by chance; workbooks write a line end as two of them.
        return match c {
            '\r' => Some(String::new()),
            c if c.is_control() => Some(c.to_string()),
            _ => None,
        };
    }
    let entity = found.name("entity")?.as_str();
    let text = htmlize::unescape(entity);
    (text != entity).then(|| text.replace('\u{a0}', " "))
}

/// Plain text with its entities and escapes read.
fn plain(draft: &Draft, text: &str) -> Vec<Sign> {
    let mut walk = Walk::along(draft);
    let mut out = Vec::with_capacity(draft.signs.len());
    for found in marks().captures_iter(text) {
        let (Some(meant), Some(all)) = (meant(&found), found.get(0)) else { continue };
        out.extend_from_slice(walk.to(all.start()));
        push(&meant, walk.to(all.end()), &mut out);
    }
    out.extend_from_slice(walk.to(text.len()));
    out
}

/// Adds what characters of the cell stand for.
fn push(meant: &str, typed: &[Sign], out: &mut Vec<Sign>) {
    let (start, end) = place(typed);
    let quoted = typed.first().is_some_and(|sign| sign.quoted);
    out.extend(meant.chars().map(|c| Sign { c, start, end, quoted }));
}

/// Looks for ends, and never twice for one that is not there.
struct Ends {
    text: String,
    none: Vec<String>,
}

impl Ends {
    /// The place behind the next `end`.
    fn behind(&mut self, at: usize, end: &str) -> Option<usize> {
        if self.none.iter().any(|none| none == end) {
            return None;
        }
        let found = self.text[at..].find(end).map(|found| at + found + end.len());
        if found.is_none() {
            self.none.push(end.to_owned());
        }
        found
    }
}

/// HTML being read.
#[derive(Default)]
struct Page {
    out: Vec<Sign>,
    form: Form,
    /// Line ends to come before the next character.
    lines: usize,
    /// Whether a space is to come.
    space: bool,
    /// Where the line end or space stands in the cell.
    gap: (u32, u32),
    /// How deep in quotations.
    quotes: usize,
    /// How deep in text whose spaces and line ends mean something.
    kept: usize,
}

impl Page {
    fn read(draft: &Draft, text: &str, form: Form) -> Vec<Sign> {
        let mut page = Page { form, ..Page::default() };
        let mut walk = Walk::along(draft);
        let mut ends = Ends { text: text.to_ascii_lowercase(), none: Vec::new() };
        let mut at = 0;
        while let Some(found) = marks().captures_at(text, at) {
            let Some(all) = found.get(0) else { break };
            page.text(walk.to(all.start()));
            at = all.end();
            if let Some(meant) = meant(&found) {
                page.meant(&meant, walk.to(at));
                continue;
            }
            let Some(name) = found.name("name").map(|name| name.as_str().to_ascii_lowercase()) else {
                let end = found.name("comment").and_then(|_| ends.behind(at, "-->"));
                at = end.unwrap_or(at);
                let typed = walk.to(at);
                if end.is_none() && found.name("declared").is_none() {
                    page.text(typed);
                }
                continue;
            };
            let closes = &found["close"] == "/";
            if !closes && is_one_of(HIDDEN, &name) && !all.as_str().ends_with("/>") {
                let end = ends.behind(at, &format!("</{name}")).and_then(|end| ends.behind(end, ">"));
                at = end.unwrap_or(at);
            }
            let typed = walk.to(at);
            // Names of other systems' elements have a sign in them; other words in brackets were typed.
            if known(&name) || name.contains([':', '-']) {
                page.tag(&name, closes, typed);
            } else {
                page.text(typed);
            }
        }
        let end = cut().captures(&text[at..]).and_then(|found| {
            let known = found.name("name").is_none_or(|name| known(name.as_str()));
            found.get(0).filter(|_| known).map(|all| at + all.start())
        });
        page.text(walk.to(end.unwrap_or(text.len())));
        page.out
    }

    fn tag(&mut self, name: &str, closes: bool, typed: &[Sign]) {
        match name {
            "br" => self.break_line((self.lines + 1).min(2), typed),
            "td" | "th" => self.break_word(typed),
            name if is_one_of(BLOCKS, name) => self.break_line(1, typed),
            _ => {}
        }
        let depth = match name {
            "blockquote" => &mut self.quotes,
            "pre" => &mut self.kept,
            _ => return,
        };
        *depth = if closes { depth.saturating_sub(1) } else { *depth + 1 };
    }

    fn break_line(&mut self, lines: usize, typed: &[Sign]) {
        if self.lines == 0 {
            self.gap = place(typed);
        }
        self.lines = self.lines.max(lines);
    }

    fn break_word(&mut self, typed: &[Sign]) {
        if self.lines == 0 && !self.space {
            self.gap = place(typed);
        }
        self.space = true;
    }

    /// Text as it stands between tags.
    fn text(&mut self, typed: &[Sign]) {
        for (at, sign) in typed.iter().enumerate() {
            let one = &typed[at..=at];
            match sign.c {
                '\n' if self.kept > 0 || !self.form.lines => self.break_line((self.lines + 1).min(2), one),
                ' ' | '\t' | '\r' | '\n' | '\x0c' if self.kept == 0 => self.break_word(one),
                _ => self.sign(*sign),
            }
        }
    }

    /// What an entity stands for.
    fn meant(&mut self, meant: &str, typed: &[Sign]) {
        let (start, end) = place(typed);
        for c in meant.chars() {
            self.sign(Sign { c, start, end, quoted: false });
        }
    }

    /// A character, behind the line ends and the space that are due.
    fn sign(&mut self, sign: Sign) {
        let (start, end) = self.gap;
        let quoted = self.quotes > 0;
        let at_start = self.out.last().is_none_or(|last| last.c == '\n');
        if self.lines > 0 && !self.out.is_empty() {
            let lines = std::iter::repeat_n(Sign { c: '\n', start, end, quoted }, self.lines);
            self.out.extend(lines);
        } else if self.space && !at_start {
            self.out.push(Sign { c: ' ', start, end, quoted });
        }
        (self.lines, self.space) = (0, false);
        self.out.push(Sign { quoted, ..sign });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reduced(cell: &str) -> String {
        let mut draft = Draft::new(cell);
        reduce(&mut draft);
        draft.text()
    }

    #[test]
    fn html_becomes_lines_of_text() {
        for (cell, text) in [
            ("<p>Cliente <b>muy</b> molesto</p><p>Se agenda</p>", "Cliente muy molesto\nSe agenda"),
            ("Called<br>about bill<br/><br />Refunded", "Called\nabout bill\n\nRefunded"),
            ("<div>a</div>\n  <ul>\n<li>one</li>\n<li>two</li></ul>", "a\none\ntwo"),
            ("<table><tr><td>Reason</td><td>bill</td></tr><tr><td>x</td></tr></table>", "Reason bill\nx"),
            (
                "<style>p {color: red}</style><p class='x'>R&amp;D&nbsp;ok<!-- no --></p><script>if (a<b) {}</script>",
                "R&D ok",
            ),
            ("<html><head><title>Note</title></head><body>text</body></html>", "text"),
            ("<b>Reason</b>: bill\nAction: none", "Reason: bill\nAction: none"),
            ("<p>pays &lt;b&gt; <o:p></o:p>and <cust></p>", "pays <b> and <cust>"),
            ("<p>cut off</p><a href=\"https://exa", "cut off"),
            ("<pre>a\n  b</pre>", "a\n  b"),
            ("&lt;p&gt;escaped &amp;amp; whole&lt;/p&gt;", "escaped & whole"),
            ("<P STYLE=\"x\">caps", "caps"),
        ] {
            assert_eq!(reduced(cell), text, "{cell}");
        }
    }

    #[test]
    fn what_was_typed_stays() {
        for cell in [
            "credit < 500 and > 20",
            "if a<b and c>d then",
            "Dear <name>, your <cust> <address> <time>",
            "<b> only opened, <p> too",
            "AT&T and R&D; x &unknown; y & z &amp",
            "5<6 </3",
            "a_x12_b",
        ] {
            assert_eq!(reduced(cell), cell);
        }
    }

    #[test]
    fn entities_of_plain_text_are_read() {
        for (cell, text) in [
            ("R&amp;D &#39;ok&#x27; caf&eacute;", "R&D 'ok' café"),
            ("R&amp;amp;D", "R&D"),
            ("a&nbsp;b &lt;500", "a b <500"),
            ("line_x000D_\nnext", "line\nnext"),
        ] {
            assert_eq!(reduced(cell), text);
        }
    }

    #[test]
    fn places_and_quotations_are_kept() {
        let cell = "<p>My &lt;b&gt;</p><blockquote>you <i>idiot</i></blockquote><p>end</p>";
        let mut draft = Draft::new(cell);
        reduce(&mut draft);
        let text = draft.text();
        assert_eq!(text, "My <b>\nyou idiot\nend");
        let quoted: Vec<&str> = draft.quoted().iter().map(|span| span.of(&text).trim()).collect();
        assert_eq!(quoted, ["you idiot"]);
        let (start, end) = draft.places().unwrap().in_cell(11, 16);
        assert_eq!(&cell[start..end], "idiot");
        assert_eq!(draft.places().unwrap().in_cell(3, 4), (6, 10));
    }
}
