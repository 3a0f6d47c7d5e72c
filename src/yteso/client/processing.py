"""The register of processing activities: begun by what the platform does, kept by the data officer, exported."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from yteso.access.principal import Principal
from yteso.base.errors import Refused
from yteso.base.issue import Origin, Rule, Severity
from yteso.client.officer import MOST, require_officer, words
from yteso.client.processing_of_platform import FIELDS, of_platform
from yteso.client.table_file import csv_of
from yteso.db import Database
from yteso.store import processing
from yteso.store.processing import Activity

__all__ = ["FIELDS", "MOST", "Activity", "Processing", "check_name"]
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_LONGEST = 60

_BAD_NAME = Rule(
    "DPO-0501",
    Severity.ERROR,
    "Mã hoạt động chỉ gồm chữ thường không dấu, số và dấu gạch nối, tối đa {most} ký tự.",
    "The code of an activity is lower-case letters, digits and hyphens, at most {most} characters.",
    "Sửa lại mã.",
    "Correct the code.",
)
_MEANWHILE = Rule(
    "DPO-0502",
    Severity.ERROR,
    "Hoạt động này vừa được người khác sửa.",
    "Somebody else changed this activity meanwhile.",
    "Mở lại, xem bản mới rồi sửa tiếp.",
    "Open it again and go on from the new version.",
)


def check_name(activity: str) -> None:
    """Raises Refused (400, DPO-0501) for what is no code of an activity."""
    if not _NAME.fullmatch(activity) or len(activity) > _LONGEST:
        raise Refused(_BAD_NAME.at(Origin(field="activity"), most=_LONGEST), status=400)


class Processing:
    """One instance serves a process; every call is one transaction. All raise Refused (403, DPO-0001)."""

    def __init__(self, database: Database, roles: Callable[[], Mapping[str, str]]) -> None:
        """`roles`: what each role is called in the register."""
        self._database = database
        self._roles = roles

    def all(self, who: Principal) -> list[Activity]:
        """The newest version of each activity: the platform's own in their order, then those that were added."""
        require_officer(who)
        with self._database.connection() as conn:
            written = {one.activity: one for one in processing.find(conn)}
        own = {name: Activity(name, 0, content) for name, content in of_platform(self._roles()).items()}
        return list({**own, **written}.values())

    def versions(self, who: Principal, activity: str) -> list[Activity]:
        """Every version of one, the newest first; empty when there is none."""
        require_officer(who)
        with self._database.connection() as conn:
            written = processing.versions(conn, activity)
        own = of_platform(self._roles()).get(activity)
        return [*written, Activity(activity, 0, own)] if own is not None else written

    def write(self, who: Principal, activity: str, seen: int, texts: Mapping[str, str], *, ended: bool) -> None:
        """A new version after the one seen. Refused (400) DPO-0002, DPO-0501, DPO-0502."""
        require_officer(who)
        check_name(activity)
        content = {name: words(texts.get(name, ""), name, 3) for name in FIELDS}
        with self._database.connection() as conn:
            if not processing.write(conn, who, Activity(activity, seen, content, ended)):
                raise Refused(_MEANWHILE.at(), status=400)

    def file(self, who: Principal) -> str:
        """The register in force, as CSV."""
        lines = [
            [one.activity, str(one.version), *(one.content.get(name, "") for name in FIELDS)]
            for one in self.all(who)
            if not one.ended
        ]
        return csv_of(["activity", "version", *FIELDS], lines)
