"""The ground floor: small values and pure functions every room may use. Imports no room."""
