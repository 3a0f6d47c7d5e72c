"""The single place that wires the rooms together: settings in, one `Services` per process out.

Everything is made when it is first asked for, so that a process loads only the rooms it uses.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from yteso.base.clock import Clock, system_clock
from yteso.base.errors import Refused
from yteso.base.http import Request, Response
from yteso.base.settings import Settings
from yteso.db import Connection, Database

if TYPE_CHECKING:
    from yteso.access.bearer import Bearer
    from yteso.access.principal import Principal
    from yteso.api import Api
    from yteso.base.scanner import Scanner
    from yteso.exchange.adapters.bhyt.receive import Desk
    from yteso.exchange.walk import Walker
    from yteso.oauth.server import Server
    from yteso.ops.health import Backlog, Health
    from yteso.ops.notifier import Notifier
    from yteso.ops.sealer import Sealer
    from yteso.signing import Keys
    from yteso.store.bulk.desk import BulkDesk
    from yteso.store.bulk.job import Job
    from yteso.store.inbox import Teller
    from yteso.store.postgres import PostgresStore
    from yteso.store.subscriptions.evaluate import People
    from yteso.validate.profiles.modes import Modes

_DAY = timedelta(days=1)
ROOMS = (
    "jobs",
    "signing",
    "terminology",
    "store",
    "identity",
    "oauth",
    "exchange",
    "warehouse",
    "api",
    "web",
    "sandbox",
    "ops",
)
"""The rooms whose migrations are applied, in this order; a room without a migrations folder is skipped."""


@dataclass
class Services:
    """What one process uses. `close` when it ends."""

    settings: Settings
    database: Database
    clock: Clock = system_clock

    def close(self) -> None:
        """Give the connections back."""
        self.database.close()

    @cached_property
    def keys(self) -> Keys:
        """The installation's signing keys, made at the first start."""
        from yteso.signing.keys import load_or_create

        return load_or_create(self.settings.home, self.settings.keys)

    @cached_property
    def bearer(self) -> Bearer:
        """Who a token speaks for."""
        from yteso.access.bearer import Bearer
        from yteso.oauth.ended import Ended

        return Bearer(self.keys, self.clock, Ended(self.database, self.clock))

    @cached_property
    def oauth(self) -> Server:
        """The authorization server of apps and machines."""
        from yteso.oauth.server import Server
        from yteso.ops.accounts import acting, practitioner_of
        from yteso.signing.identity_keys import load_or_create_identity

        return Server(
            self.database,
            self.bearer,
            lambda: load_or_create_identity(self.settings.home, self.settings.keys),
            self.settings.address,
            acting,
            self.clock,
            practitioner_of,
        )

    @cached_property
    def store(self) -> PostgresStore:
        """The record."""
        from yteso.signing.safe import load_or_create_safe
        from yteso.store.postgres import PostgresStore

        safe = load_or_create_safe(self.settings.home, self.settings.keys)
        return PostgresStore(self.clock, safe, self.settings.child_decides)

    @property
    def scanner(self) -> Scanner | None:
        """The operator's virus scanner."""
        from yteso.base.scanner import Scanner

        return Scanner(self.settings.clamd) if self.settings.clamd else None

    @cached_property
    def desk(self) -> Desk:
        """Where files are received."""
        from yteso.exchange.adapters.bhyt.receive import Desk

        spool = self.settings.home / "spool"
        spool.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Desk(self.database, self.keys, self.settings.max_body, spool, scanner=self.scanner)

    def api(self) -> Api:
        """FHIR REST."""
        from yteso.api import Api

        def who(request: Request) -> Any:
            return self.bearer.verify_header(request.headers.get("authorization", ""))

        return Api(
            self.database,
            self.store,
            self.clock,
            authenticate=who,
            bulk=self.bulk,
            websocket=self.settings.websocket,
            modes=self.modes,
            scanner=self.scanner,
        )

    @property
    def modes(self) -> Modes:
        """How strict profiles are for whom."""
        from yteso.validate.profiles.modes import Modes

        return Modes(dict(self.settings.profile_modes))

    @cached_property
    def bulk(self) -> BulkDesk:
        """Bulk export and import."""
        from yteso.oauth.ended import Ended
        from yteso.store.bulk.desk import BulkDesk

        ended = Ended(self.database, self.clock)

        def is_over(job: Job) -> bool:
            return ended.is_over(job.who.name, job.who.client, job.who.grant, job.asked.timestamp())

        return BulkDesk(self.database, self.store, self.settings.home, self.clock, self.modes, is_over, self.scanner)

    def exchange(self) -> Callable[[Request], Response]:
        """The doors for senders."""
        from yteso.exchange.doors import Doors

        desk = self.desk
        doors = Doors(
            self.database,
            self.keys,
            limit=desk.limit,
            spool_folder=desk.spool_folder,
            clock=self.clock,
            bearer=self.bearer,
            scanner=desk.scanner,
        )
        return doors.handle

    def pages(self) -> Any:
        """Django's WSGI application, with the services its pages need."""
        from yteso.client.accesses import Accesses
        from yteso.client.breaches import Breaches
        from yteso.client.budgets import Budgets
        from yteso.client.citizens import Citizens
        from yteso.client.consents import Consents
        from yteso.client.desk import Desk
        from yteso.client.exports import Exports
        from yteso.client.guardians import Guardians
        from yteso.client.inbox import Inbox
        from yteso.client.inspections import Inspections
        from yteso.client.intake import Intake
        from yteso.client.joinings import Joinings
        from yteso.client.openings import Openings
        from yteso.client.processing import Processing
        from yteso.client.record import Records
        from yteso.client.representations import Representations
        from yteso.client.reviews import Reviews
        from yteso.client.subject_requests import SubjectRequests
        from yteso.client.worklists import Worklists
        from yteso.warehouse.read import Marts
        from yteso.web import services
        from yteso.web.looks import vietnamese_roles

        records = Records(self.database, self.store, self.clock)
        accesses = Accesses(self.database, self.store, records, self.clock)
        services.install(
            services.Services(
                records=records,
                accesses=accesses,
                budgets=Budgets(self.database, self.clock),
                breaches=Breaches(self.database, self.store, self.clock),
                officer=Desk(self.database),
                exports=Exports(self.database, self.bulk, self.clock),
                inspections=Inspections(self.database, accesses.facilities, self.clock),
                processing=Processing(self.database, vietnamese_roles),
                subject_requests=SubjectRequests(
                    self.database, self.store, self.clock, dict(self.settings.request_days)
                ),
                intake=Intake(self.desk, self.clock),
                marts=Marts(self.settings.home),
                reviews=Reviews(self.database, self.store, self.clock),
                citizens=Citizens(self.database, self.store),
                joinings=Joinings(self.database, self.store, self.clock),
                inbox=Inbox(self.database, self.store, self.clock),
                openings=Openings(self.database, self.store),
                consents=Consents(self.database, self.store, self.clock),
                guardians=Guardians(self.database, self.store, self.clock, self.scanner),
                representations=Representations(self.database, self.store, self.clock),
                worklists=Worklists(self.database, self.store, records),
                oauth=self.oauth,
                clock=self.clock,
            )
        )
        from yteso.web.wsgi import application

        return application

    def health(self) -> Health:
        """/healthz and /metrics."""
        from yteso.ops.health import Health

        return Health(self.database, self.settings.home, self.backlog, self.clock)

    def backlog(self, conn: Connection, exported: int) -> Backlog:
        """What waits to be walked and exported, and what came in within a day."""
        from yteso.exchange.claim import waiting
        from yteso.exchange.tally import tally
        from yteso.ops.health import Backlog
        from yteso.store.budgets import alarms
        from yteso.store.subscriptions.state import count_states
        from yteso.store.wall import missing

        newest, since = self.store.reach(conn, exported)
        files = tuple((one.door, one.state, one.files, one.with_findings) for one in tally(conn, self.clock() - _DAY))
        lacks = tuple(missing(conn))
        egress = alarms(conn, self.clock())
        return Backlog(waiting(conn), files, newest, since, count_states(conn), egress, lacks)

    def walker(self) -> Walker:
        """Walks received files into the record."""
        from yteso.exchange.profiles import VisitProfiles
        from yteso.exchange.walk import Walker

        return Walker(self.database, self.store, profiles=VisitProfiles(self.modes))

    def notifier(self) -> Notifier:
        """Tells subscribers what changed."""
        from yteso.base.outward import Post
        from yteso.exchange.notify.courier import Courier
        from yteso.ops.notifier import Notifier
        from yteso.store.subscriptions.evaluate import Look

        post = Post.to(self.settings.subscription_hosts)
        courier = Courier(self.database, self.store, self.people, post, self.settings.fhir_address, self.clock)
        return Notifier(self.database, Look(self.store, self.people, self.clock), courier)

    def sealer(self) -> Sealer:
        """Signs roots over the audit."""
        from yteso.ops.sealer import Sealer

        return Sealer(self.database, self.keys, self.settings.home, self.clock)

    @cached_property
    def people(self) -> People:
        """Accounts by name, as they are now."""
        from yteso.ops.accounts import principal_of
        from yteso.ops.notifier import remembered
        from yteso.web import setup

        def find(name: str) -> Principal:
            try:
                return principal_of(self.settings, name, self.database)
            except Refused:
                raise
            except BaseException:
                setup.close()
                raise

        return remembered(find)

    def teller(self) -> Teller:
        """Tells people in their inboxes."""
        from yteso.store.inbox import Teller

        return Teller(self.database, self.store, self._have_accounts, self.clock)

    def _have_accounts(self, persons: Iterable[str]) -> set[str]:
        from yteso.web import setup

        setup.configure(self.settings)
        from yteso.web.accounts import people

        try:
            found: set[str] = people.signed_in_as(persons)
        finally:
            setup.close()
        return found

    def maintain_accounts(self) -> None:
        """The accounts' daily upkeep: staff who were away too long, counters and sessions that are over."""
        from yteso.oauth.ended import end
        from yteso.web import setup

        setup.configure(self.settings)
        from yteso.web.accounts import people

        try:
            disabled = people.upkeep()
        finally:
            setup.close()
        with self.database.connection() as conn:
            for name in disabled:
                end(conn, "account", name, self.clock())

    def forget_seen(self) -> None:
        """Whom accounts saw in past hours is no longer counted with."""
        from yteso.store.budgets import forget

        with self.database.connection() as conn:
            forget(conn, self.clock())

    def sweep_same(self) -> None:
        """Who came to care for one of a person's Patients sees the others too."""
        from yteso.store.relations import sweep_same

        with self.database.connection() as conn:
            sweep_same(conn)

    def spread_same(self) -> None:
        """The same for everybody, whatever wrote it."""
        from yteso.store.relations import spread_same

        with self.database.connection() as conn:
            spread_same(conn)

    def maintain_store(self) -> None:
        """The store's daily upkeep: partitions for the months to come, the newest dictionary."""
        with self.database.connection() as conn:
            self.store.maintain(conn)
            self.oauth.sweep(conn)

    def learn_dictionaries(self) -> None:
        """The record's own dictionaries, made once it is large enough."""
        with self.database.connection() as conn:
            self.store.learn(conn)


def build(settings: Settings, *, application: str, connections: int = 8) -> Services:
    """The services of this process on the database of `settings.database_url`; waits for the database to answer."""
    from yteso.store.wall import missing

    database = Database(
        settings.database_url,
        readers=settings.reader_database_url,
        max_size=connections,
        application=application,
    ).open()
    with database.connection() as conn:
        walled = not missing(conn)
    if walled:
        database.raise_wall()
    return Services(settings, database)


def drain_of(services: Services, stop: threading.Event) -> Callable[[], int]:
    """The walk as a job and as a sweep: until nothing waits or `stop` is set."""
    walker = services.walker()
    return lambda: walker.drain(stop.is_set)
