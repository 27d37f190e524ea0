"""The cash that is left today by the last known balances, in months and in words."""

from __future__ import annotations

from datetime import date
from functools import cached_property

from execops.books.facts import Facts
from execops.model import Json
from execops.money import Money
from execops.plays.wording import day, local

_FRESH = 7  # days; the cash of the last week counts as today's
_MONTH = 365.25 / 12  # days
_REST = "Decide what to cut, delay or collect, and who does it by when."
_RENEW = "Import a bank file of today: `execops import bank`."


class CashLeft:
    """A runway whose months are known, with the age of its balances.

    A runway counts from the day of its balances. A balance of two months ago has lost two months of burn since. The burn
    is taken from each account by its share of the cash, so a small account that nobody imports any more changes little.
    The words name the day of the balances and count no days: a draft may wait, and its words stay true. Words that change at
    midnight would have each later approval asked for again.
    """

    def __init__(self, facts: Facts, runway: Json) -> None:
        self._today = local(facts, facts.today).date()
        self._accounts: list[tuple[int, date]] = [
            (minor, date.fromisoformat(as_of)) for _, minor, as_of in runway["accounts"]
        ]
        self._by_balance: float = runway["months"]
        self.cash = Money(runway["cash"], runway["currency"])
        self.burn = Money(runway["burn"], runway["currency"])

    @cached_property
    def _age(self) -> float:
        """The age of the cash in days: of each account's balance, weighed by its amount."""
        ages = [(minor, (self._today - as_of).days) for minor, as_of in self._accounts if minor > 0]
        total = sum(minor for minor, _ in ages)
        return max(0.0, sum(minor * days for minor, days in ages) / total) if total else 0.0

    @property
    def is_old(self) -> bool:
        """Whether the balances are so old that the months from today are others than those from the balances."""
        return self.cash.minor > 0 and self._age > _FRESH

    @cached_property
    def months(self) -> float:
        """Months of cash from today, to a tenth."""
        if not self.is_old:
            return self._by_balance
        return max(0.0, round(self._by_balance - self._age / _MONTH, 1))

    @property
    def used_up(self) -> bool:
        """Whether there was cash, which by now is spent if nothing has changed. A newer balance must tell."""
        return self.is_old and self.months == 0

    @property
    def in_words(self) -> str:
        """The months from today: `4.0 months`, or `about 1.9 months` by old balances."""
        return f"{'about ' if self.is_old else ''}{self.months:.1f} months"

    @property
    def title(self) -> str:
        """The months from today, and the day of the balances that they rest on."""
        if self.cash.minor <= 0:
            return f"Runway: no cash left, {self._balance}"
        if not self.is_old:
            return f"Runway: {self.in_words} left, {self._balance}"
        if self.used_up:
            return f"Runway: the cash may be used up by now ({self._from_balance})"
        return f"Runway: {self.in_words} left ({self._from_balance})"

    @property
    def verdict(self) -> str:
        """The advice to the person who decides."""
        if self.used_up:
            return f"Import a bank file of today: the known cash lasted {self._by_balance:.1f} months, and they are over"
        return f"Decide what to cut, delay or collect: {self._lasts}"

    @property
    def reasoning(self) -> str:
        """Why the message is drafted, in one sentence without its stop."""
        if self.cash.minor <= 0:
            return f"No runway: {self._lasts}"
        sums = f"{self.cash} in cash, {self.burn} net burn a month"
        if not self.is_old:
            return f"{self.in_words} of runway: {sums}"
        return f"{self.in_words[0].upper()}{self.in_words[1:]} of runway today ({self._from_balance}): {sums}"

    @property
    def ask(self) -> str:
        """The request to finance."""
        if self.cash.minor <= 0:
            return f"{self._lasts[0].upper()}{self._lasts[1:]}. {_REST}"
        if self.used_up:
            return f"{_RENEW} If it shows no more cash: {_REST[0].lower()}{_REST[1:]}"
        return (
            f"{_REST} A newer balance gives a better figure: `execops import bank`." if self.is_old else _REST
        )

    @property
    def _lasts(self) -> str:
        if self.cash.minor > 0:
            return f"the cash lasts {self.in_words} at {self.burn} a month"
        account = "the accounts are" if len(self._accounts) > 1 else "the account is"
        state = f"overdrawn by {Money(-self.cash.minor, self.cash.currency)}" if self.cash.minor else "empty"
        return f"{account} {state}, at a net burn of {self.burn} a month"

    @property
    def _oldest(self) -> date | None:
        """The day of the oldest balance, of an account that holds any if there is one."""
        days = [as_of for minor, as_of in self._accounts if minor] or [as_of for _, as_of in self._accounts]
        return min(days, default=None)

    @property
    def _is_of_one_day(self) -> bool:
        return len({as_of for minor, as_of in self._accounts if minor}) <= 1

    @property
    def _balance(self) -> str:
        if self._oldest is None:
            return "of an unknown date"
        return f"{'balance' if self._is_of_one_day else 'oldest balance'} of {day(self._oldest)}"

    @property
    def _from_balance(self) -> str:
        """The months that the balances alone give, and of which day they are."""
        oldest, by_balance = self._oldest, f"{self._by_balance:.1f} months"
        if oldest is None:
            return by_balance
        if self._is_of_one_day:
            return f"{by_balance} from {day(oldest)}"
        return f"{by_balance} by the balances; the oldest is of {day(oldest)}"
