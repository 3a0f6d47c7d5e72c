"""Each set of marks is kept once, and no row names a set that is not there, whoever rolls back."""

from contextlib import suppress

from yteso.store.protocol import Put, Remove


class Stopped(Exception):
    """The transaction ends without a commit."""


def patient(id, **more):
    return {"resourceType": "Patient", "id": id, **more}


def shapes(database):
    """The marks of each resource, and how many sets are kept."""
    with database.connection() as conn:
        joined = "store.resource r LEFT JOIN store.shape s ON s.shape = r.shape"
        rows = conn.execute(f"SELECT r.id, r.shape, s.marks FROM {joined}").fetchall()
        count = conn.execute("SELECT count(*) FROM store.shape").fetchone()[0]
    assert all((shape == 0) == (marks is None) for _, shape, marks in rows)
    return {name: marks and tuple(marks) for name, _, marks in rows}, count


def test_resources_that_have_the_same_elements_share_one_set(database, store, administrator):
    with database.connection() as conn:
        store.write(conn, administrator, [Put(patient("a", gender="female")), Put(patient("b", gender="male"))])
        store.write(conn, administrator, [Put(patient("c", gender="male")), Put(patient("d", birthDate="1990"))])
    named, count = shapes(database)
    assert named["a"] == named["b"] == named["c"] != named["d"]
    assert count == len(set(named.values()) - {None})


def test_a_set_that_was_rolled_back_is_written_again(database, store, administrator):
    with suppress(Stopped), database.connection() as conn:
        for one in ("a", "b"):
            store.write(conn, administrator, [Put(patient(one, gender="female"))])
        raise Stopped
    assert shapes(database) == ({}, 0)
    for one in ("c", "d"):
        with database.connection() as conn:
            store.write(conn, administrator, [Put(patient(one, gender="female"))])
    named, count = shapes(database)
    assert named["c"] == named["d"] is not None
    assert count == len(set(named.values()) - {None})


def test_a_set_that_two_writers_meet_at_once_makes_neither_wait(database, store, administrator):
    with database.connection() as one, database.connection() as other:
        other.execute("SET LOCAL lock_timeout TO '20s'")
        store.write(one, administrator, [Put(patient("a", gender="female")), Put(patient("b", birthDate="1990"))])
        store.write(other, administrator, [Put(patient("c", birthDate="1990")), Put(patient("d", gender="female"))])
    named, _ = shapes(database)
    assert (named["a"], named["b"]) == (named["d"], named["c"])


def test_what_is_removed_has_no_marks(database, store, administrator):
    with database.connection() as conn:
        store.write(conn, administrator, [Put(patient("a", gender="female"))])
        store.write(conn, administrator, [Remove("Patient", "a")])
    assert shapes(database)[0] == {"a": None}
