"""Labels and apps in the matrix, and that every rule beside the table is needed: switched off, it breaks a cell.

`test_matrix.py` does the same for each line of the table. Rules are switched off where they stand: in Python, in the
text of the condition, in the function of the database.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest
from tests.acceptance.matrix import labels, walk
from tests.acceptance.matrix.reading import Cells, by_target, rows
from tests.acceptance.matrix.world import TYPES, ask, build, id_of, who

from yteso.access import consent, policy
from yteso.access.apps import within_scopes
from yteso.access.principal import Role
from yteso.api import Api
from yteso.db import Database
from yteso.search import rights
from yteso.search.fragment import Fragment
from yteso.standards.sensitivity import LABELS


@pytest.fixture(scope="module")
def database(fresh_database) -> Iterator[Database]:
    with fresh_database() as dsn:
        database = Database(dsn, max_size=4).open()
        yield database
        database.close()


@pytest.fixture(scope="module")
def api(database) -> Api:
    api = build(database)
    labels.write(database)
    return api


@pytest.fixture(autouse=True)
def no_rights_kept() -> Iterator[None]:
    """Nothing that was made of rules before or while some were switched off serves others."""
    forget()
    yield
    forget()


def forget() -> None:
    policy._narrowed.cache_clear()
    rights._own.cache_clear()


@pytest.fixture(scope="module")
def cells() -> Cells:
    return by_target("cells.csv")


@pytest.fixture(scope="module")
def of_labels() -> dict[tuple[Role, str], dict[str, str]]:
    return {(Role(row.pop("role")), row.pop("fact")): row for row in rows("labels.csv")}


# -- labels ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_each_role_sees_the_labels_of_its_cells(api, of_labels, role):
    for fact in labels.FACTS:
        assert labels.seen(api, role, fact) == of_labels[role, fact], fact


@pytest.mark.parametrize("role", [role for role in Role if who(role).facility and role is not Role.FACILITY])
def test_each_label_of_each_role_is_needed_and_no_further_one(api, of_labels, monkeypatch, role):
    bits = consent.OWN.get(role, 0)
    for label, bit in LABELS.items():
        monkeypatch.setitem(consent.OWN, role, bits ^ bit)
        forget()
        told = labels.seen(api, role, "ours")
        assert (
            told == of_labels[role, "ours"]
            if role is Role.FACILITY_ADMINISTRATOR
            else told[label] != (of_labels[role, "ours"][label])
        )


# -- apps --------------------------------------------------------------------------------------------------------------


def of_app(api: Api, row: dict[str, str]) -> dict[str, str]:
    """What an app is told, by reading and by searching alike, a kind alone or among all."""
    asker = replace(who(Role(row["role"])), client="app", scope=row["scopes"], patient=row["opened-for"])
    told = {}
    status, answer = ask(api, asker, "GET", f"?_id={','.join(id_of(kind, row['target']) for kind in TYPES)}")
    among = {entry["resource"]["resourceType"] for entry in (answer or {}).get("entry", [])} if status == 200 else set()
    for kind in TYPES:
        one = id_of(kind, row["target"])
        read = ask(api, asker, "GET", f"{kind}/{one}")[0]
        status, answer = ask(api, asker, "GET", f"{kind}?_id={one}")
        found = 403 if status == 403 else 200 if answer.get("entry") else 404
        alike = read == found and (kind in among) == (read == 200)
        told[kind] = {200: "seen", 404: "hidden", 403: "denied"}[read] if alike else f"{read} and {found}, {status}"
    return told


@pytest.mark.parametrize("row", rows("apps.csv"), ids=lambda row: f"{row['role']} {row['scopes']} {row['target']}")
def test_an_app_sees_what_its_scopes_leave(api, row):
    assert of_app(api, row) == {kind: row[kind] for kind in TYPES}


@pytest.mark.parametrize("narrowing", policy.NARROWINGS, ids=lambda one: one.__name__)
def test_each_narrowing_is_needed(api, cells, monkeypatch, narrowing):
    monkeypatch.setattr(policy, "NARROWINGS", tuple(one for one in policy.NARROWINGS if one is not narrowing))
    if narrowing is within_scopes:
        assert any(of_app(api, row) != {kind: row[kind] for kind in TYPES} for row in rows("apps.csv"))
        return
    assert broken(api, cells, Role.DOCTOR) == {"labelled-other Condition", *(f"closed {kind}" for kind in TYPES)}
    assert broken(api, cells, Role.CITIZEN) == {"abused Condition"}
    assert broken(api, cells, Role.INSPECTOR) == {
        f"{one} Condition" for one in ("labelled", "labelled-other", "permitted")
    }


# -- relations, in the text of the condition and in the functions it asks ---------------------------------------------


def broken(api: Api, cells, role: Role) -> set[str]:
    """The cells (target and type) of a role that are no longer as they must be."""
    return {" ".join(one.split()[1:3]) for one in walk.misread(api, role, cells[role])}


@contextmanager
def changed(database: Database, function: str, text: str, other: str) -> Iterator[None]:
    """A function of the database, with another text for a while."""
    with database.connection() as conn:
        (source,) = conn.execute("SELECT pg_get_functiondef(%s::regproc)", [function]).fetchone()
        assert text in source
        conn.execute(source.replace(text, other).encode())
    try:
        yield
    finally:
        with database.connection() as conn:
            conn.execute(source.encode())


@contextmanager
def rewritten(monkeypatch, function: str, text: str, other: str) -> Iterator[None]:
    """The same of a function that makes the text of a condition."""
    whole, met = getattr(rights, function), []

    def without(*given) -> Fragment:
        fragment = whole(*given)
        met.append(text in fragment.text)
        return Fragment(fragment.text.replace(text, other), fragment.params)

    monkeypatch.setattr(rights, function, without)
    forget()
    yield
    assert met
    assert all(met), "an error would look like a cell that breaks"


BEGUN, GOES_ON = " AND c.since <= now()", " AND c.until > now()"
OTHERS, OPENED, WARDS = "store.others_in_care", "store.opened_to", "store.wards"
RELATIONS = {
    # rule: (where it stands, its text, what replaces it) for each place, whose cells break, at which target
    "a visit": ([("_cared_for", "FROM store.care c WHERE", "FROM store.care c WHERE false AND")], Role.DOCTOR, "same"),
    "a referral": ([(OTHERS, "'r', ", "")], Role.DOCTOR, "referred"),
    "an appointment": ([(OTHERS, "'a', ", "")], Role.DOCTOR, "booked"),
    "the family doctor": ([(OTHERS, ", 'f'", "")], Role.DOCTOR, "family"),
    "a referral's end": ([(OTHERS, GOES_ON, "")], Role.DOCTOR, "referral-ended"),
    "a referral's beginning": ([(OTHERS, BEGUN, "")], Role.DOCTOR, "referral-ended"),
    "a code for a visit": ([(OPENED, "WHERE o.", "WHERE o.kind = 'g' AND o.")], Role.DOCTOR, "opened"),
    "broken glass": ([(OPENED, "WHERE o.", "WHERE o.kind = 'v' AND o.")], Role.DOCTOR, "glass"),
    "whose glass": ([(OPENED, "o.account IN ('', a_account)", "true")], Role.NURSE, "glass"),
    "an opening's end": ([(OPENED, " AND o.until > now()", "")], Role.DOCTOR, "other"),
    "oneself": (
        [
            ("_own_or_represented", ".pat = %s OR", ".pat = %s AND false OR"),
            (WARDS, "SELECT a_pat", "SELECT NULL::bigint"),
        ],
        Role.CITIZEN,
        "own",
    ),
    "the other number": ([(WARDS, "store.same_person(a_pat)", "NULL::bigint")], Role.CITIZEN, "own-twin"),
    "a representative": ([(WARDS, "('p', 'm')", "('m')")], Role.CITIZEN, "ward"),
    "a parent": ([(WARDS, "('p', 'm')", "('p')")], Role.CITIZEN, "minor"),
    "the 18th birthday": ([(WARDS, "c.kind = 'p' OR", "c.kind = 'p' OR true OR")], Role.CITIZEN, "grown"),
    "a representation's end": ([(WARDS, GOES_ON, "")], Role.CITIZEN, "ward-ended"),
    "a representation's beginning": ([(WARDS, BEGUN, "")], Role.CITIZEN, "ward-ended"),
    "what must be reported": ([("_notifiable", "c.hash IS NOT NULL", "false")], Role.SURVEILLANCE, "notifiable"),
    "what need not": (
        [("_notifiable", "c.tok && %s::bigint[]", "(true OR c.tok && %s::bigint[])")],
        Role.SURVEILLANCE,
        "same",
    ),
    "an order": ([("_inspected", "WHERE c.who", "WHERE false AND c.who")], Role.INSPECTOR, "same"),
    "an order's end": ([("_inspected", GOES_ON, "")], Role.INSPECTOR, "other"),
    "an order's beginning": ([("_inspected", BEGUN, "")], Role.INSPECTOR, "other"),
}


@pytest.mark.parametrize("name", RELATIONS)
def test_each_relation_and_its_end_is_needed(api, database, cells, monkeypatch, name):
    changes, role, target = RELATIONS[name]
    with ExitStack() as switched:
        for where, text, other in changes:
            one = changed(database, where, text, other) if "." in where else rewritten(monkeypatch, where, text, other)
            switched.enter_context(one)
        assert target in {one.split()[0] for one in broken(api, cells, role)}


# -- what persons said, in the function of the database ----------------------------------------------------------------

SAID = {
    # rule: (its text, what replaces it, whose cell breaks, which)
    "a refusal": ("AND NOT c.permit", "AND false", Role.DOCTOR, "closed Patient"),
    "whom a refusal names": ("AND c.facility IN ('', a_facility)", "", Role.INSPECTOR, "closed Patient"),
    "a permission": ("p.permit AND a_label & ~p.label = 0", "false", Role.DOCTOR, "permitted Condition"),
    "which label is permitted": ("AND p.facility IN ('', a_facility)", "", Role.INSPECTOR, "permitted Condition"),
    "glass opens labels": ("(broken AND", "(false AND", Role.DOCTOR, "glass Condition"),
    "an opening overrides a refusal": ("RETURN opened OR NOT", "RETURN NOT", Role.DOCTOR, "opened Patient"),
    "who made it": ("AND a_maker = a_facility", "", Role.DOCTOR, "labelled-other Condition"),
    "what the own facility found": ("a_label & ~a_own = 0 AND", "false AND", Role.DOCTOR, "labelled Condition"),
    "a person's other number": ("IF a_person = ANY(same) THEN", "IF false THEN", Role.CITIZEN, "own-twin Condition"),
    "what a parent does not see": (
        "a_label & ~store.ward_labels",
        "0 & ~store.ward_labels",
        Role.CITIZEN,
        "abused Condition",
    ),
}


@pytest.mark.parametrize("name", SAID)
def test_each_rule_about_what_persons_said_is_needed(api, database, cells, name):
    text, other, role, cell = SAID[name]
    with changed(database, "store.open_to", text, other):
        assert cell in broken(api, cells, role)
    assert broken(api, cells, role) == set()


def test_each_age_up_to_which_a_parent_sees_is_needed(api, database, of_labels):
    """The small child is six: without a label's age its parent sees that fact no more."""
    expected = of_labels[Role.CITIZEN, "child"]
    for label in consent.WARD:
        bit, age = LABELS[label], consent.WARD[label]
        with changed(database, "store.ward_labels", f"({bit}, {age})", f"({bit}, 5)"):
            told = labels.seen(api, Role.CITIZEN, "child")
        assert {one for one in told if told[one] != expected[one]} == {label}
    assert labels.seen(api, Role.CITIZEN, "child") == expected
