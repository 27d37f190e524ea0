"""Cases that are walked in one test: they share its fixtures, so a database or a server is made once for all of them."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import pytest

Test = Callable[..., Awaitable[None]]


def walk(names: str | tuple[str, ...], cases: Iterable[Any]) -> Callable[[Test], Test]:
    """As `pytest.mark.parametrize`, for cases that leave nothing behind. Each one that fails is reported by itself."""
    words = (names,) if isinstance(names, str) else names
    walked = [(case,) if isinstance(names, str) else tuple(case) for case in cases]

    def make(test: Test) -> Test:
        @functools.wraps(test)
        async def walk_all(*, subtests: pytest.Subtests, **fixtures: Any) -> None:
            assert walked
            for case in walked:
                values = dict(zip(words, case, strict=True))
                with subtests.test(
                    case=", ".join(f"{name}={value!r}"[:80] for name, value in values.items())
                ):
                    await test(**fixtures, **values)

        signature = inspect.signature(test)
        shared = [parameter for name, parameter in signature.parameters.items() if name not in words]
        reports = inspect.Parameter("subtests", inspect.Parameter.KEYWORD_ONLY)
        walk_all.__signature__ = signature.replace(parameters=[*shared, reports])  # type: ignore[attr-defined]
        return walk_all

    return make
