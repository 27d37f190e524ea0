"""Adapters: one module an action type, each with `create(settings)`; vendor SDKs live here and in sources/.

One that needs something of the outside has `diagnose(settings)` too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

from execops.model import NOTICE
from execops.settings import Settings

if TYPE_CHECKING:
    from execops.model import Check
    from execops.ports import Adapter, Messenger

# A message to one's own team is one of these: the role's channel or address decides.
MESSAGES = frozenset({"email", "slack", NOTICE})


def create_adapters(settings: Settings) -> dict[str, Adapter]:
    """Every adapter by the action type it performs."""
    adapters: list[Adapter] = [module.create(settings) for module in _modules()]
    return {adapter.action_type: adapter for adapter in adapters}


class LateAdapters(Mapping[str, "Adapter"]):
    """Every adapter by the action type it performs, created at the first look: a command that lists needs none.

    A look raises what `create_adapters` raises.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def _adapters(self) -> dict[str, Adapter]:
        return create_adapters(self._settings)

    def __getitem__(self, action_type: str) -> Adapter:
        return self._adapters[action_type]

    def __iter__(self) -> Iterator[str]:
        return iter(self._adapters)

    def __len__(self) -> int:
        return len(self._adapters)


def create_messenger(settings: Settings) -> Messenger:
    """The messenger that writes to operators. Raises NotConfiguredError if the token of its transport is not set."""
    from execops.adapters import slack

    return slack.create_messenger(settings)


async def diagnose(settings: Settings) -> list[Check]:
    """Check what the adapters need of the outside, and perform nothing. An error is a check that is bad."""
    checks: list[Check] = []
    for module in _modules():
        if hasattr(module, "diagnose"):
            checks += await module.diagnose(settings)
    return checks


def _modules() -> Iterator[Any]:
    from pkgutil import iter_modules

    for module in iter_modules(__path__):
        if not (module.ispkg or module.name.startswith("_")):
            yield import_module(f"{__name__}.{module.name}")
