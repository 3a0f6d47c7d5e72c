"""References of imported lines that name nothing: told, while what they stand in is stored all the same.

Files may come in any order, so a piece only notes what it did not find. When every piece is done, what is still not
there is told by line and place. Names of entries (`urn:uuid:…`) and criteria (`Type?…`) mean nothing in a file.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Set
from typing import Any

from yteso.base.errors import Refused
from yteso.base.issue import Issue, Origin
from yteso.db import Connection
from yteso.fhir import reference
from yteso.fhir.json import loads
from yteso.search.side import hid
from yteso.store.bulk import rules
from yteso.store.bulk.job import SQL
from yteso.store.rows import Key, key_lists, key_of

_NAMED = re.compile(rb'"reference"\s*:\s*"([^"\\#]{1,512})"')


def unfound(conn: Connection, data: bytes, base: str, there: Set[str]) -> list[str]:
    """The references in lines that name nothing which is there now; `there`: what these very lines wrote."""
    texts = {_local(text.decode("utf-8", "replace"), base) for text in set(_NAMED.findall(_plain(data)))}
    return absent(conn, texts - there)


def absent(conn: Connection, texts: Collection[str]) -> list[str]:
    """Those of these references that name nothing."""
    keys: dict[Key, str] = {}
    nameless = []
    for text in texts:
        found = reference.parse(text)
        if found.kind == "relative" and (key := _key(found)) is not None:
            keys[key] = text
        elif not reference.is_plain(text):
            nameless.append(text)
    if not keys:
        return nameless
    there = {(shard, type, hid) for shard, type, hid in conn.execute(SQL["find_there"], key_lists(keys))}
    return [*nameless, *(text for key, text in keys.items() if (*key[:2], hid(key[2])) not in there)]


def told(lines: Iterable[tuple[int, bytes]], missing: Collection[str], base: str) -> Iterator[tuple[int, Issue]]:
    """A finding, with the number of its line, for each place in these lines that has such a reference."""
    for number, line in lines:
        if any(_local(text.decode("utf-8", "replace"), base) in missing for text in _NAMED.findall(_plain(line))):
            for place, text in _places(_read(line)):
                if _local(text, base) in missing:
                    yield number, rules.NAMES_NOTHING.at(Origin(field=place))


def _plain(data: bytes) -> bytes:
    return data.replace(b"\\/", b"/") if b"\\/" in data else data


def _local(text: str, base: str) -> str:
    return text.removeprefix(f"{base}/") if base else text


def _key(found: reference.Reference) -> Key | None:
    try:
        return key_of(found.type, found.id)
    except Refused:
        return None


def _read(line: bytes) -> Any:
    try:
        return loads(line)
    except Refused:
        return None


def _places(document: Any) -> Iterator[tuple[str, str]]:
    """(place, text) of every reference in a resource."""
    waiting = [(str(document["resourceType"]), document)] if isinstance(document, dict) else []
    while waiting:
        place, node = waiting.pop()
        if isinstance(node, dict):
            if isinstance(node.get("reference"), str):
                yield f"{place}.reference", node["reference"]
            waiting += [(f"{place}.{name}", value) for name, value in node.items()]
        elif isinstance(node, list):
            waiting += [(f"{place}[{at}]", value) for at, value in enumerate(node)]
