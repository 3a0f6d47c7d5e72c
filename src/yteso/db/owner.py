"""Which operating-system user runs the embedded PostgreSQL, and how that user gets to its folder.

PostgreSQL refuses to run as root. Started as root we run it as the folder's owner, else as a system user of our own;
private folders above the data (`/root`, a 0700 home) get one POSIX ACL entry that lets this single user *pass
through* (x, not r). Nothing becomes readable or passable for anybody else. Knows nothing of the server itself.
"""

from __future__ import annotations

import os
import pwd
import shutil
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from yteso.base.errors import CannotStart
from yteso.db.refusals import FOREIGN_DATA, NAMELESS_USER, UNREACHABLE

SYSTEM_USER = "yteso-pg"
_ACL = "system.posix_acl_access"
# Tags of linux/posix_acl.h
_USER_OBJ, _USER, _GROUP_OBJ, _GROUP, _MASK, _OTHER = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
_NO_ID = 0xFFFFFFFF


class SpawnAs(TypedDict, total=False):
    """The keyword arguments of `subprocess.run` that change the user."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Owner:
    """The user who owns the data folder and runs the server. `drop` is True when we are root and must change user."""

    name: str
    uid: int
    gid: int
    drop: bool

    def spawn(self) -> SpawnAs:
        """Arguments for `subprocess.run` so that the child is this user with no other group."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.drop else {}


def owner_of(folder: Path) -> Owner:
    """Who runs the server whose files are (or will be) in `folder`. Raises CannotStart (DB-0002, DB-0008)."""
    me = os.geteuid()
    there = folder.stat().st_uid if folder.exists() else None
    if me != 0:
        if there not in (None, me):
            raise CannotStart(FOREIGN_DATA.at(folder=folder, owner=_name_of(there)))
        return _as_owner(_entry(me), drop=False)
    return _as_owner(_entry(there) if there else _system_user(), drop=True)


def let_pass(path: Path, owner: Owner) -> None:
    """Make every folder above `path` passable for `owner`. Raises CannotStart (DB-0003) when the disk has no ACLs."""
    if not owner.drop:
        return
    for folder in reversed(path.absolute().parents):
        state = folder.stat()
        if state.st_mode & 0o001 or (state.st_uid == owner.uid and state.st_mode & 0o100):
            continue
        try:
            _grant_passage(folder, owner.uid, state.st_mode)
        except OSError as error:
            raise CannotStart(UNREACHABLE.at(user=owner.name, folder=folder)) from error


def give(path: Path, owner: Owner) -> None:
    """Make the file or folder the owner's when we are root."""
    if owner.drop and path.lstat().st_uid != owner.uid:
        os.lchown(path, owner.uid, owner.gid)


def run_as(owner: Owner, command: list[str], output: int = subprocess.PIPE) -> subprocess.CompletedProcess[bytes]:
    """Run a program as the owner in a clean environment: no PG* variable of the caller reaches the server.

    `output` is a file's descriptor when the program leaves something running: a pipe would stay open with it.
    """
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd="/",
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
        umask=0o077,
        check=False,
        **owner.spawn(),
    )


def _grant_passage(folder: Path, uid: int, mode: int) -> None:
    entries = _read_acl(folder, mode)
    entries[_USER, uid] = entries.get((_USER, uid), 0) | 1
    entries[_MASK, _NO_ID] = entries.get((_MASK, _NO_ID), (mode >> 3) & 7) | 1
    packed = b"".join(struct.pack("<HHI", tag, perm, who) for (tag, who), perm in sorted(entries.items()))
    os.setxattr(folder, _ACL, struct.pack("<I", 2) + packed)


def _read_acl(folder: Path, mode: int) -> dict[tuple[int, int], int]:
    """The folder's entries as {(tag, id): rwx}; the plain mode bits when it has no list yet."""
    try:
        raw = os.getxattr(folder, _ACL)
    except OSError:
        return {
            (_USER_OBJ, _NO_ID): (mode >> 6) & 7,
            (_GROUP_OBJ, _NO_ID): (mode >> 3) & 7,
            (_OTHER, _NO_ID): mode & 7,
        }
    return {(tag, who): perm for tag, perm, who in struct.iter_unpack("<HHI", raw[4:])}


def _system_user() -> pwd.struct_passwd:
    """Our system user, made when missing; `nobody` where users cannot be made (a read-only /etc, no useradd)."""
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd:
        shell = "/usr/sbin/nologin"
        command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
        subprocess.run([*command, "--shell", shell, SYSTEM_USER], check=False, capture_output=True)
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        return pwd.getpwnam("nobody")


def _entry(uid: int) -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(uid)
    except KeyError as error:
        raise CannotStart(NAMELESS_USER.at(uid=uid)) from error


def _name_of(uid: int | None) -> str:
    try:
        return pwd.getpwuid(uid or 0).pw_name
    except KeyError:
        return str(uid)


def _as_owner(entry: pwd.struct_passwd, *, drop: bool) -> Owner:
    return Owner(entry.pw_name, entry.pw_uid, entry.pw_gid, drop)
