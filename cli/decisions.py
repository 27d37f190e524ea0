"""The commands that decide.

Every decision names the version that the operator saw: as ID@VERSION, or with --latest. In a terminal the command can
show the card and ask instead.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import completion, output, session
from cli.card import print_card
from cli.options import AsJson

if TYPE_CHECKING:
    from execops.client import Client
    from execops.client.records import Decided

Ref = Annotated[
    str,
    typer.Argument(
        metavar="ID[@VERSION]",
        help="The proposal and the version that you saw.",
        autocompletion=completion.pending,
    ),
]
Latest = Annotated[bool, typer.Option("--latest", help="Decide on the latest version, unseen.")]
Again = Annotated[bool, typer.Option("--again", help="Write although the customer was written to lately.")]
Yes = Annotated[
    bool, typer.Option("--yes", "-y", help="Decide without asking, also about what cannot be taken back.")
]
Reason = Annotated[
    str | None, typer.Option("--why", "--reason", "-m", help="The reason; the audit log keeps it.")
]


_MAX_DIGITS = 40


def approve(
    ref: Ref, again: Again = False, latest: Latest = False, yes: Yes = False, as_json: AsJson = False
) -> None:
    """Approve a proposal, or acknowledge a notice. ExecOps performs the action after the undo window."""
    _decide(
        "approve",
        ref,
        latest,
        yes,
        as_json,
        lambda client, id_, version, **said: client.proposals.approve(
            id_, version, **{"again": again, "confirmed": yes} | said
        ),
    )


def reject(
    ref: Ref,
    reason: Reason = None,
    suppress: Annotated[bool, typer.Option(help="Never contact this customer again.")] = False,
    latest: Latest = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Reject a proposal. ExecOps never performs the action."""

    async def decide(client: Client, id_: int, version: int) -> Decided:
        return await client.proposals.reject(id_, version, reason, suppress=suppress)

    _decide("reject", ref, latest, yes, as_json, decide)


def edit(
    ref: Ref,
    payload: Annotated[
        Path | None,
        typer.Option(
            "--payload",
            metavar="FILE|-",
            help="A file with the new payload as JSON; $EDITOR opens if not set.",
            allow_dash=True,
        ),
    ] = None,
    latest: Latest = False,
    as_json: AsJson = False,
) -> None:
    """Edit the draft of a pending or failed proposal. It is then pending in a new version."""

    async def decide(client: Client, id_: int, version: int) -> Decided:
        import json
        import sys

        import click

        from execops.errors import ExecOpsError, InvalidInputError

        if payload is not None:
            text = session.read_text(sys.stdin.buffer.read()) if str(payload) == "-" else _read(payload)
            return await _save(client, id_, version, text)
        current = (await client.proposals.get(id_)).payload
        written = click.edit(json.dumps(current, indent=2, ensure_ascii=False), extension=".json")
        if written is None:
            raise InvalidInputError("You left the draft as it was; nothing was changed.")
        try:
            return await _save(client, id_, version, written)
        except ExecOpsError as exc:
            exc.hint = " ".join(filter(None, [exc.hint, _keep(written, id_)]))
            raise

    _decide("edit", ref, latest, True, as_json, decide)


async def _save(client: Client, id_: int, version: int, text: str) -> Decided:
    """Store a payload that is written as JSON. Raises InvalidInputError."""
    import json

    from execops.errors import InvalidInputError

    try:
        edited = json.loads(text)
    except ValueError as exc:
        raise InvalidInputError(f"The new payload is not valid JSON: {exc}; nothing was changed.") from exc
    if not isinstance(edited, dict):
        raise InvalidInputError("The new payload is not a JSON object; nothing was changed.")
    return await client.proposals.edit(id_, version, edited)


def _keep(text: str, id_: int) -> str:
    """Keep a text that could not be stored in a file that only its author can read; returns the sentence that says where."""
    import os
    import tempfile

    handle, path = tempfile.mkstemp(prefix=f"execops-{id_}-", suffix=".json")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    return f"Your text is kept in {path}: execops proposals edit {id_}@VERSION --payload {path}"


