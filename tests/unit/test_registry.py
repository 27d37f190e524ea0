"""The registry finds plays in the folders of verticals, and in no folder of what plays share."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

import pytest

from execops import plays
from execops.plays.registry import SHARED, all_plays


@pytest.mark.parametrize("folder", sorted(SHARED))
def test_a_shared_folder_holds_no_play(folder: str) -> None:
    package = import_module(f"{plays.__name__}.{folder}")
    modules = [
        import_module(f"{package.__name__}.{module.name}") for module in iter_modules(package.__path__)
    ]
    assert modules
    assert [module.__name__ for module in modules if hasattr(module, "PLAY")] == []


def test_every_other_folder_is_a_vertical_with_plays() -> None:
    folders = {module.name for module in iter_modules(plays.__path__) if module.ispkg}
    assert {play.vertical for play in all_plays().values()} == folders - SHARED
