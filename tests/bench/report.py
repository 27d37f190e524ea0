"""Figures, and the table of them."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One thing measured beside what it is measured against."""

    name: str
    against: str
    unit: str
    ours: float
    theirs: float
    budget: float
    at_least: bool  # the budget is a floor; else a ceiling
    samples: int

    @property
    def ratio(self) -> float:
        """Ours to theirs."""
        return self.ours / self.theirs

    @property
    def holds(self) -> bool:
        """Whether the ratio keeps to its budget."""
        return self.ratio >= self.budget if self.at_least else self.ratio <= self.budget


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
            each.against,
            f"{each.theirs:,.1f} {each.unit}",
            f"{each.ratio:.2f}",
            f"{'≥' if each.at_least else '≤'} {each.budget:g}",
            "yes" if each.holds else "NO",
        )
        for each in figures
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
