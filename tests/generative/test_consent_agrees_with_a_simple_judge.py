"""Random histories of consents, withdrawals, openings, merges and labels: who sees what is what a judge of sets says.

The judge follows the words of ADR 33 and 41 over plain values and knows nothing of SQL, columns or bits.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import chain

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yteso.access.consent import closed_to
from yteso.access.principal import Principal, Role
from yteso.access.restriction import Restriction
from yteso.access.types import PATIENT_TYPES
from yteso.base.clock import day_in_vietnam, system_clock
from yteso.db import Database
from yteso.search.keys import number, patient_key
from yteso.search.parse import parse
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put, Remove

NOW = system_clock()
TODAY = day_in_vietnam(NOW)
WRITER = Principal("nap-lieu", Role.SYSTEM)
A, B = "79001", "79002"
EVERYWHEN = (date.min, date.max)
SECRET = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "V"}


def years_ago(years, days=0):
    return (TODAY - timedelta(days=round(years * 365.25) + days)).isoformat()


@dataclass(frozen=True)
class Fact:
    """One resource as the judge knows it; `day` None: undated."""

    id: str
    type: str
    patient: str
    labels: frozenset[str]
    maker: str
    day: str | None
    code: str = "J11"


BORN = {
    "kin": "1980-01-01",
    "twin": "1980-01-01",
    "mother": "1985-05-05",
    "teen": years_ago(17, 3),
    "child": years_ago(9),
}
FACTS = [
    *(Fact(one, "Patient", one, frozenset(), "", born, "") for one, born in BORN.items()),
    Fact("flu", "Condition", "kin", frozenset(), A, "2024-03-06"),
    Fact("hiv", "Condition", "kin", frozenset({"HIV"}), B, "2024-03-05", "B20"),
    Fact("sad", "Condition", "kin", frozenset({"PSY"}), A, "2024-05-01", "F32"),
    Fact("hiv-undated", "Condition", "kin", frozenset({"HIV"}), A, None, "Z21"),
    Fact("secret", "Condition", "kin", frozenset({"V"}), A, "2024-03-05"),
    Fact("order", "ServiceRequest", "kin", frozenset({"ETH"}), B, "2023-01-01", "F11"),
    Fact("plain-order", "ServiceRequest", "kin", frozenset(), B, None, "J11"),
    Fact("twin-flu", "Condition", "twin", frozenset(), A, "2024-03-06"),
    Fact("twin-hiv", "Condition", "twin", frozenset({"HIV"}), A, "2024-03-06", "B20"),
    Fact("child-hiv", "Condition", "child", frozenset({"HIV"}), A, None, "B20"),
    Fact("child-hit", "Condition", "child", frozenset({"SDV"}), A, years_ago(1), "T74"),
    Fact("teen-flu", "Condition", "teen", frozenset(), A, years_ago(0.2)),
    Fact("teen-hiv-14", "Condition", "teen", frozenset({"HIV"}), A, years_ago(2.5), "B20"),
    Fact("teen-hiv-15", "Condition", "teen", frozenset({"HIV"}), A, years_ago(1.5), "B20"),
    Fact("teen-pill-15", "Condition", "teen", frozenset({"SEX"}), A, years_ago(1.5), "Z30"),
    Fact("teen-pill-16", "Condition", "teen", frozenset({"SEX"}), A, years_ago(0.5), "Z30"),
    Fact("teen-home", "Condition", "teen", frozenset({"MINOR"}), A, years_ago(0.5), "Z61"),
]
EARLIER = {"flu": (frozenset({"HIV"}), "Z21"), "hiv": (frozenset(), "J10")}
"""What the first of two versions carried."""
VISITS = {("kin", A), ("kin", B), ("twin", A), ("teen", A)}
WARDS = {"mother": {"teen", "child"}}
PEOPLE = {
    "doctor-a": Principal("doctor-a", Role.DOCTOR, A),
    "doctor-b": Principal("doctor-b", Role.DOCTOR, B),
    "nurse-a": Principal("nurse-a", Role.NURSE, A),
    "lab-b": Principal("lab-b", Role.LAB, B, purpose="HRESCH"),
    "staff-a": Principal("staff-a", Role.STAFF, A),
    "kin": Principal("c-kin", Role.CITIZEN, person="kin", purpose="PATRQT"),
    "twin": Principal("c-twin", Role.CITIZEN, person="twin", purpose="PATRQT"),
    "mother": Principal("c-mother", Role.CITIZEN, person="mother", purpose="FAMRQT"),
    "officer": Principal("officer", Role.SURVEILLANCE),
}
OWN = {
    Role.DOCTOR: {"HIV", "PSY", "SEX", "ETH", "SDV", "MINOR", "R", "V"},
    Role.NURSE: {"HIV", "PSY", "SEX", "ETH", "SDV", "MINOR", "R"},
    Role.LAB: {"HIV", "SEX", "ETH"},
}
WARD_AGE = {"HIV": 15, "PSY": 16, "SEX": 16, "ETH": 16, "R": 16, "MINOR": 18}


@dataclass(frozen=True)
class Says:
    """One provision in plain values. Empty sets are "whatever it is"; a recipient is (facility, account, role)."""

    permits: bool
    recipients: frozenset[tuple[str, str, str]] = frozenset()
    purposes: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    makers: frozenset[str] = frozenset()
    days: tuple[date, date] = EVERYWHEN
    hours: tuple[int, int] | None = None
    """When it holds, in hours from now; None: always."""
    beyond: str = ""
    """A part that no row can be asked for: `data`, `code`, `action`."""

    @property
    def runs(self):
        return self.hours is None or self.hours[0] <= 0 < self.hours[1]

    def concerns(self, who, fact, recipient):
        facility, account, role = recipient
        return (
            self.runs
            and facility in ("", who.facility)
            and account in ("", who.name)
            and role in ("", who.role.value)
            and (not self.purposes or who.purpose in self.purposes)
            and (not self.types or fact.type in self.types)
            and (not self.makers or fact.maker in self.makers)
        )

    def whom(self):
        return self.recipients or {("", "", "")}


@dataclass(frozen=True)
class Told:
    """A Consent: what it says, its exceptions, and those of its last exception. `opted_out`: by its base rule alone."""

    patient: str
    status: str
    proved: bool
    outer: Says
    inner: tuple[Says, ...] = ()
    innermost: tuple[Says, ...] = ()
    opted_out: bool = False

    def said(self):
        """Each statement, about whom it names, else about whom the one around it names."""
        outer = replace(self.outer, permits=self.outer.permits and not self.opted_out)
        inner = [inherit(one, outer) for one in self.inner]
        return outer, *inner, *(inherit(one, inner[-1]) for one in (self.innermost if inner else ()))

    def statements(self):
        """Inactive says nothing; rejected refuses all; nothing is permitted without proof, or that cannot be told."""
        if self.status == "inactive":
            return
        for one in self.said():
            refuses = self.status == "rejected" or not one.permits
            if refuses or (self.proved and not one.beyond):
                yield Says(
                    not refuses, one.recipients, one.purposes, one.types, one.labels, one.makers, one.days, one.hours
                )


def inherit(inner, outer):
    return inner if inner.recipients else replace(inner, recipients=outer.recipients)


@dataclass(frozen=True)
class Opening:
    """A record open for a while: `kind` v (a facility) or g (an account)."""

    kind: str
    patient: str
    facility: str
    account: str
    second: bool
    hours: tuple[int, int]

    def serves(self, who):
        return (
            self.hours[0] <= 0 < self.hours[1]
            and self.facility == who.facility
            and (self.kind == "v" or self.account == who.name)
        )


@dataclass(frozen=True)
class History:
    """What happened. `merged`: kin and twin are one person; `one_sided`: only one of them says so."""

    told: tuple[Told, ...] = ()
    openings: tuple[Opening, ...] = ()
    merged: bool = False
    one_sided: bool = False
    statements: dict = field(default_factory=dict, compare=False)


def judge(history, who, fact):
    """Whether this principal sees this fact."""
    same = {"kin", "twin"} if history.merged and fact.patient in ("kin", "twin") else {fact.patient}
    wards = WARDS.get(who.person, set()) if who.role is Role.CITIZEN else set()
    opened = [one for one in history.openings if one.patient in same and one.serves(who)]
    if who.role is Role.CITIZEN and who.person in same:
        return True
    if who.role is Role.CITIZEN and fact.patient not in wards:
        return False
    if who.facility and (fact.patient, who.facility) not in VISITS and not opened:
        return False
    said = [one for told in history.told if told.patient in same for one in told.statements()]
    return shows_labels(who, fact, opened, said, wards) and (bool(opened) or not is_closed(who, fact, said))


def shows_labels(who, fact, opened, said, wards):
    glass = [one for one in opened if one.kind == "g"]
    return (
        not fact.labels
        or (who.facility == fact.maker and fact.labels <= OWN.get(who.role, set()))
        or (bool(glass) and ("V" not in fact.labels or any(one.second for one in glass)))
        or any(
            one.permits
            and fact.labels <= one.labels
            and lies_within(fact, one.days)
            and any(one.concerns(who, fact, whom) for whom in one.whom())
            for one in said
        )
        or (fact.patient in wards and all(is_before(fact, WARD_AGE.get(label)) for label in fact.labels))
    )


def is_before(fact, age):
    """Whether the fact is from before this birthday; one without a date counts as of today."""
    if age is None:
        return False
    born = date.fromisoformat(BORN[fact.patient])
    day = date.fromisoformat(fact.day) if fact.day else TODAY
    return (day.year - born.year, day.month, day.day) < (age, born.month, born.day)


def is_closed(who, fact, said):
    """Refused to this one; whoever is permitted by name is an exception to what is refused to nobody by name."""
    day = date.fromisoformat(fact.day) if fact.day else None
    for refusal in (one for one in said if not one.permits):
        for whom in refusal.whom():
            if not refusal.concerns(who, fact, whom) or (refusal.labels and not refusal.labels & fact.labels):
                continue
            if day and not refusal.days[0] <= day <= refusal.days[1]:
                continue
            if whom[:2] == ("", "") and any(excepts(one, refusal, who, fact) for one in said):
                continue
            return True
    return False


def lies_within(fact, days):
    """Whether a permission of this time is about the fact; one without a date lies in no time."""
    return days == EVERYWHEN or (bool(fact.day) and days[0] <= date.fromisoformat(fact.day) <= days[1])


def excepts(permission, refusal, who, fact):
    return (
        permission.permits
        and lies_within(fact, permission.days)
        and (not refusal.labels or fact.labels <= permission.labels)
        and any(whom[:2] != ("", "") and permission.concerns(who, fact, whom) for whom in permission.whom())
    )


# The same history as FHIR resources and rows.

ICD10, SID = "http://hl7.org/fhir/sid/icd-10", "http://fhir.hl7.org.vn/core/sid/ma-cskcb"


def resource_of(fact):
    if fact.type == "Patient":
        return {"resourceType": "Patient", "id": fact.id, "birthDate": fact.day}
    dated = {"Condition": "recordedDate", "ServiceRequest": "authoredOn"}[fact.type]
    return {
        "resourceType": fact.type,
        "id": fact.id,
        **({"meta": {"security": [SECRET]}} if "V" in fact.labels else {}),
        "subject": {"reference": f"Patient/{fact.patient}"},
        "code": {"coding": [{"system": ICD10, "code": fact.code}]},
        **({dated: fact.day} if fact.day else {}),
    }


def visit(patient, facility):
    return {
        "resourceType": "Encounter",
        "id": f"e-{patient}-{facility}",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": f"Patient/{patient}"},
        "serviceProvider": {"identifier": {"system": SID, "value": facility}},
    }


def ward(parent, child):
    return {
        "resourceType": "RelatedPerson",
        "id": f"r-{child}",
        "extension": [{"url": "urn:yteso:representation-evidence", "valueString": "giấy khai sinh"}],
        "identifier": [{"system": "urn:yteso:patient", "value": parent}],
        "patient": {"reference": f"Patient/{child}"},
        "relationship": [{"coding": [{"code": "MTH"}]}],
    }


def link(patient, other, kind):
    person = resource_of(next(one for one in FACTS if one.id == patient))
    return {**person, "link": [{"other": {"reference": f"Patient/{other}"}, "type": kind}]}


def actor(facility, account, role, part="IRCP"):
    coding = [{"code": part}]
    if role:
        coding.append({"system": "urn:yteso:role", "code": role})
    named = {"system": SID, "value": facility} if facility else {"system": "urn:yteso:account", "value": account}
    known = {"reference": {"identifier": named}} if facility or account else {}
    return {"role": {"coding": coding}, **known}


def provision(one):
    hours = one.hours and {"start": hour(one.hours[0]), "end": hour(one.hours[1])}
    days = one.days != EVERYWHEN and {"start": one.days[0].isoformat(), "end": one.days[1].isoformat()}
    actors = [actor(*whom) for whom in sorted(one.recipients)] + [actor(m, "", "", "CST") for m in sorted(one.makers)]
    parts = {
        "actor": actors,
        "purpose": [{"code": code} for code in sorted(one.purposes)],
        "class": [{"code": code} for code in sorted(one.types)],
        "securityLabel": [{"code": code} for code in sorted(one.labels)],
        "dataPeriod": days,
        "period": hours,
        **BEYOND.get(one.beyond, {}),
    }
    return {"type": "permit" if one.permits else "deny", **{name: value for name, value in parts.items() if value}}


BEYOND = {
    "data": {"data": [{"meaning": "instance", "reference": {"reference": "Condition/hiv"}}]},
    "code": {"code": [{"coding": [{"system": ICD10, "code": "B20"}]}]},
    "action": {"action": [{"coding": [{"code": "correct"}]}]},
}


def hour(hours):
    return (NOW + timedelta(hours=hours)).isoformat()


def consent_of(n, told):
    return {
        "resourceType": "Consent",
        "id": f"consent-{n}",
        "status": told.status,
        "scope": {"coding": [{"code": "patient-privacy"}]},
        "category": [{"coding": [{"code": "INFA"}]}],
        "patient": {"reference": f"Patient/{told.patient}"},
        **({"verification": [{"verified": True}]} if told.proved else {}),
        **({"policyRule": {"coding": [{"code": "OPTOUT"}]}} if told.opted_out else {}),
        "provision": provisions(told),
    }


def provisions(told):
    outer, inner = provision(told.outer), [provision(one) for one in told.inner]
    if told.opted_out:
        del outer["type"]
    if inner and told.innermost:
        inner[-1]["provision"] = [provision(one) for one in told.innermost]
    return {**outer, **({"provision": inner} if inner else {})}


# What may happen.

HOURS = st.sampled_from([None, None, None, (-48, -24), (-1, 24), (24, 48)])
RECIPIENTS = st.sampled_from(
    [(A, "", ""), (B, "", ""), ("", "doctor-a", ""), ("", "", "nurse"), (A, "", "doctor"), ("", "c-mother", "")]
)
LABELS = st.sampled_from(["HIV", "PSY", "ETH", "V"])
SAYS = st.builds(
    Says,
    permits=st.booleans(),
    recipients=st.frozensets(RECIPIENTS, max_size=2),
    purposes=st.sampled_from([frozenset(), frozenset(), frozenset({"TREAT"}), frozenset({"HRESCH"})]),
    types=st.sampled_from(
        [frozenset(), frozenset(), frozenset({"Condition"}), frozenset({"ServiceRequest", "Patient"})]
    ),
    labels=st.frozensets(LABELS, max_size=3),
    makers=st.sampled_from([frozenset(), frozenset(), frozenset({A}), frozenset({B})]),
    days=st.sampled_from(
        [EVERYWHEN, EVERYWHEN, (date(2024, 3, 5), date(2024, 3, 5)), (date(2020, 1, 1), date(2024, 4, 1))]
    ),
    hours=HOURS,
    beyond=st.sampled_from(["", "", "", "", "data", "code", "action"]),
)
BROAD = st.builds(
    Says,
    permits=st.booleans(),
    recipients=st.sampled_from([frozenset(), frozenset({(A, "", "")}), frozenset({("", "doctor-a", "")})]),
    labels=st.sampled_from([frozenset(), frozenset({"HIV"}), frozenset({"HIV", "PSY", "ETH"})]),
)
TOLD = st.builds(
    Told,
    patient=st.sampled_from(["kin", "kin", "twin", "teen", "child"]),
    status=st.sampled_from(["active", "active", "active", "rejected", "inactive"]),
    proved=st.sampled_from([True, True, True, False]),
    outer=BROAD | SAYS,
    inner=st.lists(BROAD | SAYS, max_size=2).map(tuple),
    innermost=st.lists(BROAD, max_size=1).map(tuple),
    opted_out=st.sampled_from([False, False, False, True]),
)
CLOSED_BUT = st.builds(
    lambda outer, inner: Told("kin", "active", proved=True, outer=outer, inner=(inner,)),
    st.builds(
        Says,
        permits=st.sampled_from([False]),
        labels=st.sampled_from([frozenset(), frozenset({"HIV"}), frozenset({"PSY", "HIV"})]),
    ),
    BROAD,
)
"""Closed to everybody, with an exception: the commonest thing that has parts."""
OPENINGS = st.builds(
    Opening,
    kind=st.sampled_from("vg"),
    patient=st.sampled_from(["kin", "twin", "child"]),
    facility=st.sampled_from([A, B]),
    account=st.sampled_from(["doctor-a", "doctor-b", "nurse-a"]),
    second=st.booleans(),
    hours=st.sampled_from([(-1, 3), (-1, 3), (-5, -1)]),
)
HISTORIES = st.builds(
    History,
    told=st.lists(CLOSED_BUT | TOLD, max_size=4).map(tuple),
    openings=st.lists(OPENINGS, max_size=2).map(tuple),
    merged=st.booleans(),
    one_sided=st.booleans(),
)


@pytest.fixture(scope="module")
def record(fresh_database):
    """The facts, written once by the facilities that made them."""
    with fresh_database() as dsn:
        database, store = Database(dsn, max_size=2).open(), PostgresStore()
        with database.connection() as conn:
            for one in FACTS:
                if one.id in EARLIER:
                    labels, code = EARLIER[one.id]
                    earlier = Put(resource_of(replace(one, labels=labels, code=code)))
                    store.write(conn, Principal("nap-lieu", Role.SYSTEM, one.maker), [earlier])
            for maker in (A, B, ""):
                who = Principal("nap-lieu", Role.SYSTEM, maker)
                store.write(conn, who, [Put(resource_of(one)) for one in FACTS if one.maker == maker])
            store.write(conn, WRITER, [Put(visit(*one)) for one in sorted(VISITS)])
            store.write(
                conn, WRITER, [Put(ward(parent, child)) for parent, own in WARDS.items() for child in sorted(own)]
            )
        yield database, store
        database.close()


def happen(conn, store, history):
    """Everything of before is taken back, as its person would; then this history is told."""
    before = [
        row[0] for row in conn.execute("SELECT id FROM store.resource WHERE id LIKE 'consent-%' AND hash IS NOT NULL")
    ]
    store.write(conn, WRITER, [Remove("Consent", one) for one in before])
    conn.execute("DELETE FROM store.opening")
    pair = [link("kin", "twin", "replaced-by"), link("twin", "kin", "replaces")]
    alone = [resource_of(one) for one in FACTS if one.id in ("kin", "twin")]
    written = pair if history.merged else [pair[0], alone[1]] if history.one_sided else alone
    store.write(conn, WRITER, [Put(one) for one in written])
    store.write(conn, WRITER, [Put(consent_of(n, one)) for n, one in enumerate(history.told)])
    for one in history.openings:
        conn.execute(
            "INSERT INTO store.opening (kind, pat, patient, facility, account, since, until, second, wants_second,"
            " opened_by, reason, words) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, true, 'x', 'x', repeat('x', 20))",
            (
                one.kind, number(patient_key(one.patient)), one.patient, one.facility,
                one.account if one.kind == "g" else "", hour(one.hours[0]), hour(one.hours[1]),
                "another" if one.second else None,
            ),
        )  # fmt: skip


def limit_of(who):
    """Care or oneself, and what is closed; every type, so that the labels alone decide."""
    bound = {"care_types": PATIENT_TYPES} if who.facility or who.person else {}
    if who.facility:
        bound |= {"care_facility": who.facility, "care_account": who.name}
    return Restriction(types=None, person=who.person, also=(closed_to(who),), **bound)


def found(conn, store, who, type, text):
    query, issues = parse(type, text)
    assert not issues, issues
    page = store.search(conn, who, limit_of(who), query)
    return {one.id for one in page.matches}, page.total, {one.id for one in page.included}


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(HISTORIES)
def test_who_sees_what_is_what_the_judge_says(record, history):
    database, store = record
    with database.connection() as conn:
        happen(conn, store, history)
        for who in PEOPLE.values():
            right = {one.id for one in FACTS if judge(history, who, one)}
            read = store.read_many(conn, who, limit_of(who), [(one.type, one.id) for one in FACTS])
            assert {key[1] for key in read} == right, who.name
            assert_past_agrees(conn, store, who, history)
            assert_searches_agree(conn, store, who, right)


NARROWINGS = [
    {},
    {"hours": (-48, -24)},
    {"hours": (24, 48)},
    {"purposes": frozenset({"HRESCH"})},
    {"types": frozenset({"ServiceRequest"})},
    {"makers": frozenset({A})},
    {"days": (date(2025, 1, 1), date(2025, 2, 1))},
    {"labels": frozenset({"PSY"})},
    *({"beyond": part} for part in BEYOND),
]
"""One part each that does not fit most of what is asked: whatever forgets that part answers otherwise."""


@pytest.mark.parametrize("whom", [(A, "", ""), ("", "doctor-a", ""), ("", "", "doctor")])
@pytest.mark.parametrize("permits", [True, False])
def test_each_part_of_what_a_person_says_counts(record, permits, whom):
    """Alone, where nothing else opens or closes: chance seldom leaves a part to decide by itself."""
    labels = frozenset({"HIV", "PSY", "ETH"}) if permits else frozenset()
    for narrowing in NARROWINGS:
        says = replace(Says(permits, frozenset([whom]), labels=labels), **narrowing)
        history = History(told=(Told("kin", "active", proved=True, outer=says),))
        database, store = record
        with database.connection() as conn:
            happen(conn, store, history)
            for who in PEOPLE.values():
                read = store.read_many(conn, who, limit_of(who), [(one.type, one.id) for one in FACTS])
                right = {one.id for one in FACTS if judge(history, who, one)}
                assert {key[1] for key in read} == right, (who.name, narrowing)


def assert_past_agrees(conn, store, who, history):
    """A past version is as sensitive as it was and as its resource is now, and a closing of a time closes it."""
    for fact in (one for one in FACTS if one.id in EARLIER):
        now, was = replace(fact, day=None), replace(fact, day=None, labels=EARLIER[fact.id][0])
        seen = store.read_version(conn, who, limit_of(who), fact.type, fact.id, 1) is not None
        assert seen == (judge(history, who, now) and judge(history, who, was)), (who.name, fact.id)


def assert_searches_agree(conn, store, who, right):
    """The page and its total, what comes by `_include`, through a chain, and through `_has`."""
    named = ",".join(BORN)
    for kind in ("Condition", "ServiceRequest"):
        mine = {one.id for one in FACTS if one.type == kind} & right
        beside = {one.patient for one in FACTS if one.id in mine} & right
        asked = f"patient={named}&_total=accurate&_count=100&_include={kind}:patient"
        assert found(conn, store, who, kind, asked) == (mine, len(mine), beside), who.name
        with_patient = {one.id for one in FACTS if one.id in mine and one.patient in right}
        chained = found(conn, store, who, kind, "patient:Patient.birthdate=gt1900&_count=100")
        assert chained[0] == with_patient, who.name
    coded = {one.patient for one in FACTS if one.code == "B20" and one.id in right} & right
    told = found(conn, store, who, "Patient", "_has:Condition:patient:code=B20&_total=accurate")
    assert told[:2] == (coded, len(coded)), who.name


def test_the_histories_are_worth_judging(record):
    """Each kind of decision is met: otherwise the agreement above would prove little."""
    fact = {one.id: one for one in FACTS}
    refusal, opened = Says(permits=False), Opening("g", "kin", A, "doctor-a", second=False, hours=(-1, 1))
    refused = History(told=(Told("kin", "active", proved=True, outer=refusal),))
    glass = History(told=refused.told, openings=(opened,))
    cases = chain(
        [
            (History(), "doctor-a", "flu", True),
            (History(), "doctor-a", "hiv", False),
            (History(), "doctor-b", "hiv", True),
        ],
        [(refused, "doctor-a", "flu", False), (glass, "doctor-a", "hiv", True), (glass, "doctor-b", "flu", False)],
        [(History(), "mother", "teen-hiv-14", True), (History(), "mother", "teen-hiv-15", False)],
        [(History(), "mother", "teen-pill-15", True), (History(), "mother", "teen-pill-16", False)],
        [(History(), "mother", "child-hit", False), (History(), "mother", "child-hiv", True)],
        [(History(merged=True), "twin", "hiv", True), (History(one_sided=True), "twin", "hiv", False)],
    )
    for history, who, name, expected in cases:
        assert judge(history, PEOPLE[who], fact[name]) is expected, (who, name)
