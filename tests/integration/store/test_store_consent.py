"""Labelled and closed facts cannot be seen around; what a person says acts with the next statement.

`kin` was at 79001 and 79002. Her HIV diagnosis (`hiv`), its claim, order and note were made at 79002; `flu` too.
"""

from dataclasses import replace

import pytest

from yteso.access.consent import closed_to
from yteso.access.principal import Principal, Role
from yteso.access.restriction import Restriction
from yteso.search.closed import Closed
from yteso.search.parse import parse
from yteso.standards.fhir_r4 import TYPE_NUMBER
from yteso.store.consents import consent_rules
from yteso.store.protocol import Extent, Put
from yteso.store.reindex import Reindex

RECORDS = Principal("luu-tru", Role.STAFF, "79002")
OTHER = Principal("bac-si-khac", Role.DOCTOR, "79001")
MAKER = Principal("bac-si", Role.DOCTOR, "79002")
CASHIER = Principal("thu-ngan", Role.CASHIER, "79002")
SELF = Principal("cong-dan", Role.CITIZEN, person="kin", purpose="PATRQT")
ICD10 = "http://hl7.org/fhir/sid/icd-10"
LABELLED = {"hiv", "order", "bill", "note"}
ALL = LABELLED | {"flu"}


def limit_of(who):
    care = {"care_facility": who.facility} if who.facility else {}
    return Restriction(types=None, also=(closed_to(who),), **care)


def coded(type, id, code, **more):
    concept = {"coding": [{"system": ICD10, "code": code}]}
    named = {"Claim": "patient"}.get(type, "subject")
    return {"resourceType": type, "id": id, named: {"reference": "Patient/kin"}, **more, "code": concept}


RECORD = [
    {"resourceType": "Patient", "id": "kin", "name": [{"text": "Lê Thị Thử"}], "birthDate": "1980-01-01"},
    *(
        {
            "resourceType": "Encounter",
            "id": f"e{facility}",
            "status": "finished",
            "subject": {"reference": "Patient/kin"},
            "serviceProvider": {"identifier": {"value": facility}},
        }
        for facility in ("79001", "79002")
    ),
    coded("Condition", "hiv", "B20", encounter={"reference": "Encounter/e79002"}, recordedDate="2024-03-05"),
    coded("Condition", "flu", "J11", encounter={"reference": "Encounter/e79002"}, recordedDate="2024-03-06"),
    coded("ServiceRequest", "order", "Z21", status="active", intent="order"),
    {
        "resourceType": "Claim",
        "id": "bill",
        "patient": {"reference": "Patient/kin"},
        "diagnosis": [{"sequence": 1, "diagnosisCodeableConcept": {"coding": [{"system": ICD10, "code": "B20"}]}}],
    },
    {
        "resourceType": "Composition",
        "id": "note",
        "status": "final",
        "subject": {"reference": "Patient/kin"},
        "encounter": {"reference": "Encounter/e79002"},
        "title": "Tóm tắt",
    },
]


@pytest.fixture
def record(database, store):
    with database.connection() as conn:
        store.write(conn, MAKER, [Put(one) for one in RECORD])


def consent(id, *, status="active", **provision):
    return {
        "resourceType": "Consent",
        "id": id,
        "status": status,
        "scope": {"coding": [{"code": "patient-privacy"}]},
        "category": [{"coding": [{"code": "INFAO"}]}],
        "patient": {"reference": "Patient/kin"},
        "verification": [{"verified": True}],
        "provision": provision,
    }


def facility(code, role="IRCP"):
    system = "http://fhir.hl7.org.vn/core/sid/ma-cskcb"
    return {"role": {"coding": [{"code": role}]}, "reference": {"identifier": {"system": system, "value": code}}}


def known(system, value):
    return {"role": {"coding": [{"code": "IRCP"}]}, "reference": {"identifier": {"system": system, "value": value}}}


def of_role(role):
    return {"role": {"coding": [{"system": "urn:yteso:role", "code": role}]}}


def say(database, store, one):
    with database.connection() as conn:
        store.write(conn, SELF, [Put(one)])


def seen(database, store, who):
    """What of the record's facts somebody sees, by reading each."""
    kinds = {"hiv": "Condition", "flu": "Condition", "order": "ServiceRequest", "bill": "Claim", "note": "Composition"}
    with database.connection() as conn:
        limit = limit_of(who)
        return {one for one, kind in kinds.items() if store.read(conn, who, limit, kind, one) is not None}


def found(database, store, who, type, text):
    query, issues = parse(type, text)
    assert not issues
    with database.connection() as conn:
        page = store.search(conn, who, limit_of(who), query)
    return [one.id for one in page.matches], {one.id for one in page.included}, page.total


