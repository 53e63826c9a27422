//! `number`: numbers that pass the form and check digits of a named public scheme.
//!
//! ```yaml
//! check:
//!   number:
//!     schemes: [card]
//!     forms: ["##-##-## ########"]     # digits parted as only such numbers are; `#` is a digit
//!     spared: [number_spared]     # words in front that make a long number harmless (order, IMEI)
//!     context: [national_id_context]   # schemes without a check digit count only behind these
//! ```
//!
//! A long number that fails its check is not flagged, unless a scheme asks for its form alone.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Check, Compile, Compiled, Corpus, digits};
use crate::model::{Hit, Outcome};
use crate::text::{ListId, Prepared, Run, ScannerBuilder};

/// As written in a rule.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The schemes.
    schemes: Vec<Scheme>,
    /// Forms that tell such a number without a check digit: `#` is a digit, all else stands for itself.
    #[serde(default)]
    forms: Vec<String>,
    /// Lists of words that, right in front, make a number harmless where its scheme is weak or only its form is known.
    #[serde(default)]
    spared: Vec<String>,
    /// Lists of words that must stand in front of a number of a weak scheme.
    #[serde(default)]
    context: Vec<String>,
}

macro_rules! schemes {
    ($($variant:ident $function:ident $strong:literal $about:literal;)*) => {
        /// Public numbering schemes. A strong one is told by its form and check digits alone; a weak one collides with
        /// order numbers and needs context.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub(super) enum Scheme { $(#[doc = $about] $variant),* }

        impl Scheme {
            fn matches(self, bare: &str) -> bool {
                match self { $(Scheme::$variant => digits::$function(bare)),* }
            }

            const fn is_strong(self) -> bool {
                match self { $(Scheme::$variant => $strong),* }
            }
        }
    };
}

schemes! {
    Card card true "payment card of any brand";
    CardForm card_form false "length and first digits of a payment card, whatever its check digit";
    Iban iban true "international bank account number";
    IbanForm iban_form true "country, two digits and that country's length of an IBAN, whatever its check digits";
    Dni dni true "Spain's DNI and NIE";
    Curp curp true "Mexico's CURP";
    RfcPerson rfc_person true "Mexico's RFC of a natural person";
    Rut rut false "Chile's RUT";
    Cpf cpf false "Brazil's CPF";
    Clabe clabe true "Mexico's interbank account";
    Cbu cbu true "Argentina's bank account";
    CnResident cn_resident true "China's resident identity number";
    TwId tw_id true "Taiwan's identity number";
    HkId hk_id false "Hong Kong's identity number";
    Nric nric true "Singapore's NRIC and FIN";
    Aadhaar aadhaar false "India's Aadhaar";
    PanIn pan_in false "India's PAN";
    ZaId za_id true "South Africa's identity number";
    Nir nir true "France's NIR";
    BeNational be_national false "Belgium's national number";
    ChAhv ch_ahv true "Switzerland's AHV number";
    Nino nino true "United Kingdom's national insurance number";
}

#[derive(Debug)]
struct Numbers {
    schemes: Vec<Scheme>,
    forms: Vec<String>,
    spared: Vec<ListId>,
    context: Vec<ListId>,
}

/// How far in front of a number its context may stand, in bytes of the folded text.
pub(super) const CONTEXT_REACH: usize = 40;

impl Compile for Spec {
    fn compile(&self, builder: &mut ScannerBuilder<'_>) -> Compiled {
        Ok(Some(Box::new(Numbers {
            schemes: self.schemes.clone(),
            forms: self.forms.clone(),
            spared: builder.lists(&self.spared)?,
            context: builder.lists(&self.context)?,
        })))
    }

    fn validate(&self) -> Result<(), String> {
        let empty = self.forms.iter().any(String::is_empty);
        if empty { Err("one of `forms` is empty".into()) } else { Ok(()) }
    }
}

