"""`execops backfill`: the history of a source, taken in page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from cli import output, session

if TYPE_CHECKING:
    from datetime import datetime

    from execops.client.records import Backfilled, Progress

app = typer.Typer(help="Take in the history of a source.", no_args_is_help=True)


@app.command()
def stripe(
    since: Annotated[
        str, typer.Option(metavar="365d|12w|2025-01-01", help="How far back invoices and money go.")
    ] = "365d",
    rate: Annotated[float, typer.Option(min=0.1, max=100, help="Requests a second at most.")] = 20,
    restart: Annotated[
        bool, typer.Option("--restart", help="Do not go on where the last one stopped.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Fill ledger and snapshots from Stripe, with STRIPE_API_KEY; only reads, wakes no play. Goes on where it was stopped; running it twice changes nothing."""

    async def command() -> bool:
        from datetime import UTC, datetime

        from cli.running import stopping

        start = parse_since(since, datetime.now(UTC))
        async with stopping() as stop, session.client() as client:
            with _shown(start) as show:
                done = await client.books.backfill_stripe(
                    since=start, rate=rate, restart=restart, stop=stop, on_progress=show
                )
        _report(done, as_json)
        return done.finished

    if not session.run(command()):
        raise typer.Exit(130)


def parse_since(text: str, now: datetime) -> datetime:
    """`365d`, `12w`, or a date at midnight UTC. Raises InvalidInputError."""
    import re
    from datetime import UTC, datetime, timedelta

    from execops.errors import InvalidInputError

    found = re.fullmatch(r"([0-9]{1,5})([dw])", text)
    try:
        if found:
            return (now - timedelta(days=int(found[1]) * (7 if found[2] == "w" else 1))).replace(
                microsecond=0
            )
        start = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except (ValueError, OverflowError) as exc:
        raise InvalidInputError(
            f"{text!r} is no time to start from.", hint="Write days, weeks or a date: 365d, 12w, 2025-01-01."
        ) from exc
    if start > now:
        raise InvalidInputError(f"{text} is still to come.")
    return start


@contextmanager
def _shown(start: datetime) -> Iterator[Callable[[Progress], None]]:
    """A bar for each resource in a terminal; a line for each that is done elsewhere."""
    import sys

    if not sys.stderr.isatty():
        yield lambda each: output.note(_line(each)) if each.done and each.pages else None
        return
    from datetime import UTC, datetime

    from rich.console import Console
    from rich.progress import BarColumn, TaskID, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    span = max((datetime.now(UTC) - start).total_seconds(), 1.0)
    columns = (
        TextColumn("{task.description:<20}"),
        BarColumn(),
        TextColumn("{task.fields[objects]:>8,} objects"),
        TimeElapsedColumn(),
    )
    with Bars(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, TaskID] = {}

        def show(each: Progress) -> None:
            if each.resource not in tasks:
                label = each.resource.replace("_", " ")
                tasks[each.resource] = bars.add_task(label, total=None, objects=0)
            task = tasks[each.resource]
            bars.update(task, objects=each.objects)
            if each.done:
                bars.update(task, total=1, completed=1)
            elif each.oldest is not None:  # newest first, so the time that is left says how far it is
                left = (each.oldest - start).total_seconds() / span
                bars.update(task, total=1, completed=min(max(1 - left, 0), 1))

        yield show


def _line(each: Progress) -> str:
    return f"{each.resource.replace('_', ' ')}: {each.objects} objects in {each.pages} pages"


def _report(done: Backfilled, as_json: bool) -> None:
    if as_json:
        output.document(done)
    else:
        output.table(
            ["resource", "objects", "new movements", "new snapshots", "done"],
            [
                (
                    each.resource.replace("_", " "),
                    each.objects,
                    each.new_movements,
                    each.new_snapshots,
                    "yes" if each.done else "no",
                )
                for each in done.resources
            ],
            right=["objects", "new movements", "new snapshots"],
        )
    if done.resumed:
        output.note(f"Went on with the backfill since {done.since:%Y-%m-%d} that had been stopped.")
    if not done.finished:
        output.note("Stopped between two pages; the same command goes on there.")
