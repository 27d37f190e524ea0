"""Adapters: one module an action type, each with `create(settings)`; vendor SDKs live here and in sources/."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from execops.model import NOTICE
from execops.ports import Adapter
from execops.settings import Settings

# A message to one's own team is one of these: the role's channel or address decides.
MESSAGES = frozenset({"email", "slack", NOTICE})


def create_adapters(settings: Settings) -> dict[str, Adapter]:
    """Every adapter by the action type it performs."""
    names = [module.name for module in iter_modules(__path__) if not module.name.startswith("_")]
    adapters: list[Adapter] = [import_module(f"{__name__}.{name}").create(settings) for name in names]
    return {adapter.action_type: adapter for adapter in adapters}
