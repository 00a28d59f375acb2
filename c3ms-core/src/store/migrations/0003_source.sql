-- Which source describes an entry, and all that was ever written about one.
ALTER TABLE entry ADD COLUMN source TEXT NOT NULL DEFAULT '';
CREATE INDEX entry_by_source ON entry (source) WHERE source <> '';
CREATE INDEX log_by_subject ON log (subject, position);
