-- Apps and machines, and what people gave them. Secrets are kept by their SHA-256 only. All of it lies on the coordinator.
CREATE SCHEMA oauth;

-- kind: public (no key: PKCE alone), confidential (signs its requests), service (acts for itself, without a person).
CREATE TABLE oauth.client (
    id text COLLATE "C" PRIMARY KEY,
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('public', 'confidential', 'service')),
    redirects text[] NOT NULL DEFAULT '{}',
    launch text NOT NULL DEFAULT '',
    scope text NOT NULL,
    keys jsonb NOT NULL DEFAULT '[]',
    role text NOT NULL DEFAULT '',
    facility text NOT NULL DEFAULT '',
    purpose text NOT NULL,
    active boolean NOT NULL DEFAULT true,
    made timestamptz NOT NULL,
    made_by text NOT NULL
);

-- What one person (or a service) gave one client, until when. `family` ends with its grant.
CREATE TABLE oauth.grant_ (
    id text COLLATE "C" PRIMARY KEY,
    client text NOT NULL REFERENCES oauth.client (id),
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
    proved timestamptz NOT NULL,
    made timestamptz NOT NULL,
    expires timestamptz NOT NULL,
    ended timestamptz
);
CREATE INDEX grant_of_account ON oauth.grant_ (account, made);

CREATE TABLE oauth.code (
    hash bytea PRIMARY KEY,
    grant_ text NOT NULL REFERENCES oauth.grant_ (id) ON DELETE CASCADE,
    redirect text NOT NULL,
    challenge text NOT NULL,
    expires timestamptz NOT NULL,
    used timestamptz
);

CREATE TABLE oauth.refresh (
    hash bytea PRIMARY KEY,
    grant_ text NOT NULL REFERENCES oauth.grant_ (id) ON DELETE CASCADE,
    scope text NOT NULL,
    used timestamptz
);
CREATE INDEX refresh_of_grant ON oauth.refresh (grant_);

-- A record page opens an app: for which client, by whom, about whom.
CREATE TABLE oauth.launch (
    hash bytea PRIMARY KEY,
    client text NOT NULL,
    account text NOT NULL,
    patient text NOT NULL,
    encounter text NOT NULL,
    expires timestamptz NOT NULL
);

-- The ids of assertions that were used, as long as they could be used again.
CREATE TABLE oauth.assertion (
    hash bytea PRIMARY KEY,
    expires timestamptz NOT NULL
);
CREATE INDEX assertion_by_expires ON oauth.assertion (expires);

-- What ended before its hour: tokens of this grant, account or client that were issued by then are refused.
CREATE TABLE oauth.ended (
    kind text NOT NULL CHECK (kind IN ('grant', 'account', 'client')),
    key text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    PRIMARY KEY (kind, key)
);
