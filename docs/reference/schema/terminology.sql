-- Made by scripts/generate/schema.py from src/yteso/terminology/migrations: to be read, not to be run.

CREATE SCHEMA terminology;

SET default_tablespace = '';

SET default_table_access_method = heap;

-- TABLE: piece

CREATE TABLE terminology.piece (
    shard smallint DEFAULT 0 NOT NULL,
    catalogue bytea NOT NULL,
    n integer NOT NULL,
    concepts integer NOT NULL,
    body bytea NOT NULL,
    CONSTRAINT piece_shard_check CHECK ((shard = 0))
);
ALTER TABLE ONLY terminology.piece ALTER COLUMN body SET STORAGE EXTERNAL;

-- CONSTRAINT: piece piece_pkey

ALTER TABLE ONLY terminology.piece
    ADD CONSTRAINT piece_pkey PRIMARY KEY (shard, catalogue, n);
