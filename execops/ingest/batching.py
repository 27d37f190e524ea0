"""Deliveries that arrive at once are stored at once: one transaction for all that came while the last one ran.

Each is answered when the transaction that holds it has committed, never before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from execops.context import Context
from execops.errors import UnavailableError
from execops.ingest import deliveries
from execops.ingest.deliveries import Delivery, Receipt

_AT_ONCE = 64  # deliveries; what a transaction holds stays small


class Intake:
    """The deliveries of one process, on their way to the database."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._waiting: list[tuple[Delivery, asyncio.Future[Receipt]]] = []
        self._storing: asyncio.Task[None] | None = None

    async def receive(self, source: str, headers: Mapping[str, str], body: bytes) -> Receipt:
        """Verify a delivery, store it and enqueue its event, in one transaction with others that arrive meanwhile.

        Raises what `deliveries.verified` and `deliveries.store` raise.
        """
        delivery = deliveries.verified(self._ctx, source, headers, body)
        receipt: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self._waiting.append((delivery, receipt))
        if self._storing is None:
            self._storing = asyncio.create_task(self._store(), name="intake")
        return await receipt

    async def _store(self) -> None:
        try:
            while self._waiting:
                now, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
                try:
                    await self._store_together(now)
                except UnavailableError as exc:  # nor is it for those that came meanwhile
                    for _, receipt in [*now, *self._waiting]:
                        _fail(receipt, exc)
                    self._waiting = []
                except Exception:  # a row that Postgres refuses does not hold up its neighbours
                    for each in now:
                        try:
                            await self._store_together([each])
                        except Exception as exc:
                            _fail(each[1], exc)
        finally:
            self._storing = None

    async def _store_together(self, waiting: list[tuple[Delivery, asyncio.Future[Receipt]]]) -> None:
        receipts = await deliveries.store(self._ctx, [delivery for delivery, _ in waiting])
        for (_, answer), receipt in zip(waiting, receipts, strict=True):
            if not answer.done():  # a sender that hung up gets no answer
                answer.set_result(receipt)


def _fail(receipt: asyncio.Future[Receipt], exc: Exception) -> None:
    if not receipt.done():
        receipt.set_exception(exc)
