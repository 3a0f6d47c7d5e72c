import json
import threading

import pytest

from yteso.access.principal import Principal, Role
from yteso.exchange import walk
from yteso.exchange.intake import replay
from yteso.exchange.walk import Walker
from yteso.store.postgres import PostgresStore
from yteso.store.verify import verify
from yteso.validate.profiles.rules import TOO_FEW

ADMINISTRATOR = Principal("quản trị", Role.ADMINISTRATOR)


def states(status):
    return [visit["state"] for visit in status["visits"]]


def found(status):
    return {issue["code"] for issue in status["issues"]}


def current(installation, kind):
    """Bodies of the current resources of one type."""
    with installation.doors.database.connection() as conn:
        store = PostgresStore()
        return [
            json.loads(one.body)
            for one in store.changes_since(conn, 0, 100_000)
            if one.type == kind and not one.deleted
        ]


def test_a_visit_goes_from_its_file_to_the_record(installation):
    tables = installation.files.tables()
    status = installation.walked(installation.files.claims(tables))
    assert (status["state"], states(status)) == ("done", ["accepted"])
    (encounter,) = current(installation, "Encounter")
    (patient,) = current(installation, "Patient")
    (provenance,) = current(installation, "Provenance")
    assert encounter["subject"] == {"reference": f"Patient/{patient['id']}"}
    assert patient["name"][0]["text"] == tables["XML1"][0]["HO_TEN"]
    assert provenance["entity"][0]["what"]["identifier"]["value"] == status["intake"]
    assert provenance["target"] == [{"reference": f"Encounter/{encounter['id']}"}, encounter["subject"]]


@pytest.mark.parametrize("dialect", ["beta", "gamma", "delta", "epsilon"])
def test_every_vendors_dialect_says_the_same(installation, dialect):
    tables = installation.files.tables()
    installation.walked(installation.files.claims(tables))
    status = installation.walked(installation.files.claims(tables, dialect=dialect))
    assert status["state"] == "done"
    assert set(states(status)) <= {"unchanged", "accepted"}
    assert len(current(installation, "Encounter")) == 1


def test_the_same_content_in_another_file_writes_nothing(installation):
    tables = installation.files.tables()
    installation.walked(installation.files.claims(tables))
    before = installation.rows("SELECT count(*), max(t), max(ver) FROM store.resource")
    status = installation.walked(installation.files.claims(tables) + b"\n")
    assert states(status) == ["unchanged"]
    assert installation.rows("SELECT count(*), max(t), max(ver) FROM store.resource") == before


def test_a_resend_is_a_new_version_and_what_it_no_longer_says_is_gone(installation):
    tables = installation.files.tables()
    installation.walked(installation.files.claims(tables))
    before = {one["id"] for one in current(installation, "Observation")}
    tables["XML1"][0]["CHAN_DOAN_RV"] += " (sửa)"
    tables.pop("XML5", None)
    dropped = tables["XML4"].pop()
    status = installation.walked(installation.files.claims(tables))
    assert states(status) == ["accepted"]
    after = {one["id"] for one in current(installation, "Observation")}
    assert dropped
    assert after < before
    (encounter,) = installation.rows(
        "SELECT ver FROM store.resource WHERE id = %s", current(installation, "Encounter")[0]["id"]
    )
    assert encounter == (1,)
    assert len(current(installation, "Provenance")) == 2


def test_an_older_file_walked_later_replaces_nothing(installation):
    tables = installation.files.tables()
    old = installation.kept(installation.files.claims(tables))
    tables["XML1"][0]["CHAN_DOAN_RV"] += " (sửa)"
    new = installation.kept(installation.files.claims(tables))
    installation.rows("UPDATE exchange.intake SET state = 'done' WHERE id = %s RETURNING 1", old)
    installation.walker.drain()
    installation.rows("UPDATE exchange.intake SET state = 'received' WHERE id = %s RETURNING 1", old)
    installation.walker.drain()
    assert states(installation.status(new)) == ["accepted"]
    assert states(installation.status(old)) == ["outdated"]
    assert "EXC-1002" in found(installation.status(old))
    assert "(sửa)" in json.dumps(current(installation, "Condition"), ensure_ascii=False)


