"""Every command of `execops`, by its noun."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

from cli import examples, jq, output, session, start
from execops import __version__

# Each word after `execops`: the module, the name of its function or of its app there, and the panel of the help page.
COMMANDS: Mapping[str, tuple[str, str, str]] = {
    "demo": ("processes", "demo", "Run"),
    "up": ("processes", "up", "Run"),
    "serve": ("processes", "serve", "Run"),
    "work": ("processes", "work", "Run"),
    "status": ("status", "status", "Run"),
    "inbox": ("processes", "inbox", "Decide"),
    "approve": ("decisions", "approve", "Decide"),
    "reject": ("decisions", "reject", "Decide"),
    "pause": ("decisions", "pause", "Decide"),
    "resume": ("decisions", "resume", "Decide"),
    "proposals": ("proposals", "app", "Decide"),
    "canvas": ("canvas", "canvas", "Ask"),
    "precision": ("precision", "precision", "Maintain"),
    "doctor": ("doctor", "doctor", "Maintain"),
    "import": ("bank", "app", "Maintain"),
    "vendors": ("vendors", "app", "Maintain"),
    "synonyms": ("synonyms", "app", "Maintain"),
    "events": ("events", "app", "Maintain"),
    "erase": ("erasing", "app", "Maintain"),
    "audit": ("audit", "app", "Maintain"),
    "plays": ("plays", "app", "Maintain"),
    "actions": ("plays", "actions", "Maintain"),
    "policies": ("policies", "app", "Maintain"),
    "suppressions": ("suppressions", "app", "Maintain"),
    "outbox": ("outbox", "app", "Maintain"),
    "operators": ("operators", "app", "Maintain"),
    "notifications": ("notifications", "app", "Maintain"),
    "backfill": ("backfill", "app", "Maintain"),
    "db": ("database", "app", "Maintain"),
    "trigger": ("trigger", "app", "Maintain"),
    "connect": ("connect", "app", "Maintain"),
    "config": ("config", "app", "Maintain"),
    "login": ("contexts", "login", "Far away"),
    "logout": ("contexts", "logout", "Far away"),
    "whoami": ("contexts", "whoami", "Far away"),
    "context": ("contexts", "app", "Far away"),
}


class _Commands(Mapping[str, Any]):
    """Every command by its word. Its module is loaded when it is looked up: all of them take longer than most commands."""

    def __getitem__(self, word: str) -> Any:  # noqa: ANN401
        if word not in COMMANDS:
            raise KeyError(word)
        return _load(word)

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


@cache
def _load(word: str) -> Any:  # noqa: ANN401
    """The command of a word, with its examples and with `--jq`."""
    module, name, panel = COMMANDS[word]
    command = getattr(import_module(f"cli.{module}"), name)
    part = typer.Typer()
    if isinstance(command, typer.Typer):
        part.add_typer(command, name=word, rich_help_panel=panel)
    else:
        part.command(word, rich_help_panel=panel)(command)
    examples.add_to(part)
    jq.add_to(part)
    return get_group(part).commands[word]


class _Group(TyperGroup):
    """The group of all commands. A word loads its own command and no other; the help page loads all."""

    def __init__(self, **attrs: Any) -> None:  # noqa: ANN401
        super().__init__(**attrs)
        commands: Any = _Commands()
        self.commands = commands

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002
        """Every word after `execops`."""
        return list(COMMANDS)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401
        """The words that are left for a command. `execops` alone shows where to start."""
        if not args and not ctx.resilient_parsing:
            start.show()
            ctx.exit()
        return super().parse_args(ctx, args)


app = typer.Typer(
    name="execops",
    cls=_Group,
    help="ExecOps asks you only when something needs a decision, with the action already drafted.",
    epilog="Start with: execops up. Then, in another terminal: execops connect stripe, and: execops inbox",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(value: bool) -> None:
    if value:
        output.data(f"execops {__version__}")
        raise typer.Exit


# These run, read or set up the machine itself.
OF_MACHINE = frozenset({"up", "serve", "work", "db", "connect", "outbox", "doctor"})


@app.callback()
def _options(
    ctx: typer.Context,
    home: Annotated[
        str | None,
        typer.Option(
            help="The folder for data, config, outbox and embedded database. Also: EXECOPS_HOME.",
            show_default=False,
        ),
    ] = None,
    context: Annotated[
        str | None,
        typer.Option(
            help="The server to speak to, by its name in `context list`. Also: EXECOPS_CONTEXT.",
            show_default=False,
        ),
    ] = None,
    version: Annotated[  # noqa: ARG001
        bool, typer.Option("--version", help="Print the version and exit.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    session.set_flags(home=home, context=context)
    if ctx.invoked_subcommand in OF_MACHINE and "--help" not in sys.argv and "-h" not in sys.argv:
        session.run(_require_here(str(ctx.invoked_subcommand)))


async def _require_here(command: str) -> None:
    session.require_here(f"`execops {command}`")
