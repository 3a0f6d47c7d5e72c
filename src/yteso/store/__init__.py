"""The record: versions, history, transactions, search, audit chain, export. Knows neither BHYT nor pages."""
