-- What doctors have planned for patients, as FHIR CarePlans in JSON. Only SQL that PostgreSQL understands as well.

CREATE TABLE care_plans (
    id         TEXT   NOT NULL PRIMARY KEY,
    patient_id TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    body       TEXT   NOT NULL
);
CREATE INDEX care_plans_by_patient ON care_plans (patient_id);
