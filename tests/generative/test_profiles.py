"""Profiles on invented input: judging never raises, whatever the document and whatever a sound definition says."""

from __future__ import annotations

from copy import deepcopy

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.validate.profiles.vn_core_examples import EXT, GOOD

from yteso.base.issue import Issue
from yteso.terminology.engine import Engine
from yteso.terminology.held import Held
from yteso.terminology.vn_core import vn_core_package
from yteso.validate import check_resource
from yteso.validate.judge import judge
from yteso.validate.profiles import Library, Shelf

RESOURCES = vn_core_package().resources
LIBRARY, CODES = Library(Shelf(RESOURCES)), Engine(Held(RESOURCES))
STRUCTURES = [one for one in RESOURCES if one["resourceType"] == "StructureDefinition"]
TEXTS = st.sampled_from(
    [
        "",
        "x",
        "Patient",
        "#x",
        "Patient.name",
        "http://fhir.hl7.org.vn/core/StructureDefinition/vn-core-patient",
        "1",
        "*",
    ]
)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def places(node, path=()):
    yield path
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for step, child in inside:
        yield from places(child, (*path, step))


def mutated(data, document):
    """The document with junk in a few places, or with parts gone."""
    document = deepcopy(document)
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from([path for path in places(document) if path]))
        holder = document
        for step in path[:-1]:
            holder = holder[step]
        if data.draw(st.booleans()):
            holder[path[-1]] = data.draw(JUNK)
        else:
            del holder[path[-1]]
        if not document:
            break
    return document


@QUICK
@given(st.data())
def test_judging_never_raises_whatever_the_document(data):
    name = data.draw(st.sampled_from(sorted(GOOD)))
    document = mutated(data, GOOD[name])
    found = judge(document, LIBRARY, CODES, profiles=[EXT + name])
    assert all(isinstance(issue, Issue) for issue in found)


@QUICK
@given(st.data())
def test_judging_never_raises_whatever_a_sound_definition_says(data):
    definition = data.draw(st.sampled_from(STRUCTURES))
    changed = mutated(data, definition)
    if not isinstance(changed, dict) or check_resource(changed) or not isinstance(changed.get("url"), str):
        return
    library = Library(Shelf([*(one for one in RESOURCES if one is not definition), changed]))
    for document in GOOD.values():
        if document["resourceType"] == definition["type"] or definition["type"] == "Extension":
            judge(document, library, CODES, profiles=[changed["url"]])
