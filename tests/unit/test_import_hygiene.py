"""Imports cost time: the core loads no face and no queue, and a command loads no more than it needs.

The imports run in processes of their own. import-linter reads the source; these tests look at the modules that Python
really loads.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path
from pkgutil import walk_packages

import pytest

import execops

FACES = {"litestar", "textual", "typer", "rich", "plotext", "procrastinate", "uvicorn", "starlette"}
PACKAGES = {"cli", "tui", "server", "jobs"}
VENDORS = {"stripe", "slack_sdk", "aiohttp", "aiosmtplib"}
# Modules that take a tenth of a second or open something; a command imports them where it uses them.
HEAVY = {
    "asyncio",
    "psycopg",
    "psycopg_pool",
    "langgraph",
    "langchain_core",
    "httpx",
    "ssl",
    "yoyo",
}

# Each argument is the names of a stage. One that begins with `then` is imported by a process forked after the stages before it.
_PROGRAM = """
import importlib, os, sys
before = set(sys.modules)

def load(names):
    for name in names:
        importlib.import_module(name)
    print(*sorted(set(sys.modules) - before), flush=True)

for stage in sys.argv[1:]:
    first, *names = stage.split()
    if first != "then":
        load([first, *names])
    elif os.fork():
        _, status = os.wait()
        assert status == 0
    else:
        try:
            load(names)
            os._exit(0)
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
"""


def loaded_by(*stages: str) -> list[set[str]]:
    """The modules that a fresh process has loaded after importing those of a stage, and of all stages before it."""
    process = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *stages], capture_output=True, text=True, timeout=60, check=False
    )
    assert process.returncode == 0, process.stderr
    lines = process.stdout.splitlines()
    assert len(lines) == len(stages)
    return [set(line.split()) for line in lines]


def packages_of(modules: set[str]) -> set[str]:
    """The top-level modules of these."""
    return {name.partition(".")[0] for name in modules}


@cache
def core() -> dict[str, set[str]]:
    """The modules loaded by stages of one process, each of which may load more than the one before it."""
    stages = {
        "plain": "execops.model execops.settings execops.errors execops.text",
        "client": "execops.client",
        "decisions": "execops.proposals.drafting execops.proposals.decisions",
        "webhooks": "execops.ingest.deliveries",
        "root": "jobs.bootstrap",
    }
    return dict(zip(stages, loaded_by(*stages.values()), strict=True))


@cache
def inbox() -> set[str]:
    [modules] = loaded_by("tui.app")
    return modules


@cache
def commands() -> dict[str, set[str]]:
    """The modules that each command loads; all begin with those of `--version`."""
    stages = [" ".join(("then", *names)) for names, _ in AT_MOST.values()]
    return dict(zip(AT_MOST, loaded_by(*COMMAND_LINE, *stages)[len(COMMAND_LINE) :], strict=True))


def core_modules() -> list[str]:
    """The name of every module of the core."""
    return [module.name for module in walk_packages(execops.__path__, prefix="execops.")]


def test_the_core_loads_no_face_and_no_queue() -> None:
    names = core_modules()
    # These load httpx, which loads rich for a command of its own.
    graphs = [name for name in names if name.startswith(("execops.graphs", "execops.client.remote"))]
    rest = [name for name in names if name not in graphs and name != "execops.processing"]
    assert {"execops.client", "execops.proposals.execution", "execops.plays.money.card_update"} <= set(rest)
    by_rest, by_all = loaded_by(" ".join(rest), " ".join([*graphs, "execops.processing"]))
    assert not packages_of(by_rest) & (FACES | PACKAGES)
    assert not packages_of(by_all) & ((FACES | PACKAGES) - {"rich"})


@pytest.mark.parametrize("stage", ["client", "decisions"])
def test_reading_and_deciding_load_no_graph_and_no_vendor(stage: str) -> None:
    assert not packages_of(core()[stage]) & ({"langgraph", "langchain_core", "yoyo"} | VENDORS)


def test_plain_modules_load_no_database() -> None:
    assert not packages_of(core()["plain"]) & (HEAVY | VENDORS)


def test_a_webhook_is_received_without_the_graphs() -> None:
    assert not packages_of(core()["webhooks"]) & {"langgraph", "langchain_core", "yoyo"}


def test_the_composition_root_loads_no_graph_and_no_queue() -> None:
    assert not packages_of(core()["root"]) & {"langgraph", "langchain_core", "procrastinate", "yoyo"}


def test_the_command_line_loads_nothing_heavy() -> None:
    loaded = packages_of(commands()["--version"])
    assert {"typer", "execops"} <= loaded
    assert not loaded & (HEAVY | VENDORS | {"msgspec", "server", "tui", "jobs"} | (FACES - {"typer", "rich"}))


def test_a_command_loads_no_other_command_and_nothing_that_it_does_not_use() -> None:
    unused = {
        "pydantic",
        "langgraph",
        "langchain_core",
        "procrastinate",
        "yoyo",
        "aiohttp",
        "server",
        "litestar",
    }
    for command, modules in commands().items():
        loaded = packages_of(modules)
        faces = unused if command == "inbox" else unused | {"textual", "rich", "tui"}
        assert "typer" in loaded, command
        assert not loaded & faces, command
    canvas = {name for name in commands()["canvas"] if name.startswith("cli.")}
    assert not canvas & {"cli.proposals", "cli.decisions", "cli.processes", "cli.bank", "cli.connect"}


def test_the_server_does_not_load_the_inbox() -> None:
    [modules] = loaded_by("server.app")
    assert not packages_of(modules) & {"tui", "textual", "typer", "cli", "langgraph"}


def test_the_inbox_does_not_load_the_server() -> None:
    assert not packages_of(inbox()) & {"server", "litestar", "uvicorn", "typer", "cli", "langgraph"}


def test_the_inbox_starts_without_the_canvas() -> None:
    assert "tui.screens.inbox" in inbox()
    canvas = {"tui.chart", "tui.widgets.canvas_pane", "tui.widgets.answer_table", "tui.widgets.question_line"}
    assert not inbox() & ({"plotext", "execops.canvas"} | canvas)


def test_the_client_starts_without_books_and_canvas() -> None:
    loaded = core()["client"]
    lazy = {"execops.books.bank_import", "execops.books.backfill", "execops.canvas", "execops.sources.stripe"}
    assert "execops.client" in loaded
    assert not {name for name in loaded for part in lazy if name == part or name.startswith(f"{part}.")}


COMMAND_LINE = ("cli.main", "cli.commands")  # what every command loads first
# The modules that a command loads beside these, and how many all of them are: the standard library's and the twelve of msgspec
# included. Lower a number that has become too high.
AT_MOST: dict[str, tuple[tuple[str, ...], int]] = {
    "--version": ((), 120),
    "proposals list": (("cli.proposals", "jobs.bootstrap", "execops.client.proposals_part"), 376),
    "canvas": (("cli.canvas", "jobs.bootstrap", "execops.client.canvas_part", "execops.canvas.ask"), 403),
    "inbox": (("cli.processes", "cli.inbox", "jobs.bootstrap", "tui.app"), 613),
}


@pytest.mark.parametrize("command", AT_MOST)
def test_a_command_loads_no_more_modules_than_it_did(command: str) -> None:
    _, most = AT_MOST[command]
    assert most * 0.9 < len(commands()[command]) <= most


@pytest.mark.parametrize("face", ["cli", "server"])
def test_a_face_opens_no_connection_of_its_own(face: str) -> None:
    """A face holds the Context only to hand it on: the Client and `jobs` open connections and transactions."""
    for path in (Path(__file__).parents[2] / face).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            called = (
                node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
            )
            assert called not in {"connection", "transaction", "execute", "defer"}, path
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if name.partition(".")[0] in {"psycopg", "psycopg_pool"}], path
