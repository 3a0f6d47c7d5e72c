import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from yteso.base.together import Together


def test_a_lone_call_is_answered_at_once():
    assert Together(lambda asks: [ask * 2 for ask in asks])(21) == 42


def test_none_is_an_answer():
    assert Together(lambda asks: [None for _ in asks])(1) is None


def test_every_caller_gets_its_own_answer_and_batches_form_while_one_is_at_work():
    sizes = []

    def run(asks):
        sizes.append(len(asks))
        time.sleep(0.002)
        return [ask + 1 for ask in asks]

    together = Together(run, most=8)
    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(together, range(400))) == list(range(1, 401))
    assert sum(sizes) == 400
    assert max(sizes) == 8
    assert len(sizes) < 200


def test_callers_who_were_just_answered_share_the_next_batch():
    sizes = []

    def run(asks):
        sizes.append(len(asks))
        time.sleep(0.002)
        return asks

    together = Together(run, patience=0.5)
    begin = threading.Barrier(4)

    def call_often(_):
        begin.wait()
        return [together(number) for number in range(20)]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(call_often, range(4))) == [list(range(20))] * 4
    assert sum(sizes) == 80
    assert len(sizes) < 40


def test_one_caller_who_comes_again_and_again_waits_for_nobody():
    together = Together(lambda asks: asks, patience=60)
    begun = time.monotonic()
    assert [together(number) for number in range(50)] == list(range(50))
    assert time.monotonic() - begun < 30


def test_an_error_reaches_only_the_call_it_belongs_to():
    begin = threading.Barrier(8)

    def run(asks):
        if len(asks) == 1:
            time.sleep(0.01)  # lets the others queue up behind the first
        if 3 in asks:
            raise ValueError
        return list(asks)

    together = Together(run)

    def call(number):
        begin.wait()
        return together(number)

    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(call, number) for number in range(8)]
    for number, one in enumerate(calls):
        if number == 3:
            with pytest.raises(ValueError):
                one.result()
        else:
            assert one.result() == number


def test_it_goes_on_after_an_error():
    answers = iter([ValueError(), None])

    def run(asks):
        if error := next(answers):
            raise error
        return asks

    together = Together(run)
    with pytest.raises(ValueError):
        together(1)
    assert together(2) == 2
