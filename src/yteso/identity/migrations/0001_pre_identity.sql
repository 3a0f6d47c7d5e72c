-- Who is who: keys that lead to a person, the little the decision needs to know, and doubts for a person to settle.

CREATE SCHEMA identity;

-- `key` is a 16-byte hash of kind and value, so that the number itself stands only in the record.
CREATE TABLE identity.link (
    shard smallint NOT NULL,
    key bytea NOT NULL,
    kind text NOT NULL CHECK (kind IN ('cccd', 'bhxh', 'card', 'local', 'visit')),
    patient text COLLATE "C" NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (shard, key)
);
CREATE INDEX link_patient ON identity.link (patient);

-- `as_of` is the start of the visit whose demographics the record shows.
CREATE TABLE identity.person (
    shard smallint NOT NULL,
    patient text COLLATE "C" NOT NULL,
    name text NOT NULL,
    birth_date text NOT NULL,
    gender text NOT NULL,
    cccd bytea,
    bhxh bytea,
    as_of text NOT NULL DEFAULT '',
    PRIMARY KEY (shard, patient)
) WITH (fillfactor = 80);

CREATE TABLE identity.review (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    patient text COLLATE "C" NOT NULL,
    other text COLLATE "C",
    doubt text NOT NULL,
    facility text NOT NULL,
    source text NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT now(),
    settled_at timestamptz,
    settled_by text NOT NULL DEFAULT '',
    PRIMARY KEY (shard, id)
);
CREATE INDEX review_open ON identity.review (opened_at) WHERE settled_at IS NULL;
