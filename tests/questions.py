"""`python -m tests.questions`: how many of the labelled questions are understood as a careful reader would.

The vocabulary was written against `tuned.jsonl` and `third.jsonl`; no word of it was written from `held_out.jsonl`.
`blind.jsonl` was written after the rules, and asked once. From `fifth.jsonl` on, strangers wrote the sets, who knew nothing
but the table of metrics; rules were written from each once it had been asked. `seventh` to `eleventh` lean to one kind each:
accountants, slang, key words, indirect words, long sentences.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Any

from execops.canvas import catalogue
from execops.canvas.ask import ask
from execops.canvas.ledger_names import LedgerNames
from execops.canvas.params import bind
from execops.canvas.understanding import Understanding, answer

DATA = Path(__file__).parent / "data" / "questions"
SETS = (
    "tuned",
    "held_out",
    "third",
    "blind",
    "fifth",
    "sixth",
    "strangers",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
    "twentyfirst",
    "twentysecond",
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question, and how it was understood."""

    label: dict[str, Any]
    understood: Understanding
    right: bool
    milliseconds: float

    @property
    def answerable(self) -> bool:
        """Whether the question has an answer."""
        return bool(self.label["kind"] == "answer")

    @property
    def near(self) -> bool:
        """Whether it got the right answer, or one key asks it."""
        offers = (answer(offer.metric, offer.params) for offer in self.understood.suggestions)
        as_of = date.fromisoformat(self.label["as_of"])
        return self.right or any(is_right(self.label, offer, as_of) for offer in offers)

    @property
    def answered_wrongly(self) -> bool:
        """Whether it got another answer than the right one: a wrong number."""
        return self.understood.kind == "answer" and not self.right


def names() -> LedgerNames:
    """The names in the ledger of these questions."""
    ledger = json.loads((DATA / "names.json").read_text(encoding="utf-8"))
    return LedgerNames(
        vendors=tuple(ledger["vendors"]),
        customers=ledger["customers"],
        currencies=tuple(ledger["currencies"]),
    )


@cache
def outcomes(name: str) -> tuple[Outcome, ...]:
    """How every question of a set is understood. A set is asked once in a process."""
    ledger = names()
    asked = []
    for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        label = _with_ids(json.loads(line), ledger)
        as_of = date.fromisoformat(label["as_of"])
        begin = perf_counter()
        understood = ask(label["question"], as_of, ledger)
        milliseconds = (perf_counter() - begin) * 1000
        asked.append(Outcome(label, understood, is_right(label, understood, as_of), milliseconds))
    return tuple(asked)


def _with_ids(label: dict[str, Any], ledger: LedgerNames) -> dict[str, Any]:
    """A label with the id of its customer, whom a writer may name as the ledger does."""
    customer = label.get("params", {}).get("customer")
    if customer not in ledger.customers:
        return label
    return {**label, "params": {**label["params"], "customer": ledger.customers[customer]}}


def is_right(label: dict[str, Any], understood: Understanding, as_of: date) -> bool:
    """Whether a question is understood as labelled.

    An answer: metric and every parameter, defaults filled in, and none that the label has not. To clarify: at least two of the metrics that fit. A
    refusal: refused.
    """
    if label["kind"] != understood.kind:
        return False
    if understood.kind == "answer":
        if {"vendor", "category", "customer", "currency", "limit", "direction", "order", "over"} & (
            understood.params.keys() - label.get("params", {}).keys()
        ):
            return False
        metric = catalogue.load()[label["metric"]]
        return understood.metric == label["metric"] and bind(metric, understood.params, as_of) == bind(
            metric, label.get("params", {}), as_of
        )
    if understood.kind == "clarify":
        return len(set(understood.candidates) & set(label["candidates"])) >= 2
    return True


def main() -> int:
    """Print the accuracy of both sets."""
    parser = argparse.ArgumentParser(prog="python -m tests.questions", description=__doc__)
    parser.add_argument(
        "--wrong",
        choices=[name for name in SETS if name not in {"held_out", "blind"}],
        help="list what is understood otherwise; never the set kept apart",
    )
    options = parser.parse_args()
    print(f"{'questions':10} {'number':>6}  {'metric and parameters':>22}  {'refusals and clarifications':>28}"
          f"  {'answered wrongly':>16}  {'within one key':>22}  {'median':>8}  {'slowest':>8}")  # fmt: skip
    for name in SETS if not options.wrong else [options.wrong]:
        ask("mrr", date(2026, 1, 1), names())
        asked = outcomes(name)
        answers = [outcome.right for outcome in asked if outcome.answerable]
        near = [outcome.near for outcome in asked if outcome.answerable]
        others = [outcome.right for outcome in asked if not outcome.answerable]
        wrongly = sum(outcome.answered_wrongly for outcome in asked)
        times = [outcome.milliseconds for outcome in asked]
        print(f"{name:10} {len(asked):6}  {_share(answers):>22}  {_share(others):>28}  {wrongly:16}"
              f"  {_share(near):>22}"
              f"  {statistics.median(times):5.1f} ms  {max(times):5.1f} ms")  # fmt: skip
        if options.wrong:
            for outcome in asked:
                if not outcome.right:
                    print(json.dumps(outcome.label, ensure_ascii=False), "\n    →", outcome.understood)
    return 0


def _share(right: list[bool]) -> str:
    return f"{sum(right)} of {len(right)} = {100 * sum(right) / len(right):.1f} %"


if __name__ == "__main__":
    sys.exit(main())
