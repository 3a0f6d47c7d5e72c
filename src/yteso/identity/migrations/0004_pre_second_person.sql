-- A second person of the facility joins what the first one proposed (joined_by, joined: who proposed it and when). Not yet
-- seconded and parted: it was refused. Joinings from before this one were done by one person.
ALTER TABLE identity.joining ADD COLUMN IF NOT EXISTS seconded timestamptz, ADD COLUMN IF NOT EXISTS seconded_by text COLLATE "C";
UPDATE identity.joining SET seconded = joined, seconded_by = joined_by WHERE seconded IS NULL;
