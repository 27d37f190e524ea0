"""A check of the deployment."""

from __future__ import annotations

from msgspec import Struct


class Check(Struct, frozen=True):
    """The result of one check of the deployment: `state` is ok, off or bad; `hint` names the next step."""

    name: str
    state: str
    detail: str
    hint: str | None = None
