"""`execops precision`: how much of the drafts people approve, by play, action type, or operator and period."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import output, session
from cli.options import AsJson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from execops.client.records import Attention

_PERIODS = ("week", "month", "quarter", "year")


def precision(
    by_operator: Annotated[
        bool, typer.Option("--operators", help="By operator, play and period, with their attention.")
    ] = False,
    by_action: Annotated[
        bool, typer.Option("--actions", help="By action type, such as email, in the place of play.")
    ] = False,
    per: Annotated[str, typer.Option(help="The period: week, month, quarter or year.")] = "month",
    as_json: AsJson = False,
) -> None:
    """Show how much of the drafts people approve; with --operators, who looked before they decided, and for how long.

    Precision is approved / (approved + rejected). The state says what is flagged, and what is suspended. Unopened are the decisions about a card that the operator never opened.
    """

    async def command() -> None:
        from execops.errors import InvalidInputError

        if per not in _PERIODS:
            raise InvalidInputError(f"{per!r} is not a period. One of: {', '.join(_PERIODS)}")
        async with session.client() as client:
            if by_operator:
                _print_attention(await client.proposals.attention(per), as_json)
                return
            if by_action:
                measured = [
                    (action.name, action.over_all, action.state) for action in await client.plays.actions()
                ]
            else:
                states = {play.name: play.state for play in await client.plays.list()}
                rates = [rate for rate in await client.plays.precision() if rate.action_type is None]
                measured = [(rate.play, rate.over_all, states.get(rate.play, "removed")) for rate in rates]
        noun = "action" if by_action else "play"
        decided = [row for row in measured if row[1].decisions]
        if as_json:
            output.document([{noun: name, **rate.to_json(), "state": state} for name, rate, state in decided])
            return
        rows = [
            (name, rate.decisions, rate.approved, _percent(rate.precision), _percent(rate.unedited), state)
            for name, rate, state in decided
        ]
        columns = [noun, "decisions", "approved", "precision", "unedited", "state"]
        output.table(columns, rows, right=columns[1:-1])
        if not rows:
            output.note("Nothing was decided yet.")

    session.run(command())


def _print_attention(rows: Sequence[Attention], as_json: bool) -> None:
    if as_json:
        output.document(rows)
        return
    columns = [
        "since",
        "operator",
        "play",
        "decisions",
        "approved",
        "rate",
        "edited",
        "unopened",
        "in view",
        "to decision",
    ]
    _table(
        columns,
        [
            (
                row.since.isoformat(),
                row.operator,
                row.play,
                row.decisions,
                row.approved,
                _percent(row.approval_rate),
                row.edited,
                row.unopened,
                _seconds(row.dwell_seconds),
                _seconds(row.decision_seconds),
            )
            for row in rows
        ],
        words=3,
    )


def _table(columns: list[str], rows: Sequence[tuple[object, ...]], *, words: int) -> None:
    """Print rows; the first columns are words, and the others numbers."""
    output.table(columns, rows, right=columns[words:])
    if not rows:
        output.note("Nothing was decided yet.")


def _percent(rate: float | None) -> str:
    return "" if rate is None else f"{rate:.0%}"


def _seconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.1f} s"
