"""Measurements, run by hand or by `make bench`; none of it is imported by the product."""
