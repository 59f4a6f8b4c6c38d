-- What was paid for in cash, and bills that come on paper. The purse and the complaint are singles.
CREATE TABLE spendings (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE bills (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
