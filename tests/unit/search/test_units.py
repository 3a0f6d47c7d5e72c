"""Units that an amount may be written in: each known to UCUM, of one dimension with its line, and converted rightly."""

from __future__ import annotations

from decimal import Decimal

import pytest

from yteso.fhir.fhirpath.ucum import measure
from yteso.search.units import KINDS, written_as


@pytest.mark.parametrize("kind", KINDS)
def test_units_of_a_line_are_known_and_of_one_dimension(kind):
    found = [measure(code) for code in kind.split()]
    assert None not in found
    assert len({one.dimension for one in found}) == 1


def test_no_unit_is_of_two_kinds():
    codes = [code for kind in KINDS for code in kind.split()]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    ("code", "other", "factor"),
    [
        ("kg", "g", "1000"),
        ("mg", "kg", "0.000001"),
        ("[lb_av]", "g", "453.59237"),
        ("g/dL", "g/L", "10"),
        ("mmol/L", "umol/L", "1000"),
        ("kPa", "Pa", "1000"),
        ("mm[Hg]", "kPa", "0.133322"),
        ("min", "s", "60"),
        ("10*9/L", "10*3/uL", "1"),
        ("/mm3", "/uL", "1"),
        ("kcal", "kJ", "4.184"),
    ],
)
def test_one_of_a_unit_is_so_many_of_another(code, other, factor):
    assert dict(written_as(code))[other] == Decimal(factor)


@pytest.mark.parametrize("code", ["{beats}/min", "mL/min/{1.73_m2}", "Cel", "[degF]", "[pH]", "nothing", "%"])
def test_what_has_no_kind_is_itself_only(code):
    assert written_as(code) == ((code, 1),)


def test_moles_and_cells_are_not_the_same_kind():
    assert "10*9/L" not in dict(written_as("mmol/L"))
