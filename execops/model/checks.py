"""A check of the deployment."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one check of the deployment: `state` is ok, off or bad; `hint` names the next step."""

    name: str
    state: str
    detail: str
    hint: str | None = None
