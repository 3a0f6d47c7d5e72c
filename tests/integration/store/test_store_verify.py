"""1,000 random tampers of the audit, the record and who may see it: each is found; what nobody touched passes."""

import random

import psycopg
import pytest
from psycopg import sql

from yteso.access.principal import Principal, Role
from yteso.access.restriction import EVERYTHING
from yteso.base.clock import system_clock
from yteso.signing.keys import load_or_create
from yteso.store import audit, labels
from yteso.store.protocol import AuditNote, Put, Remove
from yteso.store.relations import spread_same, sweep_same
from yteso.store.roots import make_root, roots_after
from yteso.store.verify import BadPlace, verify

CITIZEN = Principal('ông "Giả" \\ \t\x7f', Role.CITIZEN, person="p0", client="sổ-sức-khỏe")
TAMPERS = 1000


def patient(n, name="Trần Văn Giả"):
    return {"resourceType": "Patient", "id": f"p{n}", "name": [{"text": name}]}


def visit(n, status="finished"):
    return {"resourceType": "Encounter", "id": f"e{n}", "status": status, "subject": {"reference": f"Patient/p{n}"}}


def facility(code):
    return {"resourceType": "Organization", "id": f"o{code}", "identifier": [{"value": code}]}


def link(to, kind):
    return [{"type": kind, "other": {"reference": f"Patient/{to}"}}]


EVIDENCE = {"url": "urn:yteso:representation-evidence", "valueString": "giấy khai sinh"}
PARENT = {
    "resourceType": "RelatedPerson",
    "id": "parent",
    "patient": {"reference": "Patient/p2"},
    "identifier": [{"system": "urn:yteso:patient", "value": "p3"}],
    "relationship": [{"coding": [{"code": "MTH"}]}],
    "extension": [EVIDENCE],
}
REFUSAL = {
    "resourceType": "Consent",
    "id": "refusal",
    "status": "active",
    "scope": {"text": "x"},
    "category": [{"text": "x"}],
    "patient": {"reference": "Patient/p1"},
    "provision": {
        "type": "deny",
        "actor": [
            {
                "role": {"coding": [{"code": "IRCP"}]},
                "reference": {"identifier": {"system": "http://fhir.hl7.org.vn/core/sid/ma-cskcb", "value": "79001"}},
            }
        ],
        "class": [{"code": "Condition"}, {"code": "Observation"}],
    },
}
ABOUT = [
    facility("79001"),
    {**visit(5), "serviceProvider": {"reference": "Organization/o79001"}, "subject": {"reference": "Patient/p1"}},
    {**visit(6), "serviceProvider": {"identifier": {"value": "79002"}}, "subject": {"reference": "Patient/p2"}},
    {
        "resourceType": "ServiceRequest",
        "id": "order",
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/p1"},
        "performer": [{"reference": "Organization/o79001"}, {"identifier": {"value": "79003"}}],
        "authoredOn": "2026-01-01",
        "occurrencePeriod": {"start": "2026-01-01", "end": "2027-01-01"},
        "code": {"coding": [{"system": "urn:x", "code": "mri"}]},
    },
    {**patient(6), "generalPractitioner": [{"reference": "Organization/o79001"}]},
    {**patient(3), "link": link("p7", "replaces")},
    {**patient(7), "link": link("p3", "replaced-by")},
    {**visit(8), "serviceProvider": {"identifier": {"value": "79004"}}, "subject": {"reference": "Patient/p7"}},
    PARENT,
    REFUSAL,
    {
        "resourceType": "Observation",
        "id": "pressure",
        "status": "final",
        "code": {"coding": [{"system": "urn:x", "code": "bp"}, {"system": "urn:y", "code": "bp"}]},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-01-01",
        "valueQuantity": {"value": 7.1, "system": "http://unitsofmeasure.org", "code": "mmol/L"},
        "component": [
            {
                "code": {"coding": [{"system": "urn:x", "code": "sys"}]},
                "valueQuantity": {"value": 120, "system": "http://unitsofmeasure.org", "code": "mm[Hg]"},
            },
            {
                "code": {"coding": [{"system": "urn:x", "code": "dia"}]},
                "valueQuantity": {"value": 80, "system": "http://unitsofmeasure.org", "code": "mm[Hg]"},
            },
        ],
    },
]
"""What says who may see: visits, an order, a family doctor, a person of two Patients who is a parent, a refusal."""


