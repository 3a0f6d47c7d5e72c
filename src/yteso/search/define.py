"""A SearchParameter resource -> the parameter it defines, per type, or the issue why it cannot be used. Pure.

Its expression must be one that `expression` turns into plain paths; nothing of it is ever run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from yteso.base.issue import Issue, Origin
from yteso.search import rules
from yteso.search.expression import NotPlain, paths_of
from yteso.standards.fhir_r4 import ELEMENTS, RESOURCE_TYPES, SEARCH_PARAMETERS, SearchParameter
from yteso.standards.fhir_r4.search import Kind

KINDS = frozenset({"token", "string", "date", "reference", "number", "quantity", "uri"})
MAX_EXPRESSION = 2_000
MAX_BRACKETS = 64


def define(resource: Mapping[str, Any]) -> Mapping[str, SearchParameter] | Issue:
    """Type -> parameter. An issue for a type of parameter, a base or an expression that we do not serve."""
    name, kind, expression = (str(resource.get(one, "")) for one in ("code", "type", "expression"))
    bases = [str(base) for base in resource.get("base", ())]
    if kind not in KINDS:
        return rules.CANNOT_DEFINE.at(Origin(field="SearchParameter.type"), reason=kind)
    if not bases or not set(bases) <= set(RESOURCE_TYPES):
        return rules.CANNOT_DEFINE.at(Origin(field="SearchParameter.base"), reason=", ".join(bases)[:64])
    if not name.replace("-", "").replace("_", "").isalnum() or not name.isascii() or name.startswith("_"):
        return rules.CANNOT_DEFINE.at(Origin(field="SearchParameter.code"), reason="code")
    if any(name in SEARCH_PARAMETERS[base] for base in bases):
        return rules.ALREADY_DEFINED.at(Origin(field="SearchParameter.code"), name=name)
    if not expression or len(expression) > MAX_EXPRESSION or expression.count("(") > MAX_BRACKETS:
        return rules.CANNOT_DEFINE.at(Origin(field="SearchParameter.expression"), reason="expression")
    try:
        return {base: _parameter(base, name, cast("Kind", kind), expression, resource) for base in bases}
    except NotPlain as reason:
        return rules.CANNOT_DEFINE.at(Origin(field="SearchParameter.expression"), reason=str(reason)[:100])


def _parameter(base: str, name: str, kind: Kind, expression: str, resource: Mapping[str, Any]) -> SearchParameter:
    targets = tuple(sorted(str(one) for one in resource.get("target", ())))
    return SearchParameter(name, kind, tuple(paths_of(ELEMENTS, base, expression, kind)), targets, expression)
