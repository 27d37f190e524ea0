"""`execops canvas`: plain questions, answered from the ledger or refused."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import completion, output, session
from cli.answers import Show, ask, day

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from execops.client.questions import Understanding


_Question = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[QUESTION|-]", help="A question; - reads one from each line.", show_default=False
    ),
]


_AsJson = Annotated[
    bool, typer.Option("--json", help="One JSON document; with -, one line for each question.")
]
_AsCsv = Annotated[
    bool,
    typer.Option(
        "--csv",
        help="Comma-separated values, money as in --json: whole minor units of the row's currency.",
    ),
]
_Explain = Annotated[
    bool,
    typer.Option("--explain", help="How the question is understood, as JSON; no database is touched."),
]
_AsOf = Annotated[str | None, typer.Option(metavar="DATE", help="Stands for today.", show_default=False)]
_List = Annotated[bool, typer.Option("--list", help="List all metrics, with a question for each.")]
_Metric = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="Answer this metric.", show_default=False, autocompletion=completion.metrics
    ),
]
_Param = Annotated[
    list[str] | None,
    typer.Option(metavar="KEY=VALUE", help="A parameter of --metric; repeatable.", show_default=False),
]
_Svg = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Draw the chart of the answer as a picture into this file; - is stdout, in place of the table.",
        show_default=False,
    ),
]
_Refused = Annotated[bool, typer.Option("--refused", help="List the questions that were refused.")]
_Erase = Annotated[bool, typer.Option("--erase", help="With --refused: erase them all.")]
_Check = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Ask the questions of a file, and compare the answers with those expected there.",
        show_default=False,
    ),
]


def canvas(
    question: _Question = None,
    as_json: _AsJson = False,
    as_csv: _AsCsv = False,
    explain: _Explain = False,
    as_of: _AsOf = None,
    list_: _List = False,
    metric: _Metric = None,
    param: _Param = None,
    svg: _Svg = None,
    refused: _Refused = False,
    erase: _Erase = False,
    check: _Check = None,
) -> None:
    """Ask about money, customers and decisions; exit code 7 where nothing answers."""
    words = " ".join(question or []).strip()
    if sum(map(bool, (list_, refused, check, metric, words))) > 1 or (erase and not refused):
        raise typer.BadParameter("Give one of a question, -, --metric, --list, --refused and --check.")
    if list_:
        _list(as_json=as_json)
        return
    if refused:
        session.run(_refused(erase=erase, as_json=as_json))
        return
    if check:
        from cli import canvas_check

        if code := session.run(canvas_check.check(check, day(as_of), as_json=as_json)):
            raise SystemExit(code)
        return
    if not (words or metric or param or as_json or as_csv or explain or svg):
        from cli.inbox import open_inbox

        open_inbox(readonly=False, canvas=True)
        return
    if bool(metric) == bool(words) or (param and not metric) or (as_json and as_csv):
        raise typer.BadParameter("Give either a question, or -, or --metric NAME; and --json or --csv.")

    async def command() -> int:
        if svg:
            _require_drawable(svg, single=not explain and words != "-", alone=not as_json and not as_csv)
        show = Show(as_json=as_json, as_csv=as_csv, svg=svg)
        today = day(as_of)
        if metric:
            params = _params(param or [])
            if explain:
                from execops.client.questions import answer

                return _explain("", answer(metric, params), _today(today))
            return await _answer_metric(metric, params, today, show)
        if explain:
            return _explain_all(words, _today(today))
        if words == "-":
            return await _stream(today, show)
        return await ask(words, today, show)

    code = session.run(command(), collects=words == "-")
    if code:
        raise SystemExit(code)


def _require_drawable(svg: Path, *, single: bool, alone: bool) -> None:
    """Raises InvalidInputError where no single answer is drawn, or where stdout is for other data too."""
    from execops.errors import InvalidInputError

    if not single:
        raise InvalidInputError("--svg draws the answer of one question.")
    if str(svg) == "-" and not alone:
        raise InvalidInputError("--svg - writes the picture to stdout, so it takes no --json and no --csv.")


def _params(pairs: list[str]) -> dict[str, Any]:
    """The parameters in KEY=VALUE. Raises InvalidInputError."""
    from execops.errors import InvalidInputError

    parted = [pair.partition("=") for pair in pairs]
    if not all(sign for _, sign, _ in parted):
        raise InvalidInputError("--param takes KEY=VALUE, such as from=2026-01-01.")
    return {key.strip(): value for key, _, value in parted}


async def _refused(*, erase: bool, as_json: bool) -> None:
    async with session.client() as client:
        if erase:
            erased = await client.canvas.erase_refused()
            if as_json:
                output.document({"erased": erased})
            else:
                output.note(f"Erased {output.counted(erased, 'refused question')}.")
            return
        kept = await client.canvas.refused()
    if as_json:
        output.document(kept)
        return
    output.table(
        ["question", "times", "last asked", "why"],
        [(row.question, str(row.asked), f"{row.last_at:%Y-%m-%d}", row.why) for row in kept],
        right=["times"],
    )


async def _answer_metric(metric: str, params: dict[str, Any], as_of: date | None, show: Show) -> int:
    from execops.client.questions import answer

    async with session.client() as client:
        show.answer("", answer(metric, params), await client.canvas.answer(metric, params, as_of))
    return 0


async def _stream(as_of: date | None, show: Show) -> int:
    """Every question of stdin in turn; an error stands in its place, the worst code is the stream's."""
    from execops.client.questions import one_line
    from execops.errors import ExecOpsError, RefusedError

    worst, count = 0, 0
    async with session.client() as client:
        for raw in _raw_lines():
            question, understood = one_line(raw.decode(errors="replace")), None
            try:
                line = session.read_text(raw)
                understood = await client.canvas.understand(line, as_of)
                if understood.metric is None:
                    raise understood.refusal()
                answer = await client.canvas.answer(
                    understood.metric, understood.params, as_of, picked_by=understood.picked_by
                )
                if show.as_csv:  # stdout has rows alone; an empty line parts the tables
                    if count:
                        output.data()
                    output.note(f"# {output.clean(question)}")
                elif not show.as_json:
                    output.data(f"# {output.clean(question)}")
                count += 1
                show.answer(question, understood, answer, line=True)
            except ExecOpsError as exc:
                worst = max(worst, exc.exit_status)
                if show.as_json:
                    value = understood.to_json(question) if understood else {"question": question}
                    if not isinstance(exc, RefusedError):
                        value["kind"] = "error"
                    error = {"code": exc.code, "message": exc.message, "hint": exc.hint}
                    show.json(value | {"error": error}, line=True)
                else:
                    output.note(f"# {output.clean(question)}")
                    output.failure(exc)
    return worst


