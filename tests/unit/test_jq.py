"""`--jq`: what an expression of jq makes of a JSON document, as gh prints it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.core import TyperGroup
from typer.main import get_command
from typer.testing import CliRunner

from cli import jq, output
from cli.commands import app
from execops.errors import InvalidInputError

DOCUMENT = [{"id": 1, "title": "Größe\n2", "amount": None}, {"id": 2, "title": "b", "amount": 12.5}]


@pytest.fixture(autouse=True)
def no_filter() -> Iterator[None]:
    """Leave no filter behind."""
    yield
    output.filters.clear()


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        (".[].title", "Größe\n2\nb\n"),
        (".[].id", "1\n2\n"),
        ("map(.amount)", "[null, 12.5]\n"),
        (".[] | select(.id > 1)", '{"id": 2, "title": "b", "amount": 12.5}\n'),
        (".[] | select(.id > 2)", ""),
        ("length", "2\n"),
        ('.[0].title | test("ö")', "true\n"),
    ],
)
def test_a_value_is_a_line(expression: str, printed: str, capsys: pytest.CaptureFixture[str]) -> None:
    output.filters.append(jq.Filter(expression).lines)
    output.document(DOCUMENT)
    assert capsys.readouterr().out == printed


def test_an_expression_that_does_not_fit_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    output.filters.append(jq.Filter(".title").lines)
    with pytest.raises(InvalidInputError, match="Cannot index array"):
        output.document(DOCUMENT)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("words", [["--jq", ".[0]"], ["--json", "--jq", ".["], ["--jq", ".[", "--json"]])
def test_a_wrong_use_is_refused_before_anything_happens(words: list[str]) -> None:
    ran = CliRunner().invoke(app, ["events", "list", *words])
    assert ran.exit_code == 2
    assert "--jq" in ran.output


def test_every_command_with_json_has_jq() -> None:
    with_json, with_jq = set[str](), set[str]()

    def look(command: object, name: str) -> None:
        if isinstance(command, TyperGroup):
            for word, part in command.commands.items():
                look(part, f"{name} {word}")
        options = {option for param in getattr(command, "params", ()) for option in param.opts}
        with_json.update({name} if "--json" in options else ())
        with_jq.update({name} if "--jq" in options else ())

    look(get_command(app), "execops")
    assert len(with_json) > 20
    assert with_jq == with_json


# These print nothing on stdout, a screen or the log of a process, or what a person copies.
WITHOUT_DATA = {
    "demo", "up", "serve", "work", "inbox", "pause", "resume", "events replay", "plays enable", "plays disable",
    "actions enable", "actions disable", "operators revoke", "connect stripe", "connect slack", "connect smtp",
    "connect model", "connect intercom", "config set", "config unset", "config init", "config edit", "login", "logout", "context use",
}  # fmt: skip


def test_every_command_that_prints_data_takes_json() -> None:
    without = set[str]()

    def walk(command: Any, words: tuple[str, ...]) -> None:
        if isinstance(command, TyperGroup):
            for name in command.list_commands(None):  # type: ignore[arg-type]
                walk(command.commands[name], (*words, name))
        elif not any("--json" in param.opts for param in command.params):
            without.add(" ".join(words))

    walk(get_command(app), ())
    assert without == WITHOUT_DATA


def test_the_test_events_are_listed_as_json() -> None:
    ran = CliRunner().invoke(
        app,
        ["trigger", "stripe", "--list", "--json", "--jq", '.[] | select(.type == "payout.failed").shapes[]'],
    )
    assert (ran.exit_code, ran.stdout) == (0, "account-closed\nno-account\n")


def test_the_path_of_the_config_file_is_a_document_too(tmp_path: Path) -> None:
    ran = CliRunner().invoke(app, ["--home", str(tmp_path), "config", "path", "--json"])
    assert json.loads(ran.stdout) == {"path": str(tmp_path / "config.toml")}
