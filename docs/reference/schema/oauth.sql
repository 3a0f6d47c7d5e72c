-- Made by scripts/generate/schema.py from src/yteso/oauth/migrations: to be read, not to be run.

CREATE SCHEMA oauth;

SET default_tablespace = '';

SET default_table_access_method = heap;

-- TABLE: assertion

CREATE TABLE oauth.assertion (
    hash bytea NOT NULL,
    expires timestamp with time zone NOT NULL
);

-- TABLE: client

CREATE TABLE oauth.client (
    id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    kind text NOT NULL,
    redirects text[] DEFAULT '{}'::text[] NOT NULL,
    launch text DEFAULT ''::text NOT NULL,
    scope text NOT NULL,
    keys jsonb DEFAULT '[]'::jsonb NOT NULL,
    role text DEFAULT ''::text NOT NULL,
    facility text DEFAULT ''::text NOT NULL,
    purpose text NOT NULL,
    active boolean DEFAULT true NOT NULL,
    made timestamp with time zone NOT NULL,
    made_by text NOT NULL,
    CONSTRAINT client_kind_check CHECK ((kind = ANY (ARRAY['public'::text, 'confidential'::text, 'service'::text])))
);

-- TABLE: code

CREATE TABLE oauth.code (
    hash bytea NOT NULL,
    grant_ text NOT NULL,
    redirect text NOT NULL,
    challenge text NOT NULL,
    expires timestamp with time zone NOT NULL,
    used timestamp with time zone
);

-- TABLE: ended

CREATE TABLE oauth.ended (
    kind text NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    at timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    CONSTRAINT ended_kind_check CHECK ((kind = ANY (ARRAY['grant'::text, 'account'::text, 'client'::text])))
);

-- TABLE: grant_

CREATE TABLE oauth.grant_ (
    id text NOT NULL COLLATE pg_catalog."C",
    client text NOT NULL,
    account text NOT NULL,
    role text NOT NULL,
    facility text NOT NULL,
    purpose text NOT NULL,
    person text NOT NULL,
    assurance smallint NOT NULL,
    patient text NOT NULL,
    encounter text NOT NULL,
    scope text NOT NULL,
    nonce text NOT NULL,
    proved timestamp with time zone NOT NULL,
    made timestamp with time zone NOT NULL,
    expires timestamp with time zone NOT NULL,
    ended timestamp with time zone
);

-- TABLE: launch

CREATE TABLE oauth.launch (
    hash bytea NOT NULL,
    client text NOT NULL,
    account text NOT NULL,
    patient text NOT NULL,
    encounter text NOT NULL,
    expires timestamp with time zone NOT NULL
);

-- TABLE: refresh

CREATE TABLE oauth.refresh (
    hash bytea NOT NULL,
    grant_ text NOT NULL,
    scope text NOT NULL,
    used timestamp with time zone
);

-- CONSTRAINT: assertion assertion_pkey

ALTER TABLE ONLY oauth.assertion
    ADD CONSTRAINT assertion_pkey PRIMARY KEY (hash);

-- CONSTRAINT: client client_pkey

ALTER TABLE ONLY oauth.client
    ADD CONSTRAINT client_pkey PRIMARY KEY (id);

-- CONSTRAINT: code code_pkey

ALTER TABLE ONLY oauth.code
    ADD CONSTRAINT code_pkey PRIMARY KEY (hash);

-- CONSTRAINT: ended ended_pkey

ALTER TABLE ONLY oauth.ended
    ADD CONSTRAINT ended_pkey PRIMARY KEY (kind, key);

-- CONSTRAINT: grant_ grant__pkey

ALTER TABLE ONLY oauth.grant_
    ADD CONSTRAINT grant__pkey PRIMARY KEY (id);

-- CONSTRAINT: launch launch_pkey

ALTER TABLE ONLY oauth.launch
    ADD CONSTRAINT launch_pkey PRIMARY KEY (hash);

-- CONSTRAINT: refresh refresh_pkey

ALTER TABLE ONLY oauth.refresh
    ADD CONSTRAINT refresh_pkey PRIMARY KEY (hash);

-- INDEX: assertion_by_expires

CREATE INDEX assertion_by_expires ON oauth.assertion USING btree (expires);

-- INDEX: grant_of_account

CREATE INDEX grant_of_account ON oauth.grant_ USING btree (account, made);

-- INDEX: refresh_of_grant

CREATE INDEX refresh_of_grant ON oauth.refresh USING btree (grant_);

-- FK CONSTRAINT: code code_grant__fkey

ALTER TABLE ONLY oauth.code
    ADD CONSTRAINT code_grant__fkey FOREIGN KEY (grant_) REFERENCES oauth.grant_(id) ON DELETE CASCADE;

-- FK CONSTRAINT: grant_ grant__client_fkey

ALTER TABLE ONLY oauth.grant_
    ADD CONSTRAINT grant__client_fkey FOREIGN KEY (client) REFERENCES oauth.client(id);

-- FK CONSTRAINT: refresh refresh_grant__fkey

ALTER TABLE ONLY oauth.refresh
    ADD CONSTRAINT refresh_grant__fkey FOREIGN KEY (grant_) REFERENCES oauth.grant_(id) ON DELETE CASCADE;
