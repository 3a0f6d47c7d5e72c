"""`yteso up`: start everything and look after it until Ctrl-C."""

from __future__ import annotations

from yteso.ops.commands.place import console, settings


def up() -> None:
    """Khởi động toàn hệ thống và giữ cho chạy đến khi nhấn Ctrl-C. · Start the platform and keep it running."""
    from yteso.ops.logs import log_to_stderr
    from yteso.ops.supervisor import Supervisor, stop_on_signals

    log_to_stderr(settings().syslog)
    stop = stop_on_signals()
    supervisor = Supervisor(settings())
    with console.status("Đang khởi động · Starting"):
        supervisor.start()
    console.print(f"[bold]Y tế số[/]  {supervisor.address}  ·  FHIR {supervisor.address}/fhir")
    console.print("Ctrl-C để dừng · Ctrl-C to stop")
    try:
        supervisor.watch(stop)
    finally:
        with console.status("Đang dừng · Stopping"):
            supervisor.stop()