@pytest.fixture
def keys(tmp_path):
    return load_or_create(tmp_path)


@pytest.fixture
def filled(database, store, administrator, keys):
    """Versions, tombstones, several writes in one transaction, reads, refusals; roots on the way and at the end."""
    with database.connection() as conn:
        labels.renew(conn, system_clock())
    for turn in range(3):
        for n in range(5):
            with database.connection() as conn:
                store.write(conn, administrator, [Put(patient(n, f"Giả {turn} {n}")), Put(visit(n, "finished"))], "tệp")
                store.write(conn, administrator, [Put(visit(n, "cancelled"))])
                store.read(conn, CITIZEN, EVERYTHING, "Patient", f"p{n}")
        with database.connection() as conn:
            make_root(conn, keys, system_clock())
    with database.connection() as conn:
        store.write(conn, administrator, [Put(one) for one in ABOUT])
        spread_same(conn)
    with database.connection() as conn:
        sweep_same(conn)
    with database.connection() as conn:
        store.write(conn, administrator, [Remove("Encounter", "e4")])
        audit.add_refusal(conn, CITIZEN, "R", "Patient", "AUTH-0102")
        audit.add_note(conn, administrator, AuditNote("E", "export", ("p1",)), "$export")
    with database.connection() as conn:
        make_root(conn, keys, system_clock())
        return list(roots_after(conn, 0))


def check(conn, store, roots, keys):
    return verify(conn, store.codec(conn), roots, keys.public())


def test_what_nobody_touched_passes(database, store, keys, filled):
    with database.connection() as conn:
        assert check(conn, store, filled, keys) is None
        assert check(conn, store, filled[2:], keys) is None
        assert make_root(conn, keys, system_clock()) is None


def tables(conn, parent):
    rows = conn.execute(f"SELECT tableoid::regclass::text, count(*) FROM {parent} GROUP BY 1").fetchall()
    return [name for name, _ in rows]


AUDIT = {
    **{name: f"{name} || 'x'" for name in ("who", "role", "facility", "purpose", "what", "detail")},
    "ts": "ts + interval '1 microsecond'",
    "t": "t + 1",
    "action": "CASE action WHEN 'R' THEN 'U' ELSE 'R' END::\"char\"",
    "pats": "pats || 7::bigint",
    "hash": "sha256(hash)",
    "outcome": "CASE WHEN outcome IS NULL THEN '4' END::\"char\"",
    "client": "coalesce(client, '') || 'x'",
    "behalf": "coalesce(behalf, '') || 'x'",
    "content": "coalesce(content, '') || '\\x00'",
    "n": "n + 1000",
}
RESOURCE = {
    "ver": "ver + 1",
    "t": "t + 1",
    "ts": "ts + interval '1 microsecond'",
    "pat": "coalesce(pat, 0) + 1",
    "name": "name || 'x'",
    "hash": "CASE WHEN hash IS NULL THEN '\\x00'::bytea ELSE substring(sha256(hash) FROM 1 FOR 16) END",
    "body": "body || '\\x00'",
    "type": "CASE type WHEN 1 THEN 2 ELSE 1 END",
    "hid": "hid + 1",
    "label": "label # 1::smallint",
    "code": "coalesce(code, 0) + 1",
    "d_lo": "d_lo + 1",
    "d_hi": "d_hi - 1",
    "tok": "tok || 7::bigint",
    "shape": "shape + 1",
    "amount": "coalesce(amount, 0) + 1",
    "unit": "coalesce(unit, 0) + 1",
    "bare": "coalesce(bare, 0) + 1",
}
PLACE = {"shard": "shard # 1", "type": "type + 1", "t": "t + 1", "hid": "hid + 1", "key": "key + 1"}
SIDES = {
    "store.string": {**PLACE, "val": "val || 'x'", "at": "at + 1"},
    "store.moment": {**PLACE, "lo": "lo - 1", "hi": "hi + 1"},
    "store.number": {
        **PLACE,
        "lo": "lo - 1",
        **{name: f"{name} + 1" for name in ("hi", "unit", "bare", "code", "coded")},
    },
}
"""What searches find by, beside the row of the version."""
CARE = {"pat": "pat + 1", "hid": "hid + 1", "shard": "shard # 1", "facility": "facility || 'x'"}
RELATION = {
    "pat": "pat + 1",
    "id": "id || 'x'",
    "holder": "holder || 'x'",
    "kind": "CASE kind WHEN 'f' THEN 'a' ELSE 'f' END::\"char\"",
    "since": "since + interval '1 microsecond'",
    "until": "until - interval '1 microsecond'",
}
RULE = {
    **{name: f"{name} || 'x'" for name in ("id", "facility", "account", "role", "purpose", "maker")},
    **{name: f"{name} + 1" for name in ("n", "pat", "type", "label", "lo")},
    "permit": "NOT permit",
    "since": "since + interval '1 microsecond'",
    "until": "until - interval '1 microsecond'",
}
RIGHTS = {"store.care": CARE, "store.relation": RELATION, "store.consent_rule": RULE}
HISTORY = {
    "ver": "ver + 100",
    "t": "t + 1",
    "ts": "ts + interval '1 microsecond'",
    "until": "until + interval '1 microsecond'",
    "pat": "coalesce(pat, 0) + 1",
    "id": "id || 'x'",
    "body": "body || '\\x00'",
    "deleted": "NOT deleted",
}


