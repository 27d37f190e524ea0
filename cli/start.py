"""Bare `execops`: where to start, on one screen, in the words that work from here."""

from __future__ import annotations

from cli import output

_SCREEN = """ExecOps asks you only when something needs a decision, with the action drafted.

Start
  {execops} demo              look around: no account, no network
  {execops} up                run it here: server, worker, database
  {execops} connect stripe    in another terminal: connect your account at Stripe
  {execops} inbox             decide: a approve, e edit, r reject, ? help

Then
  {execops} status            what runs, what arrived, what waits
  {execops} doctor            what is wrong, and the command that mends it
  {execops} trigger stripe invoice.payment_failed
  {execops} canvas "who did we pay the most last quarter?"

{execops} --help lists every command, {execops} COMMAND --help has an example."""


def show() -> None:
    """Print the screen."""
    output.data(_SCREEN.format(execops=program()))


def program() -> str:
    """The word by which this program was started: `execops` where that is on the PATH, else a path such as .venv/bin/execops."""
    import shutil
    import sys
    from pathlib import Path

    started = Path(sys.argv[0])
    installed = shutil.which("execops")
    if started.name != "execops" or (installed and Path(installed).resolve() == started.resolve()):
        return "execops"
    try:
        return str(started.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(started)


def next_steps() -> str:
    """The two commands that begin a deployment of one's own, and how to have the short word, where it is missing."""
    word = program()
    steps = f"To start your own: {word} up, then in another terminal: {word} inbox"
    if word == "execops":
        return steps
    return f"{steps}\nTo have execops on your PATH: pipx install '.[embedded]'"
