"""`execops config`: the settings, where each comes from, and the config file that keeps them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import completion, output, session
from cli.options import AsJson

if TYPE_CHECKING:
    from execops.errors import ExecOpsError
    from execops.settings import Settings
    from execops.settings.deployment import Setting

app = typer.Typer(help="The settings, and the file that keeps them.", no_args_is_help=True)

Name = Annotated[
    str,
    typer.Argument(
        metavar="NAME",
        help="The setting, such as time_zone, or its variable, such as EXECOPS_TIME_ZONE.",
        autocompletion=completion.settings,
    ),
]


@app.command()
def path(as_json: AsJson = False) -> None:
    """Print the path of the config file."""

    async def command() -> None:
        output.document({"path": str(_file())}) if as_json else output.data(str(_file()))

    session.run(command())


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List every setting: its value, where it comes from, and what it is. No secret is shown."""
    session.run(_listed(as_json))


async def _listed(as_json: bool) -> None:
    settings = _usable()
    rows = [_described(settings, setting) for setting in settings.SETTINGS.values()]
    if as_json:
        output.document(rows)
    else:
        output.table(
            ["setting", "value", "from", "about"],
            [(row["name"], _text(row["value"]), row["from"], row["about"]) for row in rows],
        )


@app.command()
def get(name: Name, as_json: AsJson = False) -> None:
    """Print the value of one setting; a secret is shown as set or not."""

    async def command() -> None:
        setting = _setting(name)
        _require_readable(setting.name)
        row = _described(_usable(), setting)
        output.document(row) if as_json else output.data(_text(row["value"]))

    session.run(command())


@app.command("set")
def set_(
    name: Name,
    value: Annotated[
        str | None,
        typer.Argument(
            metavar="[VALUE|-]",
            help="The value; - reads it from stdin. A secret is asked for, or read from stdin.",
        ),
    ] = None,
) -> None:
    """Store a setting in the config file, where the rest stays as it is."""

    async def command() -> None:
        from cli.connect import asking
        from execops.client import connections
        from execops.errors import InvalidInputError

        setting = _setting(name)
        if setting.name == "home":
            raise InvalidInputError(
                "The home is the folder of the config file; nothing was stored.",
                hint="Set EXECOPS_HOME, or use --home.",
            )
        ask = asking.secret if setting.is_secret else _line
        text = ask(setting.name, value, f"{setting.name}: {setting.about}")
        if not text:
            raise InvalidInputError(
                f"There is no value for {setting.name}; nothing was stored.",
                hint=f"Run: execops config set {setting.name} {'-' if setting.is_secret else 'VALUE'},"
                f" or, to have the default again: execops config unset {setting.name}",
            )
        try:
            setting.parse(text)
        except ValueError as exc:
            raise InvalidInputError(
                f"{setting.name} was not stored: the value is not usable.",
                hint=f"It takes {exc} ({setting.about}).",
            ) from exc
        connections.require_usable(_usable(), setting.name, text)
        asking.show_kept(connections.keep(_usable(), {setting.name: text}))
        if os.environ.get(setting.env):
            output.note(
                f"{setting.env} is set in this environment, and wins over the file. Run: unset {setting.env}"
            )

    session.run(command())


@app.command()
def unset(name: Name) -> None:
    """Take a setting out of the config file, and a secret out of the keyring: its default holds again."""

    async def command() -> None:
        from execops.client import connections

        setting = _setting(name)
        was_there = connections.forget(_usable(), setting.name)
        output.note(
            f"Removed {setting.name} from {_file()}. Restart servers and workers, so that they read it."
            if was_there
            else f"{_file()} does not set {setting.name}; nothing was changed."
        )
        if os.environ.get(setting.env):
            output.note(
                f"{setting.env} is set in this environment, and goes on to hold. Run: unset {setting.env}"
            )

    session.run(command())


def _line(option: str, value: str | None, question: str) -> str:
    """The value of a setting that is no secret: `-` reads a line of stdin, and without one a terminal asks."""
    import sys

    from cli.connect import asking

    return sys.stdin.readline().strip() if value == "-" else asking.line(value, question or option)


@app.command()
def init() -> None:
    """Write a config file in which every setting stands as a comment, ready to be uncommented."""

    async def command() -> None:
        from execops.errors import ConflictError
        from execops.settings import private_files

        file = _file()
        if file.exists():
            raise ConflictError(
                f"{file} is there already; it was left as it is.", hint="Run: execops config edit"
            )
        private_files.store(file, _template())
        output.note(f"Wrote {file}, which only you can read. Next: execops config edit")

    session.run(command())


