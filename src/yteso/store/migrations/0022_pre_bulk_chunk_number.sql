-- The transaction in which a piece was written, so that what came in with it is found when the import ends.
ALTER TABLE store.bulk_chunk ADD COLUMN t bigint;
