"""Sends a province's files through the HTTP front doors, each facility by the door its software knows.

In: files, accounts, the address of the platform. Out: `Sent` values as answers come, in the order they come. A few
connections work side by side; the files of one facility stay on one of them, so that they arrive in their order.
Sending again is harmless: the door answers with the old receipt. Nothing is retried after a refusal, much after a loss.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from queue import Queue
from typing import Any
from urllib.parse import urlencode, urlsplit

from yteso.base.errors import YtesoError
from yteso.sandbox.facilities import Sender
from yteso.sandbox.province import SimFile

TRIES = 14
TIMEOUT = 60.0
_LONGEST_WAIT = 5.0
"""Seconds between two tries, which together last most of a minute: a database that was killed recovers meanwhile."""
_AHEAD = 8
"""Files made ready per connection before it asks: bounds memory."""
_BUSY = (429, 502, 503, 504)


class NotSent(YtesoError):
    """The platform could not be reached."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One file's answer. `accepted`: it was received; `intake` is its number; `again`: it had been sent before."""

    file: SimFile
    status: int
    accepted: bool
    intake: str
    again: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class _Token:
    access: str
    proof: str


def feed(files: Iterable[SimFile], senders: Sequence[Sender], address: str, *, connections: int = 4) -> Iterator[Sent]:
    """Send all files to `http://host:port`. Raises NotSent when the platform stays away."""
    lines = [Queue[SimFile | None](_AHEAD) for _ in range(connections)]
    answers: Queue[Sent | BaseException | None] = Queue()
    stop = threading.Event()
    line_of = {sender.facility: lines[place % connections] for place, sender in enumerate(senders)}
    accounts = {sender.facility: sender for sender in senders}
    workers = [
        threading.Thread(target=_work, args=(_Client(address, accounts), line, answers, stop), daemon=True)
        for line in lines
    ]
    feeder = threading.Thread(target=_deal, args=(files, line_of, lines, answers, stop), daemon=True)
    for thread in (*workers, feeder):
        thread.start()
    try:
        yield from _collect(answers, connections)
    finally:
        stop.set()
        for line in lines:
            while not line.empty():
                line.get_nowait()
            line.put(None)


def _collect(answers: Queue[Sent | BaseException | None], connections: int) -> Iterator[Sent]:
    done = 0
    while done < connections:
        answer = answers.get()
        if isinstance(answer, BaseException):
            raise answer
        if answer is None:
            done += 1
        else:
            yield answer


def _deal(
    files: Iterable[SimFile],
    line_of: Mapping[str, Queue[SimFile | None]],
    lines: Sequence[Queue[SimFile | None]],
    answers: Queue[Sent | BaseException | None],
    stop: threading.Event,
) -> None:
    try:
        for file in files:
            if stop.is_set():
                return
            line_of[file.facility].put(file)
        for line in lines:
            line.put(None)
    except Exception as error:  # whatever the maker of files raises belongs to the caller, not to this thread
        answers.put(error)


def _work(
    client: _Client,
    line: Queue[SimFile | None],
    answers: Queue[Sent | BaseException | None],
    stop: threading.Event,
) -> None:
    try:
        while (file := line.get()) is not None and not stop.is_set():
            answers.put(client.send(file))
        answers.put(None)
    except Exception as error:  # as above: the caller of feed() shall see it
        answers.put(error)
    finally:
        client.close()


class _Client:
    """One connection and the tokens taken over it."""

    def __init__(self, address: str, accounts: Mapping[str, Sender]) -> None:
        self._address = urlsplit(address)
        self._accounts = accounts
        self._tokens: dict[str, _Token] = {}
        self._connection: HTTPConnection | None = None

    def send(self, file: SimFile) -> Sent:
        """Send one file by its door; a token that ran out is taken anew once."""
        started = time.monotonic()
        sender = self._accounts[file.facility]
        status, answer = self._deliver(file, sender)
        if status == 401:
            self._tokens.pop(sender.username, None)
            status, answer = self._deliver(file, sender)
        number, again = _receipt(file.door, answer)
        return Sent(file, status, status in (200, 202) and bool(number), number, again, time.monotonic() - started)

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _deliver(self, file: SimFile, sender: Sender) -> tuple[int, dict[str, Any]]:
        token = self._token(sender)
        bearer = {"Authorization": f"Bearer {token.access}"}
        if file.door == "exchange":
            headers = {**bearer, "Content-Type": "application/xml", "X-File-Name": file.name}
            return self._post("/exchange/bhyt", file.content, headers)
        encoded = base64.b64encode(file.content).decode()
        if file.door == "hanoi":
            plain = base64.b64encode(file.content.removeprefix(b"\xef\xbb\xbf")).decode()
            body = {"loaiHoSo": "3176", "maTinh": "79", "maCSKCB": file.facility, "files": [plain]}
            headers = {**bearer, "Content-Type": "application/json"}
            return self._post("/api/kcb/xml/qd3176/guiHoSoXml", json.dumps(body).encode(), headers)
        checkin = file.kind == "checkin"
        form = {
            "username": sender.username,
            "loaiHoSo": "0" if checkin else "3176",
            "maTinh": "79",
            "maCSKCB": file.facility,
            "fileName": file.name,
            "fileHSBase64": encoded,
        }
        headers = {
            "accessToken": token.access,
            "tokenId": token.proof,
            "passwordHash": _md5(sender.password),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        path = "/api/qd130/checkInKcbQd3176" if checkin else "/api/qd130/guiHoSoXmlQD3176"
        return self._post(path, urlencode(form).encode(), headers)

    def _token(self, sender: Sender) -> _Token:
        if sender.username not in self._tokens:
            form = urlencode({"username": sender.username, "password": _md5(sender.password)}).encode()
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            status, answer = self._post("/api/token/take", form, headers)
            if status != 200:
                raise NotSent(f"no token for {sender.username}: HTTP {status}")
            self._tokens[sender.username] = _Token(answer["APIKey"]["access_token"], answer["APIKey"]["id_token"])
        return self._tokens[sender.username]

    def _post(self, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        wait = 0.2
        for _ in range(TRIES):
            try:
                status, answer = self._once(path, body, headers)
            except (HTTPException, OSError):
                self.close()
                status, answer = 0, {}
            if status and status not in _BUSY:
                return status, answer
            time.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT)
        raise NotSent(f"{self._address.netloc}{path} did not answer")

    def _once(self, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        if self._connection is None:
            kind = HTTPSConnection if self._address.scheme == "https" else HTTPConnection
            self._connection = kind(self._address.netloc, timeout=TIMEOUT)
        self._connection.request("POST", path, body, dict(headers))
        response = self._connection.getresponse()
        text = response.read()
        answer = json.loads(text) if text[:1] == b"{" else {}
        return response.status, answer


def _receipt(door: str, answer: Mapping[str, Any]) -> tuple[str, bool]:
    """The file's number and whether it was there before, in each door's words."""
    if door == "exchange":
        return str(answer.get("intake", "")), bool(answer.get("again"))
    if door == "hanoi":
        results = answer.get("fileResults") or [{}]
        return str(results[0].get("maGiaoDich", "")), bool(results[0].get("again"))
    return str(answer.get("maGiaoDich", "")), "trước đây" in str(answer.get("thongDiep", ""))


def _md5(password: str) -> str:
    """The form in which the insurer's API carries a password."""
    return hashlib.md5(password.encode(), usedforsecurity=False).hexdigest().upper()
