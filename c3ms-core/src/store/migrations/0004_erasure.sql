-- Of what all that was written before a position is gone for good; `swept` once its bytes have left the file, too.
CREATE TABLE erased (
    kind     TEXT NOT NULL,
    subject  TEXT NOT NULL,
    position INTEGER NOT NULL,
    swept    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (kind, subject)
) STRICT, WITHOUT ROWID;

-- The records whose bodies are to be there.
CREATE VIEW live AS SELECT log.* FROM log WHERE NOT EXISTS (
    SELECT 1 FROM erased
    WHERE erased.kind = log.kind AND erased.subject = log.subject AND erased.position > log.position
);
