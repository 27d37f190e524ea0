"""An answer of the canvas on the command line: as a table with a chart, as JSON, or as CSV."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from cli import output, session

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from execops.client.questions import Suggestion, Understanding
    from execops.client.records import Answer

_SOON = ("execops.client.canvas_part", "execops.client.questions")


async def ask(question: str, as_of: date | None, show: Show) -> int:
    """Answer one question; returns the exit code. Raises RefusedError where nothing answers."""
    async with session.client(soon=_SOON) as client:
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


def day(text: str | None) -> date | None:
    """The day that stands for today. Raises InvalidInputError."""
    from datetime import date

    from execops.errors import InvalidInputError

    if text is None:
        return None
    try:
        value = date.fromisoformat(text)
    except ValueError as exc:
        raise InvalidInputError("--as-of takes a date such as 2026-10-31.") from exc
    if not 1990 <= value.year <= 2100:
        raise InvalidInputError("--as-of takes a date from 1990 to 2100.")
    return value


class Show:
    """How answers are shown."""

    def __init__(self, *, as_json: bool, as_csv: bool, svg: Path | None = None) -> None:
        self.as_json, self.as_csv, self.svg = as_json, as_csv, svg

    def answer(self, question: str, understood: Understanding, answer: Answer, *, line: bool = False) -> None:
        """An answer on stdout, its receipt on stderr, its chart in a file where one is named."""
        if self.svg is not None:
            _draw(answer, self.svg)
            if str(self.svg) == "-":
                return
        if self.as_json:
            self.json(understood.to_json(question) | answer.to_json(), line=line)
            return
        _csv(answer) if self.as_csv else _table(answer)
        if understood.read_as:
            output.note(f"read as: {output.clean(understood.read_as)}")
        if answer.receipt.picked_by:
            output.note(f"picked by {output.clean(answer.receipt.picked_by)} among the catalogue")

    @staticmethod
    def json(value: dict[str, Any], *, line: bool = False) -> None:
        """One document, or one line of them."""
        output.document(value, line=line)


def _draw(answer: Answer, path: Path) -> None:
    """Write the chart of an answer as a picture; - is stdout. Raises InvalidInputError where there is none, or no such file."""
    from execops.errors import InvalidInputError
    from tui.svg import picture

    drawn = picture(answer)
    if not drawn and (answer.unknown or not answer.rows):
        raise InvalidInputError(
            f"There is nothing to draw: {answer.unknown or 'nothing is in this period'}; no file was written."
        )
    if not drawn:
        raise InvalidInputError(
            "This answer has no chart: it is a list, or has no two rows of one currency; no file was written.",
            hint="Ask by month, or by vendor.",
        )
    if str(path) == "-":
        output.data(drawn.rstrip("\n"))
        return
    try:
        path.write_text(drawn, encoding="utf-8")
    except OSError as exc:
        raise InvalidInputError(f"{path} cannot be written: {exc.strerror}.") from exc
    output.note(f"Drawn into {output.clean(str(path))}.")


def _table(answer: Answer) -> None:
    from execops.client.questions import cells, total_line

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
            [cells(answer, row) for row in answer.rows],
            right=[column.name for column in answer.columns if column.unit in numbers],
        )
    if total := total_line(answer):
        output.note(f"{output.clean(total)}.")
    if answer.unknown:
        output.note(f"Unknown: {output.clean(answer.unknown)}.")
    elif not answer.rows:
        output.note("Nothing in this period.")
    receipt = answer.receipt
    if receipt.note:
        output.note(f"Note: {output.clean(receipt.note)}.")
    params = receipt.words
    output.note(f"{answer.title}: {receipt.definition}.")
    event_id = receipt.watermark.event_id
    latest = f"up to event {event_id}" if event_id else "no event yet"
    output.note(
        output.clean(
            f"as of {receipt.today} ({receipt.time_zone}){', ' + params if params else ''}; {latest}"
        )
    )
    for sentence in answer.step_notes:
        output.note(sentence)
    if receipt.cut:
        output.note(f"{receipt.cut.capitalize()}.")


def _csv(answer: Answer) -> None:
    import csv
    from datetime import date

    from execops.client.questions import total_line

    def cell(unit: str, value: Any) -> object:  # noqa: ANN401
        if value is None:
            return ""
        if unit == "amounts":
            return "; ".join(f"{amount.minor} {amount.currency}" for amount in value)
        if isinstance(value, date):
            return value.isoformat()
        return output.csv_cell(value) if isinstance(value, str) else value

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([column.name for column in answer.columns])
    for row in answer.rows:
        writer.writerow([cell(column.unit, value) for column, value in zip(answer.columns, row, strict=True)])
    if total := total_line(answer):
        output.note(f"{output.clean(total)}.")  # on stderr: no program takes it for a row
    if answer.receipt.note:
        output.note(f"Note: {output.clean(answer.receipt.note)}.")
    if answer.unknown:
        output.note(f"Unknown: {output.clean(answer.unknown)}.")
    if answer.receipt.cut:
        output.note(f"{answer.receipt.cut.capitalize()}.")
