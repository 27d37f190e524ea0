"""`python -m tests.questions`: how many of the labelled questions are understood as a careful reader would.

`tuned.jsonl` is what the vocabulary was written against; no word of it was written from `held_out.jsonl`.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

from execops.canvas import catalogue
from execops.canvas.ask import Answer, Clarify, Refuse, ask
from execops.canvas.params import bind
from execops.canvas.run import KnownNames

DATA = Path(__file__).parent / "data" / "questions"
SETS = ("tuned", "held_out")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question, and what became of it."""

    label: dict[str, Any]
    found: Answer | Clarify | Refuse
    right: bool
    milliseconds: float

    @property
    def answerable(self) -> bool:
        """Whether the question has an answer."""
        return bool(self.label["kind"] == "answer")


def names() -> KnownNames:
    """What the ledger of these questions knows."""
    known = json.loads((DATA / "names.json").read_text(encoding="utf-8"))
    return KnownNames(
        vendors=tuple(known["vendors"]), customers=known["customers"], currencies=tuple(known["currencies"])
    )


def outcomes(name: str) -> Iterator[Outcome]:
    """What becomes of every question of a set."""
    known = names()
    for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        label = json.loads(line)
        as_of = date.fromisoformat(label["as_of"])
        begin = perf_counter()
        found = ask(" ".join(label["question"].split()), as_of, known)
        took = (perf_counter() - begin) * 1000
        yield Outcome(label, found, is_right(label, found, as_of), took)


def is_right(label: dict[str, Any], found: Answer | Clarify | Refuse, as_of: date) -> bool:
    """An answer: metric and every parameter, defaults filled in. Clarify: at least two of those that fit, and
    nothing but such. Refuse: refused."""
    if label["kind"] != type(found).__name__.lower():
        return False
    if isinstance(found, Answer):
        metric = catalogue.load()[label["metric"]]
        return found.metric == label["metric"] and bind(metric, found.params, as_of) == bind(
            metric, label.get("params", {}), as_of
        )
    if isinstance(found, Clarify):
        return len(set(found.candidates) & set(label["candidates"])) >= 2
    return True


def main() -> int:
    """Print the accuracy of both sets."""
    parser = argparse.ArgumentParser(prog="python -m tests.questions", description=__doc__)
    parser.add_argument(
        "--wrong", choices=["tuned"], help="list what is understood otherwise; never the set kept apart"
    )
    given = parser.parse_args()
    print(f"{'questions':10} {'number':>6}  {'metric and parameters':>22}  {'refusals and clarifications':>28}"
          f"  {'answered wrongly':>16}  {'median':>8}  {'slowest':>8}")  # fmt: skip
    for name in SETS if not given.wrong else [given.wrong]:
        ask("mrr", date(2026, 1, 1), names())
        found = list(outcomes(name))
        answers = [each.right for each in found if each.answerable]
        others = [each.right for each in found if not each.answerable]
        wrongly = sum(isinstance(each.found, Answer) and not each.right for each in found)
        times = [each.milliseconds for each in found]
        print(f"{name:10} {len(found):6}  {_share(answers):>22}  {_share(others):>28}  {wrongly:16}"
              f"  {statistics.median(times):5.1f} ms  {max(times):5.1f} ms")  # fmt: skip
        if given.wrong:
            for each in found:
                if not each.right:
                    print(json.dumps(each.label, ensure_ascii=False), "\n    →", each.found)
    return 0


def _share(right: list[bool]) -> str:
    return f"{sum(right)} of {len(right)} = {100 * sum(right) / len(right):.1f} %"


if __name__ == "__main__":
    sys.exit(main())
