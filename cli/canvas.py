"""`execops canvas`: plain questions, answered from the ledger or refused."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import output, session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from execops.client.canvas_part import CanvasPart
    from execops.client.questions import Understood
    from execops.client.records import Answer


def canvas(
    question: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[QUESTION|-]", help="A question; - reads one from each line.", show_default=False
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON document; with -, one line for each question.")
    ] = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Comma-separated values, money in major units.")
    ] = False,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="How the question is understood, as JSON; no database is touched."),
    ] = False,
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="Stands for today.", show_default=False)
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="What can be asked.")] = False,
    metric: Annotated[
        str | None, typer.Option(metavar="NAME", help="Answer this metric.", show_default=False)
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=VALUE", help="A parameter of --metric; repeatable.", show_default=False),
    ] = None,
) -> None:
    """Ask about money, customers and decisions; exit code 7 where nothing answers."""
    words = " ".join(question or []).strip()
    if list_:
        _list(as_json=as_json)
        return
    if bool(metric) == bool(words) or (param and not metric) or (as_json and as_csv):
        raise typer.BadParameter("Give either a question, or -, or --metric NAME; and --json or --csv.")

    async def command() -> int:
        from execops.client.questions import Understood
        from execops.errors import InvalidInputError

        show = _Show(as_json=as_json, as_csv=as_csv)
        today = _date(as_of)
        if metric:
            pairs = [each.partition("=") for each in param or []]
            if not all(sign for _, sign, _ in pairs):
                raise InvalidInputError("--param takes KEY=VALUE, such as from=2026-01-01.")
            params = {key.strip(): value for key, _, value in pairs}
            asked = Understood(question="", kind="answer", metric=metric, params=params)
            return await _explain([asked], today) if explain else await _ask_metric(asked, today, show)
        if explain:
            return await _explain(_questions(words), today)
        if words == "-":
            return await _stream(today, show)
        return await _one(words, today, show)

    code = session.run(command())
    if code:
        raise SystemExit(code)


class _Show:
    """How answers are shown."""

    def __init__(self, *, as_json: bool, as_csv: bool) -> None:
        self.as_json, self.as_csv = as_json, as_csv

    def answer(self, asked: Understood, answer: Answer, *, line: bool = False) -> None:
        """An answer on stdout, its receipt on stderr."""
        if self.as_json:
            self.json(asked.to_json() | answer.to_json(), line=line)
            return
        _csv(answer) if self.as_csv else _table(answer)
        if answer.receipt.picked_by:
            output.note(f"picked by {output.clean(answer.receipt.picked_by)} among the catalogue")

    @staticmethod
    def json(value: dict[str, Any], *, line: bool = False) -> None:
        """One document, or one line of them."""
        import json

        if line:
            output.announce(json.dumps(output.jsonable(value)))
        else:
            output.document(value)


async def _one(question: str, as_of: date | None, show: _Show) -> int:
    async with session.client() as client:
        return await _ask(client.canvas, question, as_of, show)


async def _ask_metric(asked: Understood, as_of: date | None, show: _Show) -> int:
    async with session.client() as client:
        show.answer(asked, await client.canvas.answer(asked.metric or "", asked.params, as_of))
    return 0


async def _ask(canvas: CanvasPart, question: str, as_of: date | None, show: _Show) -> int:
    asked = await canvas.ask(question, as_of)
    if asked.answer is None:
        if show.as_json:
            show.json(asked.to_json())
        raise asked.understood.refusal()
    show.answer(asked.understood, asked.answer)
    return 0


async def _stream(as_of: date | None, show: _Show) -> int:
    """Every question of stdin in turn; an error stands in its place, the worst code is the stream's."""
    from execops.errors import ExecOpsError, RefusedError

    worst = 0
    async with session.client() as client:
        for question in _lines():
            asked = None
            try:
                asked = await client.canvas.understand(question, as_of)
                if asked.kind != "answer":
                    raise asked.refusal()
                answer = await client.canvas.answer(
                    asked.metric or "", asked.params, as_of, picked_by=asked.picked_by
                )
                if not show.as_json:
                    output.data(f"# {output.clean(question)}")
                show.answer(asked, answer, line=True)
            except ExecOpsError as exc:
                worst = max(worst, exc.exit_status)
                if show.as_json:
                    known = asked.to_json() if asked else {"question": question, "kind": "error"}
                    if asked and not isinstance(exc, RefusedError):
                        known["kind"] = "error"
                    error = {"code": exc.code, "message": exc.message, "hint": exc.hint}
                    show.json(known | {"error": error}, line=True)
                else:
                    output.note(f"# {output.clean(question)}")
                    output.failure(exc)
    return worst


