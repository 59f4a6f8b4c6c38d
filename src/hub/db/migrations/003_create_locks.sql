-- Rows that stand for names: whoever has updated one is alone with that name until the end of the transaction.
CREATE TABLE locks (
    number BIGINT NOT NULL PRIMARY KEY
);
