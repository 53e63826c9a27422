//! What a term finds: a sequence of parts over folded text, made from the notation by [`super::term`].

/// One part of a term; `L` names a list (as written, or by its number in a scanner).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Part<L> {
    /// These bytes.
    Text(Vec<u8>),
    /// White space.
    Blank,
    /// White space or nothing.
    MaybeBlank,
    /// Any letters and digits, or none: the rest of a word.
    Letters,
    /// One whole word, of any script.
    Word,
    /// Up to four words of the same sentence, and the white space around them.
    Words,
    /// Up to eight characters (of up to three bytes) of the same sentence.
    Gap,
    /// Digits with separators inside: `3`, `1,200.50`, `12/05`.
    Number,
    /// Any of these.
    Choice(Vec<Pattern<L>>),
    /// This or nothing.
    Maybe(Pattern<L>),
    /// This up to four times, or not at all.
    Repeat(Pattern<L>),
    /// Any term of the list.
    List(L),
}

/// Parts one behind the other.
pub(super) type Pattern<L> = Vec<Part<L>>;

/// Most repetitions of [`Part::Repeat`], and most words of [`Part::Words`].
pub(super) const MOST: u32 = 4;
/// Most bytes of [`Part::Gap`].
pub(super) const GAP: u32 = 24;

/// Whether a byte may stand in [`Part::Word`].
pub(super) fn in_word(byte: u8) -> bool {
    !b" \n.,;:!?\"()".contains(&byte)
}

/// Whether a byte may stand in a word of [`Part::Words`].
pub(super) fn in_words(byte: u8) -> bool {
    !b" \n.;!?".contains(&byte)
}

/// Whether a byte may stand in [`Part::Gap`].
pub(super) fn in_gap(byte: u8) -> bool {
    !b"\n.;!?".contains(&byte)
}

/// Whether a byte may stand in [`Part::Letters`].
pub(super) fn in_letters(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

/// Whether a byte is white space of folded text.
pub(super) fn in_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n')
}

/// Whether a byte is a digit of [`Part::Number`].
pub(super) fn in_digits(byte: u8) -> bool {
    byte.is_ascii_digit()
}

/// Whether a byte may part the digits of [`Part::Number`].
pub(super) fn in_number(byte: u8) -> bool {
    b".,:/".contains(&byte)
}

impl<L> Part<L> {
    /// Bytes of text in this, lists not counted.
    pub(super) fn size(&self) -> usize {
        match self {
            Part::Text(text) => text.len(),
            Part::Choice(choices) => choices.iter().flatten().map(Part::size).sum(),
            Part::Maybe(inner) => inner.iter().map(Part::size).sum(),
            Part::Repeat(inner) => MOST as usize * inner.iter().map(Part::size).sum::<usize>(),
            Part::Words | Part::Gap => 8,
            _ => 1,
        }
    }

    /// Steps of the network that this comes to, before terms share any; lists not counted.
    pub(super) fn steps(&self) -> usize {
        let all = |pattern: &Pattern<L>| pattern.iter().fold(1usize, |sum, part| sum.saturating_add(part.steps()));
        match self {
            Part::Text(text) => text.len(),
            Part::Choice(choices) => choices.iter().fold(1usize, |sum, choice| sum.saturating_add(all(choice))),
            Part::Maybe(inner) => all(inner),
            Part::Repeat(inner) => all(inner).saturating_mul(MOST as usize),
            Part::Words => 20,
            Part::Gap => 2 * GAP as usize,
            Part::Number => 6,
            Part::Word | Part::Letters => 2,
            Part::Blank | Part::MaybeBlank | Part::List(_) => 1,
        }
    }

    /// Parts that follow each other in the longest way through this: how deep the matcher may go.
    pub(super) fn length(&self) -> usize {
        match self {
            Part::Choice(choices) => 1 + choices.iter().map(|choice| length(choice)).max().unwrap_or_default(),
            Part::Maybe(inner) => 1 + length(inner),
            Part::Repeat(inner) => length(inner).saturating_mul(MOST as usize).saturating_add(1),
            _ => 1,
        }
    }

    /// Calls `each` for every list in this.
    pub(super) fn for_each_list<'p>(&'p self, each: &mut dyn FnMut(&'p L)) {
        match self {
            Part::List(list) => each(list),
            Part::Choice(choices) => choices.iter().flatten().for_each(|part| part.for_each_list(each)),
            Part::Maybe(inner) | Part::Repeat(inner) => inner.iter().for_each(|part| part.for_each_list(each)),
            _ => {}
        }
    }
}

/// Parts that follow each other in the longest way through a pattern.
pub(super) fn length<L>(pattern: &[Part<L>]) -> usize {
    pattern.iter().map(Part::length).fold(0, usize::saturating_add)
}

/// The texts that a pattern finds, at most `most`; `None` where they are more or cannot be written out.
pub(super) fn texts<L>(pattern: &[Part<L>], most: usize) -> Option<Vec<Vec<u8>>> {
    let mut out = vec![Vec::new()];
    for part in pattern {
        let ways: Vec<Vec<u8>> = match part {
            Part::Text(text) => vec![text.clone()],
            Part::Blank => vec![b" ".to_vec()],
            Part::MaybeBlank => vec![Vec::new()],
            Part::Maybe(inner) => [texts(inner, most)?, vec![Vec::new()]].concat(),
            Part::Choice(choices) => {
                let mut ways = Vec::new();
                for choice in choices {
                    ways.extend(texts(choice, most)?);
                }
                ways
            }
            _ => return None,
        };
        if out.len() * ways.len() > most {
            return None;
        }
        out = out.iter().flat_map(|start| ways.iter().map(move |way| [start.as_slice(), way].concat())).collect();
    }
    Some(out)
}
