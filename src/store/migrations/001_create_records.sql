-- A table for each kind of record. The body is the record as JSON, in the form of anban-core's model of it.

CREATE TABLE singles (
    id TEXT PRIMARY KEY CHECK (id IN ('settings', 'profile', 'directory', 'trust-list')),
    body TEXT NOT NULL
) STRICT;

CREATE TABLE contacts (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE documents (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE cards (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE visits (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE outbox (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE drafts (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE timetables (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;

-- Holds a row from the moment everything is erased until the copies and the old key are gone too.
CREATE TABLE erasures (id INTEGER PRIMARY KEY CHECK (id = 1)) STRICT;
