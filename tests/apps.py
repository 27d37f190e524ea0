"""Applications of the server that outlive a test: to build the routes takes a tenth of a second, and they hold nothing of a test.

All that an application knows stands in its state, which `create_app` makes anew. A server that ends gives its application back.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

from litestar import Litestar
from litestar.datastructures import State

from server import app

_build = app.build_app
_idle: list[Litestar] = []
_built = 0


@cache
def keep() -> None:
    """From now on, a server of this process takes an application that no other server uses; where there is none, it builds one."""
    app.build_app = _build_or_take


def built() -> int:
    """The number of applications that were built in this process."""
    return _built


def _build_or_take() -> Litestar:
    global _built
    if _idle:
        return _idle.pop()
    _built += 1
    new = _build()
    new._lifespan_managers.insert(0, _given_back)
    return new


@asynccontextmanager
async def _given_back(used: Litestar) -> AsyncIterator[None]:
    try:
        yield
    finally:
        used.state = State()
        _idle.append(used)
