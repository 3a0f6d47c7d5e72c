-- store.guarded_among (0208) says it of each.
DROP FUNCTION store.guarded(bigint[]);
