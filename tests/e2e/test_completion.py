"""Completions, asked for as a shell asks."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import pytest

from execops.context import Context
from tests.e2e.test_cli import Cli, cli, environment
from tests.stripe_events import failed, take_in

__all__ = ["cli"]

EXECOPS = Path(sys.executable).with_name("execops")
UNREACHABLE = "postgresql://execops@127.0.0.1:9/execops?connect_timeout=1"


async def pressed_tab(cli: Cli, **env: str) -> str:
    """The output of the installed command where a shell asks it for completions; it says nothing else."""
    process = await asyncio.create_subprocess_exec(
        EXECOPS,
        env=environment({**cli.env, **env}),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 30)
    assert err == b""
    return out.decode()


async def completed(cli: Cli, line: str, **env: str) -> list[str]:
    """The words that bash offers at the end of a line."""
    word = str(len(line.split(" ")) - 1)
    asked = {"_EXECOPS_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": word}
    return (await pressed_tab(cli, **asked, **env)).split()


async def test_ids_states_plays_types_and_metrics_are_completed(cli: Cli, ctx: Context) -> None:
    await take_in(ctx, failed("in_1"))
    await take_in(ctx, failed("in_2", customer="cus_2", customer_email="b@two.example"))
    for line, words in {
        "execops approve ": ["2@1", "1@1"],
        "execops approve 2": ["2@1"],
        "execops proposals show ": ["2", "1"],
        "execops proposals list --status ex": ["executing", "executed", "expired"],
        "execops events list --status f": ["failed"],
        "execops events list --type inv": ["invoice.payment_failed"],
        "execops events show ": ["2", "1"],
        "execops plays disable card_u": ["card_update"],
        "execops canvas --metric runw": ["runway"],
        "execops approve 9": [],
    }.items():
        assert sorted(await completed(cli, line)) == sorted(words), line


async def test_a_title_from_outside_commands_no_terminal(cli: Cli, ctx: Context) -> None:
    await take_in(ctx, failed(customer_name="Acme\x1b]0;owned\x07\x1b[2J"))
    shown = await pressed_tab(cli, _EXECOPS_COMPLETE="complete_zsh", _TYPER_COMPLETE_ARGS="execops approve ")
    assert "1@1" in shown
    assert not {"\x1b", "\x07"} & set(shown)


@pytest.mark.parametrize("missing", ["token", "database", "home"])
async def test_what_cannot_be_asked_completes_nothing_and_says_nothing(
    cli: Cli, tmp_path: Path, missing: str
) -> None:
    env = {
        "token": {"EXECOPS_TOKEN": "wrong"},
        "database": {"DATABASE_URL": UNREACHABLE},
        "home": {"DATABASE_URL": "", "EXECOPS_TOKEN": "", "EXECOPS_HOME": str(tmp_path / "new")},
    }[missing]
    begin = time.monotonic()
    assert await completed(cli, "execops approve ", **env) == []
    assert time.monotonic() - begin < 20
    assert not (tmp_path / "new").exists()  # no database is started for it
