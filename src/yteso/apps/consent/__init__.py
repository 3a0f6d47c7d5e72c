"""Opening and closing a record: breaking the glass, codes for a visit, their review, and a person's own consents."""
