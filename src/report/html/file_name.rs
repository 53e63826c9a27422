//! File names for agents: safe everywhere, and never the same for two.

use std::collections::HashSet;

use sha2::{Digest, Sha256};

use crate::model::AgentSummary;

/// Longest readable part.
const LONGEST: usize = 32;

/// A file name an agent, in their order.
pub(super) fn of_agents(agents: &[AgentSummary]) -> Vec<String> {
    let mut taken = HashSet::new();
    agents
        .iter()
        .map(|agent| {
            let mut name = file_name(&agent.agent, 0);
            let mut attempt = 0;
            while !taken.insert(name.clone()) {
                attempt += 1;
                name = file_name(&agent.agent, attempt);
            }
            name
        })
        .collect()
}

/// Made of the identifier alone, so that a link to a page stays right when other agents come and go.
fn file_name(agent: &str, attempt: u32) -> String {
    let mut slug = String::new();
    for c in agent.chars() {
        if slug.len() == LONGEST {
            break;
        }
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let digest = Sha256::digest(format!("{agent}\0{attempt}").as_bytes());
    let hash: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let dash = if slug.is_empty() || slug.ends_with('-') { "" } else { "-" };
    format!("agent-{slug}{dash}{hash}.html")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_and_differ_where_identifiers_clean_to_the_same() {
        let agents: Vec<AgentSummary> = ["A 1", "a-1", "../etc/passwd", "邓晓岚", "林佩珊", "a-1"]
            .map(|id| AgentSummary { agent: id.to_owned(), ..AgentSummary::default() })
            .into();
        let names = of_agents(&agents);
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
        assert!(
            names.iter().all(|n| n.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')),
            "{names:?}"
        );
        assert!(names[2].starts_with("agent-etc-passwd-"), "{names:?}");
    }
}
