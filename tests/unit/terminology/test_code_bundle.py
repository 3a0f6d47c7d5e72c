import pytest

from yteso.terminology import CODE_LISTS, ICD10_VN, ICD10_WHO, UNKNOWN_CODE, code_bundle, coding_of


def condition(*codes):
    return {
        "resourceType": "Condition",
        "meta": {"source": "urn:yteso:bhyt:79001:LK1#XML1/2"},
        "code": {"coding": [{"system": ICD10_VN, "code": code} for code in codes]},
    }


def test_a_known_code_gets_its_version_and_display():
    resource = condition("A970")
    assert code_bundle([resource]) == ()
    coding = resource["code"]["coding"][0]
    assert (coding["code"], coding["version"]) == ("A97.0", "4469/QĐ-BYT")
    assert coding["display"]


def test_a_display_that_was_sent_is_kept():
    resource = condition("A97.0")
    resource["code"]["coding"][0]["display"] = "as sent"
    code_bundle([resource])
    assert resource["code"]["coding"][0]["display"] == "as sent"


def test_an_unknown_code_stays_is_flagged_and_warned_about_at_its_place():
    resource = condition("A97.0", "ZZ9")
    (issue,) = code_bundle([resource])
    assert issue.code == "TERM-0001"
    assert not issue.blocks
    assert (issue.origin.table, issue.origin.row) == ("XML1", 2)
    assert issue.origin.field == "Condition.code.coding[1]"
    assert "ZZ9" not in issue.text + issue.text_en + issue.fix + issue.fix_en
    assert resource["code"]["coding"][1]["extension"] == [{"url": UNKNOWN_CODE, "valueBoolean": True}]


def test_flagging_twice_changes_nothing():
    resource = condition("ZZ9")
    code_bundle([resource])
    code_bundle([resource])
    assert len(resource["code"]["coding"][0]["extension"]) == 1


def test_codes_of_systems_we_do_not_have_are_left_alone():
    resource = {"resourceType": "Observation", "code": {"coding": [{"system": "http://loinc.org", "code": "1-8"}]}}
    assert code_bundle([resource]) == ()
    assert resource["code"]["coding"] == [{"system": "http://loinc.org", "code": "1-8"}]


@pytest.mark.parametrize(
    ("system", "code"),
    [(ICD10_VN, "A970"), (ICD10_WHO, "A97.0"), (ICD10_VN, "ZZ9"), (CODE_LISTS["MA_LOAI_KCB"], "03"), ("urn:x", "1")],
)
def test_a_coding_is_made_as_the_second_pass_would_leave_it(system, code):
    made, passed = coding_of(system, code), {"system": system, "code": code}
    code_bundle([{"resourceType": "Condition", "code": {"coding": [passed]}}])
    assert made == passed
    made.setdefault("extension", []).append({"url": "urn:mine"})
    assert coding_of(system, code) == passed
