"""A narrative in which something would act, in whatever way it is written, and those that only look like it."""

from __future__ import annotations

import pytest

from yteso.fhir.xml.narrative import is_inert
from yteso.validate.structure import check_resource

XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'


@pytest.mark.parametrize(
    "inside",
    [
        "<script>x()</script>",
        "<SCRIPT>x()</SCRIPT>",
        '<h:script xmlns:h="http://www.w3.org/1999/xhtml">x()</h:script>',
        '<iframe src="https://elsewhere"/>',
        '<object data="x"/>',
        '<form action="https://elsewhere"><input name="a"/></form>',
        '<link rel="stylesheet" href="https://elsewhere"/>',
        '<base href="https://elsewhere"/>',
        '<svg xmlns="http://www.w3.org/2000/svg"/>',
        '<p onclick="x()">a</p>',
        '<p\nONCLICK = "x()">a</p>',
        '<a href="javascript:x()">a</a>',
        '<a href=" java&#10;script&#58;x()">a</a>',
        '<a href="JavaScript&#x3A;x()">a</a>',
        '<img src="data:image/svg+xml,x" alt=""/>',
        '<a href="data:text/html,x">a</a>',
    ],
)
def test_what_acts_is_refused_at_its_place(inside):
    div = f"<div {XHTML}>{inside}</div>"
    assert not is_inert(div)
    patient = {"resourceType": "Patient", "text": {"status": "generated", "div": div}}
    found = [(issue.code, issue.origin.field) for issue in check_resource(patient)]
    assert found == [("FHIR-2012", "Patient.text.div")]


@pytest.mark.parametrize(
    "inside",
    [
        "the script: onset = 3 days, base line, form 5, object",
        "&lt;script&gt;x()&lt;/script&gt;",
        '<p title="javascript: a language">a</p>',
        '<a href="https://elsewhere/script:x">a</a>',
        '<img src="data:image/png;base64,AAAA" alt=""/>',
        '<a name="on"/>&#160;<b>bold</b><br/>',
        "<!-- <script>x()</script> -->",
        '<table border="1"><tbody><tr><td style="color: red">a</td></tr></tbody></table>',
    ],
)
def test_what_only_tells_stays(inside):
    div = f"<div {XHTML}>{inside}</div>"
    assert is_inert(div)
    assert not check_resource({"resourceType": "Patient", "text": {"status": "generated", "div": div}})
