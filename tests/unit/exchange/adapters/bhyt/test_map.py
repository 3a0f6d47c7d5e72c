"""Mapping: what a visit becomes, whose it is, and what stays when it comes again."""

import io
from datetime import UTC, datetime

from yteso.base.ids import shard_of, shard_of_key
from yteso.exchange.adapters.bhyt.map import DIRECTORY, link, map_visit, provenance
from yteso.exchange.adapters.bhyt.map.elements import fhir_date, fhir_datetime, number
from yteso.exchange.adapters.bhyt.map.units import ucum
from yteso.exchange.adapters.bhyt.read import read_visits
from yteso.fhir.json import dumps
from yteso.terminology import code_bundle

from .made_up import EXAM, FACILITY, SUMMARY, file_xml, full_visit, part, plain_visit, table_xml, visit_xml


def mapped(*parts, **changes):
    data = file_xml(visit_xml(*parts) if parts else plain_visit(**changes))
    return map_visit(next(read_visits(io.BytesIO(data), "thu.xml")))


def of(found, kind):
    return [resource for resource in found.resources if resource["resourceType"] == kind]


def test_the_person_is_claimed_by_every_number_the_visit_gives():
    claim = mapped().claim
    assert (claim.cccd, claim.bhyt, claim.bhxh) == ("000090000001", ("GD4790000000001",), "0000000001")
    assert (claim.facility, claim.local_code, claim.birth_date, claim.gender) == (FACILITY, "BN1", "1990-05-15", "male")


def test_linking_names_the_chosen_person_everywhere_and_changes_nothing_else():
    found = map_visit(full_visit())
    provisional = found.patient["id"]
    before = dumps(found.resources)
    linked = dumps(link(found, "nguoi-1"))
    assert provisional.encode() not in linked
    assert linked.count(b"Patient/nguoi-1") == before.count(f"Patient/{provisional}".encode())
    assert dumps(found.resources) == before


def test_mapping_leaves_nothing_to_code():
    found = map_visit(full_visit())
    before = dumps([found.patient, *found.resources])
    code_bundle([found.patient, *found.resources])
    assert dumps([found.patient, *found.resources]) == before


def test_the_resources_of_a_visit_live_on_its_shard_and_tell_their_row():
    found = map_visit(full_visit())
    home = shard_of_key(f"{FACILITY}/LK-THU-1")
    assert {shard_of(resource["id"]) for resource in found.resources} == {home}
    assert all(r["meta"]["source"].startswith(f"urn:yteso:bhyt:{FACILITY}:LK-THU-1#XML") for r in found.resources)
    assert {resource["resourceType"] for resource in found.directory} == DIRECTORY
    assert all("meta" not in resource for resource in found.directory)


def test_ids_of_a_visit_are_its_own():
    ids = [(r["resourceType"], r["id"]) for r in map_visit(full_visit()).resources]
    assert len(ids) == len(set(ids))


def test_every_reference_of_a_visit_points_at_something_of_it():
    found = map_visit(full_visit())
    resources = link(found, "p1")
    there = {f"{r['resourceType']}/{r['id']}" for r in resources}
    assert set(references(resources)) <= there


def references(value):
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_a_visit_without_a_card_is_paid_by_the_person():
    found = mapped(MA_THE_BHYT="", MA_DKBD="", GT_THE_TU="", GT_THE_DEN="")
    (coverage,) = of(found, "Coverage")
    assert coverage["payor"] == [{"reference": f"Patient/{found.patient['id']}"}]
    (linked,) = (r for r in link(found, "p1") if r["resourceType"] == "Coverage")
    assert linked["payor"] == [{"reference": "Patient/p1"}]


