-- Made by scripts/generate/schema.py from src/yteso/identity/migrations: to be read, not to be run.

CREATE SCHEMA identity;

SET default_tablespace = '';

SET default_table_access_method = heap;

-- TABLE: joining

CREATE TABLE identity.joining (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    survivor text NOT NULL COLLATE pg_catalog."C",
    other text NOT NULL COLLATE pg_catalog."C",
    reason text NOT NULL,
    facility text NOT NULL COLLATE pg_catalog."C",
    joined_by text NOT NULL COLLATE pg_catalog."C",
    joined timestamp with time zone NOT NULL,
    added jsonb NOT NULL,
    active boolean,
    moved bytea[] NOT NULL,
    parted timestamp with time zone,
    parted_by text COLLATE pg_catalog."C",
    parting text,
    seconded timestamp with time zone,
    seconded_by text COLLATE pg_catalog."C",
    CONSTRAINT joining_check CHECK ((survivor <> other)),
    CONSTRAINT joining_check1 CHECK (((parted IS NULL) = (parting IS NULL)))
);

-- TABLE: link

CREATE TABLE identity.link (
    shard smallint NOT NULL,
    key bytea NOT NULL,
    kind text NOT NULL,
    patient text NOT NULL COLLATE pg_catalog."C",
    since timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT link_kind_check CHECK ((kind = ANY (ARRAY['cccd'::text, 'bhxh'::text, 'card'::text, 'local'::text, 'visit'::text])))
);

-- TABLE: person

CREATE TABLE identity.person (
    shard smallint NOT NULL,
    patient text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    birth_date text NOT NULL,
    gender text NOT NULL,
    cccd bytea,
    bhxh bytea,
    as_of text DEFAULT ''::text NOT NULL
)
WITH (fillfactor='80');

-- TABLE: review

CREATE TABLE identity.review (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    patient text NOT NULL COLLATE pg_catalog."C",
    other text COLLATE pg_catalog."C",
    doubt text NOT NULL,
    facility text NOT NULL,
    source text NOT NULL,
    opened_at timestamp with time zone DEFAULT now() NOT NULL,
    settled_at timestamp with time zone,
    settled_by text DEFAULT ''::text NOT NULL,
    decision text DEFAULT ''::text NOT NULL,
    CONSTRAINT review_decision_check CHECK ((decision = ANY (ARRAY[''::text, 'same'::text, 'other'::text])))
);

-- CONSTRAINT: joining joining_pkey

ALTER TABLE ONLY identity.joining
    ADD CONSTRAINT joining_pkey PRIMARY KEY (shard, id);

-- CONSTRAINT: link link_pkey

ALTER TABLE ONLY identity.link
    ADD CONSTRAINT link_pkey PRIMARY KEY (shard, key);

-- CONSTRAINT: person person_pkey

ALTER TABLE ONLY identity.person
    ADD CONSTRAINT person_pkey PRIMARY KEY (shard, patient);

-- CONSTRAINT: review review_pkey

ALTER TABLE ONLY identity.review
    ADD CONSTRAINT review_pkey PRIMARY KEY (shard, id);

-- INDEX: joining_of_facility

CREATE INDEX joining_of_facility ON identity.joining USING btree (facility, joined);

-- INDEX: joining_of_other

CREATE UNIQUE INDEX joining_of_other ON identity.joining USING btree (shard, other) WHERE (parted IS NULL);

-- INDEX: link_patient

CREATE INDEX link_patient ON identity.link USING btree (patient);

-- INDEX: review_open

CREATE INDEX review_open ON identity.review USING btree (opened_at) WHERE (settled_at IS NULL);
