"""The shared sample files: all go in without errors, the broken one tells each of its faults at its field."""

from datetime import UTC, date, datetime

import pytest

from yteso.exchange.adapters.bhyt.check_file import check_file
from yteso.exchange.adapters.bhyt.map import link, map_visit, provenance
from yteso.exchange.adapters.bhyt.read import read_visits
from yteso.validate.structure import check_resource

pytestmark = pytest.mark.samples

ON = date(2026, 11, 22)
SOUND = {
    "ABC_batch_qd3176.xml": 3,
    "A_outpatient_qd3176.xml": 1,
    "B_checkin_xml0.xml": 1,
    "B_inpatient_dengue_referral_qd3176.xml": 1,
    "L_legacy_qd4210.xml": 1,
}


def checked(shared, name):
    with (shared / "data" / "bhyt" / name).open("rb") as stream:
        return check_file(stream, name, ON)


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_file_has_no_errors_and_all_its_visits(shared, name):
    result = checked(shared, name)
    assert result["visits"] == SOUND[name]
    assert result["facility"] == "00000"
    assert [issue for issue in result["issues"] if issue["severity"] in ("error", "fatal")] == []


def test_the_broken_file_tells_its_five_faults_each_at_its_field(shared):
    issues = checked(shared, "BAD_A_outpatient_5_errors.xml")["issues"]
    errors = {(issue["table"], issue["row"], issue["field"]): issue["code"] for issue in issues}
    assert errors == {
        ("XML1", 1, "SO_CCCD"): "BHYT-1014",
        ("XML1", 1, "GIOI_TINH"): "BHYT-1010",
        ("XML1", 1, "MA_BENH_CHINH"): "BHYT-1020",
        ("XML1", 1, "NGAY_RA"): "BHYT-2001",
        ("XML1", 1, "T_BHTT"): "BHYT-3014",
    }


@pytest.mark.parametrize("name", SOUND)
def test_every_sample_maps_to_resources_of_sound_structure(shared, name):
    with (shared / "data" / "bhyt" / name).open("rb") as stream:
        for visit in read_visits(stream, name):
            mapped = map_visit(visit)
            resources = [*link(mapped, "p1"), provenance(mapped, "p1", "f1", "ab" * 32, datetime.now(UTC))]
            assert [issue for resource in resources for issue in check_resource(resource)] == []


def test_check_in_and_summary_of_one_visit_share_their_encounter(shared):
    found = []
    for name in ("B_checkin_xml0.xml", "B_inpatient_dengue_referral_qd3176.xml"):
        with (shared / "data" / "bhyt" / name).open("rb") as stream:
            found.append(map_visit(next(read_visits(stream, name))))
    assert found[0].encounter_id == found[1].encounter_id
    assert [mapped.arrival for mapped in found] == [True, False]
    assert found[0].patient["id"] == found[1].patient["id"]
    assert found[0].claim == found[1].claim
