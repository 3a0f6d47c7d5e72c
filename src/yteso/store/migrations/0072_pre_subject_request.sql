-- What people ask about their data (Luật 91/2025/QH15): filed by the citizen, worked on by the data officer.
CREATE TABLE store.subject_request (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    patient text COLLATE "C" NOT NULL,
    asked_by text COLLATE "C" NOT NULL,
    kind text NOT NULL CHECK (kind IN ('access', 'copy', 'correction', 'erasure', 'restriction', 'objection', 'withdrawal')),
    words text NOT NULL,
    filed timestamptz NOT NULL,
    answer_due timestamptz NOT NULL,
    due timestamptz NOT NULL,
    acknowledged timestamptz,
    extended text,
    outcome text CHECK (outcome IN ('done', 'partly', 'refused')),
    answer text,
    closed timestamptz,
    closed_by text,
    PRIMARY KEY (shard, id),
    CHECK ((closed IS NULL) = (answer IS NULL) AND (closed IS NULL) = (outcome IS NULL))
);
CREATE INDEX subject_request_person ON store.subject_request (shard, patient);
CREATE INDEX subject_request_open ON store.subject_request (due) WHERE closed IS NULL;
