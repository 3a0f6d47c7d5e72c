-- The register of processing activities: every version stays; the newest of each activity is in force unless it ended it.
CREATE TABLE store.processing (
    shard smallint NOT NULL DEFAULT 0 CHECK (shard = 0),
    activity text COLLATE "C" NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    content jsonb NOT NULL,
    ended boolean NOT NULL DEFAULT false,
    written_by text NOT NULL,
    written timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (shard, activity, version)
);
CREATE TRIGGER processing_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON store.processing
    FOR EACH STATEMENT EXECUTE FUNCTION store.keep();
