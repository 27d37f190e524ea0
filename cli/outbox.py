"""`execops outbox`: the mails and Slack messages that lie on this machine, as their receivers read them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from cli import output, session
from cli.options import AsJson

if TYPE_CHECKING:
    from pathlib import Path

    from execops.text.maildir import Entry, Listing
    from execops.text.mails import Message

_T = TypeVar("_T")
app = typer.Typer(help="Look at the messages in the outbox on this machine.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="ID", help="The id as `list` shows it, or the Message-ID.")]
_LONGEST_TO = 24
_LONGEST_TEXT = 200_000  # characters; no message of ours is longer


@app.command("list")
def list_(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many, from the newest on.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List the messages in the outbox, newest first. It needs no database and no token."""

    async def command() -> None:
        from execops.text import mails

        folder, listing = _listing()
        messages: list[tuple[Entry, Message]] = []
        unreadable: list[str] = []
        for entry in listing.entries[:limit]:
            try:
                messages.append((entry, mails.read(entry, limit=mails.HEAD)))
            except OSError as exc:
                unreadable.append(f"The message {entry.short_id} cannot be read: {_why(exc)}.")
        if as_json:
            output.document([_summary(entry, message) for entry, message in messages])
        elif messages:
            _table(messages)
        elif not unreadable:
            output.note(f"The outbox is empty: {folder}")
        for why in unreadable:
            output.note(output.clean(why))
        if len(listing.entries) > limit:
            older = output.counted(len(listing.entries) - limit, "older message")
            output.note(f"Not listed: {older}. See --limit.")
        if listing.foreign:
            output.note(f"Left out {output.counted(listing.foreign, 'file')} that ExecOps did not put there.")

    session.run(command())


@app.command()
def show(
    message_id: Id,
    source: Annotated[bool, typer.Option("--source", help="The file as it is stored.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show one message: its headers and its text, as its receiver reads them."""

    async def command() -> None:
        from execops.errors import InvalidInputError
        from execops.text import clean_block

        if source and as_json:
            raise InvalidInputError("--source and --json exclude each other.")
        entry = _entry(message_id)
        if source:
            output.raw(_read(entry, lambda: entry.read(entry.size)))
            return
        message = _message(entry)
        if as_json:
            output.document(_document(entry, message))
            return
        for name, value in message.headers:
            output.data(f"{name}: {output.clean(value)}")
        output.data()
        output.data(clean_block(message.text.rstrip("\n"), limit=_LONGEST_TEXT))
        if not message.headers:
            output.note("No headers can be read: this is the file as it is stored.")
        if not message.whole:
            output.note(f"Only the beginning: the file has {entry.size:,} bytes. All of it: --source")
        output.note(f"Written {entry.at:%Y-%m-%d %H:%M:%S} UTC.{_origin(message)}")

    session.run(command())


@app.command("open")
def open_(message_id: Id, as_json: AsJson = False) -> None:
    """Write one message as a page that only you can read, print its path, and open it in a terminal's browser.

    Without a terminal, or without a browser that has windows, it only prints the path.
    """

    async def command() -> None:
        import os
        import tempfile
        from pathlib import Path

        from execops.errors import UnavailableError
        from execops.text import mails

        entry = _entry(message_id)
        page = mails.page(_message(entry))
        try:
            handle, name = tempfile.mkstemp(prefix=f"execops-{entry.short_id}-", suffix=".html")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(page)
        except OSError as exc:
            raise UnavailableError(f"The page cannot be written: {_why(exc)}.") from exc
        opened = session.interactive() and _open_in_browser(Path(name).as_uri())
        if as_json:
            output.document({"id": entry.id, "path": name, "opened": opened})
            return
        output.data(name)
        if opened:
            output.note("Opened in your browser.")
        elif session.interactive():
            output.note("No browser could be opened here: open this file yourself.")

    session.run(command())


def _listing() -> tuple[Path, Listing]:
    """The folder of the outbox, and its messages. Raises UnavailableError."""
    from execops.errors import UnavailableError
    from execops.text import maildir

    folder = session.settings().outbox
    try:
        return folder, maildir.scan(folder)
    except OSError as exc:
        raise UnavailableError(f"The outbox {folder} cannot be read: {_why(exc)}.") from exc


def _entry(message_id: str) -> Entry:
    """The message of this id, of the beginning of an id, or of this Message-ID. Raises NotFoundError, InvalidInputError where several ids begin so, UnavailableError."""
    from execops.errors import InvalidInputError, NotFoundError
    from execops.text import maildir

    _, listing = _listing()
    entries = maildir.matches(listing, message_id)
    if not entries:
        raise NotFoundError(f"There is no message {message_id!r} in the outbox.", hint="execops outbox list")
    if len(entries) > 1:
        ids = ", ".join(entry.id for entry in entries[:3]) + (", …" if len(entries) > 3 else "")
        raise InvalidInputError(
            f"{len(entries)} messages have an id that begins with {message_id!r}.",
            hint=f"Type more of it: {ids}",
        )
    return entries[0]


def _message(entry: Entry) -> Message:
    """The message as its receiver reads it. Raises UnavailableError."""
    from execops.text import mails

    return _read(entry, lambda: mails.read(entry))


def _read(entry: Entry, read: Callable[[], _T]) -> _T:
    """The value that `read` reads from the file of a message. Raises UnavailableError, which names the file."""
    from execops.errors import UnavailableError

    try:
        return read()
    except OSError as exc:
        raise UnavailableError(
            f"The message {entry.short_id} cannot be read: {_why(exc)}.", hint=f"Its file is {entry.path}"
        ) from exc


def _why(exc: OSError) -> str:
    """The system's reason: `Permission denied`."""
    return exc.strerror or type(exc).__name__


def _origin(message: Message) -> str:
    """A sentence that names the proposal of a message; empty where none is known."""
    has_proposal = message.proposal_id is not None
    return f" Its proposal: execops proposals show {message.proposal_id}" if has_proposal else ""


def _open_in_browser(url: str) -> bool:
    """Whether a browser with windows opened this address."""
    from tui import links

    return links.show(url)


def _summary(entry: Entry, message: Message) -> dict[str, object]:
    """A message of the list in JSON."""
    return {
        "id": entry.id,
        "kind": entry.kind,
        "at": entry.at,
        "to": message.to,
        "subject": message.subject,
        "message_id": message.message_id,
        "proposal_id": message.proposal_id,
    }


def _document(entry: Entry, message: Message) -> dict[str, object]:
    """A whole message in JSON."""
    more = {"text": message.text, "html": message.html, "whole": message.whole, "path": entry.path}
    return _summary(entry, message) | {"headers": dict(message.headers)} | more


def _table(messages: list[tuple[Entry, Message]]) -> None:
    """Print a line for each message. In a terminal the subjects are cut where the line ends."""
    from execops.text import cut

    rows = [
        (
            entry.short_id,
            entry.kind,
            output.age(entry.at),
            message.proposal_id or "",
            cut(output.clean(message.to), _LONGEST_TO),
            output.clean(message.subject),
        )
        for entry, message in messages
    ]
    columns = ["id", "kind", "age", "proposal", "to", "subject"]
    output.table(columns, rows, right=["age", "proposal"])
