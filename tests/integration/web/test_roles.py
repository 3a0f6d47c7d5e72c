"""Every route × every role: who gets in, who is refused, who is sent to the log-in. New routes must be listed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from tests.integration.web.conftest import ROLES

from yteso.web.guard import is_public, roles_of

ALL = set(ROLES)
OVERSEERS = {"quantri", "dieuhanh"}
INTAKE = {"quantri", "dieuhanh", "nhanvien"}
RECORD = {"nhanvien", "bacsi", "dieuduong", "tram", "thanhtra"}
REVIEW = {"nhanvien", "bacsi"}
TREATING = {"bacsi", "dieuduong", "tram"}
DESK = {"quantri", "quantricoso"}

# route name -> (address, who gets in). {file}, {patient}, {visit} are of the staff's and the doctor's own facility.
TABLE = {
    "home": ("/", ALL),
    "ui": ("/ui", ALL),
    "account": ("/account", ALL),
    "account_reauthenticate": ("/account/confirm", ALL),
    "account_factors": ("/account/factors", ALL),
    "account_app": ("/account/factors/app", ALL),
    "account_passkey": ("/account/factors/passkey", ALL),
    "account_codes": ("/account/factors/codes", ALL),
    "account_factor_remove": ("/account/factors/1/remove", ALL),
    "account_alive": ("/account/alive", ALL),
    "account_sessions_end": ("/account/sessions/end", ALL),
    "account_identity_remove": ("/account/identities/1/remove", ALL),
    "accounts": ("/accounts/", DESK),
    "accounts_new": ("/accounts/new", DESK),
    "accounts_one": ("/accounts/bacsi", DESK),
    "accounts_act": ("/accounts/bacsi/disable", DESK),
    "oauth_authorize": ("/oauth/authorize", ALL),
    "oauth_grants": ("/oauth/grants", ALL),
    "oauth_end_grant": ("/oauth/grants/x/end", ALL),
    "oauth_apps": ("/oauth/apps", {"quantri"}),
    "oauth_set_active": ("/oauth/apps/x/active", {"quantri"}),
    "oauth_launchable": ("/oauth/open/{patient}", RECORD),
    "oauth_launch": ("/oauth/launch/x", RECORD),
    "ioc:start": ("/ioc/", OVERSEERS),
    "ioc:tile": ("/ioc/tiles/today", OVERSEERS),
    "ioc:visits": ("/ioc/visits", OVERSEERS),
    "ioc:diagnoses": ("/ioc/diagnoses", OVERSEERS),
    "ioc:money": ("/ioc/money?span=30d", OVERSEERS),
    "ioc:files": ("/ioc/files", OVERSEERS),
    "ioc:facilities": ("/ioc/facilities", OVERSEERS),
    "intake:start": ("/intake/", INTAKE),
    "intake:upload": ("/intake/upload", INTAKE),
    "intake:file": ("/intake/file/{file}", INTAKE),
    "intake:raw": ("/intake/file/{file}/raw", {"nhanvien"}),
    "intake:receipt": ("/intake/file/{file}/receipt", INTAKE),
    "intake:replay": ("/intake/file/{file}/replay", {"quantri"}),
    "review:start": ("/review/", REVIEW),
    "review:joined": ("/review/joined", REVIEW),
    "review:second": ("/review/joined/00000000-0000-0000-0000-000000000000/second", REVIEW),
    "review:refuse": ("/review/joined/00000000-0000-0000-0000-000000000000/refuse", REVIEW),
    "review:part": ("/review/joined/00000000-0000-0000-0000-000000000000/part", {"nhanvien"}),
    "review:find": ("/review/join/{patient}", {"nhanvien"}),
    "review:pair": ("/review/join/{patient}/{patient}", REVIEW),
    "review:propose": ("/review/join/{patient}/{patient}/propose", {"nhanvien"}),
    "review:settle": ("/review/x/settle", {"nhanvien"}),
    "consent:own": ("/consent/", set()),
    "consent:choose": ("/consent/choose", set()),
    "consent:find": ("/consent/find", set()),
    "consent:code": ("/consent/code", set()),
    "consent:withdraw": ("/consent/x/withdraw", set()),
    "consent:open": ("/consent/open", TREATING | {"nhanvien"}),
    "consent:use_code": ("/consent/open/code", TREATING | {"nhanvien"}),
    "consent:glass": ("/consent/open/glass", TREATING),
    "consent:end": ("/consent/open/00000000-0000-0000-0000-000000000000/end", TREATING),
    "consent:approve": ("/consent/open/00000000-0000-0000-0000-000000000000/approve", {"bacsi"}),
    "consent:review": ("/consent/review", {"baovedulieu"}),
    "consent:settle": ("/consent/review/00000000-0000-0000-0000-000000000000", {"baovedulieu"}),
    "privacy:start": ("/privacy/", {"baovedulieu"}),
    "privacy:answer": ("/privacy/x/answer", {"baovedulieu"}),
    "privacy:breaches": ("/privacy/breaches", {"baovedulieu"}),
    "privacy:open_breach": ("/privacy/breaches/open", {"baovedulieu"}),
    "privacy:breach": ("/privacy/breaches/00000000-0000-0000-0000-000000000000", {"baovedulieu"}),
    "privacy:breach_affected": ("/privacy/breaches/00000000-0000-0000-0000-000000000000/affected", {"baovedulieu"}),
    "privacy:breach_people": ("/privacy/breaches/00000000-0000-0000-0000-000000000000/people", {"baovedulieu"}),
    "privacy:notice": ("/privacy/breaches/00000000-0000-0000-0000-000000000000/notice", {"baovedulieu"}),
    "privacy:describe_breach": ("/privacy/breaches/00000000-0000-0000-0000-000000000000/describe", {"baovedulieu"}),
    "privacy:tell_breach": ("/privacy/breaches/00000000-0000-0000-0000-000000000000/tell", {"baovedulieu"}),
    "privacy:breach_inbox": ("/privacy/breaches/00000000-0000-0000-0000-000000000000/inbox", {"baovedulieu"}),
    "privacy:breach_told": ("/privacy/breaches/00000000-0000-0000-0000-000000000000/told", {"baovedulieu"}),
    "privacy:close_breach": ("/privacy/breaches/00000000-0000-0000-0000-000000000000/close", {"baovedulieu"}),
    "privacy:requests": ("/privacy/requests", {"baovedulieu"}),
    "privacy:acknowledge": ("/privacy/requests/00000000-0000-0000-0000-000000000000/acknowledge", {"baovedulieu"}),
    "privacy:extend": ("/privacy/requests/00000000-0000-0000-0000-000000000000/extend", {"baovedulieu"}),
    "privacy:close_request": ("/privacy/requests/00000000-0000-0000-0000-000000000000/close", {"baovedulieu"}),
    "privacy:exports": ("/privacy/exports", {"baovedulieu"}),
    "privacy:stand": ("/privacy/exports/standing", {"baovedulieu"}),
    "privacy:end_standing": ("/privacy/exports/standing/00000000-0000-0000-0000-000000000000/end", {"baovedulieu"}),
    "privacy:decide_export": ("/privacy/exports/00000000-0000-0000-0000-000000000000/decide", {"baovedulieu"}),
    "privacy:inspections": ("/privacy/inspections", {"baovedulieu"}),
    "privacy:give_inspection": ("/privacy/inspections/give", {"baovedulieu"}),
    "privacy:end_inspection": ("/privacy/inspections/00000000-0000-0000-0000-000000000000/end", {"baovedulieu"}),
    "privacy:register": ("/privacy/register", {"baovedulieu"}),
    "privacy:register_file": ("/privacy/register.csv", {"baovedulieu"}),
    "privacy:activity": ("/privacy/register/ho-so", {"baovedulieu"}),
    "privacy:mine": ("/privacy/requests/mine", set()),
    "privacy:budgets": ("/privacy/budgets", {"baovedulieu"}),
    "privacy:seen": ("/privacy/budgets/seen?for=nhanvien&hour=2026-11-26T08:00", {"baovedulieu"}),
    "privacy:grant_budget": ("/privacy/budgets/grant", {"baovedulieu"}),
    "privacy:end_grant": ("/privacy/budgets/00000000-0000-0000-0000-000000000000/end", {"baovedulieu"}),
    "healthbook:start": ("/healthbook/record", set()),
    "healthbook:section": ("/healthbook/record/tests", set()),
    "healthbook:visit": ("/healthbook/record/visit/{visit}", set()),
    "healthbook:visit_printed": ("/healthbook/record/visit/{visit}/pdf", set()),
    "healthbook:document": ("/healthbook/record/document/x", set()),
    "healthbook:trend": ("/healthbook/record/trend/{result}", set()),
    "healthbook:download": ("/healthbook/record/download", set()),
    "healthbook:printed": ("/healthbook/record/pdf", set()),
    "healthbook:representatives": ("/healthbook/representatives", set()),
    "healthbook:representative_code": ("/healthbook/representatives/code", set()),
    "healthbook:name_representative": ("/healthbook/representatives/name", set()),
    "healthbook:end_representation": ("/healthbook/representatives/x/end", set()),
    "healthbook:inbox": ("/healthbook/inbox", set()),
    "healthbook:who": ("/healthbook/who", set()),
    "healthbook:question": ("/healthbook/who/1-1", set()),
    "worklist:start": ("/worklist/", {"xetnghiem", "duocsi", "thungan"}),
    "record:start": ("/record/", RECORD),
    "record:day": ("/record/visits/79901/2026-11-20", RECORD),
    "record:person": ("/record/{patient}", RECORD),
    "record:section": ("/record/{patient}/diagnoses", RECORD),
    "record:visit": ("/record/{patient}/visit/{visit}", RECORD),
    "record:trend": ("/record/{patient}/trend/{result}", RECORD),
    "record:print": ("/record/{patient}/print", RECORD),
    "record:document": ("/record/{patient}/document/{document}", RECORD),
    "record:representatives": ("/record/{patient}/representatives", {"nhanvien", "tram"}),
    "record:record_representative": ("/record/{patient}/representatives/new", {"nhanvien", "tram"}),
    "record:end_representation": ("/record/{patient}/representatives/x/end", {"nhanvien", "tram"}),
    "record:raw": ("/record/{patient}/raw/Patient/{patient}", RECORD),
}
POSTED = {
    "review:part",
    "review:propose",
    "review:second",
    "review:refuse",
    "privacy:breach_inbox",
    "record:record_representative",
    "record:end_representation",
    "consent:settle",
    "consent:use_code",
    "consent:end",
    "consent:approve",
    "intake:replay",
    "review:settle",
    "account_factor_remove",
    "account_sessions_end",
    "account_identity_remove",
    "accounts_act",
    "privacy:answer",
    "privacy:grant_budget",
    "privacy:open_breach",
    "privacy:breach_people",
    "privacy:describe_breach",
    "privacy:tell_breach",
    "privacy:close_breach",
    "privacy:acknowledge",
    "privacy:extend",
    "privacy:close_request",
    "privacy:stand",
    "privacy:end_standing",
    "privacy:give_inspection",
    "privacy:end_inspection",
    "privacy:decide_export",
    "privacy:end_grant",
    "oauth_end_grant",
    "oauth_set_active",
    "oauth_launch",
}
"""Changes: opened with GET they answer 405 to who may."""
PUBLIC = {
    "account_login",
    "mfa_authenticate",
    "account_passkey_login",
    "account_provider",
    "account_provider_back",
    "account_provider_keys",
    "account_recover",
    "logout",
    "language",
    "theme",
    "static",
    "favicon",
}


def routes(patterns=None, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in patterns if patterns is not None else get_resolver("yteso.web.urls").url_patterns:
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, f"{one.namespace or one.app_name}:")
        else:
            yield f"{space}{one.name}", one


def test_every_route_is_in_the_table_or_known_to_be_public(site):
    assert {name for name, _ in routes()} == set(TABLE) | PUBLIC


def test_every_view_declares_its_roles(site):
    for name, route in routes():
        assert roles_of(route.callback) is not None, name
        assert is_public(route.callback) == (name in PUBLIC), name


@pytest.mark.parametrize("username", [*ROLES, ""])
def test_each_role_opens_its_own_pages_and_no_other(site, username):
    client = site.client(username)
    for name, (address, allowed) in TABLE.items():
        path = address.format(
            file=site.file, patient=site.patient, visit=site.visit, document=site.document, result=site.result
        )
        status = client.get(path).status_code
        if not username:
            assert status == 302, name
            assert client.get(path).url.startswith("/login"), name
        elif username in allowed:
            assert status == {
                "home": 302,
                "consent:glass": 302,
                "oauth_authorize": 400,
                "privacy:breach": 404,
                "privacy:breach_affected": 404,
                "privacy:breach_told": 404,
                "privacy:notice": 404,
            }.get(name, 405 if name in POSTED else 200), f"{name} for {username}"
        else:
            assert status == 403, f"{name} for {username}"


def test_the_start_page_depends_on_the_role(site):
    starts = {name: site.client(name).get("/").url for name in ROLES}
    known = {"quantri": "/ioc/", "dieuhanh": "/ioc/", "nhanvien": "/intake/", "quantricoso": "/accounts/"}
    known |= dict.fromkeys(RECORD - INTAKE, "/record/") | {"baovedulieu": "/privacy/"}
    known |= dict.fromkeys(("xetnghiem", "duocsi", "thungan"), "/worklist/")
    assert starts == {name: known.get(name, "/account") for name in ROLES}


def test_the_doctor_of_another_facility_does_not_see_the_person(site):
    from yteso.access.principal import Role
    from yteso.web.accounts import people

    people.create_user("bacsi.khac", "mat khau mau cho kiem thu", Role.DOCTOR, facility="00000", demo=True)
    client = site.client("bacsi.khac")
    assert client.get(f"/record/{site.patient}").status_code == 404
    assert client.get(f"/record/{site.patient}/raw/Patient/{site.patient}").status_code == 404
    assert client.get(f"/record/{site.patient}/visit/{site.visit}").status_code == 404


def test_the_staff_of_another_facility_does_not_see_the_file(site):
    from yteso.access.principal import Role
    from yteso.web.accounts import people

    people.create_user("nhanvien.khac", "mat khau mau cho kiem thu", Role.STAFF, facility="00000", demo=True)
    client = site.client("nhanvien.khac")
    assert client.get(f"/intake/file/{site.file}").status_code == 404
    assert client.get(f"/intake/file/{site.file}/raw").status_code == 404
