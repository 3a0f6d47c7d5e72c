-- Breaches of personal data: what happened, the 72 hours, who was told when. Whom it is about is asked of the audit chain.
-- account, facility: empty when not suspected; since, until: the period that is suspected.
CREATE TABLE store.breach (
    shard smallint NOT NULL DEFAULT 0 CHECK (shard = 0),
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    what text NOT NULL,
    noticed timestamptz NOT NULL,
    account text COLLATE "C" NOT NULL,
    facility text COLLATE "C" NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL CHECK (until > since),
    opened_by text NOT NULL,
    opened timestamptz NOT NULL,
    kinds text NOT NULL DEFAULT '',
    consequences text NOT NULL DEFAULT '',
    measures text NOT NULL DEFAULT '',
    authority_told timestamptz,
    people_told timestamptz,
    closed timestamptz,
    closed_by text,
    conclusion text,
    PRIMARY KEY (shard, id),
    CHECK (account <> '' OR facility <> ''),
    CHECK ((closed IS NULL) = (conclusion IS NULL))
);
