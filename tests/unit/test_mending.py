"""Each line of `status` and `doctor` that is not in order names the command that mends it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from cli.commands import app
from cli.mending import COMMANDS, with_command
from execops.adapters.slack_api.slack_scopes import NOTIFY
from execops.model import Check
from execops.settings import Settings

ROOT = Path(__file__).parents[2]


def _checks() -> list[tuple[str, str, str]]:
    """The place, the name and the source of every check in the code whose state is not always `ok`."""
    checks = []
    for path in [*(ROOT / "execops").rglob("*.py"), *(ROOT / "cli").rglob("*.py")]:
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)) if "Check" in source else ():
            if not (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Check"
            ):
                continue
            name, state = node.args[0], node.args[1]
            if isinstance(state, ast.Constant) and state.value == "ok":
                continue
            word = str(name.value) if isinstance(name, ast.Constant) else None
            place = f"{path.relative_to(ROOT)}:{node.lineno}"
            checks.append((place, word or ast.unparse(name), ast.unparse(node)))
    return checks


def test_every_check_has_a_command() -> None:
    """Each name is in the table, or its check names a command in the code beside it."""
    checks = _checks()
    assert len(checks) > 40
    own = {
        "home",
        "files",
        "role",
        "actions",
        "disk",
        "events",
        "pause",
        "worker",
        "missing",
        "example",
        "waits",
    }
    variables = {"name": "Stripe acts", "NOTIFY": NOTIFY, "slack_scopes.NOTIFY": NOTIFY}
    names = {variables.get(name, name) for _, name, _ in checks}
    assert names - own <= set(COMMANDS), "a line of `doctor` would name no command"
    assert not own & set(COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_line_without_a_command_gets_one(name: str) -> None:
    bare = with_command(Check(name, "bad", "broken"))
    assert bare.hint == f"Run: {COMMANDS[name]}"
    worded = with_command(Check(name, "off", "not set", "Mails have no link."))
    assert worded.hint == f"Mails have no link. Run: {COMMANDS[name]}"


@pytest.mark.parametrize(
    "hint", ["Run: execops up", "Then run: execops doctor", "Run `execops connect gmail` again."]
)
def test_a_command_of_its_own_stays(hint: str) -> None:
    check = Check("email", "bad", "broken", hint)
    assert with_command(check) == check


def test_what_is_in_order_is_left() -> None:
    assert with_command(Check("email", "ok", "sends")).hint is None


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_command_exists(name: str) -> None:
    """Every command of the table is one of ExecOps, and what is set is a setting."""
    for words in re.findall(r"execops ([a-z_ ]+)", COMMANDS[name]):
        command: object = get_command(app)
        for word in words.split():
            if not isinstance(command, TyperGroup):
                break
            assert word in command.commands, f"there is no command {words}"
            command = command.commands[word]
        if words.startswith("config set "):
            assert words.split()[2] in Settings.SETTINGS
