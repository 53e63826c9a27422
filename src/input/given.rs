//! Columns that the user names.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::model::Role;
use crate::yaml::{did_you_mean, schema};

/// A column that the user names: `note=Observaciones`, or a constant with two signs: `language==es`. A part that is named several
/// times is made of several columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The part.
    pub role: Role,
    /// The header, or the constant.
    pub value: String,
    /// Whether `value` stands for every row.
    pub constant: bool,
}

impl Given {
    /// Of a role's value in settings: a header, or `=value` for a constant.
    pub fn of(role: Role, value: &str) -> Self {
        Given { role, constant: value.starts_with('='), value: value.trim_start_matches('=').trim().to_owned() }
    }

    /// Of a role's values in settings.
    pub fn all(columns: &BTreeMap<Role, Headers>) -> Vec<Self> {
        let each = |(role, headers): (&Role, &Headers)| {
            let role = *role;
            headers.0.iter().map(|value| Given::of(role, value)).collect::<Vec<_>>()
        };
        columns.iter().flat_map(each).collect()
    }

    /// The role's value as settings write it.
    fn setting(&self) -> String {
        if self.constant { format!("={}", self.value) } else { self.value.clone() }
    }
}

impl std::str::FromStr for Given {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((role, value)) = text.split_once('=') else {
            return Err("write ROLE=HEADER, or ROLE==VALUE for a constant".into());
        };
        let Some(known) = Role::from_name(role.trim()) else {
            let names: Vec<&str> = Role::ALL.iter().map(|r| r.name()).collect();
            let near = did_you_mean(role, names.iter().copied());
            return Err(format!("`{role}` is no role{near} (roles: {})", names.join(", ")));
        };
        Ok(Given::of(known, value))
    }
}

/// The columns of one role in settings: one header, or a list of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Headers(pub Vec<String>);

schema!(Headers, "Headers", {
    "description": "A header, `=value` for a constant, or a list of headers.",
    "type": ["string", "array"],
    "items": { "type": "string" },
});

impl Serialize for Headers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => one.serialize(serializer),
            several => several.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Headers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMore;
        impl<'de> Visitor<'de> for OneOrMore {
            type Value = Headers;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a header, `=value` for a constant, or a list of headers")
            }

            fn visit_str<E>(self, header: &str) -> Result<Headers, E> {
                Ok(Headers(vec![header.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Headers, A::Error> {
                let mut headers = Vec::new();
                while let Some(header) = list.next_element()? {
                    headers.push(header);
                }
                Ok(Headers(headers))
            }
        }
        deserializer.deserialize_any(OneOrMore)
    }
}

/// Columns as a map from roles to headers, as settings and manifests have them.
pub(super) mod by_role {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{Given, Headers, Role};

    pub(in crate::input) fn serialize<S: Serializer>(columns: &[Given], serializer: S) -> Result<S::Ok, S::Error> {
        let mut map: BTreeMap<Role, Headers> = BTreeMap::new();
        columns.iter().for_each(|given| map.entry(given.role).or_default().0.push(given.setting()));
        map.serialize(serializer)
    }

    pub(in crate::input) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Given>, D::Error> {
        Ok(Given::all(&BTreeMap::<Role, Headers>::deserialize(deserializer)?))
    }
}
