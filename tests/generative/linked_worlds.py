"""Small invented records whose resources refer to each other, and questions that follow the references, with a judge.

The judge reads every resource and knows nothing of tokens, tables or patients' keys.
"""

from hypothesis import strategies as st

from yteso.base.text import fold

PATIENTS = ["p1", "p2", "p3"]
VISITS = ["e1", "e2", "e3"]
NAMES = ["Lê Thử", "Đỗ Giả", "Lê Mẫu"]
CODES = ["a", "b"]
FACILITIES = ["79001", "79002"]


def reference(text):
    return {"reference": text}


@st.composite
def patients(draw, id):
    found = {"resourceType": "Patient", "id": id, "name": [{"text": draw(st.sampled_from(NAMES))}]}
    typed = draw(st.booleans())
    number = {"system": "http://s", "value": draw(st.sampled_from(["1", "2"]))}
    if typed:
        number["type"] = {"coding": [{"system": "http://t", "code": draw(st.sampled_from(["MR", "NI"]))}]}
    return {**found, "identifier": [number], "gender": draw(st.sampled_from(["male", "female"]))}


@st.composite
def visits(draw, id, patients=PATIENTS, facilities=FACILITIES):
    found = {
        "resourceType": "Encounter",
        "id": id,
        "status": draw(st.sampled_from(["finished", "in-progress"])),
        "class": {"code": "AMB"},
        "serviceProvider": {"identifier": {"value": draw(st.sampled_from(facilities))}},
        "subject": reference(f"Patient/{draw(st.sampled_from(patients))}"),
    }
    if draw(st.booleans()):
        found["partOf"] = reference(f"Encounter/{draw(st.sampled_from(VISITS))}")
    return found


@st.composite
def results(draw, id, patients=PATIENTS):
    found = {
        "resourceType": "Observation",
        "id": id,
        "status": "final",
        "code": {"coding": [{"system": "http://c", "code": draw(st.sampled_from(CODES))}]},
        "subject": reference(f"Patient/{draw(st.sampled_from(patients))}"),
    }
    if draw(st.booleans()):
        found["encounter"] = reference(f"Encounter/{draw(st.sampled_from(VISITS))}")
    if draw(st.booleans()):
        found["performer"] = [reference(f"Patient/{draw(st.sampled_from(patients))}")]
    parts = st.tuples(st.sampled_from(CODES), st.integers(1, 3))
    found["component"] = [
        {"code": {"coding": [{"system": "http://c", "code": code}]}, "valueQuantity": {"value": value}}
        for code, value in draw(st.lists(parts, max_size=2))
    ]
    if not found["component"]:
        found.pop("component")
    return found


@st.composite
def worlds(draw):
    found = [draw(patients(one)) for one in PATIENTS]
    found += [draw(visits(one)) for one in VISITS]
    return found + [draw(results(f"o{n}")) for n in range(draw(st.integers(1, 6)))]


# --- the judge: (type, question, holds(world, resource)) --------------------------------------------------------------


def target(world, value):
    text = value.get("reference", "") if value else ""
    return next((one for one in world if f"{one['resourceType']}/{one['id']}" == text), None)


def named(resource, asked):
    return any(f" {fold(asked)}" in f" {fold(name['text'])}" for name in resource["name"])


def coded(resource, code):
    return any(one["code"] == code for one in resource["code"]["coding"])


def refers(resource, element, to):
    values = resource.get(element, [])
    return reference(f"{to['resourceType']}/{to['id']}") in (values if isinstance(values, list) else [values])


def chain_up(world, visit):
    """The visit and all it is part of; the invented ones may go round in a circle."""
    found, one = [], visit
    while one and one not in found:
        found.append(one)
        found_one = target(world, reference(f"Encounter/{one}"))
        above = found_one.get("partOf", {}).get("reference", "") if found_one else ""
        one = above.removeprefix("Encounter/")
    return found


def in_hierarchy(direction, visit):
    def judge(world, r):
        of = r.get("encounter", {}).get("reference", "").removeprefix("Encounter/")
        return bool(of) and (visit in chain_up(world, of) if direction == "below" else of in chain_up(world, visit))

    return judge


def part_of_hierarchy(visit):
    def judge(world, r):
        above = r.get("partOf", {}).get("reference", "").removeprefix("Encounter/")
        return bool(above) and visit in chain_up(world, above)

    return judge


