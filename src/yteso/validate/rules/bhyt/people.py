"""Who the person is: citizen number, card numbers, and what they tell against birth and sex (BHYT-1014 …, 2020 …)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yteso.base.issue import Issue, Rule, Severity
from yteso.base.record import Record
from yteso.standards.identifiers import cccd_facts, valid_bhyt_card
from yteso.validate.rules.bhyt.facts import Facts, moment, parts

_CITIZEN = Rule(
    "BHYT-1014",
    Severity.ERROR,
    "SO_CCCD không phải số CCCD (12 chữ số), CMND (9 chữ số) hoặc hộ chiếu (1 chữ in hoa + 7 chữ số)",
    "SO_CCCD is no citizen number (12 digits), identity card (9 digits) or passport (a capital letter + 7 digits)",
    "Ghi đúng số trên giấy tờ của người bệnh; nếu chưa có thì để trống",
    "give the number on the person's papers; leave it empty when there is none",
    basis="Bảng kiểm tra dữ liệu của BHXH Việt Nam, trường SO_CCCD",
)
_FOREIGN = Rule(
    "BHYT-1015",
    Severity.WARNING,
    "SO_CCCD có dạng giấy tờ nước ngoài hoặc tài khoản định danh; không dùng để tìm người",
    "SO_CCCD looks like a foreign paper or an identity account; it is not used to find the person",
    "Kiểm tra lại nếu người bệnh là công dân Việt Nam",
    "check it when the person is a Vietnamese citizen",
    basis="Bảng kiểm tra dữ liệu của BHXH Việt Nam, trường SO_CCCD",
)
_CARD = Rule(
    "BHYT-1016",
    Severity.WARNING,
    "MA_THE_BHYT không đúng cấu trúc (15 ký tự: 2 chữ + 13 số; hoặc 10 số; hoặc số CCCD)",
    "MA_THE_BHYT has not the form of a card number (2 letters + 13 digits, 10 digits, or a citizen number)",
    "Tra cứu thẻ trên Cổng của BHXH Việt Nam và ghi lại",
    "look the card up on the insurer's portal and correct it",
    basis="QĐ 1351/QĐ-BHXH; NĐ 188/2025/NĐ-CP",
)
_ALIGNED = Rule(
    "BHYT-1017",
    Severity.WARNING,
    "Số giá trị của {field} không bằng số thẻ trong MA_THE_BHYT",
    "{field} does not have as many values as MA_THE_BHYT has cards",
    "Ghi mỗi thẻ một giá trị, cách nhau bằng dấu chấm phẩy, theo cùng thứ tự",
    "give one value per card, separated by semicolons, in the same order",
    basis="QĐ 130/QĐ-BYT bảng 1, các trường 17–20",
)
_BIRTH = Rule(
    "BHYT-2020",
    Severity.WARNING,
    "Năm sinh trong SO_CCCD khác năm của NGAY_SINH",
    "the birth year in SO_CCCD differs from the year of NGAY_SINH",
    "Đối chiếu lại với giấy tờ của người bệnh",
    "compare with the person's papers",
    basis="Thông tư 59/2021/TT-BCA (cấu trúc số định danh cá nhân)",
)
_SEX = Rule(
    "BHYT-2021",
    Severity.WARNING,
    "Giới tính trong SO_CCCD khác GIOI_TINH",
    "the sex in SO_CCCD differs from GIOI_TINH",
    "Đối chiếu lại với giấy tờ của người bệnh",
    "compare with the person's papers",
    basis="Thông tư 59/2021/TT-BCA (cấu trúc số định danh cá nhân)",
)
_CARD_DATES = Rule(
    "BHYT-2022",
    Severity.WARNING,
    "Không thẻ BHYT nào còn giá trị vào ngày vào viện (NGAY_VAO)",
    "no insurance card is valid on the day of arrival (NGAY_VAO)",
    "Kiểm tra GT_THE_TU và GT_THE_DEN của thẻ",
    "check GT_THE_TU and GT_THE_DEN of the card",
    basis="Luật BHYT 25/2008/QH12 sửa đổi 51/2024/QH15",
)
_NO_CARD = Rule(
    "BHYT-2023",
    Severity.WARNING,
    "Quỹ BHYT được đề nghị thanh toán nhưng hồ sơ không có MA_THE_BHYT",
    "the fund is asked to pay but the visit has no MA_THE_BHYT",
    "Ghi mã thẻ (kể cả thẻ tạm), hoặc ghi T_BHTT bằng 0",
    "give the card number (a temporary one too), or T_BHTT 0",
    basis="QĐ 130/QĐ-BYT bảng 1, trường MA_THE_BHYT",
)

_PASSPORT = re.compile(r"[A-Z]\d{7}", re.ASCII)
_OTHER_PAPER = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9]{5,24}", re.ASCII)
_SEXES = {"1": "male", "2": "female"}


def check_people(facts: Facts) -> Iterator[Issue]:
    """The person's numbers, each with its own form, then against birth, sex and arrival."""
    row = facts.person
    if row is None:
        return
    yield from _citizen(row)
    yield from _cards(row)
    fund = row["T_BHTT"]
    if fund.strip("0.") and not row["MA_THE_BHYT"]:
        yield _NO_CARD.at(row.place("MA_THE_BHYT"))


def _citizen(row: Record) -> Iterator[Issue]:
    number = row["SO_CCCD"]
    if not number:
        return
    if number.isascii() and number.isdigit() and len(number) in (9, 12):
        if len(number) == 12:
            yield from _told_by_number(row, number)
    elif _OTHER_PAPER.fullmatch(number):
        if not _PASSPORT.fullmatch(number):
            yield _FOREIGN.at(row.place("SO_CCCD"))
    else:
        yield _CITIZEN.at(row.place("SO_CCCD"))


def _told_by_number(row: Record, number: str) -> Iterator[Issue]:
    found = cccd_facts(number)
    if found is None:
        return
    year, sex = found
    born = row["NGAY_SINH"][:4]
    if born.isdigit() and int(born) != year:
        yield _BIRTH.at(row.place("SO_CCCD"))
    told = _SEXES.get(row["GIOI_TINH"])
    if told and told != sex:
        yield _SEX.at(row.place("SO_CCCD"))


def _cards(row: Record) -> Iterator[Issue]:
    cards = parts(row["MA_THE_BHYT"])
    if not cards:
        return
    if not all(valid_bhyt_card(card) for card in cards):
        yield _CARD.at(row.place("MA_THE_BHYT"))
    for field in ("MA_DKBD", "GT_THE_TU", "GT_THE_DEN"):
        if row[field] and len(row[field].split(";")) != len(row["MA_THE_BHYT"].split(";")):
            yield _ALIGNED.at(row.place(field), field=field)
    arrived = row["NGAY_VAO"][:8]
    starts, ends = parts(row["GT_THE_TU"]), parts(row["GT_THE_DEN"])
    if moment(arrived) and starts and ends and not any(a <= arrived <= b for a, b in zip(starts, ends, strict=False)):
        yield _CARD_DATES.at(row.place("GT_THE_DEN"))
