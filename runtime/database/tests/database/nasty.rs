//! Definitions that are hard to read, shared by the tests.

/// A schema with everything at once.
pub(crate) const EVERYTHING: &str = r#"
CREATE TABLE teams (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE);
CREATE TABLE "my ""users""" (
    "order" INTEGER PRIMARY KEY, -- the key (a comment)
    [e mail] VARCHAR(120) NOT NULL DEFAULT 'it''s (not) closed' COLLATE NOCASE UNIQUE,
    `team` INT REFERENCES teams ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    score NUMERIC(10, 2) DEFAULT -5 CHECK (score > -10 /* low */ AND score < 1e3),
    state TEXT NOT NULL DEFAULT (upper('new')) CHECK (state IN ('NEW', 'o''ld')),
    twice GENERATED ALWAYS AS (score * 2) VIRTUAL,
    loud TEXT AS (upper(state)) STORED NOT NULL,
    "größe" DOUBLE, made TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "sum (of)" CHECK (score + "größe" < 100 OR state <> ')'),
    CHECK (length([e mail]) > 2),
    UNIQUE (team, state)
);
CREATE INDEX plain ON "my ""users""" (team, state DESC);
CREATE UNIQUE INDEX lowered ON "my ""users""" (lower([e mail]), "größe" DESC) WHERE score IS NOT NULL;
CREATE INDEX collated ON "my ""users""" (state COLLATE NOCASE);
CREATE UNIQUE INDEX one_made ON "my ""users""" (made);
CREATE TABLE pairs (
    a INT NOT NULL, b TEXT NOT NULL, c ANY, d REAL, e BLOB,
    PRIMARY KEY (b, a)
) STRICT, WITHOUT ROWID;
CREATE TABLE lines (
    id BIGINT NOT NULL PRIMARY KEY,
    parent BIGINT REFERENCES lines (id) ON DELETE CASCADE,
    pa INTEGER, pb TEXT, ip INET, flag BOOLEAN NOT NULL DEFAULT 0, small SMALLINT, day DATE, at TIME,
    CONSTRAINT to_pairs FOREIGN KEY (pb, pa) REFERENCES pairs ON DELETE RESTRICT
);
CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, run_on TIMESTAMP);
CREATE VIEW busy AS SELECT name FROM teams;
CREATE TRIGGER log_team AFTER INSERT ON teams WHEN NEW.name <> ';' BEGIN
    UPDATE teams SET name = name || ';' WHERE id = NEW.id;
    SELECT CASE WHEN NEW.id > 1000 THEN RAISE(ABORT, 'END;') END;
END;
CREATE VIRTUAL TABLE notes USING fts5(title, body, tokenize = 'porter');
"#;
