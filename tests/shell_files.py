"""The files that a shell looks for: the man page and the completions, made of the commands and the settings.

`python -m tests.shell_files` writes them to `cli/share/`; the wheel puts them where `man` and the shells look.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer._completion_shared import get_completion_script
from typer.core import TyperGroup
from typer.main import get_command

from cli.commands import app
from execops import __version__
from execops.settings import Settings

FOLDER = Path(__file__).parents[1] / "cli" / "share"
_SHELLS = {
    "bash": "bash-completion/completions/execops",
    "zsh": "zsh/site-functions/_execops",
    "fish": "fish/vendor_completions.d/execops.fish",
}
_EXIT_CODES = {
    "0": "done",
    "1": "an unexpected error",
    "2": "wrong usage",
    "3": "not found",
    "4": "not allowed",
    "5": "a conflict: it changed since",
    "6": "something is unavailable",
    "7": "the canvas does not answer that",
    "130": "ended by Ctrl-C",
    "141": "nobody reads the output",
}


def files() -> dict[str, str]:
    """The text of every file, by its place below `share`."""
    completions = {
        place: get_completion_script(prog_name="execops", complete_var="_EXECOPS_COMPLETE", shell=shell)
        for shell, place in _SHELLS.items()
    }
    return {place: f"{text.strip()}\n" for place, text in completions.items()} | {
        "man/man1/execops.1": man_page()
    }


def man_page() -> str:
    """The man page, in the macros of man(7)."""
    root: Any = get_command(app)
    lines = [
        f'.TH EXECOPS 1 "" "ExecOps {__version__}" "User Commands"',
        ".SH NAME",
        r"execops \- a terminal\-native ops console that asks only when something needs a decision",
        ".SH SYNOPSIS",
        r".B execops [\-\-home DIR] COMMAND [OPTIONS] [ARGUMENTS]",
        ".SH DESCRIPTION",
        _escaped(root.help),
        ".SH COMMANDS",
        *_commands(root, "execops"),
        ".SH SETTINGS",
        "A flag wins over the environment, the environment over the file config.toml in the home, and the file over the default.",
    ]
    for setting in Settings.SETTINGS.values():
        lines += [".TP", f".B {setting.env}", _escaped(f"{setting.about}.")]
    lines.append(".SH EXIT STATUS")
    for code, meaning in _EXIT_CODES.items():
        lines += [".TP", f".B {code}", _escaped(meaning)]
    return "\n".join(lines) + "\n"


def _commands(group: TyperGroup, name: str) -> Iterator[str]:
    for word, command in sorted(group.commands.items()):
        described: Any = command
        if isinstance(command, TyperGroup):
            yield from _commands(command, f"{name} {word}")
            continue
        if described.hidden:
            continue
        arguments = [param for param in described.params if param.param_type_name == "argument"]
        words = " ".join(_shown(argument) for argument in arguments)
        yield f'.SS "{_escaped(f"{name} {word} {words}".strip())}"'
        yield _escaped(described.help or "")
        for param in described.params:
            if param.param_type_name == "option" and not param.hidden:
                yield ".TP"
                yield f".B {_escaped(', '.join([*param.opts, *param.secondary_opts]))}"
                yield _escaped(param.help or "")


def _shown(argument: Any) -> str:
    name = argument.metavar or argument.name.upper()
    return name if argument.required else f"[{name}]"


def _escaped(text: str) -> str:
    """A text in which troff sees no request and no escape; paragraphs stay apart."""
    plain = text.replace("\\", r"\e").replace("-", r"\-").replace("'", r"\(aq")
    lines = [re.sub(r"^\.", r"\&.", line.strip()) for line in plain.strip().splitlines()]
    return "\n".join(line or ".PP" for line in lines)


def main() -> None:
    """Write every file."""
    for place, text in files().items():
        (FOLDER / place).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / place).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
