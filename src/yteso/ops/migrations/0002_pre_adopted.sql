-- When the chain began to hold the rows that give somebody a right (`ops.held`). Whoever empties it has them adopted a second
-- time, which `yteso audit verify` names.
CREATE TABLE ops.adopted (
    shard smallint PRIMARY KEY DEFAULT 0 CHECK (shard = 0),
    at timestamptz NOT NULL DEFAULT now()
);
