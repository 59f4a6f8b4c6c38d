-- Persons, what is known of them, what was signed about them, and with which keys. Instants are whole seconds since
-- 1970 UTC. Only SQL that PostgreSQL understands as well.

CREATE TABLE persons (
    identity_number TEXT   NOT NULL PRIMARY KEY,
    name            TEXT   NOT NULL,
    channel         TEXT   NOT NULL,
    telephone       TEXT,
    helper          TEXT,
    registered_at   BIGINT NOT NULL
);

-- What documents of the person may say, one record for each kind of document: a JSON object of texts.
CREATE TABLE person_records (
    identity_number TEXT NOT NULL,
    kind            TEXT NOT NULL,
    body            TEXT NOT NULL,
    PRIMARY KEY (identity_number, kind)
);

-- Every document that was signed, without whom it is about.
CREATE TABLE documents (
    id         TEXT   NOT NULL PRIMARY KEY,
    kind       TEXT   NOT NULL,
    key_id     TEXT   NOT NULL,
    issued_at  BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX documents_by_key ON documents (key_id, expires_at);

-- The keys that documents are signed with. The private part is in the file.
CREATE TABLE issuing_keys (
    key_id     TEXT   NOT NULL PRIMARY KEY,
    public_key TEXT   NOT NULL,
    file       TEXT   NOT NULL,
    signs_from BIGINT NOT NULL
);

-- What was taken back: subject is 'document' or 'key'.
CREATE TABLE revocations (
    subject    TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    revoked_at BIGINT NOT NULL,
    PRIMARY KEY (subject, id)
);
