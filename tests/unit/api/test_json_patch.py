"""JSON Patch: what RFC 6902 says of each operation, and the limits."""

from __future__ import annotations

from decimal import Decimal

import pytest

from yteso.api.json_patch import MOST_OPERATIONS, apply_json_patch
from yteso.base.errors import Refused


def doc():
    return {"a": {"b": [1, 2, 3], "c/d": "x", "e~f": Decimal("1.50")}, "l": [{"m": True}]}


def op(op, path, **more):
    return {"op": op, "path": path, **{"from" if name == "source" else name: value for name, value in more.items()}}


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        ([op("add", "/a/b/1", value=9)], [1, 9, 2, 3]),
        ([op("add", "/a/b/-", value=9)], [1, 2, 3, 9]),
        ([op("add", "/a/b/3", value=9)], [1, 2, 3, 9]),
        ([op("remove", "/a/b/0")], [2, 3]),
        ([op("replace", "/a/b/2", value=None)], [1, 2, None]),
        ([op("move", "/a/b/2", source="/a/b/0")], [2, 3, 1]),
        ([op("move", "/a/b/0", source="/a/b/0")], [1, 2, 3]),
        ([op("copy", "/a/b/0", source="/l/0/m")], [True, 1, 2, 3]),
        ([op("test", "/a/b", value=[1, 2, Decimal("3.0")]), op("replace", "/a/b", value=[])], []),
    ],
)
def test_lists_change_as_the_operation_says(patch, expected):
    before = doc()
    assert apply_json_patch(before, patch)["a"]["b"] == expected
    assert before == doc()


def test_members_escapes_and_digits():
    changed = apply_json_patch(
        doc(),
        [
            op("test", "/a/c~1d", value="x"),
            op("replace", "/a/c~1d", value="y"),
            op("move", "/n", source="/a/e~0f"),
            op("add", "/a/c~1d", value="z"),
        ],
    )
    assert (changed["a"]["c/d"], str(changed["n"]), "e~f" in changed["a"]) == ("z", "1.50", False)
    assert apply_json_patch(doc(), [op("replace", "", value={"whole": 1})]) == {"whole": 1}


def test_a_copy_is_no_second_name_for_the_same_value():
    changed = apply_json_patch(doc(), [op("copy", "/n", source="/a/b"), op("add", "/n/-", value=4)])
    assert (changed["a"]["b"], changed["n"]) == ([1, 2, 3], [1, 2, 3, 4])


@pytest.mark.parametrize(
    ("patch", "status", "code"),
    [
        ({"op": "add"}, 400, "API-1011"),
        ([op("test", "/l", value=[])] * (MOST_OPERATIONS + 1), 400, "API-1011"),
        (["x"], 400, "API-1012"),
        ([{"path": "/a"}], 400, "API-1012"),
        ([op("never", "/a")], 400, "API-1012"),
        ([{"op": ["add"], "path": "/a"}], 400, "API-1012"),
        ([op("add", "/a/x")], 400, "API-1012"),
        ([op("add", "a", value=1)], 400, "API-1013"),
        ([op("add", "/a~2", value=1)], 400, "API-1013"),
        ([{"op": "add", "path": 3, "value": 1}], 400, "API-1013"),
        ([op("add", "/a" * 65, value=1)], 400, "API-1013"),
        ([op("remove", "")], 422, "API-1014"),
        ([op("remove", "/never")], 422, "API-1014"),
        ([op("replace", "/never", value=1)], 422, "API-1014"),
        ([op("add", "/never/deep", value=1)], 422, "API-1014"),
        ([op("add", "/a/b/4", value=1)], 422, "API-1014"),
        ([op("add", "/a/b/01", value=1)], 422, "API-1014"),
        ([op("add", "/a/b/x", value=1)], 422, "API-1014"),
        ([op("remove", "/a/b/-")], 422, "API-1014"),
        ([op("add", "/a/c~1d/x", value=1)], 422, "API-1014"),
        ([op("test", "/l/0/m", value=1)], 422, "API-1015"),
        ([op("test", "/a/b", value=[1, 2])], 422, "API-1015"),
        ([op("move", "/a/b/0", source="/a")], 422, "API-1016"),
        ([op("copy", "/l/-", source="/l")] * 40, 422, "API-1017"),
    ],
)
def test_what_does_not_fit_is_refused_by_number(patch, status, code):
    with pytest.raises(Refused) as refused:
        apply_json_patch(doc(), patch)
    assert (refused.value.status, refused.value.issues[0].code) == (status, code)


def test_a_refusal_names_the_operation():
    with pytest.raises(Refused) as refused:
        apply_json_patch(doc(), [op("remove", "/l/0"), op("remove", "/l/0")])
    assert refused.value.issues[0].origin.field == "[1]"
