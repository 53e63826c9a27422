//! Quoted mail in a note: words of somebody else, told by the forms in which mail programs write them.

use std::ops::Range;

use regex::Regex;

use crate::model::Span;

/// Lines of a block of header lines, and how many of them must be known.
const HEADER: (usize, usize) = (8, 3);

/// What mail programs write around quoted mail, in every language of the packs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MailWords {
    /// The end of the line before a quotation, without its colon: `wrote`.
    pub wrote: Vec<String>,
    /// What stands between dashes above a quotation, or before a colon: `original message`.
    pub original: Vec<String>,
    /// The first header line of a quoted mail: `from`.
    pub from: Vec<String>,
    /// Other header lines: `sent`, `to`, `subject`.
    pub header: Vec<String>,
}

/// Finds quoted mail.
#[derive(Debug, Clone, Default)]
pub(super) struct Mail {
    /// The end of a line that introduces a quotation.
    wrote: Option<Regex>,
    /// A line above a quotation.
    original: Option<Regex>,
    /// The first header line.
    from: Option<Regex>,
    /// Any header line, or part of one.
    header: Option<Regex>,
    /// A day, a time or an address: what a program writes beside a name.
    stamp: Option<Regex>,
}

impl Mail {
    pub(super) fn new(words: &MailWords) -> Self {
        let of = |words: &[String], around: fn(&str) -> String| {
            // An apostrophe has two forms, and a space any width.
            let form = |word: &String| regex::escape(word).replace('\'', "['’]").replace(' ', r"\s+");
            let forms: Vec<String> = words.iter().filter(|word| !word.is_empty()).map(form).collect();
            // The case of the words alone is open: folding classes of signs takes longer than all the rest.
            let forms = (!forms.is_empty()).then(|| format!("(?i:{})", forms.join("|")))?;
            Regex::new(&around(&forms)).ok()
        };
        let heads = [words.from.as_slice(), &words.header].concat();
        Mail {
            wrote: of(&words.wrote, |w| format!(r"(?m)(?:\b|\P{{Latin}}){w}[^\S\n]*[:：][^\S\n]*$")),
            original: of(&words.original, |w| {
                format!(r"(?m)^[>\s]*(?:[-_*=—]{{2,}}[^\S\n]*{w}[^\S\n]*[-_*=—]{{2,}}|{w}[^\S\n]*[:：])[^\S\n]*$")
            }),
            from: of(&words.from, |w| format!(r"(?m)^[^\S\n]*\*?{w}\*?[^\S\n]*[:：]")),
            header: of(&heads, |w| format!(r"(?m)(?:^|[^\S\n])\*?{w}\*?[^\S\n]*[:：]")),
            stamp: Regex::new(r"@|(?:^|[^0-9])(?:19|20)[0-9]{2}(?:[^0-9]|$)|[0-9][:h][0-9]{2}(?:[^0-9]|$)").ok(),
        }
    }

    /// Quoted mail in a text, in bytes, in order; `marked` is what markup says is quoted. None where nothing else is left.
    pub(super) fn quoted(&self, text: &str, marked: &[Span]) -> Vec<Span> {
        let lines = Lines::of(text, marked);
        let mut spans = marked.to_vec();
        // Most notes of several lines have no line that ends as one above a quotation does, and need no expression.
        let ends = |signs: &str| {
            (0..lines.starts.len()).any(|line| lines.of_line(line).trim_end().ends_with(|c| signs.contains(c)))
        };
        if ends(":：") {
            spans.extend(self.introduced(&lines));
        }
        let original = ends("-_*=—:：").then(|| self.original(&lines)).flatten();
        let from = [original, self.header(&lines)].into_iter().flatten().min();
        spans.extend(from.map(|from| Span::new(from, text.len())));
        spans.extend(lines.blocks.iter().filter(|block| lines.is_quotation(block)).map(|block| lines.span(block)));
        let spans = merged(spans);
        let mut at = 0;
        let mut own =
            spans.iter().map(|span| &text[std::mem::replace(&mut at, span.end)..span.start]).collect::<String>();
        own.push_str(&text[at..]);
        if own.contains(char::is_alphanumeric) { spans } else { Vec::new() }
    }

