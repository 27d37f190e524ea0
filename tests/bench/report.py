"""Figures, and the table of them."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One thing measured beside what it is measured against; against nothing where its budget is absolute."""

    name: str
    against: str | None
    unit: str
    ours: float
    theirs: float | None
    budget: float  # of the ratio; where there is none, in the unit
    at_least: bool  # the budget is a floor; else a ceiling
    samples: int

    @property
    def ratio(self) -> float | None:
        """Ours to theirs."""
        return None if self.theirs is None else self.ours / self.theirs

    @property
    def holds(self) -> bool:
        """Whether the ratio, or where there is none our own measure, keeps to the budget."""
        measured = self.ours if self.ratio is None else self.ratio
        return measured >= self.budget if self.at_least else measured <= self.budget


def p95(values: Sequence[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def print_table(figures: Sequence[Figure]) -> None:
    """What was measured, against what, and whether the budget holds."""
    rows = [("what", "ours", "against", "theirs", "ratio", "budget", "holds")]
    rows += [
        (
            each.name,
            f"{each.ours:,.1f} {each.unit}",
            each.against or "",
            "" if each.theirs is None else f"{each.theirs:,.1f} {each.unit}",
            "" if each.ratio is None else f"{each.ratio:.2f}",
            f"{'≥' if each.at_least else '≤'} {each.budget:g}" + f" {each.unit}" * (each.ratio is None),
            "yes" if each.holds else "NO",
        )
        for each in figures
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
