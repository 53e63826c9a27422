//! `acw` audits the notes that contact-centre agents type after a call (after-call work, ACW).
//!
//! # The way of one note
//!
//! ```text
//! cli ──► config ──► rules (packs: as written → compiled)
//!  │                   │
//!  └──► input ──► Note ┴─► text::Prepared ──► checks ──► Outcome ──► audit::judge ──► Finding
//!                                                                        │
//!            report ◄── model::Report ◄── measure (scores, agents) ◄─────┘
//! ```
//!
//! 1. [`cli`] resolves flags and `acw.yaml` ([`config`]) into settings.
//! 2. [`rules`] loads the built-in pack and those that the user lays over it, merges them entry by entry and
//!    compiles them; any fault stops here, with path, line and column.
//! 3. [`input`] tells encoding and delimiter, finds the columns and gives one [`model::Note`] a row, or a
//!    [`input::Rejected`] for a row that cannot be read. A contract is held against all of it before anything is scored; a filter
//!    says which notes are audited.
//! 4. Where a rule in force must know the whole export (a paragraph pasted over many notes), [`audit`] reads it
//!    once for a survey, while workers that wait make ready what the languages of the first notes need; of workbooks the rows are kept
//!    for the second reading. Then it deals batches of notes to a worker a core, takes them back in their order, and folds
//!    scores and per-agent summaries from integers: any number of threads gives the same bytes.
//! 5. [`report`] writes findings as they come, then the table and the pages.
//!
//! # The rooms, in the order of their dependencies
//!
//! A module uses what stands above it in this list and never what stands below; two modules never use
//! each other (`tests/integration/architecture.rs` holds the code to it).
//!
//! | room | what is in it |
//! | --- | --- |
//! | [`yaml`] | the only user of the YAML library; faults with path, line, column, line and remedy |
//! | [`files`] | files that appear whole |
//! | [`model`] | plain data: note, span, finding, outcome, score, condition, agent, report |
//! | [`embed`] | `rules/` and `reports/` inside the binary; a folder on disk lies over them |
//! | [`text`] | from a cell to a note's text, folding, words and numbers, at which words a check looks closer, terms, their network and the sets of its states, scanner, masks, slips, sentences, whose words, language, masking of secrets |
//! | [`input`] | formats, encodings, columns, values, labelled notes; the contract, the filter, rejected rows |
//! | [`measure`] | pure arithmetic: score, intervals, places, times, samples, agreement, change |
//! | [`checks`] | the `Check` trait, the list of kinds, one file a kind, what a survey tells them |
//! | [`rules`] | packs as written, laid over each other, compiled for every language; the shelf on which compiled lists and texts are kept; examples, lint, coverage, schemas |
//! | [`config`] | `acw.yaml` in its layers, the gate's conditions, the settings that come of them |
//! | [`audit`] | the run (survey, reader, lanes of workers, collector), the judge (hits to findings), fingerprints, decisions about findings, the gate, the baseline |
//! | [`coach`] | exercises made from audited notes, anonymised and judged again by the audit |
//! | [`report`] | the forms of findings (`formats/`), the verdict, pages, sheets for reviewers, a first `acw.yaml`, folders that appear whole |
//! | [`sampling`] | samples of an export: drawn, written for people to score, weighed |
//! | [`history`] | runs kept in an SQLite file: migrations, trends, before and after, forgetting |
//! | [`cli`] | one file a subcommand, the only exit codes |
//!
//! # Where a new thing goes
//!
//! | to add | touch |
//! | --- | --- |
//! | a rule | one entry under `rules/core/`, its texts and examples under `rules/lang/` |
//! | a language | one folder `rules/lang/<code>/` |
//! | a check kind | one file in `src/checks/` and one line in `checks::kinds!` |
//! | an input format | one file in `src/input/` and one row of `input::FORMATS` |
//! | a system's export | one file in `rules/presets/` and one in `fixtures/exports/` |
//! | an output format | one file in `src/report/formats/` and one row of `report::FORMATS` |
//! | a key of `acw.yaml` | one field of `config::Spec` and one line of `reports/settings.hbs` |
//! | a subcommand | one file in `src/cli/` and one variant of `cli::Command` |
//!
//! # Invariants
//!
//! - `src/` knows no language and no wording of a finding: words, thresholds and sentences stand in
//!   `rules/` and `reports/`.
//! - A check says where and what ([`model::Hit`]); wording, severity, points and the masked excerpt are
//!   added in one place, `audit::judge`.
//! - Excerpts of sensitive findings are masked when they are made; no output prints anything else; pages that
//!   somebody asked to show in full (`--full-text`) show the note as it was typed, never the excerpt.
//! - Points and scores are integers.

pub mod yaml;

pub mod files;

pub mod model;

pub mod embed;

pub mod text;

pub mod input;

pub mod measure;

pub mod checks;

pub mod rules;

pub mod config;

pub mod audit;

pub mod coach;

pub mod report;

pub mod sampling;

pub mod history;

pub mod cli;
