-- A search by value looks at the rows of a code, or within its time at those of a type: numbers beside rows are asked for in the
-- same breath, and no plan went by this index.
DROP INDEX IF EXISTS store.resource_amount;
