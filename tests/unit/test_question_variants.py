"""Variants of each kind of question: twenty ways to say a thing, and what is near to them and asks for something else."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.questions import Outcome, outcomes


@pytest.fixture(scope="module")
def asked() -> list[Outcome]:
    return list(outcomes("kinds"))


def test_every_variant_is_understood(asked: list[Outcome]) -> None:
    others = [
        f"{outcome.label['question']}: {outcome.understood.metric} {outcome.understood.params} {outcome.understood.why}"
        for outcome in asked
        if not outcome.right
    ]
    assert not others, "\n".join(others)


def test_no_variant_is_written_twice(asked: list[Outcome]) -> None:
    often = Counter(outcome.label["question"].lower() for outcome in asked)
    assert [question for question, count in often.items() if count > 1] == []
    kinds = Counter(outcome.label["kind"] for outcome in asked)
    assert kinds["answer"] > 600
    assert kinds["refuse"] > 400
    assert kinds["clarify"] > 10
