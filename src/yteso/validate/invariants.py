"""Does a resource satisfy the invariants of R4's base definitions? Structure is `structure`'s question, asked before.

    check_invariants(resource)                                     # -> numbered issues, none when all hold
    check_invariants(resource, around=Surroundings(resolve=…))     # what references mean, `memberOf`, `conformsTo`
    check_invariants(resource, advice=False)                       # errors only

In: a document as `fhir.json.loads` gives it. Out: FHIR-2301 (broken), FHIR-2302 (a recommendation not followed) and
FHIR-2303 (cannot be evaluated), each with the FHIRPath of the place and the invariant's key, at most MOST_ISSUES. The
document is walked once; at every place what its type demands is asked by programs compiled once. Resources inside
(contained, Bundle entries, Parameters) are judged by their own types. Profiles ask further invariants by `judge` of
`invariant_programs` and `decide`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

from yteso.base.errors import Refused
from yteso.base.issue import Issue, Origin
from yteso.fhir.fhirpath import Context, Node, Surroundings, run
from yteso.fhir.fhirpath.shapes import resource_shape
from yteso.standards.fhir_r4 import Invariant
from yteso.validate.invariant_programs import Judge, Place, common, place_of
from yteso.validate.invariant_rules import ADVISED, BROKEN, UNDECIDED
from yteso.validate.structure import MOST_ISSUES
from yteso.validate.structure_rules import expression

_STEPS = 5_000_000
"""Items that the invariants of one document may touch together; a whole Bundle of 10,000 entries needs a tenth."""
_NOBODY = Surroundings()
_DEEPEST = 200


class Found(NamedTuple):
    """One invariant that does not hold (or could not be asked), at a path from there outwards: its last part first."""

    invariant: Invariant
    path: list[str | int]
    decided: bool = True


def check_invariants(resource: Any, *, around: Surroundings = _NOBODY, advice: bool = True) -> tuple[Issue, ...]:
    """The issues (FHIR-23xx) of a resource and of those inside it. Nothing raises; what is no resource has none."""
    shape = resource_shape(resource)
    if shape.free:
        return ()
    node = Node(resource, shape)
    context = Context(node, node, [node], around, _STEPS)
    found = _resource(place_of(shape), resource, context, contained=False)
    return tuple(islice(_issues(found, shape.type, advice=advice), MOST_ISSUES)) if found else ()


def decide(judge: Judge, context: Context, item: Any) -> bool | None:
    """Does an invariant hold at an item? None when it cannot be evaluated there."""
    context.focus = [item]
    try:
        answer = run(judge.ask, context)
    except Refused:
        return None
    if not answer:
        return judge.unknown_holds
    return len(answer) == 1 and answer[0] is True


def _issues(found: list[Found], root: str, *, advice: bool) -> Iterator[Issue]:
    for invariant, path, decided in found:
        if not (advice or invariant.error):
            continue
        rule = (BROKEN if invariant.error else ADVISED) if decided else UNDECIDED
        place = Origin(field=expression(root, path[::-1]))
        yield rule.at(place, key=invariant.key, human=invariant.human)


def _resource(place: Place, value: dict[str, Any], context: Context, *, contained: bool) -> list[Found]:
    found = _element(place, value, context, 0)
    if "DomainResource" in place.shape.ancestors:
        found += [Found(_domain(key), []) for key in _domain_faults(value, contained=contained)]
    return found


def _inner(value: dict[str, Any], key: str, context: Context) -> list[Found]:
    """A resource inside: one in `contained` keeps the container as root, any other is a root itself."""
    shape = resource_shape(value)
    if shape.free:
        return []
    node = Node(value, shape)
    contained = key == "contained"
    inside = Context(node, context.root if contained else node, [node], context.around, context.budget)
    found = _resource(place_of(shape), value, inside, contained=contained)
    context.budget = inside.budget
    return found


def _element(place: Place, value: dict[str, Any], context: Context, depth: int) -> list[Found]:
    found: list[Found] = []
    if place.judges:
        _ask(place, Node(value, place.shape), context, found)
    if not place.twin and _only_id(value):
        found.append(Found(_element_rule(), []))
    if place.extension and ("extension" in value) == any(key.startswith(("value", "_value")) for key in value):
        found.append(Found(_extension_rule(), []))
    if depth > _DEEPEST:
        return found
    below = place.below
    for key, child in value.items():
        inner = below.get(key)
        if inner is None:
            continue
        if inner.twin:
            found += _bare(key, child, value.get(key[1:]))
        if type(child) is list:
            for index, one in enumerate(child):
                _under(inner, one, key, context, depth, found, index)
        else:
            _under(inner, child, key, context, depth, found)
    return found


def _bare(key: str, twin: Any, value: Any) -> list[Found]:
    """Primitives with neither a value nor an extension: an id alone is no content (`ele-1`)."""
    if type(twin) is not list:
        return [Found(_element_rule(), [key[1:]])] if value is None and _only_id(twin) else []
    values = value if type(value) is list else []
    return [
        Found(_element_rule(), [index, key[1:]])
        for index, one in enumerate(twin)
        if _only_id(one) and (index >= len(values) or values[index] is None)
    ]


def _only_id(value: Any) -> bool:
    return type(value) is dict and len(value) == 1 and "id" in value


def _under(
    inner: Place, child: Any, key: str, context: Context, depth: int, found: list[Found], index: int = -1
) -> None:
    if type(child) is dict:
        some = _inner(child, key, context) if inner.resource else _element(inner, child, context, depth + 1)
    elif inner.judges and child is not None:
        some = []
        _ask(inner, Node(child, inner.shape), context, some)
    else:
        return
    for one in some:
        if index >= 0:
            one.path.append(index)
        one.path.append(key)
        found.append(one)


def _ask(place: Place, node: Node, context: Context, found: list[Found]) -> None:
    for judge in place.judges:
        answer = decide(judge, context, node)
        if answer is not True:
            found.append(Found(judge.invariant, [], answer is not None))


def _domain_faults(value: dict[str, Any], *, contained: bool) -> Iterator[str]:
    """Keys of the `dom-*` that a resource breaks; a contained one needs no narrative of its own (§2.3.3)."""
    rows = value.get("contained")
    if isinstance(rows, list):
        inside = [one for one in rows if isinstance(one, dict)]
        metas = [meta for one in inside if isinstance(meta := one.get("meta"), dict)]
        if any("contained" in one for one in inside):
            yield "dom-2"
        wanted = [f"#{one.get('id')}" for one in inside if not _refers(one, {"#"})]
        if not _refers(value, set(wanted)):
            yield "dom-3"
        if any("versionId" in meta or "lastUpdated" in meta for meta in metas):
            yield "dom-4"
        if any("security" in meta for meta in metas):
            yield "dom-5"
    text = value.get("text")
    if not contained and not (isinstance(text, dict) and "div" in text):
        yield "dom-6"


def _refers(value: Any, wanted: set[str]) -> bool:
    """Is each of these texts somewhere in the value? Only references and links begin with `#` and end with an id."""
    missing = set(wanted)
    waiting = [value]
    while waiting and missing:
        one = waiting.pop()
        if type(one) is dict:
            waiting += one.values()
        elif type(one) is list:
            waiting += one
        elif type(one) is str and one[:1] == "#":
            missing.discard(one)
    return not missing


@cache
def _domain(key: str) -> Invariant:
    return common("DomainResource", key)


@cache
def _element_rule() -> Invariant:
    return common("Element", "ele-1")


@cache
def _extension_rule() -> Invariant:
    return common("Extension", "ext-1")
