"""The WSGI front: right door, bounded bodies, headers, request ids, and no failure that tells a value."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from yteso.base.errors import Refused
from yteso.base.http import Request, Response
from yteso.base.settings import Settings
from yteso.ops.front import Door, Front
from yteso.ops.rules import TOO_LARGE

LIMIT = 1000


def pages(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/html")])
    return [b"page " + environ["PATH_INFO"].encode()]


def echo(request: Request) -> Response:
    return Response(200, json.dumps([request.path, request.query, request.base_url]).encode())


def ask(
    front: Front, path: str, *, method: str = "GET", body: bytes = b"", length: str | None = None, **more: str
) -> tuple[str, dict[str, str], bytes]:
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "a=1",
        "CONTENT_LENGTH": str(len(body)) if length is None else length,
        "HTTP_HOST": "localhost:8430",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        **more,
    }
    seen: list[Any] = []
    answer = front(environ, lambda status, headers, *_: seen.append((status, dict(headers))))
    return seen[0][0], seen[0][1], b"".join(answer)


def front(*doors: Door, public_url: str = "") -> Front:
    return Front(doors, pages, LIMIT, public_url)


def test_a_mounted_door_sees_the_path_below_its_mount() -> None:
    status, _, body = ask(front(Door("fhir", ("/fhir",), echo, mounted=True)), "/fhir/Patient")
    assert status == "200 OK"
    assert json.loads(body) == ["/Patient", "a=1", "http://localhost:8430/fhir"]


def test_the_public_address_is_the_base_of_links() -> None:
    door = Door("fhir", ("/fhir",), echo, mounted=True)
    _, headers, body = ask(front(door, public_url="https://yte.example.vn"), "/fhir/Patient")
    assert json.loads(body)[2] == "https://yte.example.vn/fhir"
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8430", "127.0.0.1:8430", "[::1]:8430", "yte.example.vn"])
def test_a_name_of_ours_is_the_base_of_links(host: str) -> None:
    own = Front(
        [Door("fhir", ("/fhir",), echo, mounted=True)],
        pages,
        LIMIT,
        hosts=Settings(Path(), host="yte.example.vn").hosts,
    )
    assert json.loads(ask(own, "/fhir/Patient", HTTP_HOST=host)[2])[2] == f"http://{host}/fhir"


@pytest.mark.parametrize(
    "host",
    ["example.com", "localhost.example.com", "localhost@example.com", "localhost:8430/x?", "10.0.0.9", "a b", "[::1"],
)
def test_no_answer_holds_links_that_begin_with_somebody_elses_name(host: str) -> None:
    for door in (Door("fhir", ("/fhir",), echo, mounted=True), Door("exchange", ("/fhir",), echo)):
        status, _, body = ask(
            Front([door], pages, LIMIT, hosts=Settings(Path(), host="0.0.0.0").hosts), "/fhir/x", HTTP_HOST=host
        )
        assert status == "421 Misdirected Request"
        assert b"OPS-0014" in body
        assert host.encode() not in body


def test_a_door_without_links_answers_a_balancer_that_calls_it_by_its_address() -> None:
    assert (
        ask(front(Door("healthz", ("/healthz",), echo, anywhere=True)), "/healthz", HTTP_HOST="10.0.0.9")[0] == "200 OK"
    )


def test_behind_a_proxy_the_name_in_the_request_is_nothing_to_us() -> None:
    door = Door("fhir", ("/fhir",), echo, mounted=True)
    _, _, body = ask(front(door, public_url="https://yte.example.vn"), "/fhir/Patient", HTTP_HOST="inner")
    assert json.loads(body)[2] == "https://yte.example.vn/fhir"


def test_a_path_that_only_begins_like_a_door_is_a_page() -> None:
    assert ask(front(Door("fhir", ("/fhir",), echo)), "/fhirbird")[2] == b"page /fhirbird"


def test_doors_get_security_headers_and_every_answer_a_request_id() -> None:
    _, headers, _ = ask(front(Door("fhir", ("/fhir",), echo)), "/fhir", HTTP_X_REQUEST_ID="given-by-proxy-1")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Request-Id"] == "given-by-proxy-1"
    _, headers, _ = ask(front(), "/", HTTP_X_REQUEST_ID="not\r\nallowed")
    assert len(headers["X-Request-Id"]) == 16


@pytest.mark.parametrize("length", ["1001", ""])
def test_a_body_over_the_limit_is_413_with_its_number_whether_declared_or_not(length: str) -> None:
    def read_all(request: Request) -> Response:
        while request.body.read(100):
            pass
        return Response(200)

    status, _, body = ask(
        front(Door("x", ("/x",), read_all)), "/x", method="POST", body=b"x" * (LIMIT + 1), length=length
    )
    assert status.startswith("413")
    assert json.loads(body)["issues"][0]["code"] == "OPS-0010"


def test_a_page_does_not_get_a_body_over_the_limit_either() -> None:
    assert ask(front(), "/upload", method="POST", length="1001")[0].startswith("413")


def test_a_failing_door_is_500_with_a_look_up_number_and_no_value(caplog: pytest.LogCaptureFixture) -> None:
    def fail(request: Request) -> Response:
        raise ValueError("Nguyễn Thử Nghiệm")

    with caplog.at_level(logging.ERROR):
        status, headers, body = ask(front(Door("x", ("/x",), fail)), "/x")
    assert status.startswith("500")
    assert json.loads(body)["issues"][0]["code"] == "OPS-0011"
    assert headers["X-Request-Id"] in caplog.text
    assert "Nghiệm" not in caplog.text + body.decode()


def test_a_refusal_raised_by_a_door_keeps_its_status() -> None:
    def refuse(request: Request) -> Response:
        raise Refused(TOO_LARGE.at(limit=1), status=409)

    assert ask(front(Door("x", ("/x",), refuse)), "/x")[0].startswith("409")


def test_a_streamed_answer_is_passed_on_piece_by_piece() -> None:
    def stream(request: Request) -> Response:
        return Response(200, iter([b"a", b"b"]), {"Content-Type": "text/plain"})

    _, headers, body = ask(front(Door("x", ("/x",), stream)), "/x")
    assert body == b"ab"
    assert "Content-Length" not in headers


def test_a_door_sees_headers_in_lower_case_and_an_empty_type_or_length_not_at_all() -> None:
    def told(request: Request) -> Response:
        named = {name: request.headers.get(name, "-") for name in ("if-match", "content-type", "accept")}
        assert {name for name in named if name in request.headers} == {"if-match", "accept"}
        return Response(200, json.dumps([named, dict(request.headers), len(request.headers)]).encode())

    door = front(Door("fhir", ("/fhir",), told))
    *_, body = ask(door, "/fhir", body=b"12", HTTP_IF_MATCH="1", CONTENT_TYPE="", HTTP_ACCEPT="")
    named, everything, count = json.loads(body)
    assert named == {"if-match": "1", "content-type": "-", "accept": ""}
    assert everything.keys() == {"host", "if-match", "accept", "content-length", "x-request-id"}
    assert count == len(everything)


def test_a_header_the_door_sets_itself_is_not_added_again() -> None:
    own = {"cache-control": "private", "Content-Length": "2"}
    _, headers, _ = ask(front(Door("fhir", ("/fhir",), lambda _: Response(200, b"{}", own))), "/fhir")
    assert [headers[name] for name in headers if name.lower() == "cache-control"] == ["private"]
    assert [headers[name] for name in headers if name.lower() == "content-length"] == ["2"]
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "TRACK", "get", "X" * 100])
@pytest.mark.parametrize("path", ["/fhir/metadata", "/healthz", "/a/page"])
def test_a_method_that_nobody_needs_reaches_no_door_and_no_page(method: str, path: str) -> None:
    doors = Door("fhir", ("/fhir",), echo, mounted=True), Door("healthz", ("/healthz",), echo)
    status, headers, body = ask(front(*doors), path, method=method, HTTP_COOKIE="bi-mat")
    assert status.startswith("405")
    assert "GET" in headers["Allow"]
    assert b"bi-mat" not in body
    assert json.loads(body)["issues"][0]["code"] == "OPS-0015"
