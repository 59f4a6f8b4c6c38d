-- Holds, feeds, and the day of a visit. Instants are whole seconds since 1970 UTC. Only SQL that PostgreSQL understands
-- as well.

-- Who holds a free slot, and until when.
ALTER TABLE slots ADD COLUMN held_by TEXT;
ALTER TABLE slots ADD COLUMN held_until BIGINT;

-- The patient's FHIR id, where the patient has one.
ALTER TABLE appointments ADD COLUMN patient_id TEXT;
CREATE INDEX appointments_by_patient_id ON appointments (patient_id);
CREATE INDEX appointments_by_slot ON appointments (slot_id);

-- Which department a calendar belongs to.
CREATE TABLE calendars (
    schedule_id TEXT NOT NULL PRIMARY KEY,
    service_id  TEXT NOT NULL
);
CREATE INDEX calendars_by_service ON calendars (service_id);

-- The newest number of each feed. Whoever adds to a feed holds its row until the step is over, so that numbers become
-- visible in their order.
CREATE TABLE feed_heads (
    feed TEXT   NOT NULL PRIMARY KEY,
    head BIGINT NOT NULL
);

-- The last change of each thing that a feed tells of. What it is like is read where it is kept; the body is for what is
-- kept nowhere else.
CREATE TABLE feed_entries (
    feed    TEXT   NOT NULL,
    kind    TEXT   NOT NULL,
    subject TEXT   NOT NULL,
    number  BIGINT NOT NULL,
    body    TEXT,
    PRIMARY KEY (feed, kind, subject)
);
CREATE UNIQUE INDEX feed_entries_by_number ON feed_entries (feed, number);

-- Who has come, with the number in the queue of a department on a day.
CREATE TABLE visit_days (
    appointment_id TEXT   NOT NULL PRIMARY KEY,
    service_id     TEXT   NOT NULL,
    day            TEXT   NOT NULL,
    number         BIGINT NOT NULL,
    patient_id     TEXT,
    state          TEXT   NOT NULL,
    called_at      BIGINT,
    checked_in_at  BIGINT NOT NULL
);
CREATE UNIQUE INDEX visit_days_by_number ON visit_days (service_id, day, number);

-- What there is to do after the doctor, and what of it is done.
CREATE TABLE visit_steps (
    appointment_id TEXT   NOT NULL,
    kind           TEXT   NOT NULL,
    fen            BIGINT,
    done_at        BIGINT,
    PRIMARY KEY (appointment_id, kind)
);
