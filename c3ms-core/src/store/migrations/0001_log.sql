-- The log: one record a row, chained by hashes. Holds commitments, never content.
CREATE TABLE log (
    position   INTEGER PRIMARY KEY,
    at         INTEGER NOT NULL,
    actor      BLOB NOT NULL,
    kind       TEXT NOT NULL,
    subject    TEXT NOT NULL,
    commitment BLOB NOT NULL,
    previous   BLOB NOT NULL,
    hash       BLOB NOT NULL,
    signature  TEXT
) STRICT;

-- The bodies beside it, each with its salt: erasing a row erases the content, the chain still holds.
CREATE TABLE body (
    position INTEGER PRIMARY KEY REFERENCES log (position),
    salt     BLOB NOT NULL,
    body     TEXT NOT NULL
) STRICT;
