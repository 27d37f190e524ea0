"""Missed deliveries: read a source's own list of events after an outage, and store those that never arrived.

They take the same way as a delivery, so an event that is stored already changes nothing, and the order does not matter. A
run that was stopped or killed is simply run again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from execops.context import Context
from execops.errors import InvalidDeliveryError
from execops.ingest import deliveries
from execops.ingest.deliveries import Delivery
from execops.model import Json
from execops.ports import EventList
from execops.sources.pages import unless_stopped


class Fetched(Struct, frozen=True, kw_only=True):
    """The result of a run so far: how many events the source listed, and how many were new here.

    `ignored` are the new ones that are stored but not processed. `unreadable` are entries of the list that are no event,
    each by its id where it has one, and why; they are not stored. `finished` is False if the run was stopped.
    """

    source: str
    since: datetime
    listed: int = 0
    new: int = 0
    ignored: int = 0
    unreadable: tuple[str, ...] = ()
    finished: bool = False


async def fetch(
    ctx: Context,
    source: str,
    event_list: EventList,
    *,
    since: datetime,
    stop: asyncio.Event,
    on_page: Callable[[Fetched], None],
) -> Fetched:
    """Store the events since a moment that a source lists and that are not here. `on_page` hears of each page.

    Raises NotConfiguredError, UnavailableError; the pages before are stored.
    """
    fetched, cursor = Fetched(source=source, since=since), None
    while not stop.is_set():
        page = await unless_stopped(stop, event_list.events(since, cursor))
        if page is None:
            break
        payloads, cursor = page
        listed, unreadable = _read(ctx, source, payloads)
        receipts = await deliveries.store(ctx, listed) if listed else []
        new = [receipt for receipt in receipts if not receipt.duplicate]
        fetched = replace(
            fetched,
            listed=fetched.listed + len(payloads),
            new=fetched.new + len(new),
            ignored=fetched.ignored + sum(receipt.ignored is not None for receipt in new),
            unreadable=(*fetched.unreadable, *unreadable),
            finished=cursor is None,
        )
        on_page(fetched)
        if cursor is None:
            break
    return fetched


def _read(ctx: Context, source: str, payloads: Sequence[Json]) -> tuple[list[Delivery], list[str]]:
    """The events of a page, and the entries that are none: one of these does not keep the others back."""
    events: list[Delivery] = []
    unreadable: list[str] = []
    for payload in payloads:
        try:
            events.append(deliveries.listed(ctx, source, payload))
        except InvalidDeliveryError as exc:
            unreadable.append(f"{payload.get('id') or 'an entry without an id'}: {exc.message}")
    return events, unreadable