def test_each_card_is_a_coverage_with_its_own_validity():
    found = mapped(
        MA_THE_BHYT="GD4790000000001;HT3790000000001",
        MA_DKBD="79001;79002",
        GT_THE_TU="20250101;20260901",
        GT_THE_DEN="20260831;20270831",
    )
    assert [c["period"] for c in of(found, "Coverage")] == [
        {"start": "2025-01-01", "end": "2026-08-31"},
        {"start": "2026-09-01", "end": "2027-08-31"},
    ]
    assert [i["focal"] for i in of(found, "Claim")[0]["insurance"]] == [False, True]


def test_results_are_put_into_the_report_of_their_service():
    services = [
        {**EXAM, "STT": "2", "MA_NHOM": "1", "MA_DICH_VU": "23.1", "TEN_DICH_VU": "Glucose", "NGAY_KQ": "202609101000"},
    ]
    results = [
        {
            "MA_LK": "LK1",
            "STT": "1",
            "MA_DICH_VU": "23.1",
            "TEN_CHI_SO": "Glucose",
            "GIA_TRI": "5.60",
            "DON_VI_DO": "mmol/L",
        },
        {"MA_LK": "LK1", "STT": "2", "MA_DICH_VU": "23.1", "TEN_CHI_SO": "HIV", "GIA_TRI": "< 20"},
        {"MA_LK": "LK1", "STT": "3", "MA_DICH_VU": "99.9", "TEN_CHI_SO": "Nhận xét", "GIA_TRI": "âm tính"},
    ]
    found = mapped(
        part("XML1", table_xml("XML1", [SUMMARY])),
        part("XML3", table_xml("XML3", services)),
        part("XML4", table_xml("XML4", [{**r, "GIA_TRI": r["GIA_TRI"].replace("<", "&lt;")} for r in results])),
    )
    values = [o.get("valueQuantity", o.get("valueString")) for o in of(found, "Observation")]
    assert dumps(values[0]) == (b'{"value":5.60,"unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"}')
    assert dumps(values[1]) == b'{"value":20,"comparator":"<"}'
    assert values[2] == "âm tính"
    assert [len(report["result"]) for report in of(found, "DiagnosticReport")] == [2, 1]


def test_a_known_unit_is_told_in_ucum_and_an_unknown_one_stays_as_written():
    assert [ucum(text) for text in ("G/L", "10^9/l", "µmol/L", "%", "mm/h", "gói", "")] == [
        "10*9/L",
        "10*9/L",
        "umol/L",
        "%",
        "mm/h",
        "",
        "",
    ]


def test_visit_and_bill_carry_the_senders_own_treatment_code_and_the_facility_that_gave_it():
    found = map_visit(full_visit())
    for kind in ("Encounter", "Claim"):
        identifier = of(found, kind)[0]["identifier"][0]
        assert (identifier["system"], identifier["value"]) == ("http://fhir.hl7.org.vn/core/sid/ma-lk", "LK-THU-1")
        assert identifier["assigner"]["reference"] == of(found, "Encounter")[0]["serviceProvider"]["reference"]


def test_provenance_leads_from_the_visit_to_its_file():
    found = mapped()
    made = provenance(found, "p1", "file-1", "ab" * 32, datetime(2026, 9, 10, 4, tzinfo=UTC))
    assert made["target"] == [{"reference": f"Encounter/{found.encounter_id}"}, {"reference": "Patient/p1"}]
    assert made["entity"][0]["what"]["identifier"]["value"] == "file-1"
    assert of(found, "Encounter")[0]["id"] == found.encounter_id


def test_unknown_parts_of_a_date_are_left_open():
    assert [fhir_date(text) for text in ("199000000000", "19900500", "19900515", "19901345", "x", "")] == [
        "1990",
        "1990-05",
        "1990-05-15",
        None,
        None,
        None,
    ]
    assert fhir_datetime("202609100000") == "2026-09-10"
    assert fhir_datetime("202609100920") == "2026-09-10T09:20:00+07:00"


def test_numbers_keep_their_digits_and_absurd_ones_are_none():
    assert str(number("12600.00")) == "12600.00"
    assert [number(text) for text in ("1e131071", "1,5", "", "NaN", "9" * 40)] == [None] * 5
