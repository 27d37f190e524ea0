"""`client.canvas`: questions to the ledger, which every role may ask."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from execops.authority.permissions import Operation
from execops.canvas import catalogue
from execops.canvas.catalogue import Metric
from execops.canvas.result import Answer
from execops.canvas.run import Asked, Canvas, open_canvas
from execops.canvas.understanding import Suggestion, Understanding
from execops.client.part import Part
from execops.context import Context
from execops.errors import UnavailableError
from execops.model import Actor, SignedIn

if TYPE_CHECKING:
    from execops.canvas.company_words import RefusedQuestion, Synonym
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
        asked = await (await self._opened()).ask(question, as_of)
        await self._keep(question, asked.understood)
        return asked

    async def ask_suggested(self, suggestion: Suggestion, as_of: date | None = None) -> Asked:
        """Answer a suggestion of a question that has no answer. Raises UnavailableError, InvalidInputError."""
        answer = await self.answer(suggestion.metric, suggestion.params, as_of)
        understood = Understanding(kind="answer", metric=suggestion.metric, params=suggestion.params)
        return Asked(question=suggestion.title, understood=understood, answer=answer)

    async def understand(self, question: str, as_of: date | None = None) -> Understanding:
        """Understand a question without answering it. Raises UnavailableError."""
        understood = await (await self._opened()).understand(question, as_of)
        await self._keep(question, understood)
        return understood

    async def refused(self) -> Sequence[RefusedQuestion]:
        """The questions that the canvas refused, the latest first."""
        from execops.canvas import company_words

        async with self._ctx.connection() as conn:
            return await company_words.refused(conn)

    async def erase_refused(self) -> int:
        """Erase the questions that the canvas refused; returns how many there were. Raises NotAllowedError."""
        from execops.canvas import company_words

        async with self._acting(Operation.ERASE_QUESTIONS) as (conn, _):
            return await company_words.erase(conn)

    async def synonyms(self) -> Sequence[Synonym]:
        """The synonyms that hold."""
        from execops.canvas import company_words

        async with self._ctx.connection() as conn:
            return await company_words.synonyms(conn)

    async def try_synonym(
        self, phrase: str, means: str, as_of: date | None = None
    ) -> Sequence[tuple[str, Understanding]]:
        """The refused questions that a synonym would change, each with its meaning then; nothing is kept.

        Raises InvalidInputError for what may be no synonym, UnavailableError.
        """
        from execops.canvas.ask import ask
        from execops.canvas.ask.synonyms import checked

        canvas = await self._opened()
        phrase, means = checked(phrase, means)
        names = await canvas.names()
        names = replace(names, synonyms={**names.synonyms, phrase: means})
        fiscal = self._ctx.settings.fiscal_year_start
        understood = [
            (kept.question, ask(kept.question, as_of or canvas.today(), names, fiscal_year_start=fiscal))
            for kept in await self.refused()
        ]
        return [(question, meaning) for question, meaning in understood if meaning.kind != "refuse"]

    async def teach(self, phrase: str, means: str, why: str | None = None) -> bool:
        """Let a phrase mean words that the rules know, in this operator's name; False where it does already.

        Raises NotAllowedError, and InvalidInputError for what may be no synonym.
        """
        from execops.canvas import company_words
        from execops.canvas.ask.synonyms import checked

        phrase, means = checked(phrase, means)
        async with self._acting(Operation.TEACH, why) as (conn, operator):
            return await company_words.teach(conn, operator, phrase, means, why)

    async def forget(self, phrase: str, why: str | None = None) -> None:
        """Remove a synonym. Raises NotAllowedError, NotFoundError."""
        from execops.canvas import company_words

        async with self._acting(Operation.TEACH, why) as (conn, operator):
            await company_words.forget(conn, operator, " ".join(phrase.lower().split()), why)

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

    async def _keep(self, question: str, understood: Understanding) -> None:
        """Keep a question that was refused. The answer, which is none, does not wait for a database that is away."""
        if understood.kind == "refuse" and question.strip():
            from execops.canvas import company_words

            with suppress(UnavailableError):
                async with self._ctx.transaction(Actor.system("canvas")) as conn:
                    await company_words.keep(conn, question, understood.why or "")

    async def _opened(self) -> Canvas:
        async with self._opening:
            if self._canvas is None:
                canvas = open_canvas(self._ctx, pool_size=_CONNECTIONS)
                self._canvas = await self._ctx.closing.enter_async_context(canvas)
        return self._canvas
