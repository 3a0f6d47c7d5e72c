"""history of one resource, of a type, of everything: `GET …/_history` (FHIR R4 §3.1.0.10). In pages, newest first
unless `_sort=_lastUpdated` asks for the oldest first.
"""

from __future__ import annotations

from datetime import datetime

from yteso.api import rules
from yteso.api.answer import Link, historyset, json_response
from yteso.api.call import Call, Params
from yteso.api.own_secrets import as_given
from yteso.api.page import next_url, read_page, self_url
from yteso.base.clock import VIETNAM
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.base.issue import Origin
from yteso.fhir.dates import interval, moment
from yteso.store.protocol import Span

_USUAL = 100
_MOST = 1000
_EARLIEST, _LATEST = 1900, 9000
_KNOWN = ("_since", "_at", "_count", "_sort")


def history(call: Call) -> Response:
    """A Bundle of versions; 404 when the resource never was, or is not visible. `_count=0`: how many there are."""
    params, cursor = read_page(call)
    if call.prefer.strict:
        _refuse_unknown(params)
    asked = {**dict.fromkeys(_KNOWN, ""), **dict(params)}
    when = Span(_instant("_since", asked["_since"]), _within(asked["_at"]), _oldest_first(asked["_sort"]))
    count = _count(asked["_count"])
    with call.reading() as conn:
        page = call.engine.store.history(
            conn, call.who, call.limit, call.type, call.id, when=when, count=count, cursor=cursor
        )
    found = page.matches or page.total
    if call.id and not found and not cursor and when == Span(oldest_first=when.oldest_first):
        raise Refused(rules.NOT_FOUND.at(type=call.type), status=404)
    used = tuple(pair for pair in params if pair[0] in _KNOWN)
    links = [Link("self", self_url(call, used))]
    if page.next:
        links.append(Link("next", next_url(call, used, page.next)))
    return json_response(200, historyset(call, as_given(call, page.matches), links, page.total))


def _refuse_unknown(params: Params) -> None:
    """With `Prefer: handling=strict` a parameter that no history has is refused (400)."""
    for name, _ in params:
        if name not in _KNOWN:
            raise Refused(rules.HISTORY_PARAMETER.at(Origin(field=name[:64]), known=", ".join(_KNOWN)), status=400)


def _within(text: str) -> tuple[datetime, datetime] | None:
    """The first and last moment of `_at=2026`, `2026-11-25`, …; versions that were current in between are told."""
    if not text:
        return None
    found = interval(text.strip().replace(" ", "+"))
    if found is None or not _EARLIEST <= int(text.strip()[:4]) <= _LATEST:
        raise Refused(rules.BAD_INSTANT.at(Origin(field="_at"), name="_at"), status=400)
    return moment(found[0]), moment(found[1])


def _oldest_first(text: str) -> bool:
    if text not in ("", "_lastUpdated", "-_lastUpdated"):
        raise Refused(rules.HISTORY_SORT.at(Origin(field="_sort")), status=400)
    return text == "_lastUpdated"


def _instant(name: str, text: str) -> datetime | None:
    """A moment; without a zone it is meant in Vietnam. A "+" that a query string turned into a space is put back."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.strip().replace(" ", "+"))
    except ValueError as error:
        raise Refused(rules.BAD_INSTANT.at(Origin(field=name), name=name), status=400) from error
    if not _EARLIEST <= moment.year <= _LATEST:
        raise Refused(rules.BAD_INSTANT.at(Origin(field=name), name=name), status=400)
    return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)


def _count(text: str) -> int:
    if not text:
        return _USUAL
    if not (text.isascii() and text.isdigit()):
        raise Refused(rules.BAD_NUMBER.at(Origin(field="_count"), name="_count"), status=400)
    return min(int(text[:9]), _MOST)
