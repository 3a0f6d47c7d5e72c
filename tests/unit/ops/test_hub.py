"""The live hub: topics wake their subscribers once, however often they change; the number of browsers is bounded."""

from __future__ import annotations

import asyncio

from yteso.ops.hub import Hub, Subscriber


class Silent:
    """A listener that hears nothing."""

    def wait(self, timeout: float) -> list[tuple[str, str]]:
        return []

    def close(self) -> None:
        return None


def test_many_changes_of_a_topic_are_one_piece_of_news() -> None:
    async def story() -> list[str]:
        subscriber = Subscriber(["intake", "marts", "unknown"])
        for topic in ("intake", "intake", "record", "marts", "unknown"):
            subscriber.tell(topic)
        return await subscriber.changed(1.0)

    assert asyncio.run(story()) == ["intake", "marts"]


def test_without_news_the_wait_ends_empty() -> None:
    assert asyncio.run(Subscriber(["intake"]).changed(0.01)) == []


def test_only_so_many_browsers_are_let_in_and_a_place_is_given_back() -> None:
    hub = Hub(Silent(), most=1)  # type: ignore[arg-type]
    first = hub.subscribe(["intake"])
    assert first is not None
    assert hub.subscribe(["intake"]) is None
    hub.leave(first)
    assert hub.subscribe(["intake"]) is not None
