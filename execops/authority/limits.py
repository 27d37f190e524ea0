"""The limits of an operator: the verticals, the action types and the amount that they decide on.

The database keeps them as `{"vertical": ["money"], "action": ["email"], "amount": {"minor": 50000, "currency": "USD"}}`, each
key of which may be missing, and refuses any other shape. Limits that cannot be read let their operator decide nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from execops.errors import InvalidInputError
from execops.model import Json, Proposal
from execops.money import Money, minor_rate, money, parse_amount, parse_exact
from execops.settings import Settings

_WORD = re.compile(r"[a-z][a-z0-9_]{0,62}")


class UnreadableLimitsError(ValueError):
    """The limits are not of the shape that the database accepts."""


class Limits(Struct, frozen=True):
    """The limits of an operator; None sets no limit."""

    verticals: frozenset[str] | None = None
    actions: frozenset[str] | None = None
    amount: Money | None = None

    def __bool__(self) -> bool:
        """Whether there is any limit."""
        return (self.verticals, self.actions, self.amount) != (None, None, None)

    def __str__(self) -> str:
        """The limits in words: `vertical money, action email, up to $500.00`."""
        parts = [f"vertical {_listed(self.verticals)}"] if self.verticals is not None else []
        parts += [f"action {_listed(self.actions)}"] if self.actions is not None else []
        parts += [f"up to {self.amount}"] if self.amount is not None else []
        return ", ".join(parts)

    def refusal(self, proposal: Proposal, settings: Settings, *, moves_money: bool) -> str | None:
        """Why this proposal is beyond the limits; None where it is within them.

        An amount is that of the proposal, and that in its payload, which is what is performed. A proposal without any is
        within every amount, unless its action moves money.
        """
        if self.verticals is not None and proposal.vertical not in self.verticals:
            return f"their limit is vertical {_listed(self.verticals)}, and this is {proposal.vertical}"
        if self.actions is not None and proposal.action_type not in self.actions:
            return f"their limit is action {_listed(self.actions)}, and this is {proposal.action_type}"
        if self.amount is None:
            return None
        amounts = at_stake(proposal)
        if moves_money and not amounts:
            return f"their limit is {self.amount}, and this moves money without naming an amount"
        refusals = (self._beyond(self.amount, amount, settings) for amount in amounts)
        return next((refusal for refusal in refusals if refusal is not None), None)

    @staticmethod
    def _beyond(largest: Money, amount: Money | None, settings: Settings) -> str | None:
        if amount is None:
            return f"their limit is {largest}, and the amount of the payload cannot be read"
        rate = minor_rate(amount.currency, largest.currency, settings.currency, settings.rates)
        if rate is None:
            return f"their limit is {largest}, and EXECOPS_RATES has no rate to compare {amount.currency} with it"
        if abs(amount.minor) * rate > Fraction(largest.minor):
            return f"their limit is {largest}, and this is {amount}"
        return None


def at_stake(proposal: Proposal) -> list[Money | None]:
    """The amounts of a proposal: its own, and that in its payload, which is None where it cannot be read."""
    amounts: list[Money | None] = [proposal.amount] if proposal.amount is not None else []
    if "amount" in proposal.payload:
        amounts.append(parse_exact(proposal.payload["amount"]))
    return amounts


def read(limits: object) -> Limits:
    """The limits as the database keeps them. Raises UnreadableLimitsError for any other shape."""
    if not isinstance(limits, Mapping) or not limits.keys() <= {"vertical", "action", "amount"}:
        raise UnreadableLimitsError
    return Limits(
        verticals=_words(limits["vertical"]) if "vertical" in limits else None,
        actions=_words(limits["action"]) if "action" in limits else None,
        amount=_amount(limits["amount"]) if "amount" in limits else None,
    )


def parse(words: Sequence[str], verticals: Collection[str], action_types: Collection[str]) -> Json:
    """The limits in words such as `vertical=money`, `action=email` and `amount=500.00USD`, as the database keeps them.

    A vertical or an action may be named several times. Raises InvalidInputError, which lists what there is.
    """
    limits: Json = {}
    choices = {"vertical": sorted(verticals), "action": sorted(action_types)}
    for word in words:
        name, equals, value = word.partition("=")
        if name == "amount" and equals:
            if "amount" in limits:
                raise InvalidInputError(
                    "An operator has one limit of the amount, not two; nothing was changed."
                )
            try:
                amount = parse_amount(value)
            except ValueError as exc:
                raise InvalidInputError(f"The limit of the amount is {exc}; nothing was changed.") from exc
            limits["amount"] = {"minor": amount.minor, "currency": amount.currency}
        elif name in choices and equals:
            if value not in choices[name]:
                raise InvalidInputError(
                    f"There is no {name} {value!r}; nothing was changed.",
                    hint=f"One of: {', '.join(choices[name])}",
                )
            limits[name] = sorted({*limits.get(name, []), value})
        else:
            raise InvalidInputError(
                f"{word!r} is no limit; nothing was changed.",
                hint="Write vertical=NAME, action=NAME or amount=500.00USD.",
            )
    return limits


def _words(value: object) -> frozenset[str]:
    if not isinstance(value, list):
        raise UnreadableLimitsError
    for word in value:
        if not isinstance(word, str) or not _WORD.fullmatch(word):
            raise UnreadableLimitsError
    return frozenset(value)


def _amount(value: object) -> Money:
    if not isinstance(value, Mapping) or value.keys() != {"minor", "currency"}:
        raise UnreadableLimitsError
    amount = money(value["minor"], value["currency"])
    if amount is None or amount.minor < 0 or amount.currency != value["currency"]:
        raise UnreadableLimitsError
    return amount


def _listed(words: frozenset[str]) -> str:
    return " or ".join(sorted(words)) or "none"
