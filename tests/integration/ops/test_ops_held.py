"""Rows that give somebody a right and are made of no resource: who puts one in or changes it by hand is found."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from urllib.parse import parse_qs, urlencode, urlsplit

import orjson
import psycopg
import pytest

from yteso.access.budget import budgets
from yteso.access.principal import Principal, Role
from yteso.base.http import Request
from yteso.oauth.authorize import Asked
from yteso.oauth.clients import PUBLIC, Client
from yteso.ops import accounts
from yteso.ops.accounts import Row
from yteso.ops.compose import build
from yteso.ops.held import adopt_present, bad_right
from yteso.store.budgets import configure
from yteso.store.verify import BadPlace, verify
from yteso.store.verify_granted import bad_grant
from yteso.web import setup

PASSWORD = "mat khau mau cho kiem thu"
APP = Client("so-tay", "Sổ tay", PUBLIC, ("https://app.example/back",), scope="patient/*.rs offline_access")
BOSS = Principal("quantri", Role.ADMINISTRATOR)


def given(services, who: Principal) -> str:
    """The id of what this person gives the app."""
    asked = Asked(APP, APP.redirects[0], "s", ("patient/Observation.rs", "offline_access"), "c" * 43, "")
    services.oauth.give(asked, who, "p1", datetime.now(UTC))
    return services.oauth.grants_of(who.name)[0].id


def adopted(services) -> bool:
    with services.database.connection() as conn:
        return adopt_present(conn, services.settings)


@pytest.fixture
def installation(settings):
    """Accounts, machines, an app and grants: some from before the chain told of them, some changed since, one ended."""
    setup.migrate(settings)
    services = build(settings, application="test")
    with services.database.connection() as conn:
        conn.execute(
            "INSERT INTO oauth.client (id, name, kind, redirects, scope, purpose, made, made_by)"
            " VALUES ('app-cu', 'Cũ', 'public', '{https://cu.example/}', 'openid', 'TREAT', now(), '')"
        )
    assert adopted(services)
    assert not adopted(services)
    with services.database.connection() as conn:
        for most in (5, 6):
            configure(conn, budgets([("doctor", most), ("nurse", 9)]))
    accounts.save(settings, Row("bacsi", "doctor", "01001", active=True), PASSWORD)
    accounts.save(settings, Row("dan", "citizen", "", active=True), PASSWORD, person="p1")
    accounts.save(settings, Row("his-01001", "facility", "01001", active=True), PASSWORD)
    accounts.save(settings, Row("his-01002", "facility", "01002", active=True), PASSWORD)
    accounts.set_password(settings, "his-01001", "mot mat khau khac")
    accounts.disable(settings, "his-01002")
    accounts.set_password(settings, "bacsi", "mot cau hoan toan khac day")
    accounts.disable(settings, "bacsi")
    accounts.enable(settings, "bacsi")
    accounts.one_time_link(settings, "bacsi", reset_factors=True)
    accounts.save(settings, Row("quantri", "administrator", "", active=True), PASSWORD)
    accounts.disable(settings, "quantri")
    services.oauth.register(APP, BOSS)
    services.oauth.set_active("app-cu", BOSS, active=False)
    citizen = Principal("dan", Role.CITIZEN, purpose="PATRQT", person="p1")
    services.oauth.end_grant(citizen, given(services, citizen))
    given(services, citizen)
    yield services
    setup.close()
    services.close()


def test_what_was_there_and_what_was_done_passes(installation):
    assert bad_right(installation.database, installation.settings) is None
    with installation.database.connection() as conn:
        assert verify(conn, installation.store.codec(conn)) is None, "its digests are no leaves of the record"


COPY = (
    "INSERT INTO oauth.grant_ SELECT 'ghost', client, account, role, facility, purpose, person, assurance, 'p2',"
    " encounter, scope, nonce, proved, made, expires FROM oauth.grant_ WHERE ended IS NULL"
)
PUT_IN = (
    "INSERT INTO web.accounts_user (username, display_name, role, facility, person, practitioner, language, is_active,"
    " disabled_reason, demo, created, password) SELECT 'ma', 'Ma', 'doctor', '01001', '', '', '', true, '', false,"
    " now(), password FROM web.accounts_user WHERE username = 'dan'"
)
IDENTITY = (
    "INSERT INTO web.accounts_identity (issuer, subject, user_id, made)"
    " SELECT 'https://sso.example', 's-1', id, now() FROM web.accounts_user WHERE username = 'dan'"
)
PASSKEY = (
    "INSERT INTO web.mfa_authenticator (type, data, created_at, user_id)"
    ' SELECT \'webauthn\', \'{"name": "x", "credential": {"id": "x"}}\', now(), id FROM web.accounts_user'
    " WHERE username = 'dan'"
)
LINK = (
    "INSERT INTO web.accounts_recovery (token, made_by, expires, user_id)"
    " SELECT 'x', 'quantri', now() + interval '1 day', id FROM web.accounts_user WHERE username = 'dan'"
)
MACHINE = (
    "INSERT INTO exchange.sender (shard, name, password, facility)"
    " SELECT shard, 'his-ma', password, facility FROM exchange.sender WHERE name = 'his-01001'"
)


@pytest.mark.parametrize(
    ("change", "row"),
    [
        ("UPDATE web.accounts_user SET role = 'inspector' WHERE username = 'bacsi'", "accounts_user bacsi"),
        ("UPDATE web.accounts_user SET facility = '01002' WHERE username = 'bacsi'", "accounts_user bacsi"),
        ("UPDATE web.accounts_user SET person = 'p2' WHERE username = 'dan'", "accounts_user dan"),
        ("UPDATE web.accounts_user SET is_active = true", "accounts_user.is_active quantri"),
        (
            (
                "UPDATE web.accounts_user SET password ="
                " (SELECT password FROM web.accounts_user WHERE username = 'dan') WHERE username = 'bacsi'"
            ),
            "accounts_user.password bacsi",
        ),
        (PUT_IN, "accounts_user ma"),
        (PASSKEY, "mfa_authenticator "),
        (LINK, "accounts_recovery "),
        ("UPDATE web.accounts_recovery SET expires = expires + interval '1 day'", "accounts_recovery "),
        (IDENTITY, "accounts_identity https://sso.example s-1"),
        ("UPDATE exchange.sender SET facility = '01009' WHERE name = 'his-01001'", "exchange.sender his-01001"),
        ("UPDATE exchange.sender SET active = true", "exchange.sender.active his-01002"),
        (
            (
                "UPDATE exchange.sender SET password = (SELECT password FROM exchange.sender WHERE name = 'his-01002')"
                " WHERE name = 'his-01001'"
            ),
            "exchange.sender.password his-01001",
        ),
        (MACHINE, "exchange.sender his-ma"),
        ("UPDATE oauth.client SET scope = scope || ' user/*.cruds' WHERE id = 'so-tay'", "oauth.client so-tay"),
        ("UPDATE oauth.client SET redirects = '{https://evil.example/}' WHERE id = 'app-cu'", "oauth.client app-cu"),
        ("UPDATE oauth.client SET active = true", "oauth.client.active app-cu"),
        (
            'UPDATE oauth.client SET keys = \'[{"kty": "EC", "kid": "k"}]\' WHERE id = \'so-tay\'',
            "oauth.client.keys so-tay",
        ),
        ("UPDATE store.budget SET most = 5000 WHERE role = 'doctor'", "store.budget settings"),
        ("UPDATE store.budget SET warn = most WHERE role = 'nurse'", "store.budget settings"),
        ("DELETE FROM store.budget WHERE role = 'nurse'", "store.budget settings"),
        ("DELETE FROM store.budget", "store.budget settings"),
        (COPY, "oauth.grant_ ghost"),
        ("UPDATE oauth.grant_ SET patient = 'p2' WHERE ended IS NULL", "oauth.grant_ "),
        ("UPDATE oauth.grant_ SET expires = expires + interval '1 day' WHERE ended IS NULL", "oauth.grant_ "),
        ("UPDATE oauth.grant_ SET ended = NULL", "oauth.grant_ "),
    ],
)
def test_what_nobody_did_is_named(installation, change, row):
    with psycopg.connect(installation.settings.database_url) as conn:
        conn.execute(change)
    assert (bad_right(installation.database, installation.settings) or "").startswith(row)


def test_a_second_adoption_is_named(installation):
    with psycopg.connect(installation.settings.database_url) as conn:
        conn.execute(PUT_IN)
        conn.execute("DELETE FROM ops.adopted")
    assert adopted(installation)
    assert bad_right(installation.database, installation.settings) == "store.audit adopted:rights"


def token_for(installation) -> str:
    """The token of a one-time link that an administrator gives the doctor."""
    return accounts.one_time_link(installation.settings, "bacsi", reset_factors=False).rpartition("/")[2]


def set_by(token: str) -> None:
    """What the page of a link does with a password that it judged."""
    from yteso.web.accounts import recovery

    recovery.use(token, "mot cau rieng de nho lau")


def changed(installation, change: str, *values: object) -> None:
    with psycopg.connect(installation.settings.database_url) as conn:
        conn.execute(change, values)


def found(installation):
    with installation.database.connection() as conn:
        return verify(conn, installation.store.codec(conn))


USED = BadPlace("right", about="store.audit password:bacsi")
TAKEN = BadPlace("right", about="store.audit token:so-tay")
PUT_LINK = (
    "INSERT INTO web.accounts_recovery (token, made_by, expires, user_id)"
    " SELECT %s, made_by, expires, user_id FROM web.accounts_recovery WHERE used IS NULL"
)
GONE = "DELETE FROM web.accounts_recovery"


def test_a_link_that_was_given_and_used_passes(installation):
    set_by(token_for(installation))
    set_by(token_for(installation))
    assert found(installation) is None
    assert bad_right(installation.database, installation.settings) is None


def test_a_link_from_before_the_chain_told_of_links_passes(installation):
    changed(installation, PUT_LINK, sha256(b"link cu").hexdigest())
    changed(installation, "DELETE FROM ops.adopted")
    assert adopted(installation)
    set_by("link cu")
    with installation.database.connection() as conn:
        assert bad_grant(conn) is None


def test_a_forged_link_that_was_used_is_found_though_its_row_is_gone(installation):
    token_for(installation)
    forged = sha256(b"biet-truoc").hexdigest()
    changed(installation, PUT_LINK, forged)
    set_by("biet-truoc")
    changed(installation, GONE)
    assert bad_right(installation.database, installation.settings) is None, "nothing of it is left but the chain"
    assert found(installation) == USED


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE web.accounts_recovery SET expires = expires + interval '1 day'",
        "UPDATE web.accounts_recovery SET user_id = (SELECT id FROM web.accounts_user WHERE username = 'dan')",
    ],
)
def test_a_link_that_was_made_to_last_or_handed_to_another_and_used_is_found(installation, change):
    token = token_for(installation)
    changed(installation, change)
    set_by(token)
    changed(installation, GONE)
    assert (found(installation).about or "").startswith("store.audit password:")


def test_a_link_that_was_put_back_and_used_again_is_found(installation):
    token = token_for(installation)
    set_by(token)
    changed(installation, "UPDATE web.accounts_recovery SET used = NULL")
    set_by(token)
    assert found(installation) == USED


VERIFIER = "v" * 43
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


def code_for(installation) -> str:
    """The code that an app gets for what the person gives it."""
    asked = Asked(APP, APP.redirects[0], "s", ("patient/Observation.rs", "offline_access"), CHALLENGE, "")
    who = Principal("dan", Role.CITIZEN, purpose="PATRQT", person="p1")
    address = installation.oauth.give(asked, who, "p1", datetime.now(UTC))
    return parse_qs(urlsplit(address).query)["code"][0]


def exchanged(installation, **form: str) -> dict[str, str]:
    body = urlencode({"client_id": APP.id, **form}).encode()
    headers = {"content-type": "application/x-www-form-urlencoded", "content-length": str(len(body))}
    asked = Request("POST", "/oauth/token", "", headers, BytesIO(body), "http://localhost", "192.0.2.1")
    answer = installation.oauth.handle(asked)
    assert answer.status == 200, answer.body
    return orjson.loads(answer.body)


def by_code(installation, code: str) -> str:
    form = {"grant_type": "authorization_code", "redirect_uri": APP.redirects[0], "code_verifier": VERIFIER}
    return exchanged(installation, code=code, **form)["refresh_token"]


def by_refresh(installation, token: str) -> str:
    return exchanged(installation, grant_type="refresh_token", refresh_token=token)["refresh_token"]


def test_codes_and_refresh_tokens_that_were_given_pass(installation):
    by_refresh(installation, by_refresh(installation, by_code(installation, code_for(installation))))
    assert found(installation) is None
    assert bad_right(installation.database, installation.settings) is None


def test_a_forged_refresh_token_is_found_while_it_lies_and_after_it_was_used(installation):
    by_code(installation, code_for(installation))
    forged = sha256(b"biet-truoc").digest()
    changed(
        installation,
        "INSERT INTO oauth.refresh (hash, grant_, scope) SELECT %s, grant_, scope FROM oauth.refresh",
        forged,
    )
    assert bad_right(installation.database, installation.settings) == f"oauth.refresh {forged.hex()}"
    by_refresh(installation, "biet-truoc")
    changed(installation, "DELETE FROM oauth.refresh WHERE hash = %s", forged)
    assert found(installation) == TAKEN


@pytest.mark.parametrize(
    "change", ["UPDATE oauth.refresh SET used = NULL", "UPDATE oauth.refresh SET scope = 'patient/*.rs'"]
)
def test_a_refresh_token_that_was_put_back_or_widened_and_used_is_found(installation, change):
    token = by_code(installation, code_for(installation))
    if "used" in change:
        by_refresh(installation, token)
    changed(installation, change)
    by_refresh(installation, token)
    assert found(installation) == TAKEN


def test_a_forged_code_that_was_exchanged_is_found(installation):
    code_for(installation)
    forged = sha256(b"ma-biet-truoc").digest()
    changed(
        installation,
        "INSERT INTO oauth.code (hash, grant_, redirect, challenge, expires)"
        " SELECT %s, grant_, redirect, challenge, expires FROM oauth.code WHERE challenge = %s",
        forged,
        CHALLENGE,
    )
    by_code(installation, "ma-biet-truoc")
    changed(installation, "DELETE FROM oauth.code WHERE hash = %s", forged)
    assert found(installation) == TAKEN
