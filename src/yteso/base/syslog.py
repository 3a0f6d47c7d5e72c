"""Lines of the log -> the operator's log collector (syslog, RFC 5424), beside standard error: they leave the machine.

By a datagram to `host:port` (RFC 5426) or to a local socket (`/dev/log`), whose daemon carries it on as the operator
wants, by TLS too. A collector that is away loses lines and holds nobody up; standard error has them all.
"""

from __future__ import annotations

import logging
import os
import socket
import time
from datetime import UTC, datetime

_LOCAL0 = 16
_SEVERITY = {logging.CRITICAL: 2, logging.ERROR: 3, logging.WARNING: 4, logging.INFO: 6}
_DEBUG = 7
_LONGEST = 2048
"""Octets every receiver of RFC 5426 should take (§3.2)."""
_NAMELESS_SECONDS = 30.0
"""So long no line waits for a name server that did not know the collector's name, or did not answer."""


def split_address(text: str, setting: str = "YTESO_SYSLOG") -> tuple[str, int] | str:
    """`host:514`, `[::1]:514` or the path of a socket. ValueError, which names the setting, for anything else."""
    if text.startswith("/"):
        return text
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 2**16:
        raise ValueError(f"{setting} must be like name.example.vn:514 or the path of a socket")
    return host.strip("[]"), int(port)


class Syslog(logging.Handler):
    """The handler; `address` as in `split_address`."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = split_address(address)
        self._socket: socket.socket | None = None
        self._nameless_until = float("-inf")

    def emit(self, record: logging.LogRecord) -> None:
        """Send one line; what cannot be sent is left out, and the next line tries anew."""
        if time.monotonic() < self._nameless_until:
            return
        try:
            if self._socket is None:
                self._socket = _connected(self._address)
            self._socket.send(_message(record, self.format(record)))
        except socket.gaierror:
            self._nameless_until = time.monotonic() + _NAMELESS_SECONDS
        except OSError:
            self._drop()

    def close(self) -> None:
        """Let go of the socket."""
        self._drop()
        super().close()

    def _drop(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _connected(address: tuple[str, int] | str) -> socket.socket:
    if isinstance(address, str):
        family, target = socket.AF_UNIX, address
    else:
        family, _, _, _, target = socket.getaddrinfo(*address, type=socket.SOCK_DGRAM)[0]  # type: ignore[assignment]
    found = socket.socket(family, socket.SOCK_DGRAM)
    try:
        found.settimeout(0)
        found.connect(target)
    except OSError:
        found.close()
        raise
    return found


def _message(record: logging.LogRecord, line: str) -> bytes:
    """RFC 5424 §6: priority, version, time, host, app, process, no id, no data, the line."""
    priority = _LOCAL0 * 8 + _SEVERITY.get(record.levelno, _DEBUG)
    when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    head = f"<{priority}>1 {when} {socket.gethostname() or '-'} yteso {os.getpid()} - - "
    return (head + " ".join(line.split())).encode("utf-8", "replace")[:_LONGEST]
