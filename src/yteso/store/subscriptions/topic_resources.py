"""The topics as resources: a Basic each, as the R5 backport conveys a SubscriptionTopic in R4. Pure.

R4 has no SubscriptionTopic; its elements are extensions of a Basic with the code `SubscriptionTopic` (example
`r4-encounter-complete` of the Subscriptions R5 Backport). `Basic?code=SubscriptionTopic` lists them; what may be
subscribed to is also in the CapabilityStatement.
"""

from __future__ import annotations

from typing import Any

from yteso import __version__
from yteso.fhir.package import Package
from yteso.standards.fhir_r4 import CANONICAL
from yteso.store.subscriptions.topics import OF_TYPE, Trigger, title_of, topics, triggers_of

Json = dict[str, Any]

PACKAGE = "yteso.subscription.topics"
CODE = {"system": "http://hl7.org/fhir/fhir-types", "code": "SubscriptionTopic"}
_TITLE = "Chủ đề đăng ký nhận thông báo · topics to subscribe to"
_R5 = "http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic."
_R4B = "http://hl7.org/fhir/4.3/StructureDefinition/extension-SubscriptionTopic."
"""The backport's example writes what is one value with R5's addresses and what has parts with R4B's."""
_VERBS = {"C": "create", "U": "update", "D": "delete"}
_FILTERS = (
    "Lọc bằng Loại?tham_số=giá_trị với mọi tham số tìm kiếm của loại · "
    "filter by Type?parameter=value with any search parameter of the type"
)


def topics_package() -> Package:
    """All of them."""
    return Package(PACKAGE, __version__, _TITLE, tuple(topic_resource(url) for url in topics()))


def topic_resource(url: str) -> Json:
    """One topic."""
    triggers = triggers_of(url)
    return {
        "resourceType": "Basic",
        "id": f"yteso-topic-{url.removeprefix(OF_TYPE)}",
        "extension": [
            {"url": f"{_R5}url", "valueUri": url},
            {"url": f"{_R5}title", "valueString": title_of(url)},
            {"url": f"{_R5}description", "valueMarkdown": _FILTERS},
            *(_extension(f"{_R4B}resourceTrigger", _trigger(one)) for one in triggers),
            *(_shape(one.type) for one in triggers),
        ],
        "modifierExtension": [{"url": f"{_R5}status", "valueCode": "active"}],
        "code": {"coding": [CODE]},
    }


def _trigger(trigger: Trigger) -> list[Json]:
    parts: list[Json] = [{"url": "resource", "valueUri": CANONICAL + trigger.type}]
    parts += [{"url": "supportedInteraction", "valueCode": _VERBS[verb]} for verb in trigger.verbs]
    if trigger.queries:
        current = {"url": "current", "valueString": "&".join(trigger.queries)}
        parts.append(_extension("queryCriteria", [current, {"url": "requireBoth", "valueBoolean": False}]))
    return parts


def _shape(type: str) -> Json:
    """The changed resource alone."""
    return _extension(f"{_R4B}notificationShape", [{"url": "resource", "valueUri": CANONICAL + type}])


def _extension(url: str, parts: list[Json]) -> Json:
    return {"url": url, "extension": parts}
