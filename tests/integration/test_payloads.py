"""Payloads of every action type on their way through a decision: the words that a person edits are those that are
previewed, and those that are sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pytest
from msgspec.structs import replace
from psycopg.types.json import Jsonb

from execops.adapters import create_adapters
from execops.authority import policy
from execops.client import Client
from execops.context import Context
from execops.errors import ConfirmationNeededError, InvalidPayloadError, NotAllowedError
from execops.model import Draft, Json, Role, Status, Urgency
from execops.plays.money.card_update import PLAY
from execops.ports import Adapter, Field, Wording
from execops.proposals import drafting, execution, payloads
from execops.settings import load_settings
from tests import records
from tests.doubles import MailDouble
from tests.payloads import AS_RECEIVED, PAYLOADS
from tests.stripe_events import failed, take_in

ADAPTERS = create_adapters(load_settings({}, {}))
ACTION_TYPES = sorted(ADAPTERS)
TEXTS = {
    "short": "Other words.",
    "long": "\n\n".join(f"Paragraph {number}. {'Words and more words. ' * 20}" for number in range(60)),
    "empty lines": "\n\nOther words.\n\n\n\nAnd others.\n\n",
    "only-spaces lines": "Other words.\n   \n\t\n  And others.\n",
    "code": "Look:\n```\na = 1\n\nb = 2\n```\nand `c`.",
    "emoji": "👨‍👩‍👧‍👦 🇩🇪 👍🏽 :tada:\n",
    "links": "See https://a.example/?b=1 and <https://a.example/c|this page>.\n",
    "lists": "• one\n- two\n1. three\n* four\n",
    "signs": 'R&D, 1 < 2 > 0, "quoted", *bold*, _slanted_\n',
    "entities": "R&amp;D, 1 &lt; 2\n",
}


async def pending(ctx: Context, action_type: str) -> int:
    """The id of a pending proposal of this action type, whose play is no more."""
    async with ctx.transaction() as conn:
        cursor = await conn.execute(
            b"insert into action_proposals (urgency, vertical, play, action_type, title, object_id, subject_key,"
            b" payload, reasoning, drafted_by, dedupe_key, thread_id, expires_at) values ('high', 'money', 'gone',"
            b" %(type)s, 'A draft', 'in_1', 'cus_1', %(payload)s, 'Because', '{}', 'gone:in_1', 't',"
            b" now() + interval '1 day') returning id",
            {"type": action_type, "payload": Jsonb(PAYLOADS.get(action_type, {"charge": "ch_1"}))},
        )
        row = await cursor.fetchone()
    assert row is not None
    return int(row["id"])


def edited(adapter: Adapter, payload: Json, text: str) -> Json:
    """The payload with other words wherever it has words."""
    line = " ".join(text.split())[:80]
    words = {field.name: text if field.lines else line for field in adapter.fields if field.words}
    return payload | words


def delivery(ctx: Context, action_type: str) -> Path:
    """The one file in the outbox of this action type."""
    [path] = (ctx.settings.outbox / action_type / "new").iterdir()
    return path


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
@pytest.mark.parametrize("action_type", [*sorted(AS_RECEIVED), "notice"])
async def test_an_edited_draft_is_sent_as_it_was_previewed(
    ctx: Context, client: Client, action_type: str, text: str
) -> None:
    proposal_id = await pending(ctx, action_type)
    before = await client.proposals.card(proposal_id)
    new = edited(ctx.adapters[action_type], before.proposal.payload, text)
    decided = await client.proposals.edit(proposal_id, 1, new)
    card = await client.proposals.card(proposal_id)
    assert card.proposal.payload == new
    assert card.preview is not None
    assert card.preview != before.preview
    await client.proposals.approve(proposal_id, decided.version)
    await execution.execute(ctx, proposal_id, 1)
    assert (await client.proposals.get(proposal_id)).status is Status.EXECUTED
    if action_type in AS_RECEIVED:
        assert AS_RECEIVED[action_type](delivery(ctx, action_type)) == card.preview
    else:
        assert not ctx.settings.outbox.exists()
    first = next(line.split()[0] for line in text.splitlines() if line.strip())
    assert ADAPTERS[action_type].preview(new) == card.preview
    assert first.replace("R&amp;D,", "R&D," if action_type == "slack" else first) in card.preview


@pytest.mark.parametrize("action_type", sorted(AS_RECEIVED))
async def test_an_ops_operator_edits_words_and_a_founder_the_rest(
    ctx: Context, client: Client, action_type: str
) -> None:
    proposal_id = await pending(ctx, action_type)
    adapter = ctx.adapters[action_type]
    olga = await records.new_client(ctx, "olga", Role.OPS)
    payload = PAYLOADS[action_type]
    for field in [field for field in adapter.fields if not field.words]:
        changed = payload | {field.name: "someone@else.example" if "@" in payload[field.name] else "#other"}
        with pytest.raises(NotAllowedError, match=f"change {field.name}"):
            await olga.proposals.edit(proposal_id, 1, changed)
    worded = edited(adapter, payload, "Other words.")
    assert (await olga.proposals.edit(proposal_id, 1, worded)).version == 2
    assert (await client.proposals.edit(proposal_id, 2, changed)).version == 3
    assert (await client.proposals.get(proposal_id)).action_type == action_type


@pytest.mark.parametrize("action_type", ACTION_TYPES)
async def test_a_model_rewords_only_what_the_adapter_lets_it(ctx: Context, action_type: str) -> None:
    event = await take_in(ctx, failed())
    await records.run(ctx, "delete from proposal_events")
    adapter, payload = ctx.adapters[action_type], PAYLOADS[action_type]
    draft = Draft(
        title="A draft",
        urgency=Urgency.HIGH,
        action_type=action_type,
        payload=payload,
        reasoning="Because.",
        evidence=(),
        object_id="in_2",
        subject_key="cus_2",
    )
    play = replace(PLAY, name="test_play", assess=lambda _: draft)
    everything = Wording(dict.fromkeys([*payload, "bcc"], "Reworded"), "Better.", {"author": "model"})
    about = PLAY.about(event, ctx.settings)
    assert about is not None
    drafted = await drafting.draft(ctx, play, event.id, about, "thread", everything, draft)
    assert drafted.proposal_id is not None
    proposal = await records.proposal(ctx, drafted.proposal_id)
    allowed = {field.name for field in adapter.fields if field.rewordable}
    assert proposal.payload == payload | dict.fromkeys(allowed, "Reworded")
    assert (proposal.reasoning, proposal.action_type) == ("Better.", action_type)


async def test_blocks_of_a_slack_message_are_refused_by_their_name(ctx: Context, client: Client) -> None:
    proposal_id = await pending(ctx, "slack")
    with pytest.raises(InvalidPayloadError, match="blocks are made from its text") as refused:
        await client.proposals.edit(proposal_id, 1, PAYLOADS["slack"] | {"blocks": []})
    assert refused.value.field == "blocks"
    assert (await client.proposals.get(proposal_id)).payload == PAYLOADS["slack"]


@pytest.mark.parametrize("action_type", ACTION_TYPES)
async def test_the_card_has_the_fields_in_the_adapters_order(
    ctx: Context, client: Client, action_type: str
) -> None:
    card = await client.proposals.card(await pending(ctx, action_type))
    listed = [field for field in ctx.adapters[action_type].fields if field.name in card.proposal.payload]
    assert card.fields == listed
    assert card.moves_money is ctx.adapters[action_type].moves_money
    assert card.needs_confirmation is action_type.startswith("stripe_")


# An action type that nothing here performs


async def test_an_unknown_action_type_counts_as_moving_money(ctx: Context, client: Client) -> None:
    proposal_id = await pending(ctx, "fax")
    card = await client.proposals.card(proposal_id)
    assert card.moves_money
    assert card.needs_confirmation
    assert card.preview is None
    assert card.fields == [Field(name="charge", label="Charge", required=False)]
    with pytest.raises(NotAllowedError, match="fax is not allowed"):
        await client.proposals.approve(proposal_id, 1)


def test_nothing_of_an_unknown_action_type_is_words() -> None:
    assert payloads.words(None) == payloads.rewordable(None) == set()
    assert payloads.moves_money(None)
    assert not policy.allowed_by_default(None)


class Refund(MailDouble):
    """Says that it may be performed at once, though it moves money."""

    action_type: ClassVar[str] = "refund"
    moves_money: ClassVar[bool] = True

    async def perform(self, payload: Json, *, idempotency_key: str) -> Json:
        raise AssertionError

    async def reconcile(self, payload: Json, *, idempotency_key: str) -> Any:
        raise AssertionError


async def test_an_adapter_cannot_let_money_move_by_default(ctx: Context, client: Client) -> None:
    here = replace(ctx, adapters={**ctx.adapters, "refund": Refund()})
    assert Refund.allowed_by_default
    me = Client(here, client.operator)
    proposal_id = await pending(here, "refund")
    with pytest.raises(NotAllowedError, match="refund is not allowed"):
        await me.proposals.approve(proposal_id, 1)
    assert (await me.proposals.card(proposal_id)).moves_money
    assert await me.plays.set_allowed("action", "refund", True)
    with pytest.raises(ConfirmationNeededError, match="does what the test says, and cannot be taken back"):
        await me.proposals.approve(proposal_id, 1)
    assert (await me.proposals.get(proposal_id)).status is Status.PENDING
    assert (await me.proposals.approve(proposal_id, 1, confirmed=True)).status is Status.APPROVED


def test_fields_that_the_adapter_does_not_list_come_last() -> None:
    payload = {"zebra": 1, "text": "Hi", "cc_list": [], "to": "a@b.example"}
    fields = payloads.in_reading_order(ADAPTERS["email"], payload)
    assert [field.name for field in fields] == ["to", "text", "cc_list", "zebra"]
    assert [field.label for field in fields] == ["To", "Text", "Cc list", "Zebra"]
    assert [field.name for field in fields if field.words] == ["text"]
