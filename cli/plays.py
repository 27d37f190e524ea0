"""`execops plays` and `execops actions`: lists plays and action types, enables and disables them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import completion, output, session
from cli.backtest import backtest
from cli.options import AsJson

if TYPE_CHECKING:
    from execops.client.plays_part import Kind

app = typer.Typer(
    help="List plays and how often you approve them; enable and disable them.", no_args_is_help=True
)
actions = typer.Typer(help="List action types; enable and disable them.", no_args_is_help=True)

Play = Annotated[
    str,
    typer.Argument(metavar="NAME", help="The play, such as card_update.", autocompletion=completion.plays),
]
Action = Annotated[
    str,
    typer.Argument(
        metavar="NAME", help="The action type, such as stripe_refund.", autocompletion=completion.actions
    ),
]
Why = Annotated[
    str | None, typer.Option("--why", "--reason", "-m", help="The reason; the audit log keeps it.")
]


@app.command("list")
def list_plays(as_json: AsJson = False) -> None:
    """List plays.

    Precision is approved / (approved + rejected). Unedited is the share of the approved drafts that nobody edited.
    """

    async def command() -> None:
        from execops.client.plays_part import LAST

        async with session.client() as client:
            plays = await client.plays.list()
        if as_json:
            output.document([play.to_json() for play in plays])
            return
        output.table(
            ["play", "vertical", "state", "decisions", "precision", f"last {LAST}", "unedited", "summary"],
            [
                (
                    play.name,
                    play.vertical,
                    play.state,
                    play.precision.over_all.decisions,
                    _percent(play.precision.over_all.precision),
                    _percent(play.precision.last.precision),
                    _percent(play.precision.over_all.unedited),
                    play.summary,
                )
                for play in plays
            ],
            right=["decisions", "precision", f"last {LAST}", "unedited"],
        )
        for play in plays:
            if play.precision.flagged and play.enabled:
                output.note(
                    f"{play.name}: you approved {play.precision.last.approved} of its last {LAST} drafts."
                    f" To stop it: execops plays disable {play.name}"
                )

    session.run(command())


app.command("backtest")(backtest)


@app.command("enable")
def enable_play(name: Play, reason: Why = None) -> None:
    """Enable a play. It drafts again from the next event on."""
    _set_allowed("play", name, True, reason)


@app.command("disable")
def disable_play(name: Play, reason: Why = None) -> None:
    """Disable a play. It drafts nothing more. You can still decide its pending proposals."""
    _set_allowed("play", name, False, reason)


@app.command("preview")
def preview_play(
    name: Play,
    language: Annotated[
        str | None, typer.Option("--language", "-l", help="The language; your own if not given.")
    ] = None,
    texts: Annotated[
        bool, typer.Option("--texts", help="Print the built-in texts, as a file of your own may begin.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Print the mails of a play to a sample customer, in your own words where you wrote any.

    Your words stand in EXECOPS_HOME/texts/NAME.LANGUAGE. No database is touched.
    """

    async def command() -> None:
        from execops.client import preview

        settings = session.settings()
        if texts:
            source = preview.built_in_texts(settings, name, language)
            output.document({"texts": source}) if as_json else output.data(source.rstrip())
            return
        mails = preview.preview(settings, name, language)
        if as_json:
            output.document([mail.to_json() for mail in mails])
            return
        for number, mail in enumerate(mails):
            output.data(f"{'' if number == 0 else chr(10)}# {mail.happened}\nSubject: {mail.subject}\n")
            output.data(mail.text.rstrip())

    session.run(command())


@actions.command("list")
def list_actions(as_json: AsJson = False) -> None:
    """List action types, with those that no adapter performs yet."""

    async def command() -> None:
        async with session.client() as client:
            action_types = await client.plays.actions()
        if as_json:
            output.document([action.to_json() for action in action_types])
            return
        output.table(
            ["action", "state", "performed", "decisions", "precision", "unedited", "plays"],
            [
                (
                    action.name,
                    action.state,
                    "yes" if action.adapter else "no adapter",
                    action.over_all.decisions,
                    _percent(action.over_all.precision),
                    _percent(action.over_all.unedited),
                    ", ".join(action.plays),
                )
                for action in action_types
            ],
            right=["decisions", "precision", "unedited"],
        )

    session.run(command())


@actions.command("enable")
def enable_action(name: Action, reason: Why = None) -> None:
    """Enable an action type. Operators can approve it. Only a founder may enable one."""
    _set_allowed("action", name, True, reason)


@actions.command("disable")
def disable_action(name: Action, reason: Why = None) -> None:
    """Disable an action type, at once. Nobody can approve it, and ExecOps does not perform it."""
    _set_allowed("action", name, False, reason)


def _set_allowed(kind: Kind, name: str, allowed: bool, why: str | None) -> None:
    async def command() -> None:
        async with session.client() as client:
            changed = await client.plays.set_allowed(kind, name, allowed, why)
            action_types = await client.plays.actions() if kind == "action" and allowed else []
        state = "enabled" if allowed else "disabled"
        output.note(f"{name} is {state}." if changed else f"{name} is already {state}; nothing was changed.")
        if any(action.name == name and not action.adapter for action in action_types):
            output.note("       ExecOps cannot perform it yet: there is no adapter.")

    session.run(command())


def _percent(rate: float | None) -> str:
    return "" if rate is None else f"{rate:.0%}"
