//! A note made ready for checks, once, whatever the number of rules.

use std::cell::OnceCell;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::blanks::blanks;
use super::fold::{Folded, Folder};
use super::interest::{InterestId, Piece, Takers};
use super::runs::{Run, numbers, runs};
use super::scanner::{ListId, Scanner, Scratch, TermHit};
use super::segment::words_of_pieces;
use super::tokens::Token;
use super::words::WordSet;
use super::{count_words, han, mask, segment, voice};
use crate::model::{Note, Span};

/// How a language reports other people's words.
#[derive(Debug, Clone, Default)]
pub struct Speech {
    /// Quotation marks.
    pub quotes: voice::Quotes,
    /// What starts reported speech.
    pub attribution: Option<ListId>,
    /// What marks the words before it as reported speech.
    pub attribution_behind: Option<ListId>,
    /// Where the agent's own voice resumes.
    pub resumes: Option<ListId>,
    /// Folded forms that keep their full stop.
    pub dotted: WordSet,
    /// Whether its script parts no words, so that they must be told by a dictionary.
    pub joined: bool,
}

/// A note with everything that checks read.
pub struct Prepared<'n> {
    /// The note.
    pub note: &'n Note,
    /// Its text, folded.
    pub folded: &'n Folded,
    /// Sentences, in bytes of the folded text.
    pub sentences: Vec<Range<usize>>,
    /// Places that are not the agent's own words: quotations and reported speech, in bytes of the note.
    pub others_words: Vec<Span>,
    hits: &'n [TermHit],
    /// Of which lists there are hits, a bit each: most lists have none.
    present: &'n [u64],
    /// Terms behind masked letters, each with the place of the whole masked word.
    masked: &'n [TermHit],
    /// Words of which so much is hidden that only the hiding is certain, in bytes of the folded text.
    pub censored: Vec<Range<usize>>,
    tokens: &'n [Token],
    /// Interests that take one of them.
    takers: Takers,
    scanner: &'n Scanner,
    runs: OnceCell<Vec<Run>>,
    numbers: OnceCell<Vec<Run>>,
    words: OnceCell<usize>,
    blanks: OnceCell<Vec<(usize, usize)>>,
}

/// Buffers that serve one note after the other.
#[derive(Debug, Clone)]
pub struct Workspace {
    folded: Folded,
    scratch: Scratch,
    hits: Vec<TermHit>,
    present: Vec<u64>,
    masked: Vec<TermHit>,
    tokens: Vec<Token>,
}

impl Workspace {
    /// Buffers for notes of the scanner's language.
    pub fn new(scanner: &Scanner) -> Self {
        Self {
            folded: Folded::default(),
            scratch: scanner.scratch(),
            hits: Vec::new(),
            present: Vec::new(),
            masked: Vec::new(),
            tokens: Vec::new(),
        }
    }

