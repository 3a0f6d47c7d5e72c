"""Links between pages. A next link is opaque: it carries the whole question and the place, and no value in plain sight.

The question in it is asked anew with the rights of whoever follows the link; the link itself grants nothing.
"""

from __future__ import annotations

import base64
import binascii
from functools import lru_cache
from urllib.parse import quote_plus

from yteso.api import rules
from yteso.api.call import MAX_PARAMETERS, Call, Params
from yteso.base.errors import Refused
from yteso.base.issue import Origin
from yteso.fhir import json
from yteso.search.parse import MAX_COUNT

PAGE = "_page"

GENERAL = frozenset([PAGE, "_format", "_pretty"])
"""General parameters that are answered by the door and mean nothing to a search or an operation."""

_LOOK = frozenset(["_format", "_pretty"])
"""Those that tell how an answer looks: who asks for them means the next page too."""


def read_page(call: Call) -> tuple[Params, str]:
    """The parameters to answer and the store's cursor: of the request, or of the page link it follows."""
    token = call.param(PAGE)
    if not token:
        return tuple(pair for pair in call.params if pair[0] not in GENERAL), ""
    return unpack(token)


def unpack(token: str) -> tuple[Params, str]:
    """What `next_url` packed. Refused (400) when the token is not one of ours."""
    try:
        packed = json.loads(base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True))
        cursor, *pairs = packed
        params = tuple((str(name), str(value)) for name, value in pairs)
    except (binascii.Error, ValueError, TypeError, Refused) as error:
        raise Refused(rules.BAD_PAGE.at(Origin(field=PAGE)), status=400) from error
    if not isinstance(cursor, str) or len(params) > MAX_PARAMETERS:
        raise Refused(rules.BAD_PAGE.at(Origin(field=PAGE)), status=400)
    return params, cursor


def self_url(call: Call, params: Params) -> str:
    """The address that asks the same again. Its `_count` is the one in force (FHIR R4 §3.1.1.5.2)."""
    return _url(call, tuple((name, _capped(value) if name == "_count" else value) for name, value in params))


def _capped(count: str) -> str:
    return str(MAX_COUNT) if count.isascii() and count.isdigit() and int(count[:9]) > MAX_COUNT else count


def next_url(call: Call, params: Params, cursor: str) -> str:
    """The address of the next page."""
    token = base64.b64encode(json.dumps([cursor, *(list(pair) for pair in params)]), altchars=b"-_").decode()
    return _url(call, ((PAGE, token),))


@lru_cache(maxsize=4096)
def _quoted(text: str) -> str:
    return quote_plus(text, safe="|,:/$")


def _url(call: Call, params: Params) -> str:
    path = f"/{call.request.path.strip('/')}".removesuffix("/_search").strip("/")
    kept = tuple(pair for pair in call.params if pair[0] in _LOOK)
    query = "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in (*params, *kept))
    address = f"{call.base}/{path}" if path else call.base
    return f"{address}?{query}" if query else address
