"""The budget over FHIR: 429 with Retry-After and its number, in the chain; a batch tells it by entry."""

from tests.integration.api.conftest import INTEGRATOR, Client

from yteso.access.budget import budgets as budgets_of
from yteso.store import audit, budgets
from yteso.store.audit import Asked
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put


def people(database, many):
    with database.connection() as conn:
        PostgresStore().write(conn, INTEGRATOR, [Put({"resourceType": "Patient", "id": f"p{n}"}) for n in range(many)])
        budgets.configure(conn, budgets_of([("integrator", 2)]))


def test_beyond_the_budget_is_429_and_in_the_chain(database, api):
    people(database, 3)
    client = Client(api, INTEGRATOR)
    assert [client("GET", f"/Patient/p{n}").status for n in (0, 1, 0, 2)] == [200, 200, 200, 429]
    stopped = client("GET", "/Patient?_count=3")
    assert stopped.status == 429
    assert 0 < int(stopped.headers["Retry-After"]) <= 3601
    assert stopped.json["issue"][0]["code"] == "throttled"
    assert b"p2" not in stopped.body
    with database.connection() as conn:
        rows = audit.find(conn, Asked(who=INTEGRATOR.name, outcome=audit.REFUSED))
    assert sorted(row.detail for row in rows) == ["read EGR-0001", "search EGR-0001"]


def test_a_batch_tells_it_entry_by_entry_and_writing_goes_on(database, api):
    people(database, 4)
    client = Client(api, INTEGRATOR)
    asked = [{"request": {"method": "GET", "url": f"Patient/p{n}"}} for n in range(4)]
    answer = client("POST", "/", {"resourceType": "Bundle", "type": "batch", "entry": asked})
    assert [one["response"]["status"][:3] for one in answer.json["entry"]] == ["200", "200", "429", "429"]
    assert client("PUT", "/Patient/p9", {"resourceType": "Patient", "id": "p9"}).status == 201