    /// Prepares a note, without what it quotes of mail: somebody else wrote that.
    pub fn prepare<'n>(
        &'n mut self,
        note: &'n Note,
        folder: &Folder,
        scanner: &'n Scanner,
        speech: &Speech,
    ) -> Prepared<'n> {
        self.prepare_with(note, note.quoted(), folder, scanner, speech)
    }

    /// Prepares a note with all that stands in it.
    pub fn prepare_whole<'n>(
        &'n mut self,
        note: &'n Note,
        folder: &Folder,
        scanner: &'n Scanner,
        speech: &Speech,
    ) -> Prepared<'n> {
        self.prepare_with(note, &[], folder, scanner, speech)
    }

    fn prepare_with<'n>(
        &'n mut self,
        note: &'n Note,
        without: &[Span],
        folder: &Folder,
        scanner: &'n Scanner,
        speech: &Speech,
    ) -> Prepared<'n> {
        folder.fold_into(&note.text, &mut self.folded);
        self.folded.blank(without);
        let folded = &self.folded;
        let same = |start: usize, end: usize, accents: &str| {
            let typed = note.text[folded.original(start)..folded.original_end(end)].nfc();
            typed.flat_map(char::to_lowercase).eq(accents.nfc())
        };
        let words = if speech.joined { han::words(&folded.text) } else { Vec::new() };
        scanner.scan_beside(&folded.text, &words, &same, &mut self.scratch, &mut self.hits);
        self.scratch.swap_tokens(&mut self.tokens);
        self.present.clear();
        for hit in &self.hits {
            let word = usize::from(hit.list.0) / 64;
            if self.present.len() <= word {
                self.present.resize(word + 1, 0);
            }
            self.present[word] |= 1 << (hit.list.0 % 64);
        }
        let censored = self.unmask(scanner);
        let mut prepared = Prepared {
            note,
            folded: &self.folded,
            sentences: segment::sentences(&self.folded.text, &speech.dotted).collect(),
            others_words: Vec::new(),
            hits: &self.hits,
            present: &self.present,
            masked: &self.masked,
            censored,
            tokens: &self.tokens,
            takers: self.tokens.iter().fold(Takers::default(), |all, token| all.with(token.takers)),
            scanner,
            runs: OnceCell::new(),
            numbers: OnceCell::new(),
            words: OnceCell::new(),
            blanks: OnceCell::new(),
        };
        prepared.others_words = speech.quotes.places(&note.text);
        let ahead: Vec<Span> = prepared.spans(speech.attribution).collect();
        let mut behind: Vec<Span> = prepared.spans(speech.attribution_behind).collect();
        // `…, she says.` looks back; `she says that …` looks ahead.
        behind.retain(|span| {
            let next = note.text[span.end..].trim_start_matches(' ').chars().next();
            next.is_none_or(|c| !c.is_alphanumeric() && !"\"'«“‘「:：,，".contains(c))
        });
        if !ahead.is_empty() || !behind.is_empty() {
            let resumes: Vec<Span> = prepared.spans(speech.resumes).collect();
            let sentences: Vec<Span> = prepared.sentences.iter().map(|s| prepared.span(s.start, s.end)).collect();
            prepared.others_words.extend(voice::reported(&ahead, &resumes, &sentences));
            prepared.others_words.extend(voice::reported_before(&behind, &resumes, &sentences));
        }
        prepared
    }
}

impl Prepared<'_> {
    /// Where the end of the note begins, in bytes of the folded text: its last sentence, and those behind it that only remark on
    /// somebody, that is, hold a term of `remarks`.
    pub fn ending(&self, remarks: &[ListId]) -> usize {
        let remark =
            |sentence: &&Range<usize>| self.hits_of(remarks).any(|hit| sentence.contains(&(hit.start as usize)));
        let last = self.sentences.iter().rev().find(|sentence| !remark(sentence));
        last.or(self.sentences.last()).map_or(0, |sentence| sentence.start)
    }
}

impl Workspace {
    /// Looks behind masked letters: a term that fills the whole unmasked word is a hit at the masked one.
    fn unmask(&mut self, scanner: &Scanner) -> Vec<Range<usize>> {
        self.masked.clear();
        let mut censored = Vec::new();
        let mut found = Vec::new();
        for word in mask::masked(&self.folded.text) {
            if word.candidates.is_empty() {
                censored.push(word.place);
                continue;
            }
            for candidate in &word.candidates {
                scanner.scan(candidate, &|_, _, _| false, &mut self.scratch, &mut found);
                let whole = found.iter().filter(|hit| hit.start == 0 && hit.end as usize == candidate.len());
                let (start, end) = (word.place.start as u32, word.place.end as u32);
                self.masked.extend(whole.map(|hit| TermHit { start, end, ..*hit }));
            }
        }
        self.masked.sort_unstable();
        self.masked.dedup();
        censored
    }
}

