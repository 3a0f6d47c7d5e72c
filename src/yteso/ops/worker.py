"""One walker process: runs background jobs and, between them, looks for files nobody walked. Ends on SIGTERM.

The walk itself is `exchange`'s; a visit's transaction in hand is finished before the process ends.
"""

from __future__ import annotations

from functools import partial

from yteso.base.settings import Settings
from yteso.exchange.raw import DRAIN
from yteso.jobs import Chore, Task, Worker
from yteso.ops.compose import build, drain_of
from yteso.ops.logs import log_to_stderr
from yteso.ops.orphan import end_with_parent
from yteso.ops.supervisor import stop_on_signals
from yteso.store.bulk.desk import TASK as BULK
from yteso.store.inbox import TASK as TELL
from yteso.store.reindex import Reindex
from yteso.store.search_parameters import TASK as REINDEX

_SWEEP_SECONDS = 2.0
_BULK_SWEEP_SECONDS = 30.0
_SAME_SECONDS = 1.0
_HOUR_SECONDS = 3_600.0
_WITH_THE_DAY = None


def main() -> None:
    """Work until told to stop."""
    end_with_parent()
    log_to_stderr(Settings.from_environment().syslog)
    stop = stop_on_signals()
    services = build(Settings.from_environment(), application="yteso walker", connections=4)
    try:
        drain = drain_of(services, stop)
        teller = services.teller()
        reindex = Reindex(services.database, services.store)
        tasks = [
            Task(DRAIN, drain),
            Task(BULK, partial(services.bulk.work, stop.is_set)),
            Task(TELL, partial(teller.work, stop.is_set)),
            Task(REINDEX, partial(reindex.work, stop.is_set)),
        ]
        chores = [
            Chore("sweep", _SWEEP_SECONDS, drain),
            Chore("bulk sweep", _BULK_SWEEP_SECONDS, services.bulk.sweep),
            Chore("same persons", _SAME_SECONDS, services.sweep_same),
            Chore("all same persons", _WITH_THE_DAY, services.spread_same),
            Chore("telling sweep", _BULK_SWEEP_SECONDS, teller.sweep),
            Chore("reindex sweep", _BULK_SWEEP_SECONDS, reindex.sweep),
            Chore("bulk clean", _HOUR_SECONDS, services.bulk.clean),
            Chore("budgets", _HOUR_SECONDS, services.forget_seen),
            Chore("maintain", _WITH_THE_DAY, services.maintain_store),
            Chore("dictionaries", _WITH_THE_DAY, services.learn_dictionaries),
            Chore("accounts", _WITH_THE_DAY, services.maintain_accounts),
        ]
        Worker(services.database, tasks, chores=chores).run(stop)
    finally:
        services.close()


if __name__ == "__main__":
    main()
