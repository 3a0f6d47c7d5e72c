"""Bulk data: the record out to files as of one transaction number, and files of resources into the record."""
