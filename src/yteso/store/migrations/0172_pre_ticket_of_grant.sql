-- A websocket's ticket says what token it was drawn with, so that the socket ends with it (RFC 7009: called back, locked).
ALTER TABLE store.notice_ticket ADD COLUMN IF NOT EXISTS client text NOT NULL DEFAULT '';
ALTER TABLE store.notice_ticket ADD COLUMN IF NOT EXISTS by_grant text NOT NULL DEFAULT '';
ALTER TABLE store.notice_ticket ADD COLUMN IF NOT EXISTS drawn timestamptz NOT NULL DEFAULT now();
