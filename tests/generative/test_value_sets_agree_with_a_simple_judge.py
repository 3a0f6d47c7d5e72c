"""Invented code systems and value sets: what is listed, what is contained and what is judged right are the same codes.

The judge reads FHIR R4 §4.9.5 word by word over plain sets, without any of the engine's structures.
"""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.terminology.conftest import World

from yteso.terminology.engine import Engine
from yteso.terminology.expansion import Wanted, expand
from yteso.terminology.validation import Coded, Judge

CODES = [f"{letter}{n}" for letter in "abc" for n in range(4)]
SYSTEMS = ["urn:one", "urn:two"]
SETS = ["urn:s0", "urn:s1", "urn:s2", "urn:s3"]
code = st.sampled_from(CODES)


@st.composite
def code_systems(draw, url):
    """A flat list in which each code may stand below earlier ones, with a property, some codes inactive."""
    chosen = draw(st.lists(code, min_size=1, max_size=10, unique=True))
    concepts = []
    for n, one in enumerate(chosen):
        parents = draw(st.lists(st.sampled_from(chosen[:n]), max_size=2, unique=True)) if n else []
        properties = [{"code": "parent", "valueCode": parent} for parent in parents]
        if draw(st.booleans()):
            properties.append({"code": "size", "valueString": draw(st.sampled_from(["s", "m"]))})
        if draw(st.booleans()):
            properties.append({"code": "inactive", "valueBoolean": True})
        concepts.append({"code": one, "display": f"Tên {one}", "property": properties})
    meaning = draw(st.sampled_from(["is-a", "part-of", "classified-with"]))
    declared = [{"code": "size", "type": "string"}]
    return {
        "resourceType": "CodeSystem",
        "url": url,
        "content": "complete",
        "hierarchyMeaning": meaning,
        "property": declared,
        "concept": concepts,
    }


filters = st.one_of(
    st.tuples(st.just("concept"), st.sampled_from(["is-a", "descendent-of", "is-not-a", "generalizes"]), code),
    st.tuples(st.just("size"), st.sampled_from(["=", "in", "not-in"]), st.sampled_from(["s", "m", "s,m", "x"])),
    st.tuples(st.sampled_from(["size", "parent"]), st.just("exists"), st.sampled_from(["true", "false"])),
    st.tuples(st.just("code"), st.just("regex"), st.sampled_from(["a.", "[ab][0-1]", ".*", "x+"])),
)


@st.composite
def parts(draw, n):
    """An include or exclude; a set imports only earlier ones, so that there is no circle."""
    part = {}
    if draw(st.booleans()) or not n:
        part["system"] = draw(st.sampled_from(SYSTEMS))
        kind = draw(st.sampled_from(["all", "listed", "filtered"]))
        if kind == "listed":
            part["concept"] = [{"code": one} for one in draw(st.lists(code, min_size=1, max_size=5, unique=True))]
        elif kind == "filtered":
            found = draw(st.lists(filters, min_size=1, max_size=2))
            part["filter"] = [{"property": p, "op": o, "value": v} for p, o, v in found]
    if n and (not part or draw(st.booleans())):
        part["valueSet"] = draw(st.lists(st.sampled_from(SETS[:n]), min_size=1, max_size=2, unique=True))
    return part


@st.composite
def worlds(draw):
    systems = [draw(code_systems(url)) for url in SYSTEMS]
    sets = []
    for n, url in enumerate(SETS):
        compose = {"include": draw(st.lists(parts(n), min_size=1, max_size=3))}
        if draw(st.booleans()):
            compose["exclude"] = draw(st.lists(parts(n), min_size=1, max_size=2))
        if draw(st.booleans()):
            compose["inactive"] = draw(st.booleans())
        sets.append({"resourceType": "ValueSet", "url": url, "compose": compose})
    return systems, sets


def judged(systems, sets, url) -> set[tuple[str, str]]:
    """The codes of a value set, as the standard defines them."""
    concepts = {s["url"]: {c["code"]: c for c in s["concept"]} for s in systems}
    meaning = {s["url"]: s["hierarchyMeaning"] for s in systems}

    def values(system, one, name):
        return [p[next(k for k in p if k != "code")] for p in concepts[system][one]["property"] if p["code"] == name]

    def above(system, one):
        reached, waiting = set(), [one]
        while waiting:
            each = waiting.pop()
            if each in concepts[system] and each not in reached:
                reached.add(each)
                waiting += values(system, each, "parent") if meaning[system] != "part-of" else []
        return reached

    def passes(system, one, rule):
        name, op, value = rule["property"], rule["op"], rule["value"]
        if op == "is-a":
            return value in above(system, one)
        if op == "descendent-of":
            return value in above(system, one) and one != value
        if op == "is-not-a":
            return value not in above(system, one)
        if op == "generalizes":
            return one in above(system, value)
        if op == "regex":
            letters = {"a.": one[0] == "a", "[ab][0-1]": one[0] in "ab" and one[1] in "01", ".*": True, "x+": False}
            return letters[value]
        found = values(system, one, name)
        if op == "exists":
            return bool(found) is (value == "true")
        wanted = value.split(",") if op != "=" else [value]
        return any(each in wanted for each in found) is not (op == "not-in")

    def of_part(part):
        found = None
        if "system" in part:
            system = part["system"]
            if "concept" in part:
                found = {(system, c["code"]) for c in part["concept"]}
            else:
                rules = part.get("filter", [])
                found = {(system, c) for c in concepts[system] if all(passes(system, c, rule) for rule in rules)}
        for imported in part.get("valueSet", []):
            inner = of_set(imported)
            found = inner if found is None else found & inner
        return found

    def of_set(name):
        compose = next(s["compose"] for s in sets if s["url"] == name)
        found = set().union(*(of_part(part) for part in compose["include"]))
        found -= set().union(*(of_part(part) for part in compose.get("exclude", [])))
        if compose.get("inactive") is False:
            found = {(s, c) for s, c in found if c not in concepts[s] or True not in values(s, c, "inactive")}
        return found

    return of_set(url)


@settings(max_examples=200, deadline=None)
@given(worlds())
def test_what_is_listed_contained_and_judged_right_are_the_codes_the_standard_means(world):
    systems, sets = world
    engine = Engine(World(*systems, *sets))
    judge = Judge(engine, "2026-11-25")
    for url in SETS:
        expected = judged(systems, sets, url)
        ready = engine.value_set(url)
        listed = expand({"url": url}, ready, Wanted(), "2026-11-25T08:00:00+07:00")["expansion"]
        members = [(one["system"], one["code"]) for one in listed.get("contains", [])]
        assert set(members) == expected
        assert listed["total"] == len(members) == len(expected)
        assert {(s, c) for s, codes in engine.expand(url).items() for c in codes} == expected
        for system in SYSTEMS:
            for one in CODES:
                inside = (system, one) in expected
                assert engine.contains(url, system, one) is inside
                assert judge.in_set(ready, Coded(system, one)).result is inside
        for one in CODES:
            assert engine.contains(url, "", one) is any((system, one) in expected for system in SYSTEMS)
