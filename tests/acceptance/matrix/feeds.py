"""Live feeds × role: topics over the event stream, and resources told to a Subscription that a role owns."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from tests.acceptance.matrix.world import TARGETS, TYPES, resources, who

from yteso.access.principal import Principal, Role
from yteso.base.clock import system_clock
from yteso.ops.hub import TOPICS, Hub
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put
from yteso.store.subscriptions import state
from yteso.store.subscriptions.evaluate import Look
from yteso.store.subscriptions.telling import owed


class Silent:
    """A listener that hears nothing."""

    def wait(self, timeout: float) -> list[tuple[str, str]]:
        time.sleep(0.02)
        return []

    def close(self) -> None:
        return None


def ticket(role: Role) -> str:
    """The ticket of a page of somebody with this role, who is signed in."""
    from allauth.usersessions.models import UserSession

    from yteso.web.accounts.kept_sessions import SessionStore
    from yteso.web.accounts.models import User
    from yteso.web.live import ticket_of

    user, _ = User.objects.get_or_create(username=f"nghe-{role.value}", defaults={"role": role.value})
    session = SessionStore()
    session.create()
    UserSession.objects.create(user=user, session_key=session.session_key, ip="127.0.0.1", user_agent="")
    return ticket_of(user, str(session.session_key))


def heard(make: Callable[[], tuple[Any, Hub]], token: str = "", **address: str) -> set[str] | int:
    """The topics that reach somebody with these parts of the address while all of them change; or the refusal."""
    headers = [(b"authorization", f"Bearer {token}".encode())] if token else []
    return asyncio.run(_listen(*make(), urlencode(address).encode(), headers))


async def _listen(app: Any, hub: Hub, query: bytes, headers: list[tuple[bytes, bytes]]) -> set[str] | int:
    sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    gone = asyncio.Event()

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    scope = {"type": "http", "method": "GET", "path": "/live", "query_string": query, "http_version": "1.1"}
    async with app.router.lifespan_context(app):
        stream = asyncio.create_task(app({**scope, "headers": headers}, receive, sent.put))
        try:
            return await _topics(hub, sent)
        finally:
            gone.set()
            stream.cancel()


async def _topics(hub: Hub, sent: asyncio.Queue[dict[str, Any]]) -> set[str] | int:
    if (status := (await sent.get())["status"]) != 200:
        return int(status)
    await sent.get()
    for topic in sorted(TOPICS):
        hub.tell(topic)
    news = asyncio.create_task(sent.get())
    for _ in range(30):  # turns of the loop, in which everything that is ready gets its turn too
        await asyncio.sleep(0.01)
    text = news.result()["body"].decode() if news.done() else ""
    news.cancel()
    return {line.removeprefix("event: ") for line in text.splitlines() if line.startswith("event: ")}


def subscribe(database: Any) -> None:
    """One Subscription for each role and type, owned by the role's account; then every resource changes."""
    with database.connection() as conn:
        store, system = PostgresStore(), who(Role.SYSTEM)
        store.write(conn, system, [Put(_subscription(role, kind)) for role in Role for kind in TYPES])
    _look(database)
    with database.connection() as conn:
        changed = [_changed(one) for target in TARGETS if target != "deleted" for one in resources(target)]
        store.write(conn, system, [Put(one) for one in changed])
    _look(database)


def told(database: Any, role: Role, kind: str) -> set[str]:
    """The ids of the resources that the role's Subscription is told, whole."""
    with database.connection() as conn:
        watched = state.fetch_one(conn, _name(role, kind))
        assert watched is not None
        found = owed(conn, PostgresStore(), who(role), watched, 0)
        return {one.notice.id for one in found if one.seen}


def _look(database: Any) -> None:
    accounts: dict[str, Principal] = {who(role).name: who(role) for role in Role}
    look, more = Look(PostgresStore(), accounts.get, system_clock), True
    while more:
        with database.connection() as conn:
            more = look.once(conn)


def _name(role: Role, kind: str) -> str:
    return f"sub-{role}-{kind}"


def _changed(resource: dict[str, Any]) -> dict[str, Any]:
    return {**resource, "language": "vi"}


def _subscription(role: Role, kind: str) -> dict[str, Any]:
    backport = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-"
    content = {"url": f"{backport}payload-content", "valueCode": "full-resource"}
    owner = {"url": "urn:yteso:StructureDefinition:subscription-owner", "valueString": who(role).name}
    channel = {"type": "websocket", "payload": "application/fhir+json", "_payload": {"extension": [content]}}
    most = {"url": f"{backport}max-count", "valuePositiveInt": 100}
    return {
        "resourceType": "Subscription",
        "id": _name(role, kind),
        "status": "requested",
        "reason": "ma trận",
        "criteria": f"urn:yteso:topic:{kind}",
        "extension": [owner],
        "channel": {**channel, "extension": [most]},
    }
