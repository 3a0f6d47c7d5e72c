"""The first page of laboratory, pharmacy and cash desk: the day's work at their facility, from the record."""
