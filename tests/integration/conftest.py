"""Fixtures of the tests that perform proposals with a scripted adapter."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from execops.client import Client
from execops.context import Context
from tests import records
from tests.performing import Scripted


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
