"""Random walks through decisions, events, failures, deaths, pauses and expiry; every promise is checked at each step.

A soak goes in parts of 2,000 steps, each with a database and a seed of its own: what earlier walks left, and what hypothesis
remembers of them, slows no part down, and one broken promise leaves the other parts their say.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Coroutine
from typing import Any

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from execops.client import Client
from execops.context import Context
from tests.integration.exploring import DECISIONS, Answer, World

WALK = 50  # steps
SOAK = "EXECOPS_SOAK_STEPS" in os.environ
PART = 2000 if SOAK else 600  # steps
STEPS = int(os.environ.get("EXECOPS_SOAK_STEPS", PART))
SEED = random.SystemRandom().randrange(10**6) if SOAK else 0
WHICH = st.integers(0, 2)


def machine(loop: asyncio.AbstractEventLoop, ctx: Context, client: Client) -> type[RuleBasedStateMachine]:
    """The state machine of walks whose worlds live on this loop, while another thread draws the steps."""

    def on_loop(step: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(step, loop).result()

    class Walk(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.world: World = on_loop(World.begin(ctx, client))

        @rule(which=st.integers(0, 1), dear=st.booleans())
        def fail(self, which: int, dear: bool) -> None:
            on_loop(self.world.fail(which, dear=dear))

        @rule(which=st.integers(0, 1), dear=st.booleans())
        def ask(self, which: int, dear: bool) -> None:
            on_loop(self.world.ask(which, dear=dear))

        @rule(which=st.integers(0, 7))
        def pay(self, which: int) -> None:
            if which < 2:  # seldom, for it ends most of what may happen
                on_loop(self.world.pay(which))

        @rule()
        def move(self) -> None:
            on_loop(self.world.move())

        @rule(decision=st.sampled_from(DECISIONS), which=WHICH, stale=st.integers(0, 9).map(lambda n: n == 9))
        def decide(self, decision: str, which: int, stale: bool) -> None:
            on_loop(self.world.decide(decision, which, stale=stale))

        @rule(which=WHICH, again=st.booleans())
        def approve(self, which: int, again: bool) -> None:
            on_loop(self.world.decide("approve", which, stale=False, again=again))

        @rule(which=WHICH, again=st.booleans())
        def retry(self, which: int, again: bool) -> None:
            on_loop(self.world.decide("retry", which, stale=False, again=again))

        @rule()
        def approve_at_once(self) -> None:
            on_loop(self.world.approve_at_once())

        @rule(on=st.booleans())
        def pause(self, on: bool) -> None:
            on_loop(self.world.pause(on=on))

        @rule()
        def restored(self) -> None:
            on_loop(self.world.restored())

        @rule(which=WHICH)
        def run_out(self, which: int) -> None:
            on_loop(self.world.run_out(which))

        @rule(answer=st.sampled_from(list(Answer)), blind=st.booleans())
        def work(self, answer: Answer, blind: bool) -> None:
            on_loop(self.world.work(answer, blind=blind))

        @rule(answer=st.sampled_from([Answer.REFUSED, Answer.AMBIGUOUS_SENT, Answer.AMBIGUOUS_LOST]))
        def work_in_the_dark(self, answer: Answer) -> None:
            on_loop(self.world.work(answer, blind=True))

        @invariant()
        def promises(self) -> None:
            on_loop(self.world.check())

        def teardown(self) -> None:
            on_loop(self.world.end())

    return Walk


@pytest.mark.slow
@pytest.mark.parametrize("part", range(max(1, STEPS // PART)))
async def test_every_promise_holds_on_random_walks(
    ctx: Context, client: Client, capsys: pytest.CaptureFixture[str], part: int
) -> None:
    walks = settings(
        max_examples=PART // WALK,
        stateful_step_count=WALK,
        deadline=None,
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    walk = seed(SEED + part)(machine(asyncio.get_running_loop(), ctx, client))
    begun, result = time.monotonic(), "a broken promise"
    try:
        await asyncio.to_thread(run_state_machine_as_test, walk, settings=walks)
        result = "no broken promise"
    finally:
        if SOAK:
            with capsys.disabled():
                seconds = time.monotonic() - begun
                print(f"\nsteps to {(part + 1) * PART:,}: {seconds:.0f} s, seed {SEED + part}, {result}")
