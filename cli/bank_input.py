"""The input of `execops import bank`: files, those of a folder, and what is piped in."""

from __future__ import annotations

import sys
from pathlib import Path

from cli import output

PIPED = Path("-")


def files(paths: list[Path]) -> list[Path]:
    """The files, those of a folder by name; hidden files are left aside. Raises InvalidInputError for none."""
    from execops.errors import InvalidInputError

    listed: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(
                file for file in path.iterdir() if file.is_file() and not file.name.startswith(".")
            )
            if not inside:
                raise InvalidInputError(f"The folder {path} holds no file; nothing was imported.")
            listed += inside
            if folders := sorted(entry.name for entry in path.iterdir() if entry.is_dir()):
                output.note(f"Folders within {path} are not read: {', '.join(folders)}")
        elif path == PIPED or path.is_file() or path.is_fifo():
            listed.append(path)
        else:
            raise InvalidInputError(
                f"{path} is not a regular file; nothing was imported.", hint="Save the data to a file first."
            )
    return listed


def content(file: Path) -> tuple[Path, bytes]:
    """The name to show for a file, and its bytes. A pipe has no name, and is read to its end or to the size that none exceeds.

    Raises InvalidInputError where it cannot be read, and for a file that is too large.
    """
    from execops.client.bank_file import LARGEST, require_size
    from execops.errors import InvalidInputError

    try:
        if file == PIPED:
            if sys.stdin.isatty():
                raise InvalidInputError(
                    "Nothing is piped in; nothing was imported.", hint="Name the file of the statement."
                )
            shown, data = Path("standard input"), sys.stdin.buffer.read(LARGEST + 1)
        elif file.is_fifo():
            with file.open("rb") as pipe:
                shown, data = Path("pipe"), pipe.read(LARGEST + 1)
        else:
            require_size(file.stat().st_size)
            shown, data = file, file.read_bytes()
    except OSError as exc:
        raise InvalidInputError(f"{file} cannot be read: {exc.strerror}; nothing was imported.") from exc
    return shown, data
