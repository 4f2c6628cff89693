"""One request in flight to a host, and a pause between two."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from harvester.fetch.gate import ClosedError, CrowdedError, Gate, Manners


def test_a_host_is_left_alone_for_the_gap_or_what_its_robots_txt_asks() -> None:
    manners = Manners(gap=1.0, widest=30.0)
    assert manners.pause() == 1.0
    assert manners.pause(0.2) == 1.0
    assert manners.pause(10.0) == 10.0
    assert manners.pause(86_400.0) == 30.0


def test_servers_of_our_own_are_asked_without_a_pause() -> None:
    assert Manners().pause(10.0, private=True) == 0.0
    assert Manners(spare_private=False).pause(10.0, private=True) == 10.0


def test_at_most_one_is_let_through_to_each_host() -> None:
    gate, inside, most = Gate(), dict.fromkeys("abc", 0), dict.fromkeys("abc", 0)

    def visit(number: int) -> None:
        host = "abc"[number % 3]
        gate.enter(host, 10)
        inside[host] += 1
        most[host] = max(most[host], inside[host])
        time.sleep(0.002)
        inside[host] -= 1
        gate.leave(host, 0.0)

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(visit, range(60)))
    assert set(most.values()) == {1}


def test_hosts_do_not_wait_for_each_other() -> None:
    gate = Gate()
    gate.enter("a.example", 1)
    assert gate.enter("b.example", 1) < 0.5


def test_the_next_one_waits_for_the_pause() -> None:
    gate = Gate()
    gate.enter("a.example", 1)
    gate.leave("a.example", 0.2)
    assert 0.15 < gate.enter("a.example", 1) < 1


def test_who_came_first_goes_first() -> None:
    gate, order, threads = Gate(), list[int](), list[threading.Thread]()
    gate.enter("a.example", 1)

    def visit(number: int) -> None:
        gate.enter("a.example", 10)
        order.append(number)
        gate.leave("a.example", 0.0)

    for number in range(8):
        threads.append(threading.Thread(target=visit, args=(number,)))
        threads[-1].start()
        while len(gate._lanes["a.example"].queue) <= number:
            time.sleep(0.001)
    gate.leave("a.example", 0.05)
    for thread in threads:
        thread.join()
    assert order == list(range(8))


def test_nobody_waits_for_ever() -> None:
    gate = Gate()
    gate.enter("a.example", 1)
    with pytest.raises(CrowdedError):
        gate.enter("a.example", 0.1)
    gate.leave("a.example", 5.0)
    with pytest.raises(CrowdedError):
        gate.enter("a.example", 0.1)


def test_who_gave_up_does_not_block_the_others() -> None:
    gate = Gate()
    gate.enter("a.example", 1)
    with pytest.raises(CrowdedError):
        gate.enter("a.example", 0.05)
    gate.leave("a.example", 0.0)
    assert gate.enter("a.example", 1) < 0.5


def test_a_closed_gate_sends_everybody_away_at_once() -> None:
    gate = Gate()
    gate.enter("a.example", 1)
    threading.Timer(0.1, gate.close).start()
    began = time.monotonic()
    with pytest.raises(ClosedError):
        gate.enter("a.example", 60)
    assert time.monotonic() - began < 5
    with pytest.raises(ClosedError):
        gate.enter("b.example", 60)