    /// Quotations with the line above them that tells who wrote: lines that are marked, or all that follows where none are. That line
    /// of a mail program tells when, too; one that an agent typed need not, above marked lines.
    fn introduced(&self, lines: &Lines<'_>) -> Vec<Span> {
        let (Some(wrote), Some(stamp)) = (&self.wrote, &self.stamp) else { return Vec::new() };
        let mut out: Vec<Span> = Vec::new();
        for found in wrote.find_iter(lines.text) {
            let line = lines.at(found.end());
            // Programs break long lines.
            let first = [line, line.saturating_sub(1)].into_iter().find(|line| stamp.is_match(lines.of_line(*line)));
            let next = (line + 1..lines.starts.len()).take(3).find(|line| !lines.is_blank(*line));
            match (first, next.and_then(|next| lines.block_from(next))) {
                (first, Some(block)) => out.push(lines.span(&(first.unwrap_or(block.start)..block.end))),
                (Some(first), None) => {
                    out.push(lines.span(&(first..lines.starts.len())));
                    break;
                }
                (None, None) => {}
            }
        }
        out
    }

    fn original(&self, lines: &Lines<'_>) -> Option<usize> {
        let found = self.original.as_ref()?.find(lines.text)?;
        Some(lines.starts[lines.at(found.end())])
    }

    /// Where a block of header lines begins.
    fn header(&self, lines: &Lines<'_>) -> Option<usize> {
        let (from, header, stamp) = (self.from.as_ref()?, self.header.as_ref()?, self.stamp.as_ref()?);
        from.find_iter(lines.text).map(|found| lines.at(found.end())).find_map(|line| {
            let end =
                (line..lines.starts.len()).take(HEADER.0).take_while(|line| !lines.is_blank(*line)).count() + line;
            let span = lines.span(&(line..end));
            let block = span.of(lines.text);
            (header.find_iter(block).count() >= HEADER.1 && stamp.is_match(block)).then_some(span.start)
        })
    }
}

/// The lines of a text.
struct Lines<'t> {
    text: &'t str,
    /// Where each begins.
    starts: Vec<usize>,
    /// Whether each is marked as quoted, by a sign at its start or by markup.
    marked: Vec<bool>,
    /// Lines in a row that are marked, with blank ones between them.
    blocks: Vec<Range<usize>>,
}

impl<'t> Lines<'t> {
    /// The lines; `marked` is what markup quotes, in order.
    fn of(text: &'t str, marked: &[Span]) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let mut lines = Lines { text, starts, marked: Vec::new(), blocks: Vec::new() };
        for (line, start) in lines.starts.iter().enumerate() {
            let index = marked.partition_point(|span| span.end <= *start);
            let by_markup = marked.get(index).is_some_and(|span| span.start <= *start);
            lines.marked.push(by_markup || lines.of_line(line).trim_start().starts_with('>'));
        }
        let mut goes_on = false;
        for line in 0..lines.starts.len() {
            if lines.marked[line] {
                match lines.blocks.last_mut().filter(|_| goes_on) {
                    Some(block) => block.end = line + 1,
                    None => lines.blocks.push(line..line + 1),
                }
                goes_on = true;
            } else if !lines.is_blank(line) {
                goes_on = false;
            }
        }
        lines
    }

