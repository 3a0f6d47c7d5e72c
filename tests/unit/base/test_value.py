"""Values that are made often: equal, hashed and replaced like frozen dataclasses, with slots."""

from dataclasses import fields, replace

import pytest

from yteso.base.http import Response
from yteso.base.value import value


@value(frozen=True, slots=True)
class Pair:
    first: int
    second: tuple[int, ...] = ()


def test_values_are_equal_and_hashed_by_their_fields():
    assert Pair(1, (2,)) == Pair(1, (2,)) != Pair(1)
    assert len({Pair(1, (2,)), Pair(1, (2,)), Pair(2)}) == 2
    with pytest.raises(TypeError, match="unhashable"):
        hash(Pair(1, [2]))


def test_they_are_dataclasses_without_room_for_more():
    assert replace(Pair(1), second=(3,)) == Pair(1, (3,))
    assert [field.name for field in fields(Pair)] == ["first", "second"]
    with pytest.raises(AttributeError):
        Pair(1).third = 3


def test_a_default_is_made_for_each_value():
    assert Response(200).headers is not Response(200).headers
