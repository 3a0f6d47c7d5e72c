"""On paper: the record and the desk without frame and controls, on white, with all they say; who it is on each list."""

from __future__ import annotations

import io

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader
from tests.integration.web.test_browser import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FRAME = ".rail, .topbar, .skip, .toasts, .filters, .pages, .tabs, .btn, .notice, main form"
REASON = "Rà soát hồ sơ theo lịch của cơ sở"
INK = """() => [document.body, document.querySelector("main h1, .banner__name")].map((one, at) =>
    getComputedStyle(one)[at ? "color" : "backgroundColor"].match(/[\\d.]+/g).slice(0, 3).map(Number))"""


def paper(page) -> list[list[str]]:
    """The lines of each sheet a printer gets, as `bare` writes them: what reads a PDF puts spaces into words."""
    sheets = [one.extract_text() for one in PdfReader(io.BytesIO(page.pdf())).pages]
    return [[bare(line) for line in text.splitlines() if bare(line)] for text in sheets]


def bare(text: str) -> str:
    return "".join(text.split()).casefold()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_record_on_paper_is_dark_on_white_without_the_frame(site, browser, address, theme):
    context, page = signed_in(browser, address, "nhanvien", color_scheme=theme)
    page.goto(f"/record/{site.patient}/print")
    page.emulate_media(media="print", color_scheme=theme)
    for place in page.locator(FRAME).all():
        expect(place).not_to_be_visible()
    ground, ink = page.evaluate(INK)
    assert min(ground) == 255
    assert max(ink) < 128
    context.close()


def test_every_list_of_a_record_that_is_printed_names_the_person(site, browser, address):
    context, page = signed_in(browser, address, "nhanvien")
    page.goto(f"/record/{site.patient}")
    name = page.locator(".banner__name").inner_text()
    for part in ("", "/tests", "/medicines", "/print"):
        page.goto(f"/record/{site.patient}{part}")
        assert bare(name) in "".join(paper(page)[0]), part
    context.close()


def test_what_a_form_stands_beside_is_printed_too(site, browser, address):
    officer = site.client("baovedulieu")
    form = {"account": "nhanvien", "people": "500", "hours": "1", "reason": REASON}
    officer.post("/privacy/budgets/grant", form)
    context, page = signed_in(browser, address, "baovedulieu")
    page.goto("/privacy/budgets")
    told = "".join(line for sheet in paper(page) for line in sheet)
    page.get_by_role("button", name="Thu hồi").first.click()
    expect(page.locator(".message--ok")).to_be_visible()
    context.close()
    assert bare(REASON) in told
    assert bare("Tính đến") in told
    assert bare("Thu hồi") not in told


def test_a_heading_is_never_the_last_of_its_sheet(site, browser, address):
    context, page = signed_in(browser, address, "nhanvien")
    page.goto(f"/record/{site.patient}/print")
    headings = {bare(text) for text in page.locator("main h2").all_inner_texts()}
    sheets = paper(page)
    context.close()
    starts = tuple(headings)  # how many there are may stand behind it
    assert sum(line.startswith(starts) for lines in sheets for line in lines) > 3
    assert not [lines[-1] for lines in sheets if lines and lines[-1].rstrip("0123456789") in headings]
