"""Composes everything: command line, supervisor, health, metrics. Imported by nobody."""
