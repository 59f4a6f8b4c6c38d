-- What doctors have planned for the person, and for those for whom this device may act.
CREATE TABLE care_plans (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
