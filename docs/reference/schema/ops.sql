-- Made by scripts/generate/schema.py from src/yteso/ops/migrations: to be read, not to be run.

CREATE SCHEMA ops;

SET default_tablespace = '';

SET default_table_access_method = heap;

-- TABLE: adopted

CREATE TABLE ops.adopted (
    shard smallint DEFAULT 0 NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT adopted_shard_check CHECK ((shard = 0))
);

-- TABLE: province

CREATE TABLE ops.province (
    shard smallint DEFAULT 0 NOT NULL,
    seed integer NOT NULL,
    facilities integer NOT NULL,
    visits integer NOT NULL,
    until timestamp with time zone NOT NULL,
    fed_at timestamp with time zone
);

-- CONSTRAINT: adopted adopted_pkey

ALTER TABLE ONLY ops.adopted
    ADD CONSTRAINT adopted_pkey PRIMARY KEY (shard);

-- CONSTRAINT: province province_pkey

ALTER TABLE ONLY ops.province
    ADD CONSTRAINT province_pkey PRIMARY KEY (shard, seed, facilities, visits);
