"""Rows by which subscribers are told: who turns one to another receiver, owner or state by hand is found."""

from __future__ import annotations

import pytest
from tests.integration.api.conftest import DOCTOR
from tests.integration.subscriptions.conftest import patient, subscription

from yteso.store.subscriptions.definition import OWNER
from yteso.store.verify import verify


def found(town):
    with town.database.connection() as conn:
        bad = verify(conn, town.store.codec(conn))
    return bad and (bad.kind, bad.about)


@pytest.fixture
def told(town, receiver):
    """One with sealed secrets, one changed since, one of somebody named by a manager, one that ended, one in error."""
    for name in ("kept", "changed", "ended"):
        town.subscribe(subscription(receiver.address), name)
    town.subscribe(subscription(receiver.address, content="full-resource"), "changed")
    owned = {"extension": [{"url": OWNER, "valueString": DOCTOR.name}]}
    town.subscribe({**subscription(receiver.address), **owned}, "owned")
    town.subscribe({**subscription(receiver.address), "status": "off"}, "ended")
    receiver.answer = 500
    town.subscribe(subscription(receiver.address), "failing")
    receiver.answer = 200
    town.write(patient("p1"))
    town.step()
    return town


def test_what_was_subscribed_lawfully_passes(told):
    assert found(told) is None
    assert {told.state(name) for name in ("kept", "changed", "owned")} == {"active"}


@pytest.mark.parametrize(
    ("change", "about"),
    [
        (
            "UPDATE store.subscription SET resource = replace(resource, '127.0.0.1', '10.0.0.1') WHERE id = 'kept'",
            "kept",
        ),
        (
            "UPDATE store.subscription SET resource = replace(resource, 'id-only', 'full-resource') WHERE id = 'kept'",
            "kept",
        ),
        ("UPDATE store.subscription SET owner = 'ai-do' WHERE id = 'changed'", "changed"),
        ("UPDATE store.subscription SET owner = 'tich-hop' WHERE id = 'owned'", "owned"),
        ("UPDATE store.subscription SET version = 1 WHERE id = 'changed'", "changed"),
        ("UPDATE store.subscription SET state = 'active' WHERE id = 'ended'", "ended"),
        (
            (
                "INSERT INTO store.subscription (shard, id, version, state, owner, resource)"
                " SELECT shard, 'ghost', version, state, owner, resource FROM store.subscription WHERE id = 'kept'"
            ),
            "ghost",
        ),
    ],
)
def test_what_no_subscription_says_is_named(told, change, about):
    with told.database.connection() as conn:
        conn.execute(change)
    assert found(told) == ("right", f"store.subscription {about}")
