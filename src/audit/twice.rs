//! Which exports hold text that was encoded twice, for the remarks of a run.

use std::collections::BTreeMap;

use crate::model::{Note, Problem, Twice};

/// What was met, by file.
#[derive(Debug, Default)]
pub(super) struct EncodedTwice {
    files: BTreeMap<String, File>,
}

#[derive(Debug, Default)]
struct File {
    notes: u64,
    mended: u64,
    left: u64,
    example: Option<Twice>,
}

impl EncodedTwice {
    pub(super) fn note(&mut self, note: &Note) {
        let file = match self.files.get_mut(note.origin.file.as_str()) {
            Some(file) => file,
            None => self.files.entry(note.origin.file.to_string()).or_default(),
        };
        file.notes += 1;
        let Some(twice) = note.exported.as_ref().and_then(|exported| exported.twice.as_ref()) else { return };
        *(if twice.mended { &mut file.mended } else { &mut file.left }) += 1;
        file.example.get_or_insert_with(|| twice.clone());
    }

    /// A remark for each file that holds such text.
    pub(super) fn remarks(&self) -> Vec<Problem> {
        let remark = |(name, file): (&String, &File)| {
            let Twice { garbled, meant, .. } = file.example.as_ref()?;
            let audited = match (file.mended, file.left) {
                (_, 0) => "they are audited as they were meant".to_owned(),
                (0, _) => "they cannot be brought back whole and are audited as they are".to_owned(),
                (mended, left) => format!(
                    "{mended} are audited as they were meant, {left} cannot be brought back whole and are audited as they are"
                ),
            };
            Some(Problem {
                file: name.clone(),
                line: None,
                message: format!(
                    "{} of {} notes hold text that was encoded twice (`{garbled}` for `{meant}`): {audited}",
                    file.mended + file.left,
                    file.notes
                ),
                help: "export again as UTF-8, and do not convert what is UTF-8 already".into(),
                rejected: false,
            })
        };
        self.files.iter().filter_map(remark).collect()
    }
}
