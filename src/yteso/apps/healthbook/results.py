"""One result of a test -> its value, the usual range, and what that means in plain words. Pure; no I/O.

Which range counts, and on which side of it the result is, `web.ranges` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from yteso.base.text import fold
from yteso.client.people import PersonBanner
from yteso.client.record import is_measure
from yteso.web.common_tests import Limits, common_test
from yteso.web.ranges import Range, limits_text, quantity_text, range_of, unit_of

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
    quantity = resource.get("valueQuantity") or {}
    found = range_of(resource, name, person)
    meaning = _meanings(found.limits).get(found.flag, "") or _in_words(text)
    about = common.words if common else ""
    usual = _usual(found, unit_of(quantity))
    if quantity and not usual and not meaning and not is_measure(resource):
        usual = gettext("Cơ sở không gửi mức bình thường của chỉ số này. Cần biết nghĩa là gì thì hỏi bác sĩ.")
    return Told(quantity_text(quantity) or text, usual, meaning, about, found.is_out)


def _usual(found: Range, unit: str) -> str:
    if found.own:
        return gettext("Mức bình thường: %(range)s") % {"range": found.own}
    if not found.limits:
        return ""
    told = gettext("Phòng xét nghiệm không gửi mức của họ. Mức chung cho người lớn: %(span)s (%(source)s)")
    return told % {"span": limits_text(found.limits, unit), "source": found.limits.source}


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
