"""Invented resources and queries: PostgreSQL's answer is the answer of a judge that reads every resource.

The judge follows the words of FHIR R4 §3.1.1.4 and knows nothing of tokens, columns or side tables.
"""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yteso.access.principal import Principal, Role
from yteso.access.restriction import EVERYTHING
from yteso.base.text import fold
from yteso.fhir.dates import HIGHEST, LOWEST, interval
from yteso.search.parse import parse
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put

WHO = Principal("giam-khao", Role.INTEGRATOR)
NOW = datetime(2026, 1, 1, tzinfo=UTC)

SYSTEMS = st.sampled_from([None, "http://a", "http://b"])
CODES = st.sampled_from(["1", "2", "x,y", "p|q"])
PATIENTS = st.sampled_from(["p1", "p2"])
WORDS = st.sampled_from(["Nguyễn", "Đức", "Thử", "nguyen", "Ân", "Thư"])
NAMES = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)
DATES = st.sampled_from(
    [
        "2023",
        "2024",
        "2024-02",
        "2024-03-05",
        "2024-03-05T10:00:00+07:00",
        "2024-03-05T03:00:00Z",
        "2024-03-06",
        "2025-01-01",
    ]
)
NUMBERS = st.sampled_from(["5", "5.0", "5.04", "5.05", "5.1", "-5", "100", "0.5"])
UNITS = st.sampled_from([None, ("http://u", "mg"), ("http://u", "g"), ("http://v", "mg")])
PROFILES = st.sampled_from(["http://p/1", "http://p/2", "http://p/1/a", "http://p/1/a|2", "http://p/11", "urn:p:1"])


def without_nones(**fields):
    return {name: value for name, value in fields.items() if value not in (None, [], {})}


@st.composite
def concepts(draw):
    pairs = draw(st.lists(st.tuples(SYSTEMS, CODES), max_size=3))
    return {"coding": [without_nones(system=system, code=code) for system, code in pairs]} if pairs else None


@st.composite
def periods(draw):
    """Of two dates the earlier one is the start: an end before its start is no Period (invariant per-1)."""
    start, end = draw(st.none() | DATES), draw(st.none() | DATES)
    if start and end and interval(start)[0] > interval(end)[1]:
        start, end = end, start
    return without_nones(start=start, end=end) or None


@st.composite
def quantities(draw):
    unit = draw(UNITS)
    system, code = unit or (None, None)
    return without_nones(value=Decimal(draw(NUMBERS)), system=system, code=code)


@st.composite
def observations(draw):
    date = draw(st.sampled_from(["effectiveDateTime", "effectivePeriod", None]))
    return without_nones(
        resourceType="Observation",
        meta=without_nones(profile=draw(st.lists(PROFILES, max_size=2, unique=True))),
        status=draw(st.sampled_from(["final", "preliminary"])),
        code=draw(concepts()),
        subject={"reference": f"Patient/{draw(PATIENTS)}"} if draw(st.booleans()) else None,
        performer=[{"reference": f"Patient/{draw(PATIENTS)}"}] if draw(st.booleans()) else None,
        effectiveDateTime=draw(DATES) if date == "effectiveDateTime" else None,
        effectivePeriod=draw(periods()) if date == "effectivePeriod" else None,
        valueQuantity=draw(st.none() | quantities()),
        valueString=draw(st.none() | NAMES),
        valueDateTime=draw(st.none() | DATES),
    )


# --- the judge --------------------------------------------------------------------------------------------------------


def codings(resource):
    return resource.get("code", {}).get("coding", [])


def judge_code(resource, system, code):
    return any(
        (code == "" or one["code"] == code) and (system is None or one.get("system", "") == system)
        for one in codings(resource)
    )


def judge_reference(resource, element, id):
    values = resource.get(element, [])
    return any(one["reference"] == f"Patient/{id}" for one in (values if isinstance(values, list) else [values]))


