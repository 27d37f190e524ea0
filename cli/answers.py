"""An answer of the canvas on the command line: as a table with a chart, as JSON, or as CSV. It needs no Typer."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from cli import output, session

if TYPE_CHECKING:
    from datetime import date

    from execops.client.questions import Suggestion, Understanding
    from execops.client.records import Answer


def run(question: str, *, as_json: bool = False) -> None:
    """Answer one question of today. Raises SystemExit with the exit code of an error."""
    import gc

    gc.disable()  # the process ends before a collection would free memory
    session.run(ask(question, None, Show(as_json=as_json, as_csv=False)))


async def ask(question: str, as_of: date | None, show: Show) -> int:
    """Answer one question; returns the exit code. Raises RefusedError where nothing answers."""
    async with session.client() as client:
        asked = await client.canvas.ask(question, as_of)
        if asked.answer is None:
            if show.as_json:
                show.json(asked.to_json())
            chosen = None if show.as_json or show.as_csv else choose(asked.understood)
            if chosen is None:
                raise asked.understood.refusal()
            output.note(output.clean(chosen.title))
            answered = await client.canvas.answer(chosen.metric, chosen.params, as_of)
            show.answer(asked.question, asked.understood, answered)
            return 0
        show.answer(asked.question, asked.understood, asked.answer)
    return 0


def choose(understood: Understanding) -> Suggestion | None:
    """The suggestion whose number a person presses; None in a pipe, and for any other key."""
    if not understood.suggestions or not session.interactive():
        return None
    import click

    output.note(output.clean(understood.refusal().message))
    for number, suggestion in enumerate(understood.suggestions, 1):
        output.note(f"  {number}  {output.clean(suggestion.title)}")
    output.note("A number asks it; any other key leaves.")
    session.forget_typed()
    key = click.getchar()
    place = "123".find(key) if len(key) == 1 else -1
    return understood.suggestions[place] if 0 <= place < len(understood.suggestions) else None


class Show:
    """How answers are shown."""

    def __init__(self, *, as_json: bool, as_csv: bool) -> None:
        self.as_json, self.as_csv = as_json, as_csv

    def answer(self, question: str, understood: Understanding, answer: Answer, *, line: bool = False) -> None:
        """An answer on stdout, its receipt on stderr."""
        if self.as_json:
            self.json(understood.to_json(question) | answer.to_json(), line=line)
            return
        _csv(answer) if self.as_csv else _table(answer)
        if answer.receipt.picked_by:
            output.note(f"picked by {output.clean(answer.receipt.picked_by)} among the catalogue")

    @staticmethod
    def json(value: dict[str, Any], *, line: bool = False) -> None:
        """One document, or one line of them."""
        output.document(value, line=line)


def _currency(answer: Answer, row: tuple[Any, ...]) -> str | None:
    for column, value in zip(answer.columns, row, strict=True):
        if column.unit == "currency":
            return str(value) if value is not None else None
    return None


def _table(answer: Answer) -> None:
    from execops.client.questions import text

    if sys.stdout.isatty():
        import shutil

        from tui.chart import draw

        chart = draw(answer, shutil.get_terminal_size().columns)
        if chart:
            output.data(chart)
    numbers = {"money", "count", "percent", "seconds", "months"}
    if answer.rows:
        output.table(
            [column.name for column in answer.columns],
            [
                [
                    text(column, value, _currency(answer, row))
                    for column, value in zip(answer.columns, row, strict=True)
                ]
                for row in answer.rows
            ],
            right=[column.name for column in answer.columns if column.unit in numbers],
        )
    if answer.unknown:
        output.note(f"Unknown: {output.clean(answer.unknown)}.")
    elif not answer.rows:
        output.note("Nothing in this period.")
    receipt = answer.receipt
    params = ", ".join(f"{key} {value}" for key, value in receipt.params.items() if value not in (None, ""))
    output.note(f"{answer.title}: {receipt.definition}.")
    event_id = receipt.watermark.event_id
    latest = f"up to event {event_id}" if event_id else "no event yet"
    output.note(
        output.clean(
            f"as of {receipt.today} ({receipt.time_zone}){', ' + params if params else ''}; {latest}"
        )
    )
    if receipt.cut:
        output.note(f"{receipt.cut.capitalize()}.")


def _csv(answer: Answer) -> None:
    import csv
    from datetime import date

    from execops.money import Money

    def cell(unit: str, value: Any, currency: str | None) -> object:  # noqa: ANN401
        if value is None:
            return ""
        if unit == "money" and currency:
            return Money(value, currency).major
        if isinstance(value, date):
            return value.isoformat()
        return output.csv_cell(value) if isinstance(value, str) else value

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([column.name for column in answer.columns])
    for row in answer.rows:
        currency = _currency(answer, row)
        writer.writerow(
            [cell(column.unit, value, currency) for column, value in zip(answer.columns, row, strict=True)]
        )
    if answer.unknown:
        output.note(f"Unknown: {output.clean(answer.unknown)}.")
