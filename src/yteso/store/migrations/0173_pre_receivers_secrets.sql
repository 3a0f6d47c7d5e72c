-- Secrets of receivers (values of Subscription.channel.header), sealed by a key that is not in the database; the resource
-- itself holds `***` and the token of the row. Older rows of the same name go away once the resource is taken up.
CREATE TABLE IF NOT EXISTS store.receiver_secret (
    shard smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    token text COLLATE "C" NOT NULL,
    name text NOT NULL,
    sealed bytea NOT NULL,
    made timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (shard, id, token)
);
