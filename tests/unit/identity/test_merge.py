from yteso.identity.merge import merge_patient


def patient(**fields):
    base = {"resourceType": "Patient", "id": "p", "meta": {"source": "urn:first"}}
    return base | {"identifier": [{"system": "s", "value": "1"}], "name": [{"text": "Trần Thị Giả"}], **fields}


def test_the_first_description_stands_as_it_is():
    incoming = patient()
    assert merge_patient(None, incoming, newest=True) is incoming


def test_the_same_description_changes_nothing_whatever_its_source():
    current = patient(meta={"source": "urn:first", "versionId": "3", "lastUpdated": "2026-01-01T00:00:00Z"})
    assert merge_patient(current, patient(meta={"source": "urn:second"}), newest=True) is current


def test_identifiers_are_united_and_the_newest_description_wins():
    incoming = patient(identifier=[{"system": "s", "value": "2"}], gender="female", name=[{"text": "Trần Thị Giả Mới"}])
    merged = merge_patient(patient(birthDate="2018"), incoming, newest=True)
    assert [one["value"] for one in merged["identifier"]] == ["1", "2"]
    assert merged["name"] == [{"text": "Trần Thị Giả Mới"}]
    assert (merged["birthDate"], merged["gender"]) == ("2018", "female")


def test_an_older_visit_only_adds():
    incoming = patient(identifier=[{"system": "s", "value": "2"}], gender="female", name=[{"text": "cũ"}])
    merged = merge_patient(patient(), incoming, newest=False)
    assert merged["name"] == [{"text": "Trần Thị Giả"}]
    assert merged["gender"] == "female"
    assert len(merged["identifier"]) == 2
    assert merged["meta"] == {"source": "urn:first"}


def test_merging_twice_is_merging_once():
    incoming = patient(identifier=[{"system": "t", "value": "9"}], extension=[{"url": "u", "valueCode": "x"}])
    once = merge_patient(patient(extension=[{"url": "v", "valueCode": "y"}]), incoming, newest=True)
    assert merge_patient(once, incoming, newest=True) is once


def test_an_extension_of_the_same_url_is_replaced():
    merged = merge_patient(
        patient(extension=[{"url": "u", "valueCode": "old"}, {"url": "v", "valueCode": "stays"}]),
        patient(extension=[{"url": "u", "valueCode": "new"}, {"url": "w", "valueCode": "more"}]),
        newest=True,
    )
    assert [(one["url"], one["valueCode"]) for one in merged["extension"]] == [
        ("u", "new"),
        ("v", "stays"),
        ("w", "more"),
    ]


def test_death_is_not_taken_back():
    merged = merge_patient(patient(deceasedBoolean=True), patient(gender="male", deceasedBoolean=False), newest=True)
    assert merged["deceasedBoolean"] is True


def test_keys_come_in_the_order_of_the_standard():
    merged = merge_patient(patient(), patient(gender="male", telecom=[{"value": "1"}]), newest=True)
    assert list(merged) == ["resourceType", "id", "meta", "identifier", "name", "telecom", "gender"]
