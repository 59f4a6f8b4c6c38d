-- The directory and its times as schedulers write them. Only SQL that PostgreSQL understands as well.

-- What a scheduler has written, as opposed to what the demonstration city or a gateway fills in.
ALTER TABLE directory ADD COLUMN is_written BIGINT NOT NULL DEFAULT 0;
ALTER TABLE directory ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE directory ADD COLUMN updated_at BIGINT;

-- Numbers of what schedulers have written, so that one is made once for each number.
CREATE TABLE directory_identifiers (
    kind   TEXT NOT NULL,
    system TEXT NOT NULL,
    value  TEXT NOT NULL,
    id     TEXT NOT NULL,
    PRIMARY KEY (kind, system, value)
);
CREATE INDEX directory_identifiers_by_id ON directory_identifiers (kind, id);

-- Whether the times of a calendar are offered: neither it nor its department is out of use.
ALTER TABLE calendars ADD COLUMN is_active BIGINT NOT NULL DEFAULT 1;
ALTER TABLE calendars ADD COLUMN is_service_active BIGINT NOT NULL DEFAULT 1;

ALTER TABLE slots ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE slots ADD COLUMN identifier_system TEXT;
ALTER TABLE slots ADD COLUMN identifier_value TEXT;
CREATE UNIQUE INDEX slots_by_identifier ON slots (identifier_system, identifier_value) WHERE identifier_value IS NOT NULL;
