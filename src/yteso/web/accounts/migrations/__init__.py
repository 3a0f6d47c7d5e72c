"""Django's migrations of the accounts."""
