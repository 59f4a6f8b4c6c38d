-- Photographs of cards. They are read one at a time, when they are shown.
CREATE TABLE photos (id TEXT PRIMARY KEY, jpeg BLOB NOT NULL) STRICT;
