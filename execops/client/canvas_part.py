"""`client.canvas`: questions to the ledger, which every role may ask."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from execops.canvas import catalogue
from execops.canvas.catalogue import Metric
from execops.canvas.result import Answer
from execops.canvas.run import Asked, Canvas, open_canvas
from execops.canvas.understanding import Suggestion, Understanding
from execops.client.part import Part
from execops.context import Context
from execops.model import SignedIn

if TYPE_CHECKING:
    from execops.canvas.drilldown import DrillDown

__all__ = ["CanvasPart", "open_canvas"]

_CONNECTIONS = 2


class CanvasPart(Part):
    """Asking questions. Without a canvas, it opens its own at the first question and closes it with the Context."""

    def __init__(self, ctx: Context, operator: SignedIn, canvas: Canvas | None = None) -> None:
        super().__init__(ctx, operator)
        self._canvas = canvas
        self._opening = asyncio.Lock()

    def metrics(self) -> Mapping[str, Metric]:
        """The metrics that can be asked for, by name. Raises CatalogueError."""
        return catalogue.load()

    async def ask(self, question: str, as_of: date | None = None) -> Asked:
        """Answer a plain question, or say why there is no answer; `as_of` stands for today.

        Raises UnavailableError, InvalidInputError.
        """
        return await (await self._opened()).ask(question, as_of)

    async def ask_suggested(self, suggestion: Suggestion, as_of: date | None = None) -> Asked:
        """Answer a suggestion of a question that has no answer. Raises UnavailableError, InvalidInputError."""
        answer = await self.answer(suggestion.metric, suggestion.params, as_of)
        understood = Understanding(kind="answer", metric=suggestion.metric, params=suggestion.params)
        return Asked(question=suggestion.title, understood=understood, answer=answer)

    async def understand(self, question: str, as_of: date | None = None) -> Understanding:
        """Understand a question without answering it. Raises UnavailableError."""
        return await (await self._opened()).understand(question, as_of)

    async def answer(
        self,
        metric: str,
        params: Mapping[str, Any],
        as_of: date | None = None,
        *,
        picked_by: str | None = None,
    ) -> Answer:
        """Compute the answer of a metric; `picked_by` names the model that picked it, for the receipt.

        Raises NotFoundError for an unknown metric, InvalidInputError for its parameters, UnavailableError.
        """
        return await (await self._opened()).answer(metric, params, as_of, picked_by=picked_by)

    async def behind(self, answer: Answer, at: int) -> DrillDown:
        """The proposals and events behind a row of an answer: see `execops.canvas.drilldown`."""
        return await (await self._opened()).drill_down(answer, at)

    async def _opened(self) -> Canvas:
        async with self._opening:
            if self._canvas is None:
                canvas = open_canvas(self._ctx, pool_size=_CONNECTIONS)
                self._canvas = await self._ctx.closing.enter_async_context(canvas)
        return self._canvas
