//! The fields of a row.

use std::ops::Index;

use serde::{Deserialize, Serialize};

/// The fields of a row, side by side in one text: a row is read and let go again millions of times.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Fields {
    text: String,
    /// Where each ends.
    ends: Vec<u32>,
}

impl Fields {
    /// Fields that end at these places of a text; nothing where one ends inside of a character.
    pub(super) fn new(text: String, ends: Vec<u32>) -> Option<Self> {
        ends.iter().all(|end| text.is_char_boundary(*end as usize)).then_some(Fields { text, ends })
    }

    /// None yet, with room for so many and their bytes.
    pub(super) fn with_capacity(fields: usize, bytes: usize) -> Self {
        Fields { text: String::with_capacity(bytes), ends: Vec::with_capacity(fields) }
    }

    /// Adds a field behind the others.
    pub(super) fn push(&mut self, field: &str) {
        self.text.push_str(field);
        self.ends.push(self.text.len() as u32);
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// A field by its place.
    pub(super) fn get(&self, at: usize) -> Option<&str> {
        let end = *self.ends.get(at)?;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.text.get(start as usize..end as usize)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|at| &self[at])
    }

    /// Each as a text of its own.
    pub(super) fn to_vec(&self) -> Vec<String> {
        self.iter().map(str::to_owned).collect()
    }
}

impl Index<usize> for Fields {
    type Output = str;

    fn index(&self, at: usize) -> &str {
        self.get(at).unwrap_or_default()
    }
}

impl<T: AsRef<str>> FromIterator<T> for Fields {
    fn from_iter<I: IntoIterator<Item = T>>(fields: I) -> Self {
        let mut all = Fields::default();
        fields.into_iter().for_each(|field| all.push(field.as_ref()));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_stand_side_by_side() {
        let fields: Fields = ["añb", "", "c"].into_iter().collect();
        assert_eq!(
            (fields.len(), &fields[0], fields.get(1), fields.get(2), fields.get(3)),
            (3, "añb", Some(""), Some("c"), None)
        );
        assert_eq!(fields.to_vec(), ["añb", "", "c"]);
        assert_eq!(Fields::new("añbc".into(), vec![4, 4, 5]), Some(fields));
        assert_eq!(Fields::new("añb".into(), vec![2, 4]), None, "inside of a character");
    }
}
