"""Whole walks through real HTTP: apps with people, machines alone, and what ends them."""

import re
import time

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from tests.integration.oauth.conftest import BACK, MINE, OTHERS, PASSWORD, Visit, told

from yteso.access.principal import Principal, Role
from yteso.oauth.clients import Client
from yteso.store.audit import Asked, find

OFFLINE = "launch/patient patient/*.rs openid fhirUser offline_access"


def test_an_app_reads_the_record_of_the_person_who_agreed_and_nobody_elses(platform, visit):
    got = visit.tokens()
    assert got["token_type"] == "Bearer"
    assert got["patient"] == MINE
    assert platform.get(f"Patient/{MINE}", got["access_token"]).status_code == 200
    assert platform.get(f"Patient/{OTHERS}", got["access_token"]).status_code == 404
    found = platform.get("Observation", got["access_token"]).json()
    assert {entry["resource"]["id"] for entry in found["entry"]} == {f"xn-{MINE}", f"sinh-hieu-{MINE}"}


def test_a_public_client_library_walks_the_whole_way(platform, browse):
    """authlib's client, not ours: PKCE, code, refresh, revocation."""
    settings = requests.get(f"{platform.fhir}/.well-known/smart-configuration", timeout=20).json()
    app = OAuth2Session(
        "app-mo", scope=OFFLINE, redirect_uri=BACK, code_challenge_method="S256", token_endpoint_auth_method="none"
    )
    verifier = "v" * 64
    address, state = app.create_authorization_url(
        settings["authorization_endpoint"], code_verifier=verifier, aud=platform.fhir
    )
    person = Visit(platform, browse("congdan"))
    person.asking = lambda **_: address
    heard = person.answered()
    assert heard["state"] == state
    assert heard["iss"] == settings["issuer"]
    token = app.fetch_token(settings["token_endpoint"], code=heard["code"], code_verifier=verifier)
    assert app.get(f"{platform.fhir}/Patient/{MINE}").status_code == 200
    fresh = app.refresh_token(settings["token_endpoint"], token["refresh_token"])
    assert fresh["access_token"] != token["access_token"]
    app.revoke_token(settings["revocation_endpoint"], token=fresh["refresh_token"])
    time.sleep(1)
    assert platform.get(f"Patient/{MINE}", fresh["access_token"]).status_code == 401


def test_a_machine_with_a_key_needs_nobody(platform):
    """authlib's client again: private_key_jwt with ES384 (SMART Backend Services)."""
    key = platform.keys["may-79001"]
    proof = PrivateKeyJWT(platform.token_address, {"exp": int(time.time()) + 240}, {"kid": "b"}, "ES384")
    machine = OAuth2Session("may-79001", key, token_endpoint_auth_method=proof)
    token = machine.fetch_token(platform.token_address, grant_type="client_credentials", scope="exchange")
    assert token["expires_in"] <= 300
    assert token["scope"] == "exchange"
    assert "refresh_token" not in token
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    answer = requests.post(f"{platform.base}/exchange/bhyt", b"<GIAMDINHHS/>", headers=headers, timeout=20)
    assert answer.status_code not in (401, 403), answer.text
    assert platform.get("Patient", token["access_token"]).status_code == 403


def test_a_scope_narrows_by_a_search_condition_everywhere(platform, visit):
    visit.scope = "launch/patient patient/Observation.rs?category=laboratory"
    token = visit.tokens()["access_token"]
    assert platform.get(f"Observation/xn-{MINE}", token).status_code == 200
    assert platform.get(f"Observation/sinh-hieu-{MINE}", token).status_code == 404
    assert platform.get(f"Observation/sinh-hieu-{MINE}/_history", token).status_code in (403, 404)
    found = platform.get("Observation?_total=accurate", token).json()
    assert found["total"] == 1
    assert [entry["resource"]["id"] for entry in found["entry"]] == [f"xn-{MINE}"]
    assert platform.get(f"Condition/benh-{MINE}", token).status_code == 403
    assert platform.get(f"Patient/{MINE}", token).status_code == 403


