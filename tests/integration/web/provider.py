"""A provider of OpenID Connect as a process of its own: `python provider.py PORT SETTINGS.json`.

It really signs (ES256), keeps codes for one use, checks PKCE (S256), redirect addresses and clients: `private_key_jwt`
against the keys the client publishes (each assertion once), or a secret. Whom it vouches for is in the settings; a
person may have `twist`, the name of one thing that is wrong with the token: for the tests of what must be refused.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import secrets
import sys
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, unquote_plus, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
KEY, OTHER = ECKey.generate_key("P-256"), ECKey.generate_key("P-256")
CODES: dict[str, dict] = {}
ACCESS: dict[str, dict] = {}
SEEN: set[str] = set()


class Refused(Exception):
    pass


class Provider(BaseHTTPRequestHandler):
    settings: dict = {}
    issuer = ""

    def log_message(self, *_):
        pass

    def do_GET(self):
        path, query = urlsplit(self.path).path, self._one(urlsplit(self.path).query)
        if path == "/.well-known/openid-configuration":
            self._json(self._metadata())
        elif path == "/keys":
            self._json({"keys": [{**KEY.as_dict(private=False), "kid": KEY.thumbprint(), "use": "sig"}]})
        elif path == "/authorize":
            self._page(query)
        elif path == "/userinfo":
            person = ACCESS.get(self.headers.get("Authorization", "").removeprefix("Bearer "))
            self._json({**person["claims"], "sub": person["sub"]} if person else {}, 200 if person else 401)
        else:
            self.send_error(404)

    def do_POST(self):
        form = self._one(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if urlsplit(self.path).path == "/authorize":
            self._authorized(form)
            return
        try:
            self._json(self._tokens(form))
        except Refused as error:
            self._json({"error": str(error)}, 400)

    def _metadata(self):
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {
            "issuer": self.issuer,
            **{name: f"{self.issuer}/{path}" for name, path in names.items()},
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "authorization_response_iss_parameter_supported": True,
        }

    def _page(self, query):
        client = self.settings["clients"].get(query.get("client_id", ""))
        good = client and query.get("redirect_uri") in client["redirects"] and query.get("response_type") == "code"
        if not good or query.get("code_challenge_method") != "S256" or not query.get("code_challenge"):
            self.send_error(400)
            return
        fields = "".join(
            f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
            for name, value in query.items()
        )
        self._html(
            f'<form method="post" action="/authorize"><h1>Thử ID</h1>{fields}'
            '<label>Tên <input name="person"></label><button>Đồng ý</button></form>'
        )

    def _authorized(self, form):
        person = self.settings["people"].get(form.get("person", ""))
        if person is None:
            self._html("không biết", 403)
            return
        code = secrets.token_urlsafe(16)
        CODES[code] = {**form, "who": person, "at": time.time()}
        twist = person.get("twist", "")
        answer = {"code": code, "state": form["state"], "iss": self.issuer}
        if twist == "state":
            answer["state"] = "x" + form["state"]
        if twist == "iss":
            answer["iss"] = "https://mix-up.example"
        if twist == "no iss":
            del answer["iss"]
        if twist == "denied":
            answer = {"error": "access_denied", "state": form["state"], "iss": self.issuer}
        self.send_response(302)
        self.send_header("Location", f"{form['redirect_uri']}?{urlencode(answer, quote_via=quote)}")
        self.end_headers()

    def _tokens(self, form):
        self._check_client(form)
        kept = CODES.pop(form.get("code", ""), None)
        if kept is None or time.time() - kept["at"] > 60 or kept["redirect_uri"] != form.get("redirect_uri"):
            raise Refused("invalid_grant")
        proof = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if proof.rstrip(b"=").decode() != kept["code_challenge"]:
            raise Refused("invalid_grant")
        access = secrets.token_urlsafe(16)
        ACCESS[access] = kept["who"]
        return {"access_token": access, "token_type": "Bearer", "id_token": self._id_token(kept)}

    def _check_client(self, form):
        basic = self.headers.get("Authorization", "")
        if basic.startswith("Basic "):
            name, _, secret = base64.b64decode(basic[6:]).decode().partition(":")
            client = self.settings["clients"].get(unquote_plus(name), {})
            if not client.get("secret") or client["secret"] != unquote_plus(secret):
                raise Refused("invalid_client")
            return
        client = self.settings["clients"].get(form.get("client_id", ""), {})
        if form.get("client_assertion_type") != ASSERTION or "keys" not in client:
            raise Refused("invalid_client")
        with urllib.request.urlopen(client["keys"], timeout=10) as answer:
            keys = KeySet.import_key_set(json.load(answer))
        claims = jwt.decode(form["client_assertion"], keys, algorithms=["ES256"]).claims
        now = time.time()
        if claims["iss"] != form["client_id"] or claims["sub"] != form["client_id"]:
            raise Refused("invalid_client")
        if claims["aud"] != f"{self.issuer}/token" or not now - 5 < claims["exp"] < now + 300 or claims["jti"] in SEEN:
            raise Refused("invalid_client")
        SEEN.add(claims["jti"])

    def _id_token(self, kept):
        person, now = kept["who"], int(time.time())
        twist = person.get("twist", "")
        claims = {
            "iss": self.issuer,
            "aud": kept["client_id"],
            "sub": person["sub"],
            "nonce": kept["nonce"],
            "iat": now,
            "exp": now + 300,
            **person.get("token", {}),
        }
        if "max_age" in kept:
            claims["auth_time"] = now - (3600 if twist == "stale" else 0)
        claims |= {
            "issuer": {"iss": "https://khac.example"},
            "audience": {"aud": "khac"},
            "azp": {"aud": [kept["client_id"], "khac"], "azp": "khac"},
            "expired": {"exp": now - 120, "iat": now - 500},
            "future": {"iat": now + 9000, "exp": now + 9999},
            "nonce": {"nonce": "khac"},
            "subject": {"sub": ""},
        }.get(twist, {})
        if twist == "unsigned":
            parts = (json.dumps({"alg": "none"}), json.dumps(claims))
            return ".".join(base64.urlsafe_b64encode(part.encode()).rstrip(b"=").decode() for part in parts) + "."
        if twist == "shared":
            public = json.dumps(KEY.as_dict(private=False)).encode()
            return jwt.encode({"alg": "HS256", "kid": KEY.thumbprint()}, claims, OctKey.import_key(public))
        return jwt.encode({"alg": "ES256", "kid": KEY.thumbprint()}, claims, OTHER if twist == "key" else KEY)

    def _one(self, text):
        return {name: values[0] for name, values in parse_qs(text).items()}

    def _json(self, value, status=200):
        self._send(json.dumps(value).encode(), "application/json", status)

    def _html(self, text, status=200):
        page = f"<!doctype html><html lang='vi'><meta charset='utf-8'><title>Thử ID</title>{text}</html>"
        self._send(page.encode(), "text/html; charset=utf-8", status)

    def _send(self, body, kind, status):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    with open(sys.argv[2], encoding="utf-8") as file:
        Provider.settings = json.load(file)
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Provider)
    Provider.issuer = f"http://localhost:{server.server_port}"
    sys.stdout.write(f"{Provider.issuer}\n")
    sys.stdout.flush()
    server.serve_forever()
