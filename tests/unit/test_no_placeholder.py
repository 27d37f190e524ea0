"""No draft of any play is half-filled, whatever Stripe leaves out: with Stripe's own fixtures and random nulls."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from execops.adapters import create_adapters
from execops.model import Draft, Json
from execops.plays.play import Play
from execops.plays.registry import all_plays
from execops.settings import load_settings
from execops.sources.stripe.event_effects import _READERS
from execops.text.html_words import plain
from tests.plays_table import SCENARIOS, Case, ask
from tests.stripe_events import event, fixture

ADAPTERS = create_adapters(load_settings({"stripe_write_key": "rk_live_1"}, {}))
ACTIONS: Json = {"actions": sorted(name for name in ADAPTERS if name.startswith("stripe_"))}
PLAYS = sorted(all_plays())
WITH_STORIES = sorted(all_plays().keys() & SCENARIOS.keys())
READ = sorted(_READERS)
_HALF_FILLED = re.compile(
    r"[{}]|\bNone\b|\bnull\b|\bundefined\b|\bnan\b|Hello ,|  | [,.;:?!](?:\s|$)|\(\)|“”|: *$|^ *,"
)


_QUOTED = 20  # characters by which a customer's words are recognised


def texts(value: object) -> Iterator[str]:
    """Every string within a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)


def lines(text: str) -> Iterator[str]:
    """The lines of a text. A line that ends in a colon comes with the line after it."""
    split = text.splitlines() or [""]
    for line, after in zip(split, [*split[1:], ""], strict=True):
        yield line + after if line.endswith(":") else line


def assert_whole(draft: Draft, events: Sequence[Json] = ()) -> None:
    """Assert that no line is half-filled. A customer's own words stand there as they were written."""
    written = {
        plain(text)[:_QUOTED] for event in events for text in texts(event) if len(plain(text)) >= _QUOTED
    }
    for text in texts([draft.title, draft.reasoning, draft.payload, draft.evidence]):
        assert text.strip(), draft
        for line in lines(text):
            if not any(words in line for words in written):
                assert not _HALF_FILLED.search(line), line
    for label, value in draft.evidence:
        assert label
        assert value
    ADAPTERS[draft.action_type].validate(draft.payload)


@pytest.mark.parametrize(
    "half",
    [
        "Hello ,",
        "of None",
        "Due {day}",
        "on null.",
        "is nan",
        "two  spaces",
        "paid by ,",
        "pay here:",
        "a ()",
    ],
)
def test_a_half_filled_line_is_noticed(half: str) -> None:
    assert any(_HALF_FILLED.search(line) for line in lines(f"{half}\n"))


@pytest.mark.parametrize("name", WITH_STORIES)
def test_every_story_of_a_play_leads_to_whole_drafts(name: str) -> None:
    play = all_plays()[name]
    stories = [
        replace(case, computed={**case.computed, **_asked(play, actions)})
        for case in SCENARIOS[name]()
        for actions in ({}, ACTIONS)
    ]
    drafts = [(answer, case.events) for case in stories if isinstance(answer := ask(play, case), Draft)]
    assert drafts
    for draft, events in drafts:
        assert_whole(draft, [payload for payload in events if "_source" in payload])


COMPUTED: list[Json] = [{}, {"top_customer": True}, ACTIONS]


@pytest.mark.parametrize("name", PLAYS)
def test_stripes_own_fixtures_lead_to_whole_drafts(name: str) -> None:
    play = all_plays()[name]
    computations = [_asked(play, computed) for computed in COMPUTED]
    changes: list[Json] = [{}, {"status": "open"}, {"ended_at": None, "cancel_at": None, "status": "active"}]
    for type_, resource, changed in product(sorted(play.events), READ, changes):
        payload = event(type_, fixture(resource) | changed)
        with_customer = [event("customer.created", fixture("customer")), payload]
        for number, computed in enumerate(computations):
            if computed in computations[:number]:
                continue  # the play does not ask for what this one adds
            for events in ([payload], with_customer):
                answer = ask(play, Case(story="", events=events, computed=computed))
                if isinstance(answer, Draft):
                    assert_whole(answer)


def _asked(play: Play, computed: Json) -> Json:
    return {key: value for key, value in computed.items() if key in play.needs}


def test_stripes_own_invoice_leads_to_drafts() -> None:
    drafted = set()
    for name in PLAYS:
        for type_ in all_plays()[name].events:
            payload = event(type_, fixture("invoice", status="open", customer_email="a@acme.example"))
            answer = ask(all_plays()[name], Case(story="", events=[payload], settings={"high_amount": 1}))
            if isinstance(answer, Draft):
                drafted.add(name)
    assert {"card_update", "authenticate_payment", "invoice_overdue"} <= drafted


def _paths(value: object, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    pairs: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = list(enumerate(value))
    return [path for key, inner in pairs for path in ((*at, key), *_paths(inner, (*at, key)))]


def _put(into: Any, path: tuple[str | int, ...], value: object) -> None:
    for key in path[:-1]:
        into = into[key]
    into[path[-1]] = value


# The fields that plays read. They become null more often than the rest of Stripe's many fields.
_READ_FIELDS = (  # noqa: SIM905
    "name email description created customer customer_name customer_email number status currency amount_due"
    " amount_remaining attempt_count next_payment_attempt hosted_invoice_url due_date brand last4 exp_month exp_year"
    " default_source items cancel_at cancel_at_period_end current_period_end cancellation_details quantity price"
).split()


# Which fields become null: an odd number stands for any of them, an even one for one of those that plays read. To make a strategy
# of the fields for each draw would take most of the time.
_DRAWS = st.lists(st.integers(0, 9_999), max_size=6, unique=True)


# Without these there is no object, or no delivery of another source.
_NEVER_NULL = {"id", "object", "_source", "_execops_headers", "type", "topic", "created", "action"}


@cache
def stories(name: str) -> list[Case]:
    """The stories of a play, which no test changes."""
    return list(SCENARIOS[name]())


@pytest.mark.parametrize("name", WITH_STORIES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_placeholder_survives_random_nulls(name: str, data: st.DataObject) -> None:
    case = data.draw(st.sampled_from(stories(name)))
    events = copy.deepcopy(list(case.events))
    objects = [payload if "_source" in payload else payload["data"]["object"] for payload in events]
    for stripe_object in objects:
        paths = [path for path in _paths(stripe_object) if path[0] not in _NEVER_NULL]
        likely = [path for path in paths if path[-1] in _READ_FIELDS]
        drawn = data.draw(_DRAWS) if likely else []
        gone = {
            fields[number % len(fields)] for number in drawn for fields in [paths if number % 2 else likely]
        }
        for path in sorted(gone, key=len, reverse=True):
            _put(stripe_object, path, None)
    answer = ask(
        all_plays()[name],
        Case(story=case.story, events=events, computed=case.computed, settings=case.settings),
    )
    if isinstance(answer, Draft):
        assert_whole(answer, [payload for payload in case.events if "_source" in payload])
