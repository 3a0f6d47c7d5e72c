-- How many tries came from where within the last hour, so that a flood of them adds few rows to the audit (store/trail.py).
-- bucket: -1 all together, 0-4095 a hash of where from, so that the table cannot grow.
CREATE TABLE store.attempt (
    shard smallint NOT NULL DEFAULT 0 CHECK (shard = 0),
    bucket smallint NOT NULL CHECK (bucket BETWEEN -1 AND 4095),
    count bigint NOT NULL,
    since timestamptz NOT NULL,
    PRIMARY KEY (shard, bucket)
);
