//! From a cell of an export to a note that checks can read: reduction of markup, folding, sentences, whose words they are,
//! where the word lists hit.
//!
//! Everything here is fed by the language packs; no word of any language stands in this code.

mod blanks;
mod builder;
pub mod cell;
mod edges;
pub mod fold;
mod found;
mod han;
pub mod identify;
mod interest;
pub mod lexicon;
mod mask;
mod network;
mod order;
mod packed;
mod pattern;
pub mod prepared;
pub mod redact;
mod reduce;
pub(crate) mod runs;
mod sample;
pub mod scanner;
pub mod segment;
mod sets;
mod slip;
mod steps;
pub mod term;
pub mod terms;
mod tokens;
mod voice;
mod words;

pub use blanks::blanks;
pub use builder::{KeepScanner, KeptScanner};
pub use fold::{Folded, Folder};
pub use han::{is_han, tears_a_word};
pub use identify::Identifier;
pub use interest::{Interest, InterestId, Piece};
pub use lexicon::{KeptLexicon, Lexicon, ListSpec, WordFile};
pub use prepared::{Prepared, Speech};
pub use reduce::{MailWords, Reducer};
pub use runs::Run;
pub use sample::Sampler;
pub use scanner::{ListId, Scanner, ScannerBuilder, Scratch, TermHit};
pub use segment::{count_words, words_up_to};
pub use slip::Slips;
pub use voice::Quotes;
pub use words::{WordSet, Words, hash_word};
