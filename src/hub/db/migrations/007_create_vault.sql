-- What several hubs on one database share and one hub alone has in files.

-- Private keys, each sealed under the secret that the hubs of this database have in their data directories.
CREATE TABLE sealed_keys (
    name   TEXT  NOT NULL PRIMARY KEY,
    sealed BYTEA NOT NULL
);

-- The trust list that was signed last. Its row is replaced by one with a higher number only.
CREATE TABLE trust_lists (
    region     TEXT   NOT NULL PRIMARY KEY,
    sequence   BIGINT NOT NULL,
    issued_at  BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    changes    BIGINT NOT NULL,
    body       BYTEA  NOT NULL
);
