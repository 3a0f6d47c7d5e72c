"""Is a TCP port free? Asked before starting, because two servers of one user could silently share a port."""

from __future__ import annotations

import errno
import random
import socket
from pathlib import Path

from yteso.base.errors import CannotStart
from yteso.ops.rules import NO_ADDRESS, PORT_BUSY

_LOWEST = 10240
"""Below are ports of services that many machines have."""


def require_free(host: str, port: int) -> None:
    """Raise CannotStart (OPS-0001 busy, OPS-0006 not ours to open)."""
    if not 0 < port < 65536:
        raise CannotStart(NO_ADDRESS.at(host=host, port=port, reason="1-65535"))
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CannotStart(PORT_BUSY.at(host=host, port=port)) from error
        raise CannotStart(NO_ADDRESS.at(host=host, port=port, reason=error.strerror or type(error).__name__)) from error


def free_pair() -> int:
    """A port of the loopback that is free together with the next one.

    Not one of those the kernel lends to whoever connects somewhere: such a port may be taken before it is opened.
    """
    while True:
        port = random.randrange(_LOWEST, _first_lent() - 1)  # noqa: S311 -- spreads, hides nothing
        try:
            require_free("127.0.0.1", port)
            require_free("127.0.0.1", port + 1)
        except CannotStart:
            continue
        return port


def _first_lent() -> int:
    """ip(7), ip_local_port_range; where a site lends nearly all ports, they are all there is."""
    try:
        first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split()[0])
    except OSError:
        first = 32768
    return first if first > _LOWEST + 1000 else 65535
