-- References of a piece that named nothing when it was written: they are looked for again when the import is over.
ALTER TABLE store.bulk_chunk ADD COLUMN IF NOT EXISTS loose text[] NOT NULL DEFAULT '{}';
