"""Figures, money, dates and ages as people here write them: 1.234.567 ₫, 21/11/2026, 42 tuổi; in English 21 Nov 2026.

Values in, text out, in the language active on the thread. No HTML.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from django.utils.translation import get_language, gettext, ngettext

from yteso.base.clock import VIETNAM, day_in_vietnam, system_clock
from yteso.fhir.dates import local, local_day

Number = int | float | Decimal
NONE: Final = "–"
_NARROW = "\u00a0"
_SCALES = ((10**9, "tỷ ₫"), (10**6, "triệu ₫"), (10**3, "nghìn ₫"))


def _locale() -> str:
    return "en" if get_language() == "en" else "vi"


def number(value: Number | None, digits: int = 0) -> str:
    """`1234567` -> `1.234.567`; with `digits`, that many decimals at most."""
    if value is None:
        return NONE
    return format_decimal(value, format="#,##0" + ("." + "#" * digits if digits else ""), locale=_locale())


def percent(part: Number | None, whole: Number | None = 1, digits: int = 1) -> str:
    """A share: `percent(3, 4)` -> `75%`; of nothing there is no share."""
    if part is None or not whole:
        return NONE
    return f"{number(Decimal(str(part)) * 100 / Decimal(str(whole)), digits)}%"


def money(value: Number | None) -> str:
    """Whole đồng: `1234567` -> `1.234.567 ₫`."""
    return NONE if value is None else f"{number(value)}{_NARROW}₫"


def money_short(value: Number | None) -> str:
    """For tiles: `1234567890` -> `1,23 tỷ ₫`, in English `1.23 bn ₫`."""
    if value is None:
        return NONE
    for scale, unit in _SCALES:
        if abs(value) >= scale:
            return f"{number(Decimal(str(value)) / scale, 2)}{_NARROW}{_unit(unit)}"
    return money(value)


def _unit(unit: str) -> str:
    return {"tỷ ₫": gettext("tỷ ₫"), "triệu ₫": gettext("triệu ₫"), "nghìn ₫": gettext("nghìn ₫")}[unit]


def date(value: dt.date | dt.datetime | str | None) -> str:
    """A date, also a partial one of FHIR: `2026` -> `2026`, `2026-11` -> `11/2026`, `2026-11-21` -> `21/11/2026`.

    The day is Vietnam's, in whatever zone the moment is written. What is no date is shown as it is.
    """
    if not value:
        return NONE
    if isinstance(value, dt.datetime):
        value = day_in_vietnam(value)
    if isinstance(value, str):
        value = local_day(value)
        if len(value) == 7:
            return f"{value[5:]}/{value[:4]}"
        told = local(value) if len(value) == 10 else None
        if told is None:
            return value
        value = day_in_vietnam(told)
    return format_date(value, "d MMM y" if _locale() == "en" else "dd/MM/y", locale=_locale())


def field_moment(value: dt.datetime) -> str:
    """As a field of a form takes it (`datetime-local`), in Vietnam's zone: `2026-11-21T14:05`."""
    return f"{value.astimezone(VIETNAM):%Y-%m-%dT%H:%M}"


def moment(value: dt.datetime | str | None) -> str:
    """Date and time in Vietnam's zone: `21/11/2026 14:05`. A FHIR date without a time stays a date."""
    if not value:
        return NONE
    if isinstance(value, str):
        told = local(value) if len(value) > 10 else None
        if told is None:
            return date(value)
        value = told
    pattern = "d MMM y HH:mm" if _locale() == "en" else "dd/MM/y HH:mm"
    return format_datetime(value.astimezone(VIETNAM), pattern, locale=_locale())


def until(value: dt.datetime | str | None, since: dt.datetime | str | None) -> str:
    """An end beside its beginning: `14:05` when both fall on one day, otherwise with its date."""
    told, began = moment(value), moment(since)
    day, _, time = told.rpartition(" ")
    return time if ":" in time and began.rpartition(" ")[0] == day else told


def clock(value: dt.datetime | None, today: dt.date | None = None) -> str:
    """For "as of": `14:05`, with the date when it is not `today` (by default: today)."""
    if value is None:
        return NONE
    local = value.astimezone(VIETNAM)
    same_day = day_in_vietnam(value) == (today or day_in_vietnam(system_clock()))
    return f"{local:%H:%M}" if same_day else moment(local)


def size(count: int | None) -> str:
    """Bytes: `2048` -> `2 KB`."""
    if count is None:
        return NONE
    value, unit = Decimal(count), "B"
    for unit in ("B", "KB", "MB", "GB"):
        if value < 1024 or unit == "GB":
            break
        value /= 1024
    return f"{number(value, 1)}{_NARROW}{unit}"


def age(birth: str | None, on: dt.date | None = None) -> str:
    """`1984-03-02` -> `42 tuổi`; under 72 months in months, as the rules on prescriptions write it (TT 52/2017)."""
    if not birth:
        return NONE
    on = on or day_in_vietnam(system_clock())
    year, month, day = (*map(int, birth[:10].split("-")), 1, 1)[:3]
    months = (on.year - year) * 12 + on.month - month - (on.day < day)
    if months < 0:
        return NONE
    if months < 72 and len(birth) >= 7:
        return ngettext("%(count)s tháng tuổi", "%(count)s tháng tuổi", months) % {"count": months}
    years = months // 12 if len(birth) >= 7 else on.year - year
    return ngettext("%(count)s tuổi", "%(count)s tuổi", years) % {"count": years}


def span(hours: float) -> str:
    """A length of time: `30.5` hours -> `30 giờ`, from two days on `3 ngày`."""
    if hours < 48:
        whole = int(hours)
        return ngettext("%(count)s giờ", "%(count)s giờ", whole) % {"count": whole}
    days = int(hours // 24)
    return ngettext("%(count)s ngày", "%(count)s ngày", days) % {"count": days}


def initials(name: str) -> str:
    """`Nguyễn Thị Thử` -> `NT`: first letters of the first and the last word."""
    words = name.split()
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper() if words else "?"


def sentence(text: str) -> str:
    """The text with a capital and its full stop, so that the next one can follow it."""
    text = text[:1].upper() + text[1:]
    return f"{text}." if text and text[-1] not in ".!?…:" else text
