-- What is read from the log; `rebuild` makes it anew.
CREATE TABLE entry (
    number   INTEGER PRIMARY KEY,
    id       TEXT NOT NULL UNIQUE,
    position INTEGER NOT NULL,
    cube     TEXT NOT NULL,
    state    TEXT NOT NULL,
    key      TEXT NOT NULL,
    title    TEXT NOT NULL
) STRICT;
CREATE INDEX entry_by_title ON entry (cube, title);
CREATE INDEX entry_by_key ON entry (cube, key);

CREATE TABLE document (
    kind     TEXT NOT NULL,
    subject  TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (kind, subject)
) STRICT, WITHOUT ROWID;

-- Every version of a format, by hash: old revisions keep theirs.
CREATE TABLE format (
    digest   TEXT PRIMARY KEY,
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE search USING fts5 (
    title, text, content = '', contentless_delete = 1, detail = column, tokenize = 'unicode61 remove_diacritics 2'
);
