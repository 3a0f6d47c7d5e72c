"""What an official example says about itself, as searches that must find it. Independent of the server's own index.

In: a resource and the official expression of a search parameter, read here by a few rules of its own (paths, `as`,
`where`, unions: all that R4's parameters use). Out: query values in FHIR's syntax, with the escapes of §3.1.1.4.
"""

from __future__ import annotations

import re
from itertools import product

from yteso.standards.fhir_r4 import ELEMENTS, PRIMITIVES, RESOURCE_TYPES

STEP = re.compile(
    r"\.?(where\((?P<name>\w+)\s*=\s*'(?P<wanted>[^']*)'\)"
    r"|where\(resolve\(\) is (?P<target>\w+)\)"
    r"|where\(hasExtension\('(?P<holding>[^']*)'\)\)"
    r"|extension\('(?P<url>[^']*)'\)"
    r"|(?:as|ofType)\((?P<as>\w+)\)"
    r"|(?P<child>\w+))|\[(?P<index>\d+)\]"
)
UNION = re.compile(r"\|")
PARTS = {
    "HumanName": ("family", "given", "text"),
    "Address": ("city", "district", "state", "country", "line", "text"),
}
LONGEST = 200
"""Characters of a text that are asked for: a search by string finds what begins so."""


def searches(resource, parameter):
    """The values to ask the parameter for, so that the resource must be found."""
    if parameter.kind == "composite":
        yield from _composite(resource, parameter)
        return
    for value, type_ in values(resource, parameter.expression):
        if type_ not in RESOURCE_TYPES or type_ in parameter.targets:
            yield from asked(parameter.kind, value, type_)


def _composite(resource, parameter):
    """Parts joined by `$`, for each element in which they hold together."""
    for number, context in enumerate(parameter.paths):
        for element in _follow([resource], context.steps):
            parts = [_part(element, part.kind, part.paths[number], len(context.steps)) for part in parameter.components]
            yield from map("$".join, product(*parts))


def _part(element, kind, paths, above):
    """What one part of a composite says within the element; `above`: steps from the resource to it."""
    found = ((value, path.type) for path in paths for value in _follow([element], path.steps[above:]))
    return [text for value, type_ in found for text in asked(kind, value, type_)]


def _follow(nodes, steps):
    for step in steps:
        found = [node[step] for node in nodes if isinstance(node, dict) and step in node]
        nodes = [one for value in found for one in (value if isinstance(value, list) else [value])]
    return nodes


def values(resource, expression):
    """(value, FHIR type) of everything the expression yields; an extension stands for its value."""
    for part in UNION.split(expression):
        for value, type_ in _evaluate(resource, part.strip()):
            if type_ == "Extension":
                yield from ((inner, inner_type) for inner, inner_type, _ in _children(value, type_, "", "value"))
            else:
                yield value, type_


def _evaluate(resource, part):
    cast = re.fullmatch(r"\(?([\w.\[\]]+) as (\w+)\)?(.*)", part)
    path = f"{cast[1]}.as({cast[2]}){cast[3]}" if cast else part
    if path.startswith("Patient.deceased.exists()"):
        dead = resource.get("deceasedBoolean", "deceasedDateTime" in resource)
        return [(dead, "boolean")]
    root, _, rest = path.partition(".")
    if root not in (resource["resourceType"], "Resource", "DomainResource"):
        return []
    nodes = [(resource, resource["resourceType"], "")]
    at = 0
    while at < len(rest):
        step = STEP.match(rest, at)
        assert step, f"a step of {part} is not understood"
        if step["index"]:
            nodes = nodes[int(step["index"]) :][:1]
        else:
            nodes = [found for node in nodes for found in _step(node, step)]
        at = step.end()
    return [(value, owner if not path_ else "") for value, owner, path_ in nodes]


