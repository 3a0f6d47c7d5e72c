"""VN Core as we know it: each profile takes a good example, and refuses one broken for each of its constraints."""

import re
from copy import deepcopy

import pytest

from yteso.terminology.engine import Engine
from yteso.terminology.held import Held
from yteso.terminology.vn_core import vn_core_package
from yteso.validate import check_resource
from yteso.validate.profiles import Library, Shelf, check_profiles

from .vn_core_examples import BASE, BROKEN, CS, EXT, GONE, GOOD

PACKAGE = vn_core_package()
LIBRARY = Library(Shelf(PACKAGE.resources))
CODES = Engine(Held(PACKAGE.resources))


def judged(id, resource):
    issues = check_profiles(resource, LIBRARY, CODES, profiles=[EXT + id])
    return [(issue.code, issue.origin.field) for issue in issues]


def put(node, path, value):
    for step in path[:-1]:
        node = node[step]
    if value is GONE:
        del node[path[-1]]
    else:
        node[path[-1]] = value


def test_every_profile_has_a_good_example():
    profiles = {
        one["id"]
        for one in PACKAGE.resources
        if one["resourceType"] == "StructureDefinition" and one["type"] != "Extension"
    }
    assert profiles - {"vn-core-address"} == set(GOOD)  # an address is judged inside a patient


@pytest.mark.parametrize("id", GOOD)
def test_a_good_example_passes(id):
    assert check_resource(GOOD[id]) == ()
    assert judged(id, GOOD[id]) == []


@pytest.mark.parametrize(("id", "path", "value", "code", "place"), BROKEN)
def test_an_example_broken_for_one_constraint_is_told(id, path, value, code, place):
    broken = deepcopy(GOOD[id])
    put(broken, path, value)
    assert (code, place) in judged(id, broken)


def test_every_artefact_is_sound_a_draft_and_says_where_it_comes_from():
    kinds = {one["resourceType"] for one in PACKAGE.resources}
    assert kinds == {"CodeSystem", "ValueSet", "NamingSystem", "StructureDefinition", "SearchParameter"}
    for one in PACKAGE.resources:
        assert check_resource(one) == (), one["id"]
        operative = one["resourceType"] == "SearchParameter"
        assert one["status"] == "active" if operative else one["status"] in ("draft", "retired"), one["id"]
        assert one["meta"]["tag"][0]["code"] in ("seen", "inferred"), one["id"]
        assert " · " in one.get("title", one["description"]), one["id"]
        assert "Căn cứ · basis: " in one.get("purpose", one["description"]), one["id"]


def test_every_extension_and_value_set_that_is_used_is_in_the_package():
    text = str(PACKAGE.resources)
    urls = {one.get("url") for one in PACKAGE.resources}
    used = set(re.findall(rf"{BASE}/(?:StructureDefinition|ValueSet|CodeSystem)/[\w-]+", text))
    assert used - urls - {CS + "vn-icd10-cs"} == set()
