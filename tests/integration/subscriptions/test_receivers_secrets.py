"""What a receiver is shown to let us in goes to that receiver, and back to who wrote it; to nobody else."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from tests.integration.api.conftest import INTEGRATOR, Client
from tests.integration.subscriptions.conftest import SAFE, patient, subscription

from yteso.access.principal import Principal, Role
from yteso.signing.safe import NotOurs, Safe
from yteso.store import write
from yteso.store.protocol import Put, Write
from yteso.store.subscriptions import state

SECRET = "bi-mat-Mau"
LINE = f"Authorization: Bearer {SECRET}"
SHUT = re.compile(r"Authorization: \*\*\*[0-9a-f]{8}")
OTHER = Principal("tích hợp Giả", Role.INTEGRATOR)
DIRECT = (
    "/Subscription/s",
    "/Subscription/s/_history",
    "/Subscription/s/_history/1",
    "/Subscription/_history",
    "/_history",
    "/Subscription?_id=s",
    "/Subscription?status=active",
    "/Subscription?_filter=status%20eq%20active",
    "/?_type=Subscription",
    "/Subscription/s?_format=xml",
    "/Subscription/s?_elements=channel",
)
"""What answers with the resource."""
ELSE = (
    "/Subscription/s/$status",
    "/Subscription/s/$events",
    "/AuditEvent",
)


@pytest.fixture
def hook(receiver):
    return {**subscription(receiver.address), "id": "s"}


def asking(town, who=OTHER, **narrower):
    return Client(town.api, replace(who, **narrower))


def shut(town, id="s"):
    """The header as who did not write it is shown it."""
    (line,) = asking(town)("GET", f"/Subscription/{id}").json["channel"]["header"]
    assert SHUT.fullmatch(line)
    return line


def header(answer):
    (line,) = answer.json["channel"]["header"]
    return line


def sent(receiver):
    return [one.headers.get("authorization") for one in receiver.received]


def everything_in(database):
    """Every row of every table, as text."""
    with database.connection() as conn:
        tables = conn.execute(
            "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'p') AND n.nspname IN ('store', 'jobs', 'exchange')"
        ).fetchall()
        for (table,) in tables:
            yield from (row[0] for row in conn.execute(f"SELECT x::text FROM {table} x"))


def test_it_is_sent_and_shown_to_nobody_but_its_writer(town, hook, receiver):
    """Otherwise than directly it is told to nobody at all."""
    town.admin("PUT", "/Subscription/s", hook)
    town.admin("PUT", "/Subscription/s", {**hook, "reason": "khác"})
    town.step()
    town.write(patient("p"))
    town.step()
    assert set(sent(receiver)) == {f"Bearer {SECRET}"}
    assert receiver.numbers == [1]
    for url in DIRECT:
        own = town.admin("GET", url)
        assert (own.status, own.body.count(SECRET.encode()) > 0) == (200, True), url
        assert "no-store" in own.headers["Cache-Control"]
        others = asking(town)("GET", url)
        assert (others.status, others.body.count(SECRET.encode()), b"***" in others.body) == (200, 0, True), url
        assert others.headers.get("ETag") == own.headers.get("ETag")
    for url in ELSE:
        for who in (INTEGRATOR, OTHER):
            assert SECRET.encode() not in asking(town, who)("GET", url).body, url
    assert not [one for one in receiver.received if SECRET.encode() in one.body]
    assert not town.admin("GET", "/Subscription?_content=bi-mat-Mau").ids


@pytest.mark.parametrize(
    "narrower",
    [
        {"name": OTHER.name},
        {"role": Role.SYSTEM},
        {"client": "app"},
        {"client": "app", "scope": "system/*.cruds"},
        {"scope": "system/Subscription.rs"},
        {"scope": "user/*.cruds"},
        {"assurance": 1},
    ],
    ids=str,
)
def test_neither_another_account_nor_a_narrower_log_in_is_shown_it(town, hook, narrower):
    writer = replace(INTEGRATOR, assurance=2)
    assert header(asking(town, writer)("PUT", "/Subscription/s", hook)) == LINE
    assert header(asking(town, writer)("GET", "/Subscription/s")) == LINE
    assert SHUT.fullmatch(header(asking(town, writer, **narrower)("GET", "/Subscription/s")))


def test_an_app_that_wrote_it_is_shown_it_by_scopes_no_narrower(town, hook):
    app = replace(INTEGRATOR, client="app", scope="user/*.cruds")
    assert header(asking(town, app)("PUT", "/Subscription/s", hook)) == LINE
    assert header(asking(town, app, scope="openid user/*.cruds")("GET", "/Subscription/s")) == LINE
    assert SHUT.fullmatch(header(asking(town, app, scope="user/Subscription.cruds")("GET", "/Subscription/s")))
    assert SHUT.fullmatch(header(town.admin("GET", "/Subscription/s")))


def test_a_writer_without_the_role_sees_nothing(town, hook):
    town.admin("PUT", "/Subscription/s", hook)
    for role in sorted(set(Role) - {Role.INTEGRATOR, Role.SYSTEM}):
        facility = "" if role in (Role.ADMINISTRATOR, Role.OPERATOR) else "79001"
        for url in (*DIRECT, *ELSE):
            answer = asking(town, INTEGRATOR, role=role, facility=facility)("GET", url)
            assert SECRET.encode() not in answer.body, (role, url)


def test_what_a_write_and_a_bundle_give_back_holds_it_for_the_writer_alone(town, hook):
    def entry(method, url, **more):
        return {"request": {"method": method, "url": url}, **more}

    reads = [entry("GET", "Subscription/s"), entry("GET", "Subscription?_id=s")]
    town.admin("PUT", "/Subscription/s", hook)
    for kind in ("batch", "transaction"):
        bundle = {"resourceType": "Bundle", "type": kind}
        for who, many in ((INTEGRATOR, 3), (OTHER, 0)):
            ask = asking(town, who)
            shown = {**ask("GET", "/Subscription/s").json, "reason": f"{kind} {who.name}"}
            entries = [entry("PUT", "Subscription/s", resource=shown), *reads]
            told = ask("POST", "/", {**bundle, "entry": entries}, prefer="return=representation")
            assert (told.status, told.body.count(SECRET.encode())) == (200, many), (kind, who.name)
    for who, line in ((INTEGRATOR, LINE), (OTHER, shut(town))):
        patch = [{"op": "test", "path": "/channel/header/0", "value": line}]
        patch += [{"op": "replace", "path": "/reason", "value": who.name}]
        told = asking(town, who)("PATCH", "/Subscription/s", patch, content_type="application/json-patch+json")
        assert (told.status, header(told)) == (200, line)
    refused = asking(town)(
        "PATCH", "/Subscription/s", [{**patch[0], "value": LINE}], content_type="application/json-patch+json"
    )
    assert (refused.status, refused.body.count(SECRET.encode())) == (422, 0)


def test_each_version_shows_its_writer_what_they_wrote_in_it_as_long_as_it_is_kept(town, hook):
    """Who else writes the same value gives it themselves: whether it is the one that is kept they are not told."""
    mine, theirs = {**hook, "reason": "a"}, {**hook, "reason": "b"}
    town.admin("PUT", "/Subscription/s", mine)
    assert asking(town)("PUT", "/Subscription/s", theirs).json["meta"]["versionId"] == "2"
    assert asking(town)("PUT", "/Subscription/s", theirs).json["meta"]["versionId"] == "2"
    told = {
        who.name: [header(asking(town, who)("GET", f"/Subscription/s/_history/{n}")) for n in (1, 2)]
        for who in (INTEGRATOR, OTHER)
    }
    assert told[INTEGRATOR.name][0] == told[OTHER.name][1] == LINE
    assert SHUT.fullmatch(told[INTEGRATOR.name][1])
    assert SHUT.fullmatch(told[OTHER.name][0])
    town.step()
    assert SHUT.fullmatch(header(town.admin("GET", "/Subscription/s/_history/1")))
    assert header(asking(town)("GET", "/Subscription/s")) == LINE


def test_a_line_comes_back_as_it_was_written(town, hook):
    lines = ["X-First:ok", "X-Second: ok", "x-third:  ok "]
    channel = {**hook["channel"], "header": lines}
    assert town.admin("PUT", "/Subscription/s", {**hook, "channel": channel}).json["channel"]["header"] == lines
    assert town.admin("GET", "/Subscription/s").json["channel"]["header"] == lines
    others = asking(town)("GET", "/Subscription/s").json["channel"]["header"]
    assert [line.partition("***")[0] for line in others] == ["X-First:", "X-Second: ", "x-third: "]


def test_it_lies_nowhere_in_the_database_but_sealed(town, hook):
    town.subscribe(hook)
    assert not [row for row in everything_in(town.database) if SECRET in row]
    with town.database.connection() as conn:
        (sealed,) = conn.execute("SELECT sealed FROM store.receiver_secret").fetchone()
        bodies = [one.body for one in town.store.changes_since(conn, 0, 100)]
    assert SECRET.encode() not in sealed
    assert not [body for body in bodies if SECRET.encode() in body]
    with pytest.raises(NotOurs):
        Safe(b"another key").open(sealed, "Subscription/s")
    with pytest.raises(NotOurs):
        SAFE.open(sealed, "Subscription/other")


def test_who_sends_it_back_hidden_keeps_it_and_who_sends_another_replaces_it(town, hook, receiver):
    town.subscribe(hook)
    first = shut(town)
    shown = asking(town)("GET", "/Subscription/s").json
    for kept in (first, "Authorization: ***", "authorization: ***00000000"):
        changed = {**shown, "reason": kept, "channel": {**shown["channel"], "header": [kept]}}
        assert town.admin("PUT", "/Subscription/s", changed).status == 200
        town.step()
    town.write(patient("a"))
    town.step()
    assert set(sent(receiver)) == {f"Bearer {SECRET}"}
    receiver.received.clear()
    channel = {**shown["channel"], "header": ["Authorization: Bearer khac"]}
    version = town.admin("GET", "/Subscription/s").json["meta"]["versionId"]
    replaced = town.admin("PUT", "/Subscription/s", {**shown, "channel": channel})
    assert int(replaced.json["meta"]["versionId"]) == int(version) + 1
    town.step()
    town.write(patient("b"))
    town.step()
    assert set(sent(receiver)) == {"Bearer khac"}
    assert shut(town) != first
    with town.database.connection() as conn:
        assert conn.execute("SELECT count(*) FROM store.receiver_secret").fetchone() == (1,)


def test_the_same_secret_again_is_the_same_version(town, hook):
    town.subscribe(hook)
    (version, again) = (town.admin("GET", "/Subscription/s").json["meta"]["versionId"], shut(town))
    answer = town.admin("PUT", "/Subscription/s", {**hook, "status": "active"})
    assert (answer.status, answer.json["meta"]["versionId"], shut(town)) == (200, version, again)


def test_a_hidden_value_of_none_is_refused(town, hook):
    channel = {**hook["channel"], "header": ["X-First: ok", "Authorization: ***0a1b2c3d"]}
    answer = town.admin("PUT", "/Subscription/s", {**hook, "channel": channel})
    assert (answer.status, answer.codes) == (422, ["SUB-0012"])
    assert answer.json["issue"][0]["expression"] == ["Subscription.channel.header[1]"]
    assert town.admin("GET", "/Subscription/s").status == 404


def test_it_goes_to_no_other_origin_than_it_was_given_for(town, hook, receiver):
    """Whoever may change the address would otherwise have it sent to their own."""
    town.subscribe(hook)
    other = asking(town)
    shown = other("GET", "/Subscription/s").json
    elsewhere = receiver.address.replace("127.0.0.1", "localhost")
    stolen = {**shown, "channel": {**shown["channel"], "endpoint": f"{elsewhere}/mine"}}
    assert other("PUT", "/Subscription/s", stolen).codes == ["SUB-0012"]
    patch = [{"op": "replace", "path": "/channel/endpoint", "value": elsewhere}]
    assert other("PATCH", "/Subscription/s", patch, content_type="application/json-patch+json").status == 422
    path = {**shown, "channel": {**shown["channel"], "endpoint": f"{receiver.address}/other"}}
    assert other("PUT", "/Subscription/s", path).status == 200


def test_without_the_key_the_subscription_says_so_and_nothing_is_sent(town, hook, receiver):
    town.subscribe(hook)
    receiver.received.clear()
    town.store.safe = Safe(b"another key")
    town.courier = town.courier_to(receiver.address)
    town.write(patient("p"))
    with town.database.connection() as conn:
        conn.execute("UPDATE store.receiver_secret SET sealed = %s", (Safe(b"third").seal("x", "y"),))
    town.step()
    assert receiver.received == []
    told = town.admin("GET", "/Subscription/s").json
    assert (told["status"], told["error"][:8]) == ("error", "SUB-0108")
    town.step()
    assert town.admin("PUT", "/Subscription/s", hook).status == 200
    town.step()
    assert receiver.numbers == [1]


def test_what_an_earlier_release_stored_is_hidden_at_once_and_sealed_by_the_first_look(town, hook, receiver):
    with town.database.connection() as conn:
        write.write(conn, town.store.codec(conn), Write(INTEGRATOR, [Put({**hook, "status": "active"})]))
        state.save(conn, "s", 1, "active", INTEGRATOR.name, {**hook, "status": "active"}, 0, "")
    assert SECRET.encode() not in town.admin("GET", "/Subscription/s").body
    with town.database.connection() as conn:
        assert state.seal_old(conn, town.store) == 1
        assert state.seal_old(conn, town.store) == 0
    town.write(patient("p"))
    town.step()
    assert set(sent(receiver)) == {f"Bearer {SECRET}"}
    assert SECRET.encode() not in town.admin("GET", "/Subscription/s/_history").body
    assert shut(town)
    with town.database.connection() as conn:
        assert SECRET not in state.fetch_one(conn, "s").resource


def test_an_endpoint_is_kept_as_it_was_written(town):
    endpoint = {
        "resourceType": "Endpoint",
        "id": "e",
        "status": "active",
        "connectionType": {"code": "hl7-fhir-rest"},
        "payloadType": [{"text": "any"}],
        "address": "https://his.example.vn/fhir?a=b@c",
        "header": ["X-Key: mot"],
    }
    assert town.admin("PUT", "/Endpoint/e", endpoint).status == 201
    told = town.admin("GET", "/Endpoint/e").json
    assert {name: told[name] for name in endpoint} == endpoint


def test_a_key_is_replaced_while_everything_goes_on_and_the_older_one_may_go_then(town, hook, receiver):
    town.subscribe(hook)
    receiver.received.clear()
    old, new = b"khoa kiem thu", b"khoa moi cua nam sau"
    town.store.safe = Safe(new, old)
    with town.database.connection() as conn:
        before = conn.execute("SELECT sealed FROM store.receiver_secret").fetchall()
        assert state.reseal(conn, town.store) == 1
        assert conn.execute("SELECT sealed FROM store.receiver_secret").fetchall() != before
    town.store.safe = Safe(new)
    town.courier = town.courier_to(receiver.address)
    town.write(patient("p"))
    town.step()
    assert sent(receiver) == [f"Bearer {SECRET}"]
    assert receiver.numbers == [1]
