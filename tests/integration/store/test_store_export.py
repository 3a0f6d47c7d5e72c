"""Export by transaction number misses nothing, whatever commits in whatever order."""

import random
import threading
import time

from yteso.store.protocol import Put, Remove


def basic(id, n=0):
    return {"resourceType": "Basic", "id": id, "n": n}


def drain(store, conn, since, limit=10):
    found = list(store.changes_since(conn, since, limit))
    return found, (found[-1].t if found else since)


def test_changes_come_in_order_with_tombstones_and_only_the_current_state(database, store, administrator):
    for changes in ([Put(basic("a")), Put(basic("b"))], [Put(basic("a", 1))], [Remove("Basic", "b")]):
        with database.connection() as conn:
            store.write(conn, administrator, changes)
    with database.connection() as conn:
        found, _ = drain(store, conn, 0)
    assert [(one.id, one.version, one.deleted) for one in found] == [("a", 2, False), ("b", 2, True)]
    assert found[0].t < found[1].t


def test_a_transactions_changes_are_never_parted(database, store, administrator):
    with database.connection() as conn:
        store.write(conn, administrator, [Put(basic(f"x{n}")) for n in range(25)])
    with database.connection() as conn:
        found, last = drain(store, conn, 0, limit=10)
        assert len(found) == 25
        assert drain(store, conn, last)[0] == []


def test_what_an_older_open_transaction_may_precede_waits(database, store, administrator):
    with database.connection() as slow:
        store.write(slow, administrator, [Put(basic("slow"))])
        with database.connection() as quick:
            store.write(quick, administrator, [Put(basic("quick"))])
        with database.connection() as conn:
            assert drain(store, conn, 0)[0] == []
    with database.connection() as conn:
        assert {one.id for one in drain(store, conn, 0)[0]} == {"slow", "quick"}


def test_nothing_is_missed_while_many_write(database, store, administrator):
    stop = threading.Event()
    written = [set() for _ in range(4)]

    def write(at):
        chance = random.Random(at)
        for n in range(40):
            with database.connection() as conn:
                ids = [f"w{at}-{n}-{m}" for m in range(chance.randint(1, 4))]
                store.write(conn, administrator, [Put(basic(one)) for one in ids])
                time.sleep(chance.random() / 500)
            written[at].update(ids)

    seen, numbers = set(), []

    def export():
        last, quiet_since = 0, time.monotonic()
        while True:
            done = stop.wait(0.001) and (len(seen) >= sum(map(len, written)) or time.monotonic() > quiet_since + 20)
            with database.connection() as conn:
                found, last = drain(store, conn, last, limit=7)
            seen.update(one.id for one in found)
            numbers.extend(one.t for one in found)
            if found:
                quiet_since = time.monotonic()
            elif done:
                return

    writers = [threading.Thread(target=write, args=(at,)) for at in range(4)]
    reader = threading.Thread(target=export)
    for thread in (*writers, reader):
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    reader.join()
    assert seen == set().union(*written)
    assert numbers == sorted(numbers)


def test_after_a_restore_numbers_go_on_above_the_old_ones(database, store, administrator):
    with database.connection() as conn:
        conn.execute("UPDATE store.numbering SET shift = 5000000000")
        old = store.write(conn, administrator, [Put(basic("a"))]).t
    with database.connection() as conn:
        conn.execute("UPDATE store.numbering SET shift = 0")
        store.resume(conn)
    with database.connection() as conn:
        assert store.write(conn, administrator, [Put(basic("a", 1))]).t > old
    with database.connection() as conn:
        assert [one.version for one in drain(store, conn, old)[0]] == [2]
