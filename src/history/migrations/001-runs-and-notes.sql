-- What a run kept: who was scored how, by which rules. No text of a note, no customer in clear.

-- 'salt': a check value, so that another salt is noticed; 'pseudonyms': whether agents stand under pseudonyms.
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,              -- UTC, to the second
    acw TEXT NOT NULL,             -- version of the program
    rules TEXT NOT NULL,           -- hash of the rule files
    target INTEGER NOT NULL,       -- per cent
    method TEXT NOT NULL,          -- of the scorecard
    inputs TEXT NOT NULL,          -- file names, a JSON array
    added INTEGER NOT NULL,
    replaced INTEGER NOT NULL,
    rescored INTEGER NOT NULL
);

CREATE TABLE rules (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

CREATE TABLE notes (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs (id),
    key BLOB NOT NULL,             -- keyed hash
    day TEXT NOT NULL,             -- of the contact; of the run where the export tells none
    dated INTEGER NOT NULL,        -- whether the export told it
    agent TEXT NOT NULL,
    team TEXT,
    call_type TEXT,
    channel TEXT,
    customer BLOB,                 -- keyed hash
    score INTEGER,                 -- basis points
    compliant INTEGER,
    critical INTEGER NOT NULL,     -- bits: 1 customer, 2 business, 4 compliance, 8 none of them
    acw_seconds INTEGER
);
CREATE INDEX notes_key ON notes (key);

CREATE TABLE failures (
    note INTEGER NOT NULL REFERENCES notes (id) ON DELETE CASCADE,
    rule INTEGER NOT NULL REFERENCES rules (id),
    findings INTEGER NOT NULL,
    points INTEGER NOT NULL,
    PRIMARY KEY (note, rule)
) WITHOUT ROWID;
