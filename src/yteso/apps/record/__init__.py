"""A person's record: found by name or number, shown calmly, every fact with the place it came from."""
