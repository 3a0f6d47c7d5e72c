"""FHIR search: query string -> frozen dataclasses -> SQL text; resource -> index rows. Holds no connection."""
