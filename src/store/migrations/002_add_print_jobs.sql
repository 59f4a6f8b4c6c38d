-- Papers on their way to a printer, each with all its words, and those of the last days.

CREATE TABLE print_jobs (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
