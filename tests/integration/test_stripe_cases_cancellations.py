"""Cancellations as Stripe sends them: which are the customer's wish, and which later events change the answer."""

from __future__ import annotations

import copy
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from execops.model import Status
from execops.settings import Secret
from jobs.bootstrap import open_context
from tests.drafts import cases
from tests.drafts.cases import Wanted
from tests.drafts.replay import Replayed, StandingClock, replay, settings_of

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DATA = Path(__file__).parents[1] / "data" / "stripe_cases"
Play = Callable[..., Awaitable[Replayed]]


@pytest.fixture
def play(database_url: str, founder_token: Secret, tmp_path: Path) -> Play:
    """A function that replays the events of a graded case, and then these further events."""

    async def run(id_: str, *further: dict[str, Any], **changes: Any) -> Replayed:
        [case] = cases.load(wanted=Wanted(ids=frozenset({id_})))
        case = replace(case, bank=[], **changes)
        case = replace(case, events=[*case.events, *further])
        token = founder_token.reveal()
        settings = settings_of(case, home=tmp_path / "home", database_url=database_url, token=token)
        async with open_context(settings) as ctx:
            return await replay(replace(ctx, clock=StandingClock(NOW)), case)

    return run


def after(
    id_: str, seconds: int, type_: str = "customer.subscription.updated", **changes: Any
) -> dict[str, Any]:
    """A later event about the subscription of a graded case, with these fields changed."""
    [case] = cases.load(wanted=Wanted(ids=frozenset({id_})))
    event = copy.deepcopy(dict(case.events[-1]))
    assert event["data"]["object"]["object"] == "subscription"
    previous = changes.pop("previous", {})
    data = {"object": event["data"]["object"] | changes, "previous_attributes": previous}
    return event | {
        "id": f"evt_{id_}_{type_}_{seconds}",
        "created": {"$t": seconds},
        "type": type_,
        "data": data,
    }


def statuses(replayed: Replayed) -> list[tuple[str, Status]]:
    return [(proposal.play, proposal.status) for proposal in replayed.proposals]


def reasons(replayed: Replayed) -> list[str]:
    return [entry["why"] for event in replayed.events for entry in event.outcome if entry.get("why")]


def comment(text: str | None, feedback: str | None = None) -> dict[str, Any]:
    return {"comment": text, "feedback": feedback, "reason": "cancellation_requested"}


async def test_an_end_that_a_schedule_has_set_drafts_nothing(play: Play) -> None:
    events = json.loads((DATA / "schedule_cancel_at.json").read_text(encoding="utf-8"))
    replayed = await play("S01", id="term", events=events)
    assert replayed.proposals == []
    assert set(reasons(replayed)) == {
        "a schedule set the end when its term began: the customer has not cancelled"
    }


async def test_a_customer_who_goes_on_before_the_mail_gets_none(play: Play) -> None:
    undone = after(
        "S01",
        -1,
        cancel_at=None,
        cancel_at_period_end=False,
        canceled_at=None,
        cancellation_details=comment(None),
        previous={"cancel_at_period_end": True},
    )
    assert statuses(await play("S01", undone)) == [("save_offer", Status.SUPERSEDED)]


async def test_a_comment_that_comes_later_takes_the_mail_back(play: Play) -> None:
    late = after("S05", -1, cancellation_details=comment("Please do not contact me."))
    replayed = await play("S05", late)
    assert statuses(replayed) == [("save_offer", Status.SUPERSEDED)]
    assert any("not to be contacted" in why for why in reasons(replayed))


async def test_a_question_that_comes_later_hands_the_draft_to_the_owner(play: Play) -> None:
    [proposal] = (await play("S05", after("S05", -1, cancellation_details=comment("Any refund?")))).pending
    assert proposal.action_type == "email"
    assert proposal.payload["to"] == "sales@northwind.example"
    assert "In their words: Any refund?" in proposal.payload["text"]


async def test_another_subscription_that_begins_takes_the_mail_back(play: Play) -> None:
    fields = {"cancel_at": None, "cancel_at_period_end": False, "canceled_at": None}
    begun = after(
        "S05", -1, "customer.subscription.created", id="sub_S05_new", start_date={"$t": -1}, **fields
    )
    replayed = await play("S05", begun)
    assert statuses(replayed) == [("save_offer", Status.SUPERSEDED)]
    assert any("goes on with another subscription" in why for why in reasons(replayed))


async def test_a_subscription_that_has_ended_takes_the_mail_back(play: Play) -> None:
    ended = after("S01", -1, "customer.subscription.deleted", status="canceled", ended_at={"$t": -1})
    assert statuses(await play("S01", ended)) == [("save_offer", Status.SUPERSEDED)]


async def test_a_payment_that_succeeds_leaves_the_mail_without_it(play: Play) -> None:
    [case] = cases.load(wanted=Wanted(ids=frozenset({"S11"})))
    before = next(event for event in case.events if event["type"] == "invoice.payment_failed")
    paid = copy.deepcopy(dict(before)) | {"id": "evt_paid", "type": "invoice.paid", "created": {"$t": -1}}
    paid["data"]["object"] |= {"status": "paid", "amount_paid": 7900, "amount_remaining": 0}
    active = after("S11", 0, status="active", previous={"status": "past_due"})
    replayed = await play("S11", paid, active)
    [mail] = [proposal for proposal in replayed.pending if proposal.play == "save_offer"]
    assert mail.version > 1
    assert "still open" not in mail.payload["text"]


@pytest.mark.parametrize("cause", ["payment_failed", "payment_disputed"])
async def test_an_end_by_stripes_rules_is_no_wish_of_the_customer(play: Play, cause: str) -> None:
    [case] = cases.load(wanted=Wanted(ids=frozenset({"S05"})))
    events = copy.deepcopy([dict(event) for event in case.events])
    events[-1]["data"]["object"]["cancellation_details"]["reason"] = cause
    replayed = await play("S05", events=events)
    assert replayed.proposals == []
    assert any("the customer has not cancelled" in why for why in reasons(replayed))
