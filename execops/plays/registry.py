"""The registry of all plays: each vertical has a folder, and each module in it has one `PLAY`.

To add a play, add a file.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from importlib import import_module
from pkgutil import iter_modules, walk_packages

from execops import plays
from execops.adapters import MESSAGES
from execops.plays.play import Play

# The folders of what plays share. Every other folder is a vertical.
SHARED = frozenset({"cancellations", "disputes", "mails", "payments", "routing", "support"})


@cache
def all_plays() -> dict[str, Play]:
    """Every play by name. Raises ValueError where two plays have the same name."""
    by_name: dict[str, Play] = {}
    for package in iter_modules(plays.__path__):
        if not package.ispkg or package.name in SHARED:
            continue
        module = import_module(f"{plays.__name__}.{package.name}")
        for entry in walk_packages(module.__path__, prefix=f"{module.__name__}."):
            play = import_module(entry.name).PLAY
            if play.name in by_name:
                raise ValueError(f"two plays are called {play.name!r}")
            by_name[play.name] = play
    return by_name


def action_types(adapters: Collection[str]) -> frozenset[str]:
    """Every action type that can be allowed: it has an adapter, or a play drafts it."""
    drafted = MESSAGES | {play.action_type for play in all_plays().values()}
    return frozenset(adapters) | drafted
