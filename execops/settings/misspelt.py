"""The setting that a misspelt name was meant for. Loaded only where a name is wrong, and by checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

_PREFIX = "EXECOPS_"
_OTHERS = {"EXECOPS_DEBUG"}  # variables that are read, and are no settings
_CLOSE = 0.9  # of 1: how like a setting of ours another program's variable must look


def meant(name: str, variables: Mapping[str, str]) -> str | None:
    """The setting that a name in the config file stands for, perhaps in the form of its environment variable."""
    by_variable = {variable: setting for setting, variable in variables.items()}
    short = {variable.removeprefix(_PREFIX).lower(): setting for variable, setting in by_variable.items()}
    names = {**short, **{setting: setting for setting in variables}}
    wanted = name.upper()
    if wanted in by_variable:
        return by_variable[wanted]
    matches = get_close_matches(name.lower().removeprefix(_PREFIX.lower()), names, n=1, cutoff=0.65)
    return names[matches[0]] if matches else None


def unread(environ: Iterable[str], variables: Iterable[str]) -> dict[str, str | None]:
    """The environment variables that look like settings and are none, each with the one that was meant, if any is near."""
    read = sorted({*variables, *_OTHERS})
    ours = [name for name in read if name.startswith(_PREFIX)]
    unread: dict[str, str | None] = {}
    for name in sorted(set(environ) - set(read)):
        if name.startswith(_PREFIX):
            unread[name] = next(iter(get_close_matches(name, ours, n=1, cutoff=0.7)), None)
        elif matches := get_close_matches(name, read, n=1, cutoff=_CLOSE):
            unread[name] = matches[0]
    return unread
