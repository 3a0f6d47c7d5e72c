"""A JSON answer of the platform's own doors."""

from __future__ import annotations

import json

from yteso.base.http import Response


def json_of(document: object, status: int = 200) -> Response:
    """The document as UTF-8 JSON."""
    body = json.dumps(document, ensure_ascii=False, indent=1).encode()
    return Response(status, body, {"Content-Type": "application/json; charset=utf-8"})
