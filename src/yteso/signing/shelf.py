"""Where an installation's secrets lie: files under `home/keys`, made at first use, or the operator's, only read.

A secret is a series of files, `signing-0001.pem`, `signing-0002.pem` or `web.secret`, `web-0002.secret`: the newest one
is used, the older ones still verify and open. What is given comes from a vault's agent (a folder), or from systemd: a
folder in `LoadCredential=yteso_keys:…` becomes one credential per file, whose name begins with `yteso_keys_`
(systemd.exec(5)).
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from yteso.base.errors import CannotStart, Misconfigured
from yteso.base.issue import Rule, Severity

NOT_GIVEN = Rule(
    "KEY-0001",
    Severity.FATAL,
    "Thư mục khóa được giao ({folder}) không có {name}.",
    "The folder of given keys ({folder}) lacks {name}.",
    "Đặt tệp đó vào kho bí mật (vault) rồi khởi động lại; nền tảng không tự tạo khóa ở đó.",
    "Put the file into the vault and start again; the platform makes no keys there.",
)
ROTATED_THERE = Rule(
    "KEY-0002",
    Severity.ERROR,
    "Khóa do kho bí mật giao ({folder}); nền tảng không ghi vào đó.",
    "The keys are given by a vault ({folder}); the platform does not write there.",
    "Thêm trong kho bí mật: {names}; giữ các tệp cũ; rồi khởi động lại.",
    "Add in the vault: {names}; keep the older files; then start again.",
)


CREDENTIALS = "yteso_keys_"
"""How systemd's credentials begin that are key files; `base.settings` looks for them."""
_NAME = re.compile(r"([a-z]+)(?:-([0-9]{4}))?\.([a-z]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The folder, and whether it is the operator's."""

    folder: Path
    given: bool = False

    @classmethod
    def of(cls, home: Path, given: Path | None = None) -> Shelf:
        """That of an installation. Raises Misconfigured when others can read its own folder."""
        if given is not None:
            return cls(given, given=True)
        folder = home / "keys"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _require_private(folder, 0o077)
        return cls(folder)

    def series(self, kind: str, ending: str, make: Callable[[], bytes]) -> Sequence[Path]:
        """The files of a kind, oldest first; where there is none the first one is made, unless the operator gives them.

        Several processes may start at once: the first file that appears wins. Raises CannotStart (KEY-0001), and
        Misconfigured when others can read a file.
        """
        found = self._found(kind, ending)
        if not found:
            name = _name(kind, ending, 1)
            if self.given:
                raise CannotStart(NOT_GIVEN.at(folder=self.folder, name=name))
            write_once(self.folder / name, make())
            found = self._found(kind, ending)
        for path in found.values():
            _require_private(path, 0o027 if self.given else 0o077)
        return [found[number] for number in sorted(found)]

    @property
    def changed(self) -> int:
        """Another number when files came or went. Raises OSError when the folder is gone."""
        return self.folder.stat().st_mtime_ns

    def next_name(self, kind: str, ending: str) -> str:
        """How a further file of the kind is called."""
        return _name(kind, ending, max(self._found(kind, ending), default=0) + 1)

    def add(self, kind: str, ending: str, make: Callable[[], bytes]) -> Path:
        """One more, which is used from the next start on."""
        assert not self.given, "who rotates asks `given` first"
        path = self.folder / self.next_name(kind, ending)
        write_once(path, make())
        return path

    def _found(self, kind: str, ending: str) -> dict[int, Path]:
        matches = ((path, _NAME.fullmatch(path.name.removeprefix(CREDENTIALS))) for path in self.folder.iterdir())
        return {int(match[2] or 1): path for path, match in matches if match and (match[1], match[3]) == (kind, ending)}


PAIRS = frozenset(["signing", "identity"])
"""Kinds whose first file has a number too."""


def _name(kind: str, ending: str, number: int) -> str:
    return f"{kind}.{ending}" if number == 1 and kind not in PAIRS else f"{kind}-{number:04}.{ending}"


def write_once(path: Path, content: bytes) -> None:
    """Write the whole file under another name, then link it: no process ever sees half a key, the first one wins."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()


def _require_private(path: Path, others: int) -> None:
    """Given files may be read by our group: systemd lets us in by an entry of the access list, which shows as such."""
    if path.stat().st_mode & others:
        raise Misconfigured(f"{path} can be read by others: allow its owner only (chmod go-rwx)")
