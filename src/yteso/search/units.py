"""A unit of UCUM -> the units an amount may also be written in, with their factors. Pure.

An amount is stored in the unit it came with; a search that names a UCUM unit asks for that amount, however it was
written (FHIR R4 §3.1.1.4.8). Only units of one line are the same kind: UCUM itself counts moles and cells alike, and
takes the area of a body in `mL/min/{1.73_m2}` for nothing. A unit with an annotation, or of no line, is itself only.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from yteso.fhir.fhirpath.ucum import measure

UCUM = "http://unitsofmeasure.org"
KINDS = (
    "kg g dg mg ug ng pg [lb_av] [oz_av]",
    "km m dm cm mm um nm [in_i] [ft_i]",
    "m2 cm2 mm2",
    "L l dL dl cL cl mL ml uL ul fL fl m3 cm3 mm3",
    "a mo wk d h min s ms",
    """g/L g/l g/dL g/dl g/mL g/ml mg/L mg/l mg/dL mg/dl mg/mL mg/ml ug/L ug/l ug/dL ug/dl ug/mL ug/ml
    ng/L ng/l ng/dL ng/dl ng/mL ng/ml pg/L pg/dL pg/mL pg/ml kg/m3""",
    "mol mmol umol nmol pmol",
    """mol/L mol/l mmol/L mmol/l mmol/dL umol/L umol/l umol/dL umol/mL nmol/L nmol/l nmol/dL nmol/mL
    pmol/L pmol/l pmol/mL""",
    "Pa hPa kPa mm[Hg] cm[H2O] bar mbar",
    "/s /min /h Hz",
    "U/L U/l U/dL U/mL U/ml kU/L kU/l mU/L mU/l mU/mL mU/ml uU/mL kat/L ukat/L ukat/l nkat/L",
    "[iU]/L [iU]/l [iU]/mL [iU]/ml k[iU]/L k[iU]/mL m[iU]/L m[iU]/l m[iU]/mL m[iU]/ml u[iU]/mL u[iU]/ml",
    "10*12/L 10*12/l 10*9/L 10*9/l 10*6/L 10*6/l 10*6/uL 10*6/ul 10*6/mL 10*3/uL 10*3/ul 10*3/mL /L /mL /uL /ul /mm3",
    "mL/min ml/min mL/h ml/h mL/s ml/s L/min l/min L/h l/h L/s l/s L/d mL/d",
    "g/d mg/d ug/d g/h mg/h ug/h mg/min ug/min g/(24.h) mg/(24.h)",
    "kg/m2 g/m2 g/cm2",
    "g/kg mg/kg ug/kg mg/g ug/g ng/g g/g",
    "g/mol mg/mmol g/mmol ug/mmol mg/mol ug/umol",
    "J kJ cal kcal",
)


@cache
def written_as(code: str) -> tuple[tuple[str, Decimal], ...]:
    """(unit, how many of it one `code` is), itself first with 1."""
    same = next((kind.split() for kind in KINDS if code in kind.split()), [])
    return ((code, Decimal(1)), *((one, _size(code) / _size(one)) for one in same if one != code))


def _size(code: str) -> Decimal:
    found = measure(code)
    assert found is not None, "a unit test measures all of them"
    return found.size
