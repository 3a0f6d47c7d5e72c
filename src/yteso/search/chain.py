"""`subject:Patient.name`, `_has:Observation:patient:code`, nested in each other -> the condition they mean, or issues.

A link is one step from resource to resource; a query may go `MAX_DEPTH` of them deep. What a chain may lead to is
taken from the parameter's definition when the query does not say it.
"""

from __future__ import annotations

from yteso.search import rules
from yteso.search.clause import Report, read_clause, read_words
from yteso.search.parameters import parameters_of, targets_of
from yteso.search.query import Chain, Condition, Has
from yteso.standards.fhir_r4 import RESOURCE_TYPES, SearchParameter

_PROSE = frozenset({"_text", "_content"})
CHAINED = frozenset(["AuditEvent"])
"""What is told from the audit chain, and is no resource that a link could begin at."""
MAX_DEPTH = 4
MAX_TARGETS = 6
"""Types a chain may lead to without saying which; a parameter that may refer to more wants the type named."""


def read_condition(report: Report, type: str, name: str, value: str, depth: int = 0) -> Condition | None:
    """The condition `name=value` on a type; None when it was reported instead."""
    if name.startswith("_has:"):
        return _has(report, type, name, value, depth)
    if name in _PROSE:
        return read_words(report, name, value)
    first, dot, rest = name.partition(".")
    bare_name, _, modifier = first.partition(":")
    if bare_name in _PROSE:
        report.add(rules.MODIFIER, bare_name, modifier=modifier[:32], allowed="–")
        return None
    parameter = parameters_of(type).get(bare_name)
    if parameter is None:
        rule = rules.CHAIN if depth else rules.UNKNOWN
        report.add(rule, name, type=type, depth=MAX_DEPTH)
    elif not dot:
        return read_clause(report, parameter, modifier, value)
    else:
        return _chain(report, parameter, modifier, rest, value, depth)
    return None


def _chain(report: Report, parameter: SearchParameter, target: str, rest: str, value: str, depth: int) -> Chain | None:
    name = f"{parameter.name}.{rest}"
    if parameter.kind != "reference" or (target and target not in RESOURCE_TYPES) or depth >= MAX_DEPTH:
        report.add(rules.CHAIN, name, depth=MAX_DEPTH)
        return None
    allowed = [target] if target else targets_of(parameter)
    wanted = rest if rest.startswith("_has:") else rest.partition(".")[0].partition(":")[0]
    fitting = [one for one in allowed if wanted.startswith("_has:") or wanted in _PROSE or wanted in parameters_of(one)]
    if not fitting or len(fitting) > MAX_TARGETS:
        report.add(rules.CHAIN, name, depth=MAX_DEPTH)
        return None
    found, tries = [], []
    for one in fitting:
        attempt = Report(report.base_url, report.terminology)
        condition = read_condition(attempt, one, rest, value, depth + 1)
        tries.append(attempt)
        if condition is not None:
            found.append((one, condition))
    if not found:
        report.issues += tries[0].issues
        return None
    return Chain(parameter.name, tuple(found))


def _has(report: Report, type: str, name: str, value: str, depth: int) -> Has | None:
    parts = name.split(":", 3)
    source, by = (parts[1], parts[2]) if len(parts) == 4 else ("", "")
    parameter = parameters_of(source).get(by) if source in RESOURCE_TYPES - CHAINED else None
    if parameter is None or parameter.kind != "reference" or not may_refer(parameter, type) or depth >= MAX_DEPTH:
        report.add(rules.CHAIN, name, depth=MAX_DEPTH)
        return None
    condition = read_condition(report, source, parts[3], value, depth + 1)
    return None if condition is None else Has(source, by, condition)


def may_refer(parameter: SearchParameter, type: str) -> bool:
    """Whether a reference parameter may lead to this type."""
    targets = targets_of(parameter)
    return not targets or type in targets or "Resource" in targets
