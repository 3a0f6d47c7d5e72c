"""Stored XSS in what people and the data officer write to each other: questions, requests, breaches, reasons, names.

The same payloads and the same watch as in `test_stored_script.py`, in one browser.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from tests.integration.web.test_stored_script import PASSWORD, PAYLOADS, harmless, page, signed_in

from yteso.access.principal import Principal, Role
from yteso.access.restriction import EVERYTHING
from yteso.client.accesses import Asked
from yteso.client.breaches import Suspicion
from yteso.oauth.clients import PUBLIC, Client
from yteso.store.protocol import Put, Remove
from yteso.web.services import service

pytestmark = [pytest.mark.browser, pytest.mark.slow]
__all__ = ["page"]
OFFICER = Principal("baovedulieu", Role.DATA_OFFICER)
ALL = " ".join(PAYLOADS)
TABLES = (
    *("inbox", "breach_person", "breach", "subject_request", "standing_approval", "bulk_job"),
    *("questioned", "budget_grant", "opening"),
)


@pytest.fixture
def desk(site):
    """A person with something in every text field of the desk, of the health book and of openings."""
    from yteso.web.accounts import people

    people.create_user("xss.dan", PASSWORD, Role.CITIZEN, person=site.patient, demo=True)
    me = Principal("xss.dan", Role.CITIZEN, person=site.patient)
    doctor = Principal(f"bs {PAYLOADS[0]}", Role.DOCTOR, site.facility)
    with site.services.database.connection() as conn:
        for table in TABLES:
            conn.execute(f"DELETE FROM store.{table}")
        site.services.store.read(conn, doctor, EVERYTHING, "Patient", site.patient)
        partner = Principal(f"doi-tac {PAYLOADS[1]}", Role.INTEGRATOR)
        site.services.bulk.start_export(conn, partner, f"/fhir/$export?{ALL}", {"level": "system"})
        conn.execute(
            "INSERT INTO store.opening (kind, pat, patient, facility, account, opened_by, reason, words, until)"
            " SELECT 'g', pat, %s, %s, %s, %s, 'ETREAT', %s, now() + interval '1 hour' FROM store.resource"
            " WHERE id = %s",
            [site.patient, site.facility, "bacsi", f"bs {PAYLOADS[2]}", ALL, site.patient],
        )
        conn.execute(
            "INSERT INTO store.inbox SELECT shard, pat, 'breach/x', %s, 'breach', %s, now() FROM store.resource"
            " WHERE id = %s",
            [site.patient, ALL, site.patient],
        )
    accesses, requests, breaches = service("accesses"), service("subject_requests"), service("breaches")
    rows = [one for one in accesses.mine(me, Asked(count=50)) if one.who == doctor.name]
    accesses.question(me, rows[0].id, ALL)
    asked, second = requests.file(me, "correction", ALL), requests.file(me, "access", ALL)
    requests.acknowledge(OFFICER, asked)
    requests.close(OFFICER, second, "done", ALL)
    requests.extend(OFFICER, asked, ALL)
    now = datetime.now(UTC)
    what = Suspicion(PAYLOADS[0], "", now - timedelta(hours=1), now)
    breach = breaches.open(OFFICER, ALL, now - timedelta(hours=1), what)
    breaches.describe(OFFICER, breach, {"what": ALL, "kinds": ALL, "consequences": ALL, "measures": ALL})
    service("budgets").grant(OFFICER, PAYLOADS[3][:60], 300, 2, ALL)
    service("exports").add_standing(OFFICER, PAYLOADS[4][:60], 5, ALL)
    yield breach
    with site.services.database.connection() as conn:
        for table in TABLES:
            conn.execute(f"DELETE FROM store.{table}")


def test_what_the_desk_and_the_person_write_to_each_other_is_only_text(site, page, desk):
    signed_in(page, "baovedulieu")
    officers = ("/privacy/", "/privacy/requests", "/privacy/breaches", f"/privacy/breaches/{desk}")
    officers += ("/privacy/exports", "/privacy/budgets", "/privacy/register")
    seen = {path: harmless(page, path, ALL) for path in (*officers, "/consent/review")}
    told = {path for path, stands in seen.items() if stands}
    assert told >= {"/privacy/", "/privacy/requests", "/privacy/exports", "/privacy/budgets", "/consent/review"}
    for part in ("notice", "told"):
        page.goto(f"/privacy/breaches/{desk}/{part}")
        assert page.evaluate("globalThis.__ran") is None
        assert page.locator("[data-xss]").count() == 0
    page.context.clear_cookies()
    signed_in(page, "xss.dan")
    persons = ("/healthbook/who?days=7", "/healthbook/inbox", "/privacy/requests/mine", "/consent/")
    seen = {path: harmless(page, path, ALL) for path in persons}
    assert seen["/privacy/requests/mine"]
    assert seen["/healthbook/inbox"]


def test_names_of_apps_facilities_and_representatives_are_only_texts(site, page):
    name = f"Ứng dụng {PAYLOADS[1]}"
    client = Client(f"xss-{uuid.uuid4().hex[:8]}", name, PUBLIC, ("http://127.0.0.1/back",), "", "user/*.rs")
    with site.services.database.connection() as conn:
        site.services.oauth.register(client)
        system = Principal("kiem-thu", Role.SYSTEM)
        facility = {"resourceType": "Organization", "id": "xss-noi", "name": f"Cơ sở {ALL}"}
        site.services.store.write(conn, system, [Put({**facility, "identifier": [{"value": "79988"}]})])
    try:
        signed_in(page, "quantri")
        assert harmless(page, "/oauth/apps", PAYLOADS[1], shown=True)
        for path in ("/accounts/new", "/intake/", "/ioc/facilities"):
            harmless(page, path, ALL)
    finally:
        with site.services.database.connection() as conn:
            site.services.store.write(conn, system, [Remove("Organization", "xss-noi")])
