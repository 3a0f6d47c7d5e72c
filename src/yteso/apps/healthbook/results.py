"""One result of a test -> its value, the usual range, and what that means in plain words. Pure; no I/O.

The sender's own judgement comes first, then the sender's range, then a common limit for adults, which is named as such.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from yteso.apps.healthbook.common import Common, Limits, common_test
from yteso.base.text import fold
from yteso.client.people import PersonBanner, age_in_years
from yteso.client.representations import ADULT
from yteso.web.formats import number

Resource = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """`usual`: the range it is compared with; `about`: what the test is; `warn`: it is out of the range."""

    value: str = ""
    usual: str = ""
    meaning: str = ""
    about: str = ""
    warn: bool = False


def result(resource: Resource, name: str, text: str, person: PersonBanner | None) -> Told:
    """`name`: what the test is called; `text`: the value where it is in words; `person`: whose limits would hold."""
    common = common_test(name)
    about = common.words if common else ""
    quantity = resource.get("valueQuantity") or {}
    bounds = (resource.get("referenceRange") or [{}])[0]
    own = _own_range(bounds)
    limits = None if own else _limits(common, quantity, person, str(resource.get("effectiveDateTime", "")))
    usual = _sentence_of_own(own) if own else _sentence_of(limits, quantity) if limits else ""
    sides = _sides(bounds) if own else (limits.low, limits.below) if limits else (None, None)
    flag = _flag(resource) or _compared(quantity, *sides, upper_belongs=limits is None)
    meaning = _meanings(limits).get(flag, "") or _in_words(text)
    return Told(quantity_text(quantity) or text, usual, meaning, about, flag in ("H", "L", "A"))


def quantity_text(value: Resource | None) -> str:
    """A Quantity as people write it: `< 5,2 mmol/L`."""
    if not value or value.get("value") is None:
        return ""
    unit = value.get("unit") or value.get("code") or ""
    return f"{value.get('comparator', '')} {number(value['value'], 3)} {unit}".strip()


def _meanings(limits: Limits | None) -> dict[str, str]:
    if limits:
        return {
            "H": gettext("Cao hơn mức chung. Hãy hỏi bác sĩ điều này nghĩa là gì với bạn."),
            "L": gettext("Thấp hơn mức chung. Hãy hỏi bác sĩ điều này nghĩa là gì với bạn."),
            "A": gettext("Khác mức bình thường. Hãy hỏi bác sĩ điều này nghĩa là gì với bạn."),
            "N": gettext("Trong mức chung."),
        }
    return {
        "H": gettext("Cao hơn mức bình thường. Hãy hỏi bác sĩ điều này nghĩa là gì với bạn."),
        "L": gettext("Thấp hơn mức bình thường. Hãy hỏi bác sĩ điều này nghĩa là gì với bạn."),
        "A": gettext("Khác mức bình thường. Hãy hỏi bác sĩ điều này nghĩa là gì với bạn."),
        "N": gettext("Trong mức bình thường."),
    }


def _in_words(text: str) -> str:
    """A test that answers yes or no: what the two words say, which is not the same as good or bad."""
    return {
        "duong tinh": gettext("Dương tính: tìm thấy điều mà xét nghiệm này tìm. Hãy hỏi bác sĩ."),
        "am tinh": gettext("Âm tính: không tìm thấy điều mà xét nghiệm này tìm."),
    }.get(fold(text), "")


def _flag(resource: Resource) -> str:
    """H, L, A or N of the sender's own judgement (v3-ObservationInterpretation)."""
    codes = [one.get("code", "") for many in resource.get("interpretation", []) for one in many.get("coding", [])]
    return codes[0][:1] if codes and codes[0][:1] in ("H", "L", "A", "N") else ""


def _own_range(bounds: Resource) -> str:
    low, high = quantity_text(bounds.get("low")), quantity_text(bounds.get("high"))
    return str(bounds.get("text", "")) or " – ".join(filter(None, (low, high)))


def _sentence_of_own(usual: str) -> str:
    return gettext("Mức bình thường: %(range)s") % {"range": usual}


def _sides(bounds: Resource) -> tuple[Decimal | None, Decimal | None]:
    return (bounds.get("low") or {}).get("value"), (bounds.get("high") or {}).get("value")


def _limits(common: Common | None, quantity: Resource, person: PersonBanner | None, when: str) -> Limits | None:
    """A common limit, for who was an adult then and whose gender is known, and only in the very unit it is given in."""
    if common is None or person is None or not _was_adult(person.birth_date, when):
        return None
    same = fold(common.unit) == fold(str(quantity.get("unit") or quantity.get("code") or ""))
    return common.limits.get(person.gender) if same else None


def _was_adult(birth_date: str, when: str) -> bool:
    try:
        age = age_in_years(birth_date, date.fromisoformat(when[:10]))
    except ValueError:
        return False
    return age is not None and age >= ADULT


def _sentence_of(limits: Limits, quantity: Resource) -> str:
    unit = quantity.get("unit") or quantity.get("code") or ""
    low, below = (f"{number(one, 3)} {unit}".strip() if one is not None else "" for one in (limits.low, limits.below))
    if low and below:
        span = gettext("từ %(low)s đến dưới %(below)s") % {"low": number(limits.low, 3), "below": below}
    elif low:
        span = gettext("từ %(low)s trở lên") % {"low": low}
    else:
        span = gettext("dưới %(below)s") % {"below": below}
    told = gettext("Phòng xét nghiệm không gửi mức của họ. Mức chung cho người lớn: %(span)s (%(source)s)")
    return told % {"span": span, "source": limits.source}


def _compared(quantity: Resource, low: Decimal | None, high: Decimal | None, *, upper_belongs: bool) -> str:
    """A value that is only known as less or more than a number is not judged."""
    value = quantity.get("value")
    if value is None or quantity.get("comparator") or (low is None and high is None):
        return ""
    if low is not None and value < low:
        return "L"
    if high is not None and (value > high or (value == high and not upper_belongs)):
        return "H"
    return "N"
