"""The data officer's desk: what people ask about who looked at their records, and the answers."""
