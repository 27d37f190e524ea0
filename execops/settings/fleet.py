"""The databases of a fleet: one for each organisation, by name, as the setting or its file lists them.

# one a line
acme = postgresql://execops@db-1.example.com/acme
beta = postgresql://execops@db-2.example.com/beta
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from execops.errors import InvalidInputError, NotConfiguredError
from execops.text.secret import Secret

if TYPE_CHECKING:
    from execops.settings import Settings

_SETTING = "EXECOPS_DATABASES"
_NAME = re.compile(r"[\w.@-]{1,63}", re.ASCII)


class Member(Struct, frozen=True):
    """A database of the fleet. Its address may hold a password, so nothing prints it."""

    name: str
    url: Secret


def members(settings: Settings) -> list[Member]:
    """The databases in the order of the list. Raises NotConfiguredError, InvalidInputError; neither quotes an address."""
    if settings.databases is None:
        raise NotConfiguredError(
            "No databases of a fleet are named; nothing was done.",
            hint=f"Set {_SETTING} to a file with a line for each: acme = postgresql://…",
        )
    listed: dict[str, Member] = {}
    for number, line in enumerate(_lines(settings.databases), 1):
        if not line or line.startswith("#"):
            continue
        member = _member(line, number)
        if member.name in listed:
            raise InvalidInputError(
                f"{_SETTING} names {member.name} twice; nothing was done.",
                hint="Give each a name of its own.",
            )
        for earlier in listed.values():
            if earlier.url == member.url:
                raise InvalidInputError(
                    f"{earlier.name} and {member.name} of {_SETTING} have one address; nothing was done.",
                    hint="Each organisation has a database of its own.",
                )
        listed[member.name] = member
    if not listed:
        raise InvalidInputError(f"{_SETTING} names no database; nothing was done.", hint=_form())
    return list(listed.values())


def _lines(value: Secret) -> list[str]:
    """The entries of the setting itself, or of the file that it names."""
    text = value.reveal()
    if "://" not in text:
        path = Path(text.strip()).expanduser()
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, ValueError) as exc:
            raise InvalidInputError(
                f"{path}, which {_SETTING} names, cannot be read ({type(exc).__name__}); nothing was done.",
                hint=_form(),
            ) from None
        return [line.strip() for line in text.splitlines()]
    return [entry.strip() for entry in re.split(r"[;\n]", text)]


def _member(line: str, number: int) -> Member:
    name, _, address = (part.strip() for part in line.partition("="))
    if not _NAME.fullmatch(name) or not address.startswith(("postgresql://", "postgres://")):
        raise InvalidInputError(
            f"Entry {number} of {_SETTING} cannot be read; nothing was done.", hint=_form()
        )
    return Member(name, Secret(address))


def _form() -> str:
    return "Each entry has the form NAME = postgresql://user:password@host:5432/database, one a line, or separated by ;"
