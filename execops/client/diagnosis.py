"""Beside the Client: checks of this deployment, for commands and probes that may have no operator yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from execops import health
from execops.authority import consents, operators, policy
from execops.context import Context
from execops.health import Health, Trouble
from execops.health import Troubles as Troubles
from execops.ingest import arrivals
from execops.ingest.arrivals import Arrivals
from execops.model import Check
from execops.proposals import listing
from execops.proposals.listing import Counts
from execops.settings import Settings

if TYPE_CHECKING:
    from execops.adapters._intercom import Teammate


async def is_initialised(ctx: Context) -> bool:
    """Whether an operator exists. The first migration adds the founder last, so then all tables exist too.

    Raises DatabaseUnavailableError, and UnavailableError if the tables are missing.
    """
    async with ctx.connection() as conn:
        return bool(await operators.everyone(conn))


async def pending_migrations(ctx: Context) -> list[str]:
    """The names of the migrations that are missing. Raises DatabaseUnavailableError."""
    from execops.db import migrate  # loads yoyo

    return await migrate.pending_migrations(ctx.owner_url)


async def role_powers(ctx: Context) -> tuple[str, list[str]]:
    """The database role of this process, and its powers that get round the guards: phrases that follow its name."""
    from execops.db import app_role

    async with ctx.connection() as conn:
        return conn.info.user, await app_role.powers_of(conn)


async def read_health(ctx: Context) -> Health:
    """Workers, queue, pause and failures. Raises DatabaseUnavailableError."""
    async with ctx.connection() as conn:
        return await health.read(conn)


async def read_troubles(ctx: Context) -> list[Trouble]:
    """The troubles of the last day. Raises DatabaseUnavailableError."""
    async with ctx.connection() as conn:
        return await health.troubles(conn)


class Overview(Struct, frozen=True, kw_only=True):
    """The state of a deployment on one screen: workers and queue, the latest deliveries, and what waits for a person."""

    health: Health
    arrivals: Arrivals
    counts: Counts


async def overview(ctx: Context) -> Overview:
    """The overview as of now. Raises DatabaseUnavailableError."""
    async with ctx.connection() as conn:
        return Overview(
            health=await health.read(conn),
            arrivals=await arrivals.read(conn),
            counts=await listing.counts(conn),
        )


async def load_model(settings: Settings) -> bool:
    """Load the configured model's package without a request; returns False if no model is configured.

    Raises NotConfiguredError if the package is missing.
    """
    from execops.graphs.reasoning import create_reasoner

    reasoner = create_reasoner(settings, {})
    if reasoner is None:
        return False
    await reasoner.load()
    return True


async def missing_stripe_permissions(settings: Settings) -> list[str]:
    """Ask Stripe which objects STRIPE_API_KEY may not read. Raises NotConfiguredError, UnavailableError."""
    from execops.sources.stripe import api

    return list(await api.check(settings))


async def teammate_at_intercom(settings: Settings) -> Teammate:
    """Ask Intercom whose token INTERCOM_ACCESS_TOKEN is. Raises RejectedError, NotAcceptedError."""
    from execops.adapters import _intercom

    return await _intercom.who_am_i(settings)


async def allowed_at_stripe(ctx: Context) -> list[str]:
    """The actions at Stripe that a founder allowed. Raises DatabaseUnavailableError."""
    async with ctx.connection() as conn:
        return [name for name in await policy.allowed_actions(conn) if name.startswith("stripe_")]


async def missing_stripe_actions(settings: Settings) -> list[str]:
    """Ask Stripe which permissions EXECOPS_STRIPE_WRITE_KEY lacks to act; change nothing.

    Raises NotConfiguredError, NotAcceptedError, RejectedError.
    """
    from execops.adapters.stripe_api import stripe_access

    return await stripe_access.missing_permissions(settings)


def stripe_write_permissions() -> list[str]:
    """The permissions that actions at Stripe need, all of them: see `missing_stripe_actions`."""
    from execops.adapters.stripe_api import stripe_access

    return stripe_access.PERMISSIONS


async def count_consenting(ctx: Context) -> int:
    """How many operators want to be told of urgent proposals. Raises DatabaseUnavailableError."""
    async with ctx.connection() as conn:
        return len(await consents.consenting(conn))


async def check_notifying(settings: Settings, people: int) -> Check:
    """Check the way to so many operators who want to be told; nothing is posted."""
    from execops.adapters import slack

    return await slack.diagnose_notifying(settings, people)


async def check_adapters(settings: Settings) -> list[Check]:
    """Check the mail servers, Slack and all else that the adapters need; nothing is performed."""
    from execops import adapters

    return await adapters.diagnose(settings)