def test_who_needs_a_labelled_fact_sees_it_and_nobody_else(database, store, record):
    assert seen(database, store, MAKER) == ALL
    assert seen(database, store, SELF) == ALL
    assert seen(database, store, RECORDS) == {"flu"}
    assert seen(database, store, CASHIER) == {"flu"}
    assert seen(database, store, OTHER) == {"flu"}


@pytest.mark.parametrize(
    ("type", "text", "matches", "total"),
    [
        ("Condition", "patient=kin&_total=accurate", ["flu"], 1),
        ("Condition", "code=B20&_total=accurate", [], 0),
        ("Condition", "patient=kin&_summary=count", [], 1),
        ("Condition", "patient=kin&_sort=recorded-date&_count=1&_total=accurate", ["flu"], 1),
        ("Condition", "patient=kin&_sort=-_lastUpdated&_total=accurate", ["flu"], 1),
        ("Patient", "_has:Condition:patient:code=B20&_total=accurate", [], 0),
        ("Patient", "_has:Condition:patient:code=J11&_total=accurate", ["kin"], 1),
        ("Encounter", "diagnosis.code=B20&_total=accurate", [], 0),
        ("Condition", "_id=hiv&_total=accurate", [], 0),
        ("Condition", "patient.name=le&code:not=J11&_total=accurate", [], 0),
    ],
)
def test_no_search_tells_of_a_labelled_fact(database, store, record, type, text, matches, total):
    assert found(database, store, OTHER, type, text) == (matches, set(), total)


def test_no_include_brings_a_labelled_fact(database, store, record):
    visit = {**RECORD[1], "diagnosis": [{"condition": {"reference": f"Condition/{one}"}} for one in ("hiv", "flu")]}
    with database.connection() as conn:
        store.write(conn, MAKER, [Put(visit)])
    text = "_id=e79001&_include=Encounter:diagnosis"
    assert found(database, store, OTHER, "Encounter", text)[1] == {"flu"}
    assert found(database, store, MAKER, "Encounter", text)[1] == {"flu", "hiv"}
    text = "_id=kin&_revinclude=Condition:patient&_revinclude=Claim:patient&_revinclude=Composition:patient"
    assert found(database, store, OTHER, "Patient", text)[1] == {"flu"}
    assert found(database, store, MAKER, "Patient", text)[1] == {"flu", "hiv", "bill", "note"}


def test_everything_newest_and_history_leave_it_out(database, store, record):
    with database.connection() as conn:
        limit = limit_of(OTHER)
        focus = store.read(conn, OTHER, limit, "Patient", "kin")
        page = store.everything(conn, OTHER, limit, focus, Extent())
        assert {one.id for one in page.matches} & ALL == {"flu"}
        assert {one.id for one in store.newest(conn, OTHER, limit, "kin", ["Condition", "Claim"], 9)} == {"flu"}
        assert {one.id for one in store.history(conn, OTHER, limit, "Condition").matches} == {"flu"}
        assert store.read_version(conn, OTHER, limit, "Condition", "hiv", 1) is None
        assert set(store.read_many(conn, OTHER, limit, [("Condition", "hiv"), ("Condition", "flu")])) == {
            ("Condition", "flu")
        }


def test_a_past_version_stays_as_sensitive_as_it_was(database, store, record):
    with database.connection() as conn:
        store.write(conn, MAKER, [Put(coded("Condition", "hiv", "J11"))])
        limit = limit_of(OTHER)
        assert store.read(conn, OTHER, limit, "Condition", "hiv") is not None
        assert store.read_version(conn, OTHER, limit, "Condition", "hiv", 1) is None
        assert store.read_version(conn, MAKER, limit_of(MAKER), "Condition", "hiv", 1) is not None
        assert [one.version for one in store.history(conn, OTHER, limit, "Condition", "hiv").matches] == [2]


def test_the_content_reads_back_as_it_was_sent(database, store, record):
    with database.connection() as conn:
        assert b"security" not in store.read(conn, MAKER, limit_of(MAKER), "Condition", "hiv").body


def test_a_label_the_sender_gave_counts(database, store, record):
    security = [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "SDV"}]
    with database.connection() as conn:
        store.write(conn, MAKER, [Put({**coded("Condition", "flu", "J11"), "meta": {"security": security}})])
    assert seen(database, store, OTHER) == set()


def test_a_refusal_closes_at_once_and_its_withdrawal_opens(database, store, record):
    refusal = consent("c", type="deny", actor=[facility("79001")])
    say(database, store, refusal)
    assert seen(database, store, OTHER) == set()
    assert found(database, store, OTHER, "Patient", "_id=kin&_total=accurate") == ([], set(), 0)
    assert seen(database, store, MAKER) == ALL
    assert seen(database, store, SELF) == ALL
    say(database, store, {**refusal, "status": "inactive"})
    assert seen(database, store, OTHER) == {"flu"}