    /// The number of the line in which a byte stands.
    fn at(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start <= byte).saturating_sub(1)
    }

    fn span(&self, lines: &Range<usize>) -> Span {
        let place = |line: usize| self.starts.get(line).copied().unwrap_or(self.text.len());
        Span::new(place(lines.start), place(lines.end))
    }

    fn of_line(&self, line: usize) -> &'t str {
        self.span(&(line..line + 1)).of(self.text)
    }

    fn is_blank(&self, line: usize) -> bool {
        self.of_line(line).trim().is_empty()
    }

    /// The block that a line begins.
    fn block_from(&self, line: usize) -> Option<&Range<usize>> {
        let index = self.blocks.partition_point(|block| block.end <= line);
        self.blocks.get(index).filter(|block| block.contains(&line))
    }

    /// Whether marked lines that nothing introduces are a quotation. Agents also use the sign for the points of a list: what is quoted
    /// stands behind a blank line, is quoted twice over, or is prose that was broken into lines.
    fn is_quotation(&self, block: &Range<usize>) -> bool {
        if block.start == 0 {
            return false;
        }
        let line = |line: usize| self.of_line(line).trim_start().trim_start_matches('>').trim();
        let deep = |line: usize| {
            self.of_line(line).trim_start().trim_start_matches('>').len() + 2 <= self.of_line(line).trim_start().len()
        };
        let broken = |at: usize| {
            let long = self.of_line(at).chars().count() >= 60;
            long && !line(at).ends_with(['.', '!', '?', ':', ';']) && line(at + 1).starts_with(char::is_lowercase)
        };
        let lines = || block.clone().filter(|at| !line(*at).is_empty());
        self.is_blank(block.start - 1) || lines().any(deep) || lines().any(|at| at + 1 < block.end && broken(at))
    }
}

/// Spans in order, those that touch made one.
fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut out: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match out.last_mut().filter(|last| span.start <= last.end) {
            Some(last) => last.end = last.end.max(span.end),
            None => out.push(span),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(text: &str) -> String {
        let words = |words: &str| words.split(',').map(str::to_owned).collect();
        let mail = Mail::new(&MailWords {
            wrote: words("wrote,escribió,a écrit,写道"),
            original: words("original message,message d'origine"),
            from: words("from,de,发件人"),
            header: words("sent,to,subject,enviado,para,asunto,收件人,主题"),
        });
        let mut own = text.to_owned();
        for span in mail.quoted(text, &[]).iter().rev() {
            own.replace_range(span.start..span.end, "");
        }
        own
    }

    #[test]
    fn mail_programs_quote_in_many_forms() {
        for (quoted, rest) in [
            (
                "Refunded.\nOn Mon, May 4, 2026 at 10:02 AM Ana <a@b.example>\nwrote:\n> you idiots\n> again\nThanks",
                "Refunded.\nThanks",
            ),
            ("Se reembolsa.\n\nEl lun, 4 may 2026, Ana escribió:\nson unos inútiles", "Se reembolsa.\n\n"),
            ("Remboursé\nLe 04/05/2026 à 10:02, Ana a écrit\u{a0}:\n> nuls", "Remboursé\n"),
            ("已退款\n张三 <a@b.example> 于2026年5月4日写道：\n> 垃圾", "已退款\n"),
            ("ok\n-----Original Message-----\nFrom: x\nbad", "ok\n"),
            ("ok\n---- Message d’origine ----\nbad", "ok\n"),
            ("ok\nDe: Ana\nEnviado: 4/5/2026 10:02\nPara: x\nAsunto: y\n\nmalo", "ok\n"),
            ("好\n发件人: 张\n收件人: a@b.example\n主题: x\n坏", "好\n"),
            ("done\n\n> you said\n> so", "done\n\n"),
            ("done\n>> deep", "done\n"),
            ("Customer wrote:\n> you fools\nclosed", "Customer wrote:\nclosed"),
            ("已退款\n张三 于2026年5月4日写道：\n垃圾", "已退款\n"),
        ] {
            assert_eq!(own(quoted), rest, "{quoted}");
        }
    }

    #[test]
    fn lists_headings_and_reports_are_the_agents_own() {
        for text in [
            "Steps:\n> called back\n> sent mail",
            "> all\n> quoted",
            "Customer wrote: I am angry\nI called",
            "El cliente escribió:\nestá mal",
            "De: Ana\nAsunto: factura\nSe explica",
            "From: billing\nTo: support\nmoved the case",
            "x > 5\ny",
        ] {
            assert_eq!(own(text), text);
        }
    }
}
