"""One process of `yteso import`: works pieces of one job until it is over. Several may run, beside walkers too."""

from __future__ import annotations

import sys
import time

from yteso.base.settings import Settings
from yteso.ops.compose import build
from yteso.ops.logs import log_to_stderr
from yteso.ops.orphan import end_with_parent
from yteso.ops.supervisor import stop_on_signals
from yteso.store.bulk.job import fetch_job

_OTHERS_SECONDS = 0.2


def main() -> None:
    """Work until the job is over or we are told to stop."""
    end_with_parent()
    log_to_stderr(Settings.from_environment().syslog)
    stop = stop_on_signals()
    id = sys.argv[1]  # noqa: A001 - FHIR's own word
    services = build(Settings.from_environment(), application="yteso import", connections=2)
    try:
        while not stop.is_set():
            services.bulk.work(stop.is_set, id, 0)
            with services.database.connection() as conn:
                job = fetch_job(conn, id)
            if job is None or job.state != "waiting":
                return
            time.sleep(_OTHERS_SECONDS)
    finally:
        services.close()


if __name__ == "__main__":
    main()