async def _explain(asked: Any, as_of: date | None) -> int:  # noqa: ANN401
    """Without a database: names stay as written."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from execops.client import questions
    from execops.errors import RefusedError

    settings = session.settings()
    today = as_of or datetime.now(ZoneInfo(settings.time_zone)).date()
    code = 0
    several = not isinstance(asked, list)
    for question in asked:
        understood = question
        if isinstance(question, str):
            understood = questions.explain(question, today, settings)
        else:
            questions.require_answerable(understood, today)
        if understood.kind != "answer":
            code = RefusedError.exit_status
        _Show.json(understood.to_json(), line=several)
    return code


def _questions(words: str) -> Any:  # noqa: ANN401
    return _lines() if words == "-" else [words]


def _lines() -> Iterator[str]:
    for line in sys.stdin:
        if line.strip():
            yield line.strip()


def _date(text: str | None) -> date | None:
    from datetime import date

    from execops.errors import InvalidInputError

    if text is None:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError as exc:
        raise InvalidInputError("--as-of takes a date such as 2026-10-31.") from exc
    if not 1990 <= found.year <= 2100:
        raise InvalidInputError("--as-of takes a date from 1990 to 2100.")
    return found


def _list(*, as_json: bool) -> None:
    from execops.client.questions import catalogue
    from execops.errors import CatalogueError

    try:
        metrics = list(catalogue.load().values())
    except CatalogueError as exc:
        output.failure(exc)
        raise SystemExit(exc.exit_status) from exc
    if as_json:
        output.document(
            [
                {
                    name: getattr(each, name)
                    for name in (
                        "name", "title", "definition", "unit", "params", "groups", "default_period", "chart",
                        "columns", "synonyms", "samples",
                    )
                }
                for each in metrics
            ]
        )  # fmt: skip
    else:
        output.table(
            ["metric", "definition", "ask"],
            [(each.name, each.definition, each.samples[0]) for each in metrics],
        )


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

        drawn = draw(answer, shutil.get_terminal_size().columns)
        if drawn:
            output.data(drawn)
    numbers = {"money", "count", "percent", "seconds", "months"}
    if answer.rows:
        output.table(
            [each.name for each in answer.columns],
            [
                [
                    text(column, value, _currency(answer, row))
                    for column, value in zip(answer.columns, row, strict=True)
                ]
                for row in answer.rows
            ],
            right=[each.name for each in answer.columns if each.unit in numbers],
        )
    if answer.unknown:
        output.note(f"Unknown: {output.clean(answer.unknown)}.")
    elif not answer.rows:
        output.note("Nothing in this period.")
    receipt = answer.receipt
    params = ", ".join(f"{key} {value}" for key, value in receipt.params.items() if value not in (None, ""))
    output.note(f"{answer.title}: {receipt.definition}.")
    seen = receipt.watermark
    upto = f"up to event {seen.event_id}" if seen.event_id else "no event yet"
    output.note(
        output.clean(f"as of {receipt.today} ({receipt.time_zone}){', ' + params if params else ''}; {upto}")
    )
    if receipt.truncated:
        output.note(f"Only the first {receipt.rows} rows.")


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
        return output.clean(value) if isinstance(value, str) else value

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([each.name for each in answer.columns])
    for row in answer.rows:
        currency = _currency(answer, row)
        writer.writerow(
            [cell(column.unit, value, currency) for column, value in zip(answer.columns, row, strict=True)]
        )
    if answer.unknown:
        output.note(f"Unknown: {output.clean(answer.unknown)}.")
