"""Imports cost time: the core loads no face and no queue, and a command loads no more than it needs.

Each import runs in a process of its own. import-linter reads the source; these tests look at the modules that Python
really loads.
"""

from __future__ import annotations

import ast
import subprocess
import sys
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

_PROGRAM = """
import importlib, sys
before = set(sys.modules)
for name in sys.argv[1:]:
    importlib.import_module(name)
print(*sorted(set(sys.modules) - before))
"""


def imported_by(*names: str) -> set[str]:
    """The top-level modules that a fresh process has loaded after importing these."""
    return {name.partition(".")[0] for name in modules_of(*names)}


def modules_of(*names: str) -> set[str]:
    """The modules that a fresh process has loaded after importing these."""
    process = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *names], capture_output=True, text=True, timeout=60, check=False
    )
    assert process.returncode == 0, process.stderr
    return set(process.stdout.split())


def core_modules() -> list[str]:
    """The name of every module of the core."""
    return [module.name for module in walk_packages(execops.__path__, prefix="execops.")]


def test_the_core_loads_no_face_and_no_queue() -> None:
    names = core_modules()
    # These load httpx, which loads rich for a command of its own.
    graphs = [name for name in names if name.startswith(("execops.graphs", "execops.client.remote"))]
    rest = [name for name in names if name not in graphs and name != "execops.processing"]
    assert {"execops.client", "execops.proposals.execution", "execops.plays.money.card_update"} <= set(rest)
    assert not imported_by(*rest) & (FACES | PACKAGES)
    assert not imported_by(*graphs, "execops.processing") & ((FACES | PACKAGES) - {"rich"})


@pytest.mark.parametrize(
    "name", ["execops.client", "execops.proposals.drafting", "execops.proposals.decisions"]
)
def test_reading_and_deciding_load_no_graph_and_no_vendor(name: str) -> None:
    assert not imported_by(name) & ({"langgraph", "langchain_core", "yoyo"} | VENDORS)


@pytest.mark.parametrize("name", ["execops.model", "execops.settings", "execops.errors", "execops.text"])
def test_plain_modules_load_no_database(name: str) -> None:
    assert not imported_by(name) & (HEAVY | VENDORS)


def test_a_webhook_is_received_without_the_graphs() -> None:
    assert not imported_by("execops.ingest.deliveries") & {"langgraph", "langchain_core", "yoyo"}


def test_the_composition_root_loads_no_graph_and_no_queue() -> None:
    assert not imported_by("jobs.bootstrap") & {"langgraph", "langchain_core", "procrastinate", "yoyo"}


def test_the_command_line_loads_nothing_heavy() -> None:
    loaded = imported_by("cli.commands")
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
    for command, (names, _) in AT_MOST.items():
        loaded = imported_by(*names)
        faces = unused if command == "inbox" else unused | {"textual", "rich", "tui"}
        assert "typer" in loaded, command
        assert not loaded & faces, command
    commands = {name for name in modules_of(*AT_MOST["canvas"][0]) if name.startswith("cli.")}
    assert not commands & {"cli.proposals", "cli.decisions", "cli.processes", "cli.bank", "cli.connect"}


def test_the_server_does_not_load_the_inbox() -> None:
    assert not imported_by("server.app") & {"tui", "textual", "typer", "cli", "langgraph"}


def test_the_inbox_does_not_load_the_server() -> None:
    assert not imported_by("tui.app") & {"server", "litestar", "uvicorn", "typer", "cli", "langgraph"}


def test_the_inbox_starts_without_the_canvas() -> None:
    loaded = modules_of("tui.app")
    assert "tui.screens.inbox" in loaded
    canvas = {"tui.chart", "tui.widgets.canvas_pane", "tui.widgets.answer_table", "tui.widgets.question_line"}
    assert not loaded & ({"plotext", "execops.canvas"} | canvas)


def test_the_client_starts_without_books_and_canvas() -> None:
    loaded = modules_of("execops.client")
    lazy = {"execops.books.bank_import", "execops.books.backfill", "execops.canvas", "execops.sources.stripe"}
    assert not {name for name in loaded for part in lazy if name == part or name.startswith(f"{part}.")}


# The modules that a command loads, the standard library's and the twelve of msgspec included. Lower a number that has become
# too high.
AT_MOST = {
    "--version": (("cli.main", "cli.commands"), 120),
    "proposals list": (
        ("cli.main", "cli.commands", "cli.proposals", "jobs.bootstrap", "execops.client.proposals_part"),
        376,
    ),
    "canvas": (
        (
            "cli.main",
            "cli.commands",
            "cli.canvas",
            "jobs.bootstrap",
            "execops.client.canvas_part",
            "execops.canvas.ask",
        ),
        403,
    ),
    "inbox": (("cli.main", "cli.commands", "cli.processes", "cli.inbox", "jobs.bootstrap", "tui.app"), 613),
}


@pytest.mark.parametrize("command", AT_MOST)
def test_a_command_loads_no_more_modules_than_it_did(command: str) -> None:
    names, most = AT_MOST[command]
    assert most * 0.9 < len(modules_of(*names)) <= most


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
