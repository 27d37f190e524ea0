"""The parts of the inbox that need no terminal: the keyboard, the gate before a card, the approvals under way."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from textual import events

from execops.client.proposals_part import Card
from execops.model import Status
from execops.proposals.listing import Summary
from tests.tui.scenes import proposal
from tui import views
from tui.approvals import Approvals
from tui.card_gate import SETTLES, CardGate
from tui.keyboard import Keyboard


def key(name: str) -> events.Key:
    return events.Key(name, name)


class Typing:
    """A keyboard whose keys are noted; each takes a moment to be handled."""

    def __init__(self) -> None:
        self.passed: list[str] = []
        self.words: list[str] = []
        self.under_way = 0
        self.settled = 0
        self.keyboard = Keyboard(self._pass_on, self._settle)
        self.gate = CardGate(self.keyboard, self._refuse)
        self._running = asyncio.create_task(self.keyboard.run())

    async def _pass_on(self, event: Any) -> None:
        self.under_way += 1
        assert self.under_way == 1, "one key at a time"
        await asyncio.sleep(0)
        self.passed.append(event.key)

    async def _settle(self) -> None:
        await asyncio.sleep(0)
        self.under_way = 0
        self.settled += 1

    def _refuse(self, text: str) -> None:
        self.keyboard.forget()
        self.words.append(text)

    async def type(self, names: str) -> None:
        for name in names:
            self.keyboard.press(key(name))
        for _ in range(20 * len(names) + 20):
            await asyncio.sleep(0)

    async def end(self) -> None:
        self._running.cancel()
        await asyncio.wait({self._running})


async def test_keys_go_one_by_one_and_a_hold_keeps_them_in_order() -> None:
    typing = Typing()
    await typing.type("ab")
    assert typing.passed == ["a", "b"]
    typing.keyboard.hold("card", expired=lambda: None)
    typing.keyboard.hold("undo", expired=lambda: None)
    await typing.type("cde")
    assert typing.passed == ["a", "b"]
    typing.keyboard.release("card")
    await typing.type("")
    assert typing.passed == ["a", "b"], "something else holds them"
    typing.keyboard.release("undo")
    await typing.type("f")
    assert typing.passed == list("abcdef")
    assert typing.settled == 7, "after each key, and once after what the held key did late"
    assert not waits(typing)
    await typing.end()


async def test_a_hold_ends_with_its_patience_and_forgotten_keys_never_come() -> None:
    typing = Typing()
    expired = asyncio.Event()
    late = key("x")
    typing.keyboard.hold("card", expired=expired.set)
    await typing.type("ab")
    assert typing.keyboard.forget() == 2
    typing.keyboard.press(late)  # it was pressed before the others were forgotten
    typing.keyboard.hold("card", patience=0.01, expired=expired.set)
    await expired.wait()
    await typing.type("c")
    assert typing.passed == ["c"]
    await typing.end()


def waits(typing: Typing) -> bool:
    return not typing.keyboard.idle


def unread(typing: Typing) -> bool:
    return typing.gate.unread


def row(number: int, version: int = 1) -> Summary:
    return views.summary_of(proposal(number, 1, version=version))


def card(number: int, version: int = 1) -> Card:
    shown = proposal(number, 1, version=version)
    return Card(
        proposal=shown,
        does="",
        fields=[],
        preview=None,
        moves_money=False,
        needs_confirmation=False,
        trail=[],
        executions=[],
        events=[],
        versions=[],
    )


async def test_a_key_acts_on_exactly_the_card_of_its_row() -> None:
    typing = Typing()
    acted: list[int] = []
    read: list[int] = []
    gate = typing.gate
    gate.read = lambda wanted: read.append(wanted.id)
    gate.on_card(row(1), card(1), lambda shown: acted.append(shown.proposal.id))
    assert (acted, read) == ([1], [])
    gate.on_card(row(2), card(1), lambda shown: acted.append(shown.proposal.id))
    assert (acted, read) == ([1], [2])
    assert waits(typing)
    gate.card_shown(card(1))
    assert acted == [1], "another one's card"
    gate.card_shown(card(2))
    assert acted == [1, 2]
    assert not waits(typing)
    gate.card_shown(card(2))
    assert acted == [1, 2], "once"
    assert not typing.words
    await typing.end()


@pytest.mark.parametrize(
    ("happens", "word"),
    [
        (lambda gate: gate.card_shown(card(2, version=2)), "#2 changed meanwhile"),
        (lambda gate: gate.row_changed(row(2, version=2)), "#2 changed meanwhile"),
        (lambda gate: gate.row_changed(row(3)), "#2 is gone"),
        (lambda gate: gate.row_changed(None), "#2 is gone"),
        (lambda gate: gate.card_refused(2, "Postgres does not answer."), "#2 could not be read"),
    ],
)
async def test_a_key_whose_row_or_card_is_another_now_does_nothing(happens: Any, word: str) -> None:
    typing = Typing()
    acted: list[Card] = []
    typing.gate.on_card(row(2), None, acted.append)
    happens(typing.gate)
    typing.gate.card_shown(card(2))
    assert acted == []
    assert [text for text in typing.words if word in text] == typing.words != []
    assert not waits(typing)
    await typing.end()


async def test_what_changed_by_itself_is_unread_until_it_stood_a_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 100.0
    monkeypatch.setattr("tui.card_gate.monotonic", lambda: now)
    monkeypatch.setattr("tui.keyboard.monotonic", lambda: now)
    typing = Typing()
    assert not unread(typing)
    typing.gate.changed_by_itself()
    now += 60.0  # it takes long to be read
    typing.gate.card_shown(card(1))
    assert unread(typing)
    now += SETTLES + 0.01
    assert not unread(typing)
    typing.gate.changed_by_itself()
    typing.gate.chosen()
    assert not unread(typing)
    await typing.end()


def test_approvals_under_way() -> None:
    soon = datetime.now(UTC) + timedelta(seconds=60)
    approvals = Approvals()
    undone: list[Sequence[tuple[int, int]]] = []
    approvals.ask("approve", 1, 2)
    assert approvals.kept == {1, 2}
    assert approvals.last() == ()
    approvals.when_answered(lambda: undone.append(approvals.last()))
    approvals.approve(1, 1, soon)
    approvals.answered(1)
    assert undone == [], "the other answer may make it the last"
    approvals.approve(2, 3, soon)
    approvals.answered(2)
    assert undone == [[(2, 3)]]
    approvals.decide_together([1, 2])
    assert sorted(approvals.last()) == [(1, 1), (2, 3)]
    assert approvals.counting()
    assert approvals.status(row(1)) is Status.APPROVED
    assert approvals.stays(replace(row(1), effective_status=Status.EXECUTING))
    assert approvals.end(replace(row(1), effective_status=Status.EXECUTED))
    assert not approvals.end(replace(row(1), effective_status=Status.EXECUTED)), "told once"
    approvals.take_back(2)
    assert not approvals
    approvals.note_decision(3)
    assert approvals.is_old(3, 0.0)
    assert not approvals.is_old(4, 0.0)
