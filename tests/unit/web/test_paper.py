"""Papers as PDF, read back with a real reader: diacritics, tags, pages, hostile text; bounded in time and size."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from pypdf import PdfReader

from yteso.apps.healthbook.lines import Line
from yteso.apps.healthbook.paper import paper_of
from yteso.base.clock import VIETNAM
from yteso.client.people import PersonBanner
from yteso.web.paper import press
from yteso.web.paper.document import Entry, Paper, Part

HARD = "Nguyễn Thị Ngọc Ẩn Thử – ẵ ẫ ậ ặ ề ể ễ ệ ố ổ ỗ ộ ớ ở ỡ ợ ứ ử ữ ự ỳ ỷ ỹ ỵ đ Đ"
HOSTILE = (
    '#eval("1+1") $x^2$ *đậm* _nghiêng_ `mã` <nhan> @ai #read("/etc/passwd") \\ // het',
    "</script><script>alert(1)</script>",
    ']]]]}}}} #import "@preview/x:1.0.0"',
    "\u202edảo\u202c \u0000\u0007 \ufffe 漢字 🫀",
    "x" * 5000,
)


def paper(*entries: Entry, language: str = "vi") -> Paper:
    return Paper(
        title="Sổ sức khỏe",
        author="Y tế số",
        language=language,
        running=f"{HARD[:21]} · 079 184 000 123",
        as_of="Tính đến 26/11/2026 08:00",
        foot="Y tế số",
        page="Trang",
        lead=("Lời đầu.",),
        facts=(("Họ tên", HARD),),
        parts=(Part("Kết quả xét nghiệm", entries, "Ghi chú."),),
    )


def read(printed: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(printed))


def text_of(reader: PdfReader) -> str:
    return "\n".join(page.extract_text() for page in reader.pages)


def test_every_letter_of_vietnamese_is_read_back_as_it_was_written():
    found = text_of(read(press.print_pdf(paper(Entry("Đường huyết", "5,3 mmol/L", origin="BV Mẫu")))))
    assert HARD in " ".join(found.split())
    assert "Đường huyết – 5,3 mmol/L" in found


def test_letters_written_in_pieces_are_put_together():
    assert "Nguyễn" in text_of(read(press.print_pdf(paper(Entry("Nguye\u0302\u0303n")))))


def test_it_is_tagged_titled_and_in_its_language_with_our_typeface_in_it():
    reader = read(press.print_pdf(paper(Entry("Một mục"), language="en")))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert reader.metadata.title == "Sổ sức khỏe"
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    fonts = {str(font.get_object()["/BaseFont"]) for font in reader.pages[0]["/Resources"]["/Font"].values()}
    assert all("BeVietnamPro" in name for name in fonts)
    assert set(roles(root["/StructTreeRoot"])) >= {"/H1", "/H2", "/P"}


def roles(node) -> list[str]:
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return [role for one in node for role in roles(one)]
    if not isinstance(node, dict):
        return []
    return [str(node.get("/S", "")), *roles(node.get("/K", []))]


def test_every_page_names_the_person_the_moment_and_its_number():
    reader = read(press.print_pdf(paper(*(Entry(f"Mục {n}") for n in range(120)))))
    count = len(reader.pages)
    assert count > 3
    for number, page in enumerate(reader.pages, 1):
        found = page.extract_text()
        for wanted in ("079 184 000 123", "Tính đến 26/11/2026 08:00", f"Trang {number}/{count}"):
            assert wanted in found


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text(text):
    """Nothing is evaluated, no file is read, nothing is fetched, and the paper comes out."""
    printed = press.print_pdf(paper(Entry(text, text, (text,), text, warn=True, origin=text), Entry("Mục sau cùng")))
    found = text_of(read(printed))
    assert "Mục sau cùng" in found
    assert "root:" not in found
    if "#eval" in text:
        assert '#eval("1+1")' in found


def test_what_takes_too_long_or_grows_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(press, "SECONDS", 0.001)
    with pytest.raises(press.NotPrinted):
        press.print_pdf(paper(Entry("Một mục")))
    monkeypatch.undo()
    monkeypatch.setattr(press, "LARGEST", 1000)
    with pytest.raises(press.NotPrinted):
        press.print_pdf(paper(Entry("Một mục")))


def test_too_many_at_once_wait_and_are_refused(monkeypatch):
    monkeypatch.setattr(press, "_WAIT", 0.01)
    with press._AT_ONCE, press._AT_ONCE, pytest.raises(press.NotPrinted):
        press.print_pdf(paper(Entry("Một mục")))
    assert press.print_pdf(paper(Entry("Một mục")))


def test_a_place_that_turns_its_line_turns_only_itself():
    person = PersonBanner("m", "\u202eMẫu", "male", "1970-01-02", 56, ())
    line = Line("Thử", value="\u202e3,5", place="\u202eBV Mẫu", when="2026-11-20", maker="BS Thử")
    made = paper_of(person, [("Kết quả", [line], False)], datetime(2026, 11, 26, 8, tzinfo=VIETNAM))
    assert made.running == "\u2068\u202eMẫu\u2069 · sinh 02/01/1970"
    (entry,) = made.parts[0].entries
    assert entry.value == "\u2068\u202e3,5\u2069"
    assert entry.origin == "20/11/2026 · \u2068\u202eBV Mẫu\u2069 · BS Thử"
    assert press.print_pdf(made).startswith(b"%PDF-")
