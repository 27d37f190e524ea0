"""The place of secrets: the operating system's keyring where one can be used, else a file that only its owner can read.

The package `keyring` is the extra `execops[keyring]`, imported late: a server or a container needs none. The keyring is used
by the desktop's user alone, and each home has its own entries in it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from execops.errors import InvalidInputError, UnavailableError
from execops.settings import private_files
from execops.text.secret import Secret

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

FILE = "secrets.json"
_TIMEOUT = 5.0  # seconds: a locked keyring may ask on a screen that nobody sees
_LEAST_PRIORITY = 1  # of keyring's own scale: below it a backend is no keyring, or keeps plain text

_T = TypeVar("_T")


def put(home: Path, name: str, value: str) -> str:
    """Keep a secret; returns where it lies now: the keyring's name, or the path of the file.

    Raises InvalidInputError if the file cannot be read, UnavailableError if it cannot be written.
    """
    values = _read(home)
    if place := put_in_keyring(home, name, value):
        if values.pop(name, None) is not None:
            _write(home, values)
        return place
    _write(home, {**values, name: value})
    return str(home / FILE)


def get(home: Path, name: str) -> Secret | None:
    """A secret by its name; None if none is kept.

    Raises InvalidInputError if the file cannot be read, UnavailableError if the keyring does not answer.
    """
    value = _read(home).get(name)
    return Secret(value) if value is not None else get_from_keyring(home, name)


def forget(home: Path, name: str) -> bool:
    """Remove a secret from wherever it lies; returns whether there was one.

    Raises InvalidInputError if the file cannot be read, UnavailableError if the file or the keyring keeps it.
    """
    values = _read(home)
    in_file = values.pop(name, None) is not None
    if in_file:
        _write(home, values)

    def remove(keyring: KeyringBackend) -> bool:
        there = keyring.get_password(_service(home), name) is not None
        if there:
            keyring.delete_password(_service(home), name)
        return there

    return bool(_ask(remove)) or in_file


def put_in_keyring(home: Path, name: str, value: str) -> str | None:
    """Keep a secret in the keyring; returns the keyring's name, or None where none can be used."""

    def keep(keyring: KeyringBackend) -> str | None:
        keyring.set_password(_service(home), name, value)
        return keyring.name if keyring.get_password(_service(home), name) == value else None

    try:
        return _ask(keep)
    except UnavailableError:  # the file takes its place, and the caller says so
        return None


def get_from_keyring(home: Path, name: str) -> Secret | None:
    """A secret of the keyring; None if it has none of that name, or there is no keyring.

    Raises UnavailableError if the keyring does not answer.
    """
    value = _ask(lambda keyring: keyring.get_password(_service(home), name))
    return None if value is None else Secret(value)


def _service(home: Path) -> str:
    return f"execops:{home.absolute()}"


def _ask(question: Callable[[KeyringBackend], _T]) -> _T | None:
    """The keyring's answer; None without the package, or without a keyring that can be used.

    It is asked in a thread, because a locked keyring waits for a person. Raises UnavailableError if it fails, or does not
    answer in time.
    """
    try:
        import keyring
    except ImportError:
        return None
    answers: list[_T | None] = []
    failures: list[str] = []

    def ask() -> None:
        try:
            backend = keyring.get_keyring()
            answers.append(question(backend) if backend.priority >= _LEAST_PRIORITY else None)
        except Exception as exc:  # a backend raises whatever its system raises
            failures.append(type(exc).__name__)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(_TIMEOUT)
    if answers:
        return answers[0]
    why = failures[0] if failures else f"no answer within {_TIMEOUT:g} s"
    raise UnavailableError(
        f"The keyring of this machine cannot be used now ({why}); nothing in it was changed.",
        hint="Unlock it, and run the command again.",
    )


def _read(home: Path) -> dict[str, str]:
    path = home / FILE
    try:
        values = dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError) as exc:
        raise InvalidInputError(
            f"{path} cannot be read; nothing was changed.", hint="Move the file away, and sign in again."
        ) from exc
    return {name: str(text) for name, text in values.items()}


def _write(home: Path, values: dict[str, str]) -> None:
    private_files.store(home / FILE, json.dumps(values, indent=2, sort_keys=True) + "\n")
