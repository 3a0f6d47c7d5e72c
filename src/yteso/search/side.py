"""How rows belong together: a resource's row, its side rows, a row that is known by its id. Texts of SQL, no values."""

from __future__ import annotations

from functools import lru_cache

from yteso.base.ids import hid_of
from yteso.search.keys import number

NO_HID = -(2**63)
"""Before every number of an id there is."""


def of_row(side: str, row: str) -> str:
    """That a side row belongs to a resource's row: found by (t, hid), and on the same shard."""
    return f"{side}.t = {row}.t AND {side}.hid = {row}.hid AND {side}.type = {row}.type AND {side}.shard = {row}.shard"


def same_resource(one: str, other: str) -> str:
    """That two rows are of the same resource, whatever their versions: by the primary key."""
    return f"{one}.shard = {other}.shard AND {one}.type = {other}.type AND {one}.hid = {other}.hid"


@lru_cache(maxsize=4096)
def hid(id: str) -> int:
    """The number that stands for an id in keys (column `hid`)."""
    return number(hid_of(id))


def of_history(row: str, past: str) -> str:
    """That a present row is of the resource a row of `store.history` is a version of."""
    return f"{row}.shard = {past}.shard AND {row}.type = {past}.type AND {row}.hid = store.hid({past}.id)"
