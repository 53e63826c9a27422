-- What judged gets a place of its own: not the rule files alone but also what acw.yaml changes of them, and which rules were in
-- force, without which nobody can tell a rule that nobody fails any more from one that was switched off.

CREATE TABLE rulesets (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    acw TEXT NOT NULL,
    rules TEXT NOT NULL,
    settings TEXT NOT NULL,        -- hash of what is changed of the rules, and of the scorecard
    target INTEGER NOT NULL,
    method TEXT NOT NULL,
    in_force TEXT,                 -- names of rules, a JSON array; NULL where it was not kept
    UNIQUE (acw, rules, settings)
);
-- What version 1 knew of the settings was the target and the method.
INSERT INTO rulesets (acw, rules, settings, target, method)
    SELECT acw, rules, printf('target %d, %s', target, method), target, method
    FROM runs GROUP BY acw, rules, target, method ORDER BY MIN(id);

ALTER TABLE runs ADD COLUMN ruleset INTEGER REFERENCES rulesets (id);
UPDATE runs SET ruleset = (
    SELECT s.id FROM rulesets s
    WHERE s.acw = runs.acw AND s.rules = runs.rules AND s.target = runs.target AND s.method = runs.method
);
ALTER TABLE runs DROP COLUMN acw;
ALTER TABLE runs DROP COLUMN rules;
ALTER TABLE runs DROP COLUMN target;
ALTER TABLE runs DROP COLUMN method;

ALTER TABLE notes ADD COLUMN ruleset INTEGER REFERENCES rulesets (id);
-- The run that first scored the note by these rules; `run` is the last one.
ALTER TABLE notes ADD COLUMN first_run INTEGER REFERENCES runs (id);
UPDATE notes SET first_run = run, ruleset = (SELECT r.ruleset FROM runs r WHERE r.id = notes.run);

-- A note that the same rules scored again counts once, with the last score and the first run.
UPDATE notes SET first_run = (SELECT MIN(m.run) FROM notes m WHERE m.key = notes.key AND m.ruleset = notes.ruleset);
DELETE FROM failures WHERE note IN (
    SELECT n.id FROM notes n
    WHERE EXISTS (SELECT 1 FROM notes m WHERE m.key = n.key AND m.ruleset = n.ruleset AND (m.run, m.id) > (n.run, n.id))
);
DELETE FROM notes WHERE EXISTS (
    SELECT 1 FROM notes m
    WHERE m.key = notes.key AND m.ruleset = notes.ruleset AND (m.run, m.id) > (notes.run, notes.id)
);
DROP INDEX notes_key;
CREATE UNIQUE INDEX notes_key_ruleset ON notes (key, ruleset);
CREATE INDEX notes_agent ON notes (agent);
CREATE INDEX notes_customer ON notes (customer);
