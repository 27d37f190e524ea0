"""Fixtures of the tests that read from a fake Stripe, or perform proposals with a scripted adapter."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from execops.client import Client
from execops.context import Context
from tests import records
from tests.fake_stripe import FakeStripe, fake_stripe
from tests.performing import Scripted


@pytest.fixture
async def fake() -> AsyncIterator[FakeStripe]:
    """A fake of Stripe, to read from."""
    async with fake_stripe() as server:
        yield server


@pytest.fixture
def adapter() -> Scripted:
    """The scripted adapter, with an empty script."""
    return Scripted()


@pytest.fixture
def here(ctx: Context, adapter: Scripted) -> Context:
    """The Context whose mails go to the scripted adapter."""
    return replace(ctx, adapters={**ctx.adapters, "email": adapter})


@pytest.fixture
async def approved(here: Context, client: Client) -> int:
    """The id of an approved proposal whose job was dropped."""
    proposal_id = await records.pending_id(here)
    await client.proposals.approve(proposal_id, 1)
    await records.drop_jobs(here)
    return proposal_id
