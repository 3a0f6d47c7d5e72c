-- has_catalogue --
-- How many concepts of a catalogue are here.
SELECT coalesce(sum(concepts), 0) FROM terminology.piece WHERE shard = 0 AND catalogue = %s;

-- add_piece --
-- One piece of a catalogue.
INSERT INTO terminology.piece (catalogue, n, concepts, body) VALUES (%s, %s, %s, %s);

-- fetch_pieces --
-- All pieces of a catalogue in order.
SELECT body FROM terminology.piece WHERE shard = 0 AND catalogue = %s ORDER BY n;
