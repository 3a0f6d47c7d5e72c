"""Everything that can be said about a document: structure, invariants, answers, profiles. For `$validate` and files.

In: any JSON document, compiled profiles, who knows codes. Out: issues, the worst first. Bounded; never raises because
of the document.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from yteso.base.issue import Issue, Origin, Severity
from yteso.fhir.fhirpath import Surroundings
from yteso.validate.bundled import check_full_urls, check_sizes
from yteso.validate.invariants import check_invariants
from yteso.validate.profiles import Codes, Library, check_profiles
from yteso.validate.profiles.bindings import codes_in
from yteso.validate.profiles.items import Item
from yteso.validate.profiles.judge import resources_in
from yteso.validate.profiles.model import Binding
from yteso.validate.questionnaires import check_answers
from yteso.validate.questionnaires.rules import NOT_HERE
from yteso.validate.structure import check_resource

MOST_ISSUES = 200
_RANK = {severity: rank for rank, severity in enumerate(Severity)}


def judge(
    document: Any, library: Library, codes: Codes, *, profiles: Sequence[str] = (), base: bool = True
) -> tuple[Issue, ...]:
    """All issues. `base` False leaves out what the base says beyond structure: only profiles are asked."""
    issues = list(check_resource(document))
    if base:
        issues += check_invariants(document, around=_surroundings(codes), advice=False)
        issues += _answers(document, library, codes)
        issues += _in_words(document)
    issues += check_profiles(document, library, codes, profiles=profiles, whole=base)
    return tuple(sorted(issues, key=lambda issue: _RANK[issue.severity])[:MOST_ISSUES])


def _answers(document: Any, library: Library, codes: Codes) -> Iterator[Issue]:
    """What is wrong with answers, by their Questionnaires: those inside, else those that the library has."""
    for one, place in resources_in(document):
        url = one.get("questionnaire") if one["resourceType"] == "QuestionnaireResponse" else None
        if isinstance(url, str) and url:
            asked = _contained(one, url[1:]) if url[0] == "#" else library.definitions.questionnaire(url)
            if asked is None:
                yield NOT_HERE.at(Origin(field=f"{place}.questionnaire"))
            else:
                yield from check_answers(one, asked, codes, place)


def _in_words(document: Any) -> Iterator[Issue]:
    """What the base's definitions say in words alone."""
    for one, place in resources_in(document):
        yield from check_full_urls(one, place)
    if isinstance(document, dict):
        yield from check_sizes(document, str(document.get("resourceType", "")))


def _contained(resource: dict[str, Any], id: str) -> dict[str, Any] | None:
    listed = resource.get("contained")
    inner = (one for one in (listed if isinstance(listed, list) else ()) if isinstance(one, dict))
    return next((one for one in inner if (one.get("resourceType"), one.get("id")) == ("Questionnaire", id)), None)


def _surroundings(codes: Codes) -> Surroundings:
    """What `memberOf` asks."""

    def member_of(value: Any, value_set: str) -> bool | None:
        return codes_in(Item(value, None, "", ""), Binding(value_set, required=True), codes.contains)

    return Surroundings(member_of=member_of)
