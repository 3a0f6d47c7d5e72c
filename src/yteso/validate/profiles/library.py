"""Compiled profiles by address: each definition is compiled once, and again when its keeper has another document.

Safe to share between threads: at worst two of them compile the same definition at the same time.
"""

from __future__ import annotations

from typing import Any

from yteso.base.errors import Refused
from yteso.base.issue import Issue
from yteso.validate.profiles.compile import compile_profile
from yteso.validate.profiles.definitions import Definitions, find
from yteso.validate.profiles.model import Profile

MOST = 1_000
"""Compiled profiles kept; what comes beyond is compiled each time."""


class Library:
    """Profiles, ready to be checked against."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self._compiled: dict[tuple[str, bool], tuple[Any, Profile | Issue]] = {}

    def over(self, definitions: Definitions) -> Library:
        """The same compiled profiles with another keeper of the same definitions."""
        other = Library(definitions)
        other._compiled = self._compiled
        return other

    def profile(self, url: str, *, whole: bool = False) -> Profile | Issue | None:
        """The profile of an address; None when nobody has it; an issue when its definition cannot be used."""
        definition = find(url, self.definitions)
        if definition is None:
            return None
        key = (url, whole)
        kept = self._compiled.get(key)
        if kept is not None and kept[0] is definition:
            return kept[1]
        try:
            made: Profile | Issue = compile_profile(definition, self.definitions, whole=whole)
        except Refused as refused:
            made = refused.issues[0]
        if len(self._compiled) < MOST:
            self._compiled[key] = (definition, made)
        return made
