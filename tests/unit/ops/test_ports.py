"""Ports: busy is found out before anything starts."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from yteso.base.errors import CannotStart
from yteso.ops.ports import free_pair, require_free


def test_a_busy_port_is_refused_with_its_number() -> None:
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        with pytest.raises(CannotStart, match="OPS-0001"):
            require_free("127.0.0.1", holder.getsockname()[1])


def test_an_address_of_another_machine_or_a_port_that_is_none_is_refused() -> None:
    for host, port in (("192.0.2.1", 8080), ("127.0.0.1", 70000)):
        with pytest.raises(CannotStart, match="OPS-0006"):
            require_free(host, port)


def test_a_free_pair_is_free_and_none_that_the_kernel_lends() -> None:
    port = free_pair()
    first_lent = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert port + 1 < first_lent or first_lent < 12000
    require_free("127.0.0.1", port)
    require_free("127.0.0.1", port + 1)
