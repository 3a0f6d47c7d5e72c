"""Does a profile's invariant hold on an element? It keeps its place and type in the resource while it is asked."""

from __future__ import annotations

from typing import Any

from yteso.base.errors import Refused
from yteso.fhir.fhirpath import Context, Surroundings, program, root_node, run
from yteso.fhir.fhirpath.nodes import Node, steps, truth
from yteso.fhir.fhirpath.refusals import Unanswerable
from yteso.validate.profiles.items import Item


def holds_on(expression: str, item: Item, resource: Item, root: Item, around: Surroundings) -> bool | None:
    """True or False; an empty answer is False. None when the expression cannot be evaluated.

    `resource` and `root` are what the expression calls `%resource` and `%rootResource`.
    """
    top = root_node(root.value)
    try:
        context = Context(_node(resource, top), top, [_node(item, top)], around)
        return truth(run(program(expression), context)) is True
    except (Refused, Unanswerable):
        return None


def _node(item: Item, root: Node) -> Any:
    """The item as FHIRPath sees it: reached from the resource, so that choices and parts have their types."""
    if item.parent is None or item.value is root.value:
        return root if item.value is root.value else root_node(item.value)
    found = steps([_node(item.parent, root)], item.name)
    return next((one for one in found if _is(one, item)), None) or root_node(item.value)


def _is(node: Any, item: Item) -> bool:
    if not isinstance(node, Node):
        return bool(node == item.value)
    return node.value is item.value and (item.value is not None or node.extra is item.shadow)