@pytest.mark.parametrize(
    ("provision", "hidden"),
    [
        ({"class": [{"code": "Condition"}]}, {"hiv", "flu"}),
        ({"securityLabel": [{"code": "HIV"}]}, LABELLED),
        ({"actor": [facility("79002", "CST")]}, ALL),
        ({"actor": [facility("79009", "CST")]}, set()),
        ({"dataPeriod": {"start": "2024-03-06", "end": "2024-03-06"}}, ALL - {"hiv"}),  # without a date: closed too
        ({"period": {"end": "2020-01-01"}}, set()),
        ({"period": {"start": "2100-01-01"}}, set()),
        ({"purpose": [{"code": "TREAT"}]}, ALL),
        ({"actor": [known("urn:yteso:account", "nguoi-khac")]}, set()),
        ({"actor": [known("urn:yteso:account", MAKER.name)]}, ALL),
        ({"actor": [of_role("nurse")]}, set()),
        ({"dataPeriod": {"end": "2020-01-01"}}, LABELLED - {"hiv"}),
        ({"actor": [facility("79001")]}, set()),
        ({"purpose": [{"code": "HPAYMT"}]}, set()),
        ({"actor": [{"reference": {"display": "ai đó"}}]}, ALL),
    ],
)
def test_a_refusal_closes_the_part_it_names(database, store, record, provision, hidden):
    say(database, store, consent("c", type="deny", **provision))
    assert seen(database, store, MAKER) == ALL - hidden


def test_a_permission_opens_the_labels_it_names_to_whom_it_names(database, store, record):
    say(database, store, consent("p", type="permit", actor=[facility("79001")]))
    assert seen(database, store, OTHER) == {"flu"}
    given = consent("c", type="permit", actor=[facility("79001")], securityLabel=[{"code": "HIV"}])
    say(database, store, given)
    assert seen(database, store, OTHER) == ALL
    assert seen(database, store, replace(OTHER, facility="79003")) == set()
    unproved = {name: value for name, value in given.items() if name != "verification"}
    say(database, store, unproved)
    assert seen(database, store, OTHER) == {"flu"}


@pytest.mark.parametrize(
    ("part", "shown"),
    [
        ({"dataPeriod": {"start": "2024-03-05", "end": "2024-03-05"}}, {"flu", "hiv"}),
        ({"dataPeriod": {"end": "2024-12-31"}}, {"flu", "hiv"}),
        ({"dataPeriod": {"start": "2025-01-01"}}, {"flu"}),
        ({"class": [{"code": "Condition"}]}, {"flu", "hiv"}),
        ({"data": [{"meaning": "instance", "reference": {"reference": "Condition/hiv"}}]}, {"flu"}),
        ({"code": [{"coding": [{"system": ICD10, "code": "J11"}]}]}, {"flu"}),
        ({"action": [{"coding": [{"code": "correct"}]}]}, {"flu"}),
        ({"action": [{"coding": [{"code": "correct"}]}, {"coding": [{"code": "access"}]}]}, ALL),
        ({"period": {"end": "2020-01-01"}}, {"flu"}),
        ({"period": {"start": "2100-01-01"}}, {"flu"}),
        ({"period": {"start": "2020-01-01", "end": "2100-01-01"}}, ALL),
        ({"purpose": [{"code": "HRESCH"}]}, {"flu"}),
        ({"purpose": [{"code": "TREAT"}]}, ALL),
        ({"actor": [facility("79001"), facility("79009", "CST")]}, {"flu"}),
        ({"actor": [facility("79001"), facility("79002", "CST")]}, ALL),
        ({"actor": [known("urn:yteso:account", "nguoi-khac")]}, {"flu"}),
        ({"actor": [known("urn:yteso:account", OTHER.name)]}, ALL),
        ({"actor": [of_role("nurse")]}, {"flu"}),
        ({"actor": [of_role("doctor")]}, ALL),
    ],
)
def test_a_permission_opens_no_more_than_the_part_it_names(database, store, record, part, shown):
    """What lies in no time (without a date) is opened by no permission of a time."""
    hiv = {"securityLabel": [{"code": "HIV"}]}
    say(database, store, consent("c", **{"type": "permit", "actor": [facility("79001")], **hiv, **part}))
    assert seen(database, store, OTHER) == shown


def test_an_exception_of_a_time_is_one_for_that_time_alone(database, store, record):
    when = {"start": "2024-03-06", "end": "2024-03-06"}
    but = {"type": "permit", "actor": [facility("79001")], "dataPeriod": when}
    say(database, store, consent("c", type="deny", provision=[but]))
    assert seen(database, store, OTHER) == {"flu"}
    but["dataPeriod"] = {"start": "2025-01-01"}
    say(database, store, consent("c", type="deny", provision=[but]))
    assert seen(database, store, OTHER) == set()


