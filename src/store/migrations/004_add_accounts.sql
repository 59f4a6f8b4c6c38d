-- The device's accounts at hubs, who may act for whom, what hubs have carried out and told.
CREATE TABLE accounts (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE acknowledged (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE visit_days (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE notices (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;

-- One more kind of record of which there is one; rows.rs knows which there are.
CREATE TABLE new_singles (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
INSERT INTO new_singles (id, body) SELECT id, body FROM singles;
DROP TABLE singles;
ALTER TABLE new_singles RENAME TO singles;
