"""Files to a running platform over HTTP, streamed; and the question what became of them. For `yteso ingest`."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from yteso.base.errors import YtesoError

_BLOCK = 256 * 1024
_TIMEOUT = 300.0
_OPEN_STATES = frozenset({"received", "walking"})
_LONGEST_WAIT = 2.0


class NoAnswer(YtesoError):
    """Hệ thống không trả lời. · The platform did not answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer; `document` is {} when it was not JSON."""

    status: int
    document: dict[str, Any]


class Sender:
    """One caller of one platform. A file is read in pieces; memory does not grow with it."""

    def __init__(self, address: str, token: str) -> None:
        self._address = urlsplit(address)
        self._headers = {"Authorization": f"Bearer {token}"}

    def send_bhyt(self, file: Path) -> Answer:
        """A BHYT file to the plain door."""
        name = f"attachment; filename*=UTF-8''{quote(file.name)}"
        return self._post("/exchange/bhyt", file, {"Content-Type": "application/xml", "Content-Disposition": name})

    def send_fhir(self, file: Path) -> Answer:
        """A FHIR transaction or batch to the FHIR address."""
        return self._post("/fhir", file, {"Content-Type": "application/fhir+json"})

    def status(self, intake: str) -> Answer:
        """What is known of a received file now."""
        return self._request("GET", f"/exchange/intake/{intake}", None, {})

    def await_end(self, intake: str, tick: Callable[[], None], timeout: float = 3600.0) -> Answer:
        """Ask until the file was walked to its end; `tick` is called between. Raises NoAnswer after `timeout`."""
        deadline, wait = time.monotonic() + timeout, 0.05
        while time.monotonic() < deadline:
            answer = self.status(intake)
            if answer.status != 200 or answer.document.get("state") not in _OPEN_STATES:
                return answer
            tick()
            time.sleep(wait)
            wait = min(_LONGEST_WAIT, wait * 1.5)
        raise NoAnswer

    def _post(self, path: str, file: Path, headers: dict[str, str]) -> Answer:
        with file.open("rb") as stream:
            return self._request("POST", path, stream, {**headers, "Content-Length": str(file.stat().st_size)})

    def _request(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Answer:
        secure = self._address.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(self._address.netloc, timeout=_TIMEOUT, blocksize=_BLOCK)
        try:
            connection.request(method, path, body, {**self._headers, **headers})
            response = connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer from error
        finally:
            connection.close()
        return Answer(response.status, _document(text))


def _document(text: bytes) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
