-- A facility or another party has to take part: then the law gives more days.
ALTER TABLE store.subject_request ADD COLUMN IF NOT EXISTS others boolean NOT NULL DEFAULT false;
