"""Content without a patient of its own -> who may see what it names as `securityContext` may see it (FHIR R4 §2.38).

A Binary that names a Patient lies in that compartment (`hot`) and is judged as other facts are. One that names another
resource is judged by that one as it is now: it is there, it is visible, and the content itself, as a fact of its
patient, label, maker and dates, is open. What names a Binary, or nothing that can be here, is for nobody so bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from yteso.search.fragment import Fragment, all_of
from yteso.search.side import of_history
from yteso.standards.fhir_r4 import TYPE_NUMBER

TYPE = "Binary"
_NUMBER = TYPE_NUMBER[TYPE]
_OF_CONTENT = ("shard", "type", "hid", "id", "ver", "ts", "t", "hash", "tok", "code", "shape", "amount", "unit", "bare")
_OF_CONTEXT = ("pat", "label", "maker", "d_lo", "d_hi")

Condition = Callable[[str], Fragment]
"""Of an alias of rows."""


def with_contexts(
    plain: Fragment, row: str, *, past: bool, of_row: Fragment, of_context: Condition, parts: Iterable[Condition]
) -> Fragment:
    """The condition on alias `row`: `plain`, and for content with such a context in its place what holds of that.

    `of_row` must hold of the content, `of_context` of what it names, `parts` of the content as if it were its fact.
    """
    number = f"store.hid({row}.id)" if past else f"{row}.hid"
    named = f"store.context_of({row}.shard, {number}, {row}.ver)"
    has = f"({row}.type = {_NUMBER} AND {row}.pat IS NULL AND EXISTS (SELECT FROM {named}))"
    content = "content" if past else row
    present = f" JOIN store.resource content ON {of_history('content', row)}" if past else ""
    columns = ", ".join([*(f"{content}.{name}" for name in _OF_CONTENT), *(f"seen.{name}" for name in _OF_CONTEXT)])
    open_ = all_of((of_context("seen"), *(part("f") for part in parts)))
    text = (
        f"(CASE WHEN {has} THEN {of_row.text} AND EXISTS (SELECT FROM {named} named JOIN store.resource seen"
        " ON seen.shard = named.shard AND seen.type = named.type AND seen.hid = named.hid AND seen.hash IS NOT NULL"
        f"{present} CROSS JOIN LATERAL (SELECT {columns}) f WHERE seen.type <> {_NUMBER} AND {open_.text})"
        f" ELSE {plain.text} END)"
    )
    return Fragment(text, (*of_row.params, *open_.params, *plain.params))


def patient_of(row: str, *, past: bool = False) -> str:
    """SQL of whose record a row of any type is of, content by its context."""
    number = f"store.hid({row}.id)" if past else f"{row}.hid"
    asked = f"store.context_pat({row}.shard, {number}, {row}.ver)"
    return f"CASE WHEN {row}.type = {_NUMBER} AND {row}.pat IS NULL THEN {asked} ELSE {row}.pat END"
