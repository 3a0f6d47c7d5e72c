"""Who may read /metrics: this machine, or an administrator's or operator's token; behind a proxy only a token."""

from __future__ import annotations

import io

import pytest

from yteso.access.principal import Principal, Role
from yteso.base.errors import Refused
from yteso.base.http import Request, Response
from yteso.ops.scrape import guarded, is_local


def request(remote: str, **headers: str) -> Request:
    return Request("GET", "/metrics", "", headers, io.BytesIO(), remote=remote)


def verify(header: str) -> Principal:
    if not header:
        raise Refused(status=401)
    return Principal("thử", Role(header))


def status(asked: Request, *, proxied: bool = False) -> int:
    try:
        return guarded(lambda _: Response(200), verify, proxied=proxied)(asked).status
    except Refused as refusal:
        return refusal.status


@pytest.mark.parametrize("remote", ["127.0.0.1", "127.8.9.1", "::1", "[::1]", "::ffff:127.0.0.1"])
def test_a_program_on_this_machine_needs_no_token(remote: str) -> None:
    assert is_local(request(remote))
    assert status(request(remote)) == 200


@pytest.mark.parametrize("remote", ["192.0.2.7", "::ffff:192.0.2.7", "2001:db8::1", "", "localhost", "127.0.0.1, x"])
def test_everybody_else_does(remote: str) -> None:
    assert status(request(remote)) == 401


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "x-real-ip", "via"])
def test_a_proxy_on_this_machine_does_not_open_the_door(header: str) -> None:
    assert status(request("127.0.0.1", **{header: "192.0.2.7"})) == 401


def test_with_a_public_address_only_a_token_counts() -> None:
    assert status(request("127.0.0.1"), proxied=True) == 401


@pytest.mark.parametrize(
    ("role", "expected"),
    [("administrator", 200), ("operator", 200), ("staff", 403), ("doctor", 403), ("facility", 403)],
)
def test_of_the_roles_administrator_and_operator_may(role: str, expected: int) -> None:
    assert status(request("192.0.2.7", authorization=role), proxied=True) == expected
