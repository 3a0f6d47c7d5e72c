"""The machine's own browser, and the stream of news its pages listen to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.conf import settings as django_conf
from playwright.sync_api import Browser, expect, sync_playwright

from yteso.web import services, setup

# A machine with much to do may take its time; what is to be seen is awaited, and a test that holds never waits so long.
_PATIENCE_MS = 30_000


def chromium_here() -> str:
    """Where it is; a visible skip where there is none."""
    for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"):
        if Path(path).exists():
            return path
    return pytest.skip("no chromium on this machine")


@contextmanager
def launched(chromium: str) -> Iterator[Browser]:
    """A browser for a module's tests."""
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    expect.set_options(timeout=_PATIENCE_MS)
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        # Playwright's loop runs in the tests' own thread, where tests may also ask Django's models. Where a loop runs
        # Django has connections of its own: one that a module before left leads to its database, which is gone.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        if django_conf.configured:
            setup.close()
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield browser
        browser.close()


class _Quiet(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Access-Control-Allow-Origin", self.headers.get("Origin", "*"))
        self.send_header("Access-Control-Allow-Credentials", "true")
        self.end_headers()
        with suppress(OSError):
            self.rfile.read(1)  # until the page closes it

    def log_message(self, *_):
        pass


@contextmanager
def quiet_stream() -> Iterator[None]:
    """The pages' stream stands and nothing comes by it.

    A page whose stream is refused asks at once whether its session still lives, and leaves when it does not: in the
    midst of what a test does next, when that test just took the session away.
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    before = services.installed()
    services.install(replace(before, live_url=f"http://127.0.0.1:{server.server_port}/live"))
    try:
        yield
    finally:
        services.install(before)
        server.shutdown()
        server.server_close()
