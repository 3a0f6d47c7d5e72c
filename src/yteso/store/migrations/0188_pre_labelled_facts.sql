-- The labelled facts of a patient: few, and looked up whenever a paper of a visit is written apart from the visit.
CREATE INDEX IF NOT EXISTS resource_labelled ON store.resource (pat) WHERE label <> 0;

-- Papers written apart from their visit had no labels of its facts: by other rules than any, the record is labelled anew.
UPDATE store.labelling SET fingerprint = 'papers were not joined';
