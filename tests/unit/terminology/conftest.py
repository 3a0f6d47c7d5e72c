"""A small world of code systems and value sets, and an engine over it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from yteso.terminology.builtin import leads
from yteso.terminology.code_system import CodeSystem
from yteso.terminology.engine import Engine
from yteso.terminology.read_code_system import read_code_system

FRUIT = "urn:test:fruit"
COLOUR = "urn:test:colour"


class World:
    """`terminology.protocol.Content` over resources given by hand."""

    def __init__(self, *resources: dict[str, Any]) -> None:
        self.resources = list(resources)
        self._ready: dict[int, CodeSystem] = {}

    def _find(self, type_: str, url: str, version: str) -> dict[str, Any] | None:
        found = [r for r in self.resources if r["resourceType"] == type_ and r.get("url") == url]
        return next((r for r in found if version in ("", r.get("version", ""))), None)

    def code_system(self, url: str, version: str = ""):
        found = self._find("CodeSystem", url, version)
        if found is not None and id(found) not in self._ready:
            self._ready[id(found)] = read_code_system(found)
        return self._ready[id(found)] if found else None

    def value_set(self, url: str, version: str = ""):
        return self._find("ValueSet", url, version)

    def all_codes_of(self, url: str) -> str:
        return next((r["url"] for r in self.resources if r.get("valueSet") == url), "")

    def concept_map(self, url: str, version: str = ""):
        return self._find("ConceptMap", url, version)

    def concept_maps(self, source: str, target: str) -> Iterable[dict[str, Any]]:
        return [r for r in self.resources if r["resourceType"] == "ConceptMap" and leads(r, source, target)]


def fruit(**more: Any) -> dict[str, Any]:
    return {
        "resourceType": "CodeSystem",
        "url": FRUIT,
        "version": "1",
        "valueSet": "urn:test:all-fruit",
        "content": "complete",
        "hierarchyMeaning": "is-a",
        "property": [{"code": "season", "type": "string"}],
        "concept": [
            {
                "code": "citrus",
                "display": "Citrus",
                "property": [{"code": "notSelectable", "valueBoolean": True}],
                "concept": [
                    {
                        "code": "lime",
                        "display": "Lime",
                        "designation": [{"language": "vi", "value": "Chanh xanh"}],
                        "property": [{"code": "season", "valueString": "summer"}],
                        "concept": [{"code": "key-lime", "display": "Key lime"}],
                    },
                    {
                        "code": "pomelo",
                        "display": "Pomelo",
                        "designation": [{"language": "vi", "value": "Bưởi Đoan Hùng"}],
                    },
                ],
            },
            {"code": "mango", "display": "Mango", "property": [{"code": "inactive", "valueBoolean": True}]},
        ],
        **more,
    }


def value_set(url: str, *include: dict[str, Any], **compose: Any) -> dict[str, Any]:
    return {"resourceType": "ValueSet", "url": url, "compose": {"include": list(include), **compose}}


@pytest.fixture
def engine_over():
    return lambda *resources: Engine(World(*resources))
