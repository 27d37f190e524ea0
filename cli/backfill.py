"""`execops backfill`: reads the history of a source, page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from cli import output, session
from cli.options import AsJson

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from execops.client.records import Backfilled, Fetched, Progress

_DAYS_OF_EVENTS = 30  # for as long Stripe lists them: https://docs.stripe.com/api/events/list
_DAYS_OF_DELIVERIES = 3  # for as long GitHub keeps them

app = typer.Typer(help="Read the history of a source into the ledger.", no_args_is_help=True)


@app.command()
def stripe(
    since: Annotated[
        str,
        typer.Option(
            metavar="365d|12w|2025-01-01",
            help="The first day of invoices and balance transactions, or of events. 365d, or 30d for events, if unset.",
            show_default=False,
        ),
    ] = "",
    rate: Annotated[float, typer.Option(min=0.1, max=100, help="The most requests a second.")] = 20,
    restart: Annotated[
        bool, typer.Option("--restart", help="Start anew, even if the last run was stopped.")
    ] = False,
    events: Annotated[
        bool,
        typer.Option(
            "--events", help="Fetch the deliveries that were missed in an outage, up to 30 days back."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Fill the ledger and the snapshots from Stripe, with STRIPE_API_KEY.

    It only reads from Stripe, and wakes no play. After a stop, it continues where it was. A second run changes nothing.

    With --events it stores the events that never arrived, as if they arrived now: plays may draft. An event that is stored
    already changes nothing.
    """
    if events:
        _fetch_events(since or f"{_DAYS_OF_EVENTS}d", rate, as_json)
        return

    async def command() -> bool:
        from datetime import UTC, datetime

        from cli.running import stopping

        start = parse_since(since or "365d", datetime.now(UTC))
        async with stopping() as stop, session.client() as client:
            with _progress(start) as show:
                backfilled = await client.books.backfill_stripe(
                    since=start, rate=rate, restart=restart, stop=stop, on_progress=show
                )
        _report(backfilled, as_json)
        return backfilled.finished

    if not session.run(command()):
        raise typer.Exit(130)