def one_of(dice, conn, table, where="true"):
    return dice.choice(conn.execute(f"SELECT ctid::text FROM ONLY {table} WHERE {where}").fetchall())[0]


def update(dice, conn, table, columns):
    column = dice.choice(sorted(columns))
    said = table == "store.resource" and column in ("label", "code", "tok", "shape", "amount", "unit", "bare")
    there = "hash IS NOT NULL" if said else "true"  # What is deleted says nothing of it.
    if column in ("d_lo", "d_hi"):
        there = "d_lo > -9223372036854775808"
    if table == "store.consent_rule":
        there = "n >= 0"  # The others are about nobody but who they name.
    conn.execute(
        sql.SQL("UPDATE ONLY {} SET {} = {} WHERE ctid = %s").format(
            sql.SQL(table), sql.Identifier(column), sql.SQL(columns[column])
        ),
        (one_of(dice, conn, table, there),),
    )
    return f"update {table}.{column}"


def delete(dice, conn, table, _):
    conn.execute(f"DELETE FROM ONLY {table} WHERE ctid = %s", (one_of(dice, conn, table),))
    return f"delete {table}"


def insert(dice, conn, table, _):
    """A row like another one: the same under another key."""
    place = one_of(dice, conn, table)
    columns = (
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
        " AND attgenerated = '' ORDER BY attnum"
    )
    names = [row[0] for row in conn.execute(columns, (table,))]
    key = next(name for name in ("n", "name", "holder", "id", "facility", "key") if name in names)
    new = f"{key} + 1" if key in ("n", "key") else f"{key} || 'new'"
    chosen = [{"hid": "hid + 7"}.get(name, new if name == key else name) for name in names]
    if "audit" in table:
        conn.execute(
            f"UPDATE ONLY {table} SET n = n + 100000 WHERE n > (SELECT n FROM ONLY {table} WHERE ctid = %s)", (place,)
        )
    conn.execute(
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(chosen)} FROM ONLY {table} WHERE ctid = %s",
        (place,),
    )
    return f"insert {table}"


