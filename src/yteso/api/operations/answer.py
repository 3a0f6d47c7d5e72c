"""What an operation gives back: a Parameters resource with its parameters out (FHIR R4 §3.2.0.2). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from yteso.api.answer import json_response
from yteso.base.http import Response
from yteso.fhir import json


def parameters_response(parameters: Iterable[Mapping[str, Any]], headers: dict[str, str] | None = None) -> Response:
    """200 with `{"name": …, "value…": …}` each; FHIR has no empty lists, so none at all is told by leaving it out."""
    told = list(parameters)
    document = {"resourceType": "Parameters", **({"parameter": told} if told else {})}
    return json_response(200, json.dumps(document), headers)