def span(resource):
    if "effectiveDateTime" in resource:
        return interval(resource["effectiveDateTime"])
    period = resource.get("effectivePeriod")
    if not period:
        return None
    low = interval(period["start"])[0] if "start" in period else LOWEST
    high = interval(period["end"])[1] if "end" in period else HIGHEST
    return low, high


def judge_date(target, prefix, text):
    if target is None:
        return False
    (lo, hi), (low, high) = target, interval(text)
    contained = low <= lo and hi <= high
    return {
        "eq": contained,
        "ne": not contained,
        "gt": hi > high,
        "lt": lo < low,
        "ge": hi > high or contained or lo >= low,
        "le": lo < low or contained or (lo <= high and hi <= high),
        "sa": lo > high,
        "eb": hi < low,
    }[prefix]


def judge_number(quantity, prefix, text, unit):
    if quantity is None:
        return False
    if unit == "code" and quantity.get("code") != "mg":
        return False
    if unit == "full" and (quantity.get("system"), quantity.get("code")) != ("http://u", "mg"):
        return False
    value, asked = quantity["value"], Decimal(text)
    half = Decimal(5).scaleb(asked.as_tuple().exponent - 1)
    near = asked - half <= value < asked + half
    return {
        "eq": near,
        "ne": not near,
        "gt": value > asked,
        "lt": value < asked,
        "ge": value >= asked,
        "le": value <= asked,
    }[prefix]


def judge_string(text, asked):
    return text is not None and f" {fold(asked)}" in f" {fold(text)}"


def escaped(text):
    return text.replace("|", "\\|").replace(",", "\\,")


