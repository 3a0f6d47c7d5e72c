"""An app's scopes go with its job: they bound what is exported, and another app of the same account finds nothing."""

from dataclasses import replace

import pytest
from tests.integration.api.conftest import INTEGRATOR, Client
from tests.integration.bulk.conftest import Bulk, observation, patient


@pytest.fixture
def app(door, desk):
    def of(scope, patient=""):
        return Bulk(Client(door, replace(INTEGRATOR, client="app", scope=scope, patient=patient)), desk)

    return of


@pytest.fixture
def record(write):
    write(patient("p1"), patient("p2"), observation("o1", "p1"), observation("o2", "p2", code="1975-2"))


@pytest.mark.parametrize(
    ("scope", "whom", "expected"),
    [
        ("system/*.rs", "", ["Observation/o1", "Observation/o2", "Patient/p1", "Patient/p2"]),
        ("system/Patient.rs", "", ["Patient/p1", "Patient/p2"]),
        ("system/Observation.rs?code=1975-2 system/Patient.r", "", ["Observation/o2"]),
        ("patient/*.rs", "p1", ["Observation/o1", "Patient/p1"]),
    ],
)
@pytest.mark.usefixtures("record")
def test_what_an_app_exports_lies_within_its_scopes(app, scope, whom, expected):
    one = app(scope, whom)
    assert one.keys(one.run("/$export")) == expected
    if "code" not in scope:
        assert one.keys(one.run("/Patient/$export")) == expected


@pytest.mark.usefixtures("record")
def test_an_app_without_the_scope_asks_for_nothing(app):
    for scope in ("", "system/Patient.r", "system/Patient.cud"):
        assert app(scope).client("GET", "/$export", prefer="respond-async").codes == ["AUTH-0105"]
    assert app("system/Patient.rs").client("GET", "/$export?_type=Observation", prefer="respond-async").codes == [
        "BULK-0003"
    ]
    assert app("system/Patient.cud").client("POST", "/$import", b"{}", prefer="respond-async").status == 403


@pytest.mark.usefixtures("record")
def test_an_app_with_fewer_scopes_does_not_find_the_job(app, bulk):
    wide, narrow = app("system/*.rs"), app("system/Patient.rs")
    url = wide.run("/$export")["output"][0]["url"]
    place = url.rpartition("/")[0]
    of_account = bulk.run("/$export")["output"][0]["url"]
    for asked in (url, place, of_account):
        assert narrow.client("GET", asked).status == 404
    assert narrow.client("DELETE", place).status == 404
    assert wide.client("GET", of_account).status == 404
    assert app("system/*.cruds").client("GET", url).status == 200
    assert bulk.client("GET", url).status == 200


@pytest.mark.usefixtures("record")
def test_a_job_of_the_release_before_is_done_as_it_was_asked(bulk, database):
    place = bulk.start("/$export")
    with database.connection() as conn:
        conn.execute("UPDATE store.bulk_job SET wish = wish - 'app'")
    bulk.work()
    assert bulk.client("GET", place).status == 200
