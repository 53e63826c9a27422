//! `any`: several checks as one rule; what any of them finds counts, once a place.
//!
//! ```yaml
//! check:
//!   any:
//!     - number: {schemes: [iban]}
//!     - secret: {context: [account_context], value: {alphanumeric: [7, 34]}}
//! ```

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Check, CheckSpec, Compile, Compiled, Corpus, Glossary, Needs};
use crate::model::{Element, Hit, NotApplicable, Outcome};
use crate::text::{Prepared, ScannerBuilder};

/// As written in a rule.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Spec(Vec<CheckSpec>);

#[derive(Debug)]
struct Any(Vec<Box<dyn Check>>);

impl Compile for Spec {
    fn compile(&self, builder: &mut ScannerBuilder<'_>) -> Compiled {
        let mut checks = Vec::new();
        for spec in &self.0 {
            checks.extend(spec.kind().compile(builder)?);
        }
        Ok(if checks.is_empty() { None } else { Some(Box::new(Any(checks))) })
    }

    fn needs(&self) -> Needs {
        self.0.iter().fold(Needs::NONE, |needs, spec| needs.or(spec.kind().needs()))
    }

    fn element(&self) -> Option<Element> {
        self.0.iter().find_map(|spec| spec.kind().element())
    }

    fn validate(&self) -> Result<(), String> {
        if self.0.is_empty() {
            return Err("`any` holds no check".into());
        }
        self.0.iter().try_for_each(|spec| spec.kind().validate())
    }
}

impl Check for Any {
    fn needs(&self) -> Needs {
        self.0.iter().fold(Needs::NONE, |needs, check| needs.or(check.needs()))
    }

    fn element(&self) -> Option<Element> {
        self.0.iter().find_map(|check| check.element())
    }

    fn words(&self) -> (Option<usize>, Option<usize>) {
        let all = self.0.iter().map(|check| check.words());
        all.fold((None, None), |(low, high), (min, max)| (low.or(min), high.or(max)))
    }

    fn glossary(&self) -> Option<Glossary> {
        self.0.iter().find_map(|check| check.glossary())
    }

    fn check(&self, note: &Prepared<'_>, corpus: &Corpus) -> Outcome {
        let mut hits: Vec<Hit> = Vec::new();
        let mut judged = false;
        for check in &self.0 {
            match check.check(note, corpus) {
                Outcome::NotApplicable(_) => {}
                Outcome::Pass => judged = true,
                Outcome::Fail(found) => {
                    judged = true;
                    let fresh = |hit: &Hit| {
                        !hits.iter().any(|h| matches!((h.span, hit.span), (Some(a), Some(b)) if a.overlaps(b)))
                    };
                    let fresh: Vec<Hit> = found.into_iter().filter(fresh).collect();
                    hits.extend(fresh);
                }
            }
        }
        if judged { Outcome::from_hits(hits) } else { Outcome::NotApplicable(NotApplicable::NotCalledFor) }
    }
}
