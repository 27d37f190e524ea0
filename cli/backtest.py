"""`execops plays backtest`: tries a play on the stored events of the past."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from cli import output, session
from cli.options import AsJson

if TYPE_CHECKING:
    from execops.client.records import Backtest, Replayed, Tried

_BROKEN_SHOWN = 5


def backtest(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The play, enabled or not.")],
    since: Annotated[
        str, typer.Option(metavar="90d|12w|2026-09-01", help="The first day to try it on.")
    ] = "90d",
    as_json: AsJson = False,
) -> None:
    """Try a play on the past: what it would have drafted, and what became of it without any action.

    It replays the stored events with the settings of today. It changes nothing, sends nothing, and asks neither Stripe
    nor a model. Ctrl-C stops it, and prints the result so far.
    """

    async def command() -> bool:
        import logging
        from datetime import UTC, datetime
        from zoneinfo import ZoneInfo

        from cli.backfill import parse_since
        from cli.running import stopping
        from jobs.bootstrap import process_event

        # The result lists the events that the play broke on; their tracebacks would hide it.
        logging.getLogger("execops.plays.routing.judging").setLevel(logging.CRITICAL)
        start = parse_since(since, datetime.now(UTC), ZoneInfo(session.settings().time_zone))
        async with stopping() as stop, session.client() as client:
            with _progress() as show:
                tried = await client.plays.backtest(
                    name, since=start, process=process_event, stop=stop, on_progress=show
                )
        _report(tried, as_json)
        return tried.finished

    if not session.run(command()):
        raise typer.Exit(130)


@contextmanager
def _progress() -> Iterator[Callable[[Replayed], None]]:
    """Show a bar in a terminal, and nothing else."""
    import sys

    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description:<20}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("events", total=None)

        def show(progress: Replayed) -> None:
            day = "events" if progress.at is None else f"events to {progress.at:%Y-%m-%d}"
            bars.update(task, total=progress.total, completed=progress.done, description=day)

        yield show


def _report(tried: Backtest, as_json: bool) -> None:
    if as_json:
        output.document(tried)
    elif tried.drafts:
        output.table(
            ["day", "what", "amount", "urgency", "what became of it", "in reality"],
            [
                (
                    draft.day.isoformat(),
                    draft.title,
                    draft.amount or "",
                    draft.urgency.value,
                    _became(draft),
                    _in_reality(draft),
                )
                for draft in tried.drafts
            ],
            right=["amount"],
        )
    if not as_json:
        output.data(_sums(tried))
    for line in _notes(tried):
        output.note(line)


def _became(draft: Tried) -> str:
    """The words for a draft's end: `settled by itself after 3.2 days: invoice 0001 is paid`."""
    after = "" if draft.days is None else f" after {_days(draft.days)}"
    words = {
        "settled": "settled by itself" + after,
        "settled_after_action": f"settled{after}, after the action of proposal {draft.action_before}",
        "moot": "no longer called for" + after,
        "drafted_again": f"drafted again{after}",
        "ran_out": f"its time ran out{after}",
        "open": "still open",
    }[draft.became.value]
    return f"{words}: {draft.why}" if draft.why else words


def _in_reality(draft: Tried) -> str:
    real = draft.in_reality
    if real is None:
        return "not drafted"
    who = f" by {real.decided_by}" if real.decided_by else ""
    why = f": {real.outcome}" if real.outcome and real.status.value in {"rejected", "superseded"} else ""
    return f"{real.proposal_id} {real.status.value}{who}{', edited' if real.edited else ''}{why}"


def _sums(tried: Backtest) -> str:
    sums = tried.sums
    median = "" if sums.median_days is None else f" after a median of {_days(sums.median_days)}"
    parts = [f"settled by itself {sums.settled}{median}"]
    others = [
        (sums.settled_after_action, "settled after a real action"),
        (sums.moot, "no longer called for, but not settled"),
        (sums.drafted_again, "drafted again"),
        (sums.ran_out, "ran out of time undecided"),
    ]
    parts += [f"{words} {count}" for count, words in others if count]
    parts.append(f"still open {sums.open}")
    return f"Drafted {sums.drafted}: {', '.join(parts)}."


def _days(number: float) -> str:
    return f"{number:.1f} day{'' if number == 1 else 's'}"


def _notes(tried: Backtest) -> Sequence[str]:
    covered = tried.covered
    lines = []
    if not tried.finished:
        lines.append(f"Stopped at the events of {tried.until:%Y-%m-%d}; the result covers the days before.")
    if covered.stored_since is None:
        lines.append("No event is stored, so there is nothing to try the play on.")
    elif covered.first is None:
        lines.append(f"No event is stored since {tried.since:%Y-%m-%d}; write an earlier day after --since.")
    else:
        days = output.counted(covered.days_with_events, "day")
        lines.append(
            f"Covered: from {covered.first} to {covered.last}, {days} with events;"
            f" before {covered.stored_since} nothing is stored."
        )
        imports = output.counted(covered.bank_imports, "import") if covered.bank_imports else "no import"
        lines.append(f"Bank rows count from the moment of their import: {imports} in this time.")
    lines += [
        f"The play broke on event {broken.event_id} ({broken.type}): {broken.error}"
        for broken in tried.broken[:_BROKEN_SHOWN]
    ]
    if len(tried.broken) > _BROKEN_SHOWN:
        lines.append(f"It broke on {len(tried.broken) - _BROKEN_SHOWN} more events; --json lists them.")
    if not tried.enabled:
        lines.append(f"The play is disabled; to let it draft: execops plays enable {tried.play}")
    return lines
