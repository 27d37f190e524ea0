"""The table `[keys]` of the config file: the keys of the inbox, as a person remaps them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from execops.errors import InvalidInputError
from execops.settings import Settings
from execops.settings.loading import read_file


def load_keys(settings: Settings, is_key: Callable[[str], object] = str.strip) -> dict[str, str]:
    """Read the table `[keys]` of the config file: the comma-separated keys of each binding, by the binding's id.

    `is_key` knows the names of keys. Raises InvalidInputError, with file and line, if a value does not name a key.
    """
    path = settings.home / "config.toml"
    table = read_file(path).get("keys", {})
    if not isinstance(table, dict):
        raise InvalidInputError(
            f"{path}: keys is not a table.", hint='[keys], then a line such as "inbox.approve" = "a"'
        )
    keys: dict[str, str] = {}
    for name, value in _flatten(table):
        names = [value] if isinstance(value, str) else value
        texts = isinstance(names, list) and all(isinstance(text, str) and text.strip() for text in names)
        parts = [part.strip() for text in names for part in text.split(",")] if texts else []
        wrong = next((part for part in parts if not is_key(part)), None)
        if not parts or wrong is not None:
            what = f"{wrong!r} is not a key" if wrong else "it names no key"
            raise InvalidInputError(
                f"{path}:{_line_of(path, name)}: [keys] {name}: {what}.",
                hint='It takes "a", "ctrl+r", "j,down" or ["j", "down"].',
            )
        keys[name] = ",".join(names)
    return keys


def _line_of(path: Path, name: str) -> int:
    """The line of the config file that sets this key: written whole, quoted, or as the last part of a table."""
    last = name.rpartition(".")[2]
    spellings = {f"{quote}{text}{quote}" for text in (name, last) for quote in ("", '"', "'")}
    lines = path.read_text(encoding="utf-8").splitlines()
    start = next((at for at, line in enumerate(lines) if line.strip().startswith("[keys")), 0)
    setting = (at for at in range(start, len(lines)) if lines[at].partition("=")[0].strip() in spellings)
    return next(setting, start) + 1


def _flatten(table: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    """The values of nested tables by dotted names: TOML reads an id with dots, if unquoted, as nested tables."""
    values: list[tuple[str, Any]] = []
    for name, value in table.items():
        if isinstance(value, dict):
            values += _flatten(value, f"{prefix}{name}.")
        else:
            values.append((prefix + name, value))
    return values


def load_views(settings: Settings) -> dict[str, str]:
    """Read the table `[views]` of the config file: the filters of a person's own views of the inbox, by name.

    Raises InvalidInputError if a value is no text.
    """
    path = settings.home / "config.toml"
    table = read_file(path).get("views", {})
    if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
        raise InvalidInputError(
            f"{path}: views is no table of texts.",
            hint='[views], then a line such as "large" = "urgency:high EUR"',
        )
    return {str(name): value for name, value in table.items()}
