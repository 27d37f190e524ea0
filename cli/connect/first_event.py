"""Waits for the first event that a vendor sends, and says what becomes of each until one is accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import deployment, output

if TYPE_CHECKING:
    from execops.client.records import Arrivals
    from execops.context import Context
    from execops.settings import Settings


Waits = Annotated[
    bool | None,
    typer.Option(
        "--wait/--no-wait", help="Wait for the first event; in a terminal it does.", show_default=False
    ),
]
Seconds = Annotated[float, typer.Option(min=1, max=86400, help="Seconds to wait for it.")]


async def wait(settings: Settings, timeout: float, *, is_new: bool) -> None:
    """Wait until an event is accepted; `is_new` says that the server does not know the settings yet.

    Raises UnavailableError where none comes within `timeout` seconds.
    """
    import asyncio

    from execops.client import diagnosis
    from execops.errors import UnavailableError
    from jobs.bootstrap import bring_up_to_date, open_context

    if (await deployment.server_state(settings)).state == "ok":
        stop = "does not know yet what was stored. Stop it with Ctrl-C, and run: execops up"
        output.note(f"3. The running server {stop}" if is_new else "3. The server runs.")
    else:
        output.note("3. In another terminal, run: execops up")
    stored = f"What was stored is kept in {settings.home / 'config.toml'}."
    try:
        async with open_context(settings.offline) as ctx:
            if settings.database_url is None:
                await bring_up_to_date(ctx)
            elif await diagnosis.pending_migrations(ctx):
                output.note("   Then see what arrives: execops status")
                return
            async with asyncio.timeout(timeout):
                await _until_accepted(ctx)
    except asyncio.CancelledError:
        output.note(f"\n{stored} Later: execops status")
        raise
    except TimeoutError as exc:
        raise UnavailableError(
            f"No event came within {timeout:g} s. {stored}",
            hint="Run: execops status; it says what was refused.",
        ) from exc


async def _until_accepted(ctx: Context) -> None:
    """Print each delivery that is refused or ignored until one is accepted."""
    from execops.client import arrivals_feed

    before: Arrivals | None = None
    async for now in arrivals_feed.follow(ctx):
        if before is None:  # it listens: nothing is missed from here on
            output.note("   waiting for the first event… (Ctrl-C ends this)")
        else:
            if now.refused and now.refused != before.refused:
                output.note(f"   ✗ refused: {now.refused.why}. {now.refused.mend}")
            if now.ignored and now.ignored != before.ignored:
                output.note(f"   – {output.clean(now.ignored.type)}, {now.ignored.why}")
            if now.accepted and now.accepted != before.accepted:
                moment = now.accepted.at.astimezone().strftime("%H:%M")
                output.note(f"   ✓ {output.clean(now.accepted.type)}, {moment}")
                output.note("   ExecOps drafts where one is needed. Decide: execops inbox")
                return
        before = now
