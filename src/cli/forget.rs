//! `acw forget`: erases an agent or a customer everywhere in a history.

use clap::Args;

use super::history::Place;
use super::{Failure, print};
use crate::history::Subject;

/// Flags of `acw forget`.
#[derive(Debug, Args)]
pub(super) struct Forget {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    subject: Named,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Named {
    /// The agent, named as in the export or by the pseudonym
    #[arg(long, value_name = "AGENT")]
    agent: Option<String>,
    /// The customer, named as in the export
    #[arg(long, value_name = "CUSTOMER")]
    customer: Option<String>,
}

impl Forget {
    pub(super) fn run(self) -> Result<(), Failure> {
        let subject = match (self.subject.agent, self.subject.customer) {
            (Some(agent), _) => Subject::Agent(agent),
            (None, Some(customer)) => Subject::Customer(customer),
            // The group demands one of the two.
            (None, None) => return Ok(()),
        };
        let (mut store, _) = self.place.open()?;
        let forgotten = store.forget(&subject)?;
        print(&format!(
            "Erased: {} notes with {} scores, and {} names of inputs. The file was written anew and holds nothing of them.\n\
             An export that still has them brings them back with the next run that is kept.\n",
            forgotten.notes, forgotten.scores, forgotten.inputs
        ))
    }
}
