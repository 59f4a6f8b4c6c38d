-- Patients who are known by an id, the devices and staff who sign in, whom devices act for, and the audit trail.
-- Instants are whole seconds since 1970 UTC. Only SQL that PostgreSQL understands as well.

-- The FHIR Patient as JSON; name and telephone once more, for whoever needs nothing else.
CREATE TABLE patients (
    id         TEXT   NOT NULL PRIMARY KEY,
    version    BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    name       TEXT   NOT NULL,
    telephone  TEXT,
    body       TEXT   NOT NULL
);

-- Whoever signs in: kind is 'device' (of a patient) or 'staff' (with a role). Of secrets only the SHA-256 is kept.
CREATE TABLE accounts (
    id         TEXT   NOT NULL PRIMARY KEY,
    kind       TEXT   NOT NULL,
    secret     TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    role       TEXT,
    patient_id TEXT,
    created_at BIGINT NOT NULL,
    ended_at   BIGINT
);
CREATE INDEX accounts_by_patient ON accounts (patient_id);

-- SHA-256 of the tokens that hold.
CREATE TABLE tokens (
    token      TEXT   NOT NULL PRIMARY KEY,
    account_id TEXT   NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX tokens_by_account ON tokens (account_id);

-- Digits that a patient has asked for and nobody has taken up yet.
CREATE TABLE invitations (
    code         TEXT   NOT NULL PRIMARY KEY,
    command      TEXT   NOT NULL UNIQUE,
    patient_id   TEXT   NOT NULL,
    relationship TEXT   NOT NULL,
    expires_at   BIGINT NOT NULL
);

-- That the device of one patient, the helper, may act for another.
CREATE TABLE grants (
    id           TEXT   NOT NULL PRIMARY KEY,
    patient_id   TEXT   NOT NULL,
    helper_id    TEXT   NOT NULL,
    relationship TEXT   NOT NULL,
    since        BIGINT NOT NULL,
    ended_at     BIGINT
);
CREATE UNIQUE INDEX one_grant_for_two ON grants (patient_id, helper_id) WHERE ended_at IS NULL;
CREATE INDEX grants_by_helper ON grants (helper_id);

-- Who has seen or changed what. Rows are never changed but once, when they are sealed: number and hash are then set,
-- the hash over the row and the hash before it.
CREATE TABLE audit_events (
    id          TEXT   NOT NULL PRIMARY KEY,
    noted_at    BIGINT NOT NULL,
    request     TEXT   NOT NULL,
    caller      TEXT   NOT NULL,
    caller_name TEXT   NOT NULL,
    action      TEXT   NOT NULL,
    resource    TEXT   NOT NULL,
    patient_id  TEXT,
    outcome     TEXT   NOT NULL,
    number      BIGINT UNIQUE,
    hash        TEXT
);
CREATE INDEX audit_events_by_patient ON audit_events (patient_id, noted_at);
CREATE INDEX audit_events_by_time ON audit_events (noted_at);
CREATE INDEX audit_events_unsealed ON audit_events (noted_at) WHERE number IS NULL;
