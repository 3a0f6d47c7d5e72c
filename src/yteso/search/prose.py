"""Words that people wrote in a resource, for `_text`, `_content` and `:text` (FHIR R4 §3.1.1.4.15, §3.1.1.4.10).

They are not in the index, where they would cost more than all the rest of it: the store reads the few resources that
the other criteria of a search leave, and asks here. Each asked word must begin a word of the text, folded as names are.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

from yteso.base.text import fold
from yteso.search.extract import values
from yteso.search.parameters import parameters_of
from yteso.search.values import bare

_TAGS = re.compile(r"<!--.*?-->|</?([A-Za-z][A-Za-z0-9]*)[^>]*>|<[^>]*>", re.DOTALL)
_INLINE_NAMES = """
a abbr acronym b bdo big cite code dfn em font i kbd q s samp small span strike strong sub sup tt u var
"""
_INLINE = frozenset(_INLINE_NAMES.split())
"""Elements of a narrative's XHTML that stand within a word as well as around it (HTML 4.0 §7.5.3, inline)."""
_APART = re.compile(r"[^\w]+")
_NO_PROSE = frozenset(["reference", "system", "url", "id", "resourceType", "data", "contentType", "versionId"])


def has_words(resource: Mapping[str, Any], name: str, asked: str) -> bool:
    """Whether every asked word begins a word: of the narrative (`_text`), of all texts (`_content`), of a parameter."""
    text = f" {_folded(' '.join(_texts(resource, name)))}"
    return all(f" {word}" in text for word in words(asked))


def may_have_words(text: str, asked: str) -> bool:
    """False proves that a resource with this JSON does not have the words; nearly always it need not be read then."""
    if "&" in text or "\\" in text or "</" in text:
        return True
    folded = fold(text)
    return all(word in folded for word in words(asked))


def words(asked: str) -> list[str]:
    """The words of one value of a search."""
    return _folded(bare(asked)).split()


def _folded(text: str) -> str:
    return _APART.sub(" ", fold(text))


def _texts(resource: Mapping[str, Any], name: str) -> Iterator[str]:
    if name == "_content":
        yield from _everything(resource)
    elif name == "_text":
        narrative = resource.get("text")
        yield from _everything({"div": narrative.get("div")} if isinstance(narrative, dict) else {})
    else:
        for path in parameters_of(str(resource["resourceType"]))[name].paths:
            for value in values(resource, path):
                yield from _names(value)


def _names(value: Any) -> Iterator[str]:
    """What a CodeableConcept, Coding or Identifier is called."""
    if not isinstance(value, dict):
        return
    for name in ("text", "display"):
        if isinstance(value.get(name), str):
            yield value[name]
    coding = value.get("coding")
    for one in coding if isinstance(coding, list) else ():
        yield from _names(one)
    yield from _names(value.get("type"))


def _apart(tag: re.Match[str]) -> str:
    """What stands in the place of a tag: nothing, where it parts no words; a comment parts none."""
    within = tag[0].startswith("<!--") or (tag[1] or "").lower() in _INLINE
    return "" if within else " "


def _everything(document: Any) -> Iterator[str]:
    stack = [document]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            for name, child in value.items():
                if not isinstance(child, str):
                    stack.append(child)
                elif name not in _NO_PROSE:
                    yield html.unescape(_TAGS.sub(_apart, child)) if name == "div" else child
        elif isinstance(value, list):
            stack.extend(value)
        elif isinstance(value, str):
            yield value
