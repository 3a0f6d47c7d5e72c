"""Telling subscribers over HTTP: in order, after the commit, at least once, only to hosts the operator named."""
