"""A catalogue's file (CodeSystem JSON, or CSV and TSV with a header line; also .gz) -> entries with issues. Streaming.

Columns: `code`, `display`, `definition`, `parent`, `display.LANGUAGE`; every other column is a property. A row that is
wrong costs that row and makes an issue with its number; what makes the whole file unreadable is Refused (400).
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TextIO

from yteso.base.errors import Refused
from yteso.base.issue import Issue, Origin, Rule
from yteso.terminology import catalogue_rules as rules
from yteso.terminology.code_system import Designation, Entry
from yteso.terminology.concept_stream import ConceptStream
from yteso.terminology.read_code_system import entry_of

MOST_CODES = 1_000_000
MOST_ISSUES = 100
"""So many findings are told; the others are counted."""

_CODE = re.compile(r"[^\s]+( [^\s]+)*")
_OWN = ("code", "display", "definition", "parent")
_DEEPEST = 64


@dataclass
class CatalogueFile:
    """One file. After `entries` has been read, `header`, `issues` and `left_out` are complete."""

    path: Path
    header: dict[str, Any] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    left_out: int = 0
    _parents: dict[str, int] = field(default_factory=dict)

    @property
    def is_json(self) -> bool:
        """By its name; `.gz` behind it changes nothing."""
        return self.path.name.removesuffix(".gz").endswith(".json")

    def digest(self) -> bytes:
        """The hash of the bytes as they are on disk."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()

    def entries(self) -> Iterator[Entry]:
        """Every good entry once, in order."""
        seen: set[str] = set()
        with _opened(self.path) as source:
            for row, entry in self._from_json(source) if self.is_json else self._from_table(source):
                if not _CODE.fullmatch(entry.code):
                    self._leave_out(rules.NO_CODE, row)
                elif entry.code in seen:
                    self._leave_out(rules.TWICE, row)
                else:
                    seen.add(entry.code)
                    if len(seen) > MOST_CODES:
                        raise Refused(rules.TOO_LARGE.at(limit=MOST_CODES), status=400)
                    self._parents.update(dict.fromkeys(entry.parents, row))
                    yield entry
        for parent, row in self._parents.items():
            if parent not in seen:
                self._tell(rules.NO_PARENT, row)

    def _from_json(self, source: TextIO) -> Iterator[tuple[int, Entry]]:
        stream = ConceptStream(source)
        for n, concept in enumerate(stream, 1):
            for entry in _nested(concept, (), 0):
                yield n, entry
        self.header = stream.header
        if self.header.get("resourceType") != "CodeSystem":
            raise Refused(rules.NOT_A_CODE_SYSTEM.at(), status=400)

    def _from_table(self, source: TextIO) -> Iterator[tuple[int, Entry]]:
        first = source.readline().lstrip("\ufeff").rstrip("\r\n")
        separator = max("\t;,", key=first.count)
        columns = next(csv.reader([first], delimiter=separator), [])
        columns = [name.strip() for name in columns]
        if "code" not in columns:
            raise Refused(rules.NO_CODE_COLUMN.at(Origin(file=self.path.name, row=1)), status=400)
        properties = [name for name in columns if name not in _OWN and not name.startswith("display.")]
        if properties:
            self.header["property"] = [{"code": name, "type": "string"} for name in properties]
        for row, cells in enumerate(csv.reader(source, delimiter=separator), 2):
            if any(cells):
                yield row, _entry(dict(zip(columns, map(str.strip, cells), strict=False)), properties)

    def _leave_out(self, rule: Rule, row: int) -> None:
        self.left_out += 1
        self._tell(rule, row)

    def _tell(self, rule: Rule, row: int) -> None:
        if len(self.issues) < MOST_ISSUES:
            self.issues.append(rule.at(Origin(file=self.path.name, row=row)))


def _entry(cells: Mapping[str, str], properties: list[str]) -> Entry:
    names = ((name.removeprefix("display."), text) for name, text in cells.items() if name.startswith("display."))
    parent = cells.get("parent", "")
    return Entry(
        code=cells.get("code", ""),
        display=cells.get("display", ""),
        definition=cells.get("definition", ""),
        parents=(parent,) if parent else (),
        designations=tuple(Designation(text, language) for language, text in names if text),
        properties=tuple((name, "valueString", cells[name]) for name in properties if cells.get(name)),
    )


def _nested(concept: Mapping[str, Any], above: tuple[str, ...], depth: int) -> Iterator[Entry]:
    """A concept and those inside it; what is above it by a property `parent` counts too."""
    try:
        told = (p.get("valueCode") for p in concept.get("property", ()) if p.get("code") == "parent")
        parents = dict.fromkeys((*above, *(parent for parent in told if isinstance(parent, str))))
        entry = entry_of({**concept, "code": str(concept.get("code", ""))}, tuple(parents))
        inside = list(concept.get("concept", ()))
    except (AttributeError, TypeError) as error:
        raise Refused(rules.NOT_A_CODE_SYSTEM.at(), status=400) from error
    yield entry
    if inside and depth >= _DEEPEST:
        raise Refused(rules.UNREADABLE.at(), status=400)
    for one in inside:
        yield from _nested(one, (entry.code,), depth + 1)


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    """The file as text; Refused (400) when it turns out not to be one."""
    opener = gzip.open if path.name.endswith(".gz") else open
    try:
        with opener(path, "rb") as raw, TextIOWrapper(raw, encoding="utf-8", newline="") as text:
            yield text
    except (UnicodeDecodeError, csv.Error, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise Refused(rules.UNREADABLE.at(Origin(file=path.name)), status=400) from error
