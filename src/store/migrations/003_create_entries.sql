-- The entry register of a checkpoint.
CREATE TABLE entries (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;

-- Holds a row from the moment an entry is removed until no copy holds it any more.
CREATE TABLE trimmings (id INTEGER PRIMARY KEY CHECK (id = 1)) STRICT;
