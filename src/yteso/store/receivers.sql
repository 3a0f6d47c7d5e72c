-- add_secret --
-- A sealed value.
INSERT INTO store.receiver_secret (shard, id, token, name, sealed, giver) VALUES (%s, %s, %s, %s, %s, %s::jsonb);

-- fetch_secrets --
-- What is kept of one Subscription, newest first.
SELECT token, name, sealed, giver FROM store.receiver_secret WHERE shard = %s AND id = %s ORDER BY made DESC, token;

-- reseal_secret --
-- The same value by a newer key.
UPDATE store.receiver_secret SET sealed = %s WHERE shard = %s AND id = %s AND token = %s;

-- forget_others --
-- Only these are kept.
DELETE FROM store.receiver_secret WHERE shard = %s AND id = %s AND token <> ALL (%s::text[]);
