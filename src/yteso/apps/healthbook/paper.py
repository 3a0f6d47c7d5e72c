"""The record -> the paper a person takes home: lines of every section, in the language of the page. Pure; no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.utils.translation import get_language, gettext

from yteso.apps.healthbook.lines import Line
from yteso.base.direction import isolated
from yteso.client.people import PersonBanner
from yteso.standards.identifiers import CCCD
from yteso.web.formats import NONE, date, moment
from yteso.web.paper.document import Entry, Paper, Part

Group = tuple[str, Sequence[Line], bool]
"""Title, lines, whether there are more than these."""


def paper_of(person: PersonBanner, groups: Sequence[Group], asked: datetime) -> Paper:
    """The whole paper."""
    return Paper(
        title=gettext("Sổ sức khỏe"),
        author="Y tế số",
        language="en" if get_language() == "en" else "vi",
        running=_running(person),
        as_of=gettext("Tính đến %(moment)s") % {"moment": moment(asked)},
        foot=gettext("Y tế số · do chính người có tên trên trang này tải về, hoặc người đại diện của họ"),
        page=gettext("Trang"),
        lead=(
            gettext("Những gì các cơ sở y tế đã gửi về người này, mới nhất trước. Ai làm ra ghi ở cuối mỗi mục."),
            gettext("Giải thích kết quả ở đây không thay lời bác sĩ."),
        ),
        facts=tuple((label, value) for label, value in _facts(person) if value),
        parts=tuple(_part(*group) for group in groups),
    )


def paper_of_visit(person: PersonBanner, visit: Line, groups: Sequence[Group], asked: datetime) -> Paper:
    """The paper of one visit: why, when and where, then what belongs to it."""
    facts = (
        (gettext("Lượt khám"), visit.title),
        (gettext("Lý do"), visit.detail),
        (gettext("Ngày"), date(visit.when) if visit.when else ""),
        (gettext("Nơi khám"), visit.place),
    )
    whole = paper_of(person, groups, asked)
    told = tuple((label, value) for label, value in facts if value)
    return replace(whole, title=gettext("Lượt khám, điều trị"), lead=whole.lead[1:], facts=whole.facts + told)


def _running(person: PersonBanner) -> str:
    born = gettext("sinh %(date)s") % {"date": date(person.birth_date)} if person.birth_date else ""
    number = next((value for system, value in person.identifiers if system == CCCD), "")
    number = number or next((value for _, value in person.identifiers), "")
    return " · ".join(map(isolated, filter(None, (person.name, born, number))))


def _facts(person: PersonBanner) -> list[tuple[str, str]]:
    genders = {"male": gettext("Nam"), "female": gettext("Nữ")}
    numbers = [(_number_name(system), value) for system, value in person.identifiers]
    return [
        (gettext("Họ tên"), person.name or NONE),
        (gettext("Ngày sinh"), date(person.birth_date)),
        (gettext("Giới tính"), genders.get(person.gender, "")),
        *numbers,
        (gettext("Địa chỉ"), person.address),
    ]


def _number_name(system: str) -> str:
    names = {
        "cccd": gettext("Số định danh cá nhân"),
        "bhxh": gettext("Mã số BHXH"),
        "bhyt": gettext("Số thẻ BHYT"),
    }
    return names.get(system.rsplit("/", 1)[-1], gettext("Mã người bệnh"))


def _part(title: str, lines: Sequence[Line], more: bool) -> Part:
    note = "" if lines else gettext("Chưa cơ sở nào gửi phần này.")
    if more:
        note = gettext("Chỉ %(count)s mục mới nhất; còn nữa trong hồ sơ.") % {"count": len(lines)}
    return Part(title, tuple(map(_entry, lines)), note)


def _entry(line: Line) -> Entry:
    return Entry(
        title=isolated(line.title),
        value=isolated(line.value),
        lines=tuple(filter(None, (line.about, line.detail))),
        meaning=line.meaning,
        warn=line.warn,
        origin=" · ".join(map(isolated, filter(None, (date(line.when) if line.when else "", line.place, line.maker)))),
    )
