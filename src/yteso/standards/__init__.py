"""Dictionaries: FHIR R4, the BHYT tables, identifier systems, administrative units. Data and look-ups, no behaviour."""