def undo(ref: Ref, latest: Latest = False, yes: Yes = False, as_json: AsJson = False) -> None:
    """Take an approval or a rejection back, within the undo window. The proposal is pending again."""
    _decide(
        "undo", ref, latest, yes, as_json, lambda client, id_, version: client.proposals.undo(id_, version)
    )


def retry(
    ref: Ref, again: Again = False, latest: Latest = False, yes: Yes = False, as_json: AsJson = False
) -> None:
    """Perform a failed or unknown action again. ExecOps never sends twice what was delivered."""
    _decide(
        "retry",
        ref,
        latest,
        yes,
        as_json,
        lambda client, id_, version, **said: client.proposals.retry(
            id_, version, **{"again": again, "confirmed": yes} | said
        ),
    )


def confirm(ref: Ref, latest: Latest = False, yes: Yes = False, as_json: AsJson = False) -> None:
    """Record that a failed or unknown action was delivered after all."""
    _decide(
        "confirm",
        ref,
        latest,
        yes,
        as_json,
        lambda client, id_, version: client.proposals.confirm(id_, version),
    )


def close(
    ref: Ref, reason: Reason = None, latest: Latest = False, yes: Yes = False, as_json: AsJson = False
) -> None:
    """Give up a failed or unknown action. ExecOps never performs it."""
    _decide(
        "close",
        ref,
        latest,
        yes,
        as_json,
        lambda client, id_, version: client.proposals.close(id_, version, reason),
    )


