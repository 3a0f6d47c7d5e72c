"""Tokens that are not what they seem: none is accepted, wherever it is shown. Each case is one known confusion."""

import base64
import hmac
import json
import time
from dataclasses import replace
from datetime import timedelta

import pytest
import requests
from joserfc import jwe, jws
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from tests.integration.oauth.conftest import BACK, MINE, Visit

from yteso.access.bearer import Bearer
from yteso.access.principal import Principal, Role
from yteso.signing import jose
from yteso.signing.identity_keys import load_or_create_identity
from yteso.signing.keys import load_or_create
from yteso.signing.tokens import Tokens

WHO = Principal("quantri", Role.DOCTOR, "79001")


def b64(raw: bytes | str | dict) -> str:
    data = json.dumps(raw).encode() if isinstance(raw, dict) else raw.encode() if isinstance(raw, str) else raw
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Forge:
    """The platform's own key and what a good access token says: every forgery changes one thing."""

    def __init__(self, platform):
        self.platform = platform
        self.keys = load_or_create(platform.services.settings.home)
        self.pair = OKPKey.import_key(self.keys.pairs[self.keys.current])
        self.good = platform.services.bearer.issue(WHO, timedelta(hours=1))
        self.claims = jose.peek(self.good)

    def signed(self, claims=None, header=None, key=None, payload: bytes | None = None) -> str:
        """Signed with the platform's own key unless another is given, so that only the changed thing is wrong."""
        key = key or self.pair
        head = {"alg": "Ed25519", "kid": self.keys.current, "typ": "at+jwt", **(header or {})}
        head = {name: value for name, value in head.items() if value is not None}
        said = {name: value for name, value in {**self.claims, **(claims or {})}.items() if value is not None}
        body = b64(json.dumps(said).encode() if payload is None else payload)
        text = f"{b64(head)}.{body}"
        return f"{text}.{b64(self._signature(head, text, key))}"

    def _signature(self, head, text, key) -> bytes:
        if head["alg"] == "none":
            return b""
        algorithm = head["alg"] if head["alg"] in ("HS256", "HS512", "RS256", "ES384", "Ed25519") else "Ed25519"
        return jws.JWSRegistry.algorithms[algorithm].sign(text.encode(), key)


@pytest.fixture
def forge(platform):
    return Forge(platform)


def _duplicate(forge, name, value):
    body = json.dumps(forge.claims)[:-1] + f', "{name}": {json.dumps(value)}}}'
    return forge.signed(payload=body.encode())


def _other_installation(forge, tmp_path):
    return Bearer(load_or_create(tmp_path / "other")).issue(WHO, timedelta(hours=1))


def _other_key(forge):
    return OKPKey.generate_key("Ed25519", {"kid": forge.keys.current})


def _public_as_secret(forge, how):
    public = forge.keys.public()[0].pem if how == "pem" else json.dumps(forge.pair.as_dict(private=False))
    text = forge.signed(header={"alg": "HS256"}, key=OctKey.generate_key(256)).rpartition(".")[0]
    return f"{text}.{b64(hmac.digest(public.encode(), text.encode(), 'sha256'))}"


def _identity(forge):
    return load_or_create_identity(forge.platform.services.settings.home)


def _flipped(token):
    head, body, signature = token.split(".")
    raw = bytearray(base64.urlsafe_b64decode(signature + "=="))
    raw[7] ^= 1
    return f"{head}.{body}.{b64(bytes(raw))}"


