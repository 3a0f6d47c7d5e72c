"""Page links: opaque, without a value in plain sight, and refused when they are not ours."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import parse_qsl, urlsplit

import pytest

from yteso.access.principal import Principal, Role
from yteso.api.call import Call
from yteso.api.page import next_url, read_page, self_url, unpack
from yteso.base.errors import Refused
from yteso.base.http import Request


def call_of(path="/Patient", params=()):
    request = Request("GET", path, "", {}, BytesIO(), base_url="http://h/fhir")
    return Call(engine=None, request=request, who=Principal("an", Role.DOCTOR), type="Patient", params=tuple(params))


def test_a_next_link_brings_back_the_question_and_the_place():
    asked = (("name", "Thử"), ("name", "An"), ("_count", "5"))
    link = next_url(call_of(), asked, "7|x")
    params = tuple(parse_qsl(urlsplit(link).query))
    assert read_page(call_of(params=params)) == (asked, "7|x")


def test_a_next_link_shows_no_value():
    link = next_url(call_of(), (("name", "Thử"), ("identifier", "079099000001")), "7")
    assert "Th" not in link.partition("?")[2].partition("=")[2][:2]
    assert "079099000001" not in link


def test_a_search_by_post_goes_on_by_get():
    assert self_url(call_of("/Patient/_search"), (("name", "a b"),)) == "http://h/fhir/Patient?name=a+b"


def test_general_parameters_are_no_part_of_the_question():
    params = (("_format", "json"), ("name", "a"), ("_pretty", "true"))
    assert read_page(call_of(params=params)) == ((("name", "a"),), "")


@pytest.mark.parametrize(
    "token", ["x", "e30=", "WzFd", "bnVsbA==", "W10=", "W1td", "WyIiLFsiYSJdXQ==", "ü", "====", "W1siYSJdXQ=="]
)
def test_a_link_that_is_not_ours_is_400(token):
    with pytest.raises(Refused) as refused:
        unpack(token)
    assert (refused.value.status, refused.value.issues[0].code) == (400, "API-0022")
