"""The adapter of the BHYT output data (XML0–XML15): receive, read, map, reply."""
