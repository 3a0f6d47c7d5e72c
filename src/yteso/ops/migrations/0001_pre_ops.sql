-- Which simulated provinces were fed: the same one is never fed twice, an interrupted one goes on with the same files.
CREATE SCHEMA ops;

CREATE TABLE ops.province (
    shard smallint NOT NULL DEFAULT 0,
    seed integer NOT NULL,
    facilities integer NOT NULL,
    visits integer NOT NULL,
    until timestamptz NOT NULL,
    fed_at timestamptz,
    PRIMARY KEY (shard, seed, facilities, visits)
);
