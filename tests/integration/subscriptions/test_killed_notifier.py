"""The notifier is killed again and again while the record changes: every event arrives, in order, numbered."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
from tests.integration.subscriptions.conftest import Town, patient, subscription

pytestmark = pytest.mark.slow

KILLS = 12
NOTIFIER = """
import sys, threading
from yteso.access.principal import Principal, Role
from yteso.base.clock import system_clock
from yteso.db import Database
from yteso.exchange.notify.courier import Courier
from yteso.base.outward import Post
from yteso.ops.notifier import Notifier
from yteso.signing.safe import Safe
from yteso.store.postgres import PostgresStore
from yteso.store.subscriptions.evaluate import Look
database, store = Database(sys.argv[1], max_size=8).open(), PostgresStore(safe=Safe(b"khoa kiem thu"))
people = lambda name: Principal(name, Role.INTEGRATOR)
courier = Courier(database, store, people, Post.to([sys.argv[2]]), "http://test/fhir", system_clock)
print("telling", flush=True)
Notifier(database, Look(store, people, system_clock), courier).run(threading.Event())
"""


def notifier(url, address):
    process = subprocess.Popen([sys.executable, "-c", NOTIFIER, url, address], stdout=subprocess.PIPE)
    process.stdout.readline()
    return process


def end(process):
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()


@pytest.mark.timeout(300)
def test_nothing_committed_is_missed_though_the_notifier_is_killed(database, database_url, receiver):
    town = Town(database, receiver)
    town.subscribe(subscription(receiver.address, content="full-resource"))
    number = 0
    for kill in range(KILLS):
        process = notifier(database_url, receiver.address)
        for _ in range(20):
            town.write(patient(f"p{number}"))
            number += 1
        time.sleep(0.05 + 0.1 * (kill % 5))
        end(process)
    process = notifier(database_url, receiver.address)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and (not receiver.numbers or max(receiver.numbers) < number):
        time.sleep(0.1)
    end(process)
    first = list(dict.fromkeys(receiver.numbers))
    assert first == list(range(1, number + 1)), "every number once or more, none before the one before it"
    told = {one.numbers[0]: one.resources[0]["id"] for one in receiver.events}
    assert sorted(told.values()) == sorted(f"p{n}" for n in range(number))
    assert {one.resources[0]["id"] for one in receiver.events if one.numbers[0] == 7} == {told[7]}
    assert len(receiver.events) <= number + KILLS * 2, "told again only where a notifier was killed"
