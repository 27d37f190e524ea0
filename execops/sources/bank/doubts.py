"""A doubt about a file that only a person can settle: a question, the option that answers it, and its values."""

from __future__ import annotations

from collections.abc import Sequence

from execops.errors import InvalidInputError


class DoubtError(InvalidInputError):
    """A file can be read in several ways. Nothing of it is imported until a person chooses.

    `option` is the field of `layout.Options` that answers, and `values` are the answers, the likeliest first.
    """

    def __init__(self, message: str, *, hint: str, option: str, values: Sequence[str | bool]) -> None:
        super().__init__(f"{message} Nothing was imported.", hint=hint)
        self.question = message
        self.option = option
        self.values = tuple(values)
