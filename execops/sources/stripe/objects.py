"""Objects of Stripe's API, taken for what they tell: by the webhooks' own readers.

An object read says what was true at the latest moment that it states itself, so that a webhook's newer state
always wins over it.
"""

from __future__ import annotations

from datetime import datetime

from execops.effects import Effects, Snapshot
from execops.model import Json
from execops.sources.stripe import movements
from execops.sources.stripe.fields import (
    Notice,
    Object,
    at,
    currency,
    items,
    obj,
    object_id,
    ref,
    text,
    whole,
)
from execops.sources.stripe.reading import read_object

# The moments that an object states about itself; what is still to come says nothing.
_STATED = (
    "created",
    "date",
    "start",
    "start_date",
    "trial_start",
    "canceled_at",
    "ended_at",
    "finalized_at",
    "paid_at",
    "voided_at",
    "marked_uncollectible_at",
)

# What a subscription was not yet while it was running.
_BEFORE: Json = {
    "ended_at": None,
    "canceled_at": None,
    "cancel_at_period_end": False,
    "pause_collection": None,
}


def effects_of(it: Object, seen_at: datetime) -> Effects:
    """What an object of the API tells, by the webhooks' own readers."""
    kind = text(it, "object")
    if kind == "balance_transaction":
        return _effects_of_line(it, seen_at)
    if kind == "subscription":
        return Effects(tuple(_course(it, seen_at)))
    return read_object(_notice_at(_stated_at(it, seen_at)), it)


def _effects_of_line(it: Object, seen_at: datetime) -> Effects:
    """A balance transaction: its movements, and the state of what caused it where that came along."""
    source = obj(it, "source")
    snapshots: list[Snapshot] = []
    for each in (source, obj(source, "charge")):
        if text(each, "object") in {"charge", "dispute", "payout"}:
            snapshots += effects_of(each, seen_at).snapshots
    if text(source, "object") == "refund":
        snapshots += _refund(source, seen_at)
    return Effects(tuple(snapshots), tuple(movements.balance_transaction(it, seen_at)))


def _refund(it: Object, seen_at: datetime) -> list[Snapshot]:
    """A refund and the charge it gives back: older versions' events of the charge tell of it without its id."""
    charge = ref(it, "charge")
    if not charge or not object_id(it):
        return []
    moment = _stated_at(it, seen_at)
    state = {
        "charge": charge,
        "status": text(it, "status"),
        "amount": whole(it, "amount"),
        "currency": currency(it),
        "created": moment.isoformat(),
    }
    subject = ref(obj(it, "charge"), "customer") or charge
    return [
        Snapshot(
            object_id=object_id(it),
            object_type="refund",
            subject_key=subject,
            state=state,
            as_of=moment,
            links=(charge,),
        )
    ]


def _course(it: Object, seen_at: datetime) -> list[Snapshot]:
    """A subscription from its start to today, as far as it tells: on trial, paying, paused, ended.

    Its MRR follows from each of these states; price and quantity are today's throughout.
    """
    start = at(it, "start_date", "start") or at(it, "created")
    status, trial_end = text(it, "status") or "active", at(it, "trial_end")
    paused = status == "paused" or bool(obj(it, "pause_collection"))
    latest = _stated_at(it, seen_at)
    moments: list[tuple[datetime, str]] = []
    if start is not None and start <= seen_at and status not in {"incomplete", "incomplete_expired"}:
        moments.append((start, "trialing" if trial_end and trial_end > start else "active"))
        if trial_end and start < trial_end < (at(it, "ended_at") or seen_at):
            latest = max(latest, trial_end)
            if status != "paused":
                moments.append((trial_end, "active"))
        if paused:  # since when is not said: from the current period on
            periods = [at(each, "current_period_start") for each in (it, *items(it, "items"))]
            latest = max([latest, *(each for each in periods if each is not None and each <= seen_at)])
    told = [
        each
        for moment, was in moments
        if moment < latest
        for each in read_object(_notice_at(moment), {**it, **_BEFORE, "status": was}).snapshots
    ]
    return [*told, *read_object(_notice_at(latest), it).snapshots]


def _stated_at(it: Object, seen_at: datetime) -> datetime:
    """The latest moment that an object states, not after `seen_at`; that where it states none."""
    stated = [at(each, name) for each in (it, obj(it, "status_transitions")) for name in _STATED]
    past = [moment for moment in stated if moment is not None and moment <= seen_at]
    return max(past, default=seen_at)


def _notice_at(moment: datetime) -> Notice:
    """The circumstances of an object of the API, which was in its state at this moment."""
    import stripe

    return Notice(occurred_at=moment, api_version=stripe.api_version)
