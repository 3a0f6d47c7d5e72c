"""The web process as it would be without the second wall and without the audit: what rights cost is told beside it.

`python -m benchmarks.bare_web web`, by `rights_http` alone: takes the settings of the web process. What is left out is
taken out by name, in the memory of this process. Who asks must be bound by nothing, so that no rights are in the query.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

from granian.server import Server

from benchmarks.rights_cost import UNAUDITED, nothing
from yteso.db import Database
from yteso.ops import serve, wsgi


def __getattr__(name: str) -> Any:
    if name != "application":
        raise AttributeError(name)
    for owner, what, instead in ((Database, "raise_wall", nothing), *UNAUDITED):
        patch.object(owner, what, instead).start()
    return wsgi.application


def _bare(_: str, **options: Any) -> Any:
    make: Callable[..., Any] = Server
    return make(f"{__spec__.name}:application", **options)


if __name__ == "__main__":
    with patch.object(serve, "Server", _bare):
        serve.main()
