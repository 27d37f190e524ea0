"""Reads settings from flags, environment and config file. It finds every value that cannot be used, not the first alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, TypeVar

from execops.errors import InvalidInputError, NotConfiguredError, UnavailableError
from execops.settings.deployment import DeploymentSettings
from execops.settings.values import default_home

_Record = TypeVar("_Record", bound=DeploymentSettings)
_TABLES = {"keys", "views"}  # parts of the config file that are no settings
IN_KEYRING = (
    "@keyring"  # stands in the config file for a secret that lies in the keyring, which is asked for no other
)


def find_home(options: Mapping[str, object], environ: Mapping[str, str]) -> Path:
    """The home of the options, else of EXECOPS_HOME, else the usual one.

    Raises NotConfiguredError where that is below the home directory of a user who has none.
    """
    text = str(options.get("home") or environ.get("EXECOPS_HOME") or default_home(environ))
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise NotConfiguredError(
            f"{text} begins with the home directory of a user who has none. Nothing was done.",
            hint="Write the whole path into EXECOPS_HOME or --home.",
        ) from None


def read(
    record: type[_Record], flags: Mapping[str, object], environ: Mapping[str, str]
) -> tuple[_Record, list[InvalidInputError]]:
    """The settings, with the default in the place of a value that cannot be used, and an error for each such value.

    `flags` go by the field's name, and None is unset.
    """
    options = {name: value for name, value in flags.items() if value is not None}
    home = find_home(options, environ)
    path = home / "config.toml"
    errors: list[InvalidInputError] = []
    try:
        config = read_file(path)
    except InvalidInputError as exc:
        config, errors = {}, [exc]
    errors += _unknown(path, config, {name: setting.env for name, setting in record.SETTINGS.items()})
    values: dict[str, Any] = {}
    for name, setting in record.SETTINGS.items():
        if name in options:
            origin, raw = f"option --{name.replace('_', '-')}", options[name]
        elif environ.get(setting.env):
            origin, raw = setting.env, environ[setting.env]
        elif name in config:
            origin, raw = f"{path}: {name}", config[name]
        else:
            continue
        if raw == IN_KEYRING and setting.is_secret:
            try:
                raw = _from_keyring(home, name)
            except InvalidInputError as exc:
                errors.append(exc)
                continue
        try:
            values[name] = setting.parse(str(raw))
        except ValueError as exc:
            hint = f"It takes {exc} ({setting.about})."
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


def _from_keyring(home: Path, name: str) -> str:
    """The secret of a setting. Raises InvalidInputError where the keyring does not have it, or does not answer."""
    from execops.settings import secrets_store

    again = f"To store it anew, run: execops config set {name} -"
    try:
        secret = secrets_store.get_from_keyring(home, name)
    except UnavailableError as exc:
        raise InvalidInputError(exc.message, hint=f"{name} lies there. {exc.hint} {again}") from exc
    if secret is None:
        raise InvalidInputError(
            f"{home / 'config.toml'} says that {name} lies in the keyring, and it is not there.",
            hint=f"Another user, a service or a container has no part in your keyring. {again}",
        )
    return secret.reveal()


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
            else "All settings: execops config list",
        )
        for name in unknown
    ]
