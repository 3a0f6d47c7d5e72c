-- What the planner knows: fewer common tokens (loading ten thousand of them cost each search a millisecond of planning),
-- and how wide clinical dates are, so that the few long periods are reached by their own index.
ALTER TABLE store.resource ALTER COLUMN tok SET STATISTICS 100;
CREATE STATISTICS store.resource_width ON (d_hi - d_lo) FROM store.resource;
