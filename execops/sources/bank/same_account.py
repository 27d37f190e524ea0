"""Whether a file is of the account that it goes into: its number, its currency, its balances, and the form of the file.

Balances decide most: the balance of the file at the end of a day is that of the account, as the books know it. If they
differ, another bank's file is as likely as a file that is missing between, so only a person can tell.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import accumulate
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from execops.money import Money
from execops.sources.bank.closing import Closing

if TYPE_CHECKING:
    from execops.sources.bank.reading import Statement

# A day of an account: its currency, the day, the sum of its movements in minor units, and the last balance of it.
AccountDay: TypeAlias = tuple[str, date, int, int | None]
_MASKED = 4  # digits of its number that a bank leaves, where it hides the others


class Traits(Struct, frozen=True):
    """The number and the form of an account, as a file tells them: None for one that it does not tell."""

    number: str | None
    shape: str | None


class Doubt(Struct, frozen=True):
    """A reason why a file may be of another account than `main`, in words."""

    reason: str
    form_alone: bool = False  # nothing but the form of the file speaks for another account


def days_of(statement: Statement) -> list[AccountDay]:
    """The days of a file, with the balance at the end of its last one."""
    moved: dict[tuple[str, date], int] = defaultdict(int)
    closing = Closing()
    for row in statement.rows:
        closing.add(row)
        moved[row.amount.currency, row.day] += row.amount.minor
    ends = {(amount.currency, day): amount.minor for amount, day, _ in closing.balances(statement.closing)}
    return [(*key, moved.get(key, 0), ends.get(key)) for key in sorted(moved.keys() | ends.keys())]


def find(
    account: str, statement: Statement, traits: Iterable[Traits], books_days: Sequence[Sequence[AccountDay]]
) -> Doubt | None:
    """Why the file may be of another account; None where nothing speaks for that, or its number proves the account.

    `traits` are those of the files that the account has, and `books_days` its days: those of the books, and of each file that is
    imported before.
    """
    others = list(traits)
    numbers = [earlier.number for earlier in others if earlier.number]
    if statement.number and numbers and not any(_is_same(statement.number, number) for number in numbers):
        return Doubt(
            f"it is of the account number {statement.number}, and the files of {account} are of {numbers[0]}"
        )
    here = days_of(statement)
    currencies = {currency for currency, *_ in here}
    there = {currency for days in books_days for currency, *_ in days}
    if currencies and there and currencies.isdisjoint(there):
        return Doubt(f"it is in {_listed(currencies)}, and {account} is in {_listed(there)}")
    if statement.number and numbers:
        return None
    answers = [_compare(account, here, days) for days in books_days if days]
    if True in answers:
        return None
    if breaks := [answer for answer in answers if isinstance(answer, Doubt)]:
        return breaks[-1]
    shapes = {earlier.shape for earlier in others if earlier.shape}
    if shapes and statement.shape not in shapes:
        return Doubt(f"its columns or its format are others than those of the files of {account}", True)
    return None


def broken(account: str, statement: Statement, books_days: Sequence[Sequence[AccountDay]]) -> Doubt | None:
    """The reason where the balances of a file do not follow from those of its account; else None."""
    here = days_of(statement)
    answers = [_compare(account, here, days) for days in books_days if days]
    breaks = [answer for answer in answers if isinstance(answer, Doubt)]
    return breaks[-1] if breaks and True not in answers else None


def _compare(account: str, here: Sequence[AccountDay], there: Sequence[AccountDay]) -> Doubt | bool | None:
    """True where the balances of the file follow from the account's, a doubt where they do not; None if they tell nothing."""
    answer: bool | None = None
    for currency in sorted({code for code, *_ in here} & {code for code, *_ in there}):
        file, books = _Balances(here, currency), _Balances(there, currency)
        if not file.is_known or not books.is_known:
            continue
        first, last = max(file.before, books.before), min(file.last, books.last)
        if first > last:  # days between them are in neither
            day, day_there = (
                (file.before, books.last) if file.before > books.last else (file.last, books.before)
            )
            days = [(day, day_there)]
        else:
            days = [(day, day) for day in sorted({first, last, *file.days_between(first, last)})]
        alike = [file.at(day) & books.at(day_there) for day, day_there in days]
        if not (all(alike) or any(balances - {0} for balances in alike)):  # many accounts begin with nothing
            return _doubt(account, currency, file, books)
        answer = True
    return answer


def _doubt(account: str, currency: str, file: _Balances, books: _Balances) -> Doubt:
    def money(amounts: frozenset[int]) -> Money:
        return Money(min(amounts), currency)

    if file.before > books.last:
        return Doubt(
            f"{account} has {money(books.at(books.last))} at the end of {_day(books.last)}, and the file begins on"
            f" {_day(file.first)} with {money(file.at(file.before))}: it is of another account, or a file of the days"
            " between is missing"
        )
    if file.last < books.before:
        return Doubt(
            f"the file ends on {_day(file.last)} with {money(file.at(file.last))}, and {account} begins on"
            f" {_day(books.first)} with {money(books.at(books.before))}: it is of another account, or a file of the days"
            " between is missing"
        )
    day = min(file.last, books.last)
    return Doubt(
        f"{account} has {money(books.at(day))} at the end of {_day(day)}, and by the file it is {money(file.at(day))}"
    )


class _Balances:
    """The balances of an account in one currency at the ends of days, as far as its movements tell them."""

    def __init__(self, days: Iterable[AccountDay], currency: str) -> None:
        mine = [(day, moved, balance) for code, day, moved, balance in days if code == currency]
        self._moved = {day: moved for day, moved, _ in mine}
        self._told = {day: balance for day, _, balance in mine if balance is not None}
        self._days = sorted(self._moved)
        self._sums = [0, *accumulate(self._moved[day] for day in self._days)]
        self._told_days = sorted(self._told)
        self.first, self.last = self._days[0], self._days[-1]
        self.before = date.fromordinal(max(1, self.first.toordinal() - 1))
        self.is_known = bool(self._told)

    def days_between(self, first: date, last: date) -> list[date]:
        """The days with a movement or a balance, from the first to the last of these."""
        return self._days[bisect_left(self._days, first) : bisect_right(self._days, last)]

    def at(self, day: date) -> frozenset[int]:
        """The balance at the end of a day, counted from the last one that is known by then, and back from the next one."""
        place = bisect_right(self._told_days, day)
        nearest = self._told_days[max(0, place - 1) : place + 1]
        return frozenset(
            self._told[known_day] + self._sum(day) - self._sum(known_day) for known_day in nearest
        )

    def _sum(self, until: date) -> int:
        return self._sums[bisect_right(self._days, until)]


def _is_same(number: str, second: str) -> bool:
    """Whether two numbers are of one account: banks hide the first digits, or leave the bank's own number away."""
    bare = ["".join(filter(str.isdigit, text)) for text in (number, second)]
    shorter, longer = sorted(bare, key=len)
    if len(shorter) < _MASKED:
        return number.casefold() == second.casefold()
    return longer.endswith(shorter)


def _listed(currencies: Iterable[str]) -> str:
    return ", ".join(sorted(currencies))


def _day(day: date) -> str:
    return f"{day:%-d %b %Y}"
