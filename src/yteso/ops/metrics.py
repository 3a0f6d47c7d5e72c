"""Prometheus metrics: what this process counts, and what it asks the rooms at each scrape. Numbers only, no values."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0)

Reading = tuple[str, dict[str, str], float]
"""One gauge: name, labels, value."""

disable_created_metrics()
_own = CollectorRegistry()
REQUESTS = Counter("yteso_requests_total", "Requests answered", ["door", "method", "status"], registry=_own)
SECONDS = Histogram("yteso_request_seconds", "Time to answer", ["door"], registry=_own, buckets=_BUCKETS)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

HELP = {
    "yteso_up": "1 when the part works",
    "yteso_jobs": "Background jobs by state",
    "yteso_workers": "Walkers whose heart beats",
    "yteso_intake_backlog": "Files received and not yet walked",
    "yteso_intake_files": "Files received in the last 24 hours, by door and by how they stand",
    "yteso_intake_files_with_findings": "Those of them with errors or warnings",
    "yteso_store_transaction": "The newest transaction number of the store",
    "yteso_export_lag_seconds": "Age of the oldest change the warehouse does not have; 0 when it has all",
    "yteso_export_transaction": "The transaction number the warehouse has reached",
    "yteso_subscriptions": "Subscriptions by state",
    "yteso_subscription_events_waiting": "Events numbered and not yet told, by state of their subscription",
    "yteso_egress": "Accounts near their budget of people (alarm), refusals for it (stop), within the hour",
    "yteso_export_age_seconds": "Seconds since the exporter last gave a sign",
}


def count(door: str, method: str, status: int, seconds: float) -> None:
    """One request was answered."""
    _requests(door, method if method in _METHODS else "other", status).inc()
    _seconds(door).observe(seconds)


@cache
def _requests(door: str, method: str, status: int) -> Counter:
    return REQUESTS.labels(door, method, str(status))


@cache
def _seconds(door: str) -> Histogram:
    return SECONDS.labels(door)


def exposition(readings: Callable[[], list[Reading]]) -> bytes:
    """The page Prometheus reads: the counters of all web processes and the gauges of this moment."""
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.MultiProcessCollector(registry)
    else:
        registry.register(_Same(_own))
    registry.register(_Gauges(readings))
    return generate_latest(registry)


class _Same(Collector):
    """Another registry's metrics."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterator[Metric]:
        yield from self._registry.collect()


class _Gauges(Collector):
    """Readings grouped into families."""

    def __init__(self, readings: Callable[[], list[Reading]]) -> None:
        self._readings = readings

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        families: dict[str, GaugeMetricFamily] = {}
        for name, labels, value in self._readings():
            family = families.setdefault(name, GaugeMetricFamily(name, HELP[name], labels=list(labels)))
            family.add_metric(list(labels.values()), value)
        yield from families.values()
