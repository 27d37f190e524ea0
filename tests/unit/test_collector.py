"""A command collects no garbage until it runs, and only short ones do without."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from cli import collector, session


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    threshold = gc.get_threshold()
    yield
    gc.set_threshold(*threshold)
    gc.enable()


async def collects() -> bool:
    return gc.isenabled()


def test_a_command_collects_while_it_runs() -> None:
    collector.pause()
    assert not gc.isenabled()
    assert session.run(collects())


def test_a_short_command_collects_nothing() -> None:
    collector.pause()
    assert not session.run(collects(), collects=False)


def test_a_server_collects_less_often() -> None:
    collector.pause()
    assert session.run(collects(), session.serving_loop)
    assert gc.get_threshold()[0] == 50_000
