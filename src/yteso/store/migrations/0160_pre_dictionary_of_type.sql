-- A dictionary may be for one type of resource alone; 0: for all.
ALTER TABLE store.dictionary ADD COLUMN type smallint NOT NULL DEFAULT 0;
