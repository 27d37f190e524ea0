"""The host that forks the processes of the tests: it costs seconds, so one serves all that ask at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from tests import forking


def test_one_host_is_started_however_many_ask_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started: list[Path] = []
    together = Barrier(5)

    def ask(_: int) -> str:
        together.wait()
        return forking._host()

    def start(path: Path) -> None:
        started.append(path)
        sum(range(2_000_000))  # so that all of them ask meanwhile
        path.touch()

    monkeypatch.setenv("TESTS_RUN_FOLDER", str(tmp_path))
    monkeypatch.setattr(forking, "_start", start)
    with ThreadPoolExecutor(5) as threads:
        assert {*threads.map(ask, range(5))} == {str(tmp_path / "forks")}
    assert len(started) == 1
