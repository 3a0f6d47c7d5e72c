-- save_client --
-- A new client, or the one of that id brought to these values; its keys stay.
INSERT INTO oauth.client (id, name, kind, redirects, launch, scope, keys, role, facility, purpose, made, made_by)
VALUES (%(id)s, %(name)s, %(kind)s, %(redirects)s, %(launch)s, %(scope)s, %(keys)s::jsonb, %(role)s, %(facility)s,
        %(purpose)s, %(made)s, %(made_by)s)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, redirects = excluded.redirects, launch = excluded.launch,
    scope = excluded.scope, keys = excluded.keys, role = excluded.role, facility = excluded.facility,
    purpose = excluded.purpose, made_by = excluded.made_by
WHERE oauth.client.kind = excluded.kind RETURNING id;

-- fetch_client --
-- One client.
SELECT id, name, kind, redirects, launch, scope, keys, role, facility, purpose, active FROM oauth.client WHERE id = %s;

-- fetch_clients --
-- All clients, by name.
SELECT id, name, kind, redirects, launch, scope, keys, role, facility, purpose, active FROM oauth.client
ORDER BY name, id;

-- set_client_keys --
-- Other keys for a client.
UPDATE oauth.client SET keys = %s::jsonb WHERE id = %s RETURNING id;

-- set_client_active --
-- Lock or unlock.
UPDATE oauth.client SET active = %s WHERE id = %s RETURNING id;

-- add_grant --
-- What was given.
INSERT INTO oauth.grant_ (id, client, account, role, facility, purpose, person, assurance, patient, encounter, scope,
                          nonce, proved, made, expires)
VALUES (%(id)s, %(client)s, %(account)s, %(role)s, %(facility)s, %(purpose)s, %(person)s, %(assurance)s, %(patient)s,
        %(encounter)s, %(scope)s, %(nonce)s, %(proved)s, %(made)s, %(expires)s);

-- fetch_grant --
-- One grant.
SELECT id, client, account, role, facility, purpose, person, assurance, patient, encounter, scope, nonce, proved, made,
       expires, ended FROM oauth.grant_ WHERE id = %s;

-- fetch_grants_of --
-- What a person gave that still holds, newest first.
SELECT g.id, g.client, g.account, g.role, g.facility, g.purpose, g.person, g.assurance, g.patient, g.encounter, g.scope,
       g.nonce, g.proved, g.made, g.expires, g.ended FROM oauth.grant_ g
WHERE g.account = %s AND g.ended IS NULL AND g.expires > %s ORDER BY g.made DESC LIMIT 100;

-- fetch_held --
-- What holds now.
SELECT id, client, account, role, facility, purpose, person, assurance, patient, encounter, scope, nonce, proved, made,
       expires, ended FROM oauth.grant_ WHERE ended IS NULL AND expires > %s ORDER BY made, id;

-- fetch_refresh_held --
-- The refresh tokens of what holds now.
SELECT r.hash, r.grant_, r.scope FROM oauth.refresh r JOIN oauth.grant_ g ON g.id = r.grant_
WHERE r.used IS NULL AND g.ended IS NULL AND g.expires > %s ORDER BY r.hash;

-- end_grant --
-- The grant is over; nothing when it was before.
UPDATE oauth.grant_ SET ended = %s WHERE id = %s AND ended IS NULL;

-- add_code --
-- A code that is to be exchanged.
INSERT INTO oauth.code (hash, grant_, redirect, challenge, expires) VALUES (%s, %s, %s, %s, %s);

-- lock_code --
-- A code, while it is being exchanged.
SELECT grant_, redirect, challenge, expires, used FROM oauth.code WHERE hash = %s FOR UPDATE;

-- use_code --
-- It is exchanged.
UPDATE oauth.code SET used = %s WHERE hash = %s;

-- add_refresh --
-- A refresh token of a grant's family.
INSERT INTO oauth.refresh (hash, grant_, scope) VALUES (%s, %s, %s);

-- lock_refresh --
-- A refresh token, while it is being exchanged.
SELECT grant_, scope, used FROM oauth.refresh WHERE hash = %s FOR UPDATE;

-- use_refresh --
-- It is exchanged.
UPDATE oauth.refresh SET used = %s WHERE hash = %s;

-- add_launch --
-- An app is being opened.
INSERT INTO oauth.launch (hash, client, account, patient, encounter, expires) VALUES (%s, %s, %s, %s, %s, %s);

-- fetch_launch --
-- For whom an app was opened, if by this person, for this client, just now.
SELECT patient, encounter FROM oauth.launch WHERE hash = %s AND client = %s AND account = %s AND expires > %s;

-- drop_launch --
-- It was used.
DELETE FROM oauth.launch WHERE hash = %s RETURNING hash;

-- note_assertion --
-- The id of an assertion; no row when it was used before.
INSERT INTO oauth.assertion (hash, expires) VALUES (%s, %s) ON CONFLICT DO NOTHING RETURNING hash;

-- note_ended --
-- Tokens issued by then are refused.
INSERT INTO oauth.ended (kind, key, at, until) VALUES (%s, %s, %s, %s)
ON CONFLICT (kind, key) DO UPDATE SET at = greatest(oauth.ended.at, excluded.at),
    until = greatest(oauth.ended.until, excluded.until);

-- fetch_ended --
-- All that a token could still be of.
SELECT kind, key, extract(epoch FROM at)::float8 FROM oauth.ended WHERE until > %s;

-- sweep_launches --
-- Launches nobody followed.
DELETE FROM oauth.launch WHERE expires < %s;

-- sweep_assertions --
-- Assertions that have expired.
DELETE FROM oauth.assertion WHERE expires < %s;

-- sweep_ended --
-- What no token can be of any more.
DELETE FROM oauth.ended WHERE until < %s;

-- sweep_grants --
-- Grants that expired long ago, with their families.
DELETE FROM oauth.grant_ WHERE expires < %s;
