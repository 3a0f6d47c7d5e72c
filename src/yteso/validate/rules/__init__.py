"""Numbered business rules, one folder per standard."""
