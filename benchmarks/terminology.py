"""What a question about codes costs: in memory, through the FHIR door, and for a large catalogue brought in.

`python -m benchmarks.terminology [--codes N] [--rounds N] [--out FOLDER]`

`first` is what the first question of a process costs, which reads the content; the others are asked over and over.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from benchmarks.store_measure import fresh_database, report, spread
from yteso.access.principal import Principal, Role
from yteso.access.restriction import EVERYTHING
from yteso.api import Api
from yteso.base.http import Request
from yteso.db import Database
from yteso.db.migrate import migrate
from yteso.store.codes import RecordCodes
from yteso.store.import_codes import import_codes
from yteso.store.postgres import PostgresStore
from yteso.terminology.builtin import TERMINOLOGY
from yteso.terminology.catalogue_file import CatalogueFile
from yteso.terminology.engine import Engine
from yteso.terminology.expansion import Wanted, expand
from yteso.terminology.systems import ICD10_VN
from yteso.terminology.validation import Coded, Judge

DOCTOR = Principal("bác sĩ Mẫu", Role.DOCTOR, "79001")
URL = "urn:yteso:bench:codes"
ALL = f"{ICD10_VN}?fhir_vs"
WORDS = ["Khám", "Phẫu thuật", "Siêu âm", "Chụp cắt lớp", "Xét nghiệm", "Nội soi", "Điều trị", "Vật lý trị liệu"]


def seconds(act: Callable[[], object]) -> float:
    """How long one act takes."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def per_call(act: Callable[[], object], rounds: int, times: int) -> dict[str, float]:
    """Microseconds of each call; the spread is over the rounds."""
    return spread([seconds(lambda: [act() for _ in range(times)]) / times * 1e6 for _ in range(rounds)])


def page(engine: Engine, url: str, text: str) -> Callable[[], object]:
    """One page of twenty codes found by words."""
    return lambda: expand(
        {"url": url}, engine.value_set(url), Wanted(filter=text, count=20), "2026-11-25T00:00:00+07:00"
    )


def in_memory(rounds: int) -> dict[str, Any]:
    """The catalogues of the package."""
    first = seconds(lambda: TERMINOLOGY.contains(ALL, ICD10_VN, "A97.0"))
    judge = Judge(TERMINOLOGY, "2026-11-25")
    ready = TERMINOLOGY.value_set(ALL)
    first_page = seconds(page(TERMINOLOGY, ALL, "sot xuat huyet"))
    return {
        "icd10_first_ms": round(first * 1e3, 1),
        "icd10_first_page_ms": round(first_page * 1e3, 1),
        "contains_us": per_call(lambda: TERMINOLOGY.contains(ALL, ICD10_VN, "A97.0"), rounds, 20_000),
        "validate_code_us": per_call(lambda: judge.in_set(ready, Coded(ICD10_VN, "A97.0")), rounds, 20_000),
        "descendants_us": per_call(lambda: TERMINOLOGY.descendants(ICD10_VN, "A97"), rounds, 20_000),
        "page_of_20_us": per_call(page(TERMINOLOGY, ALL, "sot xuat huyet"), rounds, 100),
    }


def table(folder: Path, codes: int) -> Path:
    """A catalogue with names of a few words."""
    path = folder / f"{codes}.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("code,display,parent,display.en,unit\n")
        for n in range(codes):
            name = f"{WORDS[n % 8]} {WORDS[n // 8 % 8].lower()} số {n} của khoa {n % 97}"
            file.write(f"{n // 100:04}.{n % 100:02},{name},{f'{n // 100:04}.00' if n % 100 else ''},Service {n},lần\n")
    return path


def large(database: Database, codes: int, rounds: int) -> dict[str, Any]:
    """A catalogue brought into the record and asked there."""
    store = PostgresStore()
    kept = RecordCodes(store)
    with tempfile.TemporaryDirectory() as folder, database.connection() as conn:
        file = CatalogueFile(table(Path(folder), codes))
        brought = seconds(lambda: import_codes(conn, store, DOCTOR, file, {"url": URL, "version": str(codes)}))
    with database.connection() as conn:
        size = conn.execute("SELECT pg_total_relation_size('terminology.piece')").fetchone()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        first = seconds(lambda: kept.engine(conn, DOCTOR, EVERYTHING).knows(URL, "0001.01"))
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        engine = kept.engine(conn, DOCTOR, EVERYTHING)
        url = f"{URL}?fhir_vs"
        first_page = seconds(page(engine, url, "sieu am khoa 12"))
        return {
            "codes": codes,
            "import_s": round(brought, 2),
            "bytes_per_code_on_disk": round((size or [0])[0] / codes, 1),
            "memory_mb": round(grown / 1024),
            "first_ms": round(first * 1e3),
            "first_page_ms": round(first_page * 1e3),
            "page_of_20_us": per_call(page(engine, url, "sieu am khoa 12"), rounds, 20),
            "knows_us": per_call(lambda: kept.engine(conn, DOCTOR, EVERYTHING).knows(URL, "0001.01"), rounds, 200),
        }


def through_the_door(database: Database, rounds: int) -> dict[str, Any]:
    """Requests as they come from HTTP, in a transaction each."""
    api = Api(database, PostgresStore(), lambda: datetime.now(UTC))

    def ask(path: str, query: str) -> Callable[[], object]:
        def act() -> None:
            answer = api.handle(Request("GET", path, query, {}, BytesIO(), "http://bench/fhir"), DOCTOR)
            assert answer.status == 200, answer.body

        act()
        return act

    code = ask("/ValueSet/$validate-code", f"url={ICD10_VN}%3Ffhir_vs&system={ICD10_VN}&code=A97.0")
    found = ask("/ValueSet/$expand", f"url={ICD10_VN}%3Ffhir_vs&filter=sot+xuat+huyet&count=20")
    return {"validate_code_us": per_call(code, rounds, 200), "expand_page_us": per_call(found, rounds, 100)}


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--codes", type=int, nargs="+", default=[15_000, 100_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", default="")
    options = parser.parse_args()
    result: dict[str, Any] = {"in_memory": in_memory(options.rounds)}
    with fresh_database() as dsn:
        migrate(dsn, ("terminology",))
        database = Database(dsn).open()
        try:
            result["door"] = through_the_door(database, options.rounds)
            result["catalogues"] = [large(database, codes, options.rounds) for codes in options.codes]
        finally:
            database.close()
    report("terminology", result, options.out)


if __name__ == "__main__":
    main()
