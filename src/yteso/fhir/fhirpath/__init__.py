"""FHIRPath (N1, with the model of R4): an expression and a resource -> JSON values; numbered refusals, no I/O.

    evaluate("Patient.name.given", patient)          # -> ["Văn", "A"]
    compiled = program("name.exists()")              # parsed once, kept
    run(compiled, context)                           # -> items, for those who evaluate often

A text is cut into tokens, parsed into a small tree and built once into Python functions over the JSON document; what
the definitions say of each place (types, choices, `_` twins) comes from `shapes`. Lengths, depths, steps and regular
expressions are bounded; whatever goes wrong is a `Refused` that repeats no value of the resource.
"""

from __future__ import annotations

from decimal import DecimalException, localcontext
from typing import Any

from yteso.fhir.fhirpath.build import Program, program
from yteso.fhir.fhirpath.context import Context, Surroundings
from yteso.fhir.fhirpath.nodes import Items, Node, plain, root_node
from yteso.fhir.fhirpath.refusals import DEEPEST, LONGEST, STEPS, Unanswerable, too_much, unanswerable

__all__ = [
    "DEEPEST",
    "LONGEST",
    "STEPS",
    "Context",
    "Items",
    "Node",
    "Program",
    "Surroundings",
    "evaluate",
    "program",
    "root_node",
    "run",
]

_NOTHING = Surroundings()


def evaluate(
    expression: str,
    resource: Any,
    *,
    around: Surroundings = _NOTHING,
    context: str = "",
    place: str = "",
    typed: bool = True,
    steps: int = STEPS,
) -> list[Any]:
    """The values the expression yields on a resource, in order; dates, times and quantities as their text.

    `context`: an expression that yields the focus. `place`: the element that the document is (`Patient.contact`),
    when it is no whole resource. `typed=False` forgets FHIR's definitions: every key is an element, and a date is a
    string. Raises `Refused` (422) with FHIR-0201 (syntax), FHIR-0202 (limits), FHIR-0203 (evaluation), FHIR-0501 (a
    name) or FHIR-0502 (a pattern).
    """
    several = resource if isinstance(resource, list) else [resource]
    focus: Items = [root_node(one, typed=typed, place=place) for one in several]
    root = focus[0] if focus else root_node(None)
    surrounding = Context(root, root, focus, around, steps)
    if context:
        surrounding.focus = run(program(context), surrounding)
    return [plain(item) for item in run(program(expression), surrounding)]


def run(compiled: Program, context: Context) -> Items:
    """The items a compiled expression yields, from the context's focus. Raises Refused."""
    try:
        with localcontext(prec=28):
            return compiled(context, context.focus)
    except RecursionError:
        too_much()
    except (Unanswerable, DecimalException, OverflowError):
        unanswerable()
