"""What the pages need from the rest of the house, injected once by `ops`: `install(Services(...))` at start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yteso.base.clock import Clock, system_clock
from yteso.base.errors import YtesoError


class NotServing(YtesoError):
    """A service these pages need was not installed in this process."""

    permanent = True


@dataclass(frozen=True, slots=True)
class Services:
    """The doors. `records`: `client.record.Records`; `intake`: `client.intake.Intake`; `marts`: `warehouse.read.Marts`;
    `reviews`: `client.reviews.Reviews`; `citizens`: `client.citizens.Citizens`;
    `accesses`: `client.accesses.Accesses`; `budgets`: `client.budgets.Budgets`;
    `breaches`: `client.breaches.Breaches`; `officer`: `client.desk.Desk`;
    `exports`: `client.exports.Exports`; `inspections`: `client.inspections.Inspections`;
    `processing`: `client.processing.Processing`; `subject_requests`: `client.subject_requests.SubjectRequests`;
    `inbox`: `client.inbox.Inbox`; `joinings`: `client.joinings.Joinings`;
    `openings`: `client.openings.Openings`; `consents`: `client.consents.Consents`; `oauth`: `oauth.server.Server`;
    `guardians`: `client.guardians.Guardians`;
    `representations`: `client.representations.Representations`; `worklists`: `client.worklists.Worklists`.

    `live_url` is the address of the event stream for browsers; empty means port + 1 of the address asked for.
    """

    records: Any = None
    intake: Any = None
    marts: Any = None
    reviews: Any = None
    citizens: Any = None
    accesses: Any = None
    budgets: Any = None
    breaches: Any = None
    officer: Any = None
    exports: Any = None
    inspections: Any = None
    processing: Any = None
    subject_requests: Any = None
    inbox: Any = None
    joinings: Any = None
    openings: Any = None
    consents: Any = None
    guardians: Any = None
    representations: Any = None
    worklists: Any = None
    oauth: Any = None
    live_url: str = ""
    clock: Clock = system_clock


_installed: list[Services] = []


def install(services: Services) -> None:
    """Make these the process's services; called by `ops` (and tests) before the first request."""
    _installed[:] = [services]


def installed() -> Services:
    """The process's services; empty ones when nobody installed any."""
    return _installed[0] if _installed else Services()


def service(name: str) -> Any:
    """One service by its field's name. Raises NotServing (a calm 503) when this process has none."""
    found = getattr(installed(), name)
    if found is None:
        raise NotServing
    return found


def now() -> datetime:
    """The time by the clock of this process's services."""
    return installed().clock()
