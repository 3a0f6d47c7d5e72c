"""The exporter process: every two seconds what changed goes to the warehouse, and the marts are made anew.

A thread beside it tells subscribers what changed (`notifier.py`): both follow the record by transaction number. Another
one signs the roots of the audit (`sealer.py`).
"""

from __future__ import annotations

import logging
import threading

from yteso.base.errors import CannotStart
from yteso.base.settings import Settings
from yteso.base.trace import where
from yteso.ops.compose import Services, build
from yteso.ops.export import export_once
from yteso.ops.logs import log_to_stderr
from yteso.ops.notifier import COURIERS
from yteso.ops.orphan import end_with_parent
from yteso.ops.pulse import Pulse, write_pulse
from yteso.ops.supervisor import stop_on_signals
from yteso.warehouse.refresh import Warehouse

log = logging.getLogger(__name__)
_ROUND_SECONDS = 2.0
_REFUSED_SECONDS = 60.0
_LONGEST_ERRAND = 10.0


def main() -> None:
    """Export until told to stop."""
    end_with_parent()
    log_to_stderr(Settings.from_environment().syslog)
    stop = stop_on_signals()
    services = build(Settings.from_environment(), application="yteso exporter", connections=4 + COURIERS)
    notifier = threading.Thread(target=services.notifier().run, args=(stop,), daemon=True, name="notifier")
    notifier.start()
    sealer = threading.Thread(target=services.sealer().run, args=(stop,), daemon=True, name="sealer")
    sealer.start()
    try:
        with Warehouse(services.settings.home) as warehouse:
            while not stop.is_set():
                stop.wait(_round(services, warehouse))
    finally:
        stop.set()
        notifier.join(_LONGEST_ERRAND)
        sealer.join(_LONGEST_ERRAND)
        services.close()


def _round(services: Services, warehouse: Warehouse) -> float:
    """One round; seconds until the next. A failure is logged and tried again later, a refusal less often."""
    try:
        done = export_once(services, warehouse)
        write_pulse(services.settings.home, Pulse(services.clock(), done.t))
    except CannotStart as refusal:
        log.error("the export is refused: %s", refusal)
        return _REFUSED_SECONDS
    except Exception as error:
        log.error("the export failed and is tried again: %s", where(error))
        return _ROUND_SECONDS
    return 0.0 if done.more else _ROUND_SECONDS


if __name__ == "__main__":
    main()
