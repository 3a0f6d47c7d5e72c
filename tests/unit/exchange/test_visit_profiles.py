"""What the BHYT mapping makes, against VN Core: the province's visits pass, and the modes weigh what does not."""

from copy import deepcopy
from datetime import datetime
from io import BytesIO

import pytest

from yteso.base.clock import VIETNAM
from yteso.base.issue import Severity
from yteso.exchange.adapters.bhyt.map import map_visit
from yteso.exchange.adapters.bhyt.read import read_visits
from yteso.exchange.profiles import PROFILES, VisitProfiles
from yteso.sandbox import Province
from yteso.validate.profiles.modes import Modes

UNTIL = datetime(2026, 11, 18, 15, 0, tzinfo=VIETNAM)
STRICT = VisitProfiles(Modes({"bhyt": "refuse"}))


@pytest.fixture(scope="module")
def mapped():
    files = Province(seed=11, until=UNTIL).files(60)
    visits = [visit for file in files for visit in read_visits(BytesIO(file.content), file.name) if visit.position]
    return [map_visit(visit) for visit in visits]


def resources_of(visit):
    return [visit.patient, *visit.resources, *visit.directory]


def test_the_provinces_visits_meet_vn_core(mapped):
    kinds = {resource["resourceType"] for visit in mapped for resource in resources_of(visit)}
    assert len(mapped) > 40
    assert kinds & set(PROFILES) >= {"Patient", "Encounter", "Coverage", "Claim", "Organization", "MedicationRequest"}
    for visit in mapped:
        found = STRICT.issues(resources_of(visit), visit.facility)
        assert [(issue.code, issue.origin) for issue in found if issue.blocks] == []


@pytest.mark.samples
def test_the_sample_files_meet_vn_core(shared):
    files = sorted((shared / "data" / "bhyt").glob("*_qd3176.xml"))
    assert files
    for file in files:
        for visit in read_visits(BytesIO(file.read_bytes()), file.name):
            if visit.position:
                made = map_visit(visit)
                found = STRICT.issues(resources_of(made), made.facility)
                assert [(issue.code, issue.origin) for issue in found if issue.blocks] == [], file.name


@pytest.fixture
def broken(mapped):
    encounter = deepcopy(next(r for r in mapped[0].resources if r["resourceType"] == "Encounter"))
    outcome = {"url": "http://fhir.hl7.org.vn/core/StructureDefinition/vn-ext-treatment-outcome", "valueString": "x"}
    return [encounter | {"extension": [outcome]}]


def severities(given, resources):
    found = VisitProfiles(Modes(given)).issues(resources, "79001")
    return [(issue.code, issue.severity) for issue in found]


def test_the_walk_looks_at_no_profile_unless_it_is_told_to(broken):
    assert severities({}, broken) == []


def test_a_facility_or_all_are_warned_or_refused(broken):
    assert severities({"bhyt": "warn"}, broken) == [("FHIR-2404", Severity.WARNING)]
    assert severities({"bhyt": "refuse"}, broken) == [("FHIR-2404", Severity.ERROR)]
    assert severities({"bhyt": "refuse", "79001": "off"}, broken) == []
    assert severities({"79001": "warn"}, broken) == [("FHIR-2404", Severity.WARNING)]


def test_a_finding_names_the_senders_table_and_row(broken):
    [issue] = STRICT.issues(broken, "79001")
    assert (issue.origin.table, issue.origin.row) == ("XML1", 1)
    assert issue.origin.field == "Encounter.extension[0].valueString"
