-- Replaced by store.write_notes.
DROP FUNCTION store.note(text, text, text, text, "char", text, text, bigint[]);
