"""The bank exports that ExecOps recognises, one TOML file each. They are read with the first statement.

A file names the format, the columns that its header must have, and everything that a person would otherwise say
by an option. To add a bank's format, add a file here. The general reader handles files that no format recognises.

    name = "Chase, checking"
    header = ["Details", "Posting Date", "Description", "Amount", "Type", "Balance"]
    date_format = "MM/DD/YYYY"
    decimal = "."

    [columns]
    date = "Posting Date"
    amount = "Amount"
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from msgspec import Struct, field

from execops.sources.bank.cells.headers import NAMES, plain

_TEXTS = frozenset({"name", "date_format", "decimal", "delimiter", "currency", "sign", "fee"})


class BankFormat(Struct, frozen=True, kw_only=True):
    """One bank's export. `columns` gives each role's column by its name in the header."""

    name: str
    header: frozenset[str]  # every column that must stand in the header, as `headers.plain` writes it
    columns: Mapping[str, str] = field(default_factory=dict)
    date_format: str | None = None
    decimal: str | None = None
    delimiter: str | None = None
    currency: str | None = None
    sign: str | None = None  # of money that goes out: `minus` or `plus`
    fee: str | None = None  # `inside` the amount, or `apart` from it

    @classmethod
    def from_toml(cls, text: str, file: str) -> BankFormat:
        """The format that a file describes. Raises ValueError, which names the file, where it is not valid."""
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as exc:
            raise ValueError(f"{file}: {exc}") from exc
        unknown = data.keys() - _TEXTS - {"header", "columns"}
        if unknown:
            raise ValueError(f"{file}: unknown key {min(unknown)!r}")
        if not isinstance(data.get("name"), str) or not data.get("header"):
            raise ValueError(f"{file}: a format needs a name and a header")
        for key in _TEXTS & data.keys():
            if not isinstance(data[key], str):
                raise ValueError(f"{file}: {key} must be text")  # noqa: TRY004  one error for every invalid file
        columns = data.pop("columns", {})
        for role, column in columns.items():
            if role not in NAMES:
                raise ValueError(f"{file}: unknown role {role!r}; the roles are {', '.join(NAMES)}")
            if column not in data["header"]:
                raise ValueError(f"{file}: the header has no column {column!r}")
        header = frozenset(plain(column) for column in data.pop("header"))
        return cls(header=header, columns=columns, **data)

    def columns_in(self, header: Sequence[str]) -> dict[str, int]:
        """The index of each role's column in a header that this format recognised."""
        names = [plain(name) for name in header]
        return {role: names.index(plain(column)) for role, column in self.columns.items()}


@cache
def all_formats() -> tuple[BankFormat, ...]:
    """Every format, the one with the most required columns first. Raises ValueError for an invalid file."""
    entries = sorted(files(__name__).iterdir(), key=lambda entry: entry.name)
    formats = [
        BankFormat.from_toml(entry.read_text(encoding="utf-8"), entry.name)
        for entry in entries
        if entry.name.endswith(".toml")
    ]
    return tuple(sorted(formats, key=lambda bank_format: -len(bank_format.header)))


def recognise(header: Sequence[str]) -> BankFormat | None:
    """The format whose columns all stand in this header; None where there is none."""
    names = {plain(name) for name in header}
    return next((bank_format for bank_format in all_formats() if bank_format.header <= names), None)
