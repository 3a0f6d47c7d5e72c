-- Two Patients of one person that somebody joined, and what it takes to part them exactly. added: identifiers the survivor got
-- from the other; active: what the other said of itself (NULL: nothing); moved: keys that led to the other and lead to the
-- survivor now.
CREATE TABLE identity.joining (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    survivor text COLLATE "C" NOT NULL,
    other text COLLATE "C" NOT NULL,
    reason text NOT NULL,
    facility text COLLATE "C" NOT NULL,
    joined_by text COLLATE "C" NOT NULL,
    joined timestamptz NOT NULL,
    added jsonb NOT NULL,
    active boolean,
    moved bytea[] NOT NULL,
    parted timestamptz,
    parted_by text COLLATE "C",
    parting text,
    PRIMARY KEY (shard, id),
    CHECK (survivor <> other),
    CHECK ((parted IS NULL) = (parting IS NULL))
);
CREATE INDEX joining_of_facility ON identity.joining (facility, joined);
CREATE UNIQUE INDEX joining_of_other ON identity.joining (shard, other) WHERE parted IS NULL;
