-- Concepts of imported catalogues, in compressed pieces. A catalogue is named by the hash of what it was made from: its
-- pieces never change, and every version of a CodeSystem in the record that names it stays readable.

CREATE SCHEMA terminology;

-- body: zstd of a JSON list of concepts, see terminology/catalogue.py.
CREATE TABLE terminology.piece (
    shard smallint NOT NULL DEFAULT 0 CHECK (shard = 0),
    catalogue bytea NOT NULL,
    n integer NOT NULL,
    concepts integer NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (shard, catalogue, n)
);
ALTER TABLE terminology.piece ALTER COLUMN body SET STORAGE EXTERNAL;
