-- Search parameters defined at run time (SearchParameter resources), and how far the index knows them.
-- id: the resource's, or '*' for an index of everything made anew. at_*: the last resource that was indexed again.
-- seen: since when workers, hence all processes, can read it. fence: the number from which on every writer knows it.
-- mark: grows with every change of what is defined, so that processes see that they must look.
CREATE SEQUENCE store.parameter_mark;
CREATE TABLE store.parameter (
    shard smallint NOT NULL DEFAULT 0 CHECK (shard = 0),
    id text COLLATE "C" NOT NULL,
    url text NOT NULL,
    code text NOT NULL,
    types smallint[] NOT NULL,
    state text NOT NULL CHECK (state IN ('indexing', 'ready', 'refused')),
    reason text NOT NULL DEFAULT '',
    definition jsonb NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    seen timestamptz,
    fence bigint,
    at_shard smallint NOT NULL DEFAULT -1,
    at_type smallint NOT NULL DEFAULT 0,
    at_id text COLLATE "C" NOT NULL DEFAULT '',
    done bigint NOT NULL DEFAULT 0,
    total bigint NOT NULL DEFAULT 0,
    mark bigint NOT NULL DEFAULT nextval('store.parameter_mark'),
    PRIMARY KEY (shard, id)
);
