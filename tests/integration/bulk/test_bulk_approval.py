"""Two-person exports: nothing is read before somebody else approved it, whatever is tried; a refusal is the end."""

from datetime import UTC, datetime

import psycopg
import pytest
from tests.integration.api.conftest import Client
from tests.integration.bulk.conftest import OFFICER, Bulk, patient

from yteso.access.principal import Principal, Role
from yteso.base.errors import Refused
from yteso.client.exports import Exports
from yteso.store import audit
from yteso.store.audit import Asked

ASKER = Principal("tích hợp chưa duyệt", Role.INTEGRATOR)
REASON = "Chuyển dữ liệu theo hợp đồng số 5"


@pytest.fixture
def asking(door, desk, write):
    """Somebody without a standing approval, and one patient to export."""
    write(patient("p1"))
    return Bulk(Client(door, ASKER), desk)


@pytest.fixture
def exports(database, desk):
    return Exports(database, desk, lambda: datetime.now(UTC))


def id_of(place):
    return place.rpartition("/")[2]


def test_an_export_waits_and_reads_nothing_until_the_second_person_approves(asking, exports, database):
    place = asking.start("$export")
    asking.work()
    asking.desk.sweep()
    asking.work()
    held = asking.client("GET", place)
    assert (held.status, held.headers["X-Progress"]) == (202, "waiting for a second person's approval")
    assert not (asking.desk.folder / id_of(place)).exists()
    with database.connection() as conn:
        assert audit.find(conn, Asked(patient="p1", who=ASKER.name)) == []
    [one] = exports.all(OFFICER)
    assert (one.who, one.state, one.level, one.patients) == (ASKER.name, "held", "system", None)
    exports.decide(OFFICER, one.id, approved=True, reason=REASON)
    asking.work()
    done = asking.client("GET", place)
    assert done.status == 200
    assert asking.keys(done.json) == ["Patient/p1"]
    [one] = exports.all(OFFICER)
    assert (one.state, one.decided_by, one.reason) == ("done", OFFICER.name, REASON)
    with database.connection() as conn:
        rows = audit.find(conn, Asked(who=OFFICER.name))
    assert (f"bulk/{one.id}", "approved") in [(row.what, row.detail) for row in rows]


def test_a_refused_export_never_begins(asking, exports):
    place = asking.start("$export")
    exports.decide(OFFICER, id_of(place), approved=False, reason=REASON)
    asking.work()
    refused = asking.client("GET", place)
    assert refused.status == 403
    assert refused.json["issue"][0]["details"]["coding"][0]["code"] == "BULK-0014"
    with pytest.raises(Refused, match="DPO-0003"):
        exports.decide(OFFICER, id_of(place), approved=True, reason=REASON)


def test_nobody_approves_their_own(asking, exports, database):
    place = asking.start("$export")
    own = Principal(ASKER.name, Role.DATA_OFFICER)
    with pytest.raises(Refused, match="DPO-0003"):
        exports.decide(own, id_of(place), approved=True, reason=REASON)
    with pytest.raises(psycopg.errors.CheckViolation), database.connection() as conn:
        conn.execute("UPDATE store.bulk_job SET state = 'waiting', approved_by = who WHERE id = %s", [id_of(place)])


@pytest.mark.parametrize("state", ["waiting", "done", "failed"])
def test_the_table_refuses_an_export_that_nobody_approved(asking, database, state):
    place = asking.start("$export")
    with pytest.raises(psycopg.errors.CheckViolation), database.connection() as conn:
        conn.execute("UPDATE store.bulk_job SET state = %s WHERE id = %s", [state, id_of(place)])


def test_a_standing_approval_lets_a_machine_export_until_it_is_taken_back(asking, exports):
    exports.add_standing(OFFICER, ASKER.name, 30, REASON)
    assert asking.keys(asking.run("$export")) == ["Patient/p1"]
    [given] = [one for one in exports.standing(OFFICER) if one.who == ASKER.name]
    exports.end_standing(OFFICER, given.id)
    place = asking.start("$export")
    asking.work()
    assert asking.client("GET", place).headers["X-Progress"] == "waiting for a second person's approval"


def test_what_a_standing_approval_let_begin_ends_with_it(asking, exports, desk, database):
    exports.add_standing(OFFICER, ASKER.name, 30, REASON)
    place = asking.start("$export")
    assert desk.exporter.stretch(id_of(place))
    [given] = [one for one in exports.standing(OFFICER) if one.who == ASKER.name]
    exports.end_standing(OFFICER, given.id)
    assert asking.client("GET", place).status == 404
    asking.work()
    assert list(desk.folder.glob("*")) == []


def test_held_exports_count_as_open_and_are_forgotten_after_a_week(asking, database):
    places = [asking.start("$export") for _ in range(3)]
    assert asking.client("GET", "$export", prefer="respond-async").status == 429
    with database.connection() as conn:
        conn.execute("UPDATE store.bulk_job SET asked = now() - interval '8 days'")
    asking.desk.clean()
    assert {asking.client("GET", place).status for place in places} == {404}


def test_only_the_officer_decides_and_gives_a_reason(asking, exports):
    place = asking.start("$export")
    with pytest.raises(Refused, match="DPO-0002"):
        exports.decide(OFFICER, id_of(place), approved=True, reason="ừ")
    for role in Role:
        if role is not Role.DATA_OFFICER:
            who = Principal("ai-do", role)
            with pytest.raises(Refused, match="DPO-0001"):
                exports.decide(who, id_of(place), approved=True, reason=REASON)
            with pytest.raises(Refused, match="DPO-0001"):
                exports.add_standing(who, "a", 5, REASON)
    for account, days in (("", 5), (OFFICER.name, 5), ("a", 0), ("a", 367)):
        with pytest.raises(Refused, match="DPO-0401"):
            exports.add_standing(OFFICER, account, days, REASON)
