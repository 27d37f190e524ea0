"""`execops trigger stripe` has every event that a play answers, in shapes that the books read and the plays judge."""

from __future__ import annotations

from cli.demo import stripe_events
from cli.demo.stripe_events import Subject
from cli.demo.stripe_shapes import SHAPES
from execops.context import Context
from execops.model import EventStatus
from execops.plays.registry import all_plays
from tests.stripe_events import take_in


async def test_each_shape_is_taken_in_and_judged(ctx: Context) -> None:
    money = [
        play for play in all_plays().values() if play.vertical == "money"
    ]  # others have sources of their own
    answered = {name for play in money for name in play.events if not name.startswith("bank.")}
    assert answered <= set(SHAPES)
    drafting = set()
    for name, shapes in SHAPES.items():
        for shape, make in shapes.items():
            subject = Subject.fresh(amount=150_000)
            for type_, before in (
                ("customer.created", stripe_events.customer),
                ("customer.subscription.created", stripe_events.subscription),
                ("charge.succeeded", stripe_events.paid_charge),
            ):
                await take_in(ctx, stripe_events.event(type_, before(subject), livemode=True))
            event = await take_in(ctx, stripe_events.event(name, make(subject), livemode=True))
            assert (event.status, event.error) == (EventStatus.PROCESSED, None), (name, shape)
            if any(outcome.get("proposal") for outcome in event.outcome):
                drafting.add(f"{name} {shape}")
    assert len(drafting) >= 20, drafting
