-- Bulk data: what was asked for (export or import), how far it came, its files, its chunks and what was wrong in them.

-- shard: the job's own (a function of its id); place: where an export goes on after a stop; t, as_of: the transaction
-- number, and its moment, that an export is true as of.
CREATE TABLE store.bulk_job (
    shard smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    kind text NOT NULL CHECK (kind IN ('export', 'import')),
    who text NOT NULL,
    role text NOT NULL,
    facility text NOT NULL,
    purpose text NOT NULL,
    request text NOT NULL,
    wish jsonb NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'failed', 'cancelled')),
    asked timestamptz NOT NULL DEFAULT now(),
    ended timestamptz,
    expires timestamptz,
    t bigint,
    as_of timestamptz,
    place jsonb,
    failures smallint NOT NULL DEFAULT 0,
    written bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (shard, id)
);
CREATE INDEX bulk_job_who ON store.bulk_job (who) WHERE state = 'waiting';

-- size and written: what of the file is certain; anything longer on disk was not committed and is cut off.
CREATE TABLE store.bulk_file (
    shard smallint NOT NULL,
    job text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    kind text NOT NULL CHECK (kind IN ('output', 'deleted', 'error')),
    type text NOT NULL,
    size bigint NOT NULL,
    written bigint NOT NULL,
    PRIMARY KEY (shard, job, name)
);

-- An import's input, in pieces of some thousand lines: each is one transaction of the record.
CREATE TABLE store.bulk_chunk (
    shard smallint NOT NULL,
    job text COLLATE "C" NOT NULL,
    n integer NOT NULL,
    file text NOT NULL,
    start bigint NOT NULL,
    size bigint NOT NULL,
    line bigint NOT NULL,
    done boolean NOT NULL DEFAULT false,
    created integer NOT NULL DEFAULT 0,
    updated integer NOT NULL DEFAULT 0,
    unchanged integer NOT NULL DEFAULT 0,
    failed integer NOT NULL DEFAULT 0,
    PRIMARY KEY (shard, job, n)
);
CREATE INDEX bulk_chunk_open ON store.bulk_chunk (shard, job, n) WHERE NOT done;

-- What was wrong, by line: numbers and places, never a value.
CREATE TABLE store.bulk_problem (
    shard smallint NOT NULL,
    job text COLLATE "C" NOT NULL,
    file text NOT NULL,
    line bigint NOT NULL,
    n smallint NOT NULL,
    issue jsonb NOT NULL,
    PRIMARY KEY (shard, job, file, line, n)
);