def test_a_token_without_the_scope_to_write_writes_nothing(platform, visit):
    token = visit.tokens()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/fhir+json"}
    body = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "x"},
        "subject": {"reference": f"Patient/{MINE}"},
    }
    assert requests.post(f"{platform.fhir}/Observation", json=body, headers=headers, timeout=20).status_code == 403
    assert requests.delete(f"{platform.fhir}/Observation/xn-{MINE}", headers=headers, timeout=20).status_code == 403


def test_the_id_token_says_who_logged_in(platform, visit):
    visit.scope = OFFLINE
    got = visit.tokens(nonce="mot-lan")
    keys = KeySet.import_key_set(requests.get(f"{platform.base}/oauth/jwks", timeout=20).json())
    token = jwt.decode(got["id_token"], keys, algorithms=["RS256"])
    assert token.claims["aud"] == "app-mo"
    assert token.claims["iss"] == platform.base
    assert token.claims["nonce"] == "mot-lan"
    assert token.claims["fhirUser"] == f"{platform.fhir}/Patient/{MINE}"


@pytest.mark.parametrize(("account", "user"), [("bacsi.ten", "Practitioner/bs-mau"), ("bacsi", None)])
def test_the_id_token_names_the_practitioner_that_an_account_of_staff_is(platform, browse, account, user):
    from yteso.web.accounts import people

    more = {"facility": "79001", "practitioner": "bs-mau", "demo": True}
    people.create_user("bacsi.ten", PASSWORD, Role.DOCTOR, display_name="Bác sĩ Mẫu", **more)
    got = Visit(platform, browse(account), scope="user/Observation.rs openid fhirUser").tokens()
    keys = KeySet.import_key_set(requests.get(f"{platform.base}/oauth/jwks", timeout=20).json())
    claims = jwt.decode(got["id_token"], keys, algorithms=["RS256"]).claims
    assert claims.get("fhirUser") == (user and f"{platform.fhir}/{user}")