def _explain_all(words: str, today: date) -> int:
    """Explain one question, or each line of stdin, without a database: names stay as written."""
    from execops.client.questions import explain, one_line

    settings = session.settings()
    code = 0
    for question in map(session.read_text, _raw_lines()) if words == "-" else [words]:
        understood = explain(question, today, settings)
        code = max(code, _explain(one_line(question), understood, today, line=words == "-"))
    return code


def _explain(question: str, understood: Understanding, today: date, *, line: bool = False) -> int:
    """Print an understanding. Raises NotFoundError and InvalidInputError where its metric would not answer."""
    from execops.client.questions import require_answerable
    from execops.errors import RefusedError

    require_answerable(understood, today)
    Show.json(understood.to_json(question), line=line)
    return RefusedError.exit_status if understood.metric is None else 0


def _today(as_of: date | None) -> date:
    """The day that stands for today, else today in the org's time zone."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    return as_of or datetime.now(ZoneInfo(session.settings().time_zone)).date()


def _raw_lines() -> Iterator[bytes]:
    """The questions of stdin as bytes, so that a line that is no text stops no other line."""
    for line in sys.stdin.buffer:
        if line.decode(errors="replace").strip():
            yield line.strip()


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
                    name: getattr(metric, name)
                    for name in (
                        "name", "title", "definition", "unit", "params", "groups", "default_period", "chart",
                        "columns", "synonyms", "samples",
                    )
                }
                for metric in metrics
            ]
        )  # fmt: skip
    else:
        output.table(
            ["metric", "definition", "ask"],
            [(metric.name, metric.definition, metric.samples[0]) for metric in metrics],
        )
