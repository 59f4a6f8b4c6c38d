-- What a hub keeps. Instants are whole seconds since 1970 UTC. Only SQL that PostgreSQL understands as well.

CREATE TABLE notes (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- Hospitals, counters, departments, practitioners, calendars: FHIR resources as JSON, in the order to show.
CREATE TABLE directory (
    kind     TEXT   NOT NULL,
    id       TEXT   NOT NULL,
    position BIGINT NOT NULL,
    body     TEXT   NOT NULL,
    PRIMARY KEY (kind, id)
);

CREATE TABLE slots (
    id          TEXT   NOT NULL PRIMARY KEY,
    schedule_id TEXT   NOT NULL,
    start_at    BIGINT NOT NULL,
    end_at      BIGINT NOT NULL,
    status      TEXT   NOT NULL,
    UNIQUE (schedule_id, start_at)
);
CREATE INDEX slots_by_time ON slots (status, start_at);

CREATE TABLE on_site_quota (
    service_id TEXT   NOT NULL,
    day        TEXT   NOT NULL,
    total      BIGINT NOT NULL,
    remaining  BIGINT NOT NULL,
    PRIMARY KEY (service_id, day)
);

CREATE TABLE appointments (
    id             TEXT   NOT NULL PRIMARY KEY,
    slot_id        TEXT   NOT NULL,
    patient_system TEXT   NOT NULL,
    patient_value  TEXT   NOT NULL,
    command        TEXT,
    status         TEXT   NOT NULL,
    start_at       BIGINT NOT NULL,
    version        BIGINT NOT NULL,
    body           TEXT   NOT NULL
);
-- Whatever the program does, the database itself lets no slot be booked twice.
CREATE UNIQUE INDEX one_booking_a_slot ON appointments (slot_id) WHERE status = 'booked';
CREATE INDEX appointments_by_patient ON appointments (patient_system, patient_value);
CREATE INDEX appointments_by_command ON appointments (command);

-- The first answer to each command, for whoever asks again. The fingerprint tells a repeat from another wish
-- that came under the same number.
CREATE TABLE command_answers (
    command     TEXT   NOT NULL PRIMARY KEY,
    fingerprint TEXT   NOT NULL,
    body        TEXT   NOT NULL,
    answered_at BIGINT NOT NULL
);
