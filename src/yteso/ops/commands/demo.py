"""`yteso demo`: build the demo province through the real front door, then serve it."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from yteso.base.errors import CannotStart
from yteso.ops.commands.place import console, settings
from yteso.ops.exits import FAILED
from yteso.ops.rules import NOT_OPEN_TO_OTHERS

if TYPE_CHECKING:
    from yteso.ops.province import Plan
    from yteso.ops.supervisor import Supervisor


def demo(
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Giữ chạy sau khi dựng · Keep running")] = True,
    visits: Annotated[int, typer.Option(min=1, help="Số lượt khám · Visits")] = 3000,
    facilities: Annotated[int, typer.Option(min=1, max=500, help="Số cơ sở · Facilities")] = 12,
    seed: Annotated[int, typer.Option(help="Hạt giống · Seed")] = 1,
) -> None:
    """Dựng một tỉnh mẫu rồi chạy. · Build a demo province, then run it; a second run doubles nothing."""
    from yteso.ops.logs import log_to_stderr
    from yteso.ops.ports import free_pair
    from yteso.ops.supervisor import Supervisor, stop_on_signals

    if not settings().is_local:
        raise CannotStart(NOT_OPEN_TO_OTHERS.at())
    log_to_stderr(settings().syslog)
    stop = stop_on_signals()
    supervisor = Supervisor(settings(), port=0 if serve else free_pair())
    with console.status("Đang khởi động · Starting"):
        supervisor.start()
    try:
        built: Future[Plan] = Future()
        wanted = visits, facilities, seed
        threading.Thread(target=_settle, args=(built, supervisor, wanted, serve), daemon=True).start()
        while not built.done() and not stop.wait(0.2):
            supervisor.tend()
        if built.done():
            what = built.result()
            if serve and not stop.is_set():
                _announce(supervisor.address, what)
                supervisor.watch(stop)
    finally:
        with console.status("Đang dừng · Stopping"):
            supervisor.stop()
    if not serve and not built.done():
        raise typer.Exit(FAILED)


def _settle(built: Future[Plan], supervisor: Supervisor, wanted: tuple[int, int, int], serve: bool) -> None:
    """Building runs beside the watch over the processes, which brings PostgreSQL back; its errors are raised there."""
    try:
        built.set_result(_build(supervisor, wanted, serve))
    except BaseException as error:
        built.set_exception(error)


def _build(supervisor: Supervisor, wanted: tuple[int, int, int], serve: bool) -> Plan:
    """Plan, feed and wait for the figures. A province that was fed and walked before is served without a wait."""
    from yteso.ops import province

    address = supervisor.local_address
    what = province.plan(supervisor.settings, *wanted)
    if serve and what.fed and province.backlog(address) == 0:
        return what
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console) as progress:
        if not what.fed:
            bar = progress.add_task("Gửi hồ sơ · Sending", total=what.visits)
            good, bad = province.send(
                supervisor.settings, what, address, lambda done: progress.update(bar, completed=done)
            )
            progress.update(bar, total=what.visits, completed=what.visits)
            progress.console.print(f"{good} tệp đã nhận · files received, {bad} bị từ chối · refused")
        walk = progress.add_task("Xử lý · Walking", total=None)
        most = [0]

        def seen(waiting: int) -> None:
            most[0] = max(most[0], waiting)
            progress.update(walk, total=most[0] or None, completed=most[0] - waiting)

        province.await_figures(supervisor.settings, address, seen)
        progress.update(walk, total=most[0] or 1, completed=most[0] or 1)
    province.make_citizen(supervisor.settings)
    return what


def _announce(address: str, what: Plan) -> None:
    """Where it is and one log-in per role."""
    from yteso.ops.province import CITIZEN, logins

    table = Table("Vai trò · Role", "Tên · User name", "Mật khẩu · Password")
    for login in (*logins(what.province.facilities[0].code), CITIZEN):
        table.add_row(f"{login.title}", login.name, login.password)
    console.print(f"\n[bold]Y tế số[/]  {address}  ·  FHIR {address}/fhir")
    console.print(table)
    console.print("Ctrl-C để dừng · Ctrl-C to stop")