def test_an_exception_of_an_exception_counts(database, store, record):
    but = {"type": "deny", "class": [{"code": "Condition"}]}
    inner = {"type": "permit", "securityLabel": [{"code": "HIV"}], "provision": [but]}
    say(database, store, consent("c", type="permit", actor=[facility("79001")], provision=[inner]))
    assert seen(database, store, OTHER) == LABELLED - {"hiv"}


def test_an_exception_for_nobody_who_can_be_told_opens_nothing(database, store, record):
    inner = {"type": "permit", "securityLabel": [{"code": "HIV"}]}
    unknown = {"reference": {"display": "ai đó"}}
    told = consent("c", type="deny", actor=[unknown], **{"class": [{"code": "Claim"}]}, provision=[inner])
    say(database, store, told)
    assert seen(database, store, OTHER) == {"flu"}


@pytest.mark.parametrize("provision", [{}, {"actor": [facility("79001")]}])
def test_opting_out_by_the_base_rule_is_a_refusal(database, store, record, provision):
    out = {"policyRule": {"coding": [{"code": "OPTOUT"}]}}
    say(database, store, {**consent("c", **provision), **out})
    assert seen(database, store, OTHER) == set()
    assert seen(database, store, MAKER) == (ALL if provision else set())


def test_a_consent_too_long_to_be_kept_closes_the_record(database, store, record):
    """22,500 rules: each look at the record would walk them, and there is no number for the last ones."""
    many = {
        "actor": [facility(f"{n:05}") for n in range(150)],
        "purpose": [{"code": f"P{n}"} for n in range(150)],
    }
    assert len(consent_rules(consent("c", type="permit", **many))) == 1
    say(database, store, consent("c", type="permit", **many))
    assert seen(database, store, OTHER) == set()
    assert seen(database, store, SELF) == ALL


def test_consents_that_are_there_are_read_anew_with_the_index(database, store, record):
    say(database, store, consent("c", type="deny", actor=[facility("79001")]))
    with database.connection() as conn:
        conn.execute("DELETE FROM store.consent_rule")
        rules = conn.execute(
            "INSERT INTO store.parameter (id, url, code, types, state, definition)"
            " VALUES ('*', '', '', %s, 'indexing', '{}')",
            ([TYPE_NUMBER["Consent"]],),
        )
        assert rules.rowcount == 1
        conn.execute("UPDATE store.parameter SET seen = now() - interval '1 day', fence = 0")
    assert seen(database, store, OTHER) == {"flu"}
    while Reindex(database, store).step("*"):
        pass
    assert seen(database, store, OTHER) == set()


def test_an_exception_is_one_for_the_labels_it_names_alone(database, store, record):
    hiv = {"securityLabel": [{"code": "HIV"}]}
    but = {"type": "permit", "actor": [facility("79002")]}
    say(database, store, consent("c", type="deny", provision=[but], **hiv))
    assert seen(database, store, MAKER) == {"flu"}
    say(database, store, consent("c", type="deny", provision=[{**but, **hiv}], **hiv))
    assert seen(database, store, MAKER) == ALL


@pytest.mark.parametrize(
    "part",
    [
        {"period": {"end": "2020-01-01"}},
        {"period": {"start": "2100-01-01"}},
        {"purpose": [{"code": "HRESCH"}]},
        {"class": [{"code": "Patient"}]},
        {"actor": [facility("79001"), facility("79009", "CST")]},
        {"actor": [known("urn:yteso:account", "nguoi-khac")]},
    ],
)
def test_an_exception_that_does_not_fit_is_none(database, store, record, part):
    but = {"type": "permit", "actor": [facility("79001")], **part}
    say(database, store, consent("c", type="deny", provision=[but]))
    assert seen(database, store, OTHER) == set()


def test_closed_to_everybody_but_one(database, store, record):
    but = {"type": "permit", "actor": [facility("79001")]}
    say(database, store, consent("c", type="deny", provision=[but]))
    assert seen(database, store, OTHER) == {"flu"}
    assert seen(database, store, MAKER) == set()


@pytest.mark.parametrize("name", ["plain", 'a"b', "back\\slash", "{comma,}", "NULL", "", " blank "])
def test_whom_a_closing_binds_is_told_to_the_letter(database, name):
    one = Closed(name, name, "doctor", name, own=3, anywhere=0, person=None)
    other = replace(one, person=-7)
    with database.connection() as conn:
        for closed, person in ((one, None), (other, "-7")):
            told = closed.condition("r", past=False).params[-1]
            (found,) = conn.execute("SELECT %s::text[]", (told,)).fetchone()
            assert found == [name, name, "doctor", name, "3", "0", person]
