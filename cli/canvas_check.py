"""`execops canvas --check FILE`: a founder's own questions, with the answers that they expect.

Each line of the file is a JSON object as `execops canvas - --json` prints it: a `question`, and any of `kind`, `metric`,
`params`, `columns` and `rows`. Only what a line names is compared, of `params` too; a line's `as_of` stands for its today.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from cli import output, session

if TYPE_CHECKING:
    from datetime import date

COMPARED = ("kind", "metric", "params", "columns", "rows")


class Expected(Struct, frozen=True):
    """A question of the file with what is expected of it; `as_of` stands for its today."""

    line: int
    question: str
    as_of: date | None
    values: dict[str, Any]


async def check(path: Path, as_of: date | None, *, as_json: bool) -> int:
    """Ask every question; returns 1 where an answer is not as expected. Raises InvalidInputError for the file."""
    expected = list(_read(path))
    failed: list[dict[str, Any]] = []
    async with session.client() as client:
        for entry in expected:
            asked = await client.canvas.ask(entry.question, entry.as_of or as_of)
            got = json.loads(json.dumps(output.jsonable(asked.to_json())))
            differences = {
                name: {"expected": value, "got": got.get(name)}
                for name, value in entry.values.items()
                if not _is_as_expected(name, value, got.get(name))
            }
            if differences:
                failed.append({"line": entry.line, "question": entry.question, "differences": differences})
    if as_json:
        output.document({"questions": len(expected), "failed": failed})
    else:
        for failure in failed:
            output.data(f"line {failure['line']}: {output.clean(failure['question'])}")
            for name, values in failure["differences"].items():
                for side in ("expected", "got"):
                    output.data(
                        f"  {name} {side}: {output.clean(json.dumps(values[side], ensure_ascii=False))}"
                    )
        output.data(
            f"{len(expected) - len(failed)} of {output.counted(len(expected), 'question')} as expected"
        )
    return 1 if failed else 0


def _is_as_expected(name: str, expected: object, got: object) -> bool:
    """Whether a value is as the file says; of `params`, only those that it names are compared."""
    if name == "params" and isinstance(expected, dict) and isinstance(got, dict):
        return all(key in got and got[key] == value for key, value in expected.items())
    return got == expected


def _read(path: Path) -> Iterator[Expected]:
    from cli.answers import day
    from execops.errors import InvalidInputError

    try:
        text = session.read_text(path.read_bytes())
    except OSError as exc:
        raise InvalidInputError(f"{path} cannot be read: {exc.strerror}; nothing was asked.") from exc
    entries = 0
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError:
            value = None
        if not isinstance(value, dict) or not isinstance(value.get("question"), str):
            raise InvalidInputError(
                f"{path}, line {number} is no JSON object with a question; nothing was asked.",
                hint="The lines are as `execops canvas - --json` prints them.",
            )
        values = {name: value[name] for name in COMPARED if name in value}
        if not values:
            raise InvalidInputError(
                f"{path}, line {number} expects nothing; nothing was asked.",
                hint=f"Name at least one of {', '.join(COMPARED)}.",
            )
        entries += 1
        yield Expected(number, value["question"], day(value.get("as_of")), values)
    if not entries:
        raise InvalidInputError(f"{path} holds no question; nothing was asked.")
