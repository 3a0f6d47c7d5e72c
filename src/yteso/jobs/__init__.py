"""Background jobs: enqueued inside the caller's transaction, run by workers, rescued when a worker is killed."""

from yteso.jobs.enqueue import asking, enqueue
from yteso.jobs.worker import Chore, Task, Worker

__all__ = ["Chore", "Task", "Worker", "asking", "enqueue"]
