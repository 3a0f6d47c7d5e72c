"""The two server processes: `python -m yteso.ops.serve web` (WSGI, granian) and `… live` (ASGI, granian)."""

from __future__ import annotations

import sys

from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from yteso.base.settings import Settings
from yteso.ops.orphan import end_with_parent

_HEADER_SECONDS = 15


def main() -> None:
    """Serve until told to stop."""
    end_with_parent()
    settings = Settings.from_environment()
    web = sys.argv[1] == "web"
    Server(
        "yteso.ops.wsgi:application" if web else "yteso.ops.live:application",
        address=settings.host,
        port=settings.port if web else settings.live_port,
        interface=Interfaces.WSGI if web else Interfaces.ASGI,
        workers=settings.web_workers if web else 1,
        blocking_threads=settings.web_threads if web else 1,
        websockets=not web,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=10 if web else 2,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_SECONDS * 1000),
        log_level=LogLevels.warning,
        log_access=False,
    ).serve()


if __name__ == "__main__":
    main()
