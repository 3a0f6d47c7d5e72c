"""The board, each of its tiles by itself (for live refresh), and the rows behind each tile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from yteso.apps.ioc import figures
from yteso.apps.ioc.apps import ROLES
from yteso.base.clock import VIETNAM, system_clock
from yteso.client.table_file import csv_of
from yteso.warehouse.read import Marts
from yteso.web.guard import allow
from yteso.web.services import service
from yteso.web.terms import care_name, diagnosis_name

TILES = ("today", "week", "files", "silent", "course", "diagnoses", "money", "facilities")


def _marts() -> Marts:
    found: Marts = service("marts")
    return found


@allow(*ROLES)
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """The board."""
    return render(request, "ioc/board.html", _board(TILES) | {"tiles": TILES})


@allow(*ROLES)
@require_GET
def tile(request: HttpRequest, name: str) -> HttpResponse:
    """One tile, as the board shows it; asked for when the marts have news."""
    if name not in TILES:
        raise Http404
    return render(request, f"ioc/tiles/{name}.html", _board((name,)))


@allow(*ROLES)
@require_GET
def visits(request: HttpRequest) -> HttpResponse:
    """Visits by day, facility and kind of care."""
    columns: list[Column] = [
        (gettext("Ngày"), "day", "date"),
        (gettext("Mã cơ sở"), "facility", "sender"),
        (gettext("Cơ sở"), "facility_name", ""),
        (gettext("Loại khám chữa bệnh"), "care", "care"),
        (gettext("Lượt khám"), "visits", "number"),
        (gettext("Còn đang điều trị"), "still_in", "number"),
    ]
    return _daily(request, "visits_daily", gettext("Lượt khám, điều trị"), columns, ("visits",))


@allow(*ROLES)
@require_GET
def money(request: HttpRequest) -> HttpResponse:
    """Money by day, facility, insured or not."""
    columns: list[Column] = [
        (gettext("Ngày"), "day", "date"),
        (gettext("Mã cơ sở"), "facility", "sender"),
        (gettext("Cơ sở"), "facility_name", ""),
        (gettext("Có BHYT"), "insured", "yes"),
        (gettext("Lượt"), "visits", "number"),
        (gettext("Quỹ BHYT"), "fund", "money"),
        (gettext("Cùng chi trả"), "copay", "money"),
        (gettext("Tự trả"), "own_pocket", "money"),
        (gettext("Nguồn khác"), "other_sources", "money"),
    ]
    sums = ("visits", "fund", "copay", "own_pocket", "other_sources")
    remark = gettext(
        "Số tiền luôn là của từng nhóm 5 lượt, theo thứ tự nhận được; số lượt lẻ của các cơ sở được gộp vào “Lượt lẻ "
        "của các cơ sở”. Như vậy không lộ ai đã trả bao nhiêu, kể cả khi so hai thời điểm."
    )
    return _daily(request, "money_daily", gettext("Chi phí và nguồn chi trả"), columns, sums, remark)


@allow(*ROLES)
@require_GET
def files(request: HttpRequest) -> HttpResponse:
    """Files by day and facility; each row leads to the files themselves."""
    columns: list[Column] = [
        (gettext("Ngày"), "day", "date"),
        (gettext("Mã cơ sở"), "facility", "files"),
        (gettext("Cơ sở"), "facility_name", ""),
        (gettext("Tệp"), "files", "number"),
        (gettext("Đạt"), "accepted", "number"),
        (gettext("Có lỗi"), "with_errors", "number"),
        (gettext("Đang chờ"), "waiting", "number"),
        (gettext("Lượt vào hồ sơ"), "visits_accepted", "number"),
        (gettext("Lượt tạm giữ"), "visits_refused", "number"),
    ]
    sums = ("files", "accepted", "with_errors", "waiting", "visits_accepted", "visits_refused")
    return _daily(request, "intake_daily", gettext("Tệp đã nhận"), columns, sums)


@allow(*ROLES)
@require_GET
def diagnoses(request: HttpRequest) -> HttpResponse:
    """All diagnoses of a span, for the province or one facility."""
    span, facility = _asked(request)
    rows = _marts().table("diagnoses", span=span, facility=facility, order=["-visits", "code"], limit=1000)
    named = [{**row, "name": _diagnosis(row)} for row in rows]
    columns: list[Column] = [
        (gettext("Mã ICD-10"), "code", "code"),
        (gettext("Chẩn đoán"), "name", ""),
        (gettext("Lượt khám"), "visits", "number"),
    ]
    hidden = sum(row["visits"] or 0 for row in rows if row["code"] == figures.FOLDED)
    title = gettext("Chẩn đoán nhiều nhất")
    remark = gettext("Tính theo ngày ghi chẩn đoán chính, nên tổng có thể khác số lượt khám tính theo ngày đến khám.")
    return _rows(request, title, columns, named, ("visits",), hidden=hidden, remark=remark)


@allow(*ROLES)
@require_GET
def facilities(request: HttpRequest) -> HttpResponse:
    """Every facility and its last sign of life."""
    marts = _marts()
    context = {"rows": figures.facilities(marts), "frame": figures.frame(marts, system_clock())}
    return render(request, "ioc/facilities.html", context)


Column = tuple[str, str, str]
"""(title, column of the mart, how it is shown)."""


def _daily(
    request: HttpRequest, mart: str, title: str, columns: list[Column], sums: Sequence[str], remark: str = ""
) -> HttpResponse:
    span, facility = _asked(request)
    rows = figures.daily(_marts(), mart, system_clock(), span, facility)
    return _rows(request, title, columns, rows, sums, of_files=mart == "intake_daily", remark=remark)


def _rows(
    request: HttpRequest,
    title: str,
    columns: list[Column],
    rows: Sequence[Any],
    sums: Sequence[str],
    *,
    of_files: bool = False,
    hidden: int = 0,
    remark: str = "",
) -> HttpResponse:
    """The page of rows, or its CSV. Coverage is said of the whole province only; `hidden` visits stand in no code.

    `remark`: what the mart leaves out, in words.
    """
    marts = _marts()
    frame = figures.frame(marts, system_clock())
    if request.GET.get("format") == "csv":
        return _csv(columns, rows, request.path.rsplit("/", 1)[-1], frame.as_of)
    span, facility = _asked(request)
    context = {
        "heading": title,
        "columns": columns,
        "rows": rows[:500],
        "all": len(rows),
        "sums": {name: figures.told_sum(rows, name) for name in sums},
        "frame": frame,
        "coverage": None if facility else (frame.files if of_files else frame.data).get(span),
        "of_files": of_files,
        "hidden": hidden,
        "remark": remark,
        "left_out": sum(row.get("untold", 0) for row in rows),
        "folded": figures.FOLDED,
        "choices": figures.known_facilities(marts),
        "care_name": care_name,
        "span": span,
        "facility": facility,
    }
    return render(request, "ioc/rows.html", context)


def _csv(columns: list[Column], rows: Sequence[Any], name: str, as_of: datetime | None) -> HttpResponse:
    """The rows for a spreadsheet: UTF-8 with its mark, so that Excel reads the Vietnamese.

    Every row says as of when it is true: rows are copied from one sheet into another.
    """
    true_at = as_of.astimezone(VIETNAM).isoformat(timespec="seconds") if as_of else ""
    head = [*(title for title, _, _ in columns), gettext("Tính đến")]
    text = csv_of(head, ([*(_in_words(row[column], how) for _, column, how in columns), true_at] for row in rows))
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


def _in_words(value: Any, how: str) -> Any:
    """What the page shows in words, in the same words: a sheet is read by people too. Codes and figures stay."""
    if how == "care":
        return care_name(value)
    if how == "yes":
        return gettext("Có") if value else gettext("Không")
    if value == figures.FOLDED:
        return "" if how == "code" else gettext("Lượt lẻ của các cơ sở")
    return value


def _asked(request: HttpRequest) -> tuple[str, str]:
    span = request.GET.get("span", "7d")
    return (span if span in figures.SPANS else "7d"), request.GET.get("facility", "")[:5]


def _diagnosis(row: Any) -> str:
    if row["code"] == figures.FOLDED:
        return gettext("Các mã hiếm hoặc nhạy cảm")
    return diagnosis_name(row["code"]) or row["name"]


def _board(names: Sequence[str]) -> dict[str, Any]:
    """Only the figures these tiles need."""
    marts, now = _marts(), system_clock()
    frame = figures.frame(marts, now)
    context: dict[str, Any] = {"frame": frame}
    if frame.kind == "empty":
        return context
    makers: dict[str, tuple[str, Callable[[Marts, datetime], Any]]] = {
        "today": ("visits", figures.visits),
        "week": ("visits", figures.visits),
        "course": ("visits", figures.visits),
        "facilities": ("visits", figures.visits),
        "files": ("files", figures.files),
        "money": ("money", figures.money),
        "diagnoses": ("diagnoses", lambda source, _: figures.diagnoses(source)),
        "silent": ("known", lambda source, _: figures.facilities(source)),
    }
    for name in names:
        key, make = makers[name]
        if key not in context:
            context[key] = make(marts, now)
    if "known" in context:
        context["silent"] = figures.silent(context["known"])
    return context