impl Check for Numbers {
    fn check(&self, note: &Prepared<'_>, _: &Corpus) -> Outcome {
        let text = &note.folded.text;
        let runs = note.runs();
        if runs.is_empty() {
            return Outcome::Pass;
        }
        let mut hits = Vec::new();
        for run in note.numbers() {
            let (start, end, bare) = (run.start, run.end, run.bare(text));
            let counts = |scheme: &Scheme| {
                let announced = || nearest_before(note, &self.context, start).is_some();
                let harmless = || is_spared(note, &self.spared, start);
                if scheme.is_strong() { !harmless() || announced() } else { announced() && !harmless() }
            };
            let matched = self.schemes.iter().any(|scheme| scheme.matches(&bare) && counts(scheme));
            if matched && !hits.iter().any(|h: &Hit| h.span.is_some_and(|s| s.overlaps(note.span(start, end)))) {
                hits.push(Hit::at(note.span(start, end)));
            }
        }
        for (start, end) in self.forms.iter().flat_map(|form| of_form(text, runs, form)) {
            let span = note.span(start, end);
            if !is_spared(note, &self.spared, start) && !hits.iter().any(|h| h.span.is_some_and(|s| s.overlaps(span))) {
                hits.push(Hit::at(span));
            }
        }
        Outcome::from_hits(hits)
    }
}

/// The places of a form that no digit or letter stands beside.
fn of_form<'t>(text: &'t str, runs: &'t [Run], form: &'t str) -> impl Iterator<Item = (usize, usize)> + 't {
    let (bytes, form) = (text.as_bytes(), form.as_bytes());
    let beside = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
    let same = |(byte, sign): (&u8, &u8)| if *sign == b'#' { byte.is_ascii_digit() } else { byte == sign };
    // What starts with a digit starts in a run.
    let numbered = form.first().is_some_and(|sign| *sign == b'#' || sign.is_ascii_digit());
    // All of it, where nothing but digits and what joins them is in it.
    let digits = |byte: &u8| *byte == b'#' || byte.is_ascii_digit();
    let joined =
        form.split(digits).filter(|between| !between.is_empty()).all(|between| matches!(between, b" " | b"." | b"-"));
    let long = move |run: &&Run| numbered && (!joined || run.end - run.start >= form.len());
    let runs = runs.iter().filter(long).flat_map(|run| run.start..run.end);
    let starts = runs.chain((0..bytes.len()).filter(move |_| !numbered));
    starts.filter_map(move |start| {
        let end = start + form.len();
        let place = bytes.get(start..end)?;
        let alone = !beside(start.checked_sub(1).and_then(|at| bytes.get(at))) && !beside(bytes.get(end));
        (alone && !place.is_empty() && place.iter().zip(form).all(same)).then_some((start, end))
    })
}

/// End of the nearest term of the lists that stands within reach in front of `at` on the same line.
pub(super) fn nearest_before(note: &Prepared<'_>, lists: &[ListId], at: usize) -> Option<usize> {
    note.hits_of(lists)
        .filter(|hit| (hit.end as usize) <= at && at - hit.end as usize <= CONTEXT_REACH)
        .filter(|hit| !note.folded.text[hit.end as usize..at].contains('\n'))
        .map(|hit| hit.end as usize)
        .max()
}

/// Whether a harmless meaning stands closer in front of the number than anything else could.
fn is_spared(note: &Prepared<'_>, spared: &[ListId], at: usize) -> bool {
    nearest_before(note, spared, at).is_some_and(|end| {
        let between = &note.folded.text[end..at];
        between.len() <= 16 && !between.bytes().any(|b| b.is_ascii_digit() || matches!(b, b',' | b'.' | b';'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::runs::runs;

    #[test]
    fn a_form_is_met_whole_and_alone() {
        let found = |text: &str| {
            of_form(text, &runs(text), "##-##-## ########").map(|(s, e)| text[s..e].to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(found("to 20-00-00 55779911, 4"), ["20-00-00 55779911"]);
        assert!(found("on 20-00-00 557799112 and 120-00-00 55779911 and 20-00-00").is_empty());
        assert!(of_form("", &[], "##").next().is_none());
        let spec: Spec = serde_json::from_str(r#"{"schemes": [], "forms": ["1", ""]}"#).unwrap();
        assert!(spec.validate().is_err());
    }
}