def test_a_check_in_opens_the_visit_and_never_replaces_its_record(installation):
    tables = installation.files.tables()
    check_in = installation.files.check_in(tables)
    first = installation.walked(check_in)
    assert states(first) == ["accepted"]
    assert current(installation, "Encounter")[0]["status"] == "in-progress"
    assert states(installation.walked(installation.files.claims(tables))) == ["accepted"]
    assert current(installation, "Encounter")[0]["status"] == "finished"
    assert states(installation.walked(check_in + b"\n")) == ["outdated"]
    assert current(installation, "Encounter")[0]["status"] == "finished"


def test_a_faulty_visit_is_quarantined_and_the_others_go_on(installation):
    good, bad = installation.files.tables(0), installation.files.tables(1)
    bad["XML1"][0]["T_BHTT"] = "không phải số"
    status = installation.walked(installation.files.claims(good, bad, dialect="beta"))
    assert status["state"] == "done_with_issues"
    assert states(status) == ["accepted", "quarantined"]
    place = {(issue["table"], issue["field"]) for issue in status["issues"] if issue["severity"] == "error"}
    assert ("XML1", "T_BHTT") in place
    assert "không phải số" not in json.dumps(status, ensure_ascii=False)


def test_a_visit_of_another_facility_is_quarantined(installation):
    tables = installation.files.tables()
    tables["XML1"][0]["MA_CSKCB"] = "99999"
    status = installation.walked(installation.files.claims(tables))
    assert (status["state"], states(status)) == ("quarantined", ["quarantined"])
    assert "EXC-1001" in found(status)
    assert current(installation, "Encounter") == []


def test_a_file_cut_short_keeps_its_whole_visits(installation):
    file = installation.files.claims(*(installation.files.tables(n) for n in range(3)), dialect="beta")
    status = installation.walked(file[: file.rindex(b"<HOSO>") + 200])
    assert states(status) == ["accepted", "accepted", "quarantined"]
    assert status["state"] == "done_with_issues"


def test_two_visits_of_one_person_are_one_patient(installation):
    one, other = installation.files.tables(0), installation.files.tables(1)
    for field in (
        "MA_BN",
        "HO_TEN",
        "SO_CCCD",
        "NGAY_SINH",
        "GIOI_TINH",
        "MA_THE_BHYT",
        "MA_DKBD",
        "GT_THE_TU",
        "GT_THE_DEN",
    ):
        other["XML1"][0][field] = one["XML1"][0][field]
    status = installation.walked(installation.files.claims(one, other, dialect="beta"))
    if states(status) == ["accepted", "accepted"]:
        assert len(current(installation, "Patient")) == 1
    else:
        assert found(status) - {"EXC-1005"}


class Stumbling(PostgresStore):
    """A store that fails on one visit with a person's name on its lips, as a defect of ours would."""

    def __init__(self, visit, name):
        super().__init__()
        self.visit = visit
        self.name = name

    def write_together(self, conn, writes, *, ends=False):
        if any(f":{self.visit}#" in str(one.changes) for one in writes):
            raise ZeroDivisionError(self.name)
        return super().write_together(conn, writes, ends=ends)


def test_an_unexpected_failure_stays_with_its_visit_and_tells_no_value(installation, caplog):
    visits = [installation.files.tables(n) for n in range(3)]
    name = visits[1]["XML1"][0]["HO_TEN"]
    walker = Walker(installation.doors.database, Stumbling(visits[1]["XML1"][0]["MA_LK"], name))
    intake = installation.kept(installation.files.claims(*visits, dialect="beta"))
    walker.drain()
    status = installation.status(intake)
    assert states(status) == ["accepted", "failed", "accepted"]
    assert "EXC-1003" in found(status)
    assert name not in caplog.text
    assert name not in json.dumps(status, ensure_ascii=False)
    with installation.doors.database.connection() as conn:
        assert replay(conn, ADMINISTRATOR, intake)
    installation.walker.drain()
    assert states(installation.status(intake)) == ["unchanged", "accepted", "unchanged"]


class Unmet:
    """Finds one visit's Encounter wanting."""

    def __init__(self, visit):
        self.visit = visit

    def issues(self, resources, facility):
        wanting = any(f":{self.visit}#" in str(resource) for resource in resources)
        return [TOO_FEW.at(element="Encounter.period", profile="p", least=1, found=0)] if wanting else []


