"""The systems people use, one room each. They enter the house by `client` and `warehouse.read` only."""