def swap(dice, conn, table, _):
    """The contents of two rows change places."""
    one, other = one_of(dice, conn, table), one_of(dice, conn, table)
    names = {"audit": "who, what, pats", "care": "pat, facility", "relation": "pat, holder", "consent_rule": "type"}
    names = next((told for part, told in names.items() if part in table), "dict, body")
    rows = {
        place: conn.execute(f"SELECT {names} FROM ONLY {table} WHERE ctid = %s", (place,)).fetchone()
        for place in (one, other)
    }
    if rows[one] == rows[other]:
        return delete(dice, conn, table, _)
    assign = ", ".join(f"{name.strip()} = %s" for name in names.split(","))
    conn.execute(f"UPDATE ONLY {table} SET {assign} WHERE ctid = %s", (*rows[one], other))
    conn.execute(f"UPDATE ONLY {table} SET {assign} WHERE ctid = %s", (*rows[other], one))
    return f"swap {table}"


def truncate(dice, conn, table, _):
    conn.execute(f"DELETE FROM ONLY {table}")
    return f"truncate {table}"


def renewed_chain(dice, conn, table, _):
    """Somebody who knows how hashes are made changes a row and makes all later ones, and the lane's end, anew."""
    lane, n = conn.execute(
        f"SELECT shard, n FROM ONLY {table} WHERE ctid = %s", (one_of(dice, conn, table),)
    ).fetchone()
    conn.execute(f"UPDATE ONLY {table} SET who = who || '!' WHERE shard = %s AND n = %s", (lane, n))
    (digest,) = conn.execute(
        f"SELECT coalesce((SELECT hash FROM ONLY {table} WHERE shard = %s AND n = %s), ''::bytea)", (lane, n - 1)
    ).fetchone()
    for (later,) in conn.execute(
        f"SELECT n FROM ONLY {table} WHERE shard = %s AND n >= %s ORDER BY n", (lane, n)
    ).fetchall():
        (digest,) = conn.execute(
            f"UPDATE ONLY {table} a SET hash = store.link(%s, (SELECT b FROM store.audit b"
            " WHERE b.shard = a.shard AND b.n = a.n))"
            " WHERE a.shard = %s AND a.n = %s RETURNING hash",
            (digest, lane, later),
        ).fetchone()
    conn.execute("UPDATE store.lane SET hash = %s WHERE shard = %s", (digest, lane))
    return f"renew {table}"


def cut_tail(dice, conn, table, _):
    """The last rows of a lane are taken away, and its end is put back."""
    lane, n, digest = conn.execute(
        f"SELECT shard, n, hash FROM ONLY {table} WHERE ctid = %s", (one_of(dice, conn, table),)
    ).fetchone()
    if not conn.execute(f"DELETE FROM ONLY {table} WHERE shard = %s AND n > %s RETURNING 1", (lane, n)).fetchall():
        return renewed_chain(dice, conn, table, _)
    conn.execute("UPDATE store.lane SET n = %s, hash = %s WHERE shard = %s", (n, digest, lane))
    return f"cut {table}"


def test_every_one_of_a_thousand_tampers_is_found(database, store, keys, filled):
    dice, missed, seen, tampered = random.Random(4), [], set(), 0
    with database.connection() as conn:
        targets = [(name, AUDIT) for name in tables(conn, "store.audit")]
        targets += [("store.resource", RESOURCE), *((name, HISTORY) for name in tables(conn, "store.history"))]
        targets += [*RIGHTS.items(), *SIDES.items()]
        while tampered < TAMPERS:
            table, columns = dice.choice(targets)
            ways = [update] * 6 + [delete, insert, truncate]
            ways += [] if table in SIDES else [swap]  # One version's rows have no order.
            way = dice.choice(ways + ([renewed_chain, cut_tail] if columns is AUDIT else []))
            with conn.transaction(force_rollback=True):
                try:
                    told = way(dice, conn, table, columns)
                except psycopg.errors.IntegrityError:
                    told = ""
                tampered += bool(told)
                if told and check(conn, store, filled, keys) is None:
                    missed.append(told)
                seen.add(told)
        assert check(conn, store, filled, keys) is None
    assert missed == []
    assert tampered >= TAMPERS
    assert {f"{way} {table}" for way in ("delete", "insert", "truncate") for table, _ in targets} <= seen
    assert {f"swap {table}" for table, _ in targets if table not in SIDES} <= seen
    assert {f"update {table}.{column}" for table, columns in targets for column in columns} <= seen