def snooze(
    ref: Ref,
    until: Annotated[
        str, typer.Option(metavar="WHEN", help="event, attempt, tomorrow, a weekday, 3d, or a date.")
    ] = "event",
    reason: Reason = None,
    latest: Latest = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Put a proposal out of sight, until an event about it, the next attempt, or a date brings it back."""

    async def decide(client: Client, id_: int, version: int) -> Decided:
        return await client.proposals.snooze(id_, version, until, reason)

    _decide("snooze", ref, latest, yes, as_json, decide)


def unsnooze(ref: Ref, latest: Latest = False, yes: Yes = False, as_json: AsJson = False) -> None:
    """Bring a snoozed proposal back."""
    _decide(
        "unsnooze",
        ref,
        latest,
        yes,
        as_json,
        lambda client, id_, version: client.proposals.unsnooze(id_, version),
    )


def pause(reason: Reason = None) -> None:
    """Pause all executions. You can still decide; approved actions wait until `execops resume`."""

    async def command() -> None:
        async with session.client() as client:
            await client.deployment.pause(reason)
        output.note("Paused. Approved actions wait until `execops resume`.")

    session.run(command())


def resume(reason: Reason = None) -> None:
    """Resume executions. ExecOps now performs the actions that were approved meanwhile."""

    async def command() -> None:
        async with session.client() as client:
            waiting = await client.deployment.resume(reason)
        actions = output.counted(waiting, "approved action")
        output.note(f"Resumed. ExecOps performs {actions} now." if waiting else "Resumed.")

    session.run(command())


def _read(path: Path) -> str:
    from execops.errors import InvalidInputError

    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as exc:
        raise InvalidInputError(f"{path} cannot be read: {exc}; nothing was changed.") from exc


def parse_ref(ref: str) -> tuple[int, int | None]:
    """Read `12@3` as (12, 3) and `12` as (12, None). Raises InvalidInputError."""
    from execops.errors import InvalidInputError

    number, at, version = ref.partition("@")
    if not _is_number(number) or (at and not _is_number(version)):
        raise InvalidInputError(f"{ref!r} is not a proposal.", hint="Write ID or ID@VERSION, such as 12@3.")
    return int(number), int(version) if at else None


def _is_number(text: str) -> bool:
    """Whether a text is a whole number of a usual length; Python's isdigit also takes ² and refuses none for its length."""
    return text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS


def _decide(
    decision: str,
    ref: str,
    latest: bool,
    yes: bool,
    as_json: bool,
    decide: Callable[..., Awaitable[Decided]],
) -> None:
    """Take a decision: `decide` takes the Client, the id and the version.

    Where the core asks back, whether to write to a customer again, or whether to do what cannot be taken back, a yes in
    the terminal is one more argument, `again` or `confirmed`.
    """

    async def command() -> None:
        proposal_id, version = parse_ref(ref)
        asks = version is None and not (latest or yes)
        async with session.client() as client:
            if version is None:
                version = await _version(client, decision, proposal_id, latest, yes)
            decided = await _ask_back(lambda **said: decide(client, proposal_id, version, **said), asks)
            notice = decision == "approve" and not as_json and await _is_notice(client, proposal_id)
            _report(decision, decided, as_json, notice=notice)

    session.run(command())


async def _ask_back(decide: Callable[..., Awaitable[Decided]], asks: bool) -> Decided:
    """The result of a decision, once the questions of the core are answered with yes.

    Whether to write again is asked only where the command `asks`; whether to do what cannot be taken back, in every
    terminal.
    """
    from execops.errors import ConfirmationNeededError, RecentContactError

    said: dict[str, bool] = {}
    while True:
        try:
            return await decide(**said)
        except RecentContactError as exc:
            if not asks:
                raise
            name, question = "again", f"{exc.sentence} Write again all the same?"
        except ConfirmationNeededError as exc:
            if not session.interactive():
                raise
            name, question = "confirmed", f"{exc.sentence} Do it?"
        session.forget_typed()
        if not session.confirm(output.clean(question)):
            raise typer.Exit
        said[name] = True


async def _version(client: Client, decision: str, proposal_id: int, latest: bool, yes: bool) -> int:
    """Ask for the version to decide on, because the command named none. Records that the operator opened the card.

    Raises InvalidInputError without a terminal.
    """
    from execops.errors import InvalidInputError

    if latest:
        return (await client.proposals.get(proposal_id)).version
    if not session.interactive():
        raise InvalidInputError(
            f"Name the version that you saw: {proposal_id}@VERSION, or --latest; nothing was changed.",
            hint=f"See: execops proposals show {proposal_id}",
        )
    card = await client.proposals.card(proposal_id)
    await client.proposals.record_opening(proposal_id, card.proposal.version)
    print_card(card)
    question = f"{decision.capitalize()} proposal {card.proposal.ref}?"
    if decision == "approve" and card.proposal.is_notice:
        question = f"Acknowledge notice {card.proposal.ref}?"
    if not yes and not session.confirm(question):
        raise typer.Exit
    return card.proposal.version


async def _is_notice(client: Client, proposal_id: int) -> bool:
    """Whether a proposal is a notice, for the words alone: the decision stands, even where this cannot be read any more."""
    from execops.errors import ExecOpsError

    try:
        return (await client.proposals.get(proposal_id)).is_notice
    except ExecOpsError:
        return False


def _report(decision: str, decided: Decided, as_json: bool, *, notice: bool) -> None:
    if as_json:
        output.document(decided)
        return
    ref, when = f"{decided.proposal_id}@{decided.version}", ""
    subject, status = ("Notice", "acknowledged") if notice else ("Proposal", str(decided.status))
    if decided.waits_for:
        output.note(
            f"{subject} {ref} is {decided.status}: {decided.waits_for} approved."
            f" Another operator must approve it too: execops proposals {decision} {ref}"
        )
        return
    if decision == "undo" and decided.approvals_needed > 1:
        when = (
            f". No approval of it counts any more; {decided.approvals_needed} operators must approve it anew."
        )
    if decided.executes_at is not None:
        moment = f"{decided.executes_at:%H:%M:%S} UTC"
        performs = "marks it as done" if notice else "performs it"
        how = f"; it {decided.leaves}" if decided.leaves else f". ExecOps {performs} at {moment}"
        when = f"{how}. Until then: execops proposals undo {ref}"
    if decided.undo_until is not None:
        when = f". Until {decided.undo_until:%H:%M:%S} UTC: execops proposals undo {ref}"
    if decided.snoozed_until is not None:
        back = f"{decided.snoozed_until:%Y-%m-%d %H:%M} UTC"
        when = f". It is back at {back}, or before: execops proposals unsnooze {ref}"
    output.note(f"{subject} {ref} is {status}{when or '.'}")
