"""The graded cases: their events, their settings and bank rows, and the grade of each draft.

The `meta` of `tests/data/drafts/cases.json` explains the form.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

_FOLDER = Path(__file__).parents[1] / "data" / "drafts"
CASES = _FOLDER / "cases.json"
APART = _FOLDER / "apart.json"  # of another writer, who had not seen the code
FURTHER = _FOLDER / "further.json"  # of a third one
LATER = _FOLDER / "later.json"  # of a fourth one
FILES = (CASES, APART, FURTHER, LATER)
_OF_CASH = ("issuing_", "payout.", "balance.")  # the events whose drafts may rest on the bank's rows


class Grade(Struct, frozen=True, kw_only=True):
    """The judgement on the `n`-th draft of a play. `want` is `draft` or `none`; the rest are regular expressions."""

    play: str
    n: int
    grade: str
    want: str
    must: str = ""
    must_not: str = ""


class Case(Struct, frozen=True, kw_only=True):
    """A case: the box whose settings and bank rows it has, its events, and what must become of them."""

    id: str
    box: str
    plays: Sequence[str]
    about: Sequence[str]
    events: Sequence[Mapping[str, Any]]
    environ: Mapping[str, str]
    bank: Sequence[Mapping[str, Any]]
    grades: Sequence[Grade]
    must: Sequence[str] = ()  # in the words of every draft of `plays`; regular expressions
    must_not: Sequence[str] = ()
    arguable: str = ""  # why another draft is right too
    decided: Sequence[
        str
    ] = ()  # the plays that draft, where the case is arguable; none where nothing is to be drafted
    from_bank: bool = False  # the box's bank rows make the draft, and no event does
    expect_none: bool = False
    missed: bool = False

    @property
    def expected(self) -> Sequence[str]:
        """The plays that draft: in an arguable case those that were decided on, which may be none."""
        return self.decided if self.arguable else self.plays

    @property
    def is_of_cash(self) -> bool:
        """Whether its drafts may rest on the bank's rows: they are about the company's own money."""
        return self.from_bank or any(event["type"].startswith(_OF_CASH) for event in self.events)

    @property
    def is_its_box_alone(self) -> bool:
        """Whether it adds nothing to the bank's rows of its box: all such cases of a box are one replay."""
        return self.from_bank and not self.events

    def events_at(self, now: datetime) -> list[dict[str, Any]]:
        """The events with their times, as of this moment."""
        return [resolve(event, now) for event in self.events]

    def vendors(self) -> frozenset[str]:
        """The first words of the vendors that the case is about, in small letters."""
        merchants = [
            event["data"]["object"].get("merchant_data", {}).get("name", "") for event in self.events
        ]
        story = " ".join(self.about).casefold()
        rows = [row for statement in self.bank for row in statement["rows"] if self.from_bank]
        payees = [row[2] for row in rows if row[3] < 0]
        words = [name.split()[0] for name in merchants if name]
        words += [payee.split()[0] for payee in payees if payee.split()[0].casefold() in story]
        return frozenset(word.casefold() for word in words)


class Wanted(Struct, frozen=True):
    """The cases to take: by id, by play; empty takes all."""

    ids: frozenset[str] = frozenset()
    plays: frozenset[str] = frozenset()

    def takes(self, case: Case) -> bool:
        """Whether the case is one of these."""
        return (not self.ids or case.id in self.ids) and (
            not self.plays or not self.plays.isdisjoint(case.plays)
        )


EVERY = Wanted()


def load(path: Path = CASES, wanted: Wanted = EVERY) -> list[Case]:
    """The cases of a file, in its order. Raises OSError, ValueError or KeyError for a file of another form."""
    document = json.loads(path.read_text(encoding="utf-8"))
    cases = [_case(entry, document["boxes"][entry["box"]]) for entry in document["cases"]]
    return [case for case in cases if wanted.takes(case)]


def every() -> list[Case]:
    """The cases of all files."""
    return [case for file in FILES for case in load(file)]


def _case(entry: Mapping[str, Any], box: Mapping[str, Any]) -> Case:
    return Case(
        id=entry["id"],
        box=entry["box"],
        plays=entry["plays"],
        about=[line for line in entry.get("about", []) if line],
        events=entry["events"],
        environ=box["env"],
        bank=box.get("bank", []),
        grades=[
            Grade(**{name: grade[name] for name in Grade.__struct_fields__ if name in grade})
            for grade in entry.get("grades", [])
        ],
        must=entry.get("must", []),
        must_not=entry.get("must_not", []),
        arguable=entry.get("arguable", ""),
        decided=entry.get("decided", []),
        from_bank=bool(entry.get("bank")),
        expect_none=bool(entry.get("expect_none")),
        missed=bool(entry.get("missed")),
    )


def resolve(value: Any, now: datetime) -> Any:
    """The value with every time of the form that `meta` explains as a number, as of this moment."""
    if isinstance(value, list):
        return [resolve(entry, now) for entry in value]
    if not isinstance(value, dict):
        return value
    if "$t" in value:
        return int(now.timestamp()) + int(value["$t"])
    if "$m" in value:
        year, month = _month(now.date(), value["$m"])
        moment = datetime(year, month, value["d"], value.get("h", 0), tzinfo=UTC)
        return int(min(moment, now).timestamp())
    if "$ym" in value:
        return dict(zip(("year", "month"), _month(now.date(), value["$ym"]), strict=True))[value["get"]]
    return {name: resolve(entry, now) for name, entry in value.items()}


def statement_lines(statement: Mapping[str, Any], now: datetime, zone: ZoneInfo) -> list[str]:
    """The bank's rows as a CSV file whose last balance is `closing`."""
    today = now.astimezone(zone).date()
    rows = sorted(
        ((_day(row, today), row[2], Decimal(str(row[3]))) for row in statement["rows"]),
        key=lambda row: row[0],
    )
    balance = Decimal(str(statement["closing"])) - sum(amount for _, _, amount in rows)
    lines = ["Date,Description,Amount,Currency,Balance\n"]
    for day, payee, amount in rows:
        balance += amount
        lines.append(f"{day},{payee},{amount},{statement['currency']},{balance}\n")
    return lines


def _day(row: Sequence[Any], today: date) -> date:
    if row[0] == "ago":
        return today - timedelta(days=row[1])
    year, month = _month(today, row[0])
    return min(date(year, month, row[1]), today)


def _month(day: date, ahead: int) -> tuple[int, int]:
    """The year and the month that lies this many months ahead."""
    number = day.year * 12 + day.month - 1 + ahead
    return number // 12, number % 12 + 1
