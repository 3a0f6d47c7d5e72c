"""The commands as a user runs them beside a running platform: accounts, ingest, status, tokens, exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from yteso.sandbox.province import Province

pytestmark = pytest.mark.slow


def bundle(entries: int, kind: str = "transaction") -> dict[str, Any]:
    """Organizations, so that nobody is in it."""
    return {
        "resourceType": "Bundle",
        "type": kind,
        "entry": [
            {
                "resource": {"resourceType": "Organization", "id": f"o{n}", "name": f"Cơ sở Mẫu {n}"},
                "request": {"method": "PUT", "url": f"Organization/o{n}"},
            }
            for n in range(entries)
        ],
    }


def written(folder: Path, name: str, content: bytes | str | dict[str, Any]) -> str:
    text = json.dumps(content) if isinstance(content, dict) else content
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(path)


def bhyt_files(folder: Path, count: int, seed: int) -> list[str]:
    files = Province(seed=seed, facilities_count=1).files(count)
    return [written(folder, f"{n}-{file.name}", file.content) for n, file in enumerate(files) if n < count]


def test_a_fhir_bundle_goes_in_and_is_read_back(platform, tmp_path: Path) -> None:
    done = platform.run("ingest", "--json", written(tmp_path, "bundle.json", bundle(3)))
    assert done.returncode == 0, done.stderr
    row = json.loads(done.stdout)[0]
    assert (row["state"], row["errors"], row["counts"]) == ("done", 0, {"accepted": 3})
    token = platform.run("token", "--user", "tichhop").stdout.strip()
    with platform.ask("/fhir/Organization/o2", Authorization=f"Bearer {token}") as response:
        assert json.load(response)["name"] == "Cơ sở Mẫu 2"


def test_many_files_of_both_kinds_go_in_at_once_and_twice_is_once(platform, tmp_path: Path) -> None:
    files = [*bhyt_files(tmp_path, 4, seed=31), written(tmp_path, "b.json", bundle(1))]
    first = platform.run("ingest", "--json", *files)
    rows = json.loads(first.stdout)
    assert first.returncode == 0, first.stdout
    assert [row["file"] for row in rows] == [Path(file).name for file in files]
    assert all(row["receipt"] for row in rows[:-1])
    again = json.loads(platform.run("ingest", "--json", *files).stdout)
    assert [row.get("intake") for row in again] == [row.get("intake") for row in rows]


def test_one_bad_file_is_told_with_its_number_and_the_others_go_in(platform, tmp_path: Path) -> None:
    refused = [
        written(tmp_path, "not.xml", "this is no file of a hospital"),
        written(tmp_path, "not.json", '{"resourceType": "Bundle", "type": "transaction", "type": "batch"}'),
    ]
    done = platform.run("ingest", "--json", *refused, written(tmp_path, "good.json", bundle(1)))
    assert done.returncode == 3
    rows = json.loads(done.stdout)
    assert [row["state"] for row in rows] == ["refused", "refused", "done"]
    assert all(row["issues"] for row in rows[:2])
    shown = platform.run("ingest", *refused)
    assert shown.returncode == 3
    assert "BHYT-0001" in shown.stdout
    assert "FHIR-0" in shown.stdout


def test_a_batch_with_a_bad_entry_is_not_called_done(platform, tmp_path: Path) -> None:
    content = bundle(2, "batch")
    content["entry"][1]["resource"]["birthDate"] = "1990-01-01"
    done = platform.run("ingest", "--json", written(tmp_path, "batch.json", content))
    row = json.loads(done.stdout)[0]
    assert done.returncode == 3
    assert (row["state"], row["errors"], row["counts"]) == ("done_with_issues", 1, {"accepted": 1})
    assert row["issues"]


def test_a_missing_file_is_wrong_usage(platform) -> None:
    assert platform.run("ingest", "/nowhere/file.xml").returncode == 2


def test_accounts_are_listed_locked_and_given_passwords(platform) -> None:
    made = platform.run("user", "add", "tam-thoi", "--role", "operator")
    assert made.returncode == 0
    assert "Password:" in made.stdout
    assert platform.run("token", "--user", "tam-thoi").returncode == 0
    changed = platform.run("user", "password", "tam-thoi", "--password", "-", given="mot cau that dai de nho\n")
    assert changed.returncode == 0
    assert "mot cau that dai" not in changed.stdout
    assert platform.run("user", "disable", "tam-thoi").returncode == 0
    listed = platform.run("user", "list").stdout
    row = next(line for line in listed.splitlines() if "tam-thoi" in line)
    assert "operator" in row
    assert "✓" not in row
    locked = platform.run("token", "--user", "tam-thoi")
    assert locked.returncode == 3
    assert "OPS-0020" in locked.stderr


@pytest.mark.parametrize(
    ("arguments", "number"),
    [
        (("user", "add", "x", "--role", "king"), "OPS-0021"),
        (("user", "add", "x", "--role", "doctor"), "WEB-0003"),
        (("user", "add", "x", "--role", "operator", "--password", "ngắn"), "WEB-0001"),
        (("user", "add", "x", "--role", "facility", "--facility", "1"), "OPS-0022"),
        (("user", "disable", "nobody"), "WEB-0004"),
        (("user", "password", "nobody"), "WEB-0004"),
        (("token", "--user", "nobody"), "WEB-0004"),
    ],
)
def test_what_cannot_be_done_ends_with_three_and_a_number(platform, arguments: tuple[str, ...], number: str) -> None:
    done = platform.run(*arguments)
    assert (done.returncode, number in done.stderr) == (3, True), done.stderr
    assert "Traceback" not in done.stderr


def test_status_tells_the_parts_and_without_a_platform_ends_with_four(platform, tmp_path: Path) -> None:
    done = platform.run("status", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["status"] == "ok"
    nowhere = platform.run("status", YTESO_HOME=str(tmp_path))
    assert nowhere.returncode == 4
    assert "OPS-0005" in nowhere.stderr


def test_metrics_are_for_this_machine_or_a_token(platform) -> None:
    with platform.ask("/metrics") as response:
        text = response.read().decode()
    for name in ("yteso_intake_files", "yteso_store_transaction", "yteso_export_lag_seconds", "yteso_requests_total"):
        assert f"# TYPE {name}" in text or f"# TYPE {name.removesuffix('_total')}" in text
    tokens = {name: platform.run("token", "--user", name).stdout.strip() for name in ("quantri", "bacsi")}
    outside = {"X_Forwarded_For": "192.0.2.7"}
    assert platform.status_of("/metrics", **outside) == 401
    assert platform.status_of("/metrics", **outside, Authorization=f"Bearer {tokens['bacsi']}") == 403
    assert platform.status_of("/metrics", **outside, Authorization=f"Bearer {tokens['quantri']}") == 200


def test_a_received_file_is_read_again_by_command(platform, tmp_path: Path) -> None:
    (file,) = bhyt_files(tmp_path, 1, seed=57)
    row = json.loads(platform.run("ingest", "--json", file).stdout)[0]
    done = platform.run("intake", "replay", row["intake"])
    assert done.returncode == 0, done.stderr
    assert "read again" in done.stdout
    assert platform.run("intake", "replay", "nonsense").returncode != 0
