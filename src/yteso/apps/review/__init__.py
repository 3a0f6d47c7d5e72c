"""Doubts about who is who: shown side by side, decided by a person."""
