"""The host that forks the processes of the tests: it costs seconds, so one serves all that ask at once."""

from __future__ import annotations

import functools
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests import forking


def test_one_host_is_started_however_many_ask_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[str] = []
    together = Barrier(5)

    def ask(_: int) -> str:
        together.wait()
        return forking._host()

    @functools.cache
    def start() -> str:
        started.append("a host")
        sum(range(2_000_000))  # so that all of them ask meanwhile
        return "socket"

    monkeypatch.setattr(forking, "_started_host", start)
    with ThreadPoolExecutor(5) as threads:
        assert {*threads.map(ask, range(5))} == {"socket"}
    assert started == ["a host"]
