"""A draft in the person's own editor, opened again until it can be sent or the person gives up."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from execops.errors import ExecOpsError, InvalidInputError, NotConfiguredError
from tui import draft

if TYPE_CHECKING:
    from execops.model import Json, Proposal
    from execops.ports import Field

_MARK = "# execops: "


class Edited(Struct, frozen=True):
    """A draft as the person left it, and the file that keeps its text."""

    payload: Json
    path: Path


class TextKeptError(InvalidInputError):
    """The text cannot be sent, and the person left it as it was; the file keeps it."""


def edit(
    proposal: Proposal,
    order: Sequence[Field],
    validate: Callable[[Json], None],
    borrow_terminal: Callable[[], AbstractContextManager[None]],
) -> Edited | None:
    """Edit a proposal's draft; None where the text is unchanged.

    A text that cannot be sent is opened again as it was written, below a line that says why. Raises
    NotConfiguredError where the editor failed, TextKeptError where the person gave such a text up.
    """
    before = draft.to_text(proposal.payload, order)
    path = _new_file(before, str(proposal.id))
    text, error = before, ""
    while True:
        header = f"{_MARK}{error}\n{_MARK}save the text unchanged to give up\n" if error else ""
        path.write_text(header + text, encoding="utf-8")
        written = _without_header(_run_editor(path, before, borrow_terminal))
        if written.rstrip() == before.rstrip():
            path.unlink()
            return None
        if error and written.rstrip() == text.rstrip():
            path.write_text(written, encoding="utf-8")
            raise TextKeptError(error, hint=f"Your text is kept in {path}.")
        text = written
        try:
            payload = draft.from_text(text, proposal.payload)
            validate(payload)
        except ExecOpsError as exc:
            error = _in_a_line(exc)
        else:
            path.write_text(text, encoding="utf-8")
            return Edited(payload, path)


def _run_editor(path: Path, before: str, borrow_terminal: Callable[[], AbstractContextManager[None]]) -> str:
    """The text that the editor leaves in the file. The terminal is the editor's meanwhile."""
    failure: Exception | None = None
    with borrow_terminal():  # an error in here would leave the terminal to the shell
        try:
            command = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi") or ["vi"]
            subprocess.run([*command, str(path)], check=True)  # noqa: S603  the person's own command
            return path.read_text(encoding="utf-8", errors="replace")
        except (OSError, ValueError, subprocess.CalledProcessError) as exc:
            failure = exc
    kept = ""
    if path.exists() and _without_header(path.read_text(encoding="utf-8", errors="replace")) != before:
        kept = f" Your text is kept in {path}."
    else:
        path.unlink(missing_ok=True)
    raise NotConfiguredError(
        "The editor failed; the draft is unchanged.", hint=f"{_why(failure)}{kept} Set EDITOR to another."
    ) from failure


def _why(failure: Exception | None) -> str:
    if isinstance(failure, subprocess.CalledProcessError):
        return f"{failure.cmd[0]} ended with status {failure.returncode}."
    if isinstance(failure, OSError) and failure.filename:
        return f"{failure.filename}: {failure.strerror}."
    return f"{failure}."


def _new_file(text: str, name: str) -> Path:
    handle, path = tempfile.mkstemp(prefix=f"execops-{name}-", suffix=".txt")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    return Path(path)


def _without_header(text: str) -> str:
    lines = text.splitlines(keepends=True)
    while lines and lines[0].startswith(_MARK.rstrip()):
        del lines[0]
    return "".join(lines)


def _in_a_line(error: ExecOpsError) -> str:
    return " ".join(f"{error.message} {error.hint or ''}".split())
