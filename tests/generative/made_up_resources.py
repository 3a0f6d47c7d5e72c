"""Resources of any type, made up from the element tables: valid in structure, odd in content.

What R4 demands is always there, of the rest a few elements; every primitive may carry an id and extensions, every text
what is hard in JSON or XML. The tests that use it assert themselves that the resources pass the structure check.
"""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from yteso.standards.fhir_r4 import ELEMENTS, PRIMITIVES, RESOURCE_TYPES, value_set_codes

BACKBONES = ("BackboneElement", "Element")
DEEPEST = 3
NEVER = {"contained", "implicitRules", "language"}

TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
    | st.sampled_from("\t\r\n<>&\"' "),
    min_size=1,
    max_size=12,
)
DECIMALS = st.integers(-(10**9), 10**9) | st.decimals(
    min_value=-(10**6), max_value=10**6, places=3, allow_nan=False
).map(Decimal)
NARRATIVES = TEXTS.map(
    lambda text: '<div xmlns="http://www.w3.org/1999/xhtml">{}<br /></div>'.format(
        text.replace("&", "&amp;").replace("<", "&lt;")
    )
)
VALUES = {
    "boolean": st.booleans(),
    "decimal": DECIMALS,
    "integer": st.integers(-(2**31), 2**31 - 1),
    "unsignedInt": st.integers(0, 2**31 - 1),
    "positiveInt": st.integers(1, 2**31 - 1),
    "string": TEXTS,
    "markdown": TEXTS,
    "xhtml": NARRATIVES,
    "date": st.sampled_from(["2026", "2026-02", "2024-02-29"]),
    "dateTime": st.sampled_from(["2026", "2026-02-03", "2026-02-03T04:05:06.789+07:00"]),
    "instant": st.sampled_from(["2026-02-03T04:05:06Z", "2026-02-03T04:05:06.1-14:00"]),
    "time": st.sampled_from(["00:00:00", "23:59:60.123"]),
    "oid": st.just("urn:oid:2.16.840"),
    "uuid": st.just("urn:uuid:c757873d-ec9a-4326-a141-556f43239520"),
    "base64Binary": st.sampled_from(["QQ==", "YcO0 QUJD"]),
    "id": st.from_regex(r"[A-Za-z0-9\-.]{1,10}", fullmatch=True),
    "code": st.sampled_from(["a", "b c", "<&>"]),
}
ADDRESSES = st.sampled_from(["urn:x", "http://y/z?a=1&b=2", "#q"])
EXTRAS = st.fixed_dictionaries(
    {"extension": st.just([{"url": "urn:x", "valueString": "y"}])}, optional={"id": st.sampled_from(["i", "k 1"])}
)


def resources(type_: str = ""):
    """Any resource, or any of one type."""
    names = st.just(type_) if type_ else st.sampled_from(sorted(RESOURCE_TYPES))
    return names.flatmap(lambda name: resource(name, 0))


@st.composite
def resource(draw, type_, depth):
    return {"resourceType": type_} | draw(inside(type_, "", depth))


@st.composite
def inside(draw, owner, path, depth):
    """The members of one object; at the deepest level only what must be there."""
    children = [element for element in ELEMENTS[owner].values() if element.parent == path]
    wanted = [element for element in children if element.min or (owner, element.name) == ("Extension", "value[x]")]
    others = [element for element in children if element not in wanted and element.name not in NEVER]
    if depth < DEEPEST and others:
        few = draw(st.lists(st.sampled_from(others), max_size=4, unique_by=lambda element: element.path))
        wanted += few or ([] if wanted else others[:1])
    elif not wanted:
        wanted = [next(element for element in others if element.types and element.types[0] in PRIMITIVES)]
    made = {}
    for element in wanted:
        made |= draw(member(owner, element, depth))
    return made


@st.composite
def member(draw, owner, element, depth):
    names = element.json_names
    flat = [name for name in names if names[name] in PRIMITIVES] if depth >= DEEPEST else []
    name = draw(st.sampled_from(flat or list(names)))
    type_ = names[name]
    one = value(owner, element, type_, depth)
    if type_ not in PRIMITIVES:
        return {name: draw(st.lists(one, min_size=1, max_size=2) if element.max is None else one)}
    bare = type_ == "xhtml" or (name == "id") or (owner, name) == ("Extension", "url")
    if element.max is not None:
        return {name: draw(one)} | ({} if bare or draw(st.booleans()) else {f"_{name}": draw(EXTRAS)})
    values = draw(st.lists(st.none() | one, min_size=1, max_size=3))
    if None not in values:
        return {name: values}
    extras = [draw(EXTRAS) if item is None else None for item in values]
    return {f"_{name}": extras} | ({} if values == [None] * len(values) else {name: values})


def value(owner, element, type_, depth):
    if element.content:
        return inside(owner, element.content, depth + 1)
    if type_ in BACKBONES:
        return inside(owner, element.path, depth + 1)
    if type_ == "Resource":
        return resource("Basic", DEEPEST)
    if element.value_set and type_ == "code":
        codes = sorted(code for codes in value_set_codes(element.value_set).values() for code in codes)
        return st.sampled_from(codes)
    if (owner, element.path) == ("Reference", "reference"):
        return ADDRESSES
    if type_ in PRIMITIVES:
        return VALUES.get(type_, ADDRESSES)
    if element.value_set:
        choices = [(system, code) for system, codes in value_set_codes(element.value_set).items() for code in codes]
        bound = st.sampled_from(sorted(choices)).map(lambda pair: {"system": pair[0], "code": pair[1]})
        return bound if type_ == "Coding" else bound.map(lambda coding: {"coding": [coding]})
    return inside(type_, "", depth + 1)
