"""The effects of objects that were read from Stripe's API. The readers are those of the webhooks' events.

A snapshot of such an object bears the latest moment that the object itself states. A webhook's newer state
therefore always wins over it.
"""

from __future__ import annotations

from datetime import datetime

from execops.effects import Effects, Snapshot
from execops.model import Json
from execops.sources.stripe import entries
from execops.sources.stripe.event_effects import read_object
from execops.sources.stripe.fields import (
    Notice,
    Object,
    at,
    items,
    obj,
    text,
)
from execops.sources.stripe.refunds import refund_snapshot

# The fields in which an object states a moment. A moment in the future says nothing of the state today.
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

# These fields describe a subscription's end, so they did not hold while it was running.
_WHILE_RUNNING: Json = {
    "ended_at": None,
    "canceled_at": None,
    "cancel_at_period_end": False,
    "pause_collection": None,
}


def effects_of(stripe_object: Object, seen_at: datetime) -> Effects:
    """The effects of an object of the API that was read at `seen_at`; none for a type that has no reader."""
    kind = text(stripe_object, "object")
    if kind == "balance_transaction":
        return _effects_of_entry(stripe_object, seen_at)
    if kind == "subscription":
        return Effects(tuple(_subscription_states(stripe_object, seen_at)))
    return read_object(_notice_at(_stated_at(stripe_object, seen_at)), stripe_object)


def _effects_of_entry(entry: Object, seen_at: datetime) -> Effects:
    """The movements of a balance transaction, and the states of the objects that came with it."""
    source = obj(entry, "source")
    snapshots: list[Snapshot] = []
    for cause in (source, obj(source, "charge")):
        if text(cause, "object") in {"charge", "dispute", "payout"}:
            snapshots += effects_of(cause, seen_at).snapshots
    if text(source, "object") == "refund":  # its movement is the entry's
        refund = refund_snapshot(_notice_at(_stated_at(source, seen_at)), source)
        snapshots += [refund] if refund else []
    return Effects(tuple(snapshots), tuple(entries.read_balance_transaction(entry, seen_at)))


def _subscription_states(subscription: Object, seen_at: datetime) -> list[Snapshot]:
    """A subscription's states from its start to today, as far as it states them: on trial, paying, stopped, ended.

    The MRR follows from each state. Every state has today's price and quantity, because Stripe keeps no others.

    A backdated subscription counts from the moment on at which it was created, as its events tell it: it was not active
    before, whatever it bills for the time before. https://docs.stripe.com/billing/subscriptions/backdating.
    """
    started, created = at(subscription, "start_date", "start"), at(subscription, "created")
    start = max(started, created) if started and created else started or created
    status, trial_end = text(subscription, "status") or "active", at(subscription, "trial_end")
    stopped = status in {"paused", "unpaid"} or bool(obj(subscription, "pause_collection"))
    latest = _stated_at(subscription, seen_at)
    moments: list[tuple[datetime, str]] = []
    if start is not None and start <= seen_at and status not in {"incomplete", "incomplete_expired"}:
        moments.append((start, "trialing" if trial_end and trial_end > start else "active"))
        if trial_end and start < trial_end < (at(subscription, "ended_at") or seen_at):
            latest = max(latest, trial_end)
            if status != "paused":
                moments.append((trial_end, "active"))
        if stopped:  # Stripe does not say since when, so it counts from the current period on
            holders = (subscription, *items(subscription, "items"))
            period_starts = [moment for holder in holders if (moment := at(holder, "current_period_start"))]
            latest = max([latest, *(moment for moment in period_starts if moment <= seen_at)])
    snapshots = [
        snapshot
        for moment, was in moments
        if moment < latest
        for snapshot in read_object(
            _notice_at(moment), {**subscription, **_WHILE_RUNNING, "status": was}
        ).snapshots
    ]
    return [*snapshots, *read_object(_notice_at(latest), subscription).snapshots]


def _stated_at(stripe_object: Object, seen_at: datetime) -> datetime:
    """The latest moment up to `seen_at` that an object states; `seen_at` where it states none."""
    holders = (stripe_object, obj(stripe_object, "status_transitions"))
    stated = [moment for holder in holders for name in _STATED if (moment := at(holder, name))]
    past = [moment for moment in stated if moment <= seen_at]
    return max(past, default=seen_at)


def _notice_at(moment: datetime) -> Notice:
    """The circumstances of an object of the API, which was in its state at this moment."""
    import stripe

    return Notice(occurred_at=moment, api_version=stripe.api_version)
