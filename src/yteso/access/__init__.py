"""Who may see: principal and policy -> a restriction that becomes part of the query. No I/O, no filtering of rows."""
