"""`execops synonyms`: words of the company, each for words that the canvas knows."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import output, session
from cli.options import AsJson, Why

app = typer.Typer(help="Words of your company, each for words that the canvas knows.", no_args_is_help=True)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the synonyms, each with the operator who reviewed it."""

    async def command() -> None:
        async with session.client() as client:
            synonyms = await client.canvas.synonyms()
        if as_json:
            output.document(synonyms)
            return
        output.table(
            ["phrase", "means", "reviewed by", "since", "why"],
            [(s.phrase, s.means, s.reviewed_by, f"{s.since:%Y-%m-%d}", s.why or "") for s in synonyms],
        )

    session.run(command())


@app.command()
def add(
    phrase: Annotated[str, typer.Argument(metavar="PHRASE", help="Words of yours, such as outgoings.")],
    means: Annotated[
        str, typer.Argument(metavar="MEANS", help="Words that the canvas knows, such as spend.")
    ],
    reason: Why = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Add it without asking in a terminal.")] = False,
    as_json: AsJson = False,
) -> None:
    """Let a phrase mean words that the canvas knows, after a look at what it changes. You are named as its reviewer."""

    async def command() -> None:
        async with session.client() as client:
            changed = await client.canvas.try_synonym(phrase, means)
            if not as_json:
                output.note(
                    f"{output.counted(len(changed), 'refused question')} would be understood"
                    f"{':' if changed else ', of those that were asked so far.'}"
                )
                for question, understood in changed:
                    output.note(f"  {output.clean(question)}  ->  {understood.metric or 'asks back'}")
            if session.interactive() and not yes and not typer.confirm("Add it?", err=True):
                raise typer.Exit(0)
            added = await client.canvas.teach(phrase, means, reason)
        if as_json:
            changes = [understood.to_json(question) for question, understood in changed]
            output.document({"phrase": phrase, "means": means, "added": added, "changes": changes})
            return
        words = "means" if added else "meant"
        output.note(f"“{output.clean(phrase)}” {words} “{output.clean(means)}”{'' if added else ' before'}.")

    session.run(command())


@app.command()
def remove(
    phrase: Annotated[str, typer.Argument(metavar="PHRASE", help="As `list` names it.")],
    reason: Why = None,
    as_json: AsJson = False,
) -> None:
    """Remove a synonym."""

    async def command() -> None:
        async with session.client() as client:
            await client.canvas.forget(phrase, reason)
        if as_json:
            output.document({"removed": phrase})
            return
        output.note(f"“{output.clean(phrase)}” means nothing any more.")

    session.run(command())
