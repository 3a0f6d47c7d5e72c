-- What Consents say is read with more care (a base rule of opting out, exceptions of exceptions, permissions of a part that
-- cannot be told): those that are stored already are read again, in the background. 29: Consent.
INSERT INTO store.parameter (id, url, code, types, state, definition)
SELECT '*', '', '', '{29}', 'indexing', '{}'
WHERE EXISTS (SELECT FROM store.resource WHERE type = 29)
ON CONFLICT (shard, id) DO UPDATE SET
    types = CASE WHEN parameter.state = 'indexing' THEN parameter.types ELSE excluded.types END, state = 'indexing', since = now(),
    seen = NULL, fence = NULL, at_shard = -1, at_type = 0, at_hid = -9223372036854775808, done = 0, total = 0,
    mark = nextval('store.parameter_mark');