impl<'n> Prepared<'n> {
    /// Every place where a term of any list stands, list by list.
    pub fn all_hits(&self) -> &'n [TermHit] {
        self.hits
    }

    /// Every place where a term of any list stands behind masked letters.
    pub fn all_masked_hits(&self) -> &'n [TermHit] {
        self.masked
    }

    /// Where the terms of a list stand, in order.
    pub fn hits(&self, list: ListId) -> &'n [TermHit] {
        if !has(self.present, list) {
            return &[];
        }
        let start = self.hits.partition_point(|hit| hit.list < list);
        let end = self.hits.partition_point(|hit| hit.list <= list);
        &self.hits[start..end]
    }

    /// Where the terms of several lists stand, list by list.
    pub fn hits_of<'l>(&self, lists: &'l [ListId]) -> impl Iterator<Item = &'n TermHit> + use<'n, 'l> {
        let (hits, present) = (self.hits, self.present);
        lists.iter().filter(move |list| has(present, **list)).flat_map(move |list| {
            let start = hits.partition_point(|hit| hit.list < *list);
            let end = hits.partition_point(|hit| hit.list <= *list);
            &hits[start..end]
        })
    }

    /// Whether any term of the lists stands in the note.
    pub fn has_any(&self, lists: &[ListId]) -> bool {
        lists.iter().any(|list| !self.hits(*list).is_empty())
    }

    /// Where terms of the lists stand behind masked letters.
    pub fn masked_hits<'l>(&self, lists: &'l [ListId]) -> impl Iterator<Item = &'n TermHit> + use<'n, 'l> {
        self.masked.iter().filter(move |hit| lists.contains(&hit.list))
    }

    /// The places of a list in bytes of the note.
    fn spans(&self, list: Option<ListId>) -> impl Iterator<Item = Span> + '_ {
        list.into_iter().flat_map(|list| self.hits(list)).map(|hit| self.hit_span(hit))
    }

    /// The place in the note of a folded range.
    pub fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.folded.original(start), self.folded.original_end(end))
    }

    /// The place in the note of a hit.
    pub fn hit_span(&self, hit: &TermHit) -> Span {
        self.span(hit.start as usize, hit.end as usize)
    }

    /// The better wording that the list of a hit gives.
    pub fn better(&self, hit: &TermHit) -> Option<&'n str> {
        self.scanner.better(hit)
    }

    /// The sentence (folded bytes) in which the folded byte `at` stands.
    pub fn sentence_at(&self, at: usize) -> Option<&Range<usize>> {
        let index = self.sentences.partition_point(|s| s.end <= at);
        self.sentences.get(index).filter(|s| s.start <= at)
    }

    /// The numbers of the folded text.
    pub fn runs(&self) -> &[Run] {
        self.runs.get_or_init(|| runs(&self.folded.text))
    }

    /// Numbers of it that a numbering scheme may know, runs that stand side by side also joined; the longest first.
    pub fn numbers(&self) -> &[Run] {
        self.numbers.get_or_init(|| numbers(&self.folded.text, self.runs()))
    }

    /// The words, numbers and signs of the folded text.
    pub fn pieces(&self) -> impl Iterator<Item = Piece> + '_ {
        let pairs = self.tokens.windows(2);
        pairs.map(|pair| Piece::new(pair[0].start, pair[1].start, pair[0].takers))
    }

    /// Whether a word may stand in the text that an interest takes.
    pub fn may_interest(&self, interest: InterestId) -> bool {
        self.takers.may_be(interest)
    }

    /// Where signs of it stand for a missing value: [`blanks`].
    pub fn blanks(&self) -> &[(usize, usize)] {
        self.blanks.get_or_init(|| blanks(&self.folded.text))
    }

    /// How many words the folded text has.
    pub fn words(&self) -> usize {
        let text = &self.folded.text;
        let starts = || self.tokens.iter().map(|token| token.start as usize);
        *self.words.get_or_init(|| if text.is_ascii() { words_of_pieces(text, starts()) } else { count_words(text) })
    }

    /// Whether the place is in the agent's own voice.
    pub fn own_voice(&self, span: Span) -> bool {
        !self.others_words.iter().any(|other| other.covers(span))
    }
}

fn has(lists: &[u64], list: ListId) -> bool {
    lists.get(usize::from(list.0) / 64).is_some_and(|word| word & 1 << (list.0 % 64) != 0)
}
