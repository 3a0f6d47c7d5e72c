"""Doubts about who is who: shown side by side, decided by a person; two records of one person joined and parted."""