@app.command()
def github(
    since: Annotated[
        str, typer.Option(metavar="3d|2025-01-01", help="The first day; GitHub keeps deliveries for 3 days.")
    ] = f"{_DAYS_OF_DELIVERIES}d",
    hook: Annotated[
        int | None,
        typer.Option(
            min=1, help="The number of the webhook at GitHub, if several lead here.", show_default=False
        ),
    ] = None,
    rate: Annotated[float, typer.Option(min=0.1, max=100, help="The most requests a second.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Store the deliveries of GitHub's webhook that failed, with GITHUB_TOKEN and EXECOPS_GITHUB_REPOSITORY.

    GitHub repeats none by itself. This reads what they carried, and asks for no redelivery; plays may draft. A delivery that is
    stored already changes nothing.
    """

    async def command() -> bool:
        from datetime import UTC, datetime

        from cli.running import stopping

        start = parse_since(since, datetime.now(UTC))
        async with stopping() as stop, session.client() as client:
            fetched = await client.books.fetch_github_deliveries(since=start, rate=rate, stop=stop, hook=hook)
        _report_fetched(fetched, as_json)
        output.note(
            f"GitHub listed {output.counted(fetched.listed, 'failed delivery', 'failed deliveries')}"
            f" since {fetched.since:%Y-%m-%d}."
        )
        if not fetched.finished:
            output.note("Stopped after a whole page. The same command fetches the rest.")
        return fetched.finished

    if not session.run(command()):
        raise typer.Exit(130)


def _fetch_events(since: str, rate: float, as_json: bool) -> None:
    async def command() -> bool:
        from datetime import UTC, datetime, timedelta

        from cli.running import stopping

        now = datetime.now(UTC)
        oldest = now - timedelta(days=_DAYS_OF_EVENTS)
        start = max(parse_since(since, now), oldest.replace(microsecond=0))
        async with stopping() as stop, session.client() as client:
            fetched = await client.books.fetch_stripe_events(since=start, rate=rate, stop=stop)
        _report_fetched(fetched, as_json)
        output.note(
            f"Stripe listed {output.counted(fetched.listed, 'event')} since {fetched.since:%Y-%m-%d}."
        )
        if not fetched.finished:
            output.note("Stopped after a whole page. The same command fetches the rest.")
        return fetched.finished

    if not session.run(command()):
        raise typer.Exit(130)


def _report_fetched(fetched: Fetched, as_json: bool) -> None:
    if as_json:
        output.document(fetched)
    else:
        repeated = fetched.listed - fetched.new
        output.data(
            f"{output.counted(fetched.new, 'event')} missed and stored now, {repeated:,} known before."
        )
        if fetched.ignored:
            output.data(
                f"{fetched.ignored:,} of them are not processed: execops events list --status ignored"
            )
    for entry in fetched.unreadable:
        output.note(f"Not stored: {entry}")


def parse_since(text: str, now: datetime, zone: tzinfo | None = None) -> datetime:
    """Read `365d` or `12w` before `now`, or a date at midnight in the zone, by default UTC. Raises InvalidInputError."""
    import re
    from datetime import UTC, datetime, timedelta

    from execops.errors import InvalidInputError

    span = re.fullmatch(r"([0-9]{1,5})([dw])", text)
    try:
        if span:
            days = int(span[1]) * (7 if span[2] == "w" else 1)
            return (now - timedelta(days=days)).replace(microsecond=0)
        start = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=zone or UTC)
    except (ValueError, OverflowError) as exc:
        raise InvalidInputError(
            f"{text!r} is not a period or a date.", hint="Write days, weeks or a date: 365d, 12w, 2025-01-01."
        ) from exc
    if start > now:
        raise InvalidInputError(f"{text} is in the future.")
    return start


@contextmanager
def _progress(start: datetime) -> Iterator[Callable[[Progress], None]]:
    """Show progress: a bar for each resource in a terminal, else a line when a resource is done."""
    import sys

    if not sys.stderr.isatty():
        yield _note_if_done
        return
    from datetime import UTC, datetime

    from rich.console import Console
    from rich.progress import BarColumn, TaskID, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    span = max((datetime.now(UTC) - start).total_seconds(), 1.0)
    columns = (
        TextColumn("{task.description:<20}"),
        BarColumn(),
        TextColumn("{task.fields[objects]:>16}"),
        TimeElapsedColumn(),
    )
    with Bars(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, TaskID] = {}

        def show(progress: Progress) -> None:
            if progress.resource not in tasks:
                label = progress.resource.replace("_", " ")
                tasks[progress.resource] = bars.add_task(label, total=None, objects="")
            task = tasks[progress.resource]
            bars.update(task, objects=output.counted(progress.objects, "object"))
            if progress.done:
                bars.update(task, total=1, completed=1)
            elif (
                progress.oldest is not None
            ):  # Stripe lists the newest first, so the oldest shows the progress
                remaining = (progress.oldest - start).total_seconds() / span
                bars.update(task, total=1, completed=min(max(1 - remaining, 0), 1))

        yield show


def _note_if_done(progress: Progress) -> None:
    if progress.done and progress.pages:
        objects, pages = output.counted(progress.objects, "object"), output.counted(progress.pages, "page")
        output.note(f"{progress.resource.replace('_', ' ')}: {objects} in {pages}")


def _report(backfilled: Backfilled, as_json: bool) -> None:
    if as_json:
        output.document(backfilled)
    else:
        output.table(
            ["resource", "objects", "new movements", "new snapshots", "done"],
            [
                (
                    progress.resource.replace("_", " "),
                    progress.objects,
                    progress.new_movements,
                    progress.new_snapshots,
                    "yes" if progress.done else "no",
                )
                for progress in backfilled.resources
            ],
            right=["objects", "new movements", "new snapshots"],
        )
    if backfilled.resumed:
        output.note(f"Continued the stopped backfill since {backfilled.since:%Y-%m-%d}.")
    if not backfilled.finished:
        output.note("Stopped after a whole page. The same command continues there.")
