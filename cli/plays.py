"""`execops plays` and `execops actions`: what may draft, what may be performed, and how well it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import output, session

if TYPE_CHECKING:
    from execops.client.plays_part import Kind

app = typer.Typer(help="What may draft, and how often it is approved.", no_args_is_help=True)
actions = typer.Typer(help="What may be performed.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document.")]
Play = Annotated[str, typer.Argument(metavar="NAME", help="Such as card_update.")]
Action = Annotated[str, typer.Argument(metavar="NAME", help="Such as stripe_refund.")]
Why = Annotated[str | None, typer.Option("--reason", "-m", help="Kept in the audit log.")]


@app.command("list")
def list_plays(as_json: AsJson = False) -> None:
    """List plays. Precision: approved of those approved or rejected; unedited: of those, approved as drafted."""

    async def command() -> None:
        from execops.client.plays_part import LAST

        async with session.client() as client:
            found = await client.plays.list()
        if as_json:
            output.document([each.to_json() for each in found])
            return
        output.table(
            ["play", "vertical", "state", "decisions", "precision", f"last {LAST}", "unedited", "summary"],
            [
                (
                    p.name,
                    p.vertical,
                    ("enabled" if p.enabled else "disabled") + (", flagged" if p.precision.flagged else ""),
                    p.precision.over_all.decisions,
                    _percent(p.precision.over_all.precision),
                    _percent(p.precision.last.precision),
                    _percent(p.precision.over_all.unedited),
                    p.summary,
                )
                for p in found
            ],
            right=["decisions", "precision", f"last {LAST}", "unedited"],
        )
        for p in found:
            if p.precision.flagged and p.enabled:
                output.note(
                    f"{p.name}: {p.precision.last.approved} of its last {LAST} were approved."
                    f" To stop it: execops plays disable {p.name}"
                )

    session.run(command())


@app.command("enable")
def enable_play(name: Play, reason: Why = None) -> None:
    """Let a play draft again, from the next event on."""
    _set_allowed("play", name, True, reason)


@app.command("disable")
def disable_play(name: Play, reason: Why = None) -> None:
    """Let a play draft nothing; what waits of it can still be decided."""
    _set_allowed("play", name, False, reason)


@actions.command("list")
def list_actions(as_json: AsJson = False) -> None:
    """List action types, those too that nothing here performs yet."""

    async def command() -> None:
        async with session.client() as client:
            found = await client.plays.actions()
        if as_json:
            output.document([each.to_json() for each in found])
            return
        output.table(
            ["action", "state", "performed", "decisions", "precision", "unedited", "plays"],
            [
                (
                    a.name,
                    "enabled" if a.enabled else "disabled",
                    "yes" if a.adapter else "no adapter",
                    a.over_all.decisions,
                    _percent(a.over_all.precision),
                    _percent(a.over_all.unedited),
                    ", ".join(a.plays),
                )
                for a in found
            ],
            right=["decisions", "precision", "unedited"],
        )

    session.run(command())


@actions.command("enable")
def enable_action(name: Action, reason: Why = None) -> None:
    """Let an action type be approved and performed. Only a founder may."""
    _set_allowed("action", name, True, reason)


@actions.command("disable")
def disable_action(name: Action, reason: Why = None) -> None:
    """Let an action type be neither approved nor performed, at once."""
    _set_allowed("action", name, False, reason)


def _set_allowed(kind: Kind, name: str, allowed: bool, why: str | None) -> None:
    async def command() -> None:
        async with session.client() as client:
            changed = await client.plays.set_allowed(kind, name, allowed, why)
            actions = await client.plays.actions() if kind == "action" and allowed else []
        state = "enabled" if allowed else "disabled"
        output.note(f"{name} is {state}." if changed else f"{name} is {state} already; nothing was changed.")
        if any(action.name == name and not action.adapter for action in actions):
            output.note("       Nothing here performs it yet: there is no adapter.")

    session.run(command())


def _percent(rate: float | None) -> str:
    return "" if rate is None else f"{rate:.0%}"