def test_a_visit_that_misses_its_profiles_is_quarantined_where_they_refuse(installation):
    visits = [installation.files.tables(n) for n in range(3)]
    walker = Walker(installation.doors.database, PostgresStore(), profiles=Unmet(visits[1]["XML1"][0]["MA_LK"]))
    intake = installation.kept(installation.files.claims(*visits, dialect="beta"))
    walker.drain()
    status = installation.status(intake)
    assert states(status) == ["accepted", "quarantined", "accepted"]
    assert "FHIR-2401" in found(status)


def test_a_lost_raw_gives_the_file_up_and_the_queue_goes_on(installation):
    lost = installation.kept(installation.files.claims(installation.files.tables(0)))
    good = installation.kept(installation.files.claims(installation.files.tables(1)))
    installation.rows("DELETE FROM exchange.raw_chunk WHERE intake = %s RETURNING 1", lost)
    installation.walker.drain()
    assert installation.status(lost)["state"] == "failed"
    assert "EXC-1004" in found(installation.status(lost))
    assert installation.status(good)["state"] == "done"


def test_a_file_left_behind_by_a_dead_walker_goes_on_behind_its_last_commit(installation, monkeypatch):
    visits = [installation.files.tables(n) for n in range(12)]
    intake = installation.kept(installation.files.claims(*visits, dialect="beta"))
    calls = iter(range(100))
    first = Walker(installation.doors.database, PostgresStore(), batch=3)
    first.drain(stop=lambda: next(calls) > 6)
    halfway = installation.status(intake)
    assert halfway["state"] == "walking"
    assert 0 < halfway["counts"]["visits"] < 12
    installation.walker.drain()
    status = installation.status(intake)
    assert status["counts"]["visits"] == 12
    assert [visit["position"] for visit in status["visits"]] == list(range(1, 13))
    assert len(current(installation, "Encounter")) == status["counts"]["accepted"]


def test_a_file_that_takes_its_walkers_down_is_given_up_at_last(installation):
    intake = installation.kept(installation.files.claims(installation.files.tables()))
    installation.rows("UPDATE exchange.intake SET attempts = %s WHERE id = %s RETURNING 1", walk.MOST_TRIES, intake)
    installation.walker.drain()
    assert installation.status(intake)["state"] == "failed"


def test_two_walkers_share_the_work_and_double_nothing(installation):
    for number in range(24):
        installation.kept(installation.files.claims(installation.files.tables(number)))
    walkers = [Walker(installation.doors.database, PostgresStore(), batch=4) for _ in range(2)]
    threads = [threading.Thread(target=walker.drain) for walker in walkers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert installation.rows("SELECT state, count(*) FROM exchange.intake GROUP BY 1") == [("done", 24)]
    assert len(current(installation, "Encounter")) == 24
    assert installation.rows("SELECT count(*) FROM exchange.visit") == [(24,)]


@pytest.mark.samples
def test_the_shared_samples_go_in(installation, shared):
    files = sorted((shared / "data" / "bhyt").glob("*.xml"))
    results = {file.name: installation.walked(file.read_bytes(), facility="00000") for file in files}
    bad = results.pop("BAD_A_outpatient_5_errors.xml")
    assert bad["state"] == "quarantined"
    assert bad["counts"]["errors"] == 5
    assert {one["state"] for one in results.values()} == {"done"}


def test_rows_of_a_batch_name_the_facility_of_each_visit_and_only_its_people(installation):
    own, other = installation.files.tables(0), installation.files.tables(1)
    for rows in other.values():
        for row in rows:
            row |= {name: "99999" for name in ("MA_CSKCB",) if name in row}
    installation.kept(installation.files.claims(own))
    installation.kept(installation.files.claims(other, facility="99999"), facility="99999")
    installation.walker.drain()
    people = dict(
        installation.rows(
            "SELECT v.facility, array_agg(DISTINCT r.pat) FROM exchange.visit v JOIN store.resource r"
            " ON r.id = v.patient GROUP BY 1"
        )
    )
    told = installation.rows(
        "SELECT facility, client, t, pats FROM store.audit WHERE who = 'intake' AND cardinality(pats) > 0"
    )
    assert {(facility, client) for facility, client, _, _ in told} == {
        (facility, f"his-{facility}") for facility in (installation.files.facility, "99999")
    }
    assert len({t for _, _, t, _ in told}) == 1
    assert {facility: pats for facility, _, _, pats in told} == people
    with installation.doors.database.connection() as conn:
        assert verify(conn, PostgresStore().codec(conn)) is None