@st.composite
def asks(draw):
    """(name, value, judge) of one search parameter."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    return KINDS[kind](draw)


def ask_code(draw):
    system, code = draw(st.sampled_from([None, "", "http://a", "http://b"])), draw(CODES | st.just(""))
    if not code and not system:
        code = "1"
    text = escaped(code) if system is None else f"{system}|{escaped(code)}"
    negative = draw(st.booleans())
    return (
        ("code:not", text, lambda r: not judge_code(r, system, code))
        if negative
        else ("code", text, lambda r: judge_code(r, system, code))
    )


def ask_codes(draw):
    chosen = draw(st.lists(CODES, min_size=2, max_size=3, unique=True))
    return "code", ",".join(map(escaped, chosen)), lambda r: any(judge_code(r, None, one) for one in chosen)


def ask_status(draw):
    status = draw(st.sampled_from(["final", "preliminary", "amended"]))
    return "status", status, lambda r: r["status"] == status


def ask_reference(draw):
    name, element = draw(st.sampled_from([("subject", "subject"), ("patient", "subject"), ("performer", "performer")]))
    patient = draw(PATIENTS)
    form = draw(st.sampled_from(["{}", "Patient/{}"])) if name != "performer" else "Patient/{}"
    return name, form.format(patient), lambda r: judge_reference(r, element, patient)


def ask_date(draw):
    prefix, text = draw(st.sampled_from(["", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb"])), draw(DATES)
    return "date", prefix + text, lambda r: judge_date(span(r), prefix or "eq", text)


def ask_value_date(draw):
    prefix, text = draw(st.sampled_from(["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb"])), draw(DATES)
    return (
        "value-date",
        prefix + text,
        lambda r: judge_date(interval(r["valueDateTime"]) if "valueDateTime" in r else None, prefix, text),
    )


def ask_quantity(draw):
    prefix, text = draw(st.sampled_from(["eq", "ne", "gt", "lt", "ge", "le"])), draw(NUMBERS)
    unit = draw(st.sampled_from(["", "code", "full"]))
    suffix = {"": "", "code": "||mg", "full": "|http://u|mg"}[unit]
    return (
        "value-quantity",
        f"{prefix}{text}{suffix}",
        lambda r: judge_number(r.get("valueQuantity"), prefix, text, unit),
    )


def ask_string(draw):
    asked = draw(NAMES)[: draw(st.integers(1, 8))].strip()
    return "value-string", asked, lambda r: judge_string(r.get("valueString"), asked)


def ask_contains(draw):
    asked = draw(WORDS)[1:]
    return "value-string:contains", asked, lambda r: fold(asked) in fold(r.get("valueString", ""))


def ask_exact(draw):
    asked = draw(NAMES)
    return "value-string:exact", asked, lambda r: r.get("valueString") == asked


def ask_profile(draw):
    profile = draw(PROFILES)
    claimed = lambda r: r.get("meta", {}).get("profile", [])  # noqa: E731
    return "_profile", profile, lambda r: any(profile in (one, one.partition("|")[0]) for one in claimed(r))


def ask_profile_below(draw):
    asked = draw(st.sampled_from(["http://p", "http://p/", "http://p/1", "http://p/1/a", "http://p/1/", "urn:p:1"]))
    bare = asked.rstrip("/")

    def judge(resource):
        claimed = [one.partition("|")[0] for one in resource.get("meta", {}).get("profile", [])]
        return any(one == bare or one.startswith(f"{bare}/") for one in claimed)

    return "_profile:below", asked, judge


def ask_missing(draw):
    name, there = draw(
        st.sampled_from(
            [
                ("status", lambda r: True),
                ("performer", lambda r: "performer" in r),
                ("subject", lambda r: "subject" in r),
                ("date", lambda r: span(r) is not None),
                ("value-date", lambda r: "valueDateTime" in r),
                ("value-quantity", lambda r: "valueQuantity" in r),
                ("value-string", lambda r: "valueString" in r),
                ("_profile", lambda r: bool(r.get("meta", {}).get("profile"))),
            ]
        )
    )
    missing = draw(st.booleans())
    return f"{name}:missing", str(missing).lower(), lambda r: there(r) != missing


# --- the same as tests of _filter -------------------------------------------------------------------------------------


def quoted(text):
    return json.dumps(text)


def code_test(draw):
    system, code = draw(st.sampled_from([None, "http://a", "http://b"])), draw(st.sampled_from(["1", "2"]))
    operator = draw(st.sampled_from(["eq", "ne"]))
    equal = lambda r: judge_code(r, system, code)  # noqa: E731
    holds = equal if operator == "eq" else lambda r: not equal(r)  # Observation.code is mandatory: always there.
    return f"code {operator} {f'{system}|' if system else ''}{code}", holds


def date_test(draw):
    name, of = draw(st.sampled_from([("date", span), ("value-date", value_date)]))
    text, operator = draw(DATES), draw(st.sampled_from(["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "po", "co"]))
    return f"{name} {operator} {text}", lambda r: judge_period(of(r), operator, text)


def value_date(resource):
    return interval(resource["valueDateTime"]) if "valueDateTime" in resource else None


def judge_period(target, operator, text):
    if operator not in ("po", "co") or target is None:
        return judge_date(target, operator, text)
    (lo, hi), (low, high) = target, interval(text)
    return (lo <= high and hi >= low) if operator == "po" else (lo <= low and hi >= high)


def quantity_test(draw):
    operator, number = draw(st.sampled_from(["eq", "ne", "gt", "lt", "ge", "le"])), draw(NUMBERS)
    return (
        f"value-quantity {operator} {number}",
        lambda r: judge_number(r.get("valueQuantity"), operator, number, ""),
    )


def string_test(draw):
    asked = draw(NAMES)[: draw(st.integers(2, 12))].strip()
    compare = {
        "eq": lambda text: text == fold(asked),
        "ne": lambda text: text != fold(asked),
        "co": lambda text: fold(asked) in text,
        "sw": lambda text: text.startswith(fold(asked)),
        "ew": lambda text: text.endswith(fold(asked)),
    }
    operator = draw(st.sampled_from(sorted(compare)))
    return (
        f"value-string {operator} {quoted(asked)}",
        lambda r: "valueString" in r and compare[operator](fold(r["valueString"])),
    )


def reference_test(draw):
    patient = draw(PATIENTS)
    return f"subject re Patient/{patient}", lambda r: judge_reference(r, "subject", patient)


def presence_test(draw):
    name, element = draw(st.sampled_from([("performer", "performer"), ("value-string", "valueString")]))
    there = draw(st.booleans())
    return f"{name} pr {str(there).lower()}", lambda r: (element in r) == there


TESTS = [code_test, date_test, quantity_test, string_test, reference_test, presence_test]


@st.composite
def filters(draw, depth=3):
    """(text, judge): and, or, not in each other; without parentheses they are read from left to right."""
    shape = draw(st.sampled_from(["test", "not", "and", "or", "row"])) if depth else "test"
    if shape == "test":
        return draw(st.sampled_from(TESTS))(draw)
    first, first_holds = draw(filters(depth - 1))
    if shape == "not":
        return f"not ({first})", lambda r: not first_holds(r)
    second, second_holds = draw(filters(depth - 1))
    if shape == "and":
        return f"({first}) and ({second})", lambda r: first_holds(r) and second_holds(r)
    if shape == "or":
        return f"({first}) or ({second})", lambda r: first_holds(r) or second_holds(r)
    third, third_holds = draw(filters(depth - 1))
    return (
        f"({first}) or ({second}) and ({third})",
        lambda r: (first_holds(r) or second_holds(r)) and third_holds(r),
    )


def ask_filter(draw):
    text, holds = draw(filters())
    return "_filter", text, holds


KINDS = {name: made for name, made in globals().items() if name.startswith("ask_")}
SORTS = st.sampled_from(
    ["", "date", "-date", "_id", "-_id", "_lastUpdated", "value-date", "-value-string", "-date,_id"]
)


SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.fixture(scope="module")
def store():
    return PostgresStore(clock=lambda: NOW)


@given(
    resources=st.lists(observations(), min_size=1, max_size=10),
    queries=st.lists(
        st.tuples(st.lists(asks(), min_size=1, max_size=3), SORTS, st.integers(1, 4)), min_size=5, max_size=5
    ),
)
@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
def test_search_finds_what_the_judge_finds_and_pages_show_each_once(database, store, resources, queries):
    for number, resource in enumerate(resources):
        resource["id"] = f"o{number}"
    with database.connection() as conn:
        store.write(conn, WHO, [Put(resource) for resource in resources])
        for wanted, sort, count in queries:
            pairs = [(name, value) for name, value, _ in wanted]
            expected = {r["id"] for r in resources if all(judge(r) for *_, judge in wanted)}
            shown = pages(conn, store, [*pairs, ("_sort", sort), ("_count", str(count))], len(expected))
            assert sorted(shown) == sorted(expected), (pairs, sort)
        conn.rollback()


def pages(conn, store, pairs, total):
    """The ids on all pages of a search, in order; every page tells the same total."""
    shown, cursor = [], ""
    while True:
        query, issues = parse("Observation", [*pairs, ("_total", "accurate"), ("_cursor", cursor)])
        assert not issues
        page = store.search(conn, WHO, EVERYTHING, query)
        assert page.total == total, pairs
        shown += [one.id for one in page.matches]
        cursor = page.next
        if not cursor:
            return shown


@given(resources=st.lists(observations(), min_size=2, max_size=10), descending=st.booleans())
@settings(max_examples=20, deadline=None, suppress_health_check=SLOW)
def test_pages_come_in_the_asked_order(database, store, resources, descending):
    for number, resource in enumerate(resources):
        resource["id"] = f"o{number}"
    with database.connection() as conn:
        store.write(conn, WHO, [Put(resource) for resource in resources])
        shown = pages(
            conn,
            store,
            [("_sort", "-date" if descending else "date"), ("_count", "3")],
            len(resources),
        )
        conn.rollback()
    starts = {r["id"]: (span(r) or (LOWEST * 2,))[0] for r in resources}
    found = [starts[one] for one in shown]
    assert found == sorted(found, reverse=descending)
