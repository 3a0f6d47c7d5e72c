"""What every table's mapper shares about the visit being mapped: ids, origins, references, the directory it meets.

The directory is the facility-level part (Organization, Practitioner, Location): the same for every visit that names
it, so its ids and content depend on its own codes only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import quote

from yteso.base.ids import stable_id
from yteso.base.record import Record
from yteso.exchange.adapters.bhyt.map import systems
from yteso.exchange.adapters.bhyt.map.elements import Json, coding, parts


@lru_cache(maxsize=8192)
def _directory_id(kind: str, *codes: str) -> str:
    return stable_id(kind, *codes)


class Context:
    """One visit while it is mapped. `directory` collects what the visit names, by reference text."""

    def __init__(self, facility: str, ma_lk: str, patient_id: str, inpatient: bool) -> None:
        self.facility = facility
        self.ma_lk = ma_lk
        self.inpatient = inpatient
        self.near = f"{facility}/{ma_lk}"
        self.origin = f"urn:yteso:bhyt:{quote(facility)}:{quote(ma_lk, safe='')}"
        self.patient = {"reference": f"Patient/{patient_id}"}
        self.encounter = {"reference": f"Encounter/{self.id('XML1', '1', 'encounter')}"}
        self.directory: dict[str, Json] = {}

    def id(self, table: str, key: str, role: str) -> str:
        """The id of the resource in that role of that row; on the visit's shard."""
        return stable_id(self.facility, self.ma_lk, table, key, role, near=self.near)

    def meta(self, table: str, key: str) -> Json:
        """Where the resource came from: facility, visit, table, row."""
        return {"source": f"{self.origin}#{table}/{key}"}

    def visit_identifier(self) -> Json:
        """The sender's own code of the visit (VN Core's `ma-lk`); unique only together with who gave it."""
        made: Json = {
            "type": {"coding": [coding(systems.IDENTIFIER_TYPE, "MA_LK")]},
            "system": systems.VISIT,
            "value": self.ma_lk,
        }
        if organization := self.organization(self.facility):
            made["assigner"] = organization
        return made

    def organization(self, code: str) -> Json | None:
        """A facility by its MA_CSKCB."""
        code = code.strip()
        if not code:
            return None
        reference = f"Organization/{_directory_id('organization', code)}"
        if reference not in self.directory:
            self.directory[reference] = {
                "resourceType": "Organization",
                "id": reference.partition("/")[2],
                "identifier": [{"system": systems.FACILITY, "value": code}],
                "active": True,
                "name": f"Cơ sở khám chữa bệnh {code}",
            }
        return {"reference": reference}

    def practitioner(self, code: str, name: str = "") -> Json:
        """A practitioner by licence number, known in the whole country; the name, where a paper tells it, is shown."""
        reference = f"Practitioner/{_directory_id('practitioner', code)}"
        if reference not in self.directory:
            self.directory[reference] = {
                "resourceType": "Practitioner",
                "id": reference.partition("/")[2],
                "identifier": [{"system": systems.PRACTITIONER, "value": code}],
                "active": True,
            }
        return {"reference": reference, "display": name or code}

    def practitioners(self, codes: str) -> list[Json]:
        """Every practitioner of a `;`-separated field."""
        return [self.practitioner(code) for code in parts(codes)]

    def first_practitioner(self, codes: str) -> Json | None:
        """The first practitioner of a field; FHIR has room for one there."""
        return next((self.practitioner(code) for code in parts(codes)), None)

    def department(self, code: str) -> Json:
        """A department of this facility (MA_KHOA) as a Location."""
        return self._location("department", (code,), f"Khoa {code}", systems.DEPARTMENT, "wi", None)

    def bed(self, department: str, code: str) -> Json:
        """A bed of a department of this facility."""
        inside = self.department(department) if department else None
        return self._location("bed", (department, code), f"Giường {code}", systems.BED, "bd", inside)

    def _location(
        self, kind: str, codes: tuple[str, ...], name: str, system: str, physical: str, inside: Json | None
    ) -> Json:
        reference = f"Location/{_directory_id(kind, self.facility, *codes)}"
        if reference not in self.directory:
            made: Json = {
                "resourceType": "Location",
                "id": reference.partition("/")[2],
                "identifier": [{"system": f"{system}:{quote(self.facility)}", "value": "/".join(codes)}],
                "status": "active",
                "name": name,
                "mode": "instance",
                "physicalType": {"coding": [coding(systems.LOCATION_TYPE, physical)]},
            }
            if organization := self.organization(self.facility):
                made["managingOrganization"] = organization
            if inside:
                made["partOf"] = inside
            self.directory[reference] = made
        return {"reference": reference, "display": name}


def keyed(records: Iterable[Record]) -> list[tuple[str, Record]]:
    """Each row with its key: its STT where the sender numbered all rows differently, its place otherwise."""
    rows = list(records)
    texts = [row["STT"] for row in rows]
    if all(text.isascii() and text.isdigit() and len(text) < 11 for text in texts):
        numbers = [int(text) for text in texts]
        if len(set(numbers)) == len(rows):
            by_number = sorted(zip(numbers, rows, strict=True), key=lambda pair: pair[0])
            return [(str(number), row) for number, row in by_number]
    return [(str(row.origin.row), row) for row in rows]


def first(tables: Mapping[str, tuple[Record, ...]], name: str) -> Record | None:
    """The only row of a table that has one per visit."""
    rows = tables.get(name)
    return rows[0] if rows else None