def _step(node, step):
    value, owner, path = node
    if step["child"]:
        yield from _children(value, owner, path, step["child"])
    elif step["as"]:
        if owner == step["as"]:
            yield node
    elif step["url"]:
        yield from (node for node in _children(value, owner, path, "extension") if node[0]["url"] == step["url"])
    elif step["holding"]:
        if any(one["url"] == step["holding"] for one in value.get("extension", ())):
            yield node
    elif step["target"]:
        if _target(value) == step["target"]:
            yield node
    elif isinstance(value, dict) and value.get(step["name"]) == step["wanted"]:
        yield node


def _children(value, owner, path, name):
    """The children of one node with their types; `value` of an element `value[x]` is any of its forms."""
    if not isinstance(value, dict):
        return
    table = ELEMENTS[owner]
    inside = f"{path}.{name}" if path else name
    element = table.get(inside) or table.get(f"{inside}[x]")
    if element is None:
        return
    for spelling, type_ in element.json_names.items():
        found = value.get(spelling, [])
        for one in found if isinstance(found, list) else [found]:
            if one is None:
                continue
            if element.content:
                yield one, owner, element.content
            elif type_ in ("BackboneElement", "Element"):
                yield one, owner, element.path
            elif type_ == "Resource":
                yield one, one["resourceType"], ""
            else:
                yield one, type_, ""


def _target(value):
    """The type a reference points to, as its text says."""
    text = value.get("reference", "") if isinstance(value, dict) else str(value)
    named = [part for part in text.partition("|")[0].split("/") if part in RESOURCE_TYPES]
    return (value.get("type") if isinstance(value, dict) else None) or (named[-1] if named else "")


def asked(kind, value, type_):
    """The searches of a parameter of this kind that this value must answer; none where R4 gives no search for it."""
    return [text for text in _KINDS.get(kind, lambda *_: ())(value, type_) if text]


def _token(value, type_):
    if type_ == "CodeableConcept":
        return [_coded(coding) for coding in value.get("coding", ())]
    if type_ == "Coding":
        return [_coded(value)]
    if type_ == "Identifier":
        return [_pair(value.get("system"), value.get("value"))]
    if type_ == "ContactPoint":
        return [_escaped(value.get("value")), _pair(value.get("system"), value.get("value"))]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return [_escaped(value)]


def _coded(coding):
    return _pair(coding.get("system"), coding.get("code"))


def _pair(system, code):
    return f"{_escaped(system or '')}|{_escaped(code)}" if code else ""


def _string(value, type_):
    if type_ not in PARTS:
        return [_escaped(str(value)[:LONGEST])]
    parts = [value.get(name, []) for name in PARTS[type_]]
    return [_escaped(one[:LONGEST]) for part in parts for one in (part if isinstance(part, list) else [part]) if one]


def _date(value, type_):
    if type_ == "Period":
        start, end = value.get("start"), value.get("end")
        return [f"ge{start}" if start else "", f"le{end}" if end else ""]
    if type_ == "Timing":
        return [f"ge{event}" for event in value.get("event", ())]
    return [f"eq{value}"] if type_ in ("date", "dateTime", "instant") else []


def _reference(value, type_):
    if type_ in PRIMITIVES:
        return [_escaped(value)]
    if type_ in RESOURCE_TYPES:
        return [f"{type_}/{value['id']}"] if "id" in value else []
    text = value.get("reference", "")
    return [] if text.startswith(("#", "urn:")) or "?" in text else [_escaped(text)]


def _number(value, type_):
    return [str(value)] if type_ in PRIMITIVES else []


def _quantity(value, type_):
    if type_ in ("Range", "SampledData", "Ratio") or "value" not in value:
        return []
    unit = f"|{_escaped(value.get('system', ''))}|{_escaped(value['code'])}" if "code" in value else ""
    prefix = {"<": "le", ">": "ge"}.get(value.get("comparator", " ")[0], "")
    return [f"{prefix}{value['value']}{unit}"]


def _uri(value, type_):
    return [_escaped(value)]


_KINDS = {
    "token": _token,
    "string": _string,
    "date": _date,
    "reference": _reference,
    "number": _number,
    "quantity": _quantity,
    "uri": _uri,
}


def _escaped(text):
    return re.sub(r"([\\,|$])", r"\\\1", str(text)) if text not in (None, "") else ""
