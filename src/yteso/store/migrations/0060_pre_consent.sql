-- Sensitivity labels beside content: `label` holds the bits of standards.sensitivity.LABELS, `maker` the facility
-- (MA_CSKCB) a fact came from. History keeps what a past version carried.
ALTER TABLE store.resource ADD COLUMN label smallint NOT NULL DEFAULT 0, ADD COLUMN maker text COLLATE "C";
ALTER TABLE store.history ADD COLUMN label smallint NOT NULL DEFAULT 0, ADD COLUMN maker text COLLATE "C";
ALTER TYPE store.new_resource ADD ATTRIBUTE label smallint, ADD ATTRIBUTE maker text;

-- The rules by which the record is labelled: another fingerprint, and it is labelled anew.
CREATE TABLE store.labelling (
    shard smallint PRIMARY KEY DEFAULT 0 CHECK (shard = 0),
    fingerprint text NOT NULL,
    since timestamptz NOT NULL DEFAULT now()
);

-- What a person allows and refuses, from Consent resources, in their transaction. Empty text, type 0: whatever it is.
-- lo, hi: the clinical dates it is about. label: of a refusal, facts with one of these labels (0: all facts); of a
-- permission, the labels it opens.
CREATE TABLE store.consent_rule (
    shard smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    n smallint NOT NULL,
    pat bigint NOT NULL,
    permit boolean NOT NULL,
    facility text COLLATE "C" NOT NULL,
    account text COLLATE "C" NOT NULL,
    role text COLLATE "C" NOT NULL,
    purpose text COLLATE "C" NOT NULL,
    type smallint NOT NULL,
    label smallint NOT NULL,
    maker text COLLATE "C" NOT NULL,
    lo bigint NOT NULL,
    hi bigint NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    PRIMARY KEY (shard, id, n)
);
CREATE INDEX consent_rule_of_patient ON store.consent_rule (pat);

-- A record opened for a while: by the person's code for a visit (kind v, the whole facility), or by breaking the glass
-- (kind g, one account). second: who approved that very restricted facts are opened too. Rows stay: they are reviewed.
CREATE TABLE store.opening (
    shard smallint NOT NULL DEFAULT 0 CHECK (shard = 0),
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    kind "char" NOT NULL CHECK (kind IN ('v', 'g')),
    pat bigint NOT NULL,
    patient text COLLATE "C" NOT NULL,
    facility text COLLATE "C" NOT NULL CHECK (facility <> ''),
    account text COLLATE "C" NOT NULL CHECK (kind = 'v' OR account <> ''),
    opened_by text COLLATE "C" NOT NULL,
    reason text NOT NULL,
    words text NOT NULL CHECK (kind = 'v' OR length(words) >= 20),
    since timestamptz NOT NULL DEFAULT now(),
    until timestamptz NOT NULL,
    wants_second boolean NOT NULL DEFAULT false,
    second text COLLATE "C" CHECK (second <> opened_by),
    reviewed timestamptz,
    reviewer text,
    verdict text CHECK (verdict IN ('justified', 'unjustified')),
    PRIMARY KEY (shard, id)
);
CREATE INDEX opening_of_patient ON store.opening (pat, facility);
CREATE INDEX opening_to_review ON store.opening (since) WHERE kind = 'g' AND reviewed IS NULL;
CREATE INDEX opening_of_account ON store.opening (opened_by, since) WHERE kind = 'g';

-- Codes a person shows to open the record for one visit: drawn at random, kept as SHA-256, used once.
CREATE TABLE store.visit_code (
    shard smallint NOT NULL DEFAULT 0 CHECK (shard = 0),
    hash bytea NOT NULL,
    patient text COLLATE "C" NOT NULL,
    until timestamptz NOT NULL,
    PRIMARY KEY (shard, hash)
);

-- What is stored already is labelled in the background.
INSERT INTO store.parameter (id, url, code, types, state, definition)
SELECT '*', '', '', ARRAY(SELECT generate_series(1, 1000)::smallint), 'indexing', '{}'
WHERE EXISTS (SELECT FROM store.resource)
ON CONFLICT (shard, id) DO UPDATE SET state = 'indexing', seen = NULL, fence = NULL, at_shard = -1, at_type = 0,
    at_hid = -9223372036854775808, done = 0, total = 0, mark = nextval('store.parameter_mark');
