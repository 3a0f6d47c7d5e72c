-- Two-person exports: an export begins only when somebody else approved it. The table itself holds to it: a row of an
-- export that may run, or has run, names its approver, who is never the asker.
ALTER TABLE store.bulk_job ADD COLUMN IF NOT EXISTS approved_by text, ADD COLUMN IF NOT EXISTS decided timestamptz,
    ADD COLUMN IF NOT EXISTS decision text;
-- Exports from before this rule ran under the rule of their time.
UPDATE store.bulk_job SET approved_by = '(before approvals)' WHERE kind = 'export' AND approved_by IS NULL;
ALTER TABLE store.bulk_job DROP CONSTRAINT IF EXISTS bulk_job_state_check;
ALTER TABLE store.bulk_job ADD CONSTRAINT bulk_job_state_check
    CHECK (state IN ('held', 'waiting', 'done', 'failed', 'cancelled', 'refused'));
ALTER TABLE store.bulk_job ADD CONSTRAINT bulk_job_approved
    CHECK (kind <> 'export' OR state IN ('held', 'refused', 'cancelled') OR (approved_by IS NOT NULL AND approved_by <> who));

-- What a machine may export again and again without asking each time.
CREATE TABLE store.standing_approval (
    shard smallint NOT NULL DEFAULT 0 CHECK (shard = 0),
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    who text COLLATE "C" NOT NULL,
    reason text NOT NULL,
    given_by text COLLATE "C" NOT NULL CHECK (given_by <> who),
    given timestamptz NOT NULL DEFAULT now(),
    until timestamptz NOT NULL,
    PRIMARY KEY (shard, id)
);
CREATE INDEX standing_approval_who ON store.standing_approval (who, until);
