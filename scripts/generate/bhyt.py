"""The published field lists of the BHYT tables -> `standards/bhyt/{tables,fields,legacy}.tsv`.

In: a folder with `bhyt_fields_extended.csv`, `bhyt_fields_qd4210.csv`, `bhyt_structure.json` (facts of the annexes of
QĐ 130, QĐ 4750, QĐ 3176, QĐ 1931, QĐ 4210) and our own `bhyt_names_vi.tsv`. Long legal text does not travel.

    python scripts/generate/bhyt.py FOLDER
"""

from __future__ import annotations

import csv
import json
import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
TARGET = HERE.parents[1] / "src" / "yteso" / "standards" / "bhyt"
MARK = "# made by scripts/generate/bhyt.py; do not edit"
LAYERS = ("QD130", "QD4750", "QD3176", "QD1931")
FORMATS = {
    "": "",
    "yyyymmdd": "date",
    "yyyymmddHHMM": "datetime",
    "yyyymmdd|yyyymmddHHMM": "date_or_datetime",
    'decimal "."': "decimal",
}
UNTIL_3176 = {"MA_NOI_DI", "MA_NOI_DEN", "TEN_DICH_VU", "TEN_THUOC", "PP_DIEU_TRI"}
FORMER = {"MA_CSKCB_DI": "MA_NOI_DI", "MA_CSKCB_DEN": "MA_NOI_DEN"}
TITLES = {
    "XML0": ("Trạng thái khám chữa bệnh (check-in)", "Check-in: state of the visit"),
    "XML1": ("Tổng hợp khám chữa bệnh", "Visit summary"),
    "XML2": ("Chi tiết thuốc", "Medicines"),
    "XML3": ("Chi tiết dịch vụ kỹ thuật và vật tư y tế", "Services and supplies"),
    "XML4": ("Chi tiết cận lâm sàng", "Test results"),
    "XML5": ("Diễn biến lâm sàng", "Clinical course"),
    "XML6": ("Hồ sơ chăm sóc, điều trị HIV/AIDS", "HIV/AIDS care record"),
    "XML7": ("Giấy ra viện", "Discharge paper"),
    "XML8": ("Tóm tắt hồ sơ bệnh án", "Summary of the medical record"),
    "XML9": ("Giấy chứng sinh", "Birth certificate of the facility"),
    "XML10": ("Giấy nghỉ dưỡng thai", "Maternity rest certificate"),
    "XML11": ("Giấy nghỉ việc hưởng BHXH", "Sick-leave certificate"),
    "XML12": ("Giám định y khoa", "Medical assessment"),
    "XML13": ("Giấy chuyển cơ sở khám chữa bệnh", "Referral paper"),
    "XML14": ("Giấy hẹn khám lại", "Re-visit appointment paper"),
    "XML15": ("Quản lý điều trị lao", "Tuberculosis treatment"),
}
# Places of the superseded fields of XML13 in its QĐ 4750 order: before the field named.
PLACE_4750 = {
    "MA_NOI_DI": "HO_TEN",
    "MA_NOI_DEN": "HO_TEN",
    "TEN_DICH_VU": "MA_LOAI_RV",
    "TEN_THUOC": "MA_LOAI_RV",
    "PP_DIEU_TRI": "MA_LOAI_RV",
}
# The insurer's sheet says "as QĐ 4210" here; the condition is our reading of what a line is (a service or a supply).
AS_4210 = {
    ("XML3", "MA_DICH_VU"): "MA_VAT_TU empty",
    ("XML3", "MA_VAT_TU"): "MA_DICH_VU empty",
    ("XML3", "TEN_DICH_VU"): "MA_VAT_TU empty",
    ("XML3", "TEN_VAT_TU"): "MA_VAT_TU filled",
}
# No districts since 1 July 2025 (NQ 202/2025/QH15): not demanded in the layers of that time.
REQUIRED_FROM_3176 = {"MAHUYEN_CU_TRU": "no"}


def condition(table: str, field: str, text: str) -> str:
    """The sheet's Vietnamese condition as `FIELD test values`, several joined by ` & `; empty when it names none."""
    if "4210" in text:
        return AS_4210.get((table, field), "")
    if found := re.search(r"(\w+) và (\w+) = null", text):
        return f"{found[1]} empty & {found[2]} empty"
    if found := re.search(r"(\w+) not null", text):
        return f"{found[1]} filled"
    if found := re.search(r"trường (\w+) có dữ liệu", text):
        return f"{found[1]} filled"
    if found := re.search(r"trừ mã nhóm ([\d,]+)", text):
        return f"MA_NHOM not_in {found[1]}"
    if found := re.search(r"không bắt buộc khi (\w+) = (\w+)", text):
        return f"{found[1]} not_in {found[2]}"
    if found := re.search(r'(\w+)\s*(?:=|là mã)\s*"?([\w,]+)', text):
        return f"{found[1]} in {found[2]}"
    raise ValueError(f"{table}.{field}: condition not understood: {text}")


