"""`--jq EXPRESSION` beside `--json`, on every command that prints a JSON document, as in gh."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Annotated, Any, get_type_hints

import typer

from cli import output, streams

Expression = Annotated[
    str | None,
    typer.Option(
        "--jq",
        metavar="EXPRESSION",
        help="With --json: what this jq expression makes of the document, a line a value.",
    ),
]


class Filter:
    """An expression of jq. Raises ValueError, with jq's own words, where it is none."""

    def __init__(self, expression: str) -> None:
        import jq

        self._program = jq.compile(expression)

    def lines(self, document: Any) -> Iterator[str]:  # noqa: ANN401
        """The values that the expression makes of a document, a line a value: texts as they are, all else as JSON.

        Raises InvalidInputError where the expression does not fit the document.
        """
        from execops.errors import InvalidInputError

        escaped = not streams.has_all_characters()
        try:
            for value in self._program.input_value(document):
                yield value if isinstance(value, str) else json.dumps(value, ensure_ascii=escaped)
        except ValueError as exc:
            raise InvalidInputError(
                f"jq: {exc}.", hint="Without --jq the command prints the document."
            ) from exc


def add_to(app: typer.Typer) -> None:
    """Add `--jq` to every command of an app, and of its groups, that takes `as_json`."""
    for group in app.registered_groups:
        if group.typer_instance is not None:
            add_to(group.typer_instance)
    for command in app.registered_commands:
        if command.callback and "as_json" in inspect.signature(command.callback).parameters:
            command.callback = _filtered(command.callback)


def _filtered(run: Callable[..., Any]) -> Callable[..., Any]:
    """The command with one more option, which it never sees: `output.document` follows it."""

    @wraps(run)
    def filtered(**params: Any) -> Any:  # noqa: ANN401
        _take(params.pop("jq"), as_json=params["as_json"])
        return run(**params)

    signature = inspect.signature(run, eval_str=True)
    option = inspect.Parameter("jq", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Expression)
    changed: Any = filtered
    changed.__signature__ = signature.replace(parameters=[*signature.parameters.values(), option])
    changed.__annotations__ = get_type_hints(run, include_extras=True) | {"jq": Expression}
    return filtered


def _take(expression: str | None, *, as_json: bool) -> None:
    """Keep the filter. Raises BadParameter without --json, and for what is no expression of jq."""
    output.filters.clear()
    if expression is None:
        return
    if not as_json:
        raise typer.BadParameter("--jq works on the JSON document: add --json.")
    try:
        output.filters.append(Filter(expression).lines)
    except ValueError as exc:
        raise typer.BadParameter(f"--jq {expression!r}: {str(exc).splitlines()[0]}") from None
