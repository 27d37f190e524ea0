"""The canvas at a console: opened at the first question, closed with the Context."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from execops.canvas import catalogue
from execops.canvas.behind import Behind
from execops.canvas.catalogue import Metric
from execops.canvas.result import Answer
from execops.canvas.run import Asked, Canvas, open_canvas
from execops.context import Context

_CONNECTIONS = 2


class Console:
    """Questions of one process."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._canvas: Canvas | None = None
        self._opening = asyncio.Lock()

    def known(self) -> Mapping[str, Metric]:
        """What can be asked. Raises CatalogueError."""
        return catalogue.load()

    async def ask(self, question: str) -> Asked:
        """Answer a question, or say why not. Raises UnavailableError, InvalidInputError."""
        return await (await self._open()).ask(question)

    async def behind(self, answer: Answer, at: int) -> Behind:
        """The proposals and events behind a row. Raises UnavailableError."""
        return await (await self._open()).behind(answer, at)

    async def _open(self) -> Canvas:
        async with self._opening:
            if self._canvas is None:
                opened = open_canvas(self._ctx, pool_size=_CONNECTIONS)
                self._canvas = await self._ctx.closing.enter_async_context(opened)
        return self._canvas
