"""What can be printed: a title, whom it is about, parts with entries. Text only; nothing in it is read as markup."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact. `origin`: when, where and by whom; `meaning` is printed strongly when `warn`."""

    title: str
    value: str = ""
    lines: tuple[str, ...] = ()
    meaning: str = ""
    warn: bool = False
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One section; `note` stands under its heading."""

    title: str
    entries: tuple[Entry, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole document. `running` and `as_of` head each page, `foot` and `page` (the word) its foot.

    `facts`: (label, value) of whom it is about. `language`: `vi` or `en`, for readers aloud.
    """

    title: str
    author: str
    language: str
    running: str
    as_of: str
    foot: str
    page: str
    lead: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
