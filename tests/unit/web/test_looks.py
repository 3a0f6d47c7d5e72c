"""Audit rows as a person reads them: names, and what one did at one sitting together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from yteso.client.accesses import Access
from yteso.web.looks import look, runs

_UPDATE = {"what": "Patient/p", "action": "U"}
_GLASS = {"what": "Patient/p/$break-glass", "action": "E"}
NOON = datetime(2026, 11, 26, 5, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _vietnamese():
    with translation.override("vi"):
        yield


def access(minutes=0, who="bs-minh", role="doctor", what="Patient/p", **more):
    fields = {"facility": "79001", "purpose": "TREAT", "action": "R", "detail": "", **more}
    return Access(0, minutes, NOON - timedelta(minutes=minutes), who, role, what=what, **fields)


def told(*found, names=None):
    return [look(one, "nguoidan", "p", names or {}) for one in found]


def test_who_looked_is_called_by_name_and_an_unknown_account_by_itself():
    known, unknown = told(access(), access(who="bs-khac"), names={"bs-minh": "Bác sĩ Minh Mẫu"})
    assert (known.who, unknown.who) == ("Bác sĩ Minh Mẫu", "bs-khac")


def test_what_one_did_at_one_sitting_stands_together():
    later, parts = access(0), [access(4, what="Condition"), access(9, what="Observation")]
    assert [len(run) for run in runs(told(later, *parts))] == [3]


@pytest.mark.parametrize(
    "other",
    [{"who": "bs-khac"}, {"facility": "79002"}, {"purpose": "ETREAT"}, {"outcome": "4"}, {"behalf": "x"}],
    ids=["another account", "another facility", "another reason", "refused", "for another"],
)
def test_what_differs_for_a_person_stands_apart(other):
    assert [len(run) for run in runs(told(access(0), access(1, **other)))] == [1, 1]


def test_a_look_after_a_pause_stands_apart():
    assert [len(run) for run in runs(told(access(0), access(11)))] == [1, 1]


def test_what_the_platform_wrote_on_a_day_is_one_line_and_a_machine_that_reads_is_not():
    wrote = [access(n, who="intake", role="system", action="U", facility="") for n in (0, 60, 180)]
    reads = access(200, who="command", role="system", facility="")
    found = runs(told(*wrote, reads))
    assert [len(run) for run in found] == [3, 1]
    assert [run[0].by_itself for run in found] == [True, False]
    assert found[0][0].role == ""


def test_what_came_from_a_facility_names_it_and_the_account_it_came_by():
    (one,) = told(access(who="intake", role="system", action="C", facility="79001", client="his-79001"))
    assert (one.access.facility, one.place) == ("79001", "")
    assert one.why == "Đưa kết quả khám, chữa bệnh vào hồ sơ của bạn"
    assert one.behalf == "Cơ sở y tế đã gửi dữ liệu (tài khoản his-79001)"


def test_a_row_from_before_says_that_it_does_not_name_who_sent_it():
    (one,) = told(access(who="intake", role="system", action="C", facility=""))
    assert "chưa nêu cơ sở đã gửi" in one.place


@pytest.mark.parametrize(
    ("role", "place"),
    [
        ("inspector", "Sở Y tế"),
        ("administrator", "Nền tảng Y tế số của tỉnh"),
        ("integrator", "Hệ thống kết nối với tỉnh"),
        ("citizen", "Người dân, không thuộc cơ sở nào"),
    ],
)
def test_who_is_of_no_facility_is_told_by_where_they_belong(role, place):
    (one,) = told(access(who="ai-do", role=role, facility=""))
    assert one.place == place
    assert one.behalf


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"what": "Condition?0a1b"}, "Tìm, xem: Chẩn đoán"),
        ({"what": "Patient/p/newest"}, "Xem: Nhiều phần của hồ sơ"),
        ({"what": "Patient/p/$everything"}, "Xem: Nhiều phần của hồ sơ"),
        ({"what": "Patient/p/$download", "action": "E"}, "Tải về: Nhiều phần của hồ sơ"),
        ({"what": "$export", "action": "E"}, "Kết xuất: Nhiều phần của hồ sơ"),
        ({"what": "9 resources", "action": "C", "detail": "import 1"}, "Nạp dữ liệu hàng loạt: Nhiều phần của hồ sơ"),
        ({**_UPDATE, "detail": "joined with Patient/q"}, "Nhập làm một: Hai hồ sơ có thể là của bạn"),
        ({**_UPDATE, "detail": "parted with Patient/q"}, "Tách ra: Hai hồ sơ có thể là của bạn"),
        ({"what": "review/1", "action": "U"}, "Quyết định: Hai hồ sơ có phải của một người"),
        ({**_GLASS, "purpose": "BTG"}, "Mở khẩn cấp: Hồ sơ của bạn"),
        (
            {**_GLASS, "purpose": "BTG", "detail": "glass:ended 4f1c0c0e-8f5e-4a57-9d0e-0a4d3c2b1a00"},
            "Đóng lại sau khi mở khẩn cấp: Hồ sơ của bạn",
        ),
        ({**_GLASS, "purpose": "HLEGAL"}, "Xét một lần mở khẩn cấp: Hồ sơ của bạn"),
        ({"what": "Patient/p/$visit-code", "action": "C"}, "Tạo mã mở hồ sơ: Hồ sơ của bạn"),
        ({"what": "Patient/p/$open", "action": "E"}, "Mở bằng mã của bạn: Hồ sơ của bạn"),
        ({"what": "Consent/c", "action": "C"}, "Ghi mới: Đồng ý, từ chối chia sẻ"),
        ({"what": "intake/1", "detail": "raw file"}, "Xem: Tệp gốc cơ sở y tế gửi đến"),
        ({"what": "intake/1", "action": "E", "detail": "replay"}, "Xử lý lại: Tệp gốc cơ sở y tế gửi đến"),
        ({"what": "Subscription/s/$notify", "action": "E"}, "Gửi tự động: Tin về thay đổi trong hồ sơ"),
        ({"what": "case/1", "action": "U"}, "Trả lời: Câu hỏi về một lượt xem"),
        ({"what": "3 cases"}, "Xem: Câu hỏi, yêu cầu của bạn"),
        ({"what": "request/1", "action": "U"}, "Xử lý: Yêu cầu của bạn về dữ liệu"),
        ({"what": "breach/1/people", "action": "E"}, "Lập danh sách: Người bị ảnh hưởng bởi một vi phạm dữ liệu"),
        ({"what": "page:record:person", "outcome": "4"}, "Bị từ chối: Trang của hồ sơ"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_kind_of_act_is_told_in_words(row, words):
    (one,) = told(access(**row))
    assert f"{one.done}: {one.kind}" == words