def test_the_first_bad_row_is_named(database, store, keys, filled):
    with database.connection() as conn:
        (table,) = tables(conn, "store.audit")
        lane, n = conn.execute("SELECT shard, n FROM store.audit WHERE n = 7").fetchone()
        conn.execute(f"UPDATE {table} SET who = 'x' WHERE shard = %s AND n IN (7, 9)", (lane,))
        assert check(conn, store, filled, keys) == BadPlace("row", lane, n)


def test_a_changed_version_is_named_with_the_row_that_wrote_it(database, store, keys, filled):
    with database.connection() as conn:
        conn.execute(
            "UPDATE store.resource SET body = (SELECT body FROM store.resource WHERE id = 'p2') WHERE id = 'p1'"
        )
        found = check(conn, store, filled, keys)
    assert found.kind == "missing"
    assert found.about == "Patient/p1/_history/3"


def test_forged_missing_and_misordered_roots_are_found(database, store, keys, filled, tmp_path):
    other = load_or_create(tmp_path / "other")
    with database.connection() as conn:
        for roots in (
            [filled[0], *filled[2:]],
            [filled[1], filled[0]],
            [{**filled[0], "time": "2026"}],
            filled[:1] * 2,
        ):
            assert check(conn, store, roots, keys).kind == "root"
        assert check(conn, store, filled, other) == BadPlace("root", n=1)


FACT = {
    "resourceType": "Condition",
    "id": "hiv",
    "meta": {"source": "urn:yteso:bhyt:79001:LK-1"},
    "subject": {"reference": "Patient/p1"},
    "encounter": {"reference": "Encounter/e1"},
    "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "B20"}]},
}
PAPER = {
    "resourceType": "Composition",
    "id": "paper",
    "status": "final",
    "subject": {"reference": "Patient/p1"},
    "encounter": {"reference": "Encounter/e1"},
}


@pytest.mark.parametrize("change", ["label = 0", "label = 3", "maker = '79002'", "maker = NULL"])
def test_who_uncovers_a_labelled_fact_is_found_as_the_column_decides_who_may_see_it(
    database, store, administrator, keys, filled, change
):
    with database.connection() as conn:
        store.write(conn, administrator, [Put(FACT), Put(PAPER)])
        assert check(conn, store, filled, keys) is None
        conn.execute(f"UPDATE store.resource SET {change} WHERE id = 'hiv'")
        assert check(conn, store, filled, keys).about == "Condition/hiv/_history/1"


@pytest.mark.parametrize("change", ["label = 0", "maker = '79002'"])
def test_who_uncovers_what_was_sensitive_before_is_found(database, store, administrator, keys, filled, change):
    """The present says something else: the past version's own column is what hides it."""
    with database.connection() as conn:
        store.write(conn, administrator, [Put(FACT)])
        store.write(conn, administrator, [Put({**FACT, "code": {"text": "khác"}})])
        assert check(conn, store, filled, keys) is None
        conn.execute(f"UPDATE store.history SET {change} WHERE id = 'hiv'")
        assert check(conn, store, filled, keys).about == "Condition/hiv/_history/1"


def test_labels_are_not_judged_while_the_record_is_being_labelled_anew(database, store, administrator, keys, filled):
    with database.connection() as conn:
        store.write(conn, administrator, [Put(FACT)])
        conn.execute("UPDATE store.labelling SET fingerprint = 'older rules'")
        conn.execute("UPDATE store.resource SET label = 0 WHERE id = 'hiv'")
        assert check(conn, store, filled, keys) is None
        assert labels.renew(conn, system_clock())
        assert check(conn, store, filled, keys) is None


def test_a_file_of_an_earlier_release_names_no_patient_but_never_another(database, store, administrator, keys, filled):
    context = {"securityContext": {"reference": "Patient/p1"}}
    file = {"resourceType": "Binary", "id": "b", "contentType": "text/plain", "data": "eA==", **context}
    with database.connection() as conn:
        store.write(conn, administrator, [Put(file)])
    for name, pat, sound in (("b", "NULL", True), ("b", "7", False), ("e1", "NULL", False)):
        with database.connection() as conn:
            conn.execute(f"UPDATE store.resource SET pat = {pat} WHERE id = '{name}'")
            assert (check(conn, store, filled, keys) is None) is sound, (name, pat)
            conn.rollback()


