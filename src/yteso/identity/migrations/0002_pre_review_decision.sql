-- What a person decided about a doubt: `same`, `other`, or '' for one closed before decisions were kept.
ALTER TABLE identity.review ADD COLUMN IF NOT EXISTS decision text NOT NULL DEFAULT ''
    CHECK (decision IN ('', 'same', 'other'));
