"""The host that forks the processes of the tests: it costs seconds, so one serves all that ask at once."""

from __future__ import annotations

import functools
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests import forking


def test_one_host_is_started_however_many_ask_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[str] = []

    @functools.cache
    def start() -> str:
        time.sleep(0.02)  # as long as all of them need to ask
        started.append("a host")
        return "socket"

    monkeypatch.setattr(forking, "_started_host", start)
    with ThreadPoolExecutor(5) as threads:
        assert {*threads.map(lambda _: forking._host(), range(5))} == {"socket"}
    assert started == ["a host"]
