"""`yteso simulate`: write the files of a simulated province to a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yteso.ops.commands.place import console


def simulate(
    folder: Annotated[Path, typer.Argument(file_okay=False, help="Thư mục ghi tệp · Folder to write to")],
    visits: Annotated[int, typer.Option(min=1, help="Số lượt khám · Visits")] = 3000,
    facilities: Annotated[int, typer.Option(min=1, max=500, help="Số cơ sở · Facilities")] = 12,
    seed: Annotated[int, typer.Option(help="Hạt giống · Seed")] = 1,
    faults: Annotated[float, typer.Option(min=0.0, max=1.0, help="Tỷ lệ lượt có lỗi · Share of faulty visits")] = 0.0,
) -> None:
    """Ghi các tệp BHYT của một tỉnh mô phỏng. · Write the BHYT files of a simulated province."""
    from yteso.sandbox.province import Province

    province = Province(seed, facilities, fault_rate=faults)
    folder.mkdir(parents=True, exist_ok=True)
    count = size = 0
    with console.status("Đang ghi · Writing"):
        for file in province.files(visits):
            (folder / file.name).write_bytes(file.content)
            count += 1
            size += len(file.content)
    console.print(f"{count} tệp · files, {size / 1e6:.1f} MB → {folder}")
