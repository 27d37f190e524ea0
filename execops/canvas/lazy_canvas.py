"""The canvas of one process: opened at the first question, closed with the Context."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from execops.canvas import catalogue
from execops.canvas.catalogue import Metric
from execops.canvas.drilldown import DrillDown
from execops.canvas.result import Answer
from execops.canvas.run import Asked, Canvas, open_canvas
from execops.context import Context

_CONNECTIONS = 2


class LazyCanvas:
    """A canvas that holds no connection before it is asked something."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._canvas: Canvas | None = None
        self._opening = asyncio.Lock()

    def metrics(self) -> Mapping[str, Metric]:
        """The metrics that can be asked for, by name. Raises CatalogueError."""
        return catalogue.load()

    async def ask(self, question: str) -> Asked:
        """Answer a question, or say why not. Raises UnavailableError, InvalidInputError."""
        return await (await self._open()).ask(question)

    async def drill_down(self, answer: Answer, at: int) -> DrillDown:
        """The proposals and events behind a row. Raises UnavailableError."""
        return await (await self._open()).drill_down(answer, at)

    async def _open(self) -> Canvas:
        async with self._opening:
            if self._canvas is None:
                opened = open_canvas(self._ctx, pool_size=_CONNECTIONS)
                self._canvas = await self._ctx.closing.enter_async_context(opened)
        return self._canvas
