"""Modules that a command needs soon are loaded while it waits, and never hold up an answer or an error."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.meanwhile import loading


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of three modules that nobody has loaded."""
    names = ["soon_first", "soon_second", "soon_broken"]
    for name in names:
        (tmp_path / f"{name}.py").write_text("raise ImportError('broken')" if name == names[2] else "")
    monkeypatch.syspath_prepend(tmp_path)
    yield names
    for name in names:
        sys.modules.pop(name, None)


async def test_they_are_loaded_in_their_order(modules: list[str]) -> None:
    async with loading(modules[:2]) as loaded:
        assert not set(modules) & sys.modules.keys()
        await loaded
        assert [name for name in sys.modules if name in modules] == modules[:2]


async def test_what_is_under_way_goes_on_before_each(modules: list[str]) -> None:
    loaded_meanwhile = []

    async def exchange() -> None:
        for _ in range(6):  # as an answer that is read and a question that is sent
            await asyncio.sleep(0)
            loaded_meanwhile.append([name for name in sys.modules if name in modules])

    async with loading(modules[:2]) as loaded:
        await exchange()
        await loaded

    assert loaded_meanwhile == [[]] * 6


async def test_an_error_of_the_sign_in_is_told_and_ends_the_loading(modules: list[str]) -> None:
    with pytest.raises(LookupError, match="no such operator"):
        async with loading(modules) as loaded:
            raise LookupError("no such operator")

    assert loaded.cancelled()
    assert not set(modules) & sys.modules.keys()


async def test_a_module_that_cannot_be_loaded_is_told(modules: list[str]) -> None:
    with pytest.raises(ImportError, match="broken"):
        async with loading(modules) as loaded:
            await loaded