@app.command()
def edit() -> None:
    """Edit the config file in $EDITOR. A text with a wrong setting is not stored, and you can go on editing it."""

    async def command() -> None:
        from execops.errors import InvalidInputError
        from execops.settings import private_files

        file = _file()
        text: str | None = file.read_text(encoding="utf-8") if file.exists() else _template()
        while True:
            text = _edited(text or "")
            if text is None:
                output.note(f"{file} was left as it is.")
                return
            errors = _errors(text, file)
            if not errors:
                private_files.store(file, text)
                output.note(f"Stored {file}. Restart servers and workers, so that they read it.")
                return
            for error in errors:
                output.failure(error)
            if not session.interactive() or not session.confirm("Edit it again?"):
                kept = file.with_name(f"{file.name}.edited")
                private_files.store(kept, text)
                raise InvalidInputError(f"{file} was left as it is. Your text is in {kept}.")

    session.run(command())


def _require_readable(name: str) -> None:
    """Raise InvalidInputError where a secret lies in a keyring that does not give it away now: it is not unset."""
    from execops.settings import inspect_settings
    from execops.settings.loading import IN_KEYRING, read_file

    settings, errors = inspect_settings(session.flags())
    if read_file(settings.home / "config.toml").get(name) == IN_KEYRING and not getattr(settings, name):
        raise next(error for error in errors if name in f"{error.message} {error.hint}")


def _usable() -> Settings:
    """The settings, with defaults for those that cannot be used: these commands mend them."""
    from execops.settings import inspect_settings

    return inspect_settings(session.flags())[0]


def _file() -> Path:
    return _usable().home / "config.toml"


def _setting(name: str) -> Setting:
    """One setting, by its name or its variable. Raises NotFoundError, with the one that may be meant."""
    from execops.errors import NotFoundError
    from execops.settings import Settings
    from execops.settings.misspelt import meant

    by_variable = {setting.env: setting for setting in Settings.SETTINGS.values()}
    setting = Settings.SETTINGS.get(name) or by_variable.get(name)
    if setting is None:
        near = meant(name, {setting.name: variable for variable, setting in by_variable.items()})
        raise NotFoundError(
            f"There is no setting {name!r}.",
            hint=f"Did you mean {near}?" if near else "Run: execops config list",
        )
    return setting


def _described(settings: Settings, setting: Setting) -> dict[str, Any]:
    """A setting as `list` shows it: of a secret only whether it is set."""
    from execops.errors import InvalidInputError
    from execops.settings.loading import IN_KEYRING, read_file

    try:
        stored = read_file(settings.home / "config.toml")
    except InvalidInputError:  # `list` shows what holds without it
        stored = {}
    value = getattr(settings, setting.name)
    if setting.name in session.flags() and session.flags()[setting.name] is not None:
        origin = "option"
    elif os.environ.get(setting.env):
        origin = setting.env
    elif setting.name in stored:
        origin = "keyring" if stored[setting.name] == IN_KEYRING else "config.toml"
    else:
        origin = "default"
    if setting.is_secret:
        value = "(set)" if value else None
    return {"name": setting.name, "value": value, "from": origin, "about": setting.about}


def _text(value: object) -> str:
    """A value as the config file takes it; nothing for one that is unset."""
    if value is None or value == ():
        return ""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return " ".join("=".join(part) if isinstance(part, tuple) else str(part) for part in value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _template() -> str:
    """A config file in which every setting is a comment, with its default."""
    from execops.settings import Settings

    lines = [
        "# Settings of ExecOps. The environment wins over this file; `execops config list` shows what holds."
    ]
    for name, setting in Settings.SETTINGS.items():
        if name != "home":
            value = "" if setting.is_secret else setting.shown or _text(setting.default)
            lines += ["", f"# {setting.about}", f'# {name} = "{value}"']
    return "\n".join(lines) + "\n"


def _edited(text: str) -> str | None:
    """The text after a person edited it; None where they left it as it was."""
    import click

    return click.edit(text, extension=".toml")


def _errors(text: str, file: Path) -> list[ExecOpsError]:
    """The faults of a new text of the config file."""
    import tempfile

    from execops.errors import InvalidInputError
    from execops.settings import inspect_settings
    from execops.settings.loading import IN_KEYRING

    with tempfile.TemporaryDirectory() as folder:
        tried = Path(folder) / file.name
        tried.write_text(text.replace(f'"{IN_KEYRING}"', '"kept"'), encoding="utf-8")  # this home has none
        _, errors = inspect_settings({"home": folder}, {})
        return [
            InvalidInputError(error.message.replace(str(tried), str(file)), hint=error.hint)
            for error in errors
        ]
