from yteso.exchange import bell


def test_a_bell_rings_at_once_then_a_few_times_a_second_and_always_when_it_must(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(bell.time, "monotonic", lambda: now[0])
    one = bell.Bell()
    assert one.due()
    assert not one.due()
    assert one.due(always=True)
    now[0] += bell.EVERY
    assert one.due()
