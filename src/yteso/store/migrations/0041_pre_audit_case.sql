-- Accesses a person questioned, until the data officer answered. `lane`, `n`: the audit row in question.
CREATE TABLE store.questioned (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    patient text COLLATE "C" NOT NULL,
    lane smallint NOT NULL,
    n bigint NOT NULL,
    asked_by text NOT NULL,
    question text NOT NULL,
    opened timestamptz NOT NULL,
    due timestamptz NOT NULL,
    answer text,
    answered_by text,
    answered timestamptz,
    PRIMARY KEY (shard, id)
);
CREATE UNIQUE INDEX questioned_row ON store.questioned (shard, patient, lane, n);
CREATE INDEX questioned_open ON store.questioned (opened) WHERE answered IS NULL;