def test_a_refresh_token_is_replaced_and_one_shown_twice_ends_the_whole_family(platform, visit):
    visit.scope = OFFLINE
    first = visit.tokens()
    form = {"grant_type": "refresh_token", "client_id": "app-mo"}
    second = platform.post(**form, refresh_token=first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert platform.post(**form, refresh_token=first["refresh_token"]).json()["error"] == "invalid_grant"
    assert platform.post(**form, refresh_token=second["refresh_token"]).json()["error"] == "invalid_grant"
    time.sleep(1)
    assert platform.get(f"Patient/{MINE}", second["access_token"]).status_code == 401


def test_a_refresh_may_ask_for_less(platform, visit):
    visit.scope = OFFLINE
    first = visit.tokens()
    less = platform.post(
        grant_type="refresh_token",
        client_id="app-mo",
        refresh_token=first["refresh_token"],
        scope="patient/Condition.rs",
    ).json()
    assert less["scope"] == "patient/Condition.rs"
    assert platform.get(f"Condition/benh-{MINE}", less["access_token"]).status_code == 200
    assert platform.get(f"Observation/xn-{MINE}", less["access_token"]).status_code == 403


def test_a_revoked_token_is_refused_within_a_second(platform, visit):
    token = visit.tokens()["access_token"]
    assert platform.get(f"Patient/{MINE}", token).status_code == 200
    assert platform.post("revoke", token=token, client_id="app-mo").status_code == 200
    time.sleep(1)
    refused = platform.get(f"Patient/{MINE}", token)
    assert refused.status_code == 401
    assert "AUTH-0005" in refused.text


def test_somebody_elses_token_cannot_be_revoked(platform, visit):
    token = visit.tokens()["access_token"]
    assert platform.post("revoke", token=token, client_id="app-hai").status_code == 200
    time.sleep(1)
    assert platform.get(f"Patient/{MINE}", token).status_code == 200


def test_a_locked_client_loses_its_tokens_within_a_second(platform, visit):
    app = Client("app-khoa", "Ứng dụng sẽ khóa", "public", (BACK,), scope="launch/patient patient/*.rs")
    platform.services.oauth.register(app)
    visit.client = "app-khoa"
    token = visit.tokens()["access_token"]
    platform.services.oauth.set_active("app-khoa", active=False)
    time.sleep(1)
    assert platform.get(f"Patient/{MINE}", token).status_code == 401
    assert visit.session.get(visit.asking(), allow_redirects=False, timeout=20).status_code == 400


def test_a_disabled_account_loses_its_tokens_and_its_refresh(platform, browse):
    from yteso.web.accounts import people

    people.create_user("congdan2", "mat khau mau cho kiem thu", Role.CITIZEN, person=MINE, demo=True)
    walk = Visit(platform, browse("congdan2"), scope=OFFLINE)
    got = walk.tokens()
    people.deactivate("congdan2")
    time.sleep(1)
    assert platform.get(f"Patient/{MINE}", got["access_token"]).status_code == 401
    answer = platform.post(grant_type="refresh_token", client_id="app-mo", refresh_token=got["refresh_token"])
    assert answer.json()["error"] == "invalid_grant"


def test_a_person_takes_back_what_they_gave(platform, visit):
    token = visit.tokens()["access_token"]
    page = visit.session.get(f"{platform.base}/oauth/grants", timeout=20)
    assert "Sổ sức khỏe Mẫu" in page.text
    for grant in platform.services.oauth.grants_of("congdan"):
        csrf = page.text.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        visit.session.post(
            f"{platform.base}/oauth/grants/{grant.id}/end", data={"csrfmiddlewaretoken": csrf}, timeout=20
        )
    time.sleep(1)
    assert platform.get(f"Patient/{MINE}", token).status_code == 401


def test_an_app_is_opened_from_a_record_for_that_patient(platform, browse):
    app = Client(
        "app-ehr", "Ứng dụng trong bệnh án", "public", (BACK,), "http://127.0.0.1/open", "launch patient/*.rs user/*.rs"
    )
    platform.services.oauth.register(app)
    opened = platform.services.oauth.launch("app-ehr", Principal("bacsi", Role.DOCTOR, "79001"), OTHERS)
    assert told(_located(opened))["iss"] == platform.fhir
    launch = told(_located(opened))["launch"]
    doctor = Visit(platform, browse("bacsi"), "app-ehr", "launch patient/*.rs")
    got = doctor.tokens(launch=launch)
    assert got["patient"] == OTHERS
    assert platform.get(f"Patient/{OTHERS}", got["access_token"]).status_code == 200
    assert platform.get(f"Patient/{MINE}", got["access_token"]).status_code == 404
    assert doctor.answered(launch=launch)["error"] == "invalid_request", "a launch is good once"
    assert Visit(platform, browse("congdan"), "app-ehr", "launch patient/*.rs").answered(launch=launch)["error"]


def _located(address):
    response = requests.Response()
    response.headers["Location"] = address
    return response


def test_a_client_asks_about_its_own_tokens_only(platform, browse):
    walk = Visit(platform, browse("congdan"), "may-ky")
    heard = walk.answered()
    answer = platform.prove(
        "may-ky", grant_type="authorization_code", code=heard["code"], redirect_uri=BACK, code_verifier=walk.verifier
    )
    token = answer.json()["access_token"]
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    def ask(client, text):
        form = {"client_assertion_type": kind, "client_assertion": platform.assertion(client), "token": text}
        return platform.post("introspect", **form).json()

    own = ask("may-ky", token)
    assert own["active"] is True
    assert own["client_id"] == "may-ky"
    assert own["patient"] == MINE
    assert own["purpose"] == "PATRQT"
    assert ask("he-thong-ngoai", token) == {"active": False}
    public = platform.post("introspect", client_id="app-mo", token=token)
    assert public.status_code == 401
    with platform.services.database.connection() as conn:
        found = find(conn, Asked(outcome="4", count=2))
    assert [(row.who, row.detail.split()[-1]) for row in found] == [
        *(("app-mo", "introspection"), ("he-thong-ngoai", "introspection"))
    ]
    assert ask("may-ky", "khong-phai-token") == {"active": False}


def test_a_clients_keys_rotate_without_a_pause(platform):
    old, new = platform.keys["may-79001"], ECKey.generate_key("P-384", {"kid": "moi"})
    both = {"keys": [old.as_dict(private=False), new.as_dict(private=False)]}
    import json

    platform.services.oauth.set_keys("may-79001", json.dumps(both))
    form = {"grant_type": "client_credentials", "scope": "exchange"}
    assert platform.prove("may-79001", **form).status_code == 200
    assert platform.prove("may-79001", **form, assertion=platform.assertion("may-79001", key=new)).status_code == 200
    platform.services.oauth.set_keys("may-79001", json.dumps({"keys": [new.as_dict(private=False)]}))
    assert platform.prove("may-79001", **form).json()["error"] == "invalid_client"
    platform.keys["may-79001"] = new


def test_our_keys_rotate_and_older_tokens_verify_until_they_expire(platform, visit, tmp_path):
    from datetime import timedelta

    from yteso.access.bearer import Bearer
    from yteso.signing.keys import load_or_create, rotate

    before = Bearer(load_or_create(tmp_path))
    token = before.issue(Principal("ai đó", Role.DOCTOR, "79001"), timedelta(hours=1))
    rotate(tmp_path)
    after = Bearer(load_or_create(tmp_path))
    assert after.verify(token).name == "ai đó"
    assert before.tokens.keys.current != after.tokens.keys.current
    assert before.tokens.issuer == after.tokens.issuer


def test_the_configuration_tells_what_smart_apps_need(platform):
    for place in (platform.fhir, platform.base):
        told = requests.get(f"{place}/.well-known/smart-configuration", timeout=20)
        assert told.status_code == 200
        assert told.headers["Access-Control-Allow-Origin"] == "*"
        assert told.json()["code_challenge_methods_supported"] == ["S256"]
    assert (
        requests.get(f"{platform.base}/.well-known/openid-configuration", timeout=20).json()["issuer"] == platform.base
    )
    statement = requests.get(f"{platform.fhir}/metadata", timeout=20).json()
    security = statement["rest"][0]["security"]
    assert security["service"][0]["coding"][0]["code"] == "SMART-on-FHIR"
    addresses = {one["url"]: one["valueUri"] for one in security["extension"][0]["extension"]}
    assert addresses["token"] == platform.token_address


def test_who_agreed_once_is_asked_again_and_gives_nothing_by_being_signed_in(platform, visit):
    visit.tokens()
    for more in ({}, {"prompt": "none"}, {"scope": "launch/patient patient/Patient.r"}):
        again = visit.session.get(visit.asking(**more), allow_redirects=False, timeout=20)
        assert "code=" not in again.headers.get("Location", ""), more
        assert again.status_code == (303 if more.get("prompt") else 200), again.text[:300]


@pytest.mark.parametrize("answer", ["no", ""])
def test_a_person_who_does_not_agree_gives_nothing(visit, answer):
    assert visit.answered(answer)["error"] == "access_denied"


def test_tokens_given_and_refused_are_rows_of_the_audit_chain(platform):
    with platform.services.database.connection() as conn:
        found = [row for row in find(conn, Asked(count=1000)) if row.what.startswith(("token:", "grant:", "client:"))]
    given = [row for row in found if row.what.startswith("token:") and row.outcome is None]
    refused = [row for row in found if row.what.startswith("token:") and row.outcome == "4"]
    assert any(row.client == row.what.partition(":")[2] for row in given)
    assert any("OAUTH-" in row.detail for row in refused)
    assert any(row.who == "unknown" for row in refused)
    assert any(row.what.startswith("grant:") and row.detail.startswith("given") for row in found)
    assert any(row.what.startswith("client:") for row in found)


def test_an_app_is_not_opened_for_one_patient_with_anothers_visit(platform, browse):
    app = Client("app-lan", "Ứng dụng Mẫu", "public", (BACK,), "http://127.0.0.1/open", "launch patient/*.rs")
    platform.services.oauth.register(app)
    doctor = browse("bacsi")
    csrf = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', doctor.get(f"{platform.base}/account").text)[1]

    def opened(visit: str) -> int:
        form = {"csrfmiddlewaretoken": csrf, "patient": MINE, "encounter": visit}
        address = f"{platform.base}/oauth/launch/app-lan"
        return doctor.post(address, form, allow_redirects=False, timeout=20).status_code

    assert opened(f"kham-{MINE}") == 303
    assert opened(f"kham-{OTHERS}") == 403