def _stray_bits(token):
    """Another spelling of the same signature: its last character carries bits that mean nothing."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + alphabet[alphabet.index(token[-1]) ^ 1]


NOW = time.time()
ACCESS = {
    "alg none": lambda f, t: f.signed(header={"alg": "none"}),
    "alg NoNe, signature kept": lambda f, t: (
        f"{b64({'alg': 'NoNe', 'typ': 'at+jwt', 'kid': f.keys.current})}.{f.good.split('.', 1)[1]}"
    ),
    "HS256 with the public key as PEM": lambda f, t: _public_as_secret(f, "pem"),
    "HS256 with the public key as JWK": lambda f, t: _public_as_secret(f, "jwk"),
    "RS256 by the identity key": lambda f, t: f.signed(
        header={"alg": "RS256", "kid": next(iter(_identity(f).pairs))}, key=next(iter(_identity(f).pairs.values()))
    ),
    "wrong aud": lambda f, t: f.signed({"aud": "another"}),
    "aud is a list with ours": lambda f, t: f.signed({"aud": ["yteso", "another"]}),
    "no aud": lambda f, t: f.signed({"aud": None}),
    "wrong iss": lambda f, t: f.signed({"iss": "https://evil.example"}),
    "no iss": lambda f, t: f.signed({"iss": None}),
    "typ JWT": lambda f, t: f.signed(header={"typ": "JWT"}),
    "no typ": lambda f, t: f.signed(header={"typ": None}),
    "expired": lambda f, t: f.signed({"exp": NOW - 1}),
    "no exp": lambda f, t: f.signed({"exp": None}),
    "exp as text": lambda f, t: f.signed({"exp": "9999999999"}),
    "exp is true": lambda f, t: f.signed({"exp": True}),
    "nbf in the future": lambda f, t: f.signed({"nbf": NOW + 3600}),
    "iat in the future": lambda f, t: f.signed({"iat": NOW + 3600}),
    "another key under our kid": lambda f, t: f.signed(key=_other_key(f)),
    "kid is a path": lambda f, t: f.signed(header={"kid": "../../dev/null"}),
    "kid is SQL": lambda f, t: f.signed(header={"kid": "x' UNION SELECT 'key"}),
    "kid is a list": lambda f, t: f.signed(header={"kid": [f.keys.current]}),
    "kid looks like ours": lambda f, t: f.signed(header={"kid": f.keys.current + "\u200b"}),
    "kid full-width": lambda f, t: f.signed(header={"kid": "".join(chr(ord(c) + 0xFEE0) for c in f.keys.current)}),
    "no kid": lambda f, t: f.signed(header={"kid": None}),
    "jku": lambda f, t: f.signed(header={"jku": "https://evil.example/jwks"}),
    "x5u": lambda f, t: f.signed(header={"x5u": "https://evil.example/cert"}),
    "x5c": lambda f, t: f.signed(header={"x5c": ["MIIB"]}),
    "jwk in the header": lambda f, t: _with_own_key(f),
    "crit": lambda f, t: f.signed(header={"crit": ["exp"]}),
    "b64 false": lambda f, t: f.signed(header={"b64": False, "crit": ["b64"]}),
    "cty nested": lambda f, t: f.signed(header={"cty": "JWT"}, payload=f.good.encode()),
    "payload is a token": lambda f, t: f.signed(payload=f.good.encode()),
    "zip": lambda f, t: f.signed(header={"zip": "DEF"}),
    "another installation": _other_installation,
    "detached payload": lambda f, t: "{0}..{2}".format(*f.good.split(".")),
    "no signature": lambda f, t: f.good.rpartition(".")[0] + ".",
    "two parts": lambda f, t: f.good.rpartition(".")[0],
    "four parts": lambda f, t: f.good + ".AAAA",
    "truncated signature": lambda f, t: f.good[:-4],
    "extended signature": lambda f, t: f.good + "AAAA",
    "one bit of the signature": lambda f, t: _flipped(f.good),
    "padding": lambda f, t: f.good + "==",
    "stray bits": lambda f, t: _stray_bits(f.good),
    "standard alphabet": lambda f, t: f.good.replace("-", "+").replace("_", "/") + "+",
    "duplicate role": lambda f, t: _duplicate(f, "role", "administrator"),
    "duplicate exp": lambda f, t: _duplicate(f, "exp", 9999999999),
    "unknown role": lambda f, t: f.signed({"role": "emperor"}),
    "role is a list": lambda f, t: f.signed({"role": ["doctor", "administrator"]}),
    "no sub": lambda f, t: f.signed({"sub": None}),
    "no jti": lambda f, t: f.signed({"jti": None}),
    "scope is a list": lambda f, t: f.signed({"scope": ["user/*.cruds"]}),
    "NaN": lambda f, t: f.signed(payload=json.dumps({**f.claims, "exp": float("nan")}).encode()),
    "infinity": lambda f, t: f.signed(payload=json.dumps({**f.claims, "exp": float("inf")}).encode()),
    "payload is a list": lambda f, t: f.signed(payload=json.dumps([f.claims]).encode()),
    "payload is deep": lambda f, t: f.signed(payload=b"[" * 3000 + b"]" * 3000),
    "huge": lambda f, t: f.signed({"scope": "x" * 20_000}),
    "encrypted": lambda f, t: jwe.encrypt_compact(
        {"alg": "dir", "enc": "A128GCM"}, json.dumps(f.claims), OctKey.generate_key(128)
    ),
    "JSON serialization": lambda f, t: json.dumps(
        dict(zip(("protected", "payload", "signature"), f.good.split("."), strict=True))
    ),
    "white space inside": lambda f, t: f.good.replace(".", ". ", 1),
    "null byte": lambda f, t: f.good.replace(".", "%00.", 1),
    "empty": lambda f, t: "",
}


def _with_own_key(forge):
    own = OKPKey.generate_key("Ed25519", {"kid": forge.keys.current})
    return forge.signed(header={"jwk": own.as_dict(private=False)}, key=own)


def test_the_forge_itself_makes_good_tokens(forge):
    """So that each refusal below is for the one thing that was changed."""
    again = forge.signed()
    assert again != forge.good
    assert forge.platform.services.bearer.verify(again).name == WHO.name
    assert forge.platform.get(f"Patient/{MINE}", again).status_code == 200


@pytest.mark.parametrize("name", ACCESS)
def test_no_confused_access_token_opens_a_door(platform, forge, tmp_path, name):
    token = ACCESS[name](forge, tmp_path)
    assert platform.get(f"Patient/{MINE}", token).status_code in (400, 401, 431)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    assert requests.get(f"{platform.base}/exchange/intake/x", headers=headers, timeout=20).status_code in (
        400,
        401,
        431,
    )


def test_another_audience_of_the_same_keys_is_refused(platform, forge):
    other = Tokens(forge.keys, audience="other")
    from yteso.signing.tokens import Claims

    token = other.issue(Claims("quantri", "doctor", "79001", "TREAT"), timedelta(hours=1))
    assert platform.get(f"Patient/{MINE}", token).status_code == 401


OFFLINE = "launch/patient patient/*.rs openid fhirUser offline_access"


def test_an_id_token_is_no_access_token_and_neither_is_a_refresh_token_or_a_code(platform, visit):
    visit.scope = OFFLINE
    heard = visit.answered()
    assert platform.get(f"Patient/{MINE}", heard["code"]).status_code == 401
    got = visit.exchange(heard["code"]).json()
    assert platform.get(f"Patient/{MINE}", got["id_token"]).status_code == 401
    assert platform.get(f"Patient/{MINE}", got["refresh_token"]).status_code == 401
    refresh = {"grant_type": "refresh_token", "client_id": "app-mo"}
    assert platform.post(**refresh, refresh_token=got["access_token"]).status_code == 400
    assert platform.post(**refresh, refresh_token=got["id_token"]).status_code == 400
    assert visit.exchange(got["refresh_token"]).status_code == 400


def test_a_code_is_good_once_and_a_second_try_ends_what_the_first_got(platform, visit):
    heard = visit.answered()
    got = visit.exchange(heard["code"]).json()
    assert visit.exchange(heard["code"]).json()["error"] == "invalid_grant"
    time.sleep(1)
    assert platform.get(f"Patient/{MINE}", got["access_token"]).status_code == 401


EXCHANGES = {
    "no verifier": {"code_verifier": None},
    "empty verifier": {"code_verifier": ""},
    "another verifier": {"code_verifier": "w" * 64},
    "short verifier": {"code_verifier": "w" * 42},
    "no redirect": {"redirect_uri": None},
    "redirect with a slash": {"redirect_uri": BACK + "/"},
    "redirect with a query": {"redirect_uri": BACK + "?a=1"},
    "another client": {"client_id": "app-hai"},
    "no client": {"client_id": None},
    "a client with a key, unproved": {"client_id": "may-ky"},
    "a code with a letter more": {"code": "x"},
    "a null byte": {"code_verifier": "v" * 64 + "\x00"},
}


@pytest.mark.parametrize("name", EXCHANGES)
def test_a_code_is_exchanged_only_as_it_was_asked_for(visit, name):
    heard = visit.answered()
    answer = visit.exchange(**{"code": heard["code"], **EXCHANGES[name]})
    assert answer.status_code in (400, 401)
    assert "access_token" not in answer.text


def test_the_challenge_itself_is_no_verifier(visit):
    from urllib.parse import parse_qs, urlsplit

    heard = visit.answered()
    challenge = parse_qs(urlsplit(visit.asking()).query)["code_challenge"][0]
    assert visit.exchange(heard["code"], code_verifier=challenge).status_code == 400


ASKINGS = {
    "PKCE plain": {"code_challenge_method": "plain"},
    "PKCE without a method": {"code_challenge_method": None},
    "no PKCE": {"code_challenge": None, "code_challenge_method": None},
    "short challenge": {"code_challenge": "abc"},
    "implicit": {"response_type": "token"},
    "hybrid": {"response_type": "code id_token"},
    "another server's aud": {"aud": "https://evil.example/fhir"},
    "no aud": {"aud": None},
    "a request object": {"request": "eyJhbGciOiJub25lIn0.e30."},
    "a request address": {"request_uri": "https://evil.example/request"},
    "fragments": {"response_mode": "fragment"},
    "a scope not understood": {"scope": "patient/Observation.rs?nonsense=1"},
    "a scope with a wrong type": {"scope": "patient/Nothing.rs"},
    "a scope with a condition the database cannot hold": {
        "scope": "patient/Observation.rs?value-quantity:missing=true"
    },
    "no scope": {"scope": None},
    "another launch": {"launch": "khong-co", "scope": "launch patient/*.rs"},
    "system scope for a person": {"scope": "system/*.rs"},
}


@pytest.mark.parametrize("name", ASKINGS)
def test_what_an_app_may_not_ask_comes_back_as_an_error(platform, visit, name):
    heard = visit.answered(**ASKINGS[name])
    assert "code" not in heard
    assert heard["error"] in ("invalid_request", "invalid_scope", "unsupported_response_type")
    assert heard["iss"] == platform.base


ADDRESSES = [
    "http://127.0.0.1.evil.example/back",
    "http://127.0.0.1/back/../evil",
    "http://127.0.0.1/back#x",
    "http://127.0.0.1/BACK",
    "http://user@127.0.0.1/back",
    "http://127.0.0.1:80@evil.example/back",
    "http://127.0.0.1:99999999/back",
    "http://127.0.0.1\\@evil.example/back",
    "https://127.0.0.1/back",
    "https://app.example/back",
    "https://app.example/back?x=1&y=2",
    "https://APP.example/back?x=1",
    "https://app.example.evil.example/back?x=1",
    "//app.example/back?x=1",
    "javascript:alert(1)",
    "",
]


@pytest.mark.parametrize("redirect", ADDRESSES)
def test_an_unknown_address_is_never_gone_to(visit, redirect):
    answer = visit.session.get(visit.asking(redirect_uri=redirect), allow_redirects=False, timeout=20)
    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_an_app_on_this_machine_may_listen_on_any_port(visit):
    visit.redirect = "http://127.0.0.1:51234/back"
    assert visit.answered()["code"]


def test_a_parameter_given_twice_is_refused(platform, visit):
    answer = visit.session.get(visit.asking() + "&scope=patient/*.cruds", allow_redirects=False, timeout=20)
    assert "error=invalid_request" in answer.headers["Location"]
    twice = visit.session.get(visit.asking() + "&redirect_uri=https://evil.example", allow_redirects=False, timeout=20)
    assert twice.status_code == 400
    body = "grant_type=refresh_token&client_id=app-mo&client_id=app-hai&refresh_token=x"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert requests.post(platform.token_address, body, headers=headers, timeout=20).status_code == 400


def test_what_one_gave_cannot_be_posted_by_another_site(platform, visit):
    form = {"request": visit.asking().partition("?")[2], "answer": "yes", "patient": MINE}
    answer = visit.session.post(f"{platform.base}/oauth/authorize", data=form, allow_redirects=False, timeout=20)
    assert answer.status_code == 403


def test_nobody_gives_a_patient_they_may_not_see(platform, visit):
    from tests.integration.oauth.conftest import OTHERS

    page = visit.session.get(visit.asking(), timeout=20)
    csrf = page.text.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    form = {
        "csrfmiddlewaretoken": csrf,
        "request": visit.asking().partition("?")[2],
        "answer": "yes",
        "patient": OTHERS,
    }
    answer = visit.session.post(f"{platform.base}/oauth/authorize", data=form, allow_redirects=False, timeout=20)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "scope", ["patient/*.cruds", "user/*.rs", "system/*.rs", "patient/*.rs exchange", "patient/*.rs?x=1"]
)
def test_a_refresh_never_asks_for_more(platform, visit, scope):
    visit.scope = OFFLINE
    got = visit.tokens()
    answer = platform.post(
        grant_type="refresh_token", client_id="app-mo", refresh_token=got["refresh_token"], scope=scope
    )
    assert answer.json()["error"] == "invalid_scope"


@pytest.mark.parametrize(
    ("condition", "named"),
    [
        ("Observation.rs?value-quantity:missing=true", "Observation.value-quantity:missing"),
        ("Patient.rs?birthdate=ap2000", "Patient.birthdate=ap"),
        ("Observation.rs?encounter=Encounter/e1", "Observation.encounter"),
        ("Observation.rs?has-member=o1", "Observation.has-member"),
        ("Observation.rs?encounter:identifier=LK1", "Observation.encounter:identifier"),
        ("Observation.rs?code-value-quantity=718-7$5", "Observation.code-value-quantity"),
    ],
)
def test_a_condition_the_database_cannot_hold_is_named_in_the_refusal(platform, visit, condition, named):
    """Nobody is left to one wall alone, nor asks by a scope whether something names what is hidden from them."""
    heard = visit.answered(scope=f"patient/{condition}")
    assert heard["error"] == "invalid_scope"
    assert "OAUTH-0013" in heard["error_description"]
    assert named in heard["error_description"]
    asked = platform.prove(NAME, grant_type="client_credentials", scope=f"system/{condition}").json()
    assert (asked["error"], named in asked["error_description"]) == ("invalid_scope", True)


def test_a_refresh_token_of_another_client_is_refused(platform, visit):
    visit.scope = OFFLINE
    got = visit.tokens()
    answer = platform.post(grant_type="refresh_token", client_id="app-hai", refresh_token=got["refresh_token"])
    assert answer.json()["error"] == "invalid_grant"


def _hs256(platform):
    head, now = {"alg": "HS256", "typ": "JWT", "kid": "c"}, int(time.time())
    said = {
        "iss": "he-thong-ngoai",
        "sub": "he-thong-ngoai",
        "aud": platform.token_address,
        "jti": "x",
        "exp": now + 60,
    }
    text = f"{b64(head)}.{b64(said)}"
    return f"{text}.{b64(hmac.digest(platform.keys['he-thong-ngoai'].as_pem(private=False), text.encode(), 'sha256'))}"


NAME = "he-thong-ngoai"
PROOFS = {
    "for the introspection address": lambda p: p.assertion(NAME, aud=f"{p.base}/oauth/introspect"),
    "for another server": lambda p: p.assertion(NAME, aud="https://evil.example/oauth/token"),
    "for two servers": lambda p: p.assertion(NAME, aud=[p.token_address, "https://evil.example"]),
    "no aud": lambda p: p.assertion(NAME, aud=None),
    "expired": lambda p: p.assertion(NAME, exp=int(time.time()) - 60),
    "too long": lambda p: p.assertion(NAME, exp=int(time.time()) + 3600),
    "no exp": lambda p: p.assertion(NAME, exp=None),
    "no jti": lambda p: p.assertion(NAME, jti=None),
    "nbf in the future": lambda p: p.assertion(NAME, nbf=int(time.time()) + 600),
    "iss is another": lambda p: p.assertion(NAME, iss="may-ky"),
    "sub is another": lambda p: p.assertion(NAME, sub="may-ky"),
    "another client's key": lambda p: p.assertion(
        NAME, key=RSAKey.import_key(p.keys["may-ky"].as_pem(private=True), {"kid": "c"})
    ),
    "an own key": lambda p: p.assertion(NAME, key=RSAKey.generate_key(3072, {"kid": "c"})),
    "an unknown kid": lambda p: p.assertion(NAME, header={"kid": "zz"}),
    "RS256": lambda p: p.assertion(NAME, header={"alg": "RS256"}),
    "typ at+jwt": lambda p: p.assertion(NAME, header={"typ": "at+jwt"}),
    "jku": lambda p: p.assertion(NAME, header={"jku": "https://evil.example/jwks"}),
    "HS256 with the public key": _hs256,
    "none": lambda p: f"{b64({'alg': 'none', 'kid': 'c'})}.{p.assertion(NAME).split('.')[1]}.",
    "an access token of ours": lambda p: p.services.bearer.issue(WHO, timedelta(hours=1)),
    "empty": lambda p: " ",
}


@pytest.mark.parametrize("name", PROOFS)
def test_no_confused_proof_of_a_machine_is_accepted(platform, name):
    answer = platform.prove(
        NAME, grant_type="client_credentials", scope="system/*.rs", assertion=PROOFS[name](platform)
    )
    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_client"


def test_a_proof_is_good_once(platform):
    proof = platform.assertion(NAME)
    form = {"grant_type": "client_credentials", "scope": "system/*.rs", "assertion": proof}
    assert platform.prove(NAME, **form).status_code == 200
    assert platform.prove(NAME, **form).status_code == 401


def test_another_host_header_makes_no_proof_fit(platform):
    proof = platform.assertion(NAME, aud="http://evil.example/oauth/token")
    form = {
        "grant_type": "client_credentials",
        "scope": "system/*.rs",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": proof,
    }
    for headers, status in (({}, 401), ({"Host": "evil.example"}, 421)):
        assert requests.post(platform.token_address, form, headers=headers, timeout=20).status_code == status


def test_a_machine_gets_no_more_than_it_is_registered_for(platform):
    got = platform.prove(NAME, grant_type="client_credentials", scope="system/*.cruds").json()
    assert got["scope"] == "system/*.rs"
    assert platform.prove(NAME, grant_type="client_credentials", scope="user/*.rs").json()["error"] == "invalid_scope"
    assert platform.prove("may-ky", grant_type="client_credentials", scope="user/*.rs").status_code == 400


def test_a_scoped_token_sends_no_files_unless_it_says_so(platform):
    token = platform.prove("may-79001", grant_type="client_credentials", scope="system/Encounter.rs").json()[
        "access_token"
    ]
    headers = {"Authorization": f"Bearer {token}"}
    answer = requests.post(f"{platform.base}/exchange/bhyt", b"<x/>", headers=headers, timeout=20)
    assert answer.status_code == 403


def test_a_key_too_weak_or_private_is_not_kept(platform):
    from yteso.base.errors import Refused
    from yteso.oauth.clients import read_keys

    with pytest.raises(Refused):
        read_keys(json.dumps({"keys": [ECKey.generate_key("P-256", {"kid": "x"}).as_dict(private=False)]}))
    with pytest.raises(Refused):
        read_keys(json.dumps({"keys": [OctKey.generate_key(256).as_dict()]}))
    with pytest.raises(Refused, match="OAUTH-0009"):  # NIST SP 800-57: 112 bits of security, and 128 are asked for.
        read_keys(json.dumps({"keys": [RSAKey.generate_key(2048, {"kid": "x"}).as_dict(private=False)]}))
    kept = read_keys(json.dumps({"keys": [platform.keys["may-ky"].as_dict(private=True)]}))
    assert set(kept[0]) == {"kty", "n", "e", "kid"}


def test_codes_are_long_and_never_the_same(visit):
    first, second = visit.answered()["code"], visit.answered()["code"]
    assert first != second
    assert len(first) >= 43


def test_a_walk_without_a_person_ends_at_the_log_in(platform):
    stranger = Visit(platform, requests.Session())
    answer = stranger.session.get(stranger.asking(), allow_redirects=False, timeout=20)
    assert answer.status_code == 302
    assert "/login?next=" in answer.headers["Location"]


def test_a_code_is_good_for_a_minute_and_a_grant_ends_for_good(platform, visit):
    """The clock is moved by moving what the rows say."""
    code = visit.answered()["code"]
    lives = "SELECT max(c.expires - g.made) FROM oauth.code c JOIN oauth.grant_ g ON g.id = c.grant_"
    with platform.services.database.connection() as conn:
        assert conn.execute(lives).fetchone()[0].total_seconds() <= 60
        conn.execute("UPDATE oauth.code SET expires = now() - interval '1 second' WHERE used IS NULL")
    assert visit.exchange(code).json()["error"] == "invalid_grant"
    offline = replace(visit, scope="launch/patient patient/*.rs offline_access")
    refresh = offline.tokens()["refresh_token"]
    with platform.services.database.connection() as conn:
        assert conn.execute("SELECT max(expires - made) FROM oauth.grant_").fetchone()[0].days <= 90
        conn.execute(
            "UPDATE oauth.grant_ SET expires = now() - interval '1 second'"
            " WHERE made = (SELECT max(made) FROM oauth.grant_ WHERE client = %s)",
            [offline.client],
        )
    again = platform.post(grant_type="refresh_token", refresh_token=refresh, client_id=offline.client)
    assert again.json()["error"] == "invalid_grant"
