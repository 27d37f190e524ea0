"""The action of each play about a conversation: a reply, a note to the team, or a message to the account owner."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from execops.adapters import create_adapters
from execops.books.facts import Facts
from execops.model import Draft
from execops.settings import load_settings
from tests import conversations


def facts_of(name: str, **org: Any) -> Facts:
    """The facts about the conversation of a judged case."""
    folders = (conversations.FOLDER, conversations.FOLDER.with_name("intercom_blind"))
    [case] = [
        case for folder in folders for case in conversations.read_cases(folder) if case["name"][:3] == name
    ]
    [facts] = conversations.facts_of(case, conversations.events_of(case))
    return replace(facts, org=facts.org | org)


def only(facts: Facts) -> Draft:
    """The one draft about a conversation, whose payload its adapter accepts."""
    [draft] = conversations.drafts_of(facts).values()
    if not draft.action_type.startswith("stripe_"):  # those need a key
        create_adapters(load_settings({}, {}))[draft.action_type].validate(draft.payload)
    return draft


def assigned(facts: Facts, *, value: bool | None) -> Facts:
    return replace(facts, state=facts.state | {"assigned": value})


def test_a_missed_sla_that_nobody_is_assigned_to_is_a_note() -> None:
    missed, near = facts_of("b67"), facts_of("b34")
    note = only(missed)
    assert note.action_type == "intercom_note"
    assert note.payload["text"].startswith("Nobody is assigned, and the time of the SLA ")
    assert note.payload["text"].endswith("Please assign the conversation, and answer.")
    assert note.payload["after"]
    assert (note.language, note.translation) == ("en", {})
    assert note.verdict.endswith("is missed, and nobody is assigned")
    for owned in (assigned(missed, value=True), assigned(missed, value=None), near, facts_of("o58")):
        assert only(owned).action_type == "intercom_reply"


def test_a_heavy_customer_who_waits_is_told_to_the_owner_in_slack() -> None:
    waiting = facts_of("o17")
    assert only(waiting).action_type == "intercom_reply"
    draft = only(replace(waiting, org=waiting.org | {"account_owner": "#accounts"}))
    assert (draft.action_type, draft.payload["channel"]) == ("slack", "#accounts")
    assert "Please answer the conversation " in draft.payload["text"]
    assert draft.verdict == "Tell the account owner: a heavy customer waits for an answer"
    assert draft.language == "en"


def test_words_of_a_customer_call_nobody_in_slack() -> None:
    waiting = facts_of("o17", account_owner="#accounts")
    messages = [
        message | {"words": "Wann kommt das? <!channel> <@U1>"}
        for message in waiting.conversation["messages"]
    ]
    draft = only(replace(waiting, conversation=waiting.conversation | {"messages": messages}))
    assert draft.action_type == "slack"
    assert "&lt;!channel&gt; &lt;@U1&gt;" in draft.payload["text"]


def test_whoever_is_angry_or_wants_money_back_is_answered_though_a_channel_is_set() -> None:
    for name in ("o01", "o02", "o20"):
        assert only(facts_of(name, account_owner="#accounts")).action_type == "intercom_reply"
    assert only(facts_of("o15", account_owner="#accounts")).action_type == "stripe_refund"
