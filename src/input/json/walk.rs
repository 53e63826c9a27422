//! A walk over the bytes of JSON that knows where it is, without keeping what it saw.

/// Levels that are kept; deeper ones are counted.
const DEEPEST: usize = 128;
/// Longest key that is kept, in bytes.
const LONGEST_KEY: usize = 256;

/// A container that is open.
pub(super) struct Level {
    pub(super) array: bool,
    /// The key under which it stands; empty in an array.
    pub(super) key: String,
}

/// Where the walk is.
#[derive(Default)]
pub(super) struct Walk {
    pub(super) levels: Vec<Level>,
    deeper: u64,
    string: bool,
    escaped: bool,
    /// The last string, which is a key if a colon follows.
    last: Vec<u8>,
    /// The key of the value that comes next.
    key: Vec<u8>,
}

/// What a byte does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// A container opens; the walk is in it.
    Opened,
    /// A container closes; the walk is outside of it.
    Closed,
    /// A key is complete.
    Key,
    Other,
}

impl Walk {
    pub(super) fn step(&mut self, byte: u8) -> Step {
        if self.string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.string = false,
                _ => {}
            }
            if self.string && self.last.len() < LONGEST_KEY {
                self.last.push(byte);
            }
            return Step::Other;
        }
        match byte {
            b'"' => {
                self.string = true;
                self.last.clear();
                Step::Other
            }
            b':' => {
                self.key = std::mem::take(&mut self.last);
                Step::Key
            }
            b',' => {
                self.key.clear();
                Step::Other
            }
            b'{' | b'[' => {
                if self.levels.len() < DEEPEST {
                    let key = String::from_utf8_lossy(&std::mem::take(&mut self.key)).into_owned();
                    self.levels.push(Level { array: byte == b'[', key });
                } else {
                    self.deeper += 1;
                }
                Step::Opened
            }
            b'}' | b']' => {
                if self.deeper > 0 {
                    self.deeper -= 1;
                } else {
                    self.levels.pop();
                }
                self.key.clear();
                Step::Closed
            }
            _ => Step::Other,
        }
    }

    /// How many containers are open.
    pub(super) fn depth(&self) -> u64 {
        self.levels.len() as u64 + self.deeper
    }

    /// Whether the walk is inside of a string.
    pub(super) fn in_string(&self) -> bool {
        self.string
    }

    /// Whether an array is open around the walk.
    pub(super) fn in_array(&self) -> bool {
        self.levels.iter().any(|level| level.array)
    }

    /// The key that is complete, with those of the objects around it.
    pub(super) fn path(&self) -> String {
        let key = String::from_utf8_lossy(&self.key);
        let around = self.levels.iter().skip(1).map(|level| level.key.as_str());
        around.chain([key.as_ref()]).collect::<Vec<_>>().join(".")
    }

    /// Keys of the objects around an array that has just opened, the outermost first, and its own; `None` inside of another array.
    pub(super) fn array(&self) -> Option<Vec<&str>> {
        let (last, around) = self.levels.split_last()?;
        if self.deeper > 0 || !last.array || around.iter().any(|level| level.array) {
            return None;
        }
        Some(self.levels.iter().skip(1).map(|level| level.key.as_str()).collect())
    }

    /// The keys of the object that is open and of those around it, the outermost first; `None` inside of an array.
    pub(super) fn object(&self) -> Option<Vec<&str>> {
        if self.deeper > 0 || self.levels.is_empty() || self.in_array() {
            return None;
        }
        Some(self.levels.iter().skip(1).map(|level| level.key.as_str()).collect())
    }
}