def sizes(row: dict[str, str]) -> list[str]:
    """The size in each layer: a number, `n` (unlimited), or `-` where the field is not in the layer."""
    now = row["maxlen"]
    change = row["change_qd3176_later"]
    widened_1931 = change.startswith("QD 1931")
    found = re.match(r"(\d+)->(\d+)", change)
    before_3176 = found[1] if found else row["maxlen_qd130"] if change.startswith("size n") else now
    if widened_1931:
        before_3176 = row["maxlen_qd130"]
    by_layer = {
        "QD130": row["maxlen_qd130"] or before_3176,
        "QD4750": before_3176,
        "QD3176": before_3176 if widened_1931 else now,
        "QD1931": now,
    }
    if row["field"] in UNTIL_3176 and row["status"] != "current":
        by_layer["QD3176"] = by_layer["QD1931"] = "-"
    for layer in LAYERS[: LAYERS.index(row["introduced"])]:
        by_layer[layer] = "-"
    return [by_layer[layer] for layer in LAYERS]


def field_lines(folder: Path) -> list[str]:
    """One line per field of XML0–XML15, in the order of the newest layer, superseded ones at their old place."""
    names = vietnamese_names()
    with (folder / "bhyt_fields_extended.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = []
    for row in in_place(rows):
        table, field = row["table"], row["field"]
        many = "multi" in row["format"] or (not row["format"] and "';'" in row["gloss_en"]) or "several" in change(row)
        fmt = FORMATS[row["format"].removesuffix("multi ;").strip()]
        if not fmt and row["type"] == "string" and "yyyymmddHHMM" in row["gloss_en"]:
            fmt = "datetime"
        required = {"yes": "yes", "conditional": "cond"}.get(row["required"], "no")
        cells = [
            table,
            field,
            *sizes(row),
            row["type_qd130"] or row["type"],
            row["type"],
            fmt,
            "many" if many and row["maxlen"] != "5" and row["maxlen"] != "15" else "",
            required,
            REQUIRED_FROM_3176.get(field, required),
            condition(table, field, row["required_text_bhxh"]) if required == "cond" else "",
            FORMER.get(field, "") if table == "XML13" else "",
            names[field],
            row["gloss_en"],
        ]
        lines.append("\t".join(cells))
    return lines


def change(row: dict[str, str]) -> str:
    return row["change_qd3176_later"]


def in_place(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The rows with the superseded fields of XML13 moved from the end to where QĐ 4750 had them."""
    current = [row for row in rows if row["status"] == "current"]
    for row in (row for row in rows if row["status"] != "current"):
        anchor = PLACE_4750[row["field"]]
        at = next(i for i, other in enumerate(current) if other["table"] == "XML13" and other["field"] == anchor)
        current.insert(at, row)
    return current


def vietnamese_names() -> dict[str, str]:
    text = (HERE / "bhyt_names_vi.tsv").read_text(encoding="utf-8")
    return dict(line.split("\t") for line in text.splitlines() if not line.startswith("#"))


def table_lines(folder: Path) -> list[str]:
    """name, root, list and item element, titles. `-` where the root itself holds the fields or nothing is sent."""
    tables = json.loads((folder / "bhyt_structure.json").read_text(encoding="utf-8"))["tables"]
    return [
        "\t".join([n, *(t[part] or "-" for part in ("root", "list", "item")), *TITLES[n]]) for n, t in tables.items()
    ]


def legacy_lines(folder: Path) -> list[str]:
    """QĐ 4210: table, field, type, element path, the QĐ 130 field it became (another table's as `XML3.MA_MAY`)."""
    with (folder / "bhyt_fields_qd4210.csv").open(encoding="utf-8", newline="") as file:
        return [
            "\t".join([row["table"], row["field"], row["type"], row["element"], row["maps_to_qd130"] or "-"])
            for row in csv.DictReader(file)
        ]


def generate(folder: Path) -> dict[str, str]:
    """File name -> its text, for the files of `standards/bhyt`."""
    files = {"tables.tsv": table_lines, "fields.tsv": field_lines, "legacy.tsv": legacy_lines}
    return {name: "\n".join([MARK, *make(folder)]) + "\n" for name, make in files.items()}


if __name__ == "__main__":
    for name, text in generate(Path(sys.argv[1])).items():
        (TARGET / name).write_text(text, encoding="utf-8")
