"""Store deliveries in batches: one transaction stores the deliveries that arrived together.

A few transactions run at once. Each takes its share of what waits, so while Postgres commits one batch, the process
reads the next one. A delivery is answered after its transaction has committed, never before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import cast

from execops.context import Context
from execops.errors import UnavailableError
from execops.ingest import deliveries
from execops.ingest.deliveries import Delivery, Receipt

_AT_ONCE = 4  # transactions
_SMALLEST, _LARGEST = 8, 64  # deliveries in a batch, where so many wait


class Intake:
    """The deliveries of one process that wait to be stored."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._waiting: list[tuple[Delivery, asyncio.Future[Receipt]]] = []
        self._storing: set[asyncio.Task[None]] = set()

    async def receive(self, source: str, headers: Mapping[str, str], body: bytes) -> Receipt:
        """Verify a delivery, store it and enqueue its event, in one transaction with others that arrive meanwhile.

        Raises the errors of `deliveries.verify` and `deliveries.store`.
        """
        delivery = deliveries.verify(self._ctx, source, headers, body)
        receipt: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self._waiting.append((delivery, receipt))
        if len(self._storing) < _AT_ONCE:
            self._storing.add(asyncio.create_task(self._store(), name="intake"))
        return await receipt

    async def _store(self) -> None:
        try:
            while self._waiting:
                size = min(max(len(self._waiting) // _AT_ONCE, _SMALLEST), _LARGEST)
                batch, self._waiting = self._waiting[:size], self._waiting[size:]
                await self._store_or_fail(batch)
        finally:  # in the same step as the look at what waits, so that no delivery is left without a task
            self._storing.discard(cast("asyncio.Task[None]", asyncio.current_task()))

    async def _store_or_fail(self, batch: list[tuple[Delivery, asyncio.Future[Receipt]]]) -> None:
        try:
            await self._store_together(batch)
        except UnavailableError as exc:  # the deliveries that arrived meanwhile fail too
            for _, receipt in [*batch, *self._waiting]:
                _fail(receipt, exc)
            self._waiting = []
        except Exception:  # one row that Postgres refuses must not stop the others
            for delivery, receipt in batch:
                try:
                    await self._store_together([(delivery, receipt)])
                except Exception as exc:
                    _fail(receipt, exc)

    async def _store_together(self, waiting: list[tuple[Delivery, asyncio.Future[Receipt]]]) -> None:
        receipts = await deliveries.store(self._ctx, [delivery for delivery, _ in waiting])
        for (_, answer), receipt in zip(waiting, receipts, strict=True):
            if not answer.done():  # a sender that hung up gets no answer
                answer.set_result(receipt)


def _fail(receipt: asyncio.Future[Receipt], exc: Exception) -> None:
    if not receipt.done():
        receipt.set_exception(exc)
