"""Reads settings from flags, environment and config file. It finds every value that cannot be used, not the first alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

from execops.errors import InvalidInputError
from execops.settings.values import default_home

_Record = TypeVar("_Record")
_TABLES = {"keys", "views"}  # parts of the config file that are no settings


def find_home(options: Mapping[str, object], environ: Mapping[str, str]) -> Path:
    """The home of the options, else of EXECOPS_HOME, else the usual one."""
    return Path(str(options.get("home") or environ.get("EXECOPS_HOME") or default_home(environ))).expanduser()


def read(
    record: type[_Record], flags: Mapping[str, object], environ: Mapping[str, str]
) -> tuple[_Record, list[InvalidInputError]]:
    """The settings, with the default in the place of a value that cannot be used, and an error for each such value.

    `record` is a dataclass whose fields say how they are read; `flags` go by the field's name, and None is unset.
    """
    settings: tuple[Any, ...] = fields(record)  # type: ignore[arg-type]
    options = {name: value for name, value in flags.items() if value is not None}
    home = find_home(options, environ)
    path = home / "config.toml"
    errors: list[InvalidInputError] = []
    try:
        config = read_file(path)
    except InvalidInputError as exc:
        config, errors = {}, [exc]
    errors += _unknown(path, config, {setting.name: setting.metadata["env"] for setting in settings})
    values: dict[str, Any] = {}
    for setting in settings:
        env, parse = setting.metadata["env"], setting.metadata["parse"]
        if setting.name in options:
            origin, raw = f"option --{setting.name.replace('_', '-')}", options[setting.name]
        elif environ.get(env):
            origin, raw = env, environ[env]
        elif setting.name in config:
            origin, raw = f"{path}: {setting.name}", config[setting.name]
        else:
            continue
        try:
            values[setting.name] = parse(str(raw))
        except ValueError as exc:
            hint = f"It takes {exc} ({setting.metadata['about']})."
            errors.append(InvalidInputError(f"{origin} is not usable.", hint=hint))
    return record(**{**values, "home": home.absolute()}), errors


def read_file(path: Path) -> dict[str, Any]:
    """The config file's values; none if there is no file. Raises InvalidInputError where it is no TOML."""
    try:
        text = path.read_text(encoding="utf-8")
        import tomllib  # only if there is a file to read

        return tomllib.loads(text)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as exc:
        raise InvalidInputError(f"{path} cannot be read.", hint=str(exc)) from exc


def _unknown(path: Path, config: Collection[str], variables: Mapping[str, str]) -> list[InvalidInputError]:
    """An error for each name in the file that is no setting. `variables` names each setting's environment variable."""
    unknown = sorted(set(config) - set(variables) - _TABLES)
    if not unknown:
        return []
    from execops.settings.misspelt import meant

    return [
        InvalidInputError(
            f"{path} has an unknown setting: {name}.",
            hint=f"Did you mean {setting}?"
            if (setting := meant(name, variables))
            else "`execops doctor` checks every setting; docs/operations.md lists them.",
        )
        for name in unknown
    ]
