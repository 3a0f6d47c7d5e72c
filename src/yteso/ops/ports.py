"""Is a TCP port free? Asked before starting, because two servers of one user could silently share a port."""

from __future__ import annotations

import errno
import socket

from yteso.base.errors import CannotStart
from yteso.ops.rules import NO_ADDRESS, PORT_BUSY


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
    """A port of the loopback that is free together with the next one."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        try:
            require_free("127.0.0.1", port)
            require_free("127.0.0.1", port + 1)
        except CannotStart:
            continue
        return port
