//! The time zone in which the contacts' days are counted.

use std::str::FromStr;

use jiff::tz::TimeZone;
use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};

use crate::yaml::{did_you_mean, schema};

/// A time zone of the tz database, which stands inside the binary: the same on every machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(pub(super) TimeZone);

schema!(Zone, "Zone", {
    "description": "A time zone by its name in the tz database.",
    "type": "string",
    "examples": ["Europe/Madrid", "America/Bogota", "Asia/Shanghai", "UTC"],
});

impl Zone {
    /// Its name: `Europe/Madrid`.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }
}

impl FromStr for Zone {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        TimeZone::get(text.trim()).map(Zone).map_err(|_| {
            let names: Vec<String> = jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect();
            let near = did_you_mean(text, names.iter().map(String::as_str));
            format!("`{text}` is no time zone{near}; write it as the tz database does: Europe/Madrid, America/Bogota")
        })
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.name().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::Zone;

    #[test]
    fn zones_are_known_by_their_names() {
        assert_eq!("europe/madrid".parse::<Zone>().unwrap().name(), "Europe/Madrid");
        let error = "Europe/Madird".parse::<Zone>().unwrap_err();
        assert!(error.contains("did you mean `Europe/Madrid`?"), "{error}");
    }
}
