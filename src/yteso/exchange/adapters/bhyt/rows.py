"""A parsed table element -> its rows as text values under the sender's own names, with issues at row and field.

Empty and missing elements are the same: neither appears. Text is stripped and brought to Unicode NFC. No field is
judged here beyond "can its characters be read" and "does it occur twice".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from unicodedata import is_normalized, normalize

from yteso.base.issue import Issue, Origin, Rule
from yteso.base.record import Record
from yteso.exchange.adapters.bhyt import reading_rules as rules
from yteso.exchange.adapters.bhyt.content import Element
from yteso.exchange.adapters.bhyt.envelope import UNREADABLE
from yteso.standards.bhyt import LEGACY_4210, TABLES

MAX_ROWS = 5000
"""Rows of one table in one visit; a year of intensive care has fewer."""
MAX_FIELDS = 250

SINGLE = frozenset(name for name, table in TABLES.items() if table.root and not table.item) | {"XML12"}
"""Tables of which a visit has one row."""


@cache
def _table_of_element() -> Mapping[str, str]:
    """Every element name by which a table can be known -> the table (QĐ 4210 roots included)."""
    found = {}
    for name, table in TABLES.items():
        for element in table.path:
            found[element] = name
    for name, fields in LEGACY_4210.items():
        for element in fields[0].path[:-1]:
            found.setdefault(element, name)
    return found


@cache
def _item_of_table() -> Mapping[str, str]:
    return {name: table.path[-1] for name, table in TABLES.items() if table.path}


def local_name(element: Element) -> str:
    """The element's name without its namespace."""
    tag = element.tag
    return (tag.rpartition("}")[2] if tag[:1] == "{" else tag) if isinstance(tag, str) else ""


def table_named_by(root: Element) -> str:
    """The table a root element belongs to; "" when the name is unknown."""
    return _table_of_element().get(local_name(root), "")


def records_of(root: Element, table: str, file: str, first: int = 1) -> tuple[list[Record], list[Issue]]:
    """Every row of the table, numbered from `first`, and what is wrong with its text."""
    records: list[Record] = []
    issues: list[Issue] = []
    for number, element in enumerate(_items(root, table), first):
        if number - first >= MAX_ROWS:
            issues.append(rules.TOO_MANY_ROWS.at(Origin(file, table), table=table, limit=MAX_ROWS))
            break
        values, wrong = _values(element)
        record = Record(Origin(file, table, number), values)
        if len(values) > MAX_FIELDS:
            issues.append(rules.BROKEN_TABLE.at(record.origin, table=table))
        elif values:
            records.append(record)
            issues.extend(rule.at(record.place(name)) for rule, name in wrong)
    if not records and not issues:
        issues.append(rules.EMPTY_TABLE.at(Origin(file, table), table=table))
    return records, issues


def _items(root: Element, table: str) -> Iterator[Element]:
    item = _item_of_table().get(table, "")
    if local_name(root) == item:
        yield root
        return
    found = False
    for element in root.iter("{*}" + item) if item else ():
        found = True
        yield element
    if not found:
        yield from _rows_by_shape(root)


def _rows_by_shape(root: Element) -> Iterator[Element]:
    """Elements that look like a row under another name: they have children, and no child has children."""
    for element in root.iter():
        if len(element) and not any(len(child) for child in element):
            yield element


def _values(element: Element) -> tuple[dict[str, str], list[tuple[Rule, str]]]:
    """The row's non-empty fields, and what is wrong with their text."""
    values: dict[str, str] = {}
    wrong: list[tuple[Rule, str]] = []
    for child in element:
        text = child.text
        if len(child):
            text = " ".join(part for part in child.itertext() if part)
        if not text or not (text := text.strip()):
            continue
        name = child.tag
        if name[0] == "{":
            name = name.rpartition("}")[2]
        if not text.isascii():
            text = text if is_normalized("NFC", text) else normalize("NFC", text)
            if UNREADABLE in text:
                wrong.append((rules.BAD_CHARACTERS, name))
        if name not in values:
            values[name] = text
        elif values[name] != text:
            wrong.append((rules.FIELD_TWICE, name))
    return values, wrong
