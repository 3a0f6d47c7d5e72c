"""The authorization server: which app or machine may act for whom, how far, how long (OAuth 2.0, SMART App Launch)."""