@st.composite
def questions(draw):
    """(type, name, value, holds)."""
    name, code = draw(st.sampled_from(["le", "do", "mau"])), draw(st.sampled_from(CODES))
    status, value = draw(st.sampled_from(["finished", "in-progress"])), draw(st.integers(1, 3))
    kind = draw(st.sampled_from(["MR", "NI"]))

    def has(source, element, holds):
        return lambda world, r: any(
            one["resourceType"] == source and refers(one, element, r) and holds(world, one) for one in world
        )

    def chain(element, type, holds):
        def judge(world, r):
            values = r.get(element, [])
            found = [target(world, one) for one in (values if isinstance(values, list) else [values])]
            return any(one and one["resourceType"] == type and holds(world, one) for one in found)

        return judge

    visit = draw(st.sampled_from(VISITS))
    is_named = lambda _, r: named(r, name)  # noqa: E731
    is_woman_named = lambda _, r: r["gender"] == "female" and named(r, name)  # noqa: E731
    is_visit_of = lambda world, r: (  # noqa: E731
        r["status"] == status and chain("subject", "Patient", is_named)(world, r)
    )
    is_coded = lambda _, r: coded(r, code)  # noqa: E731
    has_status = lambda _, r: r["status"] == status  # noqa: E731
    return draw(
        st.sampled_from(
            [
                ("Observation", "subject:Patient.name", name, chain("subject", "Patient", is_named)),
                ("Observation", "patient.name", name, chain("subject", "Patient", is_named)),
                ("Observation", "performer:Patient.name", name, chain("performer", "Patient", is_named)),
                ("Observation", "encounter.status", status, chain("encounter", "Encounter", has_status)),
                (
                    "Observation",
                    "encounter:Encounter.part-of:Encounter.status",
                    status,
                    chain("encounter", "Encounter", chain("partOf", "Encounter", has_status)),
                ),
                (
                    "Observation",
                    "encounter.subject:Patient.name",
                    name,
                    chain("encounter", "Encounter", chain("subject", "Patient", is_named)),
                ),
                ("Patient", "_has:Observation:patient:code", code, has("Observation", "subject", is_coded)),
                ("Patient", "_has:Observation:performer:code", code, has("Observation", "performer", is_coded)),
                ("Encounter", "_has:Observation:encounter:code", code, has("Observation", "encounter", is_coded)),
                (
                    "Patient",
                    "_has:Encounter:patient:_has:Observation:encounter:code",
                    code,
                    has("Encounter", "subject", has("Observation", "encounter", is_coded)),
                ),
                (
                    "Patient",
                    "_has:Observation:subject:encounter.status",
                    status,
                    has("Observation", "subject", chain("encounter", "Encounter", has_status)),
                ),
                (
                    "Observation",
                    "component-code-value-quantity",
                    f"{code}${value}",
                    lambda _, r: any(
                        coded(one, code) and one["valueQuantity"]["value"] == value for one in r.get("component", ())
                    ),
                ),
                (
                    "Observation",
                    "combo-code-value-quantity",
                    f"http://c|{code}$ge{value}",
                    lambda _, r: any(
                        coded(one, code) and one["valueQuantity"]["value"] >= value for one in r.get("component", ())
                    ),
                ),
                (
                    "Patient",
                    "identifier:of-type",
                    f"http://t|{kind}|1",
                    lambda _, r: any(
                        one["value"] == "1" and one.get("type", {}).get("coding", [{}])[0].get("code") == kind
                        for one in r["identifier"]
                    ),
                ),
                ("Observation", "encounter:below", f"Encounter/{visit}", in_hierarchy("below", visit)),
                ("Observation", "encounter:above", visit, in_hierarchy("above", visit)),
                ("Encounter", "part-of:below", visit, part_of_hierarchy(visit)),
                (
                    "Observation",
                    "_filter",
                    f"subject.name co {name} and (encounter.status eq {status} or code eq {code})",
                    lambda world, r: (
                        chain("subject", "Patient", is_named)(world, r)
                        and (chain("encounter", "Encounter", has_status)(world, r) or coded(r, code))
                    ),
                ),
                (
                    "Observation",
                    "_filter",
                    f"not (subject[gender eq female].name co {name})",
                    lambda world, r: not chain("subject", "Patient", is_woman_named)(world, r),
                ),
                (
                    "Observation",
                    "_filter",
                    f"not (encounter[status eq {status}].subject.name co {name}) or performer.gender eq female",
                    lambda world, r: (
                        not chain("encounter", "Encounter", is_visit_of)(world, r)
                        or chain("performer", "Patient", lambda _, p: p["gender"] == "female")(world, r)
                    ),
                ),
                ("Patient", "gender", "female", lambda _, r: r["gender"] == "female"),
                ("Observation", "code", code, is_coded),
                ("Encounter", "status", status, has_status),
            ]
        )
    )
