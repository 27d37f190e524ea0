"""Waits where a service asks for a pause: for reads, which nobody needs at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

from execops.errors import NotAcceptedError

_LONGEST_PAUSE = 60.0  # seconds
_PAUSES = 3
_P = ParamSpec("_P")
_T = TypeVar("_T")


async def patient(call: Callable[_P, Awaitable[_T]], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Call, and call again after the pauses that the service asks for, if they are short and few."""
    for _ in range(_PAUSES):
        try:
            return await call(*args, **kwargs)
        except NotAcceptedError as exc:
            if exc.retry_after is None or exc.retry_after > _LONGEST_PAUSE:
                raise
            await asyncio.sleep(exc.retry_after)
    return await call(*args, **kwargs)