SPREAD = """INSERT INTO store.relation SELECT shard, 0, id, pat, kind, holder, since, until
            FROM store.relation WHERE id = 'order'"""


@pytest.mark.parametrize(
    ("change", "about"),
    [
        ("UPDATE store.care SET facility = '79999' WHERE facility = '79002'", "store.care Encounter/e6"),
        ("DELETE FROM store.care WHERE facility = '79001'", "store.care Encounter/e5"),
        ("INSERT INTO store.care SELECT pat, hid, shard, '79999' FROM store.care LIMIT 1", "store.care Encounter/"),
        ("INSERT INTO store.care SELECT pat, hid + 1, shard, facility FROM store.care LIMIT 1", "store.care "),
        ("DELETE FROM store.relation WHERE id = 'order' AND holder = '79003'", "store.relation ServiceRequest/order"),
        ("UPDATE store.relation SET until = '9999-01-01' WHERE id = 'order'", "store.relation ServiceRequest/order"),
        ("UPDATE store.relation SET holder = 'Patient/p1' WHERE id = 'parent'", "store.relation RelatedPerson/parent"),
        ("UPDATE store.relation SET holder = '79999' WHERE type = 0 AND kind = 'f'", "store.relation 0/care"),
        ("DELETE FROM store.relation WHERE type = 0 AND kind = 'm'", "store.relation 0/parent"),
        (SPREAD, "store.relation 0/order"),
        ("UPDATE store.consent_rule SET type = 103 WHERE id = 'refusal' AND n = 0", "store.consent_rule refusal 0"),
        ("UPDATE store.consent_rule SET permit = true WHERE id = 'refusal'", "store.consent_rule refusal 0"),
        ("DELETE FROM store.consent_rule WHERE n = -1", "store.consent_rule p"),
    ],
)
def test_a_row_that_decides_who_may_see_is_named(database, store, keys, filled, change, about):
    with database.connection() as conn:
        conn.execute(change)
        found = check(conn, store, filled, keys)
    assert found.kind == "right"
    assert found.about.startswith(about)


@pytest.mark.parametrize("change", ["tok = tok || 7::bigint", "tok = tok[2:]", "code = 7", "d_lo = 7", "d_hi = 7"])
def test_who_changes_what_a_search_and_rights_find_by_is_found(database, store, keys, filled, change):
    with database.connection() as conn:
        conn.execute(f"UPDATE store.resource SET {change} WHERE id = 'order'")
        assert check(conn, store, filled, keys).about == "ServiceRequest/order/_history/1"


def test_what_changes_lawfully_afterwards_passes(database, store, administrator, keys, filled):
    """Codes of an Organization, a joining that is undone, what came before its Organization, what came a moment ago."""
    early = {
        **visit(9),
        "serviceProvider": {"reference": "Organization/o79009"},
        "subject": {"reference": "Patient/p1"},
    }
    steps = [
        [Put({**facility("79001"), "identifier": [{"value": "79111"}]})],
        [Put(visit(5)), Put({**ABOUT[3], "status": "revoked"})],
        [Put(early)],
        [Put(facility("79009"))],
        [
            Put(
                {
                    **visit(8),
                    "serviceProvider": {"identifier": {"value": "79005"}},
                    "subject": {"reference": "Patient/p7"},
                }
            )
        ],
        [Put(patient(3)), Put(patient(7))],
        [Remove("RelatedPerson", "parent"), Remove("Consent", "refusal")],
        [Remove("Organization", "o79001")],
    ]
    for step in steps:
        with database.connection() as conn:
            store.write(conn, administrator, step)
        with database.connection() as conn:
            assert check(conn, store, filled, keys) is None, step
    with database.connection() as conn:
        sweep_same(conn)
    with database.connection() as conn:
        assert check(conn, store, filled, keys) is None
