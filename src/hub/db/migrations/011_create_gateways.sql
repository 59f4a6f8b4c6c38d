-- Departments that live in a hospital's own FHIR server. Only SQL that PostgreSQL understands as well.

-- What an appointment is called there.
CREATE TABLE gateway_appointments (
    appointment_id TEXT NOT NULL PRIMARY KEY,
    hospital       TEXT NOT NULL,
    foreign_id     TEXT NOT NULL
);
CREATE UNIQUE INDEX gateway_appointments_by_foreign_id ON gateway_appointments (hospital, foreign_id);

-- Bookings that were sent there and are not known to be done or refused: written before they are sent, and gone with what
-- came of them.
CREATE TABLE gateway_errands (
    id       TEXT   NOT NULL PRIMARY KEY,
    hospital TEXT   NOT NULL,
    begun_at BIGINT NOT NULL,
    body     TEXT   NOT NULL
);
