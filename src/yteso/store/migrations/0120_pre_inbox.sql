-- What the platform tells a person, in their inbox. about: what it belongs to (breach/<id>), for which nobody is told twice.
CREATE TABLE store.inbox (
    shard smallint NOT NULL,
    pat bigint NOT NULL,
    about text COLLATE "C" NOT NULL,
    patient text COLLATE "C" NOT NULL,
    kind text NOT NULL CHECK (kind IN ('breach')),
    words text NOT NULL,
    told timestamptz NOT NULL,
    read timestamptz,
    read_by text,
    PRIMARY KEY (shard, pat, about)
);

-- Whom a breach is about, as the chain said when the officer had them told. state: w waits, t told in the inbox, l has no
-- account, nor has anybody who acts for them: told by letter.
CREATE TABLE store.breach_person (
    shard smallint NOT NULL,
    breach uuid NOT NULL,
    pat bigint NOT NULL,
    patient text COLLATE "C" NOT NULL,
    state "char" NOT NULL DEFAULT 'w' CHECK (state IN ('w', 't', 'l')),
    told timestamptz,
    PRIMARY KEY (shard, breach, pat)
);
CREATE INDEX breach_person_waiting ON store.breach_person (breach, shard, pat) WHERE state = 'w';

-- The text the officer reviewed, by whom and when.
ALTER TABLE store.breach ADD COLUMN IF NOT EXISTS notice text, ADD COLUMN IF NOT EXISTS notice_by text,
    ADD COLUMN IF NOT EXISTS notice_at timestamptz;
