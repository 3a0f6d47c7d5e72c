"""Units as laboratories write them -> UCUM codes. Pure; what is not listed has none, and is never guessed.

Spelling differs between laboratories in case of `l`, in the sign for micro and in how a power of ten is written; these
are the same unit. What differs in kind ("Gói", "Lần") is no unit of measurement and stays text.
"""

from __future__ import annotations

_KNOWN = """
% [pH] g/L g/dL mg/L mg/dL mg/mL ug/L ug/dL ug/mL ng/L ng/dL ng/mL pg pg/mL fL mL kg mg ug ng cm mm mm/h
mol/L mmol/L umol/L nmol/L pmol/L mmol mosm/kg U/L kU/L U/mL mU/L mU/mL uU/mL [IU]/L [IU]/mL m[IU]/L
m[IU]/mL u[IU]/mL [IU] k[IU]/L meq/L min /min mL/min mL/min/{1.73_m2} mm[Hg] kPa Cel kg/m2 10*9/L 10*12/L
10*6/L 10*3/uL 10*6/uL
"""


_WRITTEN = {
    "g/l": "g/L",
    "giga/l": "10*9/L",
    "k/ul": "10*3/uL",
    "m/ul": "10*6/uL",
    "t/l": "10*12/L",
    "tera/l": "10*12/L",
    "iu/l": "[IU]/L",
    "ui/l": "[IU]/L",
    "iu/ml": "[IU]/mL",
    "ui/ml": "[IU]/mL",
    "miu/l": "m[IU]/L",
    "mui/l": "m[IU]/L",
    "miu/ml": "m[IU]/mL",
    "mui/ml": "m[IU]/mL",
    "uiu/ml": "u[IU]/mL",
    "uui/ml": "u[IU]/mL",
    "mmhg": "mm[Hg]",
    "°c": "Cel",
    "ph": "[pH]",
    "mm/giờ": "mm/h",
    "giây": "s",
    "phút": "min",
    "lần/phút": "/min",
    "ml/phút": "mL/min",
    "ml/phút/1.73m2": "mL/min/{1.73_m2}",
    "ml/min/1.73m2": "mL/min/{1.73_m2}",
}
_BY_SPELLING = {code.casefold(): code for code in _KNOWN.split()} | _WRITTEN
_GIGA = frozenset({"G/L", "G/l"})
"""Giga per litre differs from gram per litre only by its capital G."""
_EXACT = frozenset({"L", "g", "s", "h", "d"})
"""One letter means something else in the other case (D is a dioptre)."""
_SAME = str.maketrans({"µ": "u", "μ": "u", "³": "3", "⁶": "6", "⁹": "9", "²": "2"})


def ucum(written: str) -> str:
    """The UCUM code of a unit as it was written; empty when it is none that is known."""
    text = written.strip()
    if text in _GIGA:
        return "10*9/L"
    if text in _EXACT:
        return text
    spelled = "".join(text.translate(_SAME).split()).casefold()
    for power in ("x10^", "10^", "x10*", "x10e", "10e"):
        if spelled.startswith(power):
            spelled = f"10*{spelled[len(power) :]}"
            break
    return _BY_SPELLING.get(spelled, "")
