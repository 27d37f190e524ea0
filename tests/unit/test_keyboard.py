"""Keys that were typed ahead of a key that did nothing decide nothing either, however slowly they follow."""

from __future__ import annotations

from time import monotonic
from types import SimpleNamespace
from typing import Any

from tui.keyboard import QUIET, Keyboard


async def _nothing(*_: Any) -> None:
    """Pass nothing on."""


async def pressed(*gaps: float, until_quiet: bool) -> list[int]:
    """Which of the keys are taken that follow a dropped one, each so many seconds after the one before."""
    keyboard = Keyboard(_nothing, _nothing)
    keyboard.forget(until_quiet=until_quiet)
    at, taken = monotonic(), []
    for number, gap in enumerate(gaps):
        at += gap
        keyboard.press(SimpleNamespace(time=at))  # type: ignore[arg-type]
        if not keyboard.idle:
            taken.append(number)
            keyboard.forget()
    return taken


async def test_keys_are_dropped_until_none_came_for_a_moment() -> None:
    gaps = (QUIET / 4, QUIET * 0.9, QUIET / 2, QUIET * 1.5)
    assert await pressed(*gaps, until_quiet=True) == [3]
    assert await pressed(QUIET * 2, until_quiet=True) == [0]


async def test_else_only_the_keys_from_before_are_dropped() -> None:
    assert await pressed(QUIET / 4, until_quiet=False) == [0]
    assert await pressed(-QUIET, until_quiet=False) == []
