"""A token, reference or uri clause -> the facts and marks any of which answers it. The counterpart of `emit`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from yteso.fhir import reference
from yteso.search.keys import Code, Mark, contact, exact, identified, mandatory, of_system, path_key, present, typed
from yteso.search.parameters import is_shared, parameters_of
from yteso.search.query import Clause
from yteso.search.values import bare, split, split_token
from yteso.standards.fhir_r4 import ELEMENTS, RESOURCE_TYPES, Path, SearchParameter, value_set_codes

_IMPLIED_SYSTEM = frozenset({"code", "boolean", "id", "dateTime"})
_PLAIN = frozenset({"string", "uri", "url", "canonical"})
_SELECTIVE = frozenset({"Identifier", "ContactPoint", "Reference", "canonical", "uri", "url"})


def facts_of(type: str, clause: Clause) -> list[str]:
    """Every fact that satisfies the clause; its modifier (`:not` aside) is taken into account."""
    return facts_for(type, parameters_of(type)[clause.name], clause.modifier, (value for _, value in clause.values))


def facts_for(type: str, parameter: SearchParameter, modifier: str, values: Iterable[str]) -> list[str]:
    """The same for a parameter, or a part of a composite one."""
    return [fact for value in values for fact in _facts(type, parameter, modifier, value)]


def is_selective(type: str, clause: Clause) -> bool:
    """True when a value picks few rows of a type (an identifier), false for a status, a code, a profile, a system."""
    if clause.type == "string":
        return True
    picks = any(path.type in _SELECTIVE and not is_shared(path) for path in parameters_of(type)[clause.name].paths)
    return picks and not any(isinstance(fact, Mark) for fact in facts_of(type, clause))


def _facts(type: str, parameter: SearchParameter, modifier: str, value: str) -> Iterator[str]:
    for path in parameter.paths:
        key = path_key(type, path)
        if modifier == "identifier":
            yield from _identifier(key, value)
        elif modifier == "of-type":
            yield typed(key, *(bare(part) for part in split(value, "|")))
        elif modifier == "exact":
            yield exact(key, bare(value))
        elif parameter.kind == "reference" and path.type in ("Reference", "Resource"):
            yield from _reference(key, path, parameter, modifier, bare(value))
        elif parameter.kind != "token" or path.type in _PLAIN:
            yield f"{key}|{bare(value)}"
        else:
            yield from _token(type, key, path, value)
    if parameter.absent:
        yield f"{type}:{parameter.name}|{bare(value)}"


def _token(type: str, key: str, path: Path, value: str) -> Iterator[str]:
    system, code = split_token(value)
    if path.type == "ContactPoint" and code:
        yield from _contact(key, system, code)
    elif system is None or path.type in _IMPLIED_SYSTEM:
        if code and (not system or _may_imply(type, path, system)):
            yield Code(f"{key}|{code}")
    elif not code:
        yield of_system(key, system)
    else:
        yield f"{key}|{system}|{code}"


def _contact(key: str, system: str | None, value: str) -> Iterator[str]:
    """Of what kind a contact is says how it is compared; without a kind it may be a number or something else."""
    if system is not None:
        yield f"{key}|{system}|{contact(system, value)}"
    else:
        for one in dict.fromkeys((contact(None, value), contact("phone", value))):
            yield Code(f"{key}|{one}")


@lru_cache(maxsize=1024)
def _may_imply(type: str, path: Path, system: str) -> bool:
    """Whether the code's own definition can mean this system (FHIR R4 §3.1.1.4.10); where it names none, any."""
    element = ELEMENTS[type].get(".".join(path.steps))
    bound = element.value_set if element is not None else ""
    return not bound or system in value_set_codes(bound)


def _identifier(key: str, value: str) -> Iterator[str]:
    system, code = split_token(value)
    yield identified(key, system, code)[1 if system is not None else 0]


def _reference(key: str, path: Path, parameter: SearchParameter, modifier: str, value: str) -> Iterator[str]:
    """`Type/id` and absolute addresses as they are; a bare id once for each type the parameter may point to."""
    allowed = path.targets or parameter.targets
    found = reference.parse(value)
    if found.kind == "relative":
        if (not path.targets or found.type in path.targets) and modifier in ("", found.type):
            yield f"{key}|{found.type}/{found.id}"
    elif found.kind == "absolute":
        yield f"{key}|{found.base}/{found.type}/{found.id}"
    elif found.kind == "urn" or "://" in value:
        yield f"{key}|{value}"
    elif modifier:
        if not path.targets or modifier in path.targets:
            yield f"{key}|{modifier}/{value}"
    else:
        for target in allowed or sorted(RESOURCE_TYPES):
            yield f"{key}|{target}/{value}"


def presence_of(type: str, name: str) -> list[Mark] | None:
    """The facts any of which says that the parameter has a value; None when it always has one."""
    parameter = parameters_of(type)[name]
    found: list[Mark] = []
    for path in parameter.paths:
        key = path_key(type, path)
        if mandatory(type, path) and path.type != "Reference":
            return None
        if parameter.kind == "reference" and path.type == "Reference":
            targets = path.targets or tuple(sorted(RESOURCE_TYPES))
            found += [present(key, target) for target in targets] + ([] if path.targets else [present(key)])
        else:
            found.append(present(key))
    return found


def references_to(type: str, parameter: SearchParameter, target: str, ids: Iterable[str]) -> list[str]:
    """The facts by which a reference parameter leads to any of these resources of one type."""
    keys = [
        path_key(type, path)
        for path in parameter.paths
        if path.type == "Reference" and (not path.targets or target in path.targets)
    ]
    return [f"{key}|{target}/{id}" for id in ids for key in keys]
