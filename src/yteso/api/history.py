"""history of one resource, of a type, of everything: `GET …/_history` (FHIR R4 §3.1.0.10). Newest first, in pages."""

from __future__ import annotations

from datetime import datetime

from yteso.api import rules
from yteso.api.answer import Link, historyset, json_response
from yteso.api.call import Call
from yteso.api.page import next_url, read_page, self_url
from yteso.base.clock import VIETNAM
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.base.issue import Origin

_USUAL = 100
_MOST = 1000
_EARLIEST, _LATEST = 1900, 9000


def history(call: Call) -> Response:
    """A Bundle of versions; 404 when the resource never was, or is not visible."""
    params, cursor = read_page(call)
    since = _instant("_since", dict(params).get("_since", ""))
    count = _count(dict(params).get("_count", ""))
    with call.connection() as conn:
        page = call.engine.store.history(
            conn, call.who, call.limit, call.type, call.id, since=since, count=count, cursor=cursor
        )
    if call.id and not page.matches and not cursor and since is None:
        raise Refused(rules.NOT_FOUND.at(type=call.type), status=404)
    links = [Link("self", self_url(call, params))]
    if page.next:
        links.append(Link("next", next_url(call, params, page.next)))
    return json_response(200, historyset(call, page.matches, links, page.total))


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
    return min(max(int(text[:9]), 1), _MOST)
