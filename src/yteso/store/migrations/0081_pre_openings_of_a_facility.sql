-- What is open to a facility now, looked up once for a statement.
CREATE INDEX IF NOT EXISTS opening_of_facility ON store.opening (facility, until);
