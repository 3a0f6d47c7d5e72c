"""How long a record takes as a PDF, by its entries: `python -m benchmarks.paper [--rounds N] [--out FOLDER]`."""

from __future__ import annotations

import argparse
import time

from benchmarks.store_measure import report, spread
from yteso.web.paper.document import Entry, Paper, Part
from yteso.web.paper.press import print_pdf

COUNTS = (20, 500, 6000)


def paper(count: int) -> Paper:
    """Entries of the length they have in a record."""
    entry = Entry(
        "Định lượng HDL-C",
        "0,9 mmol/L",
        ("Mỡ máu tốt: càng cao càng bảo vệ tim mạch.", "Mức bình thường: từ 1 mmol/L trở lên"),
        "Thấp hơn mức bình thường. Hãy hỏi bác sĩ điều này nghĩa là gì với bạn.",
        warn=True,
        origin="24/11/2026 · Bệnh viện Mẫu · số hành nghề 0012345/BYT",
    )
    part = Part("Kết quả xét nghiệm", (entry,) * count)
    facts = (("Họ tên", "Nguyễn Thị Thử"),)
    return Paper("Sổ sức khỏe", "Y tế số", "vi", "Nguyễn Thị Thử", "Tính đến", "Y tế số", "Trang", (), facts, (part,))


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", default=None)
    asked = parser.parse_args()
    measured = {}
    for count in COUNTS:
        took, size = [], 0
        for _ in range(asked.rounds):
            start = time.perf_counter()
            size = len(print_pdf(paper(count)))
            took.append((time.perf_counter() - start) * 1e3)
        measured[f"{count}_entries"] = {"ms": spread(took), "kilobytes": round(size / 1024)}
    report("paper", measured, asked.out)


if __name__ == "__main__":
    main()
