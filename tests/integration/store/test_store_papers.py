"""Papers of a visit are as sensitive as its facts, also when they are written apart, in whatever order."""

import threading

import pytest

from yteso.store import labels
from yteso.store.protocol import Put, Remove, Write

ICD10 = "http://hl7.org/fhir/sid/icd-10"
HIV, NONE = 1, 0


def fact(id, code="B20", visit="e", **more):
    return {
        "resourceType": "Condition",
        "id": id,
        "subject": {"reference": "Patient/p"},
        "encounter": {"reference": f"Encounter/{visit}"},
        "code": {"coding": [{"system": ICD10, "code": code}]},
        **more,
    }


def visit(id="e", **more):
    return {
        "resourceType": "Encounter",
        "id": id,
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": "Patient/p"},
        **more,
    }


def note(id="note", visit="e", **more):
    found = {"resourceType": "Composition", "id": id, "status": "final", "title": "Tóm tắt", **more}
    return found | {"subject": {"reference": "Patient/p"}, "encounter": {"reference": f"Encounter/{visit}"}}


def scan(id="scan", visit="e"):
    found = {"resourceType": "DocumentReference", "id": id, "status": "current", "content": [{"attachment": {}}]}
    return found | {
        "subject": {"reference": "Patient/p"},
        "context": {"encounter": [{"reference": f"Encounter/{visit}"}]},
    }


@pytest.fixture
def write(database, store, administrator):
    def put(*resources):
        with database.connection() as conn:
            store.write(conn, administrator, [Put(one) for one in resources])

    return put


@pytest.fixture
def label(database):
    def of(id):
        with database.connection() as conn:
            return conn.execute("SELECT label FROM store.resource WHERE id = %s", (id,)).fetchone()[0]

    return of


SOURCE = {
    "resourceType": "Provenance",
    "id": "source",
    "target": [{"reference": "Encounter/e"}, {"reference": "Patient/p"}],
    "recorded": "2026-11-01T00:00:00Z",
    "agent": [{"who": {"display": "Mẫu"}}],
}
PAPERS = [note(), scan(), {**note("thought"), "resourceType": "ClinicalImpression", "status": "completed"}, SOURCE]


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper["resourceType"])
def test_a_paper_written_after_its_visits_facts_has_their_labels(write, label, paper):
    write(visit(), fact("hiv"))
    write(paper)
    assert label(paper["id"]) == HIV


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper["resourceType"])
def test_a_paper_written_before_gets_the_labels_that_come(write, label, paper):
    write(visit(), paper)
    assert label(paper["id"]) == NONE
    write(fact("hiv"))
    assert label(paper["id"]) == HIV


def test_a_paper_sent_again_while_the_facts_stay_keeps_their_labels(write, label):
    whole = [visit(), fact("hiv"), note()]
    write(*whole)
    write(*whole[:2], note(title="Tóm tắt, sửa lại"))
    assert label("note") == HIV


def test_a_visit_whose_own_reason_is_labelled_labels_its_papers(write, label):
    reason = [{"coding": [{"system": ICD10, "code": "B20"}]}]
    write(visit(reasonCode=reason))
    write(note())
    assert label("note") == HIV
    write(visit("other"), note("later", "other"))
    write(visit("other", reasonCode=reason))
    assert label("later") == HIV


def test_papers_of_other_visits_and_other_people_are_not_touched(write, label):
    write(visit(), fact("hiv"), visit("flu"), fact("j", "J11", "flu"))
    write(note("other", "flu"))
    write({**note("foreign"), "subject": {"reference": "Patient/q"}})
    assert (label("other"), label("foreign")) == (NONE, NONE)


def test_a_fact_that_was_corrected_or_taken_away_labels_no_paper_that_comes_later(
    write, label, database, store, administrator
):
    write(visit(), fact("hiv"), fact("wrong"))
    with database.connection() as conn:
        store.write(conn, administrator, [Remove("Condition", "hiv")])
    write(fact("wrong", "J11"), note())
    assert label("note") == NONE


def test_a_paper_and_a_fact_written_at_the_same_moment_do_not_miss_each_other(
    write, label, database, store, administrator
):
    write(visit())
    begun, done = threading.Event(), threading.Event()

    def later():
        begun.wait(60)
        write(note())
        done.set()

    thread = threading.Thread(target=later)
    thread.start()
    with database.connection() as conn:
        store.write(conn, administrator, [Put(fact("hiv"))])
        begun.set()
        assert not done.wait(0.5), "the paper waits for what is not committed yet"
    thread.join(60)
    assert done.is_set()
    assert label("note") == HIV


def test_papers_and_facts_that_come_together_from_several_writers_are_joined(label, database, store, administrator):
    asked = [Write(administrator, [Put(one)], "") for one in (visit(), note(), fact("hiv"), scan())]
    with database.connection() as conn:
        store.write_together(conn, asked)
    assert (label("note"), label("scan")) == (HIV, HIV)


def test_what_pieces_of_an_import_missed_side_by_side_is_made_good_at_its_end(
    write, label, database, store, administrator
):
    write(visit(), fact("hiv"), note("older"))
    with database.connection() as conn:
        t = store.write(conn, administrator, [Put(note())]).t
        conn.execute("UPDATE store.resource SET label = 0 WHERE id IN ('note', 'older')")
        labels.mend_papers(conn, store.codec(conn), [t])
    assert label("note") == HIV


def test_of_many_visits_at_once_none_is_missed_and_none_is_waited_for(write, label, monkeypatch):
    """As a piece of an import."""
    monkeypatch.setattr(labels, "MOST_HELD", 1)
    write(visit(), visit("f"), visit("g"))
    write(fact("hiv"), fact("j", "J11", "f"), fact("k", "B20", "g"))
    write(note("n-e"), note("n-f", "f"), note("n-g", "g"))
    assert [label(one) for one in ("n-e", "n-f", "n-g")] == [HIV, NONE, HIV]
