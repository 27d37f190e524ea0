"""`python -m tests.suggested`: how many suggestions of the labelled questions mean the same when their titles are typed."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import date

from execops.canvas.ask import ask
from execops.canvas.ask.suggestions import bound_key
from execops.canvas.ledger_names import LedgerNames
from execops.canvas.understanding import Suggestion, Understanding
from tests.questions import SETS, names, outcomes


def suggestions(sets: Iterable[str]) -> Iterator[tuple[Suggestion, date]]:
    """The suggestions of all questions of these sets, none twice on a day; a metric alone is left out as trivial."""
    asked_for = set()
    for name in sets:
        for outcome in outcomes(name):
            as_of = date.fromisoformat(outcome.label["as_of"])
            for suggestion in outcome.understood.suggestions:
                if (suggestion.title, as_of) not in asked_for:
                    asked_for.add((suggestion.title, as_of))
                    yield suggestion, as_of


def typed(suggestion: Suggestion, as_of: date, ledger: LedgerNames) -> tuple[bool, Understanding]:
    """Whether the title, typed, means what the suggestion means; and the title's meaning."""
    understood = ask(suggestion.title, as_of, ledger)
    wanted = bound_key(suggestion.metric, suggestion.params, as_of)
    is_same = understood.metric is not None and wanted == bound_key(
        understood.metric, understood.params, as_of
    )
    return is_same, understood


def main(sets: list[str]) -> int:
    """Print each title that means something else, and how many there are."""
    ledger = names()
    count = wrong = 0
    for suggestion, as_of in suggestions(sets or SETS):
        is_same, understood = typed(suggestion, as_of, ledger)
        count += 1
        if not is_same:
            wrong += 1
            meant = f"{understood.metric} {understood.params}" if understood.metric else understood.why
            print(f"{as_of} {suggestion.title} -> {meant}")
    print(f"{count - wrong} of {count} mean the same when typed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
