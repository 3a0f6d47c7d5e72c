"""People's accounts: who signs in, with which role, for which facility, in which language."""
