"""One entry of a Bundle -> the request it stands for. Pure. Shared by batch and transaction.

A search by POST is the same search by GET here: there is no address that its form would keep things out of.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import format_datetime
from http import HTTPStatus
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from yteso.api import rules
from yteso.api.call import Call
from yteso.base.errors import Refused
from yteso.base.http import Request
from yteso.fhir.bundle import Entry, is_form_search

_RESOURCE = "application/fhir+json"
"""What an entry of the answer can hold: of a Binary too."""
REASONS = {status.value: status.phrase for status in HTTPStatus}


def entry_request(call: Call, entry: Entry) -> Request:
    """The request; its address may be relative or start with our own. Refused (400) for the base
    address itself, unless it is searched, and for what is no resource."""
    method, path, query = _searched(entry, *_relative(entry.url, call.base).partition("?")[::2])
    first = path.strip("/").partition("/")[0]
    if first in ("openapi.json", "_bulk") or (not first and not (query and method == "GET")):
        raise Refused(rules.ENTRY_REQUEST.at(entry.origin, method=entry.method), status=400)
    conditions = {
        "if-match": entry.if_match,
        "if-none-match": entry.if_none_match,
        "if-none-exist": entry.if_none_exist,
        "if-modified-since": _http_date(entry.if_modified_since),
    }
    return Request(
        method=method,
        path=path,
        query=query,
        headers={"accept": _RESOURCE} | {name: value for name, value in conditions.items() if value},
        body=BytesIO(),
        base_url=call.request.base_url,
        remote=call.request.remote,
    )


def _searched(entry: Entry, path: str, query: str) -> tuple[str, str, str]:
    """Method, path and query; of `POST …/_search` those by GET, its form being simple values in a Parameters."""
    if entry.method != "POST" or not is_form_search(path):
        return entry.method, path, query
    form = [pair for one in (entry.resource or {}).get("parameter") or () for pair in _pairs(one)]
    return "GET", path[: -len("_search")].rstrip("/"), "&".join(filter(None, (query, urlencode(form))))


def _pairs(parameter: Any) -> Iterator[tuple[str, str]]:
    """Of one parameter its name and its value, if that is simple."""
    if isinstance(parameter, dict) and isinstance(parameter.get("name"), str):
        for name, value in parameter.items():
            if name.startswith("value") and isinstance(value, str | int | Decimal | float):
                yield parameter["name"], str(value).lower() if isinstance(value, bool) else str(value)


def _http_date(instant: str) -> str:
    """An entry has an instant where the header has an HTTP date; what is neither is passed on and means nothing."""
    try:
        return format_datetime(datetime.fromisoformat(instant).astimezone(UTC), usegmt=True)
    except (ValueError, OverflowError):
        return instant


def _relative(url: str, base: str) -> str:
    return url[len(base) :].removeprefix("/") if base and url.startswith((f"{base}/", f"{base}?")) else url
