"""A text that must not be seen: a token, a password, or the digest that stands for a token."""

from __future__ import annotations


class Secret:
    """A text that stays hidden: `repr`, `str` and `format` give `****`, and no JSON encoder accepts it.

    Call `reveal()` where the value is used.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    @classmethod
    def many(cls, text: str) -> tuple[Secret, ...]:
        """The secrets of a text that separates them by commas."""
        return tuple(cls(part.strip()) for part in text.split(",") if part.strip())

    def __repr__(self) -> str:
        return "'****'"

    def __str__(self) -> str:
        return "****"

    def __format__(self, spec: str) -> str:
        return format("****", spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __bool__(self) -> bool:
        return bool(self._value)

    def reveal(self) -> str:
        """The value itself."""
        return self._value
