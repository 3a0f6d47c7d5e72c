"""Bytes of a FHIR file (JSON, XML or NDJSON) -> a report of its structure, or a FHIRPath answer.

For the command line. In: bytes and the file's name; reading the file belongs to the caller. Out: documents for
`yteso.fhir.json.dumps` (decimals keep their digits). Nothing raises on bad bytes: a refusal is part of the report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from yteso.base.errors import Refused
from yteso.base.issue import Issue
from yteso.fhir import json, xml
from yteso.fhir.fhirpath import Surroundings, evaluate
from yteso.terminology.member_of import member_of
from yteso.validate.structure import check_resource

Report = dict[str, Any]
_BEFORE = b"\xef\xbb\xbf \t\r\n"
"""A byte order mark and blanks."""
Check = Callable[[Any], tuple[Issue, ...]]


def validate_file(data: bytes, name: str = "", check: Check = check_resource) -> Report:
    """`{file, valid, resources, issues}`: how many resources were seen (a Bundle's entries count), and what is wrong.
    `check` judges one document; without it only its structure is judged.

    `valid` is false when an issue is an error. In NDJSON each line is a resource and `row` in its issues is the line.
    """
    resources = 0
    issues: list[Issue] = []
    for row, part in _documents(data, name):
        if isinstance(part, Refused):
            found = part.issues
        else:
            resources += 1 + _entries(part)
            found = check(part)
        issues += (replace(issue, origin=replace(issue.origin, file=name, row=row)) for issue in found)
    return {
        "file": name,
        "valid": not any(issue.blocks for issue in issues),
        "resources": resources,
        "issues": [_as_json(issue) for issue in issues],
    }


def fhirpath_file(expression: str, data: bytes, name: str = "") -> Report:
    """`{file, expression, result, issues}`: the expression's values on the document; no `result` when refused."""
    try:
        result = evaluate(expression, _document(data), around=Surroundings(member_of=_member_of))
    except Refused as refused:
        issues = [_as_json(replace(issue, origin=replace(issue.origin, file=name))) for issue in refused.issues]
        return {"file": name, "expression": expression, "issues": issues}
    return {"file": name, "expression": expression, "result": result, "issues": []}


def _member_of(value: Any, value_set: str) -> bool | None:
    """By the codes of the package, which are read when an expression asks for them."""
    from yteso.terminology.builtin import TERMINOLOGY

    return member_of(TERMINOLOGY)(value, value_set)


def _documents(data: bytes, name: str) -> Iterator[tuple[int, Any]]:
    """(0, document) for one document, (line, document) for NDJSON; a `Refused` stands where nothing could be read."""
    lines = [(number, line) for number, line in enumerate(data.splitlines(), 1) if line.strip()]
    whole = _load(data)
    several = len(lines) > 1 and isinstance(whole, Refused)
    if several and (name.endswith(".ndjson") or not isinstance(_load(lines[0][1]), Refused)):
        yield from ((number, _load(line)) for number, line in lines)
    else:
        yield 0, whole


def _load(data: bytes) -> Any:
    try:
        return _document(data)
    except Refused as refused:
        return refused


def _document(data: bytes) -> Any:
    """No JSON begins with an angle bracket, and no XML with anything else."""
    return xml.loads(data) if data.lstrip(_BEFORE).startswith(b"<") else json.loads(data)


def _entries(document: Any) -> int:
    entries = document.get("entry") if isinstance(document, dict) else None
    return sum("resource" in entry for entry in entries if isinstance(entry, dict)) if isinstance(entries, list) else 0


def _as_json(issue: Issue) -> Report:
    return {
        "code": issue.code,
        "severity": issue.severity.value,
        "text": issue.text,
        "text_en": issue.text_en,
        "fix": issue.fix,
        "fix_en": issue.fix_en,
        "file": issue.origin.file,
        "row": issue.origin.row,
        "field": issue.origin.field,
    }
