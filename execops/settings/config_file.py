"""Writes settings into the config file: comments, other settings and their order stay as a person wrote them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile

from execops.errors import InvalidInputError, UnavailableError
from execops.settings import private_files

NAME = "config.toml"
_TABLE = re.compile(r"[ \t]*\[")


def require_writable(path: Path) -> None:
    """Raise InvalidInputError if the file cannot be read as TOML, UnavailableError if it cannot be written."""
    _read(path)
    folder = next(parent for parent in path.resolve().parents if parent.exists())
    try:
        with TemporaryFile(dir=folder):
            pass
    except OSError as exc:
        raise UnavailableError(
            f"{path} cannot be written.", hint="Run the command as the user whom the folder belongs to."
        ) from exc


def store(path: Path, name: str, value: str) -> None:
    """Set one setting in the file, which then has mode 0600.

    Raises InvalidInputError if the file cannot be read, or holds the setting in a way that only a person should change;
    UnavailableError if it cannot be written. The file is as it was then.
    """
    text = _read(path)
    wanted = _parse(path, text) | {name: value}
    changed = next((new for new in _candidates(text, name, value) if _holds(new, wanted)), None)
    if changed is None:
        raise InvalidInputError(
            f"{path} sets {name} in a way that ExecOps does not change, so it was left as it is.",
            hint=f"Delete that setting from the file, and run the command again: it writes {name} on a line of its own.",
        )
    private_files.store(path, changed)


def remove(path: Path, name: str) -> bool:
    """Take one setting out of the file, and leave the rest as it is; returns whether it was there. Raises as `store` does."""
    text = _read(path)
    wanted = _parse(path, text)
    if name not in wanted:
        return False
    del wanted[name]
    line = re.compile(rf"""(?m)^[ \t]*["']?{re.escape(name)}["']?[ \t]*=[^\n]*(?:\n|\Z)""")
    changed = line.sub("", text, count=1)
    if not _holds(changed, wanted):
        raise InvalidInputError(
            f"{path} sets {name} in a way that ExecOps does not change, so it was left as it is.",
            hint=f"Delete that setting by hand: execops config edit. It is {name}.",
        )
    private_files.store(path, changed)
    return True


def _read(path: Path) -> str:
    """The file's text, which is TOML; no text if there is no file."""
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as exc:
        raise InvalidInputError(f"{path} cannot be read; nothing was changed.", hint=str(exc)) from exc
    _parse(path, text)
    return text


def _parse(path: Path, text: str) -> dict[str, object]:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise InvalidInputError(f"{path} cannot be read; nothing was changed.", hint=str(exc)) from exc


def _holds(text: str, wanted: dict[str, object]) -> bool:
    """Whether the text says exactly this, and nothing else was changed by the way."""
    import tomllib

    try:
        return tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        return False


def _candidates(text: str, name: str, value: str) -> Iterator[str]:
    """The text with the setting, written where a person would write it; the caller keeps the first that is right."""
    quoted = json.dumps(value)
    of_setting = re.compile(
        rf"""(?m)^(?P<name>[ \t]*["']?{re.escape(name)}["']?[ \t]*=[ \t]*)(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*')(?=[ \t]*(?:\#.*)?\r?$)"""
    )
    if of_setting.search(text):
        yield of_setting.sub(lambda found: f"{found['name']}{quoted}", text, count=1)
        return
    end = "\r\n" if "\r\n" in text else "\n"
    line = f"{name} = {quoted}{end}"
    lines = text.splitlines(keepends=True)
    tables = [at for at, content in enumerate(lines) if _TABLE.match(content)]
    if not tables:
        yield text + (end if text and not text.endswith("\n") else "") + line
    for table in tables:  # what looks like the first table may be a line of a list
        at = table
        while at > 0 and not lines[at - 1].strip():
            at -= 1
        yield "".join([*lines[:at], line, *lines[at:]])
    yield line + text
