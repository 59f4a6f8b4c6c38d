-- Numbers of patients who have an id, so that one is made once for each number. Only SQL that PostgreSQL understands as
-- well.

CREATE TABLE patient_identifiers (
    system     TEXT NOT NULL,
    value      TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    PRIMARY KEY (system, value)
);
CREATE INDEX patient_identifiers_by_patient ON patient_identifiers (patient_id);
