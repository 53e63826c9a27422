//! Objects as values by path.

use serde_json::Value;

/// Longest path, in bytes.
const LONGEST_PATH: usize = 4 << 10;
/// Most values of one object.
const MOST_VALUES: usize = 50_000;

/// The values of an object by path, or what is wrong with it and what to do.
pub(super) fn object(bytes: &[u8]) -> Result<Vec<(String, String)>, (String, &'static str)> {
    // Not audited with holes: what they hid might be what the agent is charged with.
    if std::str::from_utf8(bytes).is_err() {
        let message = "the row is not valid in the file's encoding".to_owned();
        return Err((message, "give the file's encoding with --encoding, or have the row exported again"));
    }
    match serde_json::from_slice::<Value>(bytes) {
        Ok(Value::Object(map)) => {
            let mut pairs = Vec::new();
            for (key, value) in map {
                flatten(key, value, &mut pairs)?;
            }
            Ok(pairs)
        }
        Ok(_) => Err(("this is JSON, but no object".into(), "write one object a row")),
        Err(error) => Err((format!("no valid JSON: {error}"), "write one whole object on the line")),
    }
}

/// Adds the leaves of a value by path; the items of an array of plain values are joined.
fn flatten(path: String, value: Value, out: &mut Vec<(String, String)>) -> Result<(), (String, &'static str)> {
    if path.len() > LONGEST_PATH || out.len() >= MOST_VALUES {
        let message =
            format!("the object has more than {MOST_VALUES} values, or a path longer than {LONGEST_PATH} bytes");
        return Err((message, "export only the fields that are needed"));
    }
    match value {
        Value::Null => out.push((path, String::new())),
        Value::String(text) => out.push((path, text)),
        Value::Bool(_) | Value::Number(_) => out.push((path, value.to_string())),
        Value::Object(map) => {
            for (key, value) in map {
                flatten(format!("{path}.{key}"), value, out)?;
            }
        }
        Value::Array(items) if items.iter().all(|i| !i.is_object() && !i.is_array()) => {
            let parts: Vec<String> =
                items.iter().map(|i| i.as_str().map_or_else(|| i.to_string(), str::to_owned)).collect();
            out.push((path, parts.join("; ")));
        }
        Value::Array(items) => {
            for (at, item) in items.into_iter().enumerate() {
                flatten(format!("{path}.{at}"), item, out)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_objects_become_paths() {
        let out = object(br#"{"a": {"b": 1, "c": ["x", "y"]}, "d": null, "e": [{"f": true}]}"#).unwrap();
        let pairs: Vec<(&str, &str)> = out.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(pairs, [("a.b", "1"), ("a.c", "x; y"), ("d", ""), ("e.0.f", "true")]);
    }

    #[test]
    fn hostile_objects_are_refused() {
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(object(deep.as_bytes()).unwrap_err().0.contains("recursion limit"));
        let wide = format!("{{\"a\":[{}{{}}]}}", "{\"b\":1},".repeat(MOST_VALUES + 1));
        assert!(object(wide.as_bytes()).unwrap_err().0.contains("values"));
        let long = format!("{{\"{}\":{{\"b\":1}}}}", "a".repeat(LONGEST_PATH));
        assert!(object(long.as_bytes()).unwrap_err().0.contains("path"));
        assert!(object(b"[1]").is_err() && object(b"{").is_err());
    }
}
