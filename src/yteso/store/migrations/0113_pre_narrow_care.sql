-- An Encounter that says who cares for a patient is named by its number, as everywhere.
ALTER TABLE store.care RENAME TO wide_care;
CREATE TABLE store.care (
    pat bigint NOT NULL,
    hid bigint NOT NULL,
    shard smallint NOT NULL,
    facility text COLLATE "C" NOT NULL
);
INSERT INTO store.care (pat, hid, shard, facility) SELECT pat, store.hid(encounter), shard, facility FROM store.wide_care;
-- With the policies that look at it; raise_wall makes them anew.
DROP TABLE store.wide_care CASCADE;
CREATE INDEX care_of_patient ON store.care (pat, facility);
CREATE INDEX care_of_facility ON store.care (facility, pat);
CREATE INDEX care_of_encounter ON store.care (shard, hid);
SELECT store.raise_wall();
